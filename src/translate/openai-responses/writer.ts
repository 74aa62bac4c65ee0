// A neutral reply as a response of OpenAI's: its whole sequence of events, or the response alone, which are made in the same way.
import { SSE_COMMENT } from '../../dialects/sse-lens.ts';
import type { Frame } from '../../exchange.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Head, Writer } from '../ingress.ts';
import type { Answer, Content, FinishReason, NeutralUsage, Part, ProviderOptions } from '../neutral.ts';
import { Calls } from './calls.ts';
import type { Sealed } from './envelope.ts';
import { joinedProofs, proofsIn, seal } from './envelope.ts';
import { Events } from './events.ts';
import { Messages } from './messages.ts';
import type { Names } from './names.ts';
import type { Ended } from './response.ts';
import { echoOf, endedBy, responseText } from './response.ts';
import { Thoughts } from './thoughts.ts';

type Kind<K extends Part['type']> = Extract<Part, { type: K }>;

/** What a writer knows of the request. */
export type Asked = {
  readonly body: JsonObject;
  readonly names: Names;
  /** Whether the client keeps `encrypted_content` for the next request. */
  readonly seals: boolean;
};

/** Writes one reply. */
export class ResponsesWriter implements Writer {
  readonly #head: Head;
  readonly #asked: Asked;
  readonly #echo: string;
  readonly #ids: string;
  readonly #events: Events;
  readonly #messages: Messages;
  readonly #thoughts: Thoughts;
  readonly #calls: Calls;
  #model: string;
  #begun = false;
  /** Proofs of texts under way. */
  readonly #proofs = new Map<string, ProviderOptions>();
  /** Calls whose proof is out. */
  readonly #proven = new Set<string>();

  constructor(head: Head, asked: Asked) {
    this.#head = head;
    this.#asked = asked;
    this.#echo = JSON.stringify(echoOf(asked.body));
    this.#ids = head.exchange.replace(/^ex_/, '');
    this.#events = new Events(this.#ids);
    this.#messages = new Messages(this.#events);
    this.#thoughts = new Thoughts(this.#events, asked.seals);
    this.#calls = new Calls(this.#events, asked.names);
    this.#model = head.model;
  }

