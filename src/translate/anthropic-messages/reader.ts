// A streamed reply of Anthropic's messages API as parts of the neutral form. What is not known is passed over, and so are tools that
// ran at the provider.
import { parsed } from '../../dialects/outline.ts';
import type { Frame } from '../../exchange.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import { sseData, sseEvent } from '../../streams/sse.ts';
import type { Reader } from '../egress.ts';
import type { Part } from '../neutral.ts';
import { calledAs, wordIn } from './answer.ts';
import { REPLY_TOOL } from './called.ts';
import type { Citation } from './cited.ts';
import { citationOf } from './cited.ts';
import { CallIds } from './ids.ts';
import { REFUSAL, refusalIn, stoppedAs, usageRead } from './stop-reasons.ts';

/** What a call's input may come to: as much as the longest of events. */
const INPUT_CHARS = 8 * 1024 * 1024;
/** A message has some dozens of blocks, of which one is open at a time. */
const OPEN_BLOCKS = 1_000;

/** A block of the reply while it grows; those of other types are not followed. */
type Growing =
  | { readonly kind: 'text'; readonly id: string; length: number; readonly citations: Json[] }
  | { readonly kind: 'thinking'; readonly id: string }
  | { readonly kind: 'tool'; readonly id: string; readonly name: string; input: string }
  /** A call whose input is the reply itself. */
  | { readonly kind: 'reply'; readonly id: string };

/** Reads one streamed reply. */
export const anthropicReader = (): Reader => new AnthropicReader();

class AnthropicReader implements Reader {
  readonly #blocks = new Map<number, Growing>();
  readonly #ids = new CallIds();
  readonly #usage: Json[] = [];
  #stop: Json = null;
  #called = false;
  #finished = false;

  parts({ bytes }: Frame): readonly Part[] {
    if (this.#finished) return [];
    const value = parsed(sseData(bytes));
    const type = wordIn(at(value, 'type'));
    // Some servers name the event in one place only; whichever says so, it is believed.
    const name = type === undefined || !isObject(value) ? sseEvent(bytes) : type;
    if (name === 'error') {
      this.#finished = true;
      return [{ type: 'error', error: at(value, 'error') ?? null }];
    }
    if (name === 'message_stop' || (name !== 'content_block_delta' && sseEvent(bytes) === 'message_stop'))
      return this.#finish();
    return isObject(value) ? this.#event(name, value) : [];
  }

  #event(type: string | undefined, value: JsonObject): readonly Part[] {
    switch (type) {
      case 'message_start':
        return this.#start(at(value, 'message'));
      case 'content_block_start':
        return this.#blockStart(at(value, 'index'), at(value, 'content_block'));
      case 'content_block_delta':
        return this.#delta(at(value, 'index'), at(value, 'delta'));
      case 'content_block_stop':
        return this.#blockStop(at(value, 'index'));
      case 'message_delta':
        this.#told(at(value, 'usage'));
        if (wordIn(at(at(value, 'delta'), 'stop_reason')) !== undefined)
          this.#stop = at(value, 'delta') ?? null;
        return [];
      case 'ping':
        return [{ type: 'ping' }];
      default:
        return [];
    }
  }

