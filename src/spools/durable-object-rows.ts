// What the Durable Object spool keeps in its SQLite: the links that Postgres does not have yet, where the chain ended when
// they began, and the exchanges that are open. Every change is one transaction.
import type { DurableObjectStorage } from 'cloudflare:workers';
import type { Head, Link, Sha256Hex } from '../audit/chain.ts';
import { GENESIS, headOf, nextLink } from '../audit/chain.ts';
import type { Entry } from '../audit/record.ts';

const TABLES = [
  `create table if not exists chain (
    id integer primary key check (id = 1),
    writer text not null,
    shipped_seq integer not null,
    shipped_hash text not null
  )`,
  `create table if not exists links (
    seq integer primary key,
    hash text not null,
    text text not null,
    bytes integer not null,
    at_ms integer not null
  )`,
  // In the order they came, which is the order of their age.
  `create table if not exists opens (
    place integer primary key,
    exchange text not null unique,
    body text not null,
    at_ms integer not null
  )`,
  `create table if not exists aside (
    writer text not null,
    seq integer not null,
    hash text not null,
    text text not null,
    at_ms integer not null,
    primary key (writer, seq)
  ) without rowid`,
];

/** Entries in one statement to Postgres, and their bytes: far below the 64 MiB it takes over HTTP and an object's 128 MB. */
const BATCH = 256;
const BATCH_BYTES = 4 * 1024 * 1024;
/** The longest entry. A row of a Durable Object holds 2 MB; ours are a few KB. */
const ENTRY_BYTES = 1024 * 1024;
/** Chains set aside and not yet taken away by an operator: a database that was restored this often is no accident. */
const ASIDES = 32;

/** How many links wait for Postgres. */
export type Waiting = {
  readonly entries: number;
  readonly bytes: number;
  readonly oldestAtMs: number | null;
};

/** What was set aside: the chain, its links that Postgres never had, and its end. */
export type Aside = {
  readonly writer: string;
  readonly entries: number;
  readonly last_seq: number;
  readonly last_hash: string;
};

/** An exchange without its seal, as its opening entry told it. */
export type Opened = { readonly exchange: string; readonly body: Record<string, unknown> };

/** The tables of one object. Counts and the chain's end are kept in memory too; the tables are what is true. */
export class SpoolRows {
  readonly #storage: DurableObjectStorage;
  readonly #sha256: Sha256Hex;
  #writer: string;
  #shipped: Head;
  #head: Head;
  #entries: number;
  #bytes: number;
  #opens: number;

  /** Makes the tables when they are not there; `newWriter` names the chain of an object that has none. */
  constructor(storage: DurableObjectStorage, sha256: Sha256Hex, newWriter: () => string) {
    this.#storage = storage;
    this.#sha256 = sha256;
    const { sql } = storage;
    for (const table of TABLES) sql.exec(table);
    sql.exec(
      'insert into chain values (1, ?, ?, ?) on conflict (id) do nothing',
      newWriter(),
      GENESIS.seq,
      GENESIS.hash,
    );
    const chain = sql
      .exec<{ writer: string; shipped_seq: number; shipped_hash: string }>('select * from chain')
      .one();
    this.#writer = chain.writer;
    this.#shipped = { seq: chain.shipped_seq, hash: chain.shipped_hash };
    const [last] = sql.exec<Head>('select seq, hash from links order by seq desc limit 1').toArray();
    this.#head = last ?? this.#shipped;
    const sums = 'select count(*) as entries, coalesce(sum(bytes), 0) as bytes from links';
    const { entries, bytes } = sql.exec<{ entries: number; bytes: number }>(sums).one();
    this.#entries = entries;
    this.#bytes = bytes;
    this.#opens = sql.exec<{ opens: number }>('select count(*) as opens from opens').one().opens;
  }

  get writer(): string {
    return this.#writer;
  }

  /** The end of the chain. */
  get head(): Head {
    return this.#head;
  }

  /** The end of what Postgres is known to have. */
  get shipped(): Head {
    return this.#shipped;
  }

  /** How many exchanges are open. */
  get opens(): number {
    return this.#opens;
  }

  waiting(): Waiting {
    const [oldest] = this.#storage.sql
      .exec<{ at_ms: number }>('select at_ms from links order by seq limit 1')
      .toArray();
    return { entries: this.#entries, bytes: this.#bytes, oldestAtMs: oldest?.at_ms ?? null };
  }

  /** When the oldest open exchange was opened. */
  oldestOpenAtMs(): number | null {
    const [oldest] = this.#storage.sql
      .exec<{ at_ms: number }>('select at_ms from opens order by place limit 1')
      .toArray();
    return oldest?.at_ms ?? null;
  }

  /** Exchanges opened before a time, oldest first. */
  openedBefore(atMs: number, limit: number): Opened[] {
    return this.#storage.sql
      .exec<{ exchange: string; body: string }>(
        'select exchange, body from opens where at_ms < ? order by place limit ?',
        atMs,
        limit,
      )
      .toArray()
      .map(({ exchange, body }) => ({ exchange, body: JSON.parse(body) }));
  }

  /** Numbers, hashes and keeps entries, all or none. Throws for an entry that no chain can hold. */
  take(entries: readonly Entry[], atMs: number): void {
    const links: Kept[] = [];
    let head = this.#head;
    for (const entry of entries) {
      const link = this.#link(this.#writer, head, entry);
      head = headOf(link);
      links.push(link);
    }
    const opens = this.#storage.transactionSync(() => {
      for (const link of links) this.#insert(link, atMs);
      return entries.reduce((change, entry) => change + this.#follow(entry, atMs), 0);
    });
    this.#head = head;
    this.#entries += links.length;
    this.#bytes += links.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#opens += opens;
  }

