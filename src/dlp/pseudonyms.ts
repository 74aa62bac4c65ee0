// Values that placeholders stand for on their way to the model, and the values again on their way back. Known to the exchange alone.

/** Placeholders found in a text, by what they stand for; what begins at `decided` or after may be the beginning of one. */
export type Restored = {
  readonly values: readonly { readonly start: number; readonly end: number; readonly value: string }[];
  readonly decided: number;
};
/** Finds placeholders in `text`; `open`: it may go on. */
export type Restore = (text: string, open: boolean) => Restored;

/** Placeholders of an exchange; more values than that are redacted. */
const VALUES = 10_000;
/** A placeholder, as models mangle them: in any case, with other brackets or none, with other signs between its words. */
const MANGLED =
  /[<[({«‹]{0,2}\s?([A-Za-z]+(?:[ _-][A-Za-z0-9]+){0,8}?)[ _-]?(\d{1,5})(?!\d)\s?[>\])}»›]{0,2}/g;

/** The two ways between values and placeholders. */
export class Pseudonyms {
  readonly #byValue = new Map<string, string>();
  readonly #byName = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  /** The words before the number of every placeholder, normalised. */
  readonly #words = new Set<string>();

  get size(): number {
    return this.#byValue.size;
  }

  /** The placeholder of a value: `<EMAIL_1>`, the same for the same value. */
  readonly hide = (type: string, value: string): string => {
    const key = `${type}\u0000${value}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    if (this.#byValue.size >= VALUES) return `[${type}]`;
    const words = type.toUpperCase().replaceAll('-', '_');
    const number = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, number);
    const name = `<${words}_${number}>`;
    this.#byValue.set(key, name);
    this.#byName.set(plain(`${words}${number}`), value);
    this.#words.add(plain(words));
    return name;
  };

  /** See {@link Restore}. */
  readonly restore: Restore = (text, open) => {
    if (this.#byName.size === 0) return { values: [], decided: text.length };
    const values = [];
    let last = 0;
    MANGLED.lastIndex = 0;
    for (let match = MANGLED.exec(text); match !== null; match = MANGLED.exec(text)) {
      const [whole, words = '', number = ''] = match;
      const value = this.#byName.get(plain(words + number));
      const end = match.index + whole.length;
      if (value === undefined) {
        MANGLED.lastIndex = match.index + Math.max(1, whole.search(/[A-Za-z]/) + 1);
        continue;
      }
      values.push({ start: match.index, end, value });
      last = end;
    }
    return { values, decided: open ? this.#growing(text, last) : text.length };
  };

  /** Where the text's end may be the beginning of a placeholder, or go on being one. */
  #growing(text: string, from: number): number {
    const tail = Math.max(from, text.length - TAIL_CHARS);
    for (let at = tail; at < text.length; at++) {
      const rest = plain(text.slice(at).replace(/[\d\s>\])}»›]+$/, ''));
      const bracket = /^[<[({«‹]/.test(text.slice(at));
      if (rest === '' ? bracket : [...this.#words].some((word) => word.startsWith(rest)))
        if (bracket || at === 0 || !/[A-Za-z0-9]/.test(text.charAt(at - 1))) return at;
    }
    // A closing bracket may still come.
    return text.length - from < 2 && from > 0 ? Math.min(text.length, from) : text.length;
  }
}

/** Longest placeholder, brackets and all. */
const TAIL_CHARS = 80;

const plain = (words: string): string => words.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
