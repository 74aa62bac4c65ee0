// The spool on a disk (Node, Deno): an entry is durable when its line is on the disk; Postgres gets it after. One chain a
// folder, taken up again at the next start. Entries that wait together are written and synced together.
import type { Head, Link, Sha256Hex } from '../audit/chain.ts';
import { GENESIS, headOf, linkHash, textAround } from '../audit/chain.ts';
import { mustBeKeepable } from '../audit/keepable.ts';
import { lateSeal } from '../audit/lost.ts';
import type { Entry } from '../audit/record.ts';
import type { Disk } from './file-disk.ts';
import type { Cut, Recovered, SetAside } from './file-recovery.ts';
import { makeFolder, recover, writerOf } from './file-recovery.ts';
import { Segments } from './file-segments.ts';
import type { Shipper } from './ship.ts';
import { shipper } from './ship.ts';
import type { Spool, SpoolState } from './spool.ts';
import { SpoolRefuses } from './spool.ts';

/** What a file spool needs. */
export type FileSpoolMeans = {
  readonly folder: string;
  readonly newWriter: () => string;
  readonly sha256: Sha256Hex;
  readonly now: () => number;
  readonly log: (event: string, words: string) => void;
  /** Where this writer's chain ends in Postgres. */
  readonly shippedHead: (writer: string) => Promise<Head | undefined>;
  /** Puts links into Postgres; exactly once, in order. */
  readonly ship: (writer: string, links: readonly Link[]) => Promise<void>;
  /** The bound: past either, no new exchange is taken. */
  readonly limitBytes: number;
  readonly limitAgeMs: number;
  /** Whether a reply's end waits for its seal: what a seal that was written late has to say. */
  readonly strict?: boolean;
  readonly disk?: Disk;
  readonly segmentBytes?: number;
};

/** What was not as it should be when the folder was opened; for the writer's `start`. */
export type Found = { readonly set_aside: readonly SetAside[]; readonly cut: Cut | null };

/** A file spool, and what it found. */
export type FileSpool = Omit<Spool, 'state'> & { readonly found: Found; state(): SpoolState };

/** Entries in one write. */
const BATCH = 512;
/** Entries that may wait for the disk. */
const QUEUE = 20_000;
/** While the disk refuses it is asked so often whether it takes something again; and so often it is logged that it does not. */
const PROBE_MS = 500;
const LOG_MS = 5_000;

/** Opens a file spool. What the process before left undelivered is shipped first. The caller holds the folder's lock. */
export const fileSpool = async (means: FileSpoolMeans): Promise<FileSpool> => {
  makeFolder(means.folder);
  const setAside: SetAside[] = [];
  for (;;) {
    const writer = writerOf(means.folder, means.newWriter);
    const shipped = (await means.shippedHead(writer)) ?? GENESIS;
    const found = recover(means.folder, { writer, shipped, sha256: means.sha256 });
    if (!('why' in found)) {
      if (found.cut !== null)
        means.log('spool_cut', `${found.cut.what} after ${found.cut.after_seq}: ${found.cut.folder}`);
      return faceOf(new DiskSpool(means, writer, shipped, found, { set_aside: setAside, cut: found.cut }));
    }
    means.log('spool_set_aside', `${found.why}: ${found.folder}`);
    setAside.push(found);
  }
};

/** Its face without its inside, so that it may be spread into another. */
const faceOf = (spool: DiskSpool): FileSpool => ({
  writer: spool.writer,
  found: spool.found,
  append: (entry) => spool.append(entry),
  flush: (timeoutMs) => spool.flush(timeoutMs),
  state: () => spool.state(),
  close: () => spool.close(),
});

type Waiting = {
  /** The entry's canonical text around its number. */
  readonly before: string;
  readonly after: string;
  readonly kept: () => void;
  readonly lost: (error: unknown) => void;
};

