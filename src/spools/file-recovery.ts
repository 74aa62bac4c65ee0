// Takes up a folder of the file spool again: finds where its chain goes on, cuts off what was never durable, and keeps aside
// whatever cannot be continued. Nothing that is not in Postgres is ever deleted.
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Head, Sha256Hex } from '../audit/chain.ts';
import { linkHash } from '../audit/chain.ts';
import { syncFolder } from './file-disk.ts';
import type { Line } from './file-lines.ts';
import { lineBytes, linesIn } from './file-lines.ts';
import type { Segment } from './file-segments.ts';
import { firstIn } from './file-segments.ts';

/** What was cut off the end of the chain: a `torn` write nobody was told of, or `damaged` lines that had been durable. */
export type Cut = {
  readonly what: 'torn' | 'damaged';
  /** The last entry before it. */
  readonly after_seq: number;
  readonly bytes: number;
  /** Where it is kept, within the spool's folder. */
  readonly folder: string;
};

/** A chain that does not fit what Postgres has of it, put aside whole; another begins. */
export type SetAside = {
  /** `forked`: Postgres has another entry in a place. `gap`: entries between the two are nowhere. */
  readonly why: 'forked' | 'gap';
  readonly writer: string;
  /** Entries that Postgres does not have, as far as they can be read. */
  readonly entries: number;
  readonly last_seq: number;
  readonly last_hash: string;
  readonly folder: string;
};

/** What a folder holds that Postgres does not have. */
export type Left = { readonly entries: number; readonly bytes: number; readonly oldestAtMs: number | null };

/** A chain that goes on. */
export type Recovered = {
  readonly head: Head;
  readonly left: Left;
  readonly segments: readonly Segment[];
  readonly cut: Cut | null;
};

const WRITER = /^wr_[0-9A-Za-z]{8,64}$/;

/** Makes the folder where it is missing, and makes sure that a power cut does not take it away again. */
export const makeFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Its parent may be as new as it is.
  for (const place of [folder, dirname(folder), dirname(dirname(folder))]) {
    try {
      syncFolder(place);
    } catch (error) {
      // Not every parent may be opened; whoever may not open one has not made it either.
      if (place === folder) throw error;
    }
  }
};

/** The id of the writer whose folder this is; made by `make` when there is none. */
export const writerOf = (folder: string, make: () => string): string => {
  const path = join(folder, 'writer');
  if (existsSync(path)) {
    const id = readFileSync(path, 'utf8').trim();
    if (!WRITER.test(id))
      throw new Error(`${path} holds no writer's id: move the folder away to begin a new chain`);
    return id;
  }
  const id = make();
  writeDurably(`${path}.tmp`, Buffer.from(`${id}\n`));
  renameSync(`${path}.tmp`, path);
  syncFolder(folder);
  return id;
};

type Walk = {
  head: Head;
  /** Whether a line was found that goes on where Postgres ends. */
  started: boolean;
  entries: number;
  bytes: number;
  oldestAtMs: number | null;
  /** Where the lines begin that do not go on. */
  bad: { readonly index: number; readonly start: number } | undefined;
  /** Whether something behind `bad` was written when `bad` was durable. */
  durable: boolean;
  /** Why the chain does not fit, unless a line turns up that does. */
  why: SetAside['why'] | undefined;
};

type Known = { readonly writer: string; readonly shipped: Head; readonly sha256: Sha256Hex };

/**
 * Reads a folder against the end that Postgres has of its chain. A folder that cannot go on from there is put aside. The
 * caller holds the folder's lock.
 */
export const recover = (folder: string, known: Known): Recovered | SetAside => {
  const segments = segmentsOf(folder, known.shipped);
  const walk: Walk = {
    head: known.shipped,
    started: false,
    entries: 0,
    bytes: 0,
    oldestAtMs: null,
    bad: undefined,
    durable: false,
    why: undefined,
  };
  for (const [index, segment] of segments.entries()) {
    for (const line of linesIn(readFileSync(segment.path))) {
      step(walk, index, line, known);
      if (walk.bad !== undefined) continue;
      segment.last = line.place?.seq ?? segment.last;
      segment.bytes = line.end;
    }
  }
  if (walk.why !== undefined) return setAside(folder, known, walk.why, segments);
  const cut = walk.bad === undefined ? null : cutOff(folder, known.writer, segments, walk, walk.bad);
  for (const { path, bytes } of segments) {
    // A process that was killed may have left lines in memory only. What comes after them must not be safer than they are.
    if (bytes > 0) syncFile(path);
    else unlinkSync(path);
  }
  const { head, entries, bytes, oldestAtMs } = walk;
  return {
    head,
    left: { entries, bytes, oldestAtMs },
    segments: segments.filter((segment) => segment.bytes > 0),
    cut,
  };
};

