// The end of a text that may go on: from where on a match may be growing there of which nothing is found yet.
import type { Form, Rules } from './compile.ts';
import { isWordly, KIND } from './fold.ts';
import { isSign } from './gate.ts';
import type { Judge } from './judge.ts';
import { MATCH_CHARS, newWalk, nextText } from './regex/automaton.ts';
import { BACK_BREAKS, BACK_CHARS } from './regex/digits.ts';
import { HOLD } from './wanted.ts';

/** Marks the first place that has to be held. A place behind one that is held is not looked at: it says nothing new. */
export class Tail {
  readonly #rules: Rules;
  readonly #judge: Judge;
  readonly #walk = newWalk();
  #text = '';
  #from = 0;
  #wanted: Uint8Array = new Uint8Array(0);

  constructor(rules: Rules, judge: Judge) {
    this.#rules = rules;
    this.#judge = judge;
  }

  /** What is asked about next. */
  begin(text: string, from: number, wanted: Uint8Array): void {
    this.#text = text;
    this.#from = from;
    this.#wanted = wanted;
    this.#walk.text = nextText();
  }

  /** Whether all of the text from `from` on has to be held, as far as can be told at once: a word that an address may begin with. */
  holdsAll(): boolean {
    return this.#text.length - this.#from <= MATCH_CHARS && this.#ledAt(this.#from);
  }

  /** Tells the judge what may be growing in the text from `from` on. */
  hold(): void {
    this.#led();
    this.#begun();
    this.#numbers();
  }

  /** Forms with something before their literal. */
  #led(): void {
    const judge = this.#judge;
    for (let at = Math.max(this.#from, this.#text.length - MATCH_CHARS); at < judge.decided; at++)
      if (this.#ledAt(at)) return;
  }

  #ledAt(at: number): boolean {
    const text = this.#text;
    const isInside = at > 0 && isWordly(text.charCodeAt(at - 1));
    const led = isInside ? this.#rules.ledAnywhere : this.#rules.led;
    for (const form of led.growing(text, at)) if (this.#holdAt(form, at)) return true;
    return false;
  }

  /** Forms that begin with a literal, whose first part is at the text's end. */
  #begun(): void {
    const text = this.#text;
    const { begun, begunAnywhere, literalChars } = this.#rules;
    const floor = Math.max(this.#from, text.length - literalChars + 1);
    for (let at = Math.min(text.length, this.#judge.decided) - 1; at >= floor; at--) {
      const hold = (index: number): boolean => {
        const form = this.#rules.forms[index];
        return form !== undefined && this.#holdAt(form, at);
      };
      if (at > 0 && isWordly(text.charCodeAt(at - 1))) begunAnywhere.begun(text, at, hold);
      else if (!begun.begun(text, at, hold)) begunAnywhere.begun(text, at, hold);
    }
  }

  /** Forms of numbers whose digits are yet to come: in the last word, the one before it, and at signs. */
  #numbers(): void {
    const text = this.#text;
    const floor = Math.max(this.#from, text.length - BACK_CHARS);
    let at = text.length;
    for (let breaks = 0; at > floor && breaks < BACK_BREAKS + 2; ) {
      at -= 1;
      const code = text.charCodeAt(at);
      if ((KIND[code] ?? 0) === 0) {
        breaks += 1;
        if (isSign(code)) this.#number(at);
      } else if (at === 0 || (KIND[text.charCodeAt(at - 1)] ?? 0) === 0) this.#number(at);
    }
  }

  #number(start: number): void {
    const { numbers, waiting, eager } = this.#rules;
    for (const selector of [numbers, waiting, eager]) {
      if (start >= this.#judge.decided) return;
      for (const form of selector.growing(this.#text, start)) if (this.#holdAt(form, start)) return;
    }
  }

  #holdAt(form: Form, start: number): boolean {
    if (this.#wanted[form.rule.index] !== HOLD || !this.#judge.mayStart(form, start)) return false;
    form.whole.walk(this.#text, start, this.#text.length, this.#walk);
    return this.#walk.open && this.#judge.hold(form, start);
  }
}
