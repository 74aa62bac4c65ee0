// A neutral reply as a completion: chunks of its text, or the whole. Thoughts have no place in it.
import type { Frame } from '../../exchange.ts';
import type { Head, Writer } from '../ingress.ts';
import type { Answer, FinishReason, NeutralUsage, Part } from '../neutral.ts';
import { chatUsage } from '../openai-chat/usage.ts';

const encoder = new TextEncoder();
const frameOf = (data: string, last = false): Frame => ({ bytes: encoder.encode(`data: ${data}\n\n`), last });

/** Writes one reply. */
export class CompletionWriter implements Writer {
  readonly #head: Head;
  #model: string;
  /** What begins every chunk; undefined: none is out yet. */
  #prefix: string | undefined;

  constructor(head: Head) {
    this.#head = head;
    this.#model = head.model;
  }

  frames(part: Part): readonly Frame[] {
    if (part.type === 'response-metadata' && this.#prefix === undefined)
      this.#model = part.modelId ?? this.#model;
    if (part.type === 'text-delta' && part.delta !== '') return [this.#chunk(part.delta, null)];
    return part.type === 'finish' ? this.#finish(part.finishReason, part.usage) : [];
  }

  whole({ content, finishReason, usage, response }: Answer): string {
    this.#model = response?.modelId ?? this.#model;
    const text = content.map((each) => (each.type === 'text' ? each.text : '')).join('');
    const counted = chatUsage(usage);
    const choice = { text, index: 0, logprobs: null, finish_reason: endedBy(finishReason) };
    return `${this.#begins()}${JSON.stringify(choice)}]${counted === undefined ? '' : `,"usage":${JSON.stringify(counted)}`}}`;
  }

  #begins(): string {
    const created = Math.floor(this.#head.createdAtMs / 1000);
    const id = `cmpl-${this.#head.exchange.replace(/^ex_/, '')}`;
    return `{"id":"${id}","object":"text_completion","created":${created},"model":${JSON.stringify(this.#model)},"choices":[`;
  }

  #chunk(text: string, finish: string | null): Frame {
    this.#prefix ??= this.#begins();
    const usage = this.#head.usage ? ',"usage":null' : '';
    const reason = finish === null ? 'null' : `"${finish}"`;
    return frameOf(
      `${this.#prefix}{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":${reason}}]${usage}}`,
    );
  }

  #finish(reason: FinishReason, usage: NeutralUsage): Frame[] {
    const frames = [this.#chunk('', endedBy(reason))];
    const counted = this.#head.usage ? chatUsage(usage) : undefined;
    if (counted !== undefined) frames.push(frameOf(`${this.#prefix}],"usage":${JSON.stringify(counted)}}`));
    return [...frames, frameOf('[DONE]', true)];
  }
}

const endedBy = ({ unified }: FinishReason): string =>
  unified === 'length' ? 'length' : unified === 'content-filter' ? 'content_filter' : 'stop';
