// Postgres over TCP goes away and comes back.

import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { pgStore } from '../../src/stores/pg.ts';
import type { Store } from '../../src/stores/store.ts';
import { freshDatabase } from '../kit/postgres.ts';

let store: Store;
let other: Store;
const lost: Error[] = [];
beforeAll(async () => {
  const url = await freshDatabase(inject('postgresUrl'));
  store = pgStore(url, (error) => lost.push(error));
  other = pgStore(url, () => undefined);
});
afterAll(async () => {
  await Promise.all([store.close(), other.close()]);
});

const pidOf = async (db: Store['db']): Promise<number> => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return rows[0]?.pid ?? 0;
};
const end = (pid: number) => sql`select pg_terminate_backend(${pid})`.execute(other.db);

it('a connection that is lost while idle is told to the log, and the next statement has another', async () => {
  const pid = await pidOf(store.db);
  await end(pid);
  for (const until = Date.now() + 5_000; lost.length === 0 && Date.now() < until; ) await sleep(10);
  expect(lost).toHaveLength(1);
  expect(await pidOf(store.db)).not.toBe(pid);
});

it('a connection that is lost between two statements of a transaction ends the transaction, not the process', async () => {
  const failed = store.db.transaction().execute(async (transaction) => {
    await end(await pidOf(transaction));
    await sleep(100);
    return pidOf(transaction);
  });
  await expect(failed).rejects.toThrow();
  expect(await pidOf(store.db)).toBeGreaterThan(0);
});

it('a store that cannot be reached says so without its URL', async () => {
  const away = pgStore('postgres://someone:hunter22@127.0.0.1:1/none', () => undefined);
  const error = await sql`select 1`.execute(away.db).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(String(error)).not.toContain('hunter22');
  await away.close();
});
