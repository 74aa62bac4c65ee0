// How a dialect shows the text hidden in a body or a frame, and lets it be rewritten in place. Every string is text but those a
// dialect lists as structure, so a field nobody knew about yesterday is seen by default.
import type { Json, JsonArray, JsonObject, Name, Path } from '../json/value.ts';
import { at, isArray, isObject } from '../json/value.ts';

/** A string of a body: where it is, and whether it is a key there rather than a value. */
export type TextAt = { readonly path: Path; readonly text: string; readonly key: boolean };

/** Whether the string at a path is structure: an id, an enum, a model's name. */
export type Structure = (path: Path, text: string) => boolean;

/** Lists structure by paths as `messages[].role`; `[]` is any element, `*` any key, and `**` at the start any place. */
export const structureOf = (...patterns: readonly string[]): Structure => {
  const anywhere = new Set<string>();
  const root: Branch = { next: new Map(), end: false };
  for (const pattern of patterns) {
    if (pattern.startsWith('**.')) {
      anywhere.add(pattern.slice(3));
      continue;
    }
    let branch = root;
    for (const part of pattern
      .replaceAll('[]', '.[]')
      .split('.')
      .filter((name) => name !== '')) {
      const known = branch.next.get(part) ?? { next: new Map(), end: false };
      branch.next.set(part, known);
      branch = known;
    }
    branch.end = true;
  }
  return (path, text) => {
    const last = path.at(-1);
    const isNamed = (typeof last === 'string' && anywhere.has(last)) || ends(root, path, 0);
    return isNamed && NAME_LIKE.test(text);
  };
};

/** What ids and enums are made of. A sentence in their place is text. */
const NAME_LIKE = /^[\w.:/+=@-]{0,256}$/;

type Branch = { readonly next: Map<string, Branch>; end: boolean };

/** Whether a way from `branch` by the names of `path` from `place` on is listed. */
const ends = ({ next, end }: Branch, path: Path, place: number): boolean => {
  const name = path[place];
  if (name === undefined) return end;
  const named = next.get(typeof name === 'number' ? '[]' : name);
  if (named !== undefined && ends(named, path, place + 1)) return true;
  const any = typeof name === 'number' ? undefined : next.get('*');
  return any !== undefined && ends(any, path, place + 1);
};

/** An array or object that is being looked through: its keys if it is an object, and which of its values is next. */
type Level = {
  readonly here: JsonArray | JsonObject;
  readonly keys: readonly string[] | undefined;
  next: number;
};

/** Every string of `value` that is no structure, keys included, in the order of the text. Iterative: nesting costs no stack. */
export const textsOf = (value: Json, isStructure: Structure): readonly TextAt[] => {
  const texts: TextAt[] = [];
  const levels: Level[] = [];
  // One path for all that is looked at; what is found gets a copy.
  const path: Name[] = [];
  const look = (here: Json | undefined): void => {
    if (typeof here === 'string') {
      if (!isStructure(path, here)) texts.push({ path: [...path], text: here, key: false });
    } else if (isArray(here)) levels.push({ here, keys: undefined, next: 0 });
    else if (isObject(here)) {
      const keys = Object.keys(here);
      for (const key of keys)
        if (mayHoldText(key)) texts.push({ path: [...path, key], text: key, key: true });
      levels.push({ here, keys, next: 0 });
    }
  };
  look(value);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { here, keys } = level;
    const depth = levels.length - 1;
    path.length = depth;
    if (level.next === (keys ?? here).length) {
      levels.pop();
      continue;
    }
    const name = keys?.[level.next] ?? level.next;
    level.next += 1;
    path.push(name);
    look(isArray(here) ? here[level.next - 1] : here[name]);
  }
  return texts;
};

/** Names of fields are short words; what is longer, or has a digit or a sign in it, may be a value. */
export const mayHoldText = (key: string): boolean => {
  if (plainKeys.has(key)) return false;
  if (key.length > 24 || /[^A-Za-z_-]/.test(key)) return true;
  if (plainKeys.size < PLAIN_KEYS) plainKeys.add(key);
  return false;
};

/** Names of fields seen, since frames say the same ones over and over; so many are kept, more than all dialects have. */
const plainKeys = new Set<string>();
const PLAIN_KEYS = 1_024;

/** A path as people write it: `messages[0].content`. A key that may be a value is no part of it. */
export const pathText = (path: Path): string =>
  path
    .map((name, i) =>
      typeof name === 'number' ? `[${name}]` : `${i === 0 ? '' : '.'}${mayHoldText(name) ? '*' : name}`,
    )
    .join('');

/** A text in a frame: its channel is what it goes on from frame to frame. */
export type FrameText = { readonly path: Path; readonly text: string; readonly channel: string };

/** What a frame shows: its texts, and which channels end with it (those whose name begins so). */
export type FrameTexts = {
  readonly value: Json;
  readonly texts: readonly FrameText[];
  readonly closes: readonly string[];
  /**
   * What the frame is a piece of: paths of what grows on its own, each with a `/` at its end. A frame may go before one that is held
   * if neither's is the beginning of the other's. Left out: it goes after all that came before it.
   */
  readonly owners?: readonly string[];
  /**
   * What of the frame is structure. Given, a frame that differs in texts elsewhere alone, none of them empty, has channels, closes and
   * owners that are the same.
   */
  readonly isStructure?: Structure;
};

/** The channel of a path: elements of a list count by their own `index`, which stays the same from frame to frame. */
export const channelOf = (value: Json, path: Path): string => {
  let here: Json | undefined = value;
  let channel = '';
  for (const name of path) {
    here = at(here, name);
    const index = typeof name === 'number' ? at(here, 'index') : undefined;
    channel += `/${typeof index === 'number' ? index : name}`;
  }
  return channel.slice(1);
};

/** `value` with other strings at some paths; what is not on the way to one stays the same object. */
export const withTexts = (
  value: Json,
  changes: readonly { readonly path: Path; readonly text: string }[],
): Json => {
  let changed = value;
  for (const { path, text } of changes) changed = withText(changed, path, text);
  return changed;
};

const withText = (value: Json, [name, ...rest]: Path, text: string): Json => {
  if (name === undefined) return text;
  const inner = withText(at(value, name) ?? null, rest, text);
  if (isArray(value)) return value.map((each, i) => (i === name ? inner : each));
  return isObject(value) ? { ...value, [name]: inner } : value;
};

/** A frame that cannot be read as its dialect's: what cannot be read cannot be governed. */
export class Unreadable extends Error {}
