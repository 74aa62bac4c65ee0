// How a dialect shows the text hidden in a body or a frame, and lets it be rewritten in place. Every string is text but those a
// dialect lists as structure, so a field nobody knew about yesterday is seen by default.
import type { Json, Path } from '../json/value.ts';
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
    if (!NAME_LIKE.test(text)) return false;
    const last = path.at(-1);
    if (typeof last === 'string' && anywhere.has(last)) return true;
    return ends([root], path);
  };
};

/** What ids and enums are made of. A sentence in their place is text. */
const NAME_LIKE = /^[\w.:/+=@-]{0,256}$/;

type Branch = { readonly next: Map<string, Branch>; end: boolean };

const ends = (from: readonly Branch[], path: Path): boolean => {
  let branches = from;
  for (const name of path) {
    const kinds = typeof name === 'number' ? ['[]'] : [name, '*'];
    branches = branches.flatMap(({ next }) => kinds.flatMap((kind) => next.get(kind) ?? []));
    if (branches.length === 0) return false;
  }
  return branches.some(({ end }) => end);
};

/** Every string of `value` that is no structure, keys included, in the order of the text. Depth is bounded by the reader of the body. */
export function* textsOf(value: Json, isStructure: Structure): Generator<TextAt, void, undefined> {
  const todo: { value: Json; path: Path }[] = [{ value, path: [] }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { value: here, path } = next;
    if (typeof here === 'string') {
      if (!isStructure(path, here)) yield { path, text: here, key: false };
    } else if (isArray(here)) {
      for (let i = here.length - 1; i >= 0; i--) todo.push({ value: here[i] ?? null, path: [...path, i] });
    } else if (isObject(here)) {
      const keys = Object.keys(here);
      for (const key of keys) if (mayHoldText(key)) yield { path: [...path, key], text: key, key: true };
      for (const key of keys.reverse()) todo.push({ value: here[key] ?? null, path: [...path, key] });
    }
  }
}

/** Names of fields are short words; what is longer, or has a digit or a sign in it, may be a value. */
export const mayHoldText = (key: string): boolean => key.length > 24 || /[^A-Za-z_-]/.test(key);

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
};

/** The channel of a path: elements of a list count by their own `index`, which stays the same from frame to frame. */
export const channelOf = (value: Json, path: Path): string => {
  let here: Json | undefined = value;
  const names: (string | number)[] = [];
  for (const name of path) {
    here = at(here, name);
    const index = typeof name === 'number' ? at(here, 'index') : undefined;
    names.push(typeof index === 'number' ? index : name);
  }
  return names.join('/');
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