class DiskSpool {
  readonly writer: string;
  readonly found: Found;
  readonly #means: FileSpoolMeans;
  readonly #segments: Segments;
  readonly #ship: Shipper;
  #head: Head;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  /** Exchanges whose opening was taken and whose seal was not: the seal is owed a place. */
  readonly #open = new Set<string>();
  /** Seals that the disk did not take, by exchange; written, as what they are, when it takes something again. */
  readonly #owed = new Map<string, Entry>();
  /** Whether the last write failed. */
  #failing = false;
  #loggedAtMs = Number.NEGATIVE_INFINITY;
  #probe: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    means: FileSpoolMeans,
    writer: string,
    shipped: Head,
    { head, left, segments }: Recovered,
    found: Found,
  ) {
    this.writer = writer;
    this.found = found;
    this.#means = means;
    this.#head = head;
    this.#segments = new Segments(means.folder, segments, means.disk, means.segmentBytes);
    const { log, ship } = means;
    this.#ship = shipper(
      {
        writer,
        log,
        ship,
        read: (after, entries, bytes) => this.#segments.read(after, entries, bytes),
        done: (seq) => this.#segments.release(seq),
      },
      { shippedSeq: shipped.seq, lastSeq: head.seq, bytes: left.bytes, oldestAtMs: left.oldestAtMs },
    );
  }

  async append(entry: Entry): Promise<void> {
    const why = this.#refusal(entry);
    if (why !== null) throw new SpoolRefuses(why);
    // Before it meets the others: an entry that cannot be written must not take them with it.
    const { before, after } = textAround(this.writer, entry);
    mustBeKeepable(before);
    const written = new Promise<void>((kept, lost) => {
      this.#waiting.push({ before, after, kept, lost });
    });
    const { kind, exchange } = entry;
    const wasOpen = exchange !== null && this.#open.has(exchange);
    if (exchange !== null && kind === 'open') this.#open.add(exchange);
    if (exchange !== null && kind === 'seal') this.#open.delete(exchange);
    this.#writing ??= this.#writeAll();
    try {
      await written;
    } catch (error) {
      if (exchange !== null && kind === 'open') this.#open.delete(exchange);
      if (exchange !== null && kind === 'seal' && wasOpen) this.#owed.set(exchange, entry);
      throw error;
    }
  }

  async flush(timeoutMs: number): Promise<void> {
    await this.#writing;
    await this.#ship.flush(timeoutMs);
  }

  state(): SpoolState {
    const { limitBytes, limitAgeMs } = this.#means;
    const { entries, bytes, oldestAtMs } = this.#ship.waiting();
    return {
      writer: this.writer,
      waitingEntries: entries,
      waitingBytes: bytes,
      oldestAtMs,
      limitBytes,
      limitAgeMs,
      refuses: this.#failing ? 'broken' : this.#pastBound(bytes, oldestAtMs),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#probe);
    await this.#writing;
    await this.#ship.stop();
    await this.#segments.close();
  }

  #pastBound(bytes: number, oldestAtMs: number | null): 'full' | 'too_old' | 'broken' | null {
    const { limitBytes, limitAgeMs, now } = this.#means;
    // Postgres has another chain under our name: nothing we take would ever get there.
    if (this.#ship.forked()) return 'broken';
    if (bytes > limitBytes) return 'full';
    return oldestAtMs !== null && now() - oldestAtMs > limitAgeMs ? 'too_old' : null;
  }

  /** Why an entry is not taken. The bound is there for new exchanges: one that is under way may still be sealed. */
  #refusal({ kind, exchange }: Entry): string | null {
    if (this.#closed) return 'closed';
    if (this.#waiting.length >= QUEUE) return 'full';
    const owed =
      kind === 'start' ||
      kind === 'stop' ||
      (exchange !== null && kind === 'seal' && this.#open.has(exchange));
    if (owed) return null;
    const { bytes, oldestAtMs } = this.#ship.waiting();
    return this.#pastBound(bytes, oldestAtMs);
  }

  async #writeAll(): Promise<void> {
    // Entries that are made in the same moment are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await this.#writeBatch(batch);
        this.#failing = false;
        for (const { kept } of batch) kept();
        this.#sealOwed();
      } catch (error) {
        this.#failed(error);
        for (const { lost } of batch) lost(error);
      }
    }
    this.#writing = undefined;
  }

  /** Entries are numbered only here: a batch that the disk refuses leaves no gap. */
  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const links: Link[] = [];
    let end = this.#head;
    for (const { before, after } of batch) {
      const seq = end.seq + 1;
      const text = before + seq + after;
      const link = { writer: this.writer, seq, hash: linkHash(this.#means.sha256, end.hash, text), text };
      end = headOf(link);
      links.push(link);
    }
    await this.#segments.append(links);
    this.#head = end;
    this.#ship.add(links);
  }

  /** The disk takes something again. What fails now is owed still. */
  #sealOwed(): void {
    if (this.#owed.size === 0 || this.#closed) return;
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const [exchange, seal] of owed) {
      this.#open.add(exchange);
      this.append(lateSeal(seal, this.#means.now(), this.#means.strict)).catch(() => undefined);
    }
  }

  #failed(error: unknown): void {
    this.#failing = true;
    const atMs = this.#means.now();
    if (atMs - this.#loggedAtMs >= LOG_MS) {
      this.#loggedAtMs = atMs;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      this.#means.log('spool_write_failed', `${this.#means.folder} ${code}`.trim());
    }
    this.#probeLater();
  }

  /** Whoever asks whether we are ready sends nothing while we say no, so nothing would find out that the disk works again. */
  #probeLater(): void {
    if (this.#probe !== undefined || this.#closed) return;
    this.#probe = setTimeout(() => {
      this.#probe = undefined;
      if (!this.#failing || this.#closed) return;
      this.#writing ??= this.#tryDisk();
      void this.#writing.then(() => {
        if (this.#failing) this.#probeLater();
      });
    }, PROBE_MS);
  }

  async #tryDisk(): Promise<void> {
    try {
      await this.#segments.probe(this.#head.seq + 1);
      this.#failing = false;
      this.#sealOwed();
    } catch {
      // Still away; asked again later.
    }
    await this.#writeAll();
  }
}
