// Where forms may begin, by what a pass over a text knows of a place: its first unit, how long the run of letters
// and digits is, and what comes after it.
import { KIND } from './fold.ts';
import { KIND_BITS, kindAt } from './kinds.ts';
import type { CharSet } from './regex/char-set.ts';
import { has } from './regex/char-set.ts';
import type { FirstRuns } from './regex/shape.ts';
import { RUN_CHARS } from './regex/shape.ts';

const ASCII = 128;
/** Units beyond ASCII are told apart by pages. */
const PAGE_BITS = 8;
const COLUMNS = ASCII + (1 << PAGE_BITS);

/** The column of a unit: of ASCII it is its own. */
export const columnOf = (code: number): number => (code < ASCII ? code : ASCII + (code >> PAGE_BITS));

export class Starts {
  /** By the column of the first unit and the kind of the one after the run: the lengths of the run that fit, a bit each. */
  readonly table = new Int32Array(COLUMNS << KIND_BITS);
  /** By the column of the first unit: whether any form begins so. */
  readonly any = new Uint8Array(COLUMNS);
  /** ASCII signs that a form begins with. */
  readonly signs: string[] = [];
  /** Whether a form may begin inside a run of letters and digits, and whether so with a sign. */
  isLoose = false;
  isLooseSign = false;

  /** A form that begins with one of `firsts`; `runs`: its first runs; `loose`: it may touch anything. */
  add(firsts: CharSet, { whole, next }: FirstRuns, loose: boolean): void {
    // What may touch anything may also end inside its first run.
    const ends = loose ? -(whole & -whole) : whole;
    const lengths = next.map((bits) => bits | ends);
    this.isLoose ||= loose;
    for (let code = 0; code < ASCII; code++) {
      if (!has(firsts, code)) continue;
      this.#add(code, lengths);
      if (KIND[code] !== 0) continue;
      this.isLooseSign ||= loose;
      const sign = String.fromCharCode(code);
      if (!this.signs.includes(sign)) this.signs.push(sign);
    }
    for (const [first, last] of firsts)
      for (let page = Math.max(first, ASCII) >> PAGE_BITS; page <= last >> PAGE_BITS; page++)
        if (last >= ASCII) this.#add(ASCII + page, lengths);
  }

  #add(column: number, lengths: Int32Array): void {
    this.any[column] = 1;
    for (const [kind, bits] of lengths.entries()) {
      const at = (column << KIND_BITS) | kind;
      this.table[at] = (this.table[at] ?? 0) | bits;
    }
  }

  /** Whether a form may begin with unit `first`. */
  mayBegin(first: number): boolean {
    return this.any[columnOf(first)] === 1;
  }

  /** Whether a form may begin with unit `first` of a run of `length`, after which comes unit `next`. */
  fits(first: number, length: number, next: number): boolean {
    const lengths = this.table[(columnOf(first) << KIND_BITS) | kindAt(next)] ?? 0;
    return ((lengths >>> (length < RUN_CHARS ? length : RUN_CHARS)) & 1) === 1;
  }
}
