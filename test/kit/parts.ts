// A gateway of real parts on a database of its own, some of whose ports a test puts others in place of: a spool that
// is slow or fails, a store that is away.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { inject } from 'vitest';
import type { Entry } from '../../src/audit/record.ts';
import { gateway } from '../../src/gateway.ts';
import type { Ports } from '../../src/ports.ts';
import { assemble, processConfig } from '../../src/runtimes/assemble.ts';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import { listen } from '../../src/runtimes/node-server.ts';
import { ADMIN_TOKEN, ROOT_SECRET } from './gateway.ts';
import { freshDatabase } from './postgres.ts';

/** One line of the log. */
export type Line = {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** An entry of the audit with its number. */
export type Kept = Pick<Entry, 'kind' | 'body'> & { readonly seq: number };

/** A gateway under test. */
export type Parts = {
  readonly url: string;
  readonly port: number;
  readonly keys: Readonly<Record<string, string>>;
  /** The ports before anything was put in their place. */
  readonly real: Ports;
  readonly log: readonly Line[];
  /** The entries of an exchange in their order, as soon as one of them is a seal (or `sealed` is false). */
  entries(exchange: string, sealed?: boolean): Promise<Kept[]>;
  /** The entries of every exchange after the entry with this number. */
  since(seq: number): Promise<(Kept & { exchange: string })[]>;
  stop(): Promise<void>;
};

/** How long a seal may take to be seen. */
const SEAL_MS = 5_000;
const GRACE_MS = 500;

/** Starts one. `instead` gives the ports to use from the real ones. */
export const startParts = async (
  setup: string,
  instead: (real: Ports) => Ports = (real) => real,
  more: Readonly<Record<string, string>> = {},
): Promise<Parts> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(config, setup);
  const env = {
    DATABASE_URL: await freshDatabase(inject('postgresUrl')),
    GATEHOUSE_SECRET: ROOT_SECRET,
    GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
    GATEHOUSE_CONFIG: config,
    GATEHOUSE_DATA: join(folder, 'data'),
    ...more,
  };
  const log: Line[] = [];
  const upstreams = nodeFetch();
  const assembled = await assemble(processConfig(env), {
    env,
    log: (level, event, fields = {}) => void log.push({ level, event, fields }),
    fetch: upstreams.fetch,
    runtime: 'node',
  });
  const real = assembled.ports;
  const server = await listen(gateway(instead(real)), { host: '127.0.0.1', port: 0 });
  const entries = async (where: ReturnType<typeof sql>) => {
    const { rows } = await sql<Kept & { exchange: string }>`
      select body->>'kind' as kind, body->'body' as body, seq, body->>'exchange' as exchange from audit_entries
      where body->>'exchange' is not null and ${where} order by seq`.execute(real.store.db);
    return rows;
  };
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    keys: Object.fromEntries((assembled.applied?.minted ?? []).map(({ name, key }) => [name, key])),
    real,
    log,
    entries: async (exchange, sealed = true) => {
      for (const until = Date.now() + SEAL_MS; ; ) {
        const found = await entries(sql`body->>'exchange' = ${exchange}`);
        if (!sealed || found.some(({ kind }) => kind === 'seal')) return found;
        if (Date.now() > until) throw new Error(`${exchange} was not sealed: ${JSON.stringify(found)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    since: async (seq) => {
      await real.spool.flush(SEAL_MS);
      return entries(sql`writer = ${real.spool.writer} and seq > ${seq}`);
    },
    stop: async () => {
      await server.close(GRACE_MS);
      await upstreams.close();
      await assembled.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
