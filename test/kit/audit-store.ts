/**
 * An audit in a real Postgres, with what signs and exports it; and its owner, whom no trigger stops.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import type { Link } from '../../src/audit/chain.ts';
import { GENESIS, headOf, nextLink } from '../../src/audit/chain.ts';
import type { Entry } from '../../src/audit/record.ts';
import { appendLinks, appendShared, headInStore } from '../../src/audit/table.ts';
import type { Known, Verdict } from '../../src/audit/verify.ts';
import { makeCheckpoints } from '../../src/checkpoints/table.ts';
import type { ExportRange } from '../../src/exports/table.ts';
import { exportText } from '../../src/exports/table.ts';
import type { Log, Ports } from '../../src/ports.ts';
import { hashes } from '../../src/runtimes/hashes.ts';
import { openSecrets } from '../../src/runtimes/secrets.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Store } from '../../src/stores/store.ts';
import { verdictOf } from './ledger.ts';

/** What signing, exporting and anchoring need of the ports. */
export type AuditMeans = Pick<Ports, 'store' | 'secrets' | 'hashes' | 'now' | 'log'>;

/** A log that is kept. */
export type Logged = {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

const ROOT = 'test-root-secret-0123456789-0123456789';

/** Means on a store. `clock.ms` is what time it is. */
export const meansOn = (
  store: Store,
  root = ROOT,
): AuditMeans & { readonly clock: { ms: number }; readonly logged: Logged[] } => {
  const clock = { ms: Date.UTC(2026, 10, 21, 12) };
  const logged: Logged[] = [];
  const log: Log = (level, event, fields = {}) => {
    logged.push({ level, event, fields });
  };
  const now = (): number => clock.ms;
  const references = { env: () => undefined, file: async () => Promise.reject(new Error('no files')) };
  const secrets = openSecrets(root, references, { now, random: (bytes) => randomBytes(bytes) });
  return { store, secrets, hashes, now, log, clock, logged };
};

/** A migrated store on a Postgres. */
export const migratedStore = async (url: string): Promise<Store> => {
  const store = pgStore(url, () => undefined);
  await migrate(store, migrations);
  return store;
};

/** An entry as a test says it. */
export const entryOf = (
  kind: Entry['kind'],
  exchange: string | null,
  atMs: number,
  body: Record<string, unknown> = {},
): Entry => ({ kind, exchange, atMs, body });

/** Appends entries to a chain that its writer hashes, as a spool on a disk does. */
export const appendOwn = async (store: Store, writer: string, entries: readonly Entry[]): Promise<void> => {
  let head = (await headInStore(store.db, writer)) ?? GENESIS;
  const links: Link[] = [];
  for (const entry of entries) {
    const link = nextLink(hashes.sha256Hex, writer, head, entry);
    links.push(link);
    head = headOf(link);
  }
  await store.atomically([appendLinks(store.db, writer, links)]);
};

/** Appends entries to a chain that Postgres numbers. */
export const appendToShared = async (
  store: Store,
  writer: string,
  entries: readonly Entry[],
): Promise<void> => {
  await store.atomically([appendShared(store.db, writer, entries)]);
};

/** An export as bytes. */
export const exported = async (means: AuditMeans, range: ExportRange = {}): Promise<Buffer> => {
  const pieces: string[] = [];
  for await (const piece of exportText(means, range)) pieces.push(piece);
  return Buffer.from(pieces.join(''));
};

/** What the verifier says of an export made now. */
export const verdictNow = async (
  means: AuditMeans,
  known: Known = {},
  range: ExportRange = {},
): Promise<Verdict> => verdictOf(await exported(means, range), known);

/** The database's owner on a connection of his own: triggers are off. */
export const ownerOf = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set session_replication_role = replica');
  return client;
};

/** Ids that look like an exchange's, the same for the same number. */
export const exchangeId = (number: number): string => `ex_01JD${String(number).padStart(22, '0')}`;

/**
 * A small audit: two chains hashed by their writers, one shared by many, `exchanges` records each, over two months; a
 * checkpoint in the middle of each half, a rotation between them, and a few entries that no checkpoint covers.
 */
export const smallAudit = async (
  means: AuditMeans,
  exchanges: number,
  rotate: () => Promise<unknown>,
): Promise<void> => {
  const writers = ['wr_01JD0000000000000000000000', 'wr_01JD0000000000000000000001', 'shared'];
  let atMs = Date.UTC(2026, 9, 31, 22);
  let number = 0;
  const half = async (count: number, start: boolean): Promise<void> => {
    for (const writer of writers) {
      const entries = start ? [entryOf('start', null, atMs)] : [];
      for (let i = 0; i < count; i++) {
        const exchange = exchangeId(number++);
        entries.push(
          entryOf('open', exchange, atMs, { client: 'Müller "的" \\ {"seq":0,"v":1,"writer":"x"}' }),
        );
        atMs += 600_000;
        entries.push(entryOf('seal', exchange, atMs, { ending: 'complete' }));
      }
      await (writer === 'shared' ? appendToShared : appendOwn)(means.store, writer, entries);
    }
  };
  await half(Math.ceil(exchanges / 2), true);
  await makeCheckpoints(means);
  await rotate();
  await half(Math.floor(exchanges / 2), false);
  await makeCheckpoints(means);
  await half(1, false);
};
