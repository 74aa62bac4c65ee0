// A neutral reply in the events of Anthropic's messages API, or as its message.
import type { Frame } from '../../exchange.ts';
import type { Head, Writer } from '../ingress.ts';
import type { Answer, Part, ProviderOptions } from '../neutral.ts';
import { joinedProofs, seal } from '../openai-responses/envelope.ts';
import type { CallIds } from './ids.ts';
import type { Calls, Names } from './message.ts';
import { foreignProofs, messageOf, redacted, stopOf } from './message.ts';
import type { Growing } from './sequence.ts';
import { event, growing, quoted, Sequence } from './sequence.ts';
import { usageWritten } from './stop-reasons.ts';
import type { ToolNames } from './tool-names.ts';

const EMPTY_TEXT = '{"type":"text","text":""}';
const EMPTY_THINKING = '{"type":"thinking","thinking":"","signature":""}';
/** What was used is known at the end, and told there. */
const NO_USAGE =
  '{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}';

type ReasoningPart = Extract<Part, { type: 'reasoning-start' | 'reasoning-delta' | 'reasoning-end' }>;
type CallPart = Extract<Part, { type: 'tool-call' }>;
type InputPart = Extract<Part, { type: 'tool-input-start' | 'tool-input-delta' | 'tool-input-end' }>;

/** A thought while it comes. Another provider's proof of it is sealed with its text. */
type Thought = { text: string; proofs: ProviderOptions | undefined };