  #told(usage: Json | undefined): void {
    // The first and the last are all there is to it; servers that tell with every event need not be kept.
    if (isObject(usage)) this.#usage.splice(1, 1, usage);
  }

  #start(message: Json | undefined): readonly Part[] {
    this.#told(at(message, 'usage'));
    const [id, model] = [wordIn(at(message, 'id')), wordIn(at(message, 'model'))];
    return [
      { type: 'stream-start', warnings: [] },
      {
        type: 'response-metadata',
        ...(id === undefined ? {} : { id }),
        ...(model === undefined ? {} : { modelId: model }),
      },
    ];
  }

  #blockStart(index: Json | undefined, block: Json | undefined): readonly Part[] {
    if (typeof index !== 'number' || !isObject(block)) return [];
    const ended = this.#blockStop(index);
    if (this.#blocks.size >= OPEN_BLOCKS)
      throw new UpstreamFault('protocol', true, 'the reply speaks of too much at once');
    return [...ended, ...this.#begun(index, block)];
  }

  /** A block with what it begins with, which most often is nothing. */
  #begun(index: number, block: JsonObject): readonly Part[] {
    const id = String(index);
    switch (block.type) {
      case 'text':
        this.#blocks.set(index, { kind: 'text', id, length: 0, citations: [] });
        return [{ type: 'text-start', id }, ...this.#delta(index, { ...block, type: 'text_delta' })];
      case 'thinking':
        this.#blocks.set(index, { kind: 'thinking', id });
        return [
          { type: 'reasoning-start', id },
          ...this.#delta(index, { ...block, type: 'thinking_delta' }),
          ...this.#delta(index, { ...block, type: 'signature_delta' }),
        ];
      case 'redacted_thinking': {
        const redactedData = wordIn(block.data) ?? '';
        this.#blocks.set(index, { kind: 'thinking', id });
        return [{ type: 'reasoning-start', id, providerMetadata: { anthropic: { redactedData } } }];
      }
      case 'tool_use':
        return this.#callBegun(index, block);
      default:
        return [];
    }
  }

  #callBegun(index: number, block: JsonObject): readonly Part[] {
    const { id, name } = calledAs(block, this.#ids);
    const whole = isObject(block.input) && Object.keys(block.input).length > 0;
    const given = whole ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) } : undefined;
    if (name === REPLY_TOOL) {
      this.#blocks.set(index, { kind: 'reply', id: String(index) });
      return [{ type: 'text-start', id: String(index) }, ...this.#delta(index, given)];
    }
    this.#called = true;
    this.#blocks.set(index, { kind: 'tool', id, name, input: '' });
    return [{ type: 'tool-input-start', id, toolName: name }, ...this.#delta(index, given)];
  }

  #delta(index: Json | undefined, delta: Json | undefined): readonly Part[] {
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined;
    if (block === undefined || !isObject(delta)) return [];
    switch (block.kind) {
      case 'text':
        return textDelta(block, delta);
      case 'thinking':
        return thinkingDelta(block.id, delta);
      default:
        return delta.type === 'input_json_delta' ? inputDelta(block, wordIn(delta.partial_json) ?? '') : [];
    }
  }

  #blockStop(index: Json | undefined): readonly Part[] {
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined;
    if (block === undefined || typeof index !== 'number') return [];
    this.#blocks.delete(index);
    return endOf(block);
  }

  #finish(): readonly Part[] {
    this.#finished = true;
    const open = [...this.#blocks.values()];
    const stopped = stoppedAs(this.#stop, this.#called);
    const why = refusalIn(this.#stop);
    const told: readonly Part[] =
      why === undefined
        ? []
        : [
            { type: 'text-start', id: 'refusal', providerMetadata: REFUSAL },
            { type: 'text-delta', id: 'refusal', delta: why },
            { type: 'text-end', id: 'refusal' },
          ];
    return [...open.flatMap(endOf), ...told, { type: 'finish', ...stopped, usage: usageRead(this.#usage) }];
  }
}

const textDelta = (block: Extract<Growing, { kind: 'text' }>, delta: JsonObject): readonly Part[] => {
  if (delta.type === 'citations_delta' && delta.citation !== undefined) block.citations.push(delta.citation);
  const text = delta.type === 'text_delta' ? (wordIn(delta.text) ?? '') : '';
  block.length += text.length;
  return text === '' ? [] : [{ type: 'text-delta', id: block.id, delta: text }];
};

const thinkingDelta = (id: string, delta: JsonObject): readonly Part[] => {
  const text = delta.type === 'thinking_delta' ? (wordIn(delta.thinking) ?? '') : '';
  if (text !== '') return [{ type: 'reasoning-delta', id, delta: text }];
  const signature = delta.type === 'signature_delta' ? (wordIn(delta.signature) ?? '') : '';
  if (signature === '') return [];
  return [{ type: 'reasoning-delta', id, delta: '', providerMetadata: { anthropic: { signature } } }];
};

const inputDelta = (block: Extract<Growing, { kind: 'tool' | 'reply' }>, json: string): readonly Part[] => {
  const { id } = block;
  if (json === '') return [];
  if (block.kind === 'reply') return [{ type: 'text-delta', id, delta: json }];
  if (block.input.length + json.length > INPUT_CHARS)
    throw new UpstreamFault('protocol', true, 'the input of a tool is too long');
  block.input += json;
  return [{ type: 'tool-input-delta', id, delta: json }];
};

const endOf = (block: Growing): readonly Part[] => {
  const { id } = block;
  switch (block.kind) {
    case 'text': {
      const { length } = block;
      const citations = block.citations
        .map((said): Citation | undefined => citationOf(said, length))
        .filter((each) => each !== undefined);
      return [{ type: 'text-end', id, ...(citations.length === 0 ? {} : { citations }) }];
    }
    case 'thinking':
      return [{ type: 'reasoning-end', id }];
    case 'reply':
      return [{ type: 'text-end', id }];
    case 'tool': {
      const input = block.input === '' ? '{}' : block.input;
      return [
        { type: 'tool-input-end', id },
        { type: 'tool-call', toolCallId: id, toolName: block.name, input },
      ];
    }
  }
};
