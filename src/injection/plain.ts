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
  ["'", '’‘ʼ‛´`'],
  ['"', '“”„‟″«»「」『』《》'],
  ...['-‐‑‒–—―−', 'اأإآٱ', 'یىي', 'کك', 'هةۀۂ', 'её', 'ЕЁ', 'ий', 'ії', 'σς', ':：'].map(
    (letters) => [letters.charAt(0), letters.slice(1)] as const,
  ),
];
const SMALL_CAPITALS = 'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ';
/** Format characters, marks above and below, and marks that words are written with or without: from, to. */
const DROPPED: readonly (readonly [number, number])[] = [
  ...([
    [0xad, 0xad],
    [0x300, 0x36f],
    [0x591, 0x5c7],
    [0x61c, 0x61c],
    [0x640, 0x640],
    [0x64b, 0x652],
  ] as const),
  ...([
    [0x670, 0x670],
    [0x93c, 0x93c],
    [0x9bc, 0x9bc],
    [0x115f, 0x1160],
    [0x17b4, 0x17b5],
    [0x180b, 0x180e],
  ] as const),
  ...([
    [0x1ab0, 0x1aff],
    [0x1dc0, 0x1dff],
    [0x200b, 0x200f],
    [0x202a, 0x202e],
    [0x2060, 0x206f],
  ] as const),
  ...([
    [0x20d0, 0x20f0],
    [0x3164, 0x3164],
    [0xfe00, 0xfe0f],
    [0xfe20, 0xfe2f],
    [0xfeff, 0xfeff],
    [0xffa0, 0xffa0],
  ] as const),
];
const isDropped = (code: number): boolean => DROPPED.some(([from, to]) => code >= from && code <= to);
const BASED = /[\u0370-\u03ff\u1f00-\u1fff\u0958-\u095f\u09dc-\u09df]/;
const STYLED = /[\u1d2c-\u1d6a\u2070-\u209f\u2100-\u214f\u2460-\u24ff\uff01-\uff5e]/;
const SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

const followed = (code: number): number => {
  const char = String.fromCharCode(code);
  if (code < 128) return code;
  if (isDropped(code)) return GONE;
  if (SPACE.test(char)) return 32;
  for (const [to, from] of FOLLOWS) if (from.includes(char)) return to.charCodeAt(0);
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
  if (point >= 0x1d400 && point <= 0x1d7ff)
    return String.fromCodePoint(point).normalize('NFKC').charCodeAt(0);
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return 97 + point - 0x1f1e6;
  for (const start of [0x1f110, 0x1f130, 0x1f150, 0x1f170])
    if (point >= start && point < start + 26) return 97 + point - start;
  return GONE;
};

const isAsciiLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;
const isUnseen = (code: number): boolean =>
  (code >= 0x200b && code <= 0x200d) ||
  (code >= 0x2060 && code <= 0x2064) ||
  code === 0xfeff ||
  code === 0x180e ||
  code === 0x034f ||
  code === 0x115f ||
  code === 0x3164 ||
  code === 0x061c;

/** Whether a text is nothing but ASCII. */
export const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
};

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
  if (isAscii(text)) return { text, from: undefined, seen: undefined };
  const reading = new Reading(text);
  reading.run();
  if (!reading.changed) return { text, from: undefined, seen: reading.seen };
  return {
    text: textOf(reading.units.subarray(0, reading.count)),
    from: reading.count === text.length ? undefined : reading.from,
    seen: reading.seen,
  };
};
