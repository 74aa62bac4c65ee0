/**
 * What an apply needs, on a database of its own: real secrets, a clock that can be set, the run's Postgres unless told otherwise.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import type { Change } from '../../src/changes/change.ts';
import { hashes } from '../../src/runtimes/hashes.ts';
import type { References } from '../../src/runtimes/secrets.ts';
import { openSecrets } from '../../src/runtimes/secrets.ts';
import { exportSetup } from '../../src/setup/export.ts';
import { SetupFault } from '../../src/setup/fault.ts';
import type { Applied, Means } from '../../src/setup/table.ts';
import { applySetup, readInForce } from '../../src/setup/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Store } from '../../src/stores/store.ts';
import { packOf, packsPort, simple } from './packs.ts';
import { freshDatabase } from './postgres.ts';

/** The root of every secret sealed here. */
export const ROOT = 'a-root-secret-of-the-tests-0123456789';

/** A configuration under test. */
export interface Bench {
  readonly means: Means;
  readonly store: Store;
  /** The variables and files that references lead to. */
  readonly env: Record<string, string>;
  readonly files: Record<string, string>;
  /** Milliseconds since 1970, for everybody who asks. */
  clock: { ms: number };
  apply(text: string, dryRun?: boolean): Promise<Applied>;
  /** The faults of a configuration that must not be taken. */
  faults(text: string): Promise<readonly string[]>;
  export(): Promise<string>;
  /** Everything in every table, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

const TABLES = [
  ...['teams', 'use_cases', 'use_case_versions', 'policies', 'packs', 'prices'],
  ...['keys', 'backends', 'models', 'audit_entries', 'gatehouse_migrations'],
];

/** A bench on `store`, which it migrates, or on a fresh database. */
export const benchOn = async (given?: Store): Promise<Bench> => {
  const store = given ?? pgStore(await freshDatabase(inject('postgresUrl')), () => undefined);
  await migrate(store, migrations);
  const env: Record<string, string> = {};
  const files: Record<string, string> = {};
  const clock = { ms: Date.UTC(2026, 5, 1, 12) };
  const references: References = {
    env: (name) => env[name],
    file: async (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  };
  const now = () => clock.ms;
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
  const means: Means = {
    store,
    hashes,
    now,
    random,
    packs: packsPort(packOf('identity', [simple('us-ssn', 'us'), simple('uk-nino', 'uk')])),
    secrets: openSecrets(ROOT, references, { now, random }),
  };
  const apply = (text: string, dryRun = false) =>
    applySetup(means, { text, file: 'gatehouse.yaml', actor: 'tester', dryRun });
  return {
    ...{ means, store, env, files, clock, apply },
    faults: async (text) => {
      const end = await apply(text).catch((error: unknown) => error);
      if (end instanceof SetupFault) return end.faults;
      throw end instanceof Error ? end : new Error(`it was taken: ${JSON.stringify(end)}`);
    },
    export: async () => exportSetup(await readInForce(store.db)),
    dump: async () => {
      const tables = await Promise.all(
        TABLES.map((table) => sql.raw(`select to_jsonb(t)::text as row from ${table} t`).execute(store.db)),
      );
      return tables.map(({ rows }) => JSON.stringify(rows)).join('\n');
    },
    stop: () => store.close(),
  };
};

/** Changes as `action subject`, with ids of keys left out. */
export const told = (changes: readonly Change[]): string[] =>
  changes.map(({ action, subject }) => `${action} ${subject.replace(/key_\w+/, 'key_')}`);
