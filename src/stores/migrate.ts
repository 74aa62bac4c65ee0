// Brings the database to the newest migration. Each one is a single transaction that takes an advisory lock and writes its
// own id first, so any number of replicas may start at once, on every store.

import { CompiledQuery } from 'kysely';
import type { Migration } from '../../migrations/migration.ts';
import type { Db, Statement, Store } from './store.ts';
import { sqlState, UNIQUE_VIOLATION } from './store.ts';

/** Any number that nobody else locks: 'gate' in ASCII. */
const LOCK = 0x67617465;
/** SQLSTATE 42P01: there is no such table. */
const UNDEFINED_TABLE = '42P01';
/** SQLSTATE 42501: whoever asks has no right to. */
const INSUFFICIENT_PRIVILEGE = '42501';

const plain = (sql: string, parameters: readonly unknown[] = []): Statement =>
  CompiledQuery.raw(sql, [...parameters]);
const locked = plain('select pg_advisory_xact_lock($1)', [LOCK]);
/** A migration may rewrite a large table, or wait for the replica that does; no other statement of ours takes so long. */
const patient = plain('set local statement_timeout = 0');

/** A database that has migrations this program does not know: a newer version was here. */
export class DatabaseIsNewer extends Error {}

/** Migrations are missing, and whoever is logged in may not run them. */
export class MayNotMigrate extends Error {}

/**
 * Runs what is missing; returns the ids it ran itself. Where nothing is, it needs no right but to look. Throws
 * {@link DatabaseIsNewer}, {@link MayNotMigrate}.
 */
export const migrate = async (store: Store, migrations: readonly Migration[]): Promise<string[]> => {
  const missing = await missingMigrations(store.db, migrations);
  if (missing.length === 0) return [];
  try {
    return await runMissing(store, migrations);
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    const words = `the database is to be migrated (${missing.join(', ')}), and this login may not: run "gatehouse migrate" as the database's owner`;
    throw new MayNotMigrate(words, { cause: error });
  }
};

const runMissing = async (store: Store, migrations: readonly Migration[]): Promise<string[]> => {
  await store.atomically([
    patient,
    locked,
    plain(
      'create table if not exists gatehouse_migrations (id text primary key, at timestamptz not null default now())',
    ),
  ]);
  const done = await doneIds(store.db);
  mustKnow(done, migrations);
  const ran: string[] = [];
  for (const migration of migrations) {
    if (!done.has(migration.id) && (await run(store, migration))) ran.push(migration.id);
  }
  return ran;
};

/** The ids of what {@link migrate} would run; changes nothing. Throws {@link DatabaseIsNewer}. */
export const missingMigrations = async (db: Db, migrations: readonly Migration[]): Promise<string[]> => {
  const done = await doneIds(db).catch((error: unknown) => {
    if (sqlState(error) === UNDEFINED_TABLE) return new Set<string>();
    throw error;
  });
  mustKnow(done, migrations);
  return migrations.filter(({ id }) => !done.has(id)).map(({ id }) => id);
};

const mustKnow = (done: ReadonlySet<string>, migrations: readonly Migration[]): void => {
  const unknown = [...done].filter((id) => !migrations.some((migration) => migration.id === id));
  if (unknown.length > 0) {
    throw new DatabaseIsNewer(
      `the database has migrations this version does not know: ${unknown.join(', ')}`,
    );
  }
};

const doneIds = async (db: Db): Promise<Set<string>> => {
  const rows = await db.selectFrom('gatehouse_migrations').select('id').execute();
  return new Set(rows.map(({ id }) => id));
};

/** False when another replica ran it while we waited for the lock: its id is there and our transaction is undone. */
const run = async (store: Store, migration: Migration): Promise<boolean> => {
  try {
    await store.atomically([
      patient,
      locked,
      plain('insert into gatehouse_migrations (id) values ($1)', [migration.id]),
      ...migration.statements.map((statement) => plain(statement)),
    ]);
    return true;
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION && (await doneIds(store.db)).has(migration.id)) return false;
    throw error;
  }
};
