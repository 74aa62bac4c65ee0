// Whether letters of another alphabet pass for Latin ones where they stand: in a word with Latin letters or digits, or in one
// that looks Latin from end to end and stands in a token (an address, a name with digits) with such.
import { KIND } from '../fold.ts';
import { BETWEEN, INVISIBLE, kindOf, LOOKALIKE, MARK, RAISED, SEVERAL, SINGLE } from './units.ts';

/** How far a word or token is looked through, each way. */
const TOKEN_CHARS = 64;
/** A series' letters before or after a number: `AB 123456`. */
const SERIES_CHARS = 4;

/** Signs inside tokens: addresses, names, and what an escape begins with. */
const INSIDE = Uint8Array.from({ length: 128 }, (_, code) =>
  '@._-+%&\\'.includes(String.fromCharCode(code)) ? 1 : KIND[code] === 0 ? 0 : 1,
);

const isAscii = (unit: number): boolean => unit < 128 && (KIND[unit] !== 0 || unit === 64);

/** What becomes Latin, or a digit, whatever the word. */
const becomesAscii = (unit: number): boolean => {
  const kind = kindOf(unit);
  return kind === RAISED || kind === SEVERAL || (kind === SINGLE && (KIND[unit] ?? 0) !== 0);
};

const isHidden = (unit: number): boolean => {
  const kind = kindOf(unit);
  return kind === INVISIBLE || kind === MARK;
};

const isInside = (unit: number): boolean =>
  unit < 128 ? INSIDE[unit] === 1 : (KIND[unit] ?? 0) !== 0 || isHidden(unit);

const isUpper = (unit: number): boolean => /\p{Lu}/u.test(String.fromCharCode(unit));

/** A word's rest, from a letter that looks Latin: where it ends, and whether it is to be read as Latin. */
export type Word = { readonly end: number; readonly latin: boolean; readonly open: boolean };

/** Judges the words of one text, from its beginning to its end. */
export class Words {
  readonly #text: string;
  /** The text may go on. */
  readonly #open: boolean;
  /** A part of a token that is known to have nothing Latin. */
  #bareFrom = 0;
  #bareTo = 0;
  /** Up to here what comes after has nothing Latin either. */
  #knownTo = 0;

  constructor(text: string, open: boolean) {
    this.#text = text;
    this.#open = open;
  }

  /** The word that has a lookalike at `at`, from there on; `open`: how it is to be read depends on what comes. */
  at(at: number): Word {
    const text = this.#text;
    let end = at;
    let ascii = false;
    let whole = true;
    const limit = Math.min(text.length, at + TOKEN_CHARS);
    for (; end < limit; end++) {
      const unit = text.charCodeAt(end);
      if (unit < 128) {
        if (!isAscii(unit) || unit === 64) break;
        ascii = true;
      } else if (kindOf(unit) !== LOOKALIKE && !isHidden(unit)) {
        if ((KIND[unit] ?? 0) === 0 || kindOf(unit) === BETWEEN) break;
        if (becomesAscii(unit)) ascii = true;
        else if (unit >= 0x250) whole = false;
      }
    }
    if (!whole || !wholeBefore(text, at)) return { end, latin: false, open: false };
    // The word may go on with a letter that does not look Latin.
    if (this.#open && end === text.length) return { end, latin: false, open: true };
    if (ascii || this.#hasBefore(at) || isSeries(text, at, end)) return { end, latin: true, open: false };
    const after = this.#hasAfter(end, at + TOKEN_CHARS);
    return { end, latin: after === true, open: this.#open && after === undefined };
  }

  /** Whether the token before `at` has something Latin. */
  #hasBefore(at: number): boolean {
    let i = at - 1;
    for (; i >= 0 && i >= at - TOKEN_CHARS; i--) {
      if (i < this.#bareTo && i >= this.#bareFrom) i = this.#bareFrom;
      else {
        const unit = this.#text.charCodeAt(i);
        if (isAscii(unit) || becomesAscii(unit)) return true;
        if (!isInside(unit)) break;
      }
    }
    this.#bareFrom = i + 1;
    this.#bareTo = at;
    return false;
  }

  /** Whether the token after `from` has something Latin before `limit`; undefined: the text ends first. */
  #hasAfter(from: number, limit: number): boolean | undefined {
    const text = this.#text;
    let i = Math.max(from, this.#knownTo);
    for (; i < limit; i++) {
      if (i >= text.length) return undefined;
      const unit = text.charCodeAt(i);
      if (isAscii(unit) || becomesAscii(unit)) return true;
      if (unit === 32 && i === from && i + 1 >= text.length) return undefined;
      if (!isInside(unit)) break;
    }
    this.#knownTo = i;
    return false;
  }
}

/** Whether the word's letters before `at` are Latin or look it. */
const wholeBefore = (text: string, at: number): boolean => {
  for (let i = at - 1; i >= 0 && i >= at - TOKEN_CHARS; i--) {
    const unit = text.charCodeAt(i);
    if (unit < 128 ? !isAscii(unit) || unit === 64 : (KIND[unit] ?? 0) === 0 && !isHidden(unit)) return true;
    if (unit >= 0x250 && kindOf(unit) !== LOOKALIKE && !isHidden(unit) && !becomesAscii(unit)) return false;
  }
  return true;
};

/** Whether `[at, end)` are a few capital letters beside a number. */
const isSeries = (text: string, at: number, end: number): boolean => {
  if (end - at > SERIES_CHARS) return false;
  if (!isNumber(text, at - 1, at - 2) && !isNumber(text, end, end + 1)) return false;
  for (let i = at; i < end; i++) if (!isUpper(text.charCodeAt(i))) return false;
  return true;
};

const isNumber = (text: string, space: number, digit: number): boolean =>
  text.charCodeAt(space) === 32 && (text.charCodeAt(digit) ^ 48) < 10;
