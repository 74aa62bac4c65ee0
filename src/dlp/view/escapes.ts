// Escapes decoded where they stand, one level: `%40`, `&commat;`, `&#64;`, `\u0040`, `\x40`, `\n` and `\"` in strings.
import { ENTITIES, mayBeName, NAME_CHARS } from './entities.ts';
import type { View } from './offsets.ts';
import { unchanged, Writer } from './offsets.ts';

/** What an escape was read as. */
const NONE = -1;
/** The text ends inside it. */
const UNFINISHED = -2;

/** More backslashes in a row are no escape: strings in strings in strings have seven. */
const BACKSLASHES = 8;
/** Longest number of a character, with noughts before it. */
const NUMBER_CHARS = 8;

/** What a letter or sign after a backslash means; 0: nothing. */
const MEANT: Uint8Array = (() => {
  const meant = new Uint8Array(128);
  for (const [letter, unit] of [
    ['n', 10],
    ['r', 13],
    ['t', 9],
    ['b', 8],
    ['f', 12],
  ] as const)
    meant[letter.charCodeAt(0)] = unit;
  for (const sign of [34, 39, 47]) meant[sign] = sign;
  return meant;
})();

const ANY = /[%&\\]/g;

/** The first sign at or after `from` that an escape may begin with; the text's length: there is none. */
const signFrom = (text: string, from: number): number => {
  ANY.lastIndex = from;
  return ANY.test(text) ? ANY.lastIndex - 1 : text.length;
};

/** The text with its escapes decoded; the same text when it has none. `open`: it may go on. */
export const unescaped = (text: string, open: boolean): View => {
  const first = signFrom(text, 0);
  return first === text.length ? unchanged(text) : new Reader(text, open).read(first);
};

/** Reads one text. */
class Reader {
  readonly #text: string;
  readonly #open: boolean;
  /** The character that the last escape stands for. */
  #code = 0;

  constructor(text: string, open: boolean) {
    this.#text = text;
    this.#open = open;
  }

