// A run of characters that base64 is written with, in one line or several.

/** A run has so many characters, its padding apart: eleven bytes, as a social security number has. */
export const RUN_CHARS = 15;
/** A line that is so long may be wrapped, and the run go on with the next. */
const LINE_CHARS = 40;

/** In tables of values: it has none. */
export const NONE = 255;

const sixBits = (): Uint8Array => {
  const values = new Uint8Array(128).fill(NONE);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  for (const alphabet of [`${letters}+/`, `${letters}-_`])
    for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
};

/** The value of a unit in base64. */
export const SIX: Uint8Array = sixBits();

/** Whether the unit at `at` may be of a run. */
export const isIn = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code < 128 && SIX[code] !== NONE;
};

/** Grows to what is asked for; reused from run to run. */
class Room {
  #bytes = new Uint8Array(1024);

  of(count: number): Uint8Array {
    if (this.#bytes.length < count) this.#bytes = new Uint8Array(count * 2);
    return this.#bytes;
  }

  /** The same with twice the room. */
  grown(): Uint8Array {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    return larger;
  }
}

const codesRoom = new Room();

/** Where bytes are decoded to, of one run at a time. */
export const bytesRoom = new Room();

/** A run: its characters without line breaks. */
export class Run {
  readonly codes: Uint8Array;
  readonly count: number;
  /** Where the search goes on. */
  readonly next: number;
  /** Where it ends, with its padding. */
  readonly end: number;
  /** It may go on. */
  readonly open: boolean;
  /** Where its lines begin: in the run, and in the text. */
  readonly #lines: readonly (readonly [number, number])[];

  constructor(text: string, from: number, open: boolean) {
    const lines: [number, number][] = [[0, from]];
    let end = from;
    let line = from;
    let count = 0;
    let codes = codesRoom.of(RUN_CHARS);
    for (;;) {
      for (let code = text.charCodeAt(end); code < 128 && SIX[code] !== NONE; code = text.charCodeAt(end)) {
        if (count === codes.length) codes = codesRoom.grown();
        codes[count] = code;
        count += 1;
        end += 1;
      }
      const next = end - line < LINE_CHARS ? end : pastBreak(text, end);
      if (next === end || !isIn(text, next)) break;
      lines.push([count, next]);
      line = next;
      end = next;
    }
    const last = end - line < LINE_CHARS ? end : pastBreak(text, end);
    let padded = end;
    while (padded < text.length && padded < end + 2 && text.charCodeAt(padded) === 61) padded++;
    const touches = padded === text.length || (last === text.length && last > end);
    this.codes = codes;
    this.count = count;
    this.next = Math.max(padded, from + 1);
    this.end = padded;
    this.open = open && touches;
    this.#lines = lines;
  }

  /** Where character `at` is in the text; of one past the last: where that may come. */
  start(at: number): number {
    const [from, place] = this.#line(at);
    return place + at - from;
  }

  /** Just past the characters before `at`, all of them with the padding. */
  past(at: number): number {
    if (at >= this.count) return this.end;
    const [from, place] = this.#line(at - 1);
    return place + at - from;
  }

  #line(at: number): readonly [number, number] {
    const lines = this.#lines;
    let low = 0;
    let high = lines.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((lines[middle]?.[0] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return lines[low] ?? [0, 0];
  }
}

/** Past one line break at `at`, if there is one. */
const pastBreak = (text: string, at: number): number => {
  const next = text.charCodeAt(at) === 13 ? at + 1 : at;
  return text.charCodeAt(next) === 10 ? next + 1 : next;
};
