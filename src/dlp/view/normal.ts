// A text as it reads: one form for characters that are the same or look it. Two depths: `plain` takes nothing away that may
// separate, `bare` takes away what shows nothing and reads lookalikes as what they look like. What one hides, the other shows.
import { DIGIT, KIND, LOWER } from '../fold.ts';
import type { View } from './offsets.ts';
import { unchanged, Writer } from './offsets.ts';
import {
  astralOf,
  BETWEEN,
  HIGH,
  INVISIBLE,
  isAbove,
  KINDS,
  kindOf,
  LOOKALIKE,
  MARK,
  mayCombine,
  PLAIN,
  RAISED,
  SEVERAL,
  SINGLE,
  SINGLES,
  severalOf,
} from './units.ts';
import { Words } from './words.ts';

/** A normalised text; `differs`: the plain one is another than this bare one. */
export type Normal = { readonly view: View; readonly differs: boolean };

const BEYOND_ASCII = /[^\0-\x7f]/g;

/** The first unit beyond ASCII at or after `from`; the text's length: there is none. */
const beyondAscii = (text: string, from: number): number => {
  BEYOND_ASCII.lastIndex = from;
  return BEYOND_ASCII.test(text) ? BEYOND_ASCII.lastIndex - 1 : text.length;
};

/** More marks on one letter are no letter that a language has. */
const MARKS = 8;

/** What stands for a digit above the line, in plain views: a footnote's sign belongs to no value. */
const FOOTNOTE = 94;

/** `text` normalised; `open`: it may go on. */
export const normalised = (text: string, depth: 'plain' | 'bare', open: boolean): Normal => {
  const first = beyondAscii(text, 0);
  if (first === text.length) return { view: unchanged(text), differs: false };
  return new Normaliser(text, depth === 'bare', open).run(first);
};

/** Where what is at the text's end may still become another character. */
const settledEnd = (text: string): number => {
  let end = text.length;
  while (end > 0 && end > text.length - MARKS && kindOf(text.charCodeAt(end - 1)) === MARK) end -= 1;
  if (end === 0) return 0;
  const last = text.charCodeAt(end - 1);
  const kind = kindOf(last);
  return end < text.length || kind === HIGH || kind === BETWEEN || last === SELECTOR || mayCombine(last)
    ? end - 1
    : end;
};

/** What half-width forms of {@link BETWEEN} signs are where they join nothing. */
const LONG_VOWEL = 0x30fc;
const FULL_STOP = 0x3002;

/** A digit, a selector and this are one sign, a key's cap. */
const KEY_CAP = 0x20e3;
const SELECTOR = 0xfe0f;

/** Normalises one text. */
class Normaliser {
  readonly #text: string;
  readonly #bare: boolean;
  readonly #open: boolean;
  readonly #words: Words;
  #writer: Writer | undefined;
  /** Up to here the original is written. */
  #copied = 0;
  #differs = false;
  /** Up to here lookalikes are judged, and how. */
  #judged = 0;
  #latin = false;
  /** Where the last mark ended, and how many there were in a row. */
  #marked = -1;
  #row = 0;

  constructor(text: string, bare: boolean, open: boolean) {
    this.#text = text;
    this.#bare = bare;
    this.#open = open;
    this.#words = new Words(text, open);
  }

  run(first: number): Normal {
    const text = this.#text;
    const limit = this.#open ? settledEnd(text) : text.length;
    let at = Math.min(first, limit);
    while (at < limit) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80) {
        at = Math.min(limit, beyondAscii(text, at + 1));
        continue;
      }
      const known = KINDS[unit] ?? PLAIN;
      const kind = known === 0 ? kindOf(unit) : known;
      if (kind === PLAIN) at += 1;
      else if (kind === LOOKALIKE) {
        if (this.#bare && !this.#lookalike(unit, at)) break;
        at += 1;
      } else at = this.#change(kind, unit, at);
    }
    if (this.#writer === undefined) return { view: unchanged(text, at), differs: false };
    this.#writer.copy(text, this.#copied, at);
    return { view: this.#writer.view(at), differs: this.#differs };
  }

  /** The writer, with all before `at` written; what is written next stands for the original up to `end`. */
  #write(at: number, end: number): Writer {
    this.#writer ??= new Writer(this.#text.length);
    this.#writer.copy(this.#text, this.#copied, at);
    this.#copied = end;
    return this.#writer;
  }

