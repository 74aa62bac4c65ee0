// Text that is encoded inside a text: base64 (both alphabets, wrapped or not), hexadecimal digits, `0x41, 0x42`. Which of its letters a run of base64 begins with cannot be known (`/path/` may come first,
// or the text be cut), so all four ways are read. The time is linear in the text.
import type { Coded, Decoded, Runs } from './stretches.ts';
import { addStretches, mayBeText } from './stretches.ts';

/** A run has so many characters, its padding apart: eleven bytes, as a social security number has. */
const RUN_CHARS = 15;
const HEX_CHARS = 16;
/** A line that is so long may be wrapped, and the run go on with the next. */
const LINE_CHARS = 40;

const NONE = 255;

const sixBits = (): Uint8Array => {
  const values = new Uint8Array(128).fill(NONE);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  for (const alphabet of [`${letters}+/`, `${letters}-_`])
    for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
};

/** The value of a unit in base64, and as a hexadecimal digit. */
const SIX: Uint8Array = sixBits();
const FOUR: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? NONE : digit;
});

const isIn = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code < 128 && SIX[code] !== NONE;
};

/**
 * What is encoded in `text`, one level; `open`: the text may go on. What ends before `since` may be left out, and what is not decided
 * from `held` on or after it need not be told.
 */
export const runsOf = (text: string, open: boolean, since = 0, held = text.length): Runs => {
  const runs: Decoded[] = [];
  let decided = text.length;
  let at = startOf(text, since);
  while (at < text.length) {
    const from = nextRun(text, at, open, held);
    if (from < 0) break;
    const run = new Run(text, from, open);
    decided = Math.min(decided, addBase64(run, runs), addHex(run, runs));
    at = run.next;
  }
  decided = Math.min(decided, addList(text, open, runs));
  return { runs, decided };
};

/** Where the run begins that goes on at `place`, over all its lines; `place` itself if none does. */
const startOf = (text: string, place: number): number => {
  let at = Math.min(place, text.length);
  for (;;) {
    while (at > 0 && isIn(text, at - 1)) at--;
    let line = at;
    if (text.charCodeAt(line - 1) === 10) line--;
    if (text.charCodeAt(line - 1) === 13) line--;
    if (line === at || !isIn(text, line - 1)) return at;
    at = line;
  }
};

/** Where the next run begins that is long enough, or touches the end of an open text before `held`; negative: there is none. */
const nextRun = (text: string, after: number, open: boolean, held: number): number => {
  let from = after;
  while (from + RUN_CHARS <= text.length) {
    let at = from + RUN_CHARS - 1;
    while (at >= from && isIn(text, at)) at--;
    if (at < from) return from;
    from = at + 1;
  }
  if (!open) return -1;
  let at = text.length;
  while (at > from && isIn(text, at - 1)) at--;
  return at < text.length && at < held ? at : -1;
};

/** Grows to what is asked for; reused from run to run. */
class Room {
  #bytes = new Uint8Array(1024);

  of(count: number): Uint8Array {
    if (this.#bytes.length < count) this.#bytes = new Uint8Array(count * 2);
    return this.#bytes;
  }
}

const codesRoom = new Room();
const bytesRoom = new Room();

/** A run: its characters without line breaks. */
class Run {
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
    for (;;) {
      while (end < text.length && isIn(text, end)) end++;
      count += end - line;
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
    this.codes = codesRoom.of(count);
    this.count = count;
    this.next = Math.max(padded, from + 1);
    this.end = padded;
    this.open = open && touches;
    this.#lines = lines;
    this.#fill(text);
  }

