// A text as it is read: without what nobody sees, with letters that only look unlike as one. And what was unseen in it.
// Unit by unit, so places lead back; what people need in their scripts (joiners, marks, emoji) is no anomaly.

/** What of a text was hidden or bent. Counts, and the places of the first of each. */
export type Anomalies = {
  /** Letters spelled in tag characters outside of emoji flags. */
  tags: string;
  /** Bytes in variation selectors that select nothing. */
  selectors: number;
  /** Unseen characters between two ASCII letters. */
  unseen: number;
  /** Direction overrides, and the text after the first. */
  overrides: number;
  /** Marks piled up on ASCII letters: three or more on one. */
  piled: number;
  /** Letters in styles (mathematical, small capitals, circled, full width) for ASCII letters. */
  styled: number;
  first: number;
};

export type Plain = {
  readonly text: string;
  /** Where each unit came from; undefined: from its own place. */
  readonly from: Int32Array | undefined;
  readonly seen: Anomalies | undefined;
};

const GONE = 0;
const FOLLOWS: readonly (readonly [string, string])[] = [
  ['’‘ʼ‛´`', "'"],
  ['“”„‟″«»「」『』《》', '"'],
  ['‐‑‒–—―−', '-'],
  ['أإآٱ', 'ا'],
  ['ىي', 'ی'],
  ['ك', 'ک'],
  ['ةۀۂ', 'ه'],
  ['ё', 'е'],
  ['Ё', 'Е'],
  ['й', 'и'],
  ['ї', 'і'],
  ['ς', 'σ'],
  ['：', ':'],
];
const SMALL_CAPITALS = 'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ';
/** Format characters, marks above and below, and marks that words are written with or without. */
const DROPPED =
  /[\u00ad\u0300-\u036f\u034f\u061c\u0640\u0591-\u05c7\u064b-\u0652\u0670\u093c\u09bc\u115f\u1160\u17b4\u17b5\u180b-\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20f0\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0]/;
const BASED = /[\u0370-\u03ff\u1f00-\u1fff\u0958-\u095f\u09dc-\u09df]/;
const STYLED = /[\u1d2c-\u1d6a\u2070-\u209f\u2100-\u214f\u2460-\u24ff\uff01-\uff5e]/;
const SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

const followed = (code: number): number => {
  const char = String.fromCharCode(code);
  if (code < 128) return code;
  if (DROPPED.test(char)) return GONE;
  if (SPACE.test(char)) return 32;
  for (const [from, to] of FOLLOWS) if (from.includes(char)) return to.charCodeAt(0);
  if (SMALL_CAPITALS.includes(char)) return 97 + SMALL_CAPITALS.indexOf(char);
  if (STYLED.test(char)) {
    const wide = char.normalize('NFKC');
    const inner = wide.length === 3 ? wide.charAt(1) : wide;
    return inner.length === 1 ? inner.charCodeAt(0) : code;
  }
  return BASED.test(char) ? char.normalize('NFD').charCodeAt(0) : code;
};

const VIEW: Uint16Array = Uint16Array.from({ length: 0x10000 }, (_, code) => followed(code));

/** A supplementary code point as one unit: a letter in a style is that letter; 0: it is neither letter nor seen. */
const supplementary = (point: number): number => {
  if (point >= 0x1d400 && point <= 0x1d7ff) return String.fromCodePoint(point).normalize('NFKC').charCodeAt(0);
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return 97 + point - 0x1f1e6;
  for (const start of [0x1f110, 0x1f130, 0x1f150, 0x1f170])
    if (point >= start && point < start + 26) return 97 + point - start;
  return GONE;
};

const isAsciiLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;
const isUnseen = (code: number): boolean =>
  (code >= 0x200b && code <= 0x200d) || (code >= 0x2060 && code <= 0x2064) || code === 0xfeff || code === 0x180e || code === 0x034f || code === 0x115f || code === 0x3164 || code === 0x061c;

const NON_ASCII = /[^\0-\x7f]/;
const FLAG = 0x1f3f4;

const nothing = (): Anomalies => ({
  ...{ tags: '', selectors: 0, unseen: 0, overrides: 0, piled: 0, styled: 0, first: -1 },
});

