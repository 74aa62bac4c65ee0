// The one pass over a text that finds every place where anything may begin: literals, keywords, numbers, and words that forms may begin
// with. It asks two tables a character, and notes places; what is there is looked at when they are known.
import { CLASS_BITS, CLASSES, DIGIT, isLetter, isWordly, JOINED, KIND, LOWER, UNIT, UPPER } from './fold.ts';
import { KIND_BITS, kindAt } from './kinds.ts';
import type { Hits } from './literals.ts';
import { Ints } from './numbers.ts';
import { BACK_BREAKS, BACK_CHARS } from './regex/digits.ts';
import { RUN_CHARS } from './regex/shape.ts';
import type { Starts } from './starts.ts';
import { columnOf } from './starts.ts';
import type { Trie } from './trie.ts';
import { ANY_THIRD } from './trie.ts';
import { Units } from './units.ts';

const CLASS = CLASSES - 1;
// What the hot loop asks for at each unit is this module's own: what another module exports is looked up every time.
const UNITS = UNIT;
const WIDE = JOINED;
const LONG_RUN = RUN_CHARS;
const BITS = CLASS_BITS;
const NEXT_BITS = KIND_BITS;
/** Bits of `#opens`: a literal may begin so anywhere, or at the start of a word. */
const ANYWHERE = 1;
const WORD = 2;
/** So many units are passed over before what was noted is looked at. */
const BLOCK_UNITS = 2_048;

/** What the searches of a set of rules look for. */
export type Entrances = {
  /** The literals that stand at the start of a word, and those that may stand anywhere. */
  readonly words: Trie;
  readonly anywhere: Trie;
  /** Where forms of numbers may begin, with need of a keyword or without, and forms that nothing else leads to. */
  readonly numbers: Starts;
  readonly eager: Starts;
};

/** The pass. It notes literals in `hits`, and in the lists below where to try what. */
export class Gate {
  readonly #entrances: Entrances;
  readonly #hits: Hits;
  /** By the classes of three units in a row, and of two: which literals may begin so. The smaller table is always at hand. */
  readonly #opens = new Uint8Array(CLASSES ** 3);
  readonly #pairs = new Uint8Array(CLASSES ** 2);
  /** Where forms of numbers may begin, ascending. */
  readonly numbers = new Ints();
  /** The units of the text, from a little before where the pass began. */
  units: Uint16Array = new Uint16Array(0);
  /** Where forms may begin that nothing else leads to. */
  readonly eager = new Ints();
  readonly #room = new Units();
  /** Places where literals may begin, four times each and which may; and the classes of the three units there. */
  readonly #places = new Int32Array(2 * BLOCK_UNITS);
  /** Words with a digit in them: where each begins and ends. And where forms may begin that nothing else leads to. */
  readonly #runs = new Int32Array(2 * BLOCK_UNITS);
  readonly #eager = new Int32Array(BLOCK_UNITS);
  /** Between blocks: the kind of the last unit if a word goes on with it, where the word that it is of began, and whether that has a digit. */
  #before = 0;
  #from = 0;
  #hasDigit = false;
  /** Where the last word with a digit ended. */
  #lastRun = -1;
  /** From here on literals may go on when the text does. */
  loose = 0;
  #text = '';
  #open = false;

  constructor(entrances: Entrances, hits: Hits) {
    this.#entrances = entrances;
    this.#hits = hits;
    for (const classes of entrances.anywhere.openings) this.#admit(classes, ANYWHERE);
    for (const classes of entrances.words.openings) this.#admit(classes, WORD);
  }

