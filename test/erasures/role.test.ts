// The gateway's own role in Postgres can do all of this, and nothing more.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { LOST_AFTER_MS } from '../../src/audit/lost.ts';
import { appendShared, listUnsealed, sealLost } from '../../src/audit/table.ts';
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

it('closes what was lost, remembers up to where a chain is sealed, and passes over what was erased meanwhile', async () => {
  const atMs = Date.parse(OVER_AT);
  await app.db.executeQuery(
    appendShared(app.db, 'wr_ROLE', [
      { kind: 'start', exchange: null, atMs, body: { spool: 'direct' } },
      { kind: 'open', exchange: 'ex_lost', atMs, body: {} },
    ]),
  );
  expect(await sealLost(app.db, atMs + LOST_AFTER_MS + 1, 10)).toBe(1);
  expect(await listUnsealed(app.db, 'wr_ROLE')).toEqual([]);
  const means = { store: app, now: () => atMs };
  await erase(means, { scope: 'key', subject: 'key_role' }, CAUSE);
  expect(await keepSome(app.db, 'ex_3', { key: 'key_role', openedAtMs: atMs })).toBe('erased');
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
