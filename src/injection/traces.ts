// Traces of encodings and disguises in a text, in one pass over its tokens: what is worth undoing, before anything is undone.

/** What a text bears traces of, as bits. */
export const BASE = 1;
export const HEX = 2;
export const ESCAPES = 4;
export const PERCENT = 8;
export const BINARY = 16;
export const NUMBERS = 32;
export const MORSE = 64;
export const BRAILLE = 128;
export const LEET = 256;
export const SPACED = 512;
export const CUT = 1024;
export const GLUED = 2048;
export const PIECES = 4096;
export const TURNED = 8192;
export const SPELLED = 16384;

/** Kinds of characters. */
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
/** Digits' company in words in leet: `@ $ ! |`. */
const LIKE = 4;
/** What joins a token of base 64 or a word in pieces: `+ / _ - . * ~ ^ =`. */
const JOIN = 5;
const OTHER = 6;

const KINDS: Uint8Array = (() => {
  const kinds = new Uint8Array(128);
  kinds.fill(LOWER, 97, 123);
  kinds.fill(UPPER, 65, 91);
  kinds.fill(DIGIT, 48, 58);
  for (const char of '@$!|') kinds[char.charCodeAt(0)] = LIKE;
  for (const char of '+/_-.*~^=') kinds[char.charCodeAt(0)] = JOIN;
  for (const char of '%\\&#\'"(') kinds[char.charCodeAt(0)] = OTHER;
  return kinds;
})();

/** From how many on, one after the other, tokens are letters set apart, numbers of letters, signs of Morse. */
const ROW = 6;
/** Tokens that bear a trace: how many at least, and one of how many. */
const LEAST_LEET = 2;
const LEAST_CUT = 3;
const ONE_OF = 16;
/** Shorter tokens hold no encoded words worth reading. */
const LEAST_BASE = 12;
const LEAST_GLUED = 18;

/** Counts over the tokens of one text. */
class Tracing {
  bits = 0;
  singles = 0;
  pairs = 0;
  numbers = 0;
  bytes = 0;
  signs = 0;
  leet = 0;
  cut = 0;
  tokens = 0;

  /** A token with so many of each kind, its turns from lower to upper case, and from a letter over a sign to a letter. */
  token(
    length: number,
    lower: number,
    upper: number,
    digits: number,
    joins: number,
    turns: number,
    mixes: number,
    inner: number,
  ): void {
    const letters = lower + upper;
    const marks = joins;
    this.singles = letters === 1 && length - marks <= 1 ? this.singles + 1 : 0;
    if (this.singles >= ROW) this.bits |= SPACED;
    if (letters === 0 && digits === 0 && marks > 0 && marks === length) {
      if (length <= ROW) this.signs += 1;
      if (this.signs >= ROW) this.bits |= MORSE;
      return;
    }
    this.signs = 0;
    this.pairs = length === 2 && digits + letters === 2 ? this.pairs + 1 : 0;
    if (this.pairs >= ROW) this.bits |= HEX;
    this.numbers = letters === 0 && digits >= 2 && digits <= 4 ? this.numbers + 1 : 0;
    if (this.numbers >= ROW) this.bits |= NUMBERS;
    this.bytes = letters === 0 && (digits === 7 || digits === 8) ? this.bytes + 1 : 0;
    if (this.bytes >= ROW || (letters === 0 && digits >= 48)) this.bits |= BINARY;
    if (length >= LEAST_BASE && ((digits > 0 && upper >= 2) || turns >= 3 || upper + digits >= 8))
      this.bits |= BASE;
    if (length >= LEAST_BASE && digits >= 5) this.bits |= HEX;
    if (letters >= LEAST_GLUED || turns >= 2) this.bits |= GLUED;
    if (mixes > 0) this.leet += 1;
    if (inner > 0 && digits === 0) this.cut += 1;
    if (inner >= 3 && letters <= joins + 2) this.bits |= SPACED;
  }

  /** The bits of the whole. */
  sum(): number {
    const most = this.tokens / ONE_OF;
    return (
      this.bits |
      (this.leet >= LEAST_LEET && this.leet >= most ? LEET : 0) |
      (this.cut >= LEAST_CUT && this.cut >= most ? CUT : 0)
    );
  }
}

/** Signs of escapes: what follows `%`, `\` and `&` says which. */
const escapeAt = (text: string, at: number, code: number): number => {
  const next = text.charCodeAt(at + 1);
  if (code === 37) return (KINDS[next] ?? 0) === 0 ? 0 : PERCENT;
  if (code === 92) return next === 117 || next === 120 || next === 48 || next === 49 ? ESCAPES | HEX : 0;
  if (code === 38) return next === 35 ? ESCAPES : 0;
  return 0;
};

const beyond = (code: number): number => {
  if (code >= 0x2801 && code <= 0x28ff) return BRAILLE;
  if (code >= 0x250 && code <= 0x2af) return TURNED;
  return code === 0x2022 || code === 0xb7 || code === 0x2212 ? MORSE : 0;
};

const ASSEMBLED =
  /["']\s{0,3}\+\s{0,3}(?:["']|\w)|\b\w{1,12}\s{0,2}(?::=|=)\s{0,2}["'][^"'\n]{1,200}["']|\b(?:combine|concatenate|join|put together|string together|merge|append)\b/i;

/** What a text bears traces of. */
export const tracesIn = (text: string): number => {
  const tracing = new Tracing();
  let bits = 0;
  let quotes = 0;
  let from = 0;
  let lower = 0;
  let upper = 0;
  let digits = 0;
  let joins = 0;
  let turns = 0;
  let mixes = 0;
  let inner = 0;
  let before = 0;
  let earlier = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 32;
    const kind = code < 128 ? (KINDS[code] ?? 0) : 0;
    if (kind === LOWER || kind === UPPER) {
      if (before === DIGIT || before === LIKE) mixes += 1;
      else if (before === JOIN && (earlier === LOWER || earlier === UPPER)) inner += 1;
      else if (before === LOWER && kind === UPPER) turns += 1;
      if (kind === LOWER) lower += 1;
      else upper += 1;
    } else if (kind === DIGIT) digits += 1;
    else if (kind === JOIN) joins += 1;
    else {
      const length = i - from;
      if (length > 0) tracing.tokens += 1;
      // A short word of small letters is the common case, and bears no trace.
      if (length > 0 && (length !== lower || length === 1 || length >= LEAST_GLUED || tracing.pairs > 0))
        tracing.token(length, lower, upper, digits, joins, turns, mixes, inner);
      else if (length > 0) tracing.singles = 0;
      from = i + 1;
      lower = 0;
      upper = 0;
      digits = 0;
      joins = 0;
      turns = 0;
      mixes = 0;
      inner = 0;
      if (kind === OTHER) {
        if (code === 34 || code === 39) quotes += 1;
        else bits |= escapeAt(text, i, code);
      } else if (code >= 128) bits |= beyond(code);
    }
    earlier = before;
    before = kind;
  }
  bits |= tracing.sum();
  if (quotes >= 3 && ASSEMBLED.test(text)) bits |= PIECES;
  if (text.includes('U+')) bits |= ESCAPES;
  return bits;
};