  #admit(classes: number, bit: number): void {
    const pair = classes >> CLASS_BITS;
    this.#pairs[pair] = (this.#pairs[pair] ?? 0) | bit;
    const last = (classes & CLASS) === ANY_THIRD ? classes | CLASS : classes;
    for (let each = classes; each <= last; each++) this.#opens[each] = (this.#opens[each] ?? 0) | bit;
  }

  /** Passes over `text` from `from` on, where no word goes on; `open`: the text may go on. */
  pass(text: string, from: number, open: boolean): void {
    this.#text = text;
    this.#open = open;
    // Of what begins at the last two units, the first three are not known.
    this.loose = Math.max(from, text.length - 2);
    this.numbers.count = 0;
    this.eager.count = 0;
    const units = this.#room.of(text, from);
    this.units = units;
    this.#before = 0;
    this.#lastRun = -1;
    for (let at = from; at < text.length; at += BLOCK_UNITS)
      this.#block(units, at, Math.min(text.length, at + BLOCK_UNITS));
    this.#last(units);
    for (const sign of this.#entrances.eager.signs)
      for (let at = text.indexOf(sign, from); at >= 0; at = text.indexOf(sign, at + 1)) this.eager.push(at);
  }

  /** Passes over `[first, end)`, notes places, and looks at them. Nothing is called in between: that would make it twice as slow. */
  #block(units: Uint16Array, first: number, end: number): void {
    const opens = this.#opens;
    const pairs = this.#pairs;
    const places = this.#places;
    const runs = this.#runs;
    const eager = this.#eager;
    const { table, any, isLoose } = this.#entrances.eager;
    let [noted, ended, begun] = [0, 0, 0];
    /** The kind of the unit before if a word goes on with it, where the word began, and whether it has a digit. */
    let before = this.#before;
    let from = this.#from;
    let hasDigit = this.#hasDigit;
    let unit = UNITS[units[first] ?? 0] ?? 0;
    for (let i = first; i < end; i++) {
      const next = UNITS[units[i + 1] ?? 0] ?? 0;
      const pair = ((unit & CLASS) << BITS) | (next & CLASS);
      const opened = pairs[pair] ?? 0;
      let may = opened & ANYWHERE;
      const kind = unit >> BITS;
      if (kind !== before) {
        if (kind === 0 || kind >= WIDE) {
          if (before !== 0) {
            if (hasDigit) {
              runs[ended] = from;
              runs[ended + 1] = i;
              ended += 2;
            }
            const lengths = table[(columnOf(units[from] ?? 0) << NEXT_BITS) | kindAt(units[i] ?? 0)] ?? 0;
            const length = i - from;
            if (((lengths >>> (length < LONG_RUN ? length : LONG_RUN)) & 1) === 1) eager[begun++] = from;
          }
          if (kind === WIDE) may = opened;
          if (kind !== 0 && any[columnOf(units[i] ?? 0)] === 1) eager[begun++] = i;
          before = 0;
        } else {
          if (before === 0) {
            from = i;
            hasDigit = kind === DIGIT;
            may = opened;
          } else if (kind === DIGIT) hasDigit = true;
          else if (before === LOWER && kind === UPPER) {
            may = opened;
            if (isLoose && any[columnOf(units[i] ?? 0)] === 1) eager[begun++] = i;
          }
          before = kind;
        }
      }
      if (may !== 0) {
        const classes = (pair << BITS) | ((UNITS[units[i + 2] ?? 0] ?? 0) & CLASS);
        may &= opens[classes] ?? 0;
        if (may !== 0) {
          places[noted] = (i << 2) | may;
          places[noted + 1] = classes;
          noted += 2;
        }
      }
      unit = next;
    }
    this.#before = before;
    this.#from = from;
    this.#hasDigit = hasDigit;
    this.#literals(units, noted);
    for (let i = 0; i < ended; i += 2) this.#run(units, runs[i] ?? 0, runs[i + 1] ?? 0);
    for (let i = 0; i < begun; i++) this.eager.push(eager[i] ?? 0);
  }

  /** The word that the text ends with; of a text that may go on it may be longer. */
  #last(units: Uint16Array): void {
    if (this.#before === 0) return;
    const { length } = this.#text;
    const from = this.#from;
    if (this.#hasDigit) this.#run(units, from, length);
    const { eager } = this.#entrances;
    const first = units[from] ?? 0;
    if (this.#open ? eager.mayBegin(first) : eager.fits(first, length - from, 0)) this.eager.push(from);
  }

  /** Looks for literals at the places that were noted. */
  #literals(units: Uint16Array, noted: number): void {
    const { words, anywhere } = this.#entrances;
    const { length } = this.#text;
    for (let i = 0; i < noted; i += 2) {
      const place = this.#places[i] ?? 0;
      const classes = this.#places[i + 1] ?? 0;
      const start = place >> 2;
      if ((place & WORD) !== 0 && words.search(units, length, start, classes, this.#hits))
        this.#loosen(start);
      if ((place & ANYWHERE) !== 0 && anywhere.search(units, length, start, classes, this.#hits))
        this.#loosen(start);
    }
  }

  #loosen(start: number): void {
    if (start < this.loose) this.loose = start;
  }

  /** Where numbers may begin at a word with a digit: there, at words of letters before it, and at signs. */
  #run(units: Uint16Array, from: number, to: number): void {
    const { numbers } = this.#entrances;
    const last = this.#lastRun;
    let digit = from;
    while (KIND[units[digit] ?? 0] !== DIGIT) digit += 1;
    if (digit - from > BACK_CHARS) return;
    this.#wordsBefore(units, from, Math.max(last, digit - BACK_CHARS), BACK_BREAKS);
    // Signs that numbers begin with.
    let sign = from;
    while (sign > 0 && sign > from - 2 && sign > last && isSign(units[sign - 1] ?? 0)) sign -= 1;
    if (sign > 0 && isWordly(units[sign - 1] ?? 0) && !numbers.isLooseSign) sign += 1;
    for (; sign < from; sign++) if (numbers.mayBegin(units[sign] ?? 0)) this.numbers.push(sign);
    const mayGrow = this.#open && to === this.#text.length;
    if (mayGrow ? numbers.mayBegin(units[from] ?? 0) : this.#fits(units, from, to)) this.numbers.push(from);
    this.#lastRun = to;
  }

  /** Words of letters before a number, one sign apart, none before `floor`: `AB 12 34 56 C`. Those farther away first. */
  #wordsBefore(units: Uint16Array, from: number, floor: number, most: number): void {
    const to = from - 1;
    let start = to;
    while (start > floor && start > 0 && isLetter(units[start - 1] ?? 0)) start -= 1;
    if (start >= to || start < floor || (start > 0 && isWordly(units[start - 1] ?? 0))) return;
    if (most > 1) this.#wordsBefore(units, start, floor, most - 1);
    if (this.#fits(units, start, to)) this.numbers.push(start);
  }

  /** Whether a number may begin with a run from `start` to `end`. */
  #fits(units: Uint16Array, start: number, end: number): boolean {
    return this.#entrances.numbers.fits(units[start] ?? 0, end - start, units[end] ?? 0);
  }
}

/** `+ ( # $ - .` may be a match's first character. */
export const isSign = (code: number): boolean =>
  code === 43 || code === 40 || code === 35 || code === 36 || code === 45 || code === 46;