  read(first: number): View {
    const text = this.#text;
    let writer: Writer | undefined;
    let copied = 0;
    let at = first;
    while (at < text.length) {
      const end = this.#escape(at);
      if (end === UNFINISHED) break;
      if (end >= 0) {
        writer ??= new Writer(text.length);
        writer.copy(text, copied, at);
        if (this.#code < 0x10000) writer.putOne(this.#code, at, end);
        else writer.put(String.fromCodePoint(this.#code), at, end);
        copied = end;
        at = end;
      } else at = this.#past(at);
      at = signFrom(text, at);
    }
    at = Math.min(at, text.length);
    if (writer === undefined) return unchanged(text, at);
    writer.copy(text, copied, at);
    return writer.view(at);
  }

  /** Past what begins no escape: one sign, or all of a row of backslashes. */
  #past(at: number): number {
    let end = at + 1;
    if (this.#text.charCodeAt(at) === 92) while (this.#text.charCodeAt(end) === 92) end += 1;
    return end;
  }

  /** The end of the escape at `at`. */
  #escape(at: number): number {
    const code = this.#text.charCodeAt(at);
    if (code === 37) return this.#percent(at);
    return code === 38 ? this.#entity(at) : this.#backslash(at);
  }

  #missing(): number {
    return this.#open ? UNFINISHED : NONE;
  }

  /** `%XX`, as many as one character of UTF-8 has. */
  #percent(at: number): number {
    const lead = this.#hex(at + 1, 2);
    if (lead < 0) return lead;
    const more =
      lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    if (more < 0) return NONE;
    let code = more === 0 ? lead : lead & (0x3f >> more);
    let end = at + 3;
    for (let i = 0; i < more; i++) {
      if (end >= this.#text.length) return this.#missing();
      if (this.#text.charCodeAt(end) !== 37) return NONE;
      const next = this.#hex(end + 1, 2);
      if (next < 0) return next;
      if (next >> 6 !== 2) return NONE;
      code = (code << 6) | (next & 0x3f);
      end += 3;
    }
    return this.#is(code, end);
  }

  /** `&name;`, `&#64;`, `&#x40;`; numbers also without their semicolon, as browsers read them. */
  #entity(at: number): number {
    const text = this.#text;
    if (at + 1 >= text.length) return this.#missing();
    if (text.charCodeAt(at + 1) === 35) return this.#number(at + 2);
    let end = at + 1;
    while (end < text.length && end - at <= NAME_CHARS && isLetter(text.charCodeAt(end))) end++;
    const name = text.slice(at + 1, end);
    if (end >= text.length && mayBeName(name)) return this.#missing();
    const known = text.charCodeAt(end) === 59 ? ENTITIES.get(name) : undefined;
    if (known === undefined) return NONE;
    return this.#is(known.charCodeAt(0), end + 1);
  }

  #number(from: number): number {
    const text = this.#text;
    if (from >= text.length) return this.#missing();
    const isHex = (text.charCodeAt(from) | 32) === 120;
    const base = isHex ? 16 : 10;
    let end = isHex ? from + 1 : from;
    const first = end;
    let code = 0;
    for (; end < text.length && end - first < NUMBER_CHARS; end++) {
      const digit = HEX[text.charCodeAt(end)] ?? NO_DIGIT;
      if (digit >= base) break;
      code = code * base + digit;
    }
    if (end >= text.length && this.#open) return UNFINISHED;
    if (end === first) return NONE;
    return this.#is(code, text.charCodeAt(end) === 59 ? end + 1 : end);
  }

  /** A row of backslashes and what it escapes: strings in strings double them, so their number says nothing. */
  #backslash(at: number): number {
    const text = this.#text;
    let end = at + 1;
    while (end < text.length && end - at <= BACKSLASHES && text.charCodeAt(end) === 92) end++;
    if (end - at > BACKSLASHES) return NONE;
    if (end >= text.length) return this.#missing();
    const letter = text.charCodeAt(end);
    if (letter === 120) {
      const code = this.#hex(end + 1, 2);
      return code < 0 ? code : this.#is(code, end + 3);
    }
    return letter === 117
      ? this.#unicode(end + 1)
      : this.#is(letter < 128 ? (MEANT[letter] ?? 0) : 0, end + 1);
  }

  /** `\uXXXX` and `\u{X}`, past the `u`. Halves of a character meet in the text that is made. */
  #unicode(from: number): number {
    const text = this.#text;
    if (from >= text.length) return this.#missing();
    if (text.charCodeAt(from) !== 123) {
      const unit = this.#hex(from, 4);
      if (unit < 0) return unit;
      return this.#is(unit, from + 4);
    }
    let code = 0;
    for (let end = from + 1; end - from <= NUMBER_CHARS + 1; end++) {
      if (end >= text.length) return this.#missing();
      if (text.charCodeAt(end) === 125) return end === from + 1 ? NONE : this.#is(code, end + 1);
      const digit = HEX[text.charCodeAt(end)] ?? NO_DIGIT;
      if (digit >= 16) return NONE;
      code = code * 16 + digit;
    }
    return NONE;
  }

  /** The number that `digits` hex digits at `from` say. */
  #hex(from: number, digits: number): number {
    let code = 0;
    for (let at = from; at < from + digits; at++) {
      if (at >= this.#text.length) return this.#missing();
      const digit = HEX[this.#text.charCodeAt(at)] ?? NO_DIGIT;
      if (digit >= 16) return NONE;
      code = code * 16 + digit;
    }
    return code;
  }

  #is(code: number, end: number): number {
    if (code > 0x10ffff || code === 0) return NONE;
    this.#code = code;
    return end;
  }
}

const NO_DIGIT = 99;

/** The value of each unit that is a hexadecimal digit. */
const HEX: Uint8Array = (() => {
  const values = new Uint8Array(128).fill(NO_DIGIT);
  for (let digit = 0; digit < 16; digit++) {
    const char = digit.toString(16);
    values[char.charCodeAt(0)] = digit;
    values[char.toUpperCase().charCodeAt(0)] = digit;
  }
  return values;
})();

const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;
