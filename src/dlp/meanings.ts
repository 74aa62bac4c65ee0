// What the literals mean that a scan looks for: parts of patterns, and words that speak for or against them. Each text once, and all in a
// few arrays: there are tens of thousands of them.
import type { Form, Rule } from './compile.ts';
import { fold, KIND } from './fold.ts';
import type { Lists } from './numbers.ts';
import { ListsMaker } from './numbers.ts';
import type { TrieLiteral } from './trie.ts';

/** What is true of a literal: the word may go on before or after it; forms begin with it or have it inside; it is a keyword. */
export const OPEN_START = 1;
export const OPEN_END = 2;
export const ANCHOR = 4;
export const KEYWORD = 8;
/** Of keywords: values may be assigned to it; forms are tried at the words after it; it may lead to a number. */
export const ASSIGNED = 16;
export const WORDS = 32;
export const NUMBERS = 64;

/** What literals mean, by their number. */
export type Meanings = {
  readonly lengths: Uint8Array;
  readonly flags: Uint8Array;
  /** Forms that begin with it, or have it inside, by their index. */
  readonly anchors: Lists;
  /** Rules it speaks for and against, by index, ascending. */
  readonly raises: Lists;
  readonly against: Lists;
  /** Of the rules it speaks for, those with numbers that need a keyword. */
  readonly numbers: Lists;
  /** Forms to try at the words after it, and at what is assigned to it. */
  readonly words: Lists;
  readonly assigned: Lists;
};

/** A literal with something before it, or that begins with a sign, or that may touch a word, is found anywhere. */
const startsAnywhere = ({ left, rule }: Form, literal: string): boolean =>
  left !== undefined || rule.pattern.boundary === 'none' || (KIND[literal.charCodeAt(0)] ?? 0) === 0;

/** Gathers what the literals mean. */
export class MeaningsMaker {
  readonly #texts: string[] = [];
  readonly #flags: number[] = [];
  /** By open start and end, then by text. */
  readonly #known = Array.from({ length: 4 }, () => new Map<string, number>());
  readonly #lists = {
    anchors: new ListsMaker(),
    raises: new ListsMaker(),
    against: new ListsMaker(),
    numbers: new ListsMaker(),
    words: new ListsMaker(),
    assigned: new ListsMaker(),
  };

  add({ pattern, index, forms }: Rule): void {
    const { context, keywords, against } = pattern;
    for (const form of forms)
      for (const literal of form.literals) {
        const id = this.#of(literal, (startsAnywhere(form, literal) ? OPEN_START : 0) | OPEN_END, ANCHOR);
        this.#lists.anchors.add(id, form.index);
      }
    const required = context === 'required';
    const words = required ? forms.filter(({ led }) => led === 'words') : [];
    const numbers = required && forms.some(({ led }) => led === 'digits');
    const flags =
      (context === 'assigned' ? ASSIGNED : 0) | (words.length > 0 ? WORDS : 0) | (numbers ? NUMBERS : 0);
    for (const id of this.#words(keywords, KEYWORD | flags)) {
      this.#lists.raises.add(id, index);
      if (numbers) this.#lists.numbers.add(id, index);
      for (const form of words) this.#lists.words.add(id, form.index);
      if (context === 'assigned') for (const form of forms) this.#lists.assigned.add(id, form.index);
    }
    for (const id of this.#words(against, KEYWORD)) this.#lists.against.add(id, index);
  }

  /** The numbers of keywords: `*` leaves a side open, and a space may be missing. */
  #words(words: readonly string[], flags: number): Set<number> {
    const found = new Set<number>();
    for (const word of words) {
      const openStart = word.startsWith('*');
      const openEnd = word.endsWith('*');
      const bare = openStart || openEnd ? word.slice(openStart ? 1 : 0, openEnd ? -1 : undefined) : word;
      const open = (openStart ? OPEN_START : 0) | (openEnd ? OPEN_END : 0);
      if (bare !== '') found.add(this.#of(bare, open, flags));
      if (!bare.includes(' ')) continue;
      const joined = bare.replaceAll(' ', '');
      if (joined !== '') found.add(this.#of(joined, open, flags));
    }
    return found;
  }

  #of(text: string, open: number, flags: number): number {
    // What separates the words of a pattern's part is as it is written.
    const folded = flags === ANCHOR ? text : fold(text);
    const texts = this.#known[open];
    const known = texts?.get(folded);
    if (known !== undefined) {
      this.#flags[known] = (this.#flags[known] ?? 0) | flags;
      return known;
    }
    const id = this.#texts.length;
    this.#texts.push(folded);
    this.#flags.push(open | flags);
    texts?.set(folded, id);
    return id;
  }

  /** The literals that begin where a word does, or those that may begin anywhere. */
  literals(anywhere: boolean): readonly TrieLiteral[] {
    return this.#texts.flatMap((text, id) => {
      const flags = this.#flags[id] ?? 0;
      if (((flags & OPEN_START) !== 0) !== anywhere) return [];
      return [{ text, id, exact: (flags & KEYWORD) === 0 }];
    });
  }

  made(): Meanings {
    const { anchors, raises, against, numbers, words, assigned } = this.#lists;
    const count = this.#texts.length;
    return {
      lengths: Uint8Array.from(this.#texts, ({ length }) => length),
      flags: Uint8Array.from(this.#flags),
      anchors: anchors.made(count),
      raises: raises.made(count),
      against: against.made(count),
      numbers: numbers.made(count),
      words: words.made(count),
      assigned: assigned.made(count),
    };
  }
}
