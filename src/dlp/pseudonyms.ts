// Values that placeholders stand for on their way to the model, and the values again on their way back. Kept in memory alone, for an
// exchange or a caller's session. What the caller wrote himself stands for nothing but itself.

/** Placeholders found in a text, by what they stand for; what begins at `decided` or after may be the beginning of one. */
export type Restored = {
  readonly values: readonly { readonly start: number; readonly end: number; readonly value: string }[];
  readonly decided: number;
};
/** Finds placeholders in `text`; `open`: it may go on; `json`: it is JSON, so values are written as its strings are. */
export type Restore = (text: string, open: boolean, json: boolean) => Restored;

/** Placeholders of one caller, and what their values may have in UTF-16 units; more values than that are redacted. */
const VALUES = 10_000;
const VALUE_CHARS = 256 * 1024;
/** Longest placeholder, brackets and all. */
const TAIL_CHARS = 96;

/** How models mangle the brackets, escapes of HTML and JSON included. */
const DOUBLE = { open: ['<<', '[[', '{{'], close: ['>>', ']]', '}}'] };
const SINGLE = {
  open: ['<', '[', '{', '‹', '«', '&lt;', '\\u003c'],
  close: ['>', ']', '}', '›', '»', '&gt;', '\\u003e'],
};
/** What may stand between the words of one. */
const BETWEEN = String.raw`[\s_\\-]{0,3}`;
/** What a caller may have written that looks like one. */
const LIKE_ONE =
  /(?:[<[{‹«]|&lt;|\\u003c)\s?([A-Za-z][A-Za-z0-9\s_\\-]{0,60}?)[\s_\\-]{0,3}(\d{1,5})(?!\d)|([A-Z][A-Z0-9_\\]{0,60})_(\d{1,5})(?!\d)/gi;

const plain = (words: string): string => words.replace(/[^A-Za-z0-9]/g, '').toUpperCase();

/** Whether a text is JSON, as far as its beginning says. */
export const looksJson = (text: string): boolean => /^\s*[{[]/.test(text);

/** The two ways between values and placeholders. */
export class Pseudonyms {
  readonly #byValue = new Map<string, string>();
  readonly #byName = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #written = new Set<string>();
  /** The words before the number of every placeholder: as they are, by how they are without signs. */
  readonly #words = new Map<string, string>();
  #chars = 0;
  #pattern: RegExp | undefined;

  /** Whether any placeholder may have to be shown as its value. */
  get isOut(): boolean {
    return this.#byName.size > 0;
  }

  /** Notes what looks like a placeholder in a text of the caller's: none that is made later has its name. */
  readonly reserve = (text: string): void => {
    for (const [, words, number, bare, bareNumber] of text.matchAll(LIKE_ONE)) {
      const name = plain(`${words ?? bare}${number ?? bareNumber}`);
      if (this.#written.size < VALUES && !this.#byName.has(name)) this.#written.add(name);
    }
  };

  /** The placeholder of a value of the caller's: `<EMAIL_1>`, the same for the same value. It is shown again. */
  readonly hide = (type: string, value: string): string => {
    const name = this.#named(type, value);
    if (name === undefined) return `[${type}]`;
    this.#byName.set(plain(name), value);
    const words = wordsOf(type);
    if (!this.#words.has(plain(words))) {
      this.#words.set(plain(words), words);
      this.#pattern = undefined;
    }
    return name;
  };

  /** The placeholder of a value that a model said: what stands for that alone is never shown again. */
  readonly hideReply = (type: string, value: string, isLong: boolean): string =>
    (isLong ? undefined : this.#named(type, value)) ?? `[${type}]`;

  #named(type: string, value: string): string | undefined {
    const key = `${type}\u0000${value}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    if (this.#byValue.size >= VALUES || this.#chars + value.length > VALUE_CHARS) return undefined;
    const words = wordsOf(type);
    let number = (this.#counts.get(type) ?? 0) + 1;
    while (this.#written.has(plain(`${words}${number}`))) number += 1;
    this.#counts.set(type, number);
    const name = `<${words}_${number}>`;
    this.#chars += value.length;
    this.#byValue.set(key, name);
    return name;
  }

  /** See {@link Restore}. */
  readonly restore: Restore = (text, open, json) => {
    if (this.#byName.size === 0) return { values: [], decided: text.length };
    this.#pattern ??= patternOf([...this.#words.values()]);
    const values = [];
    for (const match of text.matchAll(this.#pattern)) {
      const [whole, , , , , bare, bareNumber] = match;
      const name = plain(match.slice(1).join(''));
      const value = this.#byName.get(name);
      // Without brackets it is one only as it was made: `email 1` may be what the model says.
      if (value === undefined || (bare !== undefined && !this.#isExact(bare, bareNumber))) continue;
      const end = match.index + whole.length;
      values.push({ start: match.index, end, value: json ? JSON.stringify(value).slice(1, -1) : value });
    }
    return { values, decided: open ? this.#growing(text) : text.length };
  };

  #isExact(bare: string, number: string | undefined): boolean {
    const words = this.#words.get(plain(bare));
    return number !== undefined && words === bare.replaceAll('\\', '');
  }

  /** Where the text's end may be the beginning of a placeholder, or go on being one. */
  #growing(text: string): number {
    for (let at = Math.max(0, text.length - TAIL_CHARS); at < text.length; at++) {
      const isLetter = /[A-Za-z]/.test(text.charAt(at));
      if (isLetter && at > 0 && /[A-Za-z0-9_]/.test(text.charAt(at - 1))) continue;
      if (this.#mayGrow(text.slice(at), isLetter)) return at;
    }
    return text.length;
  }

  #mayGrow(rest: string, isLetter: boolean): boolean {
    if (isLetter) return this.#goesOn(rest, []);
    const lower = rest.toLowerCase();
    for (const { open, close } of [DOUBLE, SINGLE]) {
      for (const opener of open) {
        if (opener.length >= lower.length ? opener.startsWith(lower) : false) return true;
        if (lower.startsWith(opener) && this.#goesOn(rest.slice(opener.length).replace(/^\s/, ''), close))
          return true;
      }
    }
    return false;
  }

  #goesOn(inner: string, close: readonly string[]): boolean {
    return [...this.#words.values()].some((words) => goesOn(inner, words, close));
  }
}

const wordsOf = (type: string): string => type.toUpperCase().replaceAll('-', '_');

/** Whether `inner` is the beginning of a placeholder with these words, after its bracket if it has one. */
const goesOn = (inner: string, words: string, close: readonly string[]): boolean => {
  let at = 0;
  for (const letter of plain(words)) {
    while (at < inner.length && /[\s_\\-]/.test(inner.charAt(at))) at += 1;
    if (at === inner.length) return true;
    if (inner.charAt(at).toUpperCase() !== letter) return false;
    at += 1;
  }
  const number = /^[\s_\\-]{0,3}\d{0,5}/.exec(inner.slice(at))?.[0] ?? '';
  const rest = inner
    .slice(at + number.length)
    .replace(/^\s/, '')
    .toLowerCase();
  if (rest === '') return close.length > 0 || at + number.length === inner.length;
  return close.some((each) => each !== rest && each.startsWith(rest));
};

const either = (signs: readonly string[]): string =>
  signs.map((sign) => sign.replace(/[\\[\]{}]/g, '\\$&')).join('|');

/** Finds placeholders with any of these words: in double brackets, in single ones, in none. */
const patternOf = (words: readonly string[]): RegExp => {
  const names = words
    .toSorted((a, b) => b.length - a.length)
    .map((each) => each.split('_').join(BETWEEN))
    .join('|');
  const named = `\\s?(${names})${BETWEEN}(\\d{1,5})\\s?`;
  return new RegExp(
    [
      `(?:${either(DOUBLE.open)})${named}(?:${either(DOUBLE.close)})`,
      `(?:${either(SINGLE.open)})${named}(?:${either(SINGLE.close)})`,
      `(?<![A-Za-z0-9_])(${names})\\\\?_(\\d{1,5})(?![A-Za-z0-9_])`,
    ].join('|'),
    'gi',
  );
};
