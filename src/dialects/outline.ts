// What is read of every request alike: that its top level can be read in one way only, the model's name, whether it streams.
import type { Json, JsonDocument, JsonObject } from '../json/document.ts';
import { ambiguousKey } from '../json/fold.ts';
import { parseJson } from '../json/parse.ts';
import { Refusal } from '../refusal.ts';
import { choosesElsewhere } from './fields.ts';

/** Longer than any model's name, and than any `backend/model`. */
const MODEL_CHARS = 256;

/** Top-level keys of a body; each is looked at in every spelling. No API has more than fifty. */
const KEYS = 1_000;

/** No model has them in its name, and no store keeps all of them. */
const CONTROL = /\p{Cc}/u;

/** A request that is not as its dialect has it. */
export const bad = (param: string, detail: string): Refusal => new Refusal('bad_request', { param, detail });

/** Throws unless every top-level key that the gateway decides on is there in one spelling only, and none leads elsewhere. */
export const mustBeClear = (value: JsonObject, governed: ReadonlySet<string>): void => {
  if (Object.keys(value).length > KEYS)
    throw new Refusal('bad_request', { detail: `The body has at most ${KEYS} top-level keys.` });
  const odd = ambiguousKey(value, governed);
  if (odd !== undefined)
    throw new Refusal('ambiguous_body', {
      detail: 'A top-level key has an odd spelling.',
      param: odd.slice(0, 64),
    });
  const elsewhere = Object.keys(value).find(choosesElsewhere);
  if (elsewhere !== undefined)
    throw new Refusal('model_not_allowed', {
      detail: 'A field would choose another model or backend.',
      param: elsewhere.slice(0, 64),
    });
};

/** The model's name; throws `bad_request`. `param`: the field it stands in. */
export const modelIn = (model: Json | undefined, param = 'model'): string => {
  if (typeof model !== 'string' || model === '') throw bad(param, `"${param}" must be a model's name.`);
  if (model.length > MODEL_CHARS) throw bad(param, `"${param}" has at most ${MODEL_CHARS} characters.`);
  if (!model.isWellFormed() || CONTROL.test(model))
    throw bad(param, `"${param}" must be printable characters.`);
  return model;
};

/** Whether a request streams; `usual`: what its absence says. Throws `bad_request`. */
export const streamIn = (stream: Json | undefined, usual = false): boolean => {
  if (stream === undefined || stream === null) return usual;
  if (typeof stream !== 'boolean') throw bad('stream', '"stream" must be true or false.');
  return stream;
};

/** What the client calls the person behind the request: the names that are texts, each once. */
export const endUsersAmong = (
  ...names: readonly (Json | undefined)[]
): { readonly endUsers?: readonly string[] } => {
  const endUsers = [
    ...new Set(names.filter((name) => typeof name === 'string').filter((name) => name !== '')),
  ];
  return endUsers.length === 0 ? {} : { endUsers };
};

/** Replaces the model's name. */
export const renameModel = (document: JsonDocument, model: string): void => {
  if (document.value.model !== model) document.set(['model'], model);
};

/** A count of tokens; undefined: it is none. */
export const count = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** A text's JSON; undefined: it is none. */
export const parsed = (text: string | undefined): Json | undefined => {
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
};
