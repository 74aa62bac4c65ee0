// Random picks from a seed: the same seed gives the same corpus.

/** A source of random numbers from 0 to 1. */
export type Random = () => number;

/** A source from a seed (mulberry32). */
export const seeded = (seed: number): Random => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A number of a text (FNV-1a): its half of the corpus, and the seed of what is made for a name. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
};

export const pick = <T>(random: Random, list: readonly T[]): T => {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

/** A whole number from `least` to `most`, both included. */
export const whole = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

export const some = <T>(random: Random, list: readonly T[], count: number): readonly T[] => {
  const left = [...list];
  const taken: T[] = [];
  while (taken.length < count && left.length > 0)
    taken.push(...left.splice(Math.floor(random() * left.length), 1));
  return taken;
};

export const chance = (random: Random, share: number): boolean => random() < share;

export const chars = (random: Random, alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet[Math.floor(random() * alphabet.length)] ?? '').join('');

export const digits = (random: Random, count: number): string => chars(random, '0123456789', count);

/** Digits of which the first is none of 0. */
export const number = (random: Random, count: number): string =>
  chars(random, '123456789', 1) + digits(random, count - 1);

export const letters = (random: Random, count: number): string =>
  chars(random, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', count);

export const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** A shape grown: literals, `[a-z0-9]`, `{n}`, `{n,m}`, `(a|b)`, `?`; the small part of regular expressions that makes examples. */
export const grown = (random: Random, shape: string): string => {
  let at = 0;
  const repeat = (make: () => string, from: number): string => {
    const many = /^\{(\d+)(?:,(\d+))?\}/.exec(shape.slice(from));
    if (shape[from] === '?') {
      at = from + 1;
      return chance(random, 0.5) ? make() : '';
    }
    at = from + (many?.[0].length ?? 0);
    const least = Number(many?.[1] ?? 1);
    const count = whole(random, least, Number(many?.[2] ?? least));
    return Array.from({ length: count }, make).join('');
  };
  let out = '';
  while (at < shape.length) {
    const char = shape[at] ?? '';
    if (char === '[') {
      const close = shape.indexOf(']', at);
      const set = alphabetOf(shape.slice(at + 1, close));
      out += repeat(() => chars(random, set, 1), close + 1);
    } else if (char === '(') {
      const close = shape.indexOf(')', at);
      const options = shape.slice(at + 1, close).split('|');
      out += repeat(() => pick(random, options), close + 1);
    } else if (char === '\\') {
      out += shape[at + 1] ?? '';
      at += 2;
    } else out += repeat(() => char, at + 1);
  }
  return out;
};

const alphabetOf = (set: string): string =>
  set.replace(/(.)-(.)/g, (_, from: string, to: string) =>
    Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (_unit, i) =>
      String.fromCharCode(from.charCodeAt(0) + i),
    ).join(''),
  );
