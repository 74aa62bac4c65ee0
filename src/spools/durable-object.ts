// The spool of Workers, which have no disk: a Durable Object. An entry is durable when the object's SQLite has it; an alarm
// ships what waits to Postgres, and is set whenever something waits. One object is one chain, whatever becomes of the
// isolates that write to it; what they opened and never sealed, the object seals as lost.
import type { DurableObjectState } from 'cloudflare:workers';
import { DurableObject } from 'cloudflare:workers';
import type { Head, Link, Sha256Hex } from '../audit/chain.ts';
import { GENESIS, headOf } from '../audit/chain.ts';
import { lostSeal, startEntry } from '../audit/lost.ts';
import type { Entry } from '../audit/record.ts';
import { sqlState, UNIQUE_VIOLATION } from '../stores/store.ts';
import { within } from '../within.ts';
import { REFUSES } from './durable-object-port.ts';
import { SpoolRows } from './durable-object-rows.ts';
import type { SpoolState } from './spool.ts';

/** What a spool's object needs; the file spool's needs without the folder. */
export type SpoolObjectMeans = {
  readonly newWriter: () => string;
  readonly sha256: Sha256Hex;
  readonly now: () => number;
  readonly log: (event: string, words: string) => void;
  readonly version: string;
  /** Where a writer's chain ends in Postgres. */
  readonly shippedHead: (writer: string) => Promise<Head | undefined>;
  /** Puts links into Postgres; exactly once, in order. */
  readonly ship: (writer: string, links: readonly Link[]) => Promise<void>;
  /** The bound: past either, nothing is taken. */
  readonly limitBytes: number;
  readonly limitAgeMs: number;
  /** When an exchange that is open counts as lost: LOST_AFTER_MS of audit/lost.ts. */
  readonly lostAfterMs: number;
};

/** Entries of one call. */
const ENTRIES = 256;
/** Exchanges that may be open at once: many more than one object can serve in an hour of long replies. */
const OPENS = 100_000;
/** Entries that come within this time leave together: an alarm and a statement for all of them. */
const LINGER_MS = 100;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;
/** Postgres over HTTP has answered by then, or the batch is sent again, which changes nothing if it had arrived. */
const SHIP_MS = 30_000;
/** Batches of one alarm: below the fifty requests that Cloudflare's free plan gives it. The next alarm follows at once. */
const ROUNDS = 32;
/** Exchanges sealed as lost by one alarm. */
const LOST = 256;

/** The spool's object. Its public methods are called through a namespace: see durableObjectSpool. */
export class SpoolObject<Env = unknown> extends DurableObject<Env> {
  readonly #means: SpoolObjectMeans;
  readonly #rows: SpoolRows;
  #armedAtMs: number | null = null;
  #notBeforeMs = 0;
  #waitMs = FIRST_WAIT_MS;
  #compared = false;
  #shipping: Promise<void> | undefined;

  constructor(state: DurableObjectState, env: Env, means: SpoolObjectMeans) {
    super(state, env);
    this.#means = means;
    this.#rows = new SpoolRows(state.storage, means.sha256, means.newWriter);
    // Whatever ended the last instance, what it left is shipped even if nobody ever writes again.
    state.blockConcurrencyWhile(async () => {
      this.#armedAtMs = await state.storage.getAlarm();
      await this.#arm();
    });
  }

  /** Resolves when the entries are durable, all or none; rejects when they are not. A refusal's message begins with {@link REFUSES}. */
  async append(entries: readonly Entry[]): Promise<SpoolState> {
    const atMs = this.#means.now();
    const refuses = this.#refuses(entries.some(({ kind }) => kind === 'open'));
    if (refuses !== null) throw new Error(REFUSES + refuses);
    if (entries.length > ENTRIES) throw new RangeError(`more than ${ENTRIES} entries at once`);
    const first = this.#rows.head.seq === 0 ? [this.#start(atMs, {})] : [];
    this.#rows.take([...first, ...entries], atMs);
    // Without an await before it, the alarm is part of what was written: rows never wait without one.
    const armed = this.#arm();
    // The reply is held back until writes are durable in any case; said here, it does not depend on how we are called.
    await Promise.all([armed, this.ctx.storage.sync()]);
    return this.state();
  }