/** Writes one reply. */
export class AnthropicWriter implements Writer {
  readonly #head: Head;
  readonly #calls: Calls;
  readonly #blocks = new Sequence((frame) => {
    this.#begin();
    this.#out.push(frame);
  });
  readonly #thoughts = new Map<string, Thought>();
  /** Calls whose pieces are no JSON: what is said of the whole call counts. */
  readonly #whole = new Set<string>();
  #out: Frame[] = [];
  #begun = false;
  #called = false;
  #id: string | undefined;
  #model: string | undefined;

  /** `ids`: those of the conversation before. */
  constructor(head: Head, names: ToolNames, ids: CallIds) {
    this.#head = head;
    this.#calls = { names, ids };
  }

  frames(part: Part): readonly Frame[] {
    this.#out = [];
    this.#take(part);
    return this.#out;
  }

  whole(answer: Answer): string {
    this.#id = answer.response?.id;
    this.#model = answer.response?.modelId;
    return messageOf(this.#names(), answer, this.#calls);
  }

  #take(part: Part): void {
    switch (part.type) {
      case 'response-metadata':
        this.#id ??= part.id;
        this.#model ??= part.modelId;
        break;
      case 'ping':
        this.#out.push(event('ping', ''));
        break;
      case 'text-delta':
        this.#text(part.id, part.delta);
        break;
      case 'text-end':
        this.#blocks.end(`text ${part.id}`);
        break;
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        this.#reasoning(part);
        break;
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-input-end':
        this.#input(part);
        break;
      case 'tool-call':
        this.#call(part);
        break;
      case 'finish':
        this.#finish(part);
    }
  }

  #text(id: string, delta: string): void {
    if (delta === '') return;
    const key = `text ${id}`;
    const block = this.#blocks.growing(key) ?? this.#blocks.start(key, growing('text', EMPTY_TEXT, false));
    this.#blocks.feed(block, `{"type":"text_delta","text":${quoted(delta)}}`);
  }

  #reasoning(part: ReasoningPart): void {
    const key = `thinking ${part.id}`;
    const { signature, redactedData } = part.providerMetadata?.anthropic ?? {};
    if (part.type === 'reasoning-start' && typeof redactedData === 'string') {
      this.#blocks.start(key, growing('thinking', redacted(redactedData), true));
      return;
    }
    const thought = this.#thoughts.get(key) ?? { text: '', proofs: undefined };
    this.#thoughts.set(key, thought);
    thought.proofs = joinedProofs(thought.proofs, foreignProofs(part.providerMetadata));
    if (part.type === 'reasoning-delta' && part.delta !== '') {
      thought.text += part.delta;
      this.#blocks.feed(this.#thinking(key), `{"type":"thinking_delta","thinking":${quoted(part.delta)}}`);
    }
    if (typeof signature === 'string' && signature !== '') this.#sign(key, signature);
    if (part.type !== 'reasoning-end') return;
    const { text, proofs } = thought;
    if (proofs !== undefined) this.#sign(key, seal({ of: 'reasoning', text, proofs }));
    this.#thoughts.delete(key);
    this.#blocks.end(key);
  }

  #sign(key: string, signature: string): void {
    this.#blocks.feed(this.#thinking(key), `{"type":"signature_delta","signature":${quoted(signature)}}`);
  }

  #thinking(key: string): Growing {
    return this.#blocks.growing(key) ?? this.#blocks.start(key, growing('thinking', EMPTY_THINKING, false));
  }

  #input(part: InputPart): void {
    const key = `tool ${part.id}`;
    if (part.type === 'tool-input-start') {
      if (part.providerExecuted === true || this.#blocks.knows(key)) return;
      if (part.inputEncoding === 'text') this.#whole.add(key);
      this.#tool(key, part.id, part.toolName, part.providerMetadata);
      return;
    }
    const block = this.#blocks.growing(key);
    if (block === undefined || this.#whole.has(key)) return;
    if (part.type === 'tool-input-end') this.#blocks.end(key);
    else if (part.delta !== '') this.#blocks.feed(block, inputDelta(part.delta));
  }

  /** A whole call: the end of one whose input came in pieces, or a call that came at once. */
  #call({ toolCallId, toolName, input, providerExecuted, providerMetadata }: CallPart): void {
    const key = `tool ${toolCallId}`;
    if (providerExecuted === true) return;
    const block = this.#blocks.knows(key)
      ? this.#blocks.growing(key)
      : this.#tool(key, toolCallId, toolName, providerMetadata);
    if (block === undefined) return;
    if (!block.fed && input !== '') this.#blocks.feed(block, inputDelta(input));
    this.#blocks.end(key);
  }

  #tool(key: string, id: string, name: string, metadata: ProviderOptions | undefined): Growing {
    this.#called = true;
    const call = this.#calls.ids.called(id);
    const proofs = foreignProofs(metadata);
    if (proofs !== undefined) {
      const sealed = `sealed ${key}`;
      this.#blocks.start(sealed, growing('thinking', redacted(seal({ of: 'call', call, proofs })), true));
      this.#blocks.end(sealed);
    }
    const named = quoted(this.#calls.names.long(name));
    const head = `{"type":"tool_use","id":${quoted(call)},"name":${named},"input":{}}`;
    return this.#blocks.start(key, growing('tool', head, true));
  }

  #finish({ finishReason, usage, providerMetadata }: Extract<Part, { type: 'finish' }>): void {
    const stop = stopOf(finishReason, providerMetadata, this.#called);
    this.#blocks.endAll();
    this.#begin();
    this.#out.push(event('message_delta', `,"delta":{${stop}},"usage":${usageWritten(usage)}`));
    this.#out.push(event('message_stop', '', true));
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { id, model } = this.#names();
    const message =
      `"id":${quoted(id)},"type":"message","role":"assistant","model":${quoted(model)},"content":[],` +
      `"stop_reason":null,"stop_sequence":null,"usage":${NO_USAGE}`;
    this.#out.push(event('message_start', `,"message":{${message}}`));
  }

  #names(): Names {
    return { id: this.#id ?? `msg_${this.#head.exchange}`, model: this.#model ?? this.#head.model };
  }
}

const inputDelta = (json: string): string => `{"type":"input_json_delta","partial_json":${quoted(json)}}`;
