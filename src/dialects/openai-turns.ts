// Turns and fields of a body with `messages` that could replace or outrank a use case's system prompt, and what is done about
// them. Chat completions, Anthropic's messages and Ollama's chat have such turns.

import type { Json, JsonDocument } from '../json/document.ts';
import { ambiguousKey } from '../json/fold.ts';
import { Refusal } from '../refusal.ts';
import type { CallerSystem } from './dialect.ts';
import { fieldOutranks } from './fields.ts';

/** Roles that stand below a system prompt. Any other role, known today or not, in any spelling, could outrank it. */
const BELOW = new Set(['user', 'assistant', 'tool', 'function']);

const isRecord = (value: unknown): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What could outrank a bound system prompt. */
export const callerSystemRefused = (param: string): Refusal =>
  new Refusal('caller_system_refused', { param });

/** Keys of a turn that every server reads; another spelling of one would be read by some. */
const TURN_KEYS = new Set([
  'role',
  'content',
  'name',
  'tool_calls',
  'tool_call_id',
  'function_call',
  'refusal',
]);

/** The longest conversations of agents have some thousands; each turn may have to be rewritten. */
const TURNS = 20_000;
/** Each key is looked at in every spelling; real turns have fewer than ten. */
const KEYS_OF_A_TURN = 100;

/** Throws unless `messages` is a list of turns whose roles can be read in one way only. */
export const mustHaveTurns = (messages: Json | undefined): void => {
  if (!Array.isArray(messages))
    throw new Refusal('bad_request', { param: 'messages', detail: '"messages" must be a list.' });
  if (messages.length === 0)
    throw new Refusal('bad_request', { param: 'messages', detail: '"messages" must not be empty.' });
  mustBeTurns(messages);
};

/** Throws unless the roles of `messages` can be read in one way only. */
export const mustBeTurns = (messages: readonly unknown[]): void => {
  if (messages.length > TURNS)
    throw new Refusal('bad_request', { param: 'messages', detail: `The limit is ${TURNS} messages.` });
  messages.forEach((turn: unknown, index) => {
    const param = `messages[${index}]`;
    if (!isRecord(turn)) throw new Refusal('bad_request', { param, detail: 'A message must be an object.' });
    if (Object.keys(turn).length > KEYS_OF_A_TURN)
      throw new Refusal('bad_request', { param, detail: `A message has at most ${KEYS_OF_A_TURN} keys.` });
    if (typeof turn.role !== 'string') {
      throw new Refusal('bad_request', { param: `${param}.role`, detail: 'A message must have a "role".' });
    }
    if (ambiguousKey(turn, TURN_KEYS) !== undefined) {
      throw new Refusal('ambiguous_body', {
        param,
        detail: 'A message has a key in two spellings or an odd one.',
      });
    }
  });
};

/** Puts `prompt` above every turn; what could outrank it is refused, demoted to a user's turn, or left, as `caller` says. */
export const bindSystem = (document: JsonDocument, prompt: string | null, caller: CallerSystem): void => {
  if (caller !== 'allow') {
    mustNotOutrank(document);
    lowerTurns(document, caller, BELOW);
  }
  if (prompt !== null) document.prepend(['messages'], { role: 'system', content: prompt });
};

/** Refuses or demotes every turn whose role is not one of `below`. */
export const lowerTurns = (
  document: JsonDocument,
  caller: Exclude<CallerSystem, 'allow'>,
  below: ReadonlySet<string>,
): void => {
  const { messages } = document.value;
  if (!Array.isArray(messages)) throw new Error('read has seen the messages');
  messages.forEach((turn: unknown, index) => {
    if (!isRecord(turn) || below.has(String(turn.role))) return;
    if (caller === 'refuse') throw callerSystemRefused(`messages[${index}].role`);
    document.set(['messages', index, 'role'], 'user');
  });
};

/** A field cannot be demoted, so it is refused under both. `own`: fields of the dialect that it deals with itself. */
export const mustNotOutrank = (document: JsonDocument, own: ReadonlySet<string> = new Set()): void => {
  for (const [key, value] of Object.entries(document.value))
    if (!own.has(key) && fieldOutranks(key, value)) throw callerSystemRefused(key.slice(0, 64));
};
