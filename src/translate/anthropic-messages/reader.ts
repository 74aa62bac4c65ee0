// A reply of Anthropic's messages API as parts of the neutral form. What is not known is passed over, and so are tools that ran at
// the provider.
import { parsed } from '../../dialects/outline.ts';
import type { Frame } from '../../exchange.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import { sseData, sseEvent } from '../../streams/sse.ts';
import type { Reader } from '../egress.ts';
import type { Answer, Content, Part } from '../neutral.ts';
import { finishReasonOf, usageRead } from './stop-reasons.ts';

const word = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** A block of the reply while it grows; those of other types are not followed. */
type Growing =
  | { readonly kind: 'text' | 'thinking'; readonly id: string }
  | { readonly kind: 'tool'; readonly id: string; readonly name: string; input: string };

/** Reads one streamed reply. */
export const anthropicReader = (): Reader => new AnthropicReader();

class AnthropicReader implements Reader {
  readonly #blocks = new Map<number, Growing>();
  #usage: Json[] = [];
  #stopReason: string | undefined;
  #stopSequence: string | undefined;
  #finished = false;

  parts({ bytes }: Frame): readonly Part[] {
    if (this.#finished) return [];
    const name = sseEvent(bytes);
    const value = parsed(sseData(bytes));
    const type = word(at(value, 'type')) ?? name;
    if (type === 'message_stop' || name === 'message_stop') return this.#finish();
    if (type === 'error' || name === 'error') {
      this.#finished = true;
      return [{ type: 'error', error: at(value, 'error') ?? null }];
    }
    if (!isObject(value)) return [];
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
        this.#stopReason = word(at(at(value, 'delta'), 'stop_reason')) ?? this.#stopReason;
        this.#stopSequence = word(at(at(value, 'delta'), 'stop_sequence')) ?? this.#stopSequence;
        return [];
      case 'ping':
        return [{ type: 'ping' }];
      default:
        return [];
    }
  }

