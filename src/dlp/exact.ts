// What a frame's bytes are besides the value that its dialect reads from them, and whether every reader makes the same value of them.
// A frame that passes untouched must mean to all clients what was inspected.

import { mayHoldText, Unreadable } from '../dialects/lens.ts';
import { outline } from '../json/scan.ts';
import type { Json, Name, Path } from '../json/value.ts';
import { isArray, isObject } from '../json/value.ts';
import { onlyData } from '../streams/sse.ts';

/** The text of a frame, split. */
export type FrameParts = {
  /** What is JSON, or what ends the stream; undefined: there is none. */
  readonly data: string | undefined;
  /** Comments, ids, names of events that are none, and fields that clients make nothing of. */
  readonly aside: string;
  /** Whether the bytes are UTF-8; what is not is read in many ways. */
  readonly isUtf8: boolean;
};

const lenient = new TextDecoder();
const strict = new TextDecoder('utf-8', { fatal: true });

/** Whether bytes are UTF-8; `text` is what they were read as. */
export const isUtf8 = (bytes: Uint8Array, text: string): boolean => {
  if (!text.includes('\uFFFD')) return true;
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** What events may be called. */
const EVENT = /^event: ?[\w.-]{0,64}$/;

/** Splits an event or a line. */
export const partsOf = (bytes: Uint8Array, framing: 'sse' | 'ndjson'): FrameParts => {
  const text = lenient.decode(bytes);
  const valid = isUtf8(bytes, text);
  if (framing === 'ndjson') return { data: text.trim() === '' ? undefined : text, aside: '', isUtf8: valid };
  const only = onlyData(text);
  if (only !== undefined) return { data: only, aside: '', isUtf8: valid };
  const data: string[] = [];
  const aside: string[] = [];
  for (const line of text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line === 'data') data.push('');
    else if (line !== '' && !EVENT.test(line)) aside.push(line);
  }
  return {
    data: data.length === 0 ? undefined : data.join('\n'),
    aside: aside.join('\n'),
    isUtf8: valid,
  };
};

/** Arrays and objects inside each other. Real replies stay under 20. */
const DEPTH_LIMIT = 100;

/** The number of keys that a JSON text spells, doubles included. Throws {@link Unreadable} for one that nests too deep to be read. */
export const keysSpelled = (text: string): number => {
  const { keys, depth } = outline(text);
  if (depth > DEPTH_LIMIT) throw new Unreadable(`a reply nests ${depth} deep; the limit is ${DEPTH_LIMIT}`);
  return keys;
};

/** What a value holds besides its strings. */
export type Survey = {
  readonly keys: number;
  /** Keys that may be more than names of fields, and where. */
  readonly odd: readonly { readonly path: Path; readonly key: string }[];
  /** What the tokens of a list with their probabilities spell. */
  readonly tokens: readonly { readonly path: Path; readonly text: string }[];
};

/** Goes through a value once. */
export const surveyOf = (value: Json): Survey => {
  let count = 0;
  const odd: { path: Path; key: string }[] = [];
  const tokens: { path: Path; text: string }[] = [];
  const todo: Inside[] = [{ here: value, name: '', depth: 0 }];
  // One path for all: what is in a value comes before anything beside it.
  const path: Name[] = [];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { here, name, depth } = next;
    if (depth > 0) path[depth - 1] = name;
    path.length = depth;
    if (isArray(here)) {
      if (path.includes('logprobs') && !path.includes('top_logprobs'))
        tokens.push({ path: [...path], text: here.map(tokenOf).join('') });
      for (let i = 0; i < here.length; i++) goInto(todo, here[i], i, depth);
    } else if (isObject(here)) {
      const keys = Object.keys(here);
      count += keys.length;
      for (const key of keys) {
        if (mayHoldText(key)) odd.push({ path: [...path, key], key });
        goInto(todo, here[key], key, depth);
      }
    }
  }
  return { keys: count, odd, tokens: tokens.filter(({ text }) => text !== '') };
};

/** An array or object, and its place: `depth` names from the top, the last of them `name`. */
type Inside = { readonly here: Json; readonly name: Name; readonly depth: number };

const goInto = (todo: Inside[], here: Json | undefined, name: Name, depth: number): void => {
  if (typeof here === 'object' && here !== null) todo.push({ here, name, depth: depth + 1 });
};

/** Whether a string is a token among those of a list, which are read as what they spell together. */
export const isToken = (path: Path): boolean =>
  path.includes('logprobs') && (path.at(-1) === 'token' || path.at(-2) === 'tokens');

/** Completions list the tokens alone. */
const tokenOf = (each: Json): string => {
  const token = isObject(each) ? each.token : each;
  return typeof token === 'string' ? token : '';
};
