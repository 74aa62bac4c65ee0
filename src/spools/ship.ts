// Ships durable entries to Postgres: in order, in batches, again and again until it has them. Holds few of them in memory; the
// rest is read back from where it is durable.
import type { Link } from '../audit/chain.ts';
import { placeIn } from '../audit/chain.ts';
import { sqlState, UNIQUE_VIOLATION } from '../stores/store.ts';
import { within } from '../within.ts';
import { lineBytes } from './file-lines.ts';

/** What a shipper needs. */
export type ShipMeans = {
  readonly writer: string;
  readonly log: (event: string, words: string) => void;
  /** Puts links into Postgres; exactly once, in order. May be asked again for links that are there. */
  readonly ship: (writer: string, links: readonly Link[]) => Promise<void>;
  /** Links after a number, oldest first, at least one where there is one. */
  readonly read: (after: number, entries: number, bytes: number) => Promise<readonly Link[]>;
  /** Told the number of the last entry that Postgres has. */
  readonly done: (seq: number) => Promise<void>;
};

/** Where shipping stands when a process begins. */
export type Standing = {
  readonly shippedSeq: number;
  readonly lastSeq: number;
  readonly bytes: number;
  readonly oldestAtMs: number | null;
};

/** Entries in one statement, and their bytes. */
const BATCH = 256;
const BATCH_BYTES = 2 * 1024 * 1024;
/** Entries that wait in memory, and their bytes; beyond it they are read back from the disk. */
const MEMORY = 4096;
const MEMORY_BYTES = 8 * 1024 * 1024;
/** Shipping waits for company, because a commit and its sync cost more than the entries in it: longer while there is much. */
const LINGER_MS = 20;
const LONG_LINGER_MS = 100;
const MUCH = 16;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Longer than Postgres takes to give a statement up: a connection that died without a word must not hold us for ever. */
const SHIP_MS = 45_000;
/** A statement under way when we stop. What it carries is on the disk, so nothing is lost by leaving it. */
const STOP_MS = 5_000;

