// What the literals mean that a scan looks for: parts of patterns, and words that speak for or against them. Each text once.
import type { Form, Rule } from './compile.ts';
import { fold, KIND } from './fold.ts';
import type { Literal } from './literals.ts';

/** What a literal that was found means. */
export type Meaning = {
  readonly length: number;
  /** Whether the word may go on before or after it. */
  readonly openStart: boolean;
  readonly openEnd: boolean;
  /** Forms that begin with it, or have it inside. */
  anchors: readonly Form[];
  /** Rules it speaks for and against, by index. */
  raises: ReadonlySet<number>;
  against: ReadonlySet<number>;
  /** Forms to try at the words after it, and at what is assigned to it. */
  words: readonly Form[];
  assigned: readonly Form[];
};

/** There are tens of thousands of meanings, and most have one rule and no form: what is empty or the same is one for all. */
const NO_FORMS: readonly Form[] = [];
const NO_RULES: ReadonlySet<number> = new Set();

/** A literal with something before it, or that begins with a sign, or that may touch a word, is found anywhere. */
const startsAnywhere = ({ left, rule }: Form, literal: string): boolean =>
  left !== undefined || rule.pattern.boundary === 'none' || (KIND[literal.charCodeAt(0)] ?? 0) === 0;

const anchor = (meaning: Meaning, form: Form): void => {
  meaning.anchors = [...meaning.anchors, form];
};

/** The table of all literals. */
export class Meanings {
  readonly all: Meaning[] = [];
  readonly literals: Literal[] = [];
  readonly #known = new Map<string, Meaning>();

  add({ pattern, index, forms }: Rule): void {
    for (const form of forms)
      for (const literal of form.literals)
        anchor(this.#of(literal, startsAnywhere(form, literal), true), form);
    const alone: ReadonlySet<number> = new Set([index]);
    const including = (rules: ReadonlySet<number>): ReadonlySet<number> =>
      rules.size === 0 ? alone : new Set([...rules, index]);
    const led = forms.filter((form) => form.led === 'words');
    for (const meaning of this.#words(pattern.keywords)) {
      meaning.raises = including(meaning.raises);
      if (pattern.context === 'assigned') meaning.assigned = [...meaning.assigned, ...forms];
      if (pattern.context === 'required' && led.length > 0) meaning.words = [...meaning.words, ...led];
    }
    for (const meaning of this.#words(pattern.against)) meaning.against = including(meaning.against);
  }

  /** The meanings of keywords: `*` leaves a side open, and a space may be missing. */
  #words(words: readonly string[]): Set<Meaning> {
    const found = new Set<Meaning>();
    for (const word of words) {
      const openStart = word.startsWith('*');
      const openEnd = word.endsWith('*');
      const bare = word.slice(openStart ? 1 : 0, openEnd ? -1 : undefined);
      for (const text of new Set([bare, bare.replaceAll(' ', '')]))
        if (text !== '') found.add(this.#of(text, openStart, openEnd));
    }
    return found;
  }

  #of(text: string, openStart: boolean, openEnd: boolean): Meaning {
    const key = `${openStart ? '<' : '['}${fold(text)}${openEnd ? '>' : ']'}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const meaning: Meaning = {
      length: text.length,
      openStart,
      openEnd,
      anchors: NO_FORMS,
      raises: NO_RULES,
      against: NO_RULES,
      words: NO_FORMS,
      assigned: NO_FORMS,
    };
    this.literals.push({ text, id: this.all.length });
    this.#known.set(key, meaning);
    this.all.push(meaning);
    return meaning;
  }
}
