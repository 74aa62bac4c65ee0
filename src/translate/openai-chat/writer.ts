// A neutral reply as a chat completion: chunks that the official clients assemble, or the whole of it.
import type { Frame } from '../../exchange.ts';
import type { Json } from '../../json/value.ts';
import type { Head, Writer } from '../ingress.ts';
import type { Answer, Part } from '../neutral.ts';
import { CallDeltas } from './call-deltas.ts';
import { finishSaid } from './finish.ts';
import { annotationsOf } from './spoken.ts';
import type { Tools } from './tools.ts';
import { chatUsage } from './usage.ts';
import { wholeChat } from './whole.ts';

const encoder = new TextEncoder();
const frameOf = (data: string): Frame => ({ bytes: encoder.encode(`data: ${data}\n\n`), last: false });

type Thought = { text: string; signature: string | undefined; readonly redacted: string | undefined };
type Kind<K extends Part['type']> = Extract<Part, { type: K }>;

/** Writes one reply. */
export class ChatWriter implements Writer {
  readonly #head: Head;
  readonly #tools: Pick<Tools, 'custom' | 'old'>;
  readonly #calls: CallDeltas;
  #id: string;
  #model: string;
  /** What begins every chunk; undefined: none is out yet. */
  #prefix: string | undefined;
  /** Ids of texts in which the model refuses. */
  readonly #refusals = new Set<string>();
  readonly #thoughts = new Map<string, Thought>();
  /** Where each text begins in the whole of them, and how long that is by now. */
  readonly #starts = new Map<string, number>();
  #chars = 0;

  constructor(head: Head, tools: Pick<Tools, 'custom' | 'old'>) {
    this.#head = head;
    this.#tools = tools;
    this.#calls = new CallDeltas(tools);
    this.#id = `chatcmpl-${head.exchange}`;
    this.#model = head.model;
  }

  frames(part: Part): readonly Frame[] {
    switch (part.type) {
      case 'response-metadata':
        this.#name(part);
        return [];
      case 'text-start':
        if (part.providerMetadata?.openai?.refusal === true) this.#refusals.add(part.id);
        return [];
      case 'text-delta':
        return part.delta === '' ? [] : this.#text(part);
      case 'text-end':
        return this.#annotate(annotationsOf(part.citations ?? [], this.#starts.get(part.id)));
      case 'source':
        return this.#annotate(annotationsOf([{ source: part }]));
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return this.#think(part);
      case 'tool-input-start':
        return part.providerExecuted === true ? [] : this.#deltas(this.#calls.start(part));
      case 'tool-input-delta':
        return this.#deltas(this.#calls.delta(part.id, part.delta));
      case 'tool-call':
        return part.providerExecuted === true ? [] : this.#deltas(this.#calls.whole(part));
      case 'finish':
        return this.#finish(part);
      default:
        return [];
    }
  }

  whole(answer: Answer): string {
    return wholeChat(answer, this.#head, this.#tools);
  }

  #name({ id, modelId }: Kind<'response-metadata'>): void {
    // All chunks of a completion bear the same names.
    if (this.#prefix !== undefined) return;
    if (id !== undefined && id !== '') this.#id = id;
    if (modelId !== undefined && modelId !== '') this.#model = modelId;
  }

  #deltas(deltas: readonly string[]): Frame[] {
    return deltas.flatMap((delta) => this.#delta(delta));
  }

  /** A chunk of the one choice; before the first of them comes the one that says whose turn it is. */
  #delta(delta: string, finish = 'null'): Frame[] {
    if (this.#prefix !== undefined) return [frameOf(this.#chunk(delta, finish))];
    const created = Math.floor(this.#head.createdAtMs / 1000);
    this.#prefix = `{"id":${JSON.stringify(this.#id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(this.#model)},"choices":[`;
    const content = delta.startsWith('{"content"') || finish !== 'null' ? '""' : 'null';
    const first = this.#chunk(`{"role":"assistant","content":${content},"refusal":null}`, 'null');
    return [frameOf(first), frameOf(this.#chunk(delta, finish))];
  }

  #chunk(delta: string, finish: string): string {
    const usage = this.#head.usage ? ',"usage":null' : '';
    return `${this.#prefix}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${usage}}`;
  }

  #text({ id, delta }: Kind<'text-delta'>): Frame[] {
    const text = JSON.stringify(delta);
    if (this.#refusals.has(id)) return this.#delta(`{"refusal":${text}}`);
    if (!this.#starts.has(id)) this.#starts.set(id, this.#chars);
    this.#chars += delta.length;
    return this.#delta(`{"content":${text}}`);
  }

  #annotate(annotations: readonly Json[]): Frame[] {
    return annotations.length === 0 ? [] : this.#delta(`{"annotations":${JSON.stringify(annotations)}}`);
  }

  #think(part: Kind<'reasoning-start' | 'reasoning-delta' | 'reasoning-end'>): Frame[] {
    const { signature, redactedData } = part.providerMetadata?.anthropic ?? {};
    const known = part.type === 'reasoning-start' ? undefined : this.#thoughts.get(part.id);
    const thought = known ?? {
      text: '',
      signature: undefined,
      redacted: typeof redactedData === 'string' ? redactedData : undefined,
    };
    if (known === undefined) this.#thoughts.set(part.id, thought);
    if (typeof signature === 'string') thought.signature = signature;
    if (part.type !== 'reasoning-delta' || part.delta === '') return [];
    thought.text += part.delta;
    return this.#delta(`{"reasoning_content":${JSON.stringify(part.delta)}}`);
  }

  #finish({ finishReason, usage }: Kind<'finish'>): Frame[] {
    // All at once: clients put lists of pieces together in different ways.
    const blocks = [...this.#thoughts.values()].flatMap(blockOf);
    const frames = blocks.length === 0 ? [] : this.#delta(`{"thinking_blocks":${JSON.stringify(blocks)}}`);
    const reason = finishSaid(finishReason, { calls: this.#calls.any, refused: this.#refusals.size > 0 });
    const said = this.#tools.old && reason === 'tool_calls' ? 'function_call' : reason;
    frames.push(...this.#delta('{}', `"${said}"`));
    const counted = this.#head.usage ? chatUsage(usage) : undefined;
    if (counted !== undefined) frames.push(frameOf(`${this.#prefix}],"usage":${JSON.stringify(counted)}}`));
    return [...frames, { ...frameOf('[DONE]'), last: true }];
  }
}

/** What is needed to send a thought back; nothing for one that nothing proves. */
const blockOf = ({ text, signature, redacted }: Thought): Json[] => {
  if (redacted !== undefined) return [{ type: 'redacted_thinking', data: redacted }];
  return signature === undefined ? [] : [{ type: 'thinking', thinking: text, signature }];
};
