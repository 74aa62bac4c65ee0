// How a link stands in a file of the spool: `hash mark text newline`. The hash is the chain's and so also the line's checksum;
// the mark tells the first line of a write from those that were written together with it.
import type { Link, Place } from '../audit/chain.ts';
import { placeIn } from '../audit/chain.ts';

/** Everything before a line with this mark was durable before the line was written. */
const FIRST = '+';
const NEXT = ' ';
const HASH_CHARS = 64;
const HASH = /^[0-9a-f]{64}$/;
const NEWLINE = 10;

/** Links as the bytes of one write. */
export const linesOf = (links: readonly Link[]): Buffer => {
  let lines = '';
  for (const [index, { hash, text }] of links.entries()) {
    lines += `${hash}${index === 0 ? FIRST : NEXT}${text}\n`;
  }
  return Buffer.from(lines);
};

/** A line's length in bytes. */
export const lineBytes = (text: string): number => Buffer.byteLength(text) + HASH_CHARS + 2;

/** A line as it was found. `place` is undefined where the bytes are no line of ours. */
export type Line = {
  readonly start: number;
  /** Where the next one starts. */
  readonly end: number;
  readonly first: boolean;
  readonly hash: string;
  readonly text: string;
  readonly place: Place | undefined;
};

/** The lines of a file's bytes. What stands behind the last newline is a line without a place. */
export function* linesIn(content: Buffer): Generator<Line> {
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline < 0 ? content.length : newline + 1;
    const line = newline < 0 ? '' : content.toString('utf8', start, newline);
    const hash = line.slice(0, HASH_CHARS);
    const mark = line[HASH_CHARS];
    const text = line.slice(HASH_CHARS + 1);
    const ours = HASH.test(hash) && (mark === FIRST || mark === NEXT);
    yield { start, end, first: mark === FIRST, hash, text, place: ours ? placeIn(text) : undefined };
    start = end;
  }
}
