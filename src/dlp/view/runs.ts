// Text that is encoded inside a text: base64 (both alphabets, wrapped or not), hexadecimal digits, `0x41, 0x42`. The time is linear in
// the text.
import { addBase64 } from './base64.ts';
import { bytesRoom, isIn, NONE, RUN_CHARS, Run } from './run.ts';
import type { Coded, Decoded, Runs } from './stretches.ts';
import { addStretches, awaited } from './stretches.ts';

const HEX_CHARS = 16;

/** The value of a unit as a hexadecimal digit. */
const FOUR: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? NONE : digit;
});

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