  /** The oldest links that fit one statement. */
  batch(): Link[] {
    return this.#storage.sql
      .exec<{ seq: number; hash: string; text: string }>(
        `select seq, hash, text from (
          select seq, hash, text, bytes, sum(bytes) over (order by seq) as total
          from (select * from links order by seq limit ?)
        ) where total - bytes < ? order by seq`,
        BATCH,
        BATCH_BYTES,
      )
      .toArray()
      .map(({ seq, hash, text }) => ({ writer: this.#writer, seq, hash, text }));
  }

  /** Whether the end that Postgres has of this chain is a place of this chain that is not behind what it is known to have had. */
  agreesWith(end: Head): boolean {
    if (end.seq <= this.#shipped.seq) return end.seq === this.#shipped.seq && end.hash === this.#shipped.hash;
    const [link] = this.#storage.sql
      .exec<{ hash: string }>('select hash from links where seq = ?', end.seq)
      .toArray();
    return link?.hash === end.hash;
  }

  /** Lets go of links up to `end`, which Postgres has. */
  release(end: Head): void {
    const gone = this.#storage.transactionSync(() => {
      this.#storage.sql.exec('update chain set shipped_seq = ?, shipped_hash = ?', end.seq, end.hash);
      return this.#storage.sql
        .exec<{ bytes: number }>('delete from links where seq <= ? returning bytes', end.seq)
        .toArray();
    });
    this.#shipped = end;
    this.#entries -= gone.length;
    this.#bytes -= gone.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Puts what waits aside for an operator to look at, and begins another chain with the entry that `start` makes. */
  setAside(writer: string, atMs: number, start: (aside: Aside) => Entry): void {
    const { sql } = this.#storage;
    const { kept } = sql.exec<{ kept: number }>('select count(distinct writer) as kept from aside').one();
    if (kept >= ASIDES) throw new Error('too many chains were set aside');
    const { seq: last_seq, hash: last_hash } = this.#head;
    const entry = start({ writer: this.#writer, entries: this.#entries, last_seq, last_hash });
    const link = this.#link(writer, GENESIS, entry);
    this.#storage.transactionSync(() => {
      sql.exec('insert into aside select ?, seq, hash, text, at_ms from links', this.#writer);
      sql.exec('delete from links');
      sql.exec(
        'update chain set writer = ?, shipped_seq = ?, shipped_hash = ?',
        writer,
        GENESIS.seq,
        GENESIS.hash,
      );
      this.#insert(link, atMs);
    });
    this.#writer = writer;
    this.#shipped = GENESIS;
    this.#head = headOf(link);
    this.#entries = 1;
    this.#bytes = link.bytes;
  }

  #link(writer: string, head: Head, entry: Entry): Kept {
    const link = nextLink(this.#sha256, writer, head, entry);
    const bytes = new TextEncoder().encode(link.text).length;
    if (bytes > ENTRY_BYTES) throw new RangeError(`an entry is longer than ${ENTRY_BYTES} bytes`);
    // Postgres would refuse it for ever, and every entry after it would wait.
    if (NUL.test(link.text)) throw new TypeError('an entry holds a NUL');
    return { ...link, bytes };
  }

  #insert({ seq, hash, text, bytes }: Kept, atMs: number): void {
    this.#storage.sql.exec('insert into links values (?, ?, ?, ?, ?)', seq, hash, text, bytes, atMs);
  }

  /** Follows an exchange from its opening to its seal; returns by how many the open ones change. */
  #follow({ kind, exchange, body }: Entry, atMs: number): number {
    if (exchange === null) return 0;
    const { sql } = this.#storage;
    if (kind === 'open') {
      const opened = `insert into opens (exchange, body, at_ms) values (?, ?, ?)
        on conflict (exchange) do nothing returning place`;
      return sql.exec(opened, exchange, JSON.stringify(body), atMs).toArray().length;
    }
    if (kind !== 'seal') return 0;
    return -sql.exec('delete from opens where exchange = ? returning place', exchange).toArray().length;
  }
}

type Kept = Link & { readonly bytes: number };

/** A NUL as JSON writes it: behind an even number of backslashes. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;
