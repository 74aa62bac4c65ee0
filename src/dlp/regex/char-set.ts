// Sets of UTF-16 code units, as ordered ranges that do not touch.

/** `[first, last]` pairs, ascending, apart from each other. */
export type CharSet = readonly (readonly [number, number])[];

export const LAST_UNIT = 0xffff;

/** The set of all ranges given, in order and joined. */
export const charSet = (ranges: readonly (readonly [number, number])[]): CharSet => {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
};

const units = new Map<number, CharSet>();

/** The set of one unit; always the same one, for patterns are made of them. */
export const unit = (code: number): CharSet => {
  const known = units.get(code);
  if (known !== undefined) return known;
  const set: CharSet = [[code, code]];
  units.set(code, set);
  return set;
};

export const without = (set: CharSet): CharSet => {
  const rest: [number, number][] = [];
  let from = 0;
  for (const [first, last] of set) {
    if (first > from) rest.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= LAST_UNIT) rest.push([from, LAST_UNIT]);
  return rest;
};

export const has = (set: CharSet, code: number): boolean =>
  set.some(([first, last]) => code >= first && code <= last);

/** How many units a set has. */
export const sizeOf = (set: CharSet): number => set.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** The set with the other case of each of its ASCII letters. */
export const anyCase = (set: CharSet): CharSet => {
  const known = cased.get(set);
  if (known !== undefined) return known;
  const both: (readonly [number, number])[] = [...set];
  for (const [first, last] of set) {
    for (const [from, to, shift] of CASES) {
      const low = Math.max(first, from);
      const high = Math.min(last, to);
      if (low <= high) both.push([low + shift, high + shift]);
    }
  }
  const all = charSet(both);
  cased.set(set, all);
  return all;
};

const cased = new WeakMap<CharSet, CharSet>();

const CASES = [
  [65, 90, 32],
  [97, 122, -32],
] as const;

const DIGITS: CharSet = [[48, 57]];
const WORD = charSet([...DIGITS, [65, 90], [95, 95], [97, 122]]);
const SPACE = charSet([[9, 13], unit(32)[0] ?? [32, 32], [0xa0, 0xa0]]);
const LINE_ENDS = charSet([
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
]);

const classes = new Map<string, CharSet>();
const CLASSES = 4_096;

/** A set equal to this one, the same for all that are equal: patterns have a few hundred classes, thousands of times. */
export const interned = (set: CharSet): CharSet => {
  const key = set.join(';');
  const known = classes.get(key);
  if (known !== undefined) return known;
  if (classes.size >= CLASSES) classes.clear();
  classes.set(key, set);
  return set;
};

/** What `.` and the escapes in classes stand for. */
export const NAMED_SETS: Readonly<Record<string, CharSet>> = {
  d: DIGITS,
  w: WORD,
  s: SPACE,
  D: without(DIGITS),
  W: without(WORD),
  S: without(SPACE),
  '.': without(LINE_ENDS),
};

const properties = new Map<string, CharSet>();

/** The units with a general category, of those the engine knows; surrogates have none, so it is the Basic Multilingual Plane's. */
export const propertySet = (name: string): CharSet | undefined => {
  if (!['L', 'Lu', 'Ll', 'N'].includes(name)) return undefined;
  const known = properties.get(name);
  if (known !== undefined) return known;
  const is = new RegExp(`\\p{${name}}`, 'u');
  const ranges: [number, number][] = [];
  for (let code = 0; code <= LAST_UNIT; code++) {
    if (!is.test(String.fromCharCode(code))) continue;
    const before = ranges.at(-1);
    if (before !== undefined && before[1] === code - 1) before[1] = code;
    else ranges.push([code, code]);
  }
  properties.set(name, ranges);
  return ranges;
};