  #told(usage: Json | undefined): void {
    if (isObject(usage)) this.#usage.push(usage);
  }

  #start(message: Json | undefined): readonly Part[] {
    this.#told(at(message, 'usage'));
    const [id, model] = [word(at(message, 'id')), word(at(message, 'model'))];
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
    const id = String(index);
    switch (block.type) {
      case 'text':
        this.#blocks.set(index, { kind: 'text', id });
        return [
          { type: 'text-start', id },
          ...this.#delta(index, { type: 'text_delta', text: block.text ?? '' }),
        ];
      case 'thinking':
        this.#blocks.set(index, { kind: 'thinking', id });
        return [
          { type: 'reasoning-start', id },
          ...this.#delta(index, { type: 'thinking_delta', thinking: block.thinking ?? '' }),
          ...this.#delta(index, { type: 'signature_delta', signature: block.signature ?? '' }),
        ];
      case 'redacted_thinking':
        this.#blocks.set(index, { kind: 'thinking', id });
        return [
          {
            type: 'reasoning-start',
            id,
            providerMetadata: { anthropic: { redactedData: word(block.data) ?? '' } },
          },
        ];
      case 'tool_use':
        return this.#toolStart(index, block);
      default:
        return [];
    }
  }

  #toolStart(index: number, block: JsonObject): readonly Part[] {
    const [id, name] = [word(block.id), word(block.name)];
    if (id === undefined || name === undefined)
      throw new UpstreamFault('protocol', true, 'a call of a tool without its id or name');
    this.#blocks.set(index, { kind: 'tool', id, name, input: '' });
    const given = isObject(block.input) && Object.keys(block.input).length > 0;
    return [
      { type: 'tool-input-start', id, toolName: name },
      ...(given
        ? this.#delta(index, { type: 'input_json_delta', partial_json: JSON.stringify(block.input) })
        : []),
    ];
  }

  #delta(index: Json | undefined, delta: Json | undefined): readonly Part[] {
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined;
    if (block === undefined || !isObject(delta)) return [];
    const { id } = block;
    switch (delta.type) {
      case 'text_delta': {
        const text = word(delta.text) ?? '';
        return block.kind === 'text' && text !== '' ? [{ type: 'text-delta', id, delta: text }] : [];
      }
      case 'thinking_delta': {
        const text = word(delta.thinking) ?? '';
        return block.kind === 'thinking' && text !== '' ? [{ type: 'reasoning-delta', id, delta: text }] : [];
      }
      case 'signature_delta': {
        const signature = word(delta.signature) ?? '';
        if (block.kind !== 'thinking' || signature === '') return [];
        return [{ type: 'reasoning-delta', id, delta: '', providerMetadata: { anthropic: { signature } } }];
      }
      case 'input_json_delta': {
        const json = word(delta.partial_json) ?? '';
        if (block.kind !== 'tool' || json === '') return [];
        block.input += json;
        return [{ type: 'tool-input-delta', id, delta: json }];
      }
      default:
        return [];
    }
  }

  #blockStop(index: Json | undefined): readonly Part[] {
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined;
    if (block === undefined || typeof index !== 'number') return [];
    this.#blocks.delete(index);
    const { id } = block;
    if (block.kind === 'text') return [{ type: 'text-end', id }];
    if (block.kind !== 'tool') return [{ type: 'reasoning-end', id }];
    const input = block.input === '' ? '{}' : block.input;
    return [
      { type: 'tool-input-end', id },
      { type: 'tool-call', toolCallId: id, toolName: block.name, input },
    ];
  }

  #finish(): readonly Part[] {
    this.#finished = true;
    const stopSequence = this.#stopSequence;
    return [
      ...[...this.#blocks.keys()].flatMap((index) => this.#blockStop(index)),
      {
        type: 'finish',
        finishReason: finishReasonOf(this.#stopReason),
        usage: usageRead(...this.#usage),
        ...(stopSequence === undefined ? {} : { providerMetadata: { anthropic: { stopSequence } } }),
      },
    ];
  }
}

/** A whole message; throws an UpstreamFault (`protocol`) for what is not one. */
export const anthropicAnswer = (reply: Json): Answer => {
  const content = at(reply, 'content');
  if (!isArray(content)) throw new UpstreamFault('protocol', true, 'the reply is not a message');
  const [id, modelId] = [word(at(reply, 'id')), word(at(reply, 'model'))];
  const stopSequence = word(at(reply, 'stop_sequence'));
  return {
    content: content.flatMap(contentOf),
    finishReason: finishReasonOf(word(at(reply, 'stop_reason'))),
    usage: usageRead(at(reply, 'usage')),
    response: { ...(id === undefined ? {} : { id }), ...(modelId === undefined ? {} : { modelId }) },
    ...(stopSequence === undefined ? {} : { providerMetadata: { anthropic: { stopSequence } } }),
  };
};

const contentOf = (block: Json): readonly Content[] => {
  if (!isObject(block)) return [];
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' ? [{ type: 'text', text: block.text }] : [];
    case 'thinking': {
      const signature = word(block.signature) ?? '';
      const proof = signature === '' ? {} : { providerMetadata: { anthropic: { signature } } };
      return [{ type: 'reasoning', text: word(block.thinking) ?? '', ...proof }];
    }
    case 'redacted_thinking':
      return [
        {
          type: 'reasoning',
          text: '',
          providerMetadata: { anthropic: { redactedData: word(block.data) ?? '' } },
        },
      ];
    case 'tool_use': {
      const [id, name] = [word(block.id), word(block.name)];
      if (id === undefined || name === undefined)
        throw new UpstreamFault('protocol', true, 'a call of a tool without its id or name');
      const input = JSON.stringify(block.input ?? {});
      return [{ type: 'tool-call', toolCallId: id, toolName: name, input }];
    }
    default:
      return [];
  }
};