  frames(part: Part): readonly Frame[] {
    if (part.type === 'response-metadata' && !this.#begun) this.#model = part.modelId ?? this.#model;
    // Who waits hears that, once the response has begun.
    if (part.type === 'ping') return this.#begun ? [{ bytes: SSE_COMMENT, last: false }] : [];
    if (part.type === 'stream-start' || part.type === 'raw') return [];
    const frames = this.#begin();
    this.#write(part, frames);
    return frames;
  }

  whole({ content, finishReason, usage, response }: Answer): string {
    this.#model = response?.modelId ?? this.#model;
    content.forEach((each, index) => {
      for (const part of partsOf(each, String(index))) this.#write(part, []);
    });
    const ended = endedBy(finishReason, this.#messages.refused);
    this.#closeAll(ended, []);
    return this.#response(ended, usage);
  }

  #begin(): Frame[] {
    if (this.#begun) return [];
    this.#begun = true;
    const response = `"response":${this.#response({ status: 'in_progress' }, undefined)}`;
    return [
      this.#events.event('response.created', response),
      this.#events.event('response.in_progress', response),
    ];
  }

  #write(part: Part, frames: Frame[]): void {
    switch (part.type) {
      case 'text-start':
      case 'text-delta':
      case 'text-end':
        frames.push(...this.#text(part));
        break;
      case 'reasoning-start':
        frames.push(...this.#closeMessage(), ...this.#thoughts.start(part.id, part.providerMetadata));
        break;
      case 'reasoning-delta':
        frames.push(...this.#thoughts.delta(part.id, part.delta, part.providerMetadata));
        break;
      case 'reasoning-end':
        frames.push(...this.#thoughts.end(part.id, part.providerMetadata));
        break;
      case 'tool-input-start':
        if (part.providerExecuted !== true) frames.push(...this.#call(part));
        break;
      case 'tool-input-delta':
        frames.push(...this.#calls.delta(part.id, part.delta));
        break;
      case 'tool-call':
        if (part.providerExecuted !== true) frames.push(...this.#called(part));
        break;
      case 'source':
        frames.push(...this.#messages.source(part));
        break;
      case 'file':
        frames.push(...this.#picture(part));
        break;
      case 'finish':
        frames.push(...this.#finish(part.finishReason, part.usage));
        break;
      default:
    }
  }

  #text(part: Kind<'text-start' | 'text-delta' | 'text-end'>): Frame[] {
    const proofs = joinedProofs(this.#proofs.get(part.id), proofsIn(part.providerMetadata));
    if (proofs !== undefined) this.#proofs.set(part.id, proofs);
    if (part.type === 'text-start')
      return this.#messages.start(part.id, part.providerMetadata?.openai?.refusal === true);
    if (part.type === 'text-delta') return this.#messages.delta(part.id, part.delta);
    const frames = this.#messages.end(part.id, part.citations);
    this.#proofs.delete(part.id);
    // A proof stands right after what it is of.
    return proofs === undefined || !this.#asked.seals
      ? frames
      : [...frames, ...this.#closeMessage(), ...this.#proof({ of: 'text', proofs })];
  }

  #call({ id, toolName, inputEncoding, providerMetadata }: Kind<'tool-input-start'>): Frame[] {
    const frames = this.#closeMessage();
    frames.push(...this.#proofOfCall(id, providerMetadata));
    frames.push(...this.#calls.start(id, toolName, inputEncoding === 'text'));
    return frames;
  }

  #called({ toolCallId: id, toolName, input, providerMetadata }: Kind<'tool-call'>): Frame[] {
    const frames = this.#calls.has(id) ? [] : this.#call({ type: 'tool-input-start', id, toolName });
    frames.push(...this.#calls.whole(id, input));
    frames.push(...this.#proofOfCall(id, providerMetadata));
    return frames;
  }

  #proofOfCall(call: string, metadata: Kind<'tool-call'>['providerMetadata']): Frame[] {
    const proofs = proofsIn(metadata);
    if (proofs === undefined || this.#proven.has(call)) return [];
    this.#proven.add(call);
    return this.#proof({ of: 'call', call, proofs });
  }

  /** A reasoning without words, which is where clients keep what they do not understand. */
  #proof(sealed: Sealed): Frame[] {
    if (!this.#asked.seals) return [];
    const place = this.#events.place('rs');
    const item = `{"id":"${place.id}","type":"reasoning","summary":[],"encrypted_content":"${seal(sealed)}"}`;
    return [this.#events.begun(place, item), this.#events.done(place, item)];
  }

  /** An image that the model made; other files have no place in a response. */
  #picture({ mediaType, data }: Kind<'file'>): Frame[] {
    if (!mediaType.startsWith('image/') || data.type !== 'data' || typeof data.data !== 'string') return [];
    const place = this.#events.place('ig');
    const begins = `{"id":"${place.id}","type":"image_generation_call","status":`;
    return [
      ...this.#closeMessage(),
      this.#events.begun(place, `${begins}"in_progress","result":null}`),
      this.#events.done(place, `${begins}"completed","result":${JSON.stringify(data.data)}}`),
    ];
  }

  #closeMessage(): Frame[] {
    return this.#messages.close('ended', 'completed');
  }

  #closeAll({ status }: Ended, frames: Frame[]): void {
    frames.push(...this.#thoughts.close());
    frames.push(...this.#messages.close('all', status === 'incomplete' ? 'incomplete' : 'completed'));
    frames.push(...this.#calls.cut());
  }

  #finish(reason: FinishReason, usage: NeutralUsage): Frame[] {
    const frames: Frame[] = [];
    const ended = endedBy(reason, this.#messages.refused);
    this.#closeAll(ended, frames);
    frames.push(
      this.#events.event(`response.${ended.status}`, `"response":${this.#response(ended, usage)}`, true),
    );
    return frames;
  }

  #response(ended: Ended, usage: NeutralUsage | undefined): string {
    const about = { id: `resp_${this.#ids}`, model: this.#model, head: this.#head, echo: this.#echo };
    return responseText(about, ended, this.#events.items(), usage);
  }
}

/** A piece of a whole reply as those of a stream. */
const partsOf = (content: Content, id: string): readonly Part[] => {
  if (content.type === 'text') {
    const { text, citations, providerMetadata } = content;
    const start: Kind<'text-start'> = { type: 'text-start', id };
    const end: Kind<'text-end'> =
      citations === undefined ? { type: 'text-end', id } : { type: 'text-end', id, citations };
    return [
      providerMetadata === undefined ? start : { ...start, providerMetadata },
      { type: 'text-delta', id, delta: text },
      end,
    ];
  }
  if (content.type !== 'reasoning') return [content];
  const { text, providerMetadata } = content;
  const start: Kind<'reasoning-start'> = { type: 'reasoning-start', id };
  return [
    providerMetadata === undefined ? start : { ...start, providerMetadata },
    { type: 'reasoning-delta', id, delta: text },
    { type: 'reasoning-end', id },
  ];
};
