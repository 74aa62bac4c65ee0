// Server-sent events (WHATWG HTML, section 9.2): bytes -> events, what an event says, and an event's bytes.
import type { Framing, WireFrame } from './frames.ts';
import { cutFrames } from './frames.ts';

export { FrameTooLong } from './frames.ts';

/** One event with the blank line that ends it. Comments alone (`: ping`) and blank lines alone are frames too. */
export type SseFrame = WireFrame;

const LF = 0x0a;
const CR = 0x0d;
const BOM = [0xef, 0xbb, 0xbf];

/**
 * Cuts a stream into events; throws FrameTooLong over `eventBytes` (blank line included). A blank line that ends in CR at the end of
 * a chunk waits for the next byte, which may be its LF.
 */
export const sseFrames = (
  chunks: AsyncIterable<Uint8Array>,
  limits: { readonly eventBytes: number },
): AsyncGenerator<SseFrame, void, undefined> => cutFrames(chunks, limits.eventBytes, new EventFraming());

/** Follows the lines of one stream. */
class EventFraming implements Framing {
  /** Whether the current line has no bytes yet. */
  #lineEmpty = true;
  /** The chunk before ended in a CR: of a line with bytes, or of a blank one, which ends the event. */
  #openCr: 'none' | 'line' | 'blank' = 'none';
  /** Bytes of a byte order mark seen; 3 once the stream's start is behind us. */
  #bom = 0;
  /** The next LF and CR of the chunk at or after where we are, so that each is looked for once. */
  #lf = 0;
  #cr = 0;

  next(chunk: Uint8Array, from: number): number {
    if (from === 0) this.#lf = this.#cr = -1;
    let offset = from;
    if (this.#openCr !== 'none') {
      const blank = this.#openCr === 'blank';
      this.#openCr = 'none';
      if (chunk[offset] === LF) offset++;
      if (blank) return offset;
    }
    if (this.#bom < BOM.length) offset = this.#pastBom(chunk, offset);
    while (offset < chunk.length) {
      const end = this.#lineEnd(chunk, offset);
      const blank = this.#lineEmpty && end === offset;
      this.#lineEmpty = end < chunk.length;
      if (end === chunk.length) break;
      offset = end + 1;
      if (chunk[end] === CR) {
        if (offset === chunk.length) {
          this.#openCr = blank ? 'blank' : 'line';
          break;
        }
        if (chunk[offset] === LF) offset++;
      }
      if (blank) return offset;
    }
    return -1;
  }

  whole(): boolean {
    return this.#openCr === 'blank';
  }

  /** The offset of the CR or LF that ends the line, or the chunk's length. */
  #lineEnd(chunk: Uint8Array, from: number): number {
    if (this.#lf < from) this.#lf = nextOf(LF, chunk, from);
    if (this.#cr < from) this.#cr = nextOf(CR, chunk, from);
    return Math.min(this.#lf, this.#cr);
  }

  #pastBom(chunk: Uint8Array, from: number): number {
    let offset = from;
    while (this.#bom < BOM.length && offset < chunk.length) {
      if (chunk[offset] !== BOM[this.#bom]) {
        this.#lineEmpty = this.#bom === 0;
        this.#bom = BOM.length;
        break;
      }
      this.#bom++;
      offset++;
    }
    return offset;
  }
}

const nextOf = (byte: number, chunk: Uint8Array, from: number): number => {
  const found = chunk.indexOf(byte, from);
  return found < 0 ? chunk.length : found;
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const LINE_END = /\r\n|\n|\r/;

/** The `data` of an event, its lines joined by `\n`; `undefined` when it has none. Invalid UTF-8 reads as U+FFFD, as clients read it. */
export const sseData = (bytes: Uint8Array): string | undefined => {
  const text = decoder.decode(bytes);
  const only = onlyData(text);
  if (only !== undefined) return only;
  const lines = fieldValues(text, 'data');
  return lines.length > 0 ? lines.join('\n') : undefined;
};

/** The data of an event that is one line of it and no more, as most are; undefined: this is another. */
export const onlyData = (text: string): string | undefined =>
  text.startsWith('data: ') &&
  text.endsWith('\n\n') &&
  text.indexOf('\n') === text.length - 2 &&
  !text.includes('\r')
    ? text.slice(6, -2)
    : undefined;

/** The name in the last `event` field of an event; `undefined` when it has none. */
export const sseEvent = (bytes: Uint8Array): string | undefined =>
  fieldValues(decoder.decode(bytes), 'event').at(-1);

/** One event. Line breaks of any kind in `data` start a new `data` line, so they read back as `\n`; those in `event` become spaces. */
export const sseBytes = ({
  event,
  data,
}: {
  readonly event?: string;
  readonly data: string;
}): Uint8Array<ArrayBuffer> => {
  const name = event === undefined ? '' : `event: ${event.replace(/[\r\n]+/g, ' ')}\n`;
  const lines = data.split(LINE_END).map((line) => `data: ${line}\n`);
  return encoder.encode(`${name}${lines.join('')}\n`);
};

/** The values of all fields of that name, in order. */
const fieldValues = (text: string, field: string): string[] => {
  const values: string[] = [];
  for (const line of text.includes('\r') ? text.split(LINE_END) : text.split('\n')) {
    if (!line.startsWith(field)) continue;
    if (line.length === field.length) values.push('');
    else if (line[field.length] === ':')
      values.push(line.slice(field.length + (line[field.length + 1] === ' ' ? 2 : 1)));
  }
  return values;
};
