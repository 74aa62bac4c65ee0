// Where forms may begin, by what a pass over a text knows of a place: its first unit, and how long the run of letters and digits is.
import { KIND } from './fold.ts';
import type { CharSet } from './regex/char-set.ts';
import { has } from './regex/char-set.ts';
import { RUN_CHARS } from './regex/shape.ts';

const ASCII = 128;
/** Units beyond ASCII are told apart by pages. */
const PAGE_BITS = 8;
const COLUMNS = ASCII + (1 << PAGE_BITS);

/** The run is not known, or may still grow. */
export const ANY_RUN = 0;

export class Starts {
  /** By first unit, or page of units: the lengths of the run that fit, a bit each. */
  readonly #lengths = new Int32Array(COLUMNS);
  /** ASCII signs that a form begins with. */
  readonly signs: string[] = [];
  /** Whether a form may begin inside a run of letters and digits, and whether so with a sign. */
  isLoose = false;
  isLooseSign = false;

  /** A form that begins with one of `firsts`; `runs`: lengths its first run may have, as bits; `loose`: it may touch anything. */
  add(firsts: CharSet, runs: number, loose: boolean): void {
    // What may touch anything ends anywhere in its first run.
    const bits = loose ? -(runs & -runs) : runs;
    this.isLoose ||= loose;
    for (let code = 0; code < ASCII; code++) {
      if (!has(firsts, code)) continue;
      this.#lengths[code] = (this.#lengths[code] ?? 0) | bits;
      if (KIND[code] !== 0) continue;
      this.isLooseSign ||= loose;
      const sign = String.fromCharCode(code);
      if (!this.signs.includes(sign)) this.signs.push(sign);
    }
    for (const [first, last] of firsts)
      for (let page = Math.max(first, ASCII) >> PAGE_BITS; page <= last >> PAGE_BITS; page++)
        if (last >= ASCII) this.#lengths[ASCII + page] = (this.#lengths[ASCII + page] ?? 0) | bits;
  }

  /** The lengths of the run, a bit each, that forms which begin with unit `code` may have. */
  lengths(code: number): number {
    return this.#lengths[code < ASCII ? code : ASCII + (code >> PAGE_BITS)] ?? 0;
  }
}

/** Whether a run of `length` is of one of `lengths`. */
export const fits = (lengths: number, length: number): boolean =>
  length === ANY_RUN ? lengths !== 0 : ((lengths >>> (length < RUN_CHARS ? length : RUN_CHARS)) & 1) === 1;
