// What checks said of the values of one text that they were asked about last: many patterns ask the same of the same value.
import type { Check } from './checks/check.ts';

/** What a check said last, and of what: of which text, by number, from where to where. */
type Answer = { text: number; start: number; end: number; passes: boolean };

export class Values {
  #text = '';
  #number = 0;
  /** The value that was asked about last, where it is, and its entropy; less than 0: not asked for. */
  #value = '';
  #start = -1;
  #end = -1;
  #entropy = -1;
  readonly #answers = new Map<Check, Answer>();

  begin(text: string): void {
    this.#text = text;
    this.#number += 1;
    this.#start = -1;
  }

  /** Whether what is between two places has as much entropy as is asked for and passes all checks. */
  holds(start: number, end: number, least: number | undefined, checks: readonly Check[]): boolean {
    if (least !== undefined && this.#entropyOf(start, end) < least) return false;
    for (const check of checks) if (!this.#passes(start, end, check)) return false;
    return true;
  }

  #entropyOf(start: number, end: number): number {
    const value = this.#at(start, end);
    if (this.#entropy < 0) this.#entropy = entropyOf(value);
    return this.#entropy;
  }

  #passes(start: number, end: number, check: Check): boolean {
    const known = this.#answers.get(check);
    if (known?.text === this.#number && known.start === start && known.end === end) return known.passes;
    const passes = check(this.#at(start, end));
    if (known === undefined) this.#answers.set(check, { text: this.#number, start, end, passes });
    else {
      known.text = this.#number;
      known.start = start;
      known.end = end;
      known.passes = passes;
    }
    return passes;
  }

  #at(start: number, end: number): string {
    if (start !== this.#start || end !== this.#end) {
      this.#start = start;
      this.#end = end;
      this.#entropy = -1;
      this.#value = this.#text.slice(start, end);
    }
    return this.#value;
  }
}

/** Counts of units, of one text at a time. */
const COUNTS = new Uint16Array(0x10000);

/** Shannon entropy of a text's units, in bits a unit. */
export const entropyOf = (text: string): number => {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    COUNTS[code] = (COUNTS[code] ?? 0) + 1;
  }
  let bits = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const count = COUNTS[code] ?? 0;
    // Counted already.
    if (count === 0) continue;
    bits -= (count / length) * Math.log2(count / length);
    COUNTS[code] = 0;
  }
  return bits;
};
