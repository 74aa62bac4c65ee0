// Fields of a client's body, taken as what they must be. Each throws `bad_request` with the field's path where it is something else.
import { bad } from '../dialects/outline.ts';
import type { Json, JsonArray, JsonObject } from '../json/value.ts';
import { isArray, isObject } from '../json/value.ts';

/** A field that was sent; `null` says the same as nothing. */
export const given = (value: Json | undefined): Exclude<Json, null> | undefined => value ?? undefined;

/** An object of one field, or of none where there is no value. */
export const maybe = <K extends string, V>(name: K, value: V | undefined): { readonly [k in K]?: V } =>
  // The one property is the one that the type names.
  value === undefined ? {} : ({ [name]: value } as { readonly [k in K]?: V });

/** A text. */
export const textOf = (value: Json | undefined, param: string): string => {
  if (typeof value !== 'string') throw bad(param, 'It must be a text.');
  return value;
};

/** A text that says something: a name, an id. */
export const nameOf = (value: Json | undefined, param: string): string => {
  if (typeof value !== 'string' || value === '') throw bad(param, 'It must be a text that is not empty.');
  if (value.length > NAME_CHARS) throw bad(param, `It has at most ${NAME_CHARS} characters.`);
  return value;
};

/** Longer than any id or name of a tool or a file. */
const NAME_CHARS = 1_024;

/** An object. */
export const objectOf = (value: Json | undefined, param: string): JsonObject => {
  if (!isObject(value)) throw bad(param, 'It must be an object.');
  return value;
};

/** A list of at most `limit` elements. */
export const listOf = (value: Json | undefined, param: string, limit: number): JsonArray => {
  if (!isArray(value)) throw bad(param, 'It must be a list.');
  if (value.length > limit) throw bad(param, `The limit is ${limit} elements.`);
  return value;
};

/** True or false; undefined: nothing was sent. */
export const flagOf = (value: Json | undefined, param: string): boolean | undefined => {
  const flag = given(value);
  if (flag !== undefined && typeof flag !== 'boolean') throw bad(param, 'It must be true or false.');
  return flag;
};

/** A number of that range; undefined: nothing was sent. */
export const numberOf = (
  value: Json | undefined,
  param: string,
  [least, most]: readonly [number, number],
): number | undefined => {
  const number = given(value);
  if (number === undefined) return undefined;
  if (typeof number !== 'number' || number < least || number > most)
    throw bad(param, `It must be a number from ${least} to ${most}.`);
  return number;
};

/** A whole number of that range; undefined: nothing was sent. */
export const integerOf = (
  value: Json | undefined,
  param: string,
  range: readonly [number, number],
): number | undefined => {
  const number = numberOf(value, param, range);
  if (number !== undefined && !Number.isInteger(number)) throw bad(param, 'It must be a whole number.');
  return number;
};

/** One of some words; undefined: nothing was sent. */
export const wordOf = <W extends string>(
  value: Json | undefined,
  param: string,
  words: readonly W[],
): W | undefined => {
  const said = given(value);
  if (said === undefined) return undefined;
  const word = words.find((each) => each === said);
  if (word === undefined) throw bad(param, `It must be one of: ${words.join(', ')}.`);
  return word;
};