/** Reads a text unit by unit into `units`; one use a text. */
class Reading {
  readonly units: Uint16Array;
  readonly from: Int32Array;
  readonly seen = nothing();
  count = 0;
  changed = false;
  #flag = false;
  #marks = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.units = new Uint16Array(text.length);
    this.from = new Int32Array(text.length);
  }

  run(): void {
    const text = this.#text;
    const { units, from } = this;
    let count = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
        this.count = count;
        this.#pair(text.codePointAt(i) ?? 0, i);
        count = this.count;
        i += 1;
        continue;
      }
      const to = VIEW[code] ?? code;
      if (to !== code) {
        this.changed = true;
        if (to === GONE) {
          this.count = count;
          this.#drop(code, i);
          continue;
        }
        if (to < 128 && isAsciiLetter(to)) this.seen.styled += 1;
      } else if (code < 128) {
        if (this.#marks !== 0) this.#marks = 0;
        if (this.#flag) this.#flag = false;
      }
      units[count] = to;
      from[count] = i;
      count += 1;
    }
    this.count = count;
  }

  #put(code: number, at: number): void {
    this.units[this.count] = code;
    this.from[this.count] = at;
    this.count += 1;
  }

  #note(at: number): void {
    if (this.seen.first < 0) this.seen.first = at;
  }

  #drop(code: number, at: number): void {
    const { seen } = this;
    const before = this.count === 0 ? 0 : (this.units[this.count - 1] ?? 0);
    if (code >= 0x300 && code < 0x370) {
      this.#marks += 1;
      if (this.#marks === 3 && isAsciiLetter(before)) seen.piled += 1;
    } else if (code === 0x202d || code === 0x202e) {
      seen.overrides += 1;
      this.#note(at);
    } else if (isUnseen(code) && isAsciiLetter(before)) {
      let next = at + 1;
      while (next < this.#text.length && isUnseen(this.#text.charCodeAt(next))) next += 1;
      if (isAsciiLetter(this.#text.charCodeAt(next)) && !isUnseen(this.#text.charCodeAt(at - 1))) {
        seen.unseen += 1;
        this.#note(at);
      }
    }
  }

  #pair(point: number, at: number): void {
    const { seen } = this;
    if (point === FLAG) this.#flag = true;
    if (point >= 0xe0000 && point <= 0xe007f) {
      this.changed = true;
      if (this.#flag) this.#flag = point !== 0xe007f;
      else if (point >= 0xe0020 && point < 0xe007f) {
        seen.tags += String.fromCharCode(point - 0xe0000);
        this.#note(at);
      }
      return;
    }
    if (point >= 0xe0100 && point <= 0xe01ef) {
      this.changed = true;
      seen.selectors += 1;
      this.#note(at);
      return;
    }
    const to = supplementary(point);
    if (to === GONE) {
      this.#put(this.#text.charCodeAt(at), at);
      this.#put(this.#text.charCodeAt(at + 1), at + 1);
      return;
    }
    this.changed = true;
    if (isAsciiLetter(to) && point < 0x1f1e6) seen.styled += 1;
    this.#put(to, at);
  }
}

const UTF16 = new TextDecoder('utf-16le', { ignoreBOM: true });

export const textOf = (units: Uint16Array): string => UTF16.decode(units);

/** The plain view of a text. */
export const plainOf = (text: string): Plain => {
  if (!NON_ASCII.test(text)) return { text, from: undefined, seen: undefined };
  const reading = new Reading(text);
  reading.run();
  if (!reading.changed) return { text, from: undefined, seen: reading.seen };
  return {
    text: textOf(reading.units.subarray(0, reading.count)),
    from: reading.count === text.length ? undefined : reading.from,
    seen: reading.seen,
  };
};

const LOOK_ALIKE: ReadonlyMap<string, string> = new Map(
  [
    ...['аa', 'еe', 'оo', 'рp', 'сc', 'уy', 'хx', 'іi', 'ѕs', 'јj', 'һh', 'ԁd', 'ԛq', 'ԝw', 'ӏl', 'мm', 'тt', 'кk', 'вb', 'нh', 'гr', 'пn', 'ӧo'],
    ...['АA', 'ВB', 'ЕE', 'КK', 'МM', 'НH', 'ОO', 'РP', 'СC', 'ТT', 'УY', 'ХX', 'ІI', 'ЅS', 'ЈJ', 'ԌG', 'ɡg', 'ɩi', 'ոn', 'սu', 'օo', 'հh', 'ցg', 'զq', 'աw', 'տs', 'ոn', 'ѵv', 'ѡw', 'ԍg'],
    ...['οo', 'αa', 'νv', 'ρp', 'τt', 'υu', 'ιi', 'κk', 'εe', 'ηn', 'ωw', 'χx', 'γy', 'σo', 'ΑA', 'ΒB', 'ΕE', 'ΖZ', 'ΗH', 'ΙI', 'ΚK', 'ΜM', 'ΝN', 'ΟO', 'ΡP', 'ΤT', 'ΥY', 'ΧX', 'ⲟo', 'ꓲI', 'ꓰE'],
  ].map((pair) => [pair.charAt(0), pair.charAt(1)]),
);
const FOREIGN = /[\u0370-\u058f\u0251-\u02af\u2c80-\u2cff\ua4d0-\ua4ff]/;
/** A word of Latin letters with a letter among them that only looks like one. */
const MIXED = /[A-Za-z][A-Za-z]{0,30}[\u0370-\u058f\u0251-\u02af\u2c80-\u2cff\ua4d0-\ua4ff]|[\u0370-\u058f\u0251-\u02af\u2c80-\u2cff\ua4d0-\ua4ff][A-Za-z]/g;

/** The text with look-alikes as the Latin letters they stand for, and in how many places; undefined: no word is mixed. */
export const unmixed = (text: string): { readonly text: string; readonly words: number } | undefined => {
  if (!FOREIGN.test(text)) return undefined;
  const words = text.match(MIXED)?.length ?? 0;
  if (words === 0) return undefined;
  let latin = '';
  for (let i = 0; i < text.length; i++) latin += LOOK_ALIKE.get(text.charAt(i)) ?? text.charAt(i);
  return { text: latin, words };
};
