// What stands above the conversation in a request of OpenAI's responses: `instructions`, and items of the input. A bound system
// prompt goes in as the first item, not as `instructions`, which the API says back to the caller in every reply.
import type { Json, JsonDocument, JsonObject } from '../json/document.ts';
import { ambiguousKey } from '../json/fold.ts';
import { isArray, isObject } from '../json/value.ts';
import { Refusal } from '../refusal.ts';
import type { CallerSystem } from './dialect.ts';
import { callerSystemRefused, mustNotOutrank } from './openai-turns.ts';
import { bad } from './outline.ts';

/** Roles below a system prompt. Any other, known today or not, in any spelling, could outrank it. */
const BELOW = new Set(['user', 'assistant']);

/** Items without a role that say what a model or a tool said. Any other could speak from above, like `additional_tools`. */
const ITEMS_BELOW = new Set([
  ...['message', 'reasoning', 'compaction', 'compaction_summary', 'function_call', 'function_call_output'],
  ...['custom_tool_call', 'custom_tool_call_output', 'tool_search_call', 'tool_search_output'],
  ...['web_search_call', 'file_search_call', 'image_generation_call', 'code_interpreter_call'],
  ...['computer_call', 'computer_call_output', 'local_shell_call', 'local_shell_call_output'],
  ...['shell_call', 'shell_call_output', 'apply_patch_call', 'apply_patch_call_output'],
  ...['mcp_list_tools', 'mcp_call', 'mcp_approval_request', 'mcp_approval_response'],
]);

/** Fields of the dialect that are dealt with here, or are empty by the time anything is bound. */
const OWN = new Set(['instructions', 'input', 'prompt', 'conversation']);

/** Keys of an item that every server reads; another spelling of one would be read by some. */
const ITEM_KEYS = new Set([
  'type',
  'role',
  'content',
  'id',
  'call_id',
  'output',
  'arguments',
  'input',
  'name',
]);

/** The longest conversations of agents have some thousands; each item may have to be rewritten. */
const ITEMS = 20_000;
const KEYS_OF_AN_ITEM = 100;

/** Fields that refer to what is stored at the provider, under the one credential that all keys share. */
const STORED = ['previous_response_id', 'conversation', 'prompt'] as const;

/** Throws unless nothing refers to stored state, and every item can be read in one way only. */
export const mustHaveItems = (value: JsonObject): void => {
  for (const name of STORED)
    if ((value[name] ?? null) !== null) throw new Refusal('stored_state_refused', { param: name });
  // Its reply could only be fetched from the provider's store.
  if ((value.background ?? false) !== false)
    throw new Refusal('stored_state_refused', { param: 'background' });
  const { input, instructions = null } = value;
  if (instructions !== null && typeof instructions !== 'string')
    throw bad('instructions', '"instructions" must be a text.');
  if (typeof input === 'string') return;
  if (!isArray(input)) throw bad('input', '"input" must be a text or a list of items.');
  if (input.length > ITEMS) throw bad('input', `The limit is ${ITEMS} items.`);
  input.forEach(mustBeItem);
};

const mustBeItem = (item: Json, index: number): void => {
  const param = `input[${index}]`;
  if (!isObject(item)) throw bad(param, 'An item must be an object.');
  if (Object.keys(item).length > KEYS_OF_AN_ITEM)
    throw bad(param, `An item has at most ${KEYS_OF_AN_ITEM} keys.`);
  if (ambiguousKey(item, ITEM_KEYS) !== undefined)
    throw new Refusal('ambiguous_body', {
      param,
      detail: 'An item has a key in two spellings or an odd one.',
    });
  const { type, role } = item;
  if (type !== undefined && type !== null && typeof type !== 'string')
    throw bad(`${param}.type`, 'An item\'s "type" must be a text.');
  if (role !== undefined && typeof role !== 'string') throw bad(`${param}.role`, 'A "role" must be a text.');
  const isReference =
    type === 'item_reference' || (isNone(type) && role === undefined && item.id !== undefined);
  if (isReference) throw new Refusal('stored_state_refused', { param });
  if (isNone(type) && role === undefined)
    throw bad(`${param}.type`, 'An item must have a "type" or a "role".');
};

const isNone = (value: Json | undefined): boolean => value === undefined || value === null;

/** Puts `prompt` above every item; what could outrank it is refused, demoted to a user's words, or left below it. */
export const bindResponses = (document: JsonDocument, prompt: string | null, caller: CallerSystem): void => {
  if (caller !== 'allow') {
    mustNotOutrank(document, OWN);
    lowerItems(document, caller);
  }
  const { instructions } = document.value;
  const said = typeof instructions === 'string' && instructions !== '';
  if (said && caller === 'refuse') throw callerSystemRefused('instructions');
  if (said && (caller === 'demote' || prompt !== null)) {
    document.remove(['instructions']);
    putFirst(document, caller === 'demote' ? 'user' : 'developer', instructions);
  }
  if (prompt !== null) putFirst(document, 'system', prompt);
};

const putFirst = (document: JsonDocument, role: string, content: string): void => {
  const { input } = document.value;
  if (typeof input === 'string') document.set(['input'], [{ type: 'message', role: 'user', content: input }]);
  document.prepend(['input'], { type: 'message', role, content });
};

const lowerItems = (document: JsonDocument, caller: 'refuse' | 'demote'): void => {
  const { input } = document.value;
  if (!isArray(input)) return;
  input.forEach((item, index) => {
    if (!isObject(item)) return;
    const { type, role } = item;
    // What is no message cannot be demoted to one.
    if (typeof type === 'string' && !ITEMS_BELOW.has(type)) throw callerSystemRefused(`input[${index}].type`);
    if (typeof role !== 'string' || BELOW.has(role)) return;
    if (caller === 'refuse') throw callerSystemRefused(`input[${index}].role`);
    document.set(['input', index, 'role'], 'user');
  });
};
