// The gateway's own role in Postgres can do all of this, and nothing more.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { erase, expireVault, setHold } from '../../src/erasures/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Store } from '../../src/stores/store.ts';
import { sqlState } from '../../src/stores/store.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { chainFault, keepSome, OVER_AT, openedOf } from '../kit/vault.ts';

const CAUSE = { actor: 'tester', reason: 'asked to' };
let owner: Store;
let app: Store;
beforeAll(async () => {
  const url = await freshDatabase(inject('postgresUrl'));
  owner = pgStore(url, () => undefined);
  await migrate(owner, migrations);
  app = pgStore(`${url}?options=-c%20role%3Dgatehouse_app`, () => undefined);
});
afterAll(() => Promise.all([app.close(), owner.close()]));

it('keeps, holds, erases and expires content, each with its entry', async () => {
  const means = { store: app, now: () => Date.parse(OVER_AT) };
  const one = { scope: 'exchange', subject: 'ex_1' } as const;
  for (const id of ['ex_1', 'ex_2']) await keepSome(app.db, id);
  expect(await setHold(means, one, true, CAUSE)).toBe(1);
  expect(await erase(means, one, CAUSE)).toEqual({ count: 0, held_back: 1 });
  expect(await setHold(means, one, false, CAUSE)).toBe(1);
  expect(await erase(means, one, CAUSE)).toEqual({ count: 1, held_back: 0 });
  expect(await expireVault(means)).toEqual({ count: 1, held_back: 0 });
  expect(await Promise.all(['ex_1', 'ex_2'].map((id) => openedOf(app.db, id)))).toEqual(['erased', 'erased']);
  expect(await chainFault(app.db)).toBeUndefined();
});

it.each([
  ['give content another owner', `update vault set key = 'key_b'`],
  ['put off its end', `update vault set expires_at = now()`],
  ['delete it', 'delete from vault'],
  ['truncate it', 'truncate vault'],
  ['change a hold', `update vault_holds set subject = 'x'`],
  ['take the trigger away', 'drop trigger vault_erase_only on vault'],
])('may not %s', async (_, text) => {
  const error = await sql
    .raw(text)
    .execute(app.db)
    .catch((thrown: unknown) => thrown);
  expect(sqlState(error)).toBe('42501');
});