/** What a shipper can be asked. */
export type Shipper = {
  /** Adds links that are durable. */
  add(links: readonly Link[]): void;
  waiting(): { readonly entries: number; readonly bytes: number; readonly oldestAtMs: number | null };
  /** Whether Postgres has another chain than ours under our name. */
  forked(): boolean;
  flush(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
};

/** A shipper. It begins at once when something was left. */
export const shipper = (means: ShipMeans, standing: Standing): Shipper => new DiskShipper(means, standing);

class DiskShipper implements Shipper {
  readonly #means: ShipMeans;
  #shippedSeq: number;
  #lastSeq: number;
  #bytes: number;
  /** Links after the ones under way, while they are few. */
  #memory: Link[] = [];
  #memoryBytes = 0;
  #onDisk: boolean;
  #oldest: { readonly seq: number; readonly atMs: number } | undefined;
  #forked = false;
  #stopped = false;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #flushes: { readonly seq: number; readonly done: () => void }[] = [];

  constructor(means: ShipMeans, { shippedSeq, lastSeq, bytes, oldestAtMs }: Standing) {
    this.#means = means;
    this.#shippedSeq = shippedSeq;
    this.#lastSeq = lastSeq;
    this.#bytes = bytes;
    this.#onDisk = lastSeq > shippedSeq;
    if (oldestAtMs !== null) this.#oldest = { seq: shippedSeq + 1, atMs: oldestAtMs };
    this.#start();
  }

  add(links: readonly Link[]): void {
    for (const link of links) {
      const bytes = lineBytes(link.text);
      this.#bytes += bytes;
      this.#lastSeq = link.seq;
      if (this.#shippedSeq === link.seq - 1) this.#oldest = oldestOf(link);
      if (this.#onDisk) continue;
      this.#memory.push(link);
      this.#memoryBytes += bytes;
    }
    if (this.#memory.length > MEMORY || this.#memoryBytes > MEMORY_BYTES) {
      this.#onDisk = true;
      this.#memory = [];
      this.#memoryBytes = 0;
    }
    this.#start();
  }

  waiting(): { entries: number; bytes: number; oldestAtMs: number | null } {
    const entries = this.#lastSeq - this.#shippedSeq;
    return { entries, bytes: this.#bytes, oldestAtMs: entries === 0 ? null : (this.#oldest?.atMs ?? null) };
  }

  forked(): boolean {
    return this.#forked;
  }

  async flush(timeoutMs: number): Promise<void> {
    if (this.#lastSeq === this.#shippedSeq || this.#stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#flushes.push({ seq: this.#lastSeq, done: resolve });
    const timer = setTimeout(resolve, timeoutMs);
    this.#wake?.();
    await promise;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await within(STOP_MS, this.#running ?? Promise.resolve()).catch(() => undefined);
    for (const { done } of this.#flushes.splice(0)) done();
  }

  #start(): void {
    if (!this.#stopped && this.#lastSeq > this.#shippedSeq) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    let batch: readonly Link[] = [];
    let lingerMs = LINGER_MS;
    await this.#pause(lingerMs, true);
    while (this.#lastSeq > this.#shippedSeq && !this.#stopped) {
      try {
        if (batch.length === 0) batch = await this.#next();
        await within(SHIP_MS, this.#means.ship(this.#means.writer, batch));
        this.#shipped(batch);
        lingerMs = batch.length < MUCH ? LINGER_MS : LONG_LINGER_MS;
        batch = [];
        waitMs = FIRST_WAIT_MS;
      } catch (error) {
        this.#forked = sqlState(error) === UNIQUE_VIOLATION;
        this.#means.log('audit_shipping_failed', wordsOf(error));
        await this.#pause(waitMs);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
        continue;
      }
      await this.#means.done(this.#shippedSeq).catch((error: unknown) => {
        this.#means.log('spool_release_failed', wordsOf(error));
      });
      if (!this.#onDisk && this.#memory.length < BATCH) await this.#pause(lingerMs, true);
    }
    this.#running = undefined;
  }

  async #next(): Promise<readonly Link[]> {
    if (!this.#onDisk) {
      let bytes = 0;
      const past = this.#memory.findIndex((link, index) => {
        bytes += lineBytes(link.text);
        return index >= BATCH || (index > 0 && bytes > BATCH_BYTES);
      });
      const batch = this.#memory.splice(0, past < 0 ? this.#memory.length : past);
      for (const { text } of batch) this.#memoryBytes -= lineBytes(text);
      return batch;
    }
    const batch = await this.#means.read(this.#shippedSeq, BATCH, BATCH_BYTES);
    if (batch[0]?.seq !== this.#shippedSeq + 1)
      throw new Error('the spool does not hold what is to be shipped');
    // From here on what is added follows on what is under way.
    if (batch.at(-1)?.seq === this.#lastSeq) this.#onDisk = false;
    this.#oldest = oldestOf(batch[0]);
    return batch;
  }

  #shipped(batch: readonly Link[]): void {
    this.#shippedSeq = batch.at(-1)?.seq ?? this.#shippedSeq;
    for (const { text } of batch) this.#bytes -= lineBytes(text);
    this.#forked = false;
    const [next] = this.#memory;
    if (next !== undefined) this.#oldest = oldestOf(next);
    const met = this.#flushes.filter(({ seq }) => seq <= this.#shippedSeq);
    this.#flushes = this.#flushes.filter(({ seq }) => seq > this.#shippedSeq);
    for (const { done } of met) done();
  }

  /** Somebody who flushes, or stops, cuts it short. */
  async #pause(ms: number, forCompany = false): Promise<void> {
    if (this.#stopped || this.#flushes.length > 0) {
      // A flush must not become a loop without a pause while Postgres is away.
      if (this.#stopped || forCompany) return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

const oldestOf = (link: Link): { seq: number; atMs: number } => ({
  seq: link.seq,
  atMs: Date.parse(placeIn(link.text)?.at ?? ''),
});

/** An error's class and its SQLSTATE, never its words, which may hold a value. */
const wordsOf = (error: unknown): string => {
  const name = error instanceof Error ? error.name : 'unknown';
  const code = sqlState(error);
  return code === undefined ? name : `${name} ${code}`;
};