const step = (walk: Walk, index: number, line: Line, { writer, shipped, sha256 }: Known): void => {
  const place = line.place?.writer === writer ? line.place : undefined;
  if (place !== undefined && !walk.started && place.seq <= shipped.seq) {
    // Postgres has it, and so whatever was bad before it.
    walk.bad = undefined;
    walk.why = place.seq === shipped.seq && line.hash !== shipped.hash ? 'forked' : undefined;
    return;
  }
  const next = place !== undefined && place.seq === walk.head.seq + 1;
  const open = walk.bad === undefined || !walk.started;
  if (open && next && linkHash(sha256, walk.head.hash, line.text) === line.hash) {
    walk.started = true;
    walk.bad = undefined;
    walk.why = undefined;
    walk.head = { seq: place.seq, hash: line.hash };
    walk.entries++;
    walk.bytes += lineBytes(line.text);
    walk.oldestAtMs ??= Date.parse(place.at);
    return;
  }
  if (walk.bad !== undefined) {
    walk.durable ||= place !== undefined && (line.first || index > walk.bad.index);
    return;
  }
  if (place !== undefined && !walk.started) walk.why ??= next ? 'forked' : 'gap';
  walk.bad = { index, start: line.start };
};

/** The folder's segments, oldest first. Those that Postgres has in full are removed; the newest stays. */
const segmentsOf = (folder: string, shipped: Head): Segment[] => {
  const found = readdirSync(folder)
    .flatMap((name) => {
      const first = firstIn(name);
      return first === undefined ? [] : [{ path: join(folder, name), first, last: first - 1, bytes: 0 }];
    })
    .sort((a, b) => a.first - b.first);
  return found.filter(({ path }, index) => {
    const next = found[index + 1];
    const gone = next !== undefined && next.first <= shipped.seq + 1;
    if (gone) unlinkSync(path);
    return !gone;
  });
};

/** Keeps what does not go on in a folder of its own, and takes it out of the segments. */
const cutOff = (
  folder: string,
  writer: string,
  segments: Segment[],
  walk: Walk,
  bad: { readonly index: number; readonly start: number },
): Cut | null => {
  const removed = segments.splice(bad.index);
  const [cut, ...later] = removed;
  if (cut === undefined) return null;
  const aside = join(folder, `aside-${writer}-${walk.head.seq}`);
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  const rest = readFileSync(cut.path).subarray(bad.start);
  // Before it is cut off, so that no moment is without it.
  writeDurably(join(aside, basename(cut.path)), rest);
  let bytes = rest.length;
  const durable = walk.durable || later.some(({ path }) => readFileSync(path).length > 0);
  for (const { path } of later) {
    bytes += readFileSync(path).length;
    renameSync(path, join(aside, basename(path)));
  }
  if (bad.start === 0) unlinkSync(cut.path);
  else {
    truncate(cut.path, bad.start);
    segments.push(cut);
  }
  syncFolder(aside);
  syncFolder(folder);
  return { what: durable ? 'damaged' : 'torn', after_seq: walk.head.seq, bytes, folder: basename(aside) };
};

/** Moves the whole chain into a folder of its own within the folder. The writer's id goes last: until then it is tried again. */
const setAside = (
  folder: string,
  { writer, shipped }: Known,
  why: SetAside['why'],
  segments: readonly Segment[],
): SetAside => {
  const aside = join(folder, `aside-${writer}`);
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  let entries = 0;
  let last: Head = { seq: 0, hash: '' };
  for (const { path } of segments) {
    for (const { place, hash } of linesIn(readFileSync(path))) {
      if (place === undefined) continue;
      if (place.seq > shipped.seq) entries++;
      last = { seq: place.seq, hash };
    }
    renameSync(path, join(aside, basename(path)));
  }
  renameSync(join(folder, 'writer'), join(aside, 'writer'));
  syncFolder(aside);
  syncFolder(folder);
  return { why, writer, entries, last_seq: last.seq, last_hash: last.hash, folder: basename(aside) };
};

const writeDurably = (path: string, bytes: Uint8Array): void => {
  const file = openSync(path, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const syncFile = (path: string): void => {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const truncate = (path: string, bytes: number): void => {
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};
