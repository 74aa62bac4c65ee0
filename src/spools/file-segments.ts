// The files of the file spool while it runs: segments of lines, written at the end of the newest, read where shipping stands,
// removed when Postgres has them. After a write that failed the newest is as it was before.
import { close, open, read, unlink } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Link } from '../audit/chain.ts';
import type { Disk, DiskFile } from './file-disk.ts';
import { machineDisk } from './file-disk.ts';
import { lineBytes, linesIn, linesOf } from './file-lines.ts';

const opening = promisify(open);
const closing = promisify(close);
const reading = promisify(read);
const unlinking = promisify(unlink);

/** A segment is followed by another when it is longer than this. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** Read at once; longer than the longest line. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** What is written to see whether a disk takes anything again. */
const PROBE = new Uint8Array(4096);

const NAME = /^spool-(\d{12,16})\.log$/;

/** The number of a segment's first entry; undefined for another file's name. */
export const firstIn = (name: string): number | undefined => {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** A segment's name. */
export const segmentName = (first: number): string => `spool-${String(first).padStart(12, '0')}.log`;

/** A file of entries `first` to `last`; `bytes` of it are durable. */
export type Segment = { readonly path: string; readonly first: number; last: number; bytes: number };

/** The segments of one writer in one folder. The caller holds the folder's lock, and writes one batch after the other. */
export class Segments {
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #segmentBytes: number;
  #segments: Segment[];
  #file: DiskFile | undefined;
  /** Whether a write that failed may have left something behind the durable bytes. */
  #torn = false;
  #cursor = { path: '', seq: -1, offset: 0 };

  /** Goes on after what is there: the first write makes a new segment. */
  constructor(
    folder: string,
    found: readonly Segment[],
    disk: Disk = machineDisk,
    segmentBytes = SEGMENT_BYTES,
  ) {
    this.#folder = folder;
    this.#segments = [...found];
    this.#disk = disk;
    this.#segmentBytes = segmentBytes;
  }

  /** Makes links durable, all or none of them. */
  async append(links: readonly Link[]): Promise<void> {
    const [first] = links;
    const last = links.at(-1);
    if (first === undefined || last === undefined) return;
    const bytes = linesOf(links);
    const segment = await this.#write(first.seq, bytes);
    segment.bytes += bytes.length;
    segment.last = last.seq;
  }

  /** Resolves when the disk takes something again; leaves nothing. `next` is the number of the next entry. */
  async probe(next: number): Promise<void> {
    await this.#write(next, PROBE);
    this.#torn = true;
    await this.#mend();
  }

  /** Links after `seq`, oldest first: as many as fit, at least one where there is one. */
  async read(seq: number, entries: number, bytes: number): Promise<Link[]> {
    const segment = this.#segments.find(({ last }) => last > seq);
    if (segment === undefined) return [];
    const known = this.#cursor.path === segment.path && this.#cursor.seq === seq;
    const links: Link[] = [];
    let offset = known ? this.#cursor.offset : 0;
    const file = await opening(segment.path, 'r');
    try {
      while (links.length === 0 && offset < segment.bytes) {
        const chunk = await chunkOf(file, offset, Math.min(CHUNK_BYTES, segment.bytes - offset));
        const taken = take(chunk, seq, { entries, bytes }, links);
        if (taken === 0) break;
        offset += taken;
      }
    } finally {
      await closing(file);
    }
    this.#cursor = { path: segment.path, seq: links.at(-1)?.seq ?? -1, offset };
    return links;
  }

  /** Removes segments that Postgres has in full. The newest stays: it tells where the chain ended. */
  async release(shipped: number): Promise<void> {
    const gone: Segment[] = [];
    for (
      let oldest = this.#segments[0];
      oldest !== undefined && oldest.last <= shipped;
      oldest = this.#segments[0]
    ) {
      if (this.#segments.length === 1) break;
      gone.push(oldest);
      this.#segments.shift();
    }
    for (const { path } of gone) await unlinking(path);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(seq: number, bytes: Uint8Array): Promise<Segment> {
    await this.#mend();
    const { file, segment } = await this.#newest(seq);
    try {
      for (let done = 0; done < bytes.length; ) {
        const written = await file.write(bytes.subarray(done), segment.bytes + done);
        if (written === 0) throw new Error('the disk takes nothing');
        done += written;
      }
      await file.sync();
    } catch (error) {
      this.#torn = true;
      // If that fails too it is done before the next write, which otherwise does not happen.
      await this.#mend().catch(() => undefined);
      throw error;
    }
    return segment;
  }

  async #newest(seq: number): Promise<{ file: DiskFile; segment: Segment }> {
    const newest = this.#segments.at(-1);
    if (this.#file !== undefined && newest !== undefined && newest.bytes < this.#segmentBytes) {
      return { file: this.#file, segment: newest };
    }
    const path = join(this.#folder, segmentName(seq));
    const file = await this.#disk.create(path);
    const segment = { path, first: seq, last: seq - 1, bytes: 0 };
    await this.#file?.close();
    this.#file = file;
    this.#segments.push(segment);
    return { file, segment };
  }

  /** Takes away what a write that failed may have left. */
  async #mend(): Promise<void> {
    if (!this.#torn) return;
    await this.#file?.truncate(this.#segments.at(-1)?.bytes ?? 0);
    this.#torn = false;
  }
}

const chunkOf = async (file: number, offset: number, length: number): Promise<Buffer> => {
  const chunk = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await reading(file, chunk, done, length - done, offset + done);
    if (bytesRead === 0) throw new Error('a segment is shorter than it was');
    done += bytesRead;
  }
  return chunk;
};

/** Puts lines after `seq` into `links`; returns how many bytes are done with. */
const take = (
  chunk: Buffer,
  seq: number,
  limit: { entries: number; bytes: number },
  links: Link[],
): number => {
  let done = 0;
  let bytes = 0;
  for (const { end, hash, text, place } of linesIn(chunk)) {
    const whole = chunk[end - 1] === 10;
    if (!whole) break;
    if (place !== undefined && place.seq > seq) {
      bytes += lineBytes(text);
      if (links.length >= limit.entries || (links.length > 0 && bytes > limit.bytes)) break;
      links.push({ writer: place.writer, seq: place.seq, hash, text });
    }
    done = end;
  }
  return done;
};
