// Ids say what they are: a prefix, then a ULID (time-ordered, 26 characters of Crockford's base 32).
// Source: github.com/ulid/spec.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARS = 10;
/** Random bytes a ULID takes. */
export const ID_RANDOM_BYTES = 16;

export type IdPrefix = 'ex' | 'key' | 'chg' | 'wr';

/** `prefix_` and a ULID of `nowMs` and 16 random bytes (5 bits of each are used). */
export const newId = (prefix: IdPrefix, nowMs: number, random: Uint8Array): string => {
  let time = '';
  for (let rest = nowMs, i = 0; i < TIME_CHARS; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let chance = '';
  for (const byte of random) chance += ALPHABET.charAt(byte & 31);
  return `${prefix}_${time}${chance}`;
};
