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
  readonly anchors: Form[];
  /** Rules it speaks for and against, by index. */
  readonly raises: Set<number>;
  readonly against: Set<number>;
  /** Forms to try at the words after it, and at what is assigned to it. */
  readonly words: Form[];
  readonly assigned: Form[];
};

/** A literal with something before it, or that begins with a sign, or that may touch a word, is found anywhere. */
const startsAnywhere = ({ left, rule }: Form, literal: string): boolean =>
  left !== undefined || rule.pattern.boundary === 'none' || (KIND[literal.charCodeAt(0)] ?? 0) === 0;

/** The table of all literals. */
export class Meanings {
  readonly all: Meaning[] = [];
  readonly literals: Literal[] = [];
  readonly #known = new Map<string, Meaning>();

  add({ pattern, index, forms }: Rule): void {
    for (const form of forms)
      for (const literal of form.literals)
        this.#of(literal, startsAnywhere(form, literal), true).anchors.push(form);
    for (const meaning of this.#words(pattern.keywords)) {
      meaning.raises.add(index);
      if (pattern.context === 'assigned') meaning.assigned.push(...forms);
      if (pattern.context !== 'required') continue;
      for (const form of forms) if (form.led === 'words') meaning.words.push(form);
    }
    for (const meaning of this.#words(pattern.against)) meaning.against.add(index);
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
      anchors: [],
      raises: new Set(),
      against: new Set(),
      words: [],
      assigned: [],
    };
    this.literals.push({ text, id: this.all.length });
    this.#known.set(key, meaning);
    this.all.push(meaning);
    return meaning;
  }
}