  /** The unit before `at` in the view; 0: none. */
  #last(at: number): number {
    if (at > this.#copied) return this.#text.charCodeAt(at - 1);
    return this.#writer?.last ?? 0;
  }

  /** Reads a lookalike as Latin if its word is; false: the text ends before that is clear. */
  #lookalike(unit: number, at: number): boolean {
    if (at >= this.#judged) {
      const word = this.#words.at(at);
      if (word.open) return false;
      this.#judged = word.end;
      this.#latin = word.latin;
    }
    if (this.#latin) {
      this.#write(at, at + 1).one(SINGLES[unit] ?? unit);
      this.#differs = true;
    }
    return true;
  }

  /** Writes what stands for a unit that is neither plain nor a lookalike; gives the end of what was read. */
  #change(kind: number, unit: number, at: number): number {
    const end = at + 1;
    if (kind === SINGLE) this.#write(at, end).one(SINGLES[unit] ?? unit);
    else if (kind === SEVERAL) this.#write(at, end).put(severalOf(unit), at, end);
    else if (kind === INVISIBLE) this.#hide(at, end);
    else if (kind === MARK) this.#mark(unit, at);
    else if (kind === RAISED) this.#raised(unit, at);
    else if (kind === BETWEEN) this.#between(unit, at);
    else return this.#astral(unit, at);
    return end;
  }

  /** Between signs that are no words it joins nothing; elsewhere it may separate, so only the bare view goes without. */
  #hide(at: number, end: number): void {
    const last = this.#last(at);
    const isCap = (KIND[last] ?? 0) === DIGIT && this.#text.charCodeAt(end) === KEY_CAP;
    const apart = last === 0 || isCap || (last >= 0x80 && (KIND[last] ?? 0) === 0);
    if (!apart && !this.#bare) return;
    this.#write(at, end).put('', at, end);
    if (!apart) this.#differs = true;
  }

  /** On a letter it becomes one with it, or is taken away in the bare view; on a digit it is always taken away. */
  #mark(unit: number, at: number): void {
    const last = this.#last(at);
    this.#row = at === this.#marked ? this.#row + 1 : 1;
    this.#marked = at + 1;
    const mark = String.fromCharCode(SINGLES[unit] ?? unit);
    const both =
      (KIND[last] ?? 0) === 0 || this.#row > MARKS ? '' : (String.fromCharCode(last) + mark).normalize('NFC');
    if (both.length === 1) this.#write(at, at + 1).absorb(both.charCodeAt(0), at, at + 1);
    else if ((KIND[last] ?? 0) === DIGIT) this.#write(at, at + 1).absorb(last, at, at + 1);
    else if (this.#bare && last > 0x20 && last < 0x250) {
      this.#write(at, at + 1).absorb(last, at, at + 1);
      this.#differs = true;
    }
  }

  #raised(unit: number, at: number): void {
    if (this.#bare) {
      this.#write(at, at + 1).one(SINGLES[unit] ?? unit);
      this.#differs = true;
    } else if (isAbove(unit)) this.#write(at, at + 1).one(FOOTNOTE);
  }

  /** `com。example` and `090ー1234`, but not a sentence's end. */
  #between(unit: number, at: number): void {
    const sign = SINGLES[unit] ?? unit;
    const next = this.#text.charCodeAt(at + 1);
    const before = KIND[this.#last(at)] ?? 0;
    const after = KIND[kindOf(next) === SINGLE ? (SINGLES[next] ?? 0) : next] ?? 0;
    const joins =
      sign === 45
        ? before === DIGIT && after === DIGIT
        : before !== 0 && this.#last(at) < 0x80 && (after === DIGIT || after === LOWER);
    if (joins && this.#bare) {
      this.#write(at, at + 1).one(sign);
      this.#differs = true;
    } else if (unit > 0xff00) this.#write(at, at + 1).one(sign === 45 ? LONG_VOWEL : FULL_STOP);
  }

  /** A character of two units. */
  #astral(high: number, at: number): number {
    const low = this.#text.charCodeAt(at + 1);
    if (!(low >= 0xdc00 && low < 0xe000)) return at + 1;
    const end = at + 2;
    const found = astralOf(((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000);
    if (found === 'invisible') this.#hide(at, end);
    else if (found !== 'plain' && (found.always || this.#bare)) {
      this.#write(at, end).put(found.text, at, end);
      if (!found.always) this.#differs = true;
    }
    return end;
  }
}
