// Reading the fields of a request: a field is what the API says it is, absent, or the request is bad. `null` is absent.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonArray, JsonObject } from '../../json/value.ts';
import { isArray, isObject } from '../../json/value.ts';

/** A field with the path it is refused under. */
export type Field = { readonly value: Json | undefined; readonly path: string };

/** The member `name` of `object`, which stands at `path` (`''`: at the top). */
export const field = (object: JsonObject, name: string, path = ''): Field => {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return { value: value === null ? undefined : value, path: path === '' ? name : `${path}.${name}` };
};

/** A text; undefined: absent. */
export const textIn = ({ value, path }: Field): string | undefined => {
  if (value === undefined || typeof value === 'string') return value;
  throw bad(path, 'It must be a text.');
};

/** A text that must be there. */
export const mustText = (given: Field): string => {
  const text = textIn(given);
  if (text === undefined) throw bad(given.path, 'It is missing.');
  return text;
};

/** A number within bounds, both included; undefined: absent. */
export const numberIn = ({ value, path }: Field, least: number, most: number): number | undefined => {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || value < least || value > most)
    throw bad(path, `It must be a number from ${least} to ${most}.`);
  return value;
};

/** A whole number that is not negative; undefined: absent. */
export const countIn = (given: Field): number | undefined => {
  const number = numberIn(given, 0, Number.MAX_SAFE_INTEGER);
  if (number !== undefined && !Number.isInteger(number)) throw bad(given.path, 'It must be a whole number.');
  return number;
};

/** Yes or no; undefined: absent. */
export const flagIn = ({ value, path }: Field): boolean | undefined => {
  if (value === undefined || typeof value === 'boolean') return value;
  throw bad(path, 'It must be true or false.');
};

/** An object; undefined: absent. */
export const objectIn = ({ value, path }: Field): JsonObject | undefined => {
  if (value === undefined || isObject(value)) return value;
  throw bad(path, 'It must be an object.');
};

/** An object that must be there. */
export const mustObject = (given: Field): JsonObject => {
  const object = objectIn(given);
  if (object === undefined) throw bad(given.path, 'It is missing.');
  return object;
};

/** A list of at most `most`; undefined: absent. */
export const listIn = ({ value, path }: Field, most: number): JsonArray | undefined => {
  if (value === undefined) return undefined;
  if (!isArray(value)) throw bad(path, 'It must be a list.');
  if (value.length > most) throw bad(path, `It has at most ${most} elements.`);
  return value;
};

/** A list of objects, each with its path. */
export const objectsIn = (given: Field, most: number): readonly (readonly [JsonObject, string])[] =>
  (listIn(given, most) ?? []).map((value, index) => {
    const path = `${given.path}[${index}]`;
    return [mustObject({ value: value ?? undefined, path }), path] as const;
  });

/** Throws for a word that is none of these. */
export const among = <T extends string>(given: Field, words: readonly T[]): T => {
  const { value, path } = given;
  const word = words.find((each) => each === value);
  if (word === undefined) throw bad(path, `It must be one of ${words.join(', ')}.`);
  return word;
};