  #fill(text: string): void {
    const { codes, count } = this;
    const lines = this.#lines;
    for (let i = 0; i < lines.length; i++) {
      const [from = 0, at = 0] = lines[i] ?? [];
      const to = lines[i + 1]?.[0] ?? count;
      for (let j = from; j < to; j++) codes[j] = text.charCodeAt(at + j - from);
    }
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

/** Adds what `run` is as base64; gives where what may come of it later begins, or Infinity. */
const addBase64 = (run: Run, runs: Decoded[]): number => {
  const { count: chars, open } = run;
  const bytes = bytesRoom.of(chars);
  let decided = Number.POSITIVE_INFINITY;
  for (let phase = 0; phase < 4 && phase < chars; phase++) {
    const count = readBase64(run, phase, bytes);
    if (!open && !mayBeText(bytes, count)) continue;
    const coded: Coded = {
      bytes,
      count,
      start: (at) => run.start(Math.min(chars, phase + Math.floor(at / 3) * 4)),
      end: (at) => run.past(phase + Math.ceil(at / 3) * 4),
      open,
    };
    decided = Math.min(decided, chars < RUN_CHARS ? awaited(coded) : addStretches(coded, runs));
  }
  return decided;
};

/** Reads `run` as base64 from `phase`; an open one without the group at its end. */
const readBase64 = ({ codes, count: chars, open }: Run, phase: number, bytes: Uint8Array): number => {
  let count = 0;
  let at = phase;
  for (; at + 4 <= chars; at += 4) {
    const group =
      ((SIX[codes[at] ?? 0] ?? 0) << 18) |
      ((SIX[codes[at + 1] ?? 0] ?? 0) << 12) |
      ((SIX[codes[at + 2] ?? 0] ?? 0) << 6) |
      (SIX[codes[at + 3] ?? 0] ?? 0);
    bytes[count] = group >> 16;
    bytes[count + 1] = (group >> 8) & 255;
    bytes[count + 2] = group & 255;
    count += 3;
  }
  const rest = chars - at;
  if (open || rest < 2) return count;
  const group =
    ((SIX[codes[at] ?? 0] ?? 0) << 12) |
    ((SIX[codes[at + 1] ?? 0] ?? 0) << 6) |
    (rest > 2 ? (SIX[codes[at + 2] ?? 0] ?? 0) : 0);
  bytes[count] = group >> 10;
  bytes[count + 1] = (group >> 2) & 255;
  return count + rest - 1;
};

/** Of a run that is too short as yet: where the first of it begins that is text. */
const awaited = (coded: Coded): number => {
  const found: Decoded[] = [];
  const decided = addStretches(coded, found);
  return Math.min(decided, ...found.map(({ view }) => view.start(0)));
};

/** Adds what the hexadecimal digits in `run` are; gives what {@link addBase64} gives. */
const addHex = (run: Run, runs: Decoded[]): number => {
  const { codes, count } = run;
  let decided = Number.POSITIVE_INFINITY;
  for (let from = 0; from < count; from++) {
    if (FOUR[codes[from] ?? 0] === NONE) continue;
    let end = from + 1;
    while (end < count && FOUR[codes[end] ?? 0] !== NONE) end++;
    const open = run.open && end === count && run.end === run.start(count);
    const long = end - from >= HEX_CHARS;
    for (let phase = from; (long || open) && phase < from + 2 && phase < end; phase++) {
      const coded = hexOf(run, phase, end, open);
      decided = Math.min(decided, long ? addStretches(coded, runs) : awaited(coded));
    }
    from = end;
  }
  return decided;
};

const hexOf = (run: Run, from: number, end: number, open: boolean): Coded => {
  const { codes } = run;
  const count = (end - from) >> 1;
  const bytes = bytesRoom.of(count);
  for (let i = 0; i < count; i++)
    bytes[i] = ((FOUR[codes[from + 2 * i] ?? 0] ?? 0) << 4) | (FOUR[codes[from + 2 * i + 1] ?? 0] ?? 0);
  const past = (at: number): number => (at === run.count ? run.start(at) : run.past(at));
  return { bytes, count, start: (at) => run.start(from + 2 * at), end: (at) => past(from + 2 * at), open };
};

const ITEM = /0x[\da-f]{2}(?![\da-f])[,;\s]{0,4}/iy;
const FIRST_OF_ITEM = /^(?:0(?:x[\da-f]{0,2})?)?$/i;

/** Adds what lists of bytes as `0x41, 0x42` are; gives what {@link addBase64} gives. */
const addList = (text: string, open: boolean, runs: Decoded[]): number => {
  let decided = Number.POSITIVE_INFINITY;
  for (let from = text.indexOf('0x'); from >= 0; ) {
    const isByte = FOUR[text.charCodeAt(from + 2)] !== NONE && FOUR[text.charCodeAt(from + 3)] !== NONE;
    let next = from + 2;
    if (isByte || from + 4 > text.length) {
      const coded = listAt(text, from, open);
      decided = Math.min(decided, addStretches(coded, runs));
      next = Math.max(next, coded.start(coded.count));
    }
    from = text.indexOf('0x', next);
  }
  return open && text.endsWith('0') ? Math.min(decided, text.length - 1) : decided;
};

/** The list that begins at `from`. */
const listAt = (text: string, from: number, open: boolean): Coded => {
  const places: number[] = [];
  let at = from;
  for (ITEM.lastIndex = at; ITEM.test(text); ITEM.lastIndex = at) {
    places.push(at);
    at = ITEM.lastIndex;
  }
  const bytes = Uint8Array.from(places, (place) => Number.parseInt(text.slice(place + 2, place + 4), 16));
  return {
    bytes,
    count: bytes.length,
    start: (i) => places[i] ?? at,
    end: (i) => (i === 0 ? from : (places[i - 1] ?? at) + 4),
    open: open && at + 4 >= text.length && FIRST_OF_ITEM.test(text.slice(at)),
  };
};
