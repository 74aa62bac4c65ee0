// A streamed chat completion as neutral parts. It ends with `[DONE]` and with nothing else.
import type { Frame } from '../../exchange.ts';
import { parseJson } from '../../json/parse.ts';
import type { Json } from '../../json/value.ts';
import { at, isArray } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import { sseData } from '../../streams/sse.ts';
import type { Reader } from '../egress.ts';
import type { Content, Part } from '../neutral.ts';
import { Calls } from './calls.ts';
import { finishMeant } from './finish.ts';
import type { Spoken, SpokenKind } from './spoken.ts';
import { citationsIn, proofsIn, spokenIn } from './spoken.ts';
import { neutralUsage } from './usage.ts';

type Citations = NonNullable<Extract<Content, { type: 'text' }>['citations']>;
/** What is being said: its sources come with it, a thought's proof after it. */
type Open = { readonly kind: SpokenKind; readonly id: string; citations: Citations; signature?: string };

/** Reads one reply. */
export class ChatReader implements Reader {
  #told = false;
  #open: Open | undefined;
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
    // One was asked for; should there be others, they are another reply.
    if (isArray(choices))
      for (const choice of choices) if ((at(choice, 'index') ?? 0) === 0) this.#choice(choice, parts);
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
    for (const spoken of spokenIn(delta)) this.#say(spoken, parts);
    this.#prove(delta, parts);
    if (this.#open?.kind === 'text') this.#open.citations.push(...citationsIn(delta));
    const calls = at(delta, 'tool_calls');
    if (isArray(calls) && calls.length > 0) {
      this.#close(parts);
      calls.forEach((call, place) => {
        parts.push(...this.#calls.piece(call, place));
      });
    }
    const old = at(delta, 'function_call') ?? null;
    if (old !== null) {
      this.#close(parts);
      parts.push(...this.#calls.piece({ index: 0, function: old }, 0));
    }
    const finish = at(choice, 'finish_reason');
    if (typeof finish === 'string' && finish !== '') this.#finish = finish;
  }

  #say({ kind, text }: Spoken, parts: Part[]): void {
    const open = this.#open?.kind === kind ? this.#open : this.#begin(kind, parts);
    parts.push({ type: kind === 'reasoning' ? 'reasoning-delta' : 'text-delta', id: open.id, delta: text });
  }

  #begin(kind: SpokenKind, parts: Part[]): Open {
    this.#close(parts);
    const id = String(this.#texts++);
    this.#open = { kind, id, citations: [] };
    if (kind === 'refusal') {
      this.#refused = true;
      parts.push({ type: 'text-start', id, providerMetadata: { openai: { refusal: true } } });
    } else parts.push({ type: `${kind}-start`, id });
    return this.#open;
  }

  #prove(delta: Json | undefined, parts: Part[]): void {
    for (const { signature, redactedData } of proofsIn(delta)) {
      if (signature !== undefined && this.#open?.kind === 'reasoning') this.#open.signature = signature;
      if (redactedData === undefined) continue;
      this.#close(parts);
      const id = String(this.#texts++);
      parts.push({ type: 'reasoning-start', id, providerMetadata: { anthropic: { redactedData } } });
      parts.push({ type: 'reasoning-end', id });
    }
  }

  #close(parts: Part[]): void {
    if (this.#open === undefined) return;
    const { kind, id, citations, signature } = this.#open;
    this.#open = undefined;
    if (kind !== 'reasoning')
      parts.push({ type: 'text-end', id, ...(citations.length === 0 ? {} : { citations }) });
    else if (signature === undefined) parts.push({ type: 'reasoning-end', id });
    else parts.push({ type: 'reasoning-end', id, providerMetadata: { anthropic: { signature } } });
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
  } catch {
    // Its message would quote the text.
    throw new UpstreamFault('protocol', true, 'an event is not JSON');
  }
};
