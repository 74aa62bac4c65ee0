// Base64 read from a run. Which of its characters it begins with cannot be known (`/path/` may come first, or the text be cut), so all
// four ways are read: those that may be text.
import type { Run } from './run.ts';
import { bytesRoom, RUN_CHARS, SIX } from './run.ts';
import type { Coded, Decoded } from './stretches.ts';
import { addStretches, awaited, follows, kindOf, LEAST_BYTES, mayBeText } from './stretches.ts';

/** Adds what `run` is as base64; gives where what may come of it later begins, or Infinity. */
export const addBase64 = (run: Run, runs: Decoded[]): number => {
  const { count: chars, open } = run;
  const bytes = bytesRoom.of(chars);
  let decided = Number.POSITIVE_INFINITY;
  for (let phase = 0; phase < 4 && phase < chars; phase++) {
    if (!open && !mayHoldText(run, phase)) continue;
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

/**
 * Whether a run may be text from `phase`: it has bytes enough in a row each of which may follow the one before it. Looked for from the
 * last of so many back, so that most bytes are never asked for.
 */
const mayHoldText = ({ codes, count: chars }: Run, phase: number): boolean => {
  const rest = (chars - phase) & 3;
  const count = ((chars - phase) >> 2) * 3 + Math.max(0, rest - 1);
  for (let last = LEAST_BYTES - 1; last < count; ) {
    const first = last - LEAST_BYTES + 1;
    let at = last;
    for (let kind = kindOf(byteAt(codes, phase, at)); at > first; at--) {
      const before = kindOf(byteAt(codes, phase, at - 1));
      if (!follows(before, kind)) break;
      kind = before;
    }
    if (at === first) return true;
    last = at + LEAST_BYTES - 1;
  }
  return false;
};

const byteAt = (codes: Uint8Array, phase: number, at: number): number => {
  const group = (at / 3) | 0;
  const part = at - 3 * group;
  const first = phase + 4 * group + part;
  const two = ((SIX[codes[first] ?? 0] ?? 0) << 6) | (SIX[codes[first + 1] ?? 0] ?? 0);
  return (two >> (4 - 2 * part)) & 255;
};
