// A neutral reply as Ollama tells one: lines of JSON, the last of which says that it is done, or one such line of the whole. What it
// counts in time is what passed here.

import type { Frame } from '../../exchange.ts';
import { parseShallow } from '../../json/parse.ts';
import type { JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import type { Head, Writer } from '../ingress.ts';
import type { Answer, FinishReason, NeutralUsage, Part, ProviderOptions } from '../neutral.ts';
import type { Thought } from '../openai-responses/envelope.ts';
import { joinedProofs, proofsIn, seal, sealThoughts } from '../openai-responses/envelope.ts';

const encoder = new TextEncoder();
const NS_PER_MS = 1_000_000;

type Kind<K extends Part['type']> = Extract<Part, { type: K }>;

/** What a line says; all of it is JSON text. */
export type Said = { readonly text: string; readonly thinking?: string; readonly calls?: string };

/** How one of its dialects puts that in a line: members, without braces. */
export type Shape = (said: Said) => string;

/** Writes one reply. */
export class OllamaWriter implements Writer {
  readonly #head: Head;
  readonly #shape: Shape;
  #model: string;
  /** When its first words came; undefined: none have. */
  #firstAtMs: number | undefined;
  #calls = 0;
  /** Thoughts that are told, and those under way by their ids. */
  readonly #thoughts: Thought[] = [];
  readonly #thinking = new Map<string, { text: string; proofs: ProviderOptions | undefined }>();
  readonly #proofs = new Map<string, ProviderOptions>();

  constructor(head: Head, shape: Shape) {
    this.#head = head;
    this.#shape = shape;
    this.#model = head.model;
  }

  frames(part: Part): readonly Frame[] {
    switch (part.type) {
      case 'response-metadata':
        this.#model = part.modelId ?? this.#model;
        return [];
      case 'text-delta':
        return part.delta === '' ? [] : [this.#line({ text: JSON.stringify(part.delta) })];
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return this.#think(part);
      case 'tool-input-start': {
        const proofs = proofsIn(part.providerMetadata);
        if (proofs !== undefined) this.#proofs.set(part.id, proofs);
        return [];
      }
      case 'tool-call':
        return part.providerExecuted === true
          ? []
          : [this.#line({ text: '""', calls: `[${this.#call(part)}]` })];
      case 'finish':
        return [this.#last({ text: '""' }, part.finishReason, part.usage)];
      default:
        return [];
    }
  }

  whole({ content, finishReason, usage, response }: Answer): string {
    this.#model = response?.modelId ?? this.#model;
    let text = '';
    const calls: string[] = [];
    for (const each of content) {
      if (each.type === 'text') text += each.text;
      else if (each.type === 'reasoning') this.#thought(each.text, proofsIn(each.providerMetadata));
      else if (each.type === 'tool-call' && each.providerExecuted !== true) calls.push(this.#call(each));
    }
    const thinking = this.#thoughts.map((thought) => thought.text).join('');
    const said = {
      text: JSON.stringify(text),
      ...(thinking === '' ? {} : { thinking: JSON.stringify(thinking) }),
      ...(calls.length === 0 ? {} : { calls: `[${calls.join(',')}]` }),
    };
    return new TextDecoder().decode(this.#last(said, finishReason, usage).bytes);
  }

  #think(part: Kind<'reasoning-start' | 'reasoning-delta' | 'reasoning-end'>): Frame[] {
    const thought = this.#thinking.get(part.id) ?? { text: '', proofs: undefined };
    this.#thinking.set(part.id, thought);
    thought.proofs = joinedProofs(thought.proofs, proofsIn(part.providerMetadata));
    if (part.type === 'reasoning-end') {
      this.#thinking.delete(part.id);
      this.#thought(thought.text, thought.proofs);
    }
    if (part.type !== 'reasoning-delta' || part.delta === '') return [];
    thought.text += part.delta;
    return [this.#line({ text: '""', thinking: JSON.stringify(part.delta) })];
  }

  #thought(text: string, proofs: ProviderOptions | undefined): void {
    this.#thoughts.push(proofs === undefined ? { text } : { text, proofs });
  }

  /** A whole call. Clients send back what they do not know of it, so what proves the thoughts before it rides there. */
  #call({ toolCallId, toolName, input, providerMetadata }: Kind<'tool-call'>): string {
    const index = this.#calls++;
    const proofs = joinedProofs(this.#proofs.get(toolCallId), proofsIn(providerMetadata));
    const isProven = index === 0 && this.#thoughts.some((thought) => thought.proofs !== undefined);
    return JSON.stringify({
      id: toolCallId,
      function: { index, name: toolName, arguments: argumentsOf(input) },
      ...(isProven ? { signature: sealThoughts(this.#thoughts) } : {}),
      ...(proofs === undefined ? {} : { thought_signature: seal({ of: 'call', call: toolCallId, proofs }) }),
    });
  }

  #line(said: Said): Frame {
    const now = this.#now();
    this.#firstAtMs ??= now;
    return {
      bytes: encoder.encode(`${this.#begins(now)},${this.#shape(said)},"done":false}\n`),
      last: false,
    };
  }

  #last(said: Said, reason: FinishReason, usage: NeutralUsage): Frame {
    const now = this.#now();
    const more = JSON.stringify({ done_reason: doneBy(reason), ...this.#counts(now, usage) });
    return {
      bytes: encoder.encode(`${this.#begins(now)},${this.#shape(said)},"done":true,${more.slice(1)}\n`),
      last: true,
    };
  }

  #begins(now: number): string {
    return `{"model":${JSON.stringify(this.#model)},"created_at":"${new Date(now).toISOString()}"`;
  }

  /** How a model was loaded nobody here knows; how long it read and wrote can be told of a stream alone. */
  #counts(now: number, { inputTokens, outputTokens }: NeutralUsage): JsonObject {
    const { createdAtMs } = this.#head;
    const first = this.#firstAtMs;
    const { noCache, cacheRead, cacheWrite } = inputTokens;
    const parts = [noCache, cacheRead, cacheWrite].filter((each) => each !== undefined);
    const input = inputTokens.total ?? (parts.length === 0 ? undefined : parts.reduce((a, b) => a + b));
    const output = outputTokens.total ?? outputTokens.text;
    return {
      total_duration: (now - createdAtMs) * NS_PER_MS,
      ...(input === undefined ? {} : { prompt_eval_count: input }),
      ...(first === undefined ? {} : { prompt_eval_duration: (first - createdAtMs) * NS_PER_MS }),
      ...(output === undefined ? {} : { eval_count: output }),
      ...(first === undefined ? {} : { eval_duration: (now - first) * NS_PER_MS }),
    };
  }

  #now(): number {
    return Math.max(this.#head.now?.() ?? this.#head.createdAtMs, this.#head.createdAtMs);
  }
}

const doneBy = ({ unified }: FinishReason): string =>
  unified === 'length' ? 'length' : unified === 'content-filter' ? 'content_filter' : 'stop';

/** Ollama's clients get arguments as an object; a call without one cannot be told. */
const argumentsOf = (input: string): JsonObject => {
  if (input.trim() === '') return {};
  try {
    const value = parseShallow(input);
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new UpstreamFault('protocol', true, "a tool's arguments are no JSON object");
};