  /** Resolves when what was taken before the call is in Postgres, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    const { writer, head } = this.#rows;
    const untilMs = this.#means.now() + timeoutMs;
    const isDone = (): boolean => this.#rows.writer !== writer || this.#rows.shipped.seq >= head.seq;
    for (let leftMs = timeoutMs; leftMs > 0 && !isDone(); leftMs = untilMs - this.#means.now()) {
      const failed = await within(leftMs, this.#ship()).then(
        () => false,
        () => true,
      );
      if (failed) await sleep(Math.min(this.#waitMs, untilMs - this.#means.now()));
    }
  }

  state(): SpoolState {
    const { limitBytes, limitAgeMs } = this.#means;
    const { entries, bytes, oldestAtMs } = this.#rows.waiting();
    const waits = { waitingEntries: entries, waitingBytes: bytes, oldestAtMs };
    const refuses = this.#refuses(true);
    return { writer: this.#rows.writer, ...waits, limitBytes, limitAgeMs, refuses };
  }

  /** Why nothing can be taken now. An exchange that is open may be sealed though no other can be opened. */
  #refuses(opening: boolean): SpoolState['refuses'] {
    const { bytes, oldestAtMs } = this.#rows.waiting();
    if (bytes > this.#means.limitBytes || (opening && this.#rows.opens >= OPENS)) return 'full';
    const ageMs = oldestAtMs === null ? 0 : this.#means.now() - oldestAtMs;
    return ageMs > this.#means.limitAgeMs ? 'too_old' : null;
  }

  /** Ships what waits, and seals what is lost. Never throws for Postgres' sake: Cloudflare gives up on an alarm that does. */
  override async alarm(): Promise<void> {
    this.#armedAtMs = null;
    try {
      this.#sealLost();
      await this.#ship();
    } catch {
      // It was logged where it was known what failed, and the next alarm is set below.
    } finally {
      await this.#arm();
    }
  }

  /** Sets the alarm for whatever is due first, unless it is set for that time or an earlier one. */
  #arm(): Promise<void> {
    const { entries } = this.#rows.waiting();
    const openAtMs = this.#rows.oldestOpenAtMs();
    const due: number[] = [];
    if (entries > 0) due.push(Math.max(this.#means.now() + LINGER_MS, this.#notBeforeMs));
    // Past the bound nothing can be sealed, and something waits: what is shipped first sets the next alarm.
    if (openAtMs !== null && this.#refuses(false) === null) due.push(openAtMs + this.#means.lostAfterMs);
    const nextAtMs = Math.min(...due);
    if (due.length === 0 || (this.#armedAtMs !== null && this.#armedAtMs <= nextAtMs))
      return Promise.resolve();
    this.#armedAtMs = nextAtMs;
    return this.ctx.storage.setAlarm(nextAtMs);
  }

  /** One at a time, whoever asks: a chain is shipped in its order. */
  #ship(): Promise<void> {
    this.#shipping ??= this.#shipRounds().finally(() => {
      this.#shipping = undefined;
    });
    return this.#shipping;
  }

  async #shipRounds(): Promise<void> {
    try {
      for (let round = 0; round < ROUNDS && this.#rows.waiting().entries > 0; round++)
        await this.#shipBatch();
      this.#waitMs = FIRST_WAIT_MS;
      this.#notBeforeMs = 0;
    } catch (error) {
      // A link that does not follow on: Postgres is not what it was when we last compared.
      if (sqlState(error) === UNIQUE_VIOLATION) this.#compared = false;
      this.#means.log('audit_shipping_failed', sqlState(error) ?? nameOf(error));
      this.#notBeforeMs = this.#means.now() + this.#waitMs;
      this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
      throw error;
    }
  }

  async #shipBatch(): Promise<void> {
    if (!this.#compared) await this.#compare();
    const { writer } = this.#rows;
    const links = this.#rows.batch();
    const last = links.at(-1);
    if (last === undefined) return;
    await within(SHIP_MS, this.#means.ship(writer, links));
    this.#rows.release(headOf(last));
  }

  /**
   * Once after every start: does Postgres have the chain that we remember? A reply that was lost left it further than we know,
   * which is fine. A database restored from a backup, or an object set back in time, cannot be continued without a fork:
   * the rows are set aside and a new chain begins, which says so.
   */
  async #compare(): Promise<void> {
    const { writer } = this.#rows;
    const end = (await within(SHIP_MS, this.#means.shippedHead(writer))) ?? GENESIS;
    if (this.#rows.agreesWith(end)) {
      if (end.seq > this.#rows.shipped.seq) this.#rows.release(end);
    } else {
      const atMs = this.#means.now();
      const inStore = { store_seq: end.seq, store_hash: end.hash };
      this.#rows.setAside(this.#means.newWriter(), atMs, (aside) =>
        this.#start(atMs, { set_aside: { ...aside, ...inStore } }),
      );
      this.#means.log('spool_set_aside', writer);
    }
    this.#compared = true;
  }

  #start(atMs: number, more: Readonly<Record<string, unknown>>): Entry {
    const about = { runtime: 'workers', spool: 'durable-object', version: this.#means.version };
    const start = startEntry(atMs, about);
    return { ...start, body: { ...start.body, ...more } };
  }

  #sealLost(): void {
    if (this.#refuses(false) !== null) return;
    const atMs = this.#means.now();
    const lost = this.#rows.openedBefore(atMs - this.#means.lostAfterMs, LOST);
    if (lost.length === 0) return;
    this.#rows.take(
      lost.map(({ exchange, body }) => lostSeal(exchange, body, atMs)),
      atMs,
    );
    this.#means.log('exchanges_lost', String(lost.length));
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
