// A neutral reply as a chat completion: chunks that the official clients assemble, or the whole of it.
import type { Frame } from '../../exchange.ts';
import type { Json } from '../../json/value.ts';
import type { Head, Writer } from '../ingress.ts';
import type { Answer, Part } from '../neutral.ts';
import { plainInput } from './custom.ts';
import { finishSaid } from './finish.ts';
import { annotationsOf } from './spoken.ts';
import type { Tools } from './tools.ts';
import { chatUsage } from './usage.ts';
import { wholeChat } from './whole.ts';

const encoder = new TextEncoder();
const frameOf = (data: string): Frame => ({ bytes: encoder.encode(`data: ${data}\n\n`), last: false });

/** A call while it is written. */
type Call = {
  readonly index: number;
  readonly custom: boolean;
  /** Custom input that the model wrote as it is. */
  readonly plain: boolean;
  /** Whether any of the input is out. */
  begun: boolean;
};

type Thought = { text: string; signature: string | undefined; readonly redacted: string | undefined };
type Kind<K extends Part['type']> = Extract<Part, { type: K }>;

/** Writes one reply. */
export class ChatWriter implements Writer {
  readonly #head: Head;
  readonly #tools: Pick<Tools, 'custom' | 'old'>;
  #id: string;
  #model: string;
  /** What begins every chunk; undefined: none is out yet. */
  #prefix: string | undefined;
  readonly #calls = new Map<string, Call>();
  /** Ids of texts in which the model refuses. */
  readonly #refusals = new Set<string>();
  readonly #thoughts = new Map<string, Thought>();
  /** Where each text begins in the whole of them, and how long that is by now. */
  readonly #starts = new Map<string, number>();
  #chars = 0;

  constructor(head: Head, tools: Pick<Tools, 'custom' | 'old'>) {
    this.#head = head;
    this.#tools = tools;
    this.#id = `chatcmpl-${head.exchange}`;
    this.#model = head.model;
  }

  frames(part: Part): readonly Frame[] {
    switch (part.type) {
      case 'response-metadata':
        if (this.#prefix === undefined) {
          this.#id = part.id ?? this.#id;
          this.#model = part.modelId ?? this.#model;
        }
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
        return part.providerExecuted === true ? [] : this.#begin(part);
      case 'tool-input-delta':
        return this.#input(part.id, part.delta);
      case 'tool-call':
        return part.providerExecuted === true ? [] : this.#call(part);
      case 'finish':
        return this.#finish(part);
      default:
        return [];
    }
  }

  whole(answer: Answer): string {
    return wholeChat(answer, this.#head, this.#tools);
  }

  /** A chunk of the one choice; before the first of them comes the one that says whose turn it is. */
  #delta(delta: string, finish = 'null'): Frame[] {
    if (this.#prefix !== undefined) return [frameOf(this.#chunk(delta, finish))];
    const created = Math.floor(this.#head.createdAtMs / 1000);
    this.#prefix = `{"id":${JSON.stringify(this.#id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(this.#model)},"choices":[`;
    const role = delta.startsWith('{"content"') ? '""' : 'null';
    return [
      frameOf(this.#chunk(`{"role":"assistant","content":${role}}`, 'null')),
      frameOf(this.#chunk(delta, finish)),
    ];
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
    const thought = this.#thoughts.get(part.id) ?? {
      text: '',
      signature: undefined,
      redacted: typeof redactedData === 'string' ? redactedData : undefined,
    };
    this.#thoughts.set(part.id, thought);
    if (typeof signature === 'string') thought.signature = signature;
    if (part.type !== 'reasoning-delta' || part.delta === '') return [];
    thought.text += part.delta;
    return this.#delta(`{"reasoning_content":${JSON.stringify(part.delta)}}`);
  }

  #begin({ id, toolName, inputEncoding, providerMetadata }: Kind<'tool-input-start'>): Frame[] {
    const index = this.#calls.size;
    const custom = this.#tools.custom.has(toolName);
    this.#calls.set(id, { index, custom, plain: inputEncoding === 'text', begun: false });
    const name = JSON.stringify(toolName);
    if (this.#tools.old) {
      // Clients of the old kind know one call.
      return index > 0 ? [] : this.#delta(`{"function_call":{"name":${name},"arguments":""}}`);
    }
    const said = custom
      ? `"custom","custom":{"name":${name},"input":""}`
      : `"function","function":{"name":${name},"arguments":""}`;
    const extra = extraOf(providerMetadata?.google?.thoughtSignature);
    return this.#delta(
      `{"tool_calls":[{"index":${index},"id":${JSON.stringify(id)},"type":${said}${extra}}]}`,
    );
  }

  /** More of a call's input. A custom tool's is a text inside JSON, which can be taken out when it is whole. */
  #input(id: string, delta: string): Frame[] {
    const call = this.#calls.get(id);
    if (call === undefined || delta === '' || (call.custom && !call.plain)) return [];
    return this.#inputDelta(call, delta);
  }

  #inputDelta(call: Call, delta: string): Frame[] {
    call.begun = true;
    const text = JSON.stringify(delta);
    if (this.#tools.old) return call.index > 0 ? [] : this.#delta(`{"function_call":{"arguments":${text}}}`);
    const said = call.custom ? `"custom":{"input":${text}}` : `"function":{"arguments":${text}}`;
    return this.#delta(`{"tool_calls":[{"index":${call.index},${said}}]}`);
  }

  /** A whole call: what of it is not out yet. */
  #call(part: Kind<'tool-call'>): Frame[] {
    const frames: Frame[] = [];
    if (!this.#calls.has(part.toolCallId)) {
      const { toolCallId: id, toolName, providerMetadata } = part;
      const start = { type: 'tool-input-start', id, toolName } as const;
      frames.push(...this.#begin(providerMetadata === undefined ? start : { ...start, providerMetadata }));
    }
    const call = this.#calls.get(part.toolCallId);
    if (call === undefined || call.begun) return frames;
    const input = call.custom && !call.plain ? plainInput(part.input) : part.input;
    return input === '' ? frames : [...frames, ...this.#inputDelta(call, input)];
  }

  #finish({ finishReason, usage }: Kind<'finish'>): Frame[] {
    const blocks = [...this.#thoughts.values()].flatMap(blockOf);
    const frames = blocks.length === 0 ? [] : this.#delta(`{"thinking_blocks":${JSON.stringify(blocks)}}`);
    const reason = finishSaid(finishReason, {
      calls: this.#calls.size > 0,
      refused: this.#refusals.size > 0,
    });
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

const extraOf = (signature: unknown): string =>
  typeof signature === 'string'
    ? `,"extra_content":{"google":{"thought_signature":${JSON.stringify(signature)}}}`
    : '';
