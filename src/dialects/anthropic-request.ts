// A request of Anthropic's API: its outline, and a use case's system prompt in it. Messages and the counting of their tokens share it.
import type { Json, JsonDocument, JsonObject } from '../json/document.ts';
import { ambiguousKey } from '../json/fold.ts';
import { at, isArray, isObject } from '../json/value.ts';
import { Refusal } from '../refusal.ts';
import type { Asked, CallerSystem } from './dialect.ts';
import { callerSystemRefused, lowerTurns, mustHaveTurns, mustNotOutrank } from './openai-turns.ts';
import { bad, endUsersAmong, modelIn, mustBeClear, streamIn } from './outline.ts';

/** Top-level keys whose meaning the gateway decides on: another spelling of one is refused. */
const GOVERNED_KEYS = new Set([
  ...['model', 'messages', 'system', 'stream', 'max_tokens', 'tools', 'metadata', 'thread', 'container'],
]);

/** Roles below a system prompt. Any other, known today or not, in any spelling, could outrank it. */
const BELOW = new Set(['user', 'assistant']);

/** Dealt with below, in their own way. */
const OWN = new Set(['system']);

const BLOCK_KEYS = new Set(['type', 'text']);

/** Reads the outline. `counting`: a request that has nothing generated needs no `max_tokens`. */
export const readAnthropic = (document: JsonDocument, counting: boolean): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const model = modelIn(value.model);
  const stream = streamIn(value.stream);
  const { max_tokens: most } = value;
  if (!counting && (typeof most !== 'number' || !Number.isInteger(most) || most < 0))
    throw bad('max_tokens', '"max_tokens" must be a number of tokens.');
  mustHaveTurns(value.messages);
  mustBeSystem(value.system);
  mustKeepNothing(value);
  return { model, stream, usage: true, ...endUsersAmong(at(value.metadata, 'user_id')) };
};

/** A text, or blocks that can be read in one way only. */
const mustBeSystem = (system: Json | undefined): void => {
  if (system === undefined || system === null || typeof system === 'string') return;
  if (!isArray(system)) throw bad('system', '"system" must be a text or a list of blocks.');
  system.forEach((block, index) => {
    if (!isObject(block)) throw bad(`system[${index}]`, 'A block must be an object.');
    if (ambiguousKey(block, BLOCK_KEYS) !== undefined)
      throw new Refusal('ambiguous_body', {
        param: `system[${index}]`,
        detail: 'A key has an odd spelling.',
      });
  });
};

/** Threads and containers live at the provider, under the one credential that all keys share. */
const mustKeepNothing = ({ thread = null, container = null }: JsonObject): void => {
  if (thread !== null) throw new Refusal('stored_state_refused', { param: 'thread' });
  const id = typeof container === 'string' ? container : (at(container ?? undefined, 'id') ?? null);
  if (id !== null) throw new Refusal('stored_state_refused', { param: 'container' });
};

/** Puts `prompt` above the caller's system prompt and every turn; what could outrank it is refused, demoted, or left. */
export const bindAnthropic = (document: JsonDocument, prompt: string | null, caller: CallerSystem): void => {
  if (caller !== 'allow') {
    mustNotOutrank(document, OWN);
    lowerTurns(document, caller, BELOW);
    lowerSystem(document, caller);
  }
  if (prompt !== null) raise(document, prompt);
};

/** A system prompt that is demoted is what the user says first; blocks stay blocks, with what is cached of them. */
const lowerSystem = (document: JsonDocument, caller: 'refuse' | 'demote'): void => {
  const { system } = document.value;
  if (isNothing(system)) return;
  if (caller === 'refuse') throw callerSystemRefused('system');
  document.remove(['system']);
  document.prepend(['messages'], { role: 'user', content: system });
};

const isNothing = (system: Json | undefined): system is undefined | null =>
  system === undefined || system === null || system === '' || (isArray(system) && system.length === 0);

const raise = (document: JsonDocument, prompt: string): void => {
  const { system } = document.value;
  if (isNothing(system)) document.add([], 'system', prompt);
  else if (isArray(system)) document.prepend(['system'], { type: 'text', text: prompt });
  else
    document.set(
      ['system'],
      [
        { type: 'text', text: prompt },
        { type: 'text', text: system },
      ],
    );
};
