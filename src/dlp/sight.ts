// Which rules have a keyword near a place, while the place moves on through a text: each keyword comes into sight once, and goes once.
import type { Meanings } from './meanings.ts';
import { NUMBERS } from './meanings.ts';
import type { Keywords } from './near.ts';
import { AFTER_CHARS, BEFORE_CHARS, firstFrom, newKeywords } from './near.ts';

/** Numbers longer than this with a keyword only after them are not looked for. */
export const NUMBER_CHARS = 64;

export class Sight {
  readonly #meanings: Meanings;
  #keywords: Keywords = newKeywords();
  /** By rule: how many keywords in sight speak for it. */
  readonly #counts: Int32Array;
  /** Keywords in sight are those from `#first` to before `#next`; how many of them speak for numbers. */
  #first = 0;
  #next = 0;
  #speaking = 0;

  constructor(meanings: Meanings, rules: number) {
    this.#meanings = meanings;
    this.#counts = new Int32Array(rules);
  }

  /** Nothing is in sight yet; no place before `from` is asked for. */
  begin(keywords: Keywords, from: number): void {
    if (this.#speaking > 0) this.#counts.fill(0);
    this.#keywords = keywords;
    this.#first = from > BEFORE_CHARS ? firstFrom(keywords, from - BEFORE_CHARS) : 0;
    this.#next = this.#first;
    this.#speaking = 0;
  }

  /** Goes on to where a number begins; whether any keyword that speaks for numbers is near. */
  moveTo(start: number): boolean {
    const { ends, count } = this.#keywords;
    while (this.#next < count && (ends[this.#next] ?? 0) <= start + NUMBER_CHARS + AFTER_CHARS) {
      this.#add(this.#next, 1);
      this.#next += 1;
    }
    while (this.#first < this.#next && (ends[this.#first] ?? 0) < start - BEFORE_CHARS) {
      this.#add(this.#first, -1);
      this.#first += 1;
    }
    return this.#speaking > 0;
  }

  /** Whether a keyword near speaks for rule `index`. */
  has(index: number): boolean {
    return (this.#counts[index] ?? 0) > 0;
  }

  #add(keyword: number, by: number): void {
    const id = this.#keywords.ids[keyword] ?? 0;
    const { flags, numbers } = this.#meanings;
    if (((flags[id] ?? 0) & NUMBERS) === 0) return;
    this.#speaking += by;
    for (let at = numbers.first[id] ?? 0; at < (numbers.first[id + 1] ?? 0); at++) {
      const rule = numbers.items[at] ?? 0;
      this.#counts[rule] = (this.#counts[rule] ?? 0) + by;
    }
  }
}
