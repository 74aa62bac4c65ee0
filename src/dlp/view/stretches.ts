// Stretches of bytes that are text (UTF-8, printable), and where their characters came from.
import type { View } from './offsets.ts';
import { textOf } from './offsets.ts';

/** Bytes that something in a text stands for. Offsets are of that text. */
export type Coded = {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Where what byte `at` came from begins; of `count`: where what is not decoded yet does. */
  readonly start: (at: number) => number;
  /** Just past what the bytes before `at` came from. */
  readonly end: (at: number) => number;
  /** More of them may come. */
  readonly open: boolean;
};

/** Text that was found decoded; its view leads back. `open`: it may go on. */
export type Decoded = { readonly view: View; readonly open: boolean };

/** What is encoded in a text; `decided`: from there on more may come when the text goes on. */
export type Runs = { readonly runs: readonly Decoded[]; readonly decided: number };

/** Shorter text is no value, and chance makes too much of it. */
export const LEAST_BYTES = 9;

const OTHER = 0;
const SHOWN = 1;
const GOES_ON = 5;

/** What a byte is in UTF-8: printable by itself, the first of two to four, or one that goes on. */
const KINDS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x80) return (byte >= 0x20 && byte !== 0x7f) || [9, 10, 13].includes(byte) ? SHOWN : OTHER;
  if (byte < 0xc0) return GOES_ON;
  if (byte < 0xc2 || byte > 0xf4) return OTHER;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
});

/** What a byte is in UTF-8. */
export const kindOf = (byte: number): number => KINDS[byte] ?? OTHER;

/** Whether a byte of one kind may follow one of another in a text. */
export const follows = (before: number, kind: number): boolean =>
  before !== OTHER &&
  kind !== OTHER &&
  (kind === GOES_ON ? before > SHOWN : before === SHOWN || before === GOES_ON);

/** Whether there may be a stretch: enough bytes in a row, each of which may follow the one before it. */
export const mayBeText = (bytes: Uint8Array, count: number): boolean => {
  let row = 0;
  let before = OTHER;
  for (let at = 0; at < count; at++) {
    const kind = KINDS[bytes[at] ?? 0] ?? OTHER;
    const led = before > SHOWN && before < GOES_ON;
    if (kind === OTHER) row = 0;
    else if (kind === GOES_ON ? before > SHOWN : !led) row += 1;
    else row = kind === GOES_ON ? 0 : 1;
    if (row >= LEAST_BYTES) return true;
    before = kind;
  }
  return false;
};

/** Adds to `found` the stretches of `coded` that are text; gives where what may yet become one begins, or Infinity. */
export const addStretches = (coded: Coded, found: Decoded[]): number => {
  const { bytes, count } = coded;
  let from = 0;
  let lead = 0;
  let missing = 0;
  for (let at = 0; at < count; at++) {
    const kind = KINDS[bytes[at] ?? 0] ?? OTHER;
    if (missing > 0) {
      if (kind === GOES_ON) {
        missing -= 1;
        continue;
      }
      if (lead - from >= LEAST_BYTES) addStretch(coded, from, lead, false, found);
      missing = 0;
      from = at;
    }
    if (kind === SHOWN) continue;
    if (kind === OTHER || kind === GOES_ON) {
      if (at - from >= LEAST_BYTES) addStretch(coded, from, at, false, found);
      from = at + 1;
    } else {
      lead = at;
      missing = kind - 1;
    }
  }
  const to = missing > 0 ? lead : count;
  addStretch(coded, from, to, coded.open, found);
  if (!coded.open) return Number.POSITIVE_INFINITY;
  return coded.start(to - from < LEAST_BYTES ? from : to);
};

const addStretch = (coded: Coded, from: number, to: number, open: boolean, found: Decoded[]): void => {
  if (to - from < LEAST_BYTES) return;
  const units = new Uint16Array(to - from);
  let ascii = true;
  for (let at = from; at < to; at++) {
    const byte = coded.bytes[at] ?? 0;
    units[at - from] = byte;
    if (byte >= 0x80) ascii = false;
  }
  if (ascii) {
    const view: View = {
      text: textOf(units, units.length),
      start: (at) => coded.start(from + at),
      end: (at) => coded.end(from + at),
      decided: coded.start(to),
    };
    found.push({ view, open });
    return;
  }
  const origins = new Uint32Array(to - from + 1);
  const length = decode(units, origins, from);
  const view: View = {
    text: textOf(units, length),
    start: (at) => coded.start(origins[at] ?? to),
    end: (at) => coded.end(origins[at] ?? to),
    decided: coded.start(to),
  };
  found.push({ view, open });
};

/** Decodes UTF-8 in place, noting which byte each unit came from; gives the number of units. */
const decode = (units: Uint16Array, origins: Uint32Array, from: number): number => {
  const count = units.length;
  let length = 0;
  for (let at = 0; at < count; ) {
    const lead = units[at] ?? 0;
    const size = Math.max(SHOWN, KINDS[lead] ?? SHOWN);
    let code = size === 1 ? lead : lead & (0xff >> (size + 1));
    for (let i = 1; i < size; i++) code = (code << 6) | ((units[at + i] ?? 0) & 0x3f);
    origins[length] = from + at;
    if (code > 0xffff) {
      units[length] = 0xd7c0 + (code >> 10);
      origins[length + 1] = from + at;
      units[length + 1] = 0xdc00 + (code & 0x3ff);
      length += 2;
    } else {
      units[length] = code;
      length += 1;
    }
    at += size;
  }
  origins[length] = from + count;
  return length;
};

/** Of a run that is too short as yet: where the first of it begins that is text. */
export const awaited = (coded: Coded): number => {
  const found: Decoded[] = [];
  const decided = addStretches(coded, found);
  return Math.min(decided, ...found.map(({ view }) => view.start(0)));
};
