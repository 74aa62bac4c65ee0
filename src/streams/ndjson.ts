// Newline-delimited JSON (github.com/ndjson/ndjson-spec): bytes -> lines.
import type { Framing, WireFrame } from './frames.ts';
import { cutFrames } from './frames.ts';

export { FrameTooLong } from './frames.ts';

/** One line with its newline. Empty lines are frames too. */
export type NdjsonFrame = WireFrame;

const LF = 0x0a;

const LINES: Framing = {
  next: (chunk, from) => {
    const newline = chunk.indexOf(LF, from);
    return newline < 0 ? -1 : newline + 1;
  },
  whole: () => false,
};

/** Cuts a stream into lines; throws FrameTooLong over `lineBytes` (newline included). */
export const ndjsonFrames = (
  chunks: AsyncIterable<Uint8Array>,
  limits: { readonly lineBytes: number },
): AsyncGenerator<NdjsonFrame, void, undefined> => cutFrames(chunks, limits.lineBytes, LINES);
