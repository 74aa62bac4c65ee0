// The one pass over a text that finds every place where anything may begin: literals, keywords, numbers, and words that forms may begin
// with. It asks two tables a character, and notes places; what is there is looked at when they are known.
import { CLASS_BITS, CLASSES, DIGIT, isLetter, isWordly, JOINED, LOWER, UNIT, UPPER } from './fold.ts';
import type { Hits } from './literals.ts';
import { Ints } from './numbers.ts';
import { BACK_BREAKS, BACK_CHARS } from './regex/digits.ts';
import type { Starts } from './starts.ts';
import { ANY_RUN, fits } from './starts.ts';
import type { Trie } from './trie.ts';
import { Units } from './units.ts';

const MASK = CLASSES ** 3 - 1;
/** Bits of `#opens`: a literal may begin so anywhere, or at the start of a word. */
const ANYWHERE = 1;
const WORD = 2;
/** Twice as many places as are noted before they are looked at. */
const PLACES = 4_096;

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
  /** By the classes of three units in a row: which literals may begin so. */
  readonly #opens = new Uint8Array(CLASSES ** 3);
  /** Where forms of numbers may begin, ascending. */
  readonly numbers = new Ints();
  /** Where forms may begin that nothing else leads to. */
  readonly eager = new Ints();
  readonly #units = new Units();
  /** Places where literals may begin, four times each and which may; and the classes of the three units there. */
  readonly #places = new Int32Array(PLACES);
  /** Runs of letters and digits with a digit in them: where each begins and ends, and its first digit. */
  readonly #runs = new Ints();
  /** From here on literals may go on when the text does. */
  loose = 0;
  #text = '';
  #open = false;

  constructor(entrances: Entrances, hits: Hits) {
    this.#entrances = entrances;
    this.#hits = hits;
    entrances.anywhere.open(this.#opens, ANYWHERE);
    entrances.words.open(this.#opens, WORD);
  }

  /** Passes over `text` from `from` on, where no word goes on; `open`: the text may go on. */
  pass(text: string, from: number, open: boolean): void {
    this.#text = text;
    this.#open = open;
    // Of what begins at the last two units, the first three are not known.
    this.loose = Math.max(from, text.length - 2);
    this.numbers.count = 0;
    this.eager.count = 0;
    this.#runs.count = 0;
    const units = this.#units.of(text, from);
    this.#look(units, from, text.length);
    this.#numbers(units);
    for (const sign of this.#entrances.eager.signs)
      for (let at = text.indexOf(sign, from); at >= 0; at = text.indexOf(sign, at + 1)) this.eager.push(at);
  }

  #look(units: Uint16Array, first: number, length: number): void {
    const opens = this.#opens;
    const places = this.#places;
    const { eager } = this.#entrances;
    const { isLoose } = eager;
    const runs = this.#runs;
    const open = this.#open;
    let noted = 0;
    let hash = 0;
    let before = 0;
    /** Where the run began, its first digit, and the lengths it must have. */
    let from = 0;
    let digit = -1;
    let lengths = 0;
    /** A bit a unit: whether a word begins there; this one's is the lowest. */
    let starts = 0;
    // And the two units after it, for literals of one and two.
    for (let i = first; i < length + 2; i++) {
      const unit = UNIT[units[i] ?? 0] ?? 0;
      hash = ((hash << CLASS_BITS) | (unit & (CLASSES - 1))) & MASK;
      const kind = unit >> CLASS_BITS;
      starts <<= 1;
      if (kind !== before || kind >= JOINED) {
        if (kind === 0 || kind >= JOINED) {
          if (before !== 0 && before < JOINED) {
            if (digit >= 0) runs.push3(from, i, digit);
            if (lengths !== 0 && fits(lengths, open && i === length ? ANY_RUN : i - from))
              this.eager.push(from);
          }
          if (kind === JOINED) starts |= 1;
          if (kind >= JOINED && eager.lengths(units[i] ?? 0) !== 0) this.eager.push(i);
        } else if (before === 0 || before >= JOINED) {
          from = i;
          digit = kind === DIGIT ? i : -1;
          lengths = eager.lengths(units[i] ?? 0);
          starts |= 1;
        } else if (kind === DIGIT) {
          if (digit < 0) digit = i;
        } else if (before === LOWER && kind === UPPER) {
          starts |= 1;
          if (isLoose && eager.lengths(units[i] ?? 0) !== 0) this.eager.push(i);
        }
        before = kind;
      }
      const opened = opens[hash] ?? 0;
      const may = (opened & ANYWHERE) | ((starts >> 1) & opened & WORD);
      if (may !== 0 && i >= first + 2) {
        if (noted === PLACES) {
          this.#literals(units, noted);
          noted = 0;
        }
        places[noted] = ((i - 2) << 2) | may;
        places[noted + 1] = hash;
        noted += 2;
      }
    }
    this.#literals(units, noted);
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

  /** Where numbers may begin: at runs with a digit, at words of letters before them, and at signs. */
  #numbers(units: Uint16Array): void {
    const { numbers } = this.#entrances;
    const { values, count } = this.#runs;
    const { length } = this.#text;
    let last = -1;
    for (let i = 0; i < count; i += 3) {
      const from = values[i] ?? 0;
      const to = values[i + 1] ?? 0;
      const digit = values[i + 2] ?? 0;
      if (digit - from > BACK_CHARS) continue;
      this.#wordsBefore(units, from, Math.max(last, digit - BACK_CHARS), BACK_BREAKS);
      // Signs that numbers begin with.
      let sign = from;
      while (sign > 0 && sign > from - 2 && sign > last && isSign(units[sign - 1] ?? 0)) sign -= 1;
      if (sign > 0 && isWordly(units[sign - 1] ?? 0) && !numbers.isLooseSign) sign += 1;
      for (; sign < from; sign++) this.#number(units, sign, ANY_RUN);
      this.#number(units, from, this.#open && to === length ? ANY_RUN : to - from);
      last = to;
    }
  }

  /** Words of letters before a number, one sign apart, none before `floor`: `AB 12 34 56 C`. Those farther away first. */
  #wordsBefore(units: Uint16Array, from: number, floor: number, most: number): void {
    const to = from - 1;
    let start = to;
    while (start > floor && start > 0 && isLetter(units[start - 1] ?? 0)) start -= 1;
    if (start >= to || start < floor || (start > 0 && isWordly(units[start - 1] ?? 0))) return;
    if (most > 1) this.#wordsBefore(units, start, floor, most - 1);
    this.#number(units, start, to - start);
  }

  #number(units: Uint16Array, start: number, run: number): void {
    if (fits(this.#entrances.numbers.lengths(units[start] ?? 0), run)) this.numbers.push(start);
  }
}

/** `+ ( # $ - .` may be a match's first character. */
export const isSign = (code: number): boolean =>
  code === 43 || code === 40 || code === 35 || code === 36 || code === 45 || code === 46;
