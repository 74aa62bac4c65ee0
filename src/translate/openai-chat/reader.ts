// A streamed chat completion as neutral parts. It ends with `[DONE]` and with nothing else.
import type { Frame } from '../../exchange.ts';
import { parseJson } from '../../json/parse.ts';
import type { Json } from '../../json/value.ts';
import { at, isArray } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import { sseData } from '../../streams/sse.ts';
import type { Reader } from '../egress.ts';
import type { Part } from '../neutral.ts';
import { Calls } from './calls.ts';
import { finishMeant } from './finish.ts';
import { neutralUsage } from './usage.ts';

type Kind = 'text' | 'reasoning' | 'refusal';

/** Reads one reply. */
export class ChatReader implements Reader {
  #told = false;
  /** What is being said just now. */
  #open: { readonly kind: Kind; readonly id: string } | undefined;
  #texts = 0;
  #refused = false;
  #finish: string | undefined;
  #usage: Json | undefined;
  readonly #calls = new Calls();

  parts(frame: Frame): readonly Part[] {
    const data = sseData(frame.bytes);
    if (data === undefined || data === '') return [];
    if (data.trimStart().startsWith('[DONE]')) return this.#done();
    const chunk = jsonOf(data);
    const error = at(chunk, 'error') ?? null;
    if (error !== null) return [{ type: 'error', error }];
    const parts: Part[] = [];
    if (!this.#told) this.#tell(chunk, parts);
    this.#usage = at(chunk, 'usage') ?? this.#usage;
    const choices = at(chunk, 'choices');
    for (const choice of isArray(choices) ? choices : [])
      if ((at(choice, 'index') ?? 0) === 0) this.#choice(choice, parts);
    return parts;
  }

  #tell(chunk: Json, parts: Part[]): void {
    const [id, model] = [at(chunk, 'id'), at(chunk, 'model')];
    if (typeof id !== 'string' && typeof model !== 'string') return;
    this.#told = true;
    if (typeof id === 'string') this.#calls.seed(id);
    parts.push({
      type: 'response-metadata',
      ...(typeof id === 'string' && id !== '' ? { id } : {}),
      ...(typeof model === 'string' && model !== '' ? { modelId: model } : {}),
    });
  }

  #choice(choice: Json, parts: Part[]): void {
    const delta = at(choice, 'delta') ?? at(choice, 'message');
    this.#say('reasoning', at(delta, 'reasoning_content') ?? at(delta, 'reasoning'), parts);
    this.#say('text', at(delta, 'content'), parts);
    this.#say('refusal', at(delta, 'refusal'), parts);
    const calls = at(delta, 'tool_calls');
    if (isArray(calls) && calls.length > 0) {
      this.#close(parts);
      calls.forEach((call, place) => void parts.push(...this.#calls.piece(call, place)));
    }
    const old = at(delta, 'function_call') ?? null;
    if (old !== null) {
      this.#close(parts);
      parts.push(...this.#calls.piece({ index: 0, function: old }, 0));
    }
    const finish = at(choice, 'finish_reason');
    if (typeof finish === 'string' && finish !== '') this.#finish = finish;
  }

  #say(kind: Kind, text: Json | undefined, parts: Part[]): void {
    if (typeof text !== 'string' || text === '') return;
    if (this.#open?.kind !== kind) this.#begin(kind, parts);
    const id = this.#open?.id ?? '';
    parts.push({ type: kind === 'reasoning' ? 'reasoning-delta' : 'text-delta', id, delta: text });
  }

  #begin(kind: Kind, parts: Part[]): void {
    this.#close(parts);
    const id = String(this.#texts++);
    this.#open = { kind, id };
    if (kind === 'refusal') {
      this.#refused = true;
      parts.push({ type: 'text-start', id, providerMetadata: { openai: { refusal: true } } });
    } else parts.push({ type: `${kind}-start`, id });
  }

  #close(parts: Part[]): void {
    if (this.#open === undefined) return;
    const { kind, id } = this.#open;
    this.#open = undefined;
    parts.push({ type: kind === 'reasoning' ? 'reasoning-end' : 'text-end', id });
  }

  #done(): Part[] {
    const parts: Part[] = [];
    this.#close(parts);
    parts.push(...this.#calls.end(), {
      type: 'finish',
      finishReason: finishMeant(this.#finish, { calls: this.#calls.any, refused: this.#refused }),
      usage: neutralUsage(this.#usage),
    });
    return parts;
  }
}

const jsonOf = (data: string): Json => {
  try {
    return parseJson(data);
  } catch (cause) {
    throw new UpstreamFault('protocol', true, 'an event is not JSON', { cause });
  }
};
