// The kinds of units that the shape of a text is made of: digits, letters, and the signs that numbers are printed with.
import { KIND } from './fold.ts';
import type { CharSet } from './regex/char-set.ts';

/** Each sign that numbers are printed with is a kind. */
const SIGNS = '-./ :_+(),#$@';
const DIGIT = 0;
const UPPER = 1;
export const LOWER = 2;
export const BEYOND = 3;
/** From here on kinds are of signs; all others share one. After them comes the end of a text. */
const FIRST_SIGN = 4;
const OTHER = FIRST_SIGN + SIGNS.length;
export const END: number = OTHER + 1;
/** Bits of a kind, and room for all of them. */
export const KIND_BITS = 5;
export const KINDS_COUNT: number = 1 << KIND_BITS;

const kindOf = (code: number): number => {
  const kind = KIND[code] ?? 0;
  if (kind === 1) return DIGIT;
  if (kind === 2) return LOWER;
  if (kind === 3) return UPPER;
  const sign = SIGNS.indexOf(String.fromCharCode(code));
  return sign < 0 ? OTHER : FIRST_SIGN + sign;
};

/** Kinds of ASCII units. */
export const KINDS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => kindOf(code));

/** The kind of a unit. */
export const kindAt = (code: number): number => (code < 128 ? (KINDS[code] ?? OTHER) : BEYOND);

const known = new WeakMap<CharSet, number>();

/** A bit for every kind that has a unit in `set`. */
export const kindsIn = (set: CharSet): number => {
  const seen = known.get(set);
  if (seen !== undefined) return seen;
  let bits = 0;
  for (const [first, last] of set) {
    for (let code = first; code <= last && code < 128; code++) bits |= 1 << (KINDS[code] ?? 0);
    if (last >= 128) bits |= 1 << BEYOND;
  }
  known.set(set, bits);
  return bits;
};
