// Erasure and holds on every store: what is erased opens no more, what is held stays, and the chains hold throughout.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { erase, expireVault, listHolds, setHold } from '../../src/erasures/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import type { Store } from '../../src/stores/store.ts';
import { sqlState } from '../../src/stores/store.ts';
import { endUserHash } from '../../src/vault/table.ts';
import type { Scope } from '../../src/vault/vault.ts';
import type { Kind, Opened } from '../kit/stores.ts';
import { kinds } from '../kit/stores.ts';
import {
  chainFault,
  dumpOf,
  erasureEntries,
  KEPT_AT,
  keepSome,
  OVER_AT,
  openedOf,
  sealing,
  secretOf,
} from '../kit/vault.ts';

const CAUSE = { actor: 'tester', reason: 'asked to, "count":0,"held_back":0,"seq":0,"v":1 by Zoë' };
const exchange = (subject: string): Scope => ({ scope: 'exchange', subject });
const key = (subject: string): Scope => ({ scope: 'key', subject });
const endUser = (name: string): Scope => ({
  scope: 'end_user',
  subject: endUserHash(sealing.secrets, name),
});
const whole = (id: string) => ({ prompt: `asked ${secretOf(id)}`, reply: secretOf(id) });

describe.each(kinds)('on the $name store', ({ name, open }: Kind) => {
  let opened: Opened;
  let store: Store;
  const clock = { ms: Date.parse(KEPT_AT) + 1000 };
  const means = () => ({ store, now: () => clock.ms });
  beforeAll(async () => {
    opened = await open();
    ({ store } = opened);
    await migrate(store, migrations);
  });
  afterAll(() => opened.stop());

  let round = 0;
  /** Ids, keys and end users of one test alone. */
  let own = '';
  let [a, b, c] = ['', '', ''];
  beforeEach(() => {
    own = `${name}${++round}`;
    clock.ms = Date.parse(KEPT_AT) + 1000;
    [a, b, c] = ['a', 'b', 'c'].map((letter) => `ex_${own}${letter}`) as [string, string, string]; // three letters
  });
  const keepThree = async (): Promise<void> => {
    await keepSome(store.db, a, { key: `key_${own}`, endUsers: [`zoë ${own}`] });
    await keepSome(store.db, b, { key: `key_${own}`, endUsers: [`max ${own}`, `m ${own}`] });
    await keepSome(store.db, c, { key: `key_other_${own}`, endUsers: [`zoë ${own}`] });
  };
  const states = () => Promise.all([a, b, c].map((id) => openedOf(store.db, id)));

  it.each([
    ['an exchange', () => exchange(a), [0]],
    ['a key', () => key(`key_${own}`), [0, 1]],
    ['an end user', () => endUser(`zoë ${own}`), [0, 2]],
    ['an end user by another of their names', () => endUser(`m ${own}`), [1]],
    ['somebody who has nothing', () => endUser(`zoe ${own}`), []],
  ] as const)('erasing by %s leaves nothing of it that opens, and all else', async (_, scope, gone) => {
    await keepThree();
    const before = (await erasureEntries(store.db)).length;
    expect(await states()).toEqual([whole(a), whole(b), whole(c)]);
    expect(await erase(means(), scope(), CAUSE)).toEqual({ count: gone.length, held_back: 0 });
    const wanted = [a, b, c].map((id, at) => (gone.some((one) => one === at) ? 'erased' : whole(id)));
    expect(await states()).toEqual(wanted);
    const rows = await store.db.selectFrom('vault').selectAll().where('exchange', 'in', [a, b, c]).execute();
    for (const row of rows) {
      const there = [row.prompt, row.reply, row.wrapped_key].filter((value) => value !== null).length;
      expect(there).toBe(wanted[[a, b, c].indexOf(row.exchange)] === 'erased' ? 0 : 3);
    }
    const entries = await erasureEntries(store.db);
    expect(entries.length).toBe(before + 1);
    expect(entries.at(-1)).toEqual({
      kind: 'erasure',
      exchange: scope().scope === 'exchange' ? a : null,
      body: { ...scope(), ...CAUSE, count: gone.length, held_back: 0 },
    });
    expect(await chainFault(store.db)).toBeUndefined();
  });

  it('no table holds a word of a prompt, a reply or an end user, before or after', async () => {
    await keepThree();
    await setHold(means(), endUser(`max ${own}`), true, { actor: 'tester', reason: 'a case' });
    await erase(means(), endUser(`zoë ${own}`), { actor: 'tester', reason: 'asked to' });
    const dump = await dumpOf(store);
    expect(dump).toContain(a);
    for (const word of ['the secret of', 'Grüße', 'asked the', `zoë ${own}`, `max ${own}`])
      expect(dump).not.toContain(word);
  });

  it.each([
    ['an exchange', () => exchange(a)],
    ['its key', () => key(`key_${own}`)],
    ['its end user', () => endUser(`zoë ${own}`)],
  ] as const)('a hold on %s stops erasure and retention until it is lifted', async (_, scope) => {
    await keepThree();
    expect(await setHold(means(), scope(), true, CAUSE)).toBeGreaterThan(0);
    expect(await erase(means(), exchange(a), CAUSE)).toEqual({ count: 0, held_back: 1 });
    clock.ms = Date.parse(OVER_AT);
    await expireVault(means());
    expect((await states())[0]).toEqual(whole(a));
    expect(await setHold(means(), scope(), false, CAUSE)).toBeGreaterThan(0);
    await expireVault(means());
    expect(await states()).toEqual(['erased', 'erased', 'erased']);
    expect(await chainFault(store.db)).toBeUndefined();
  });

  it('an erasure that meets a hold takes the rest and says how many it left', async () => {
    await keepThree();
    await setHold(means(), exchange(b), true, CAUSE);
    expect(await erase(means(), key(`key_${own}`), CAUSE)).toEqual({ count: 1, held_back: 1 });
    expect(await states()).toEqual(['erased', whole(b), whole(c)]);
    expect((await erasureEntries(store.db)).at(-1)?.body).toMatchObject({ count: 1, held_back: 1 });
  });

  it('holds overlap: lifting one leaves the other; and a hold is on what comes later too', async () => {
    await setHold(means(), key(`key_${own}`), true, CAUSE);
    await keepThree();
    await setHold(means(), exchange(a), true, CAUSE);
    await setHold(means(), key(`key_${own}`), false, CAUSE);
    expect(await erase(means(), key(`key_${own}`), CAUSE)).toEqual({ count: 1, held_back: 1 });
    expect(await states()).toEqual([whole(a), 'erased', whole(c)]);
  });

  it('a hold is listed with its cause, set and lifted once each, and each time written down', async () => {
    const scope = endUser(`zoë ${own}`);
    await keepThree();
    const before = (await erasureEntries(store.db)).length;
    expect(await setHold(means(), scope, true, CAUSE)).toBe(2);
    expect(await setHold(means(), scope, true, CAUSE)).toBeUndefined();
    const holds = await listHolds(store.db);
    const since = new Date(clock.ms).toISOString();
    expect(holds.filter(({ subject }) => subject === scope.subject)).toEqual([{ ...scope, ...CAUSE, since }]);
    expect(await setHold(means(), scope, false, CAUSE)).toBe(2);
    expect(await setHold(means(), scope, false, CAUSE)).toBeUndefined();
    const entries = (await erasureEntries(store.db)).slice(before);
    const body = { ...scope, ...CAUSE, count: 2 };
    expect(entries).toEqual([
      { kind: 'hold', exchange: null, body: { ...body, hold: true } },
      { kind: 'hold', exchange: null, body: { ...body, hold: false } },
    ]);
    expect(await chainFault(store.db)).toBeUndefined();
  });

  it('retention erases at its very millisecond, tells of it once, and of nothing not at all', async () => {
    await keepThree();
    await keepSome(store.db, `${c}later`, { expires_at: '2027-01-01T00:00:00.000Z' });
    const before = (await erasureEntries(store.db)).length;
    clock.ms = Date.parse(OVER_AT) - 1;
    await expireVault(means());
    expect(await states()).toEqual([whole(a), whole(b), whole(c)]);
    const early = (await erasureEntries(store.db)).length;
    expect(early).toBe(before);
    clock.ms = Date.parse(OVER_AT);
    const { count } = await expireVault(means());
    expect(count).toBeGreaterThanOrEqual(3);
    expect((await expireVault(means())).count).toBe(0);
    expect(await states()).toEqual(['erased', 'erased', 'erased']);
    expect(await openedOf(store.db, `${c}later`)).toEqual(whole(`${c}later`));
    const entries = (await erasureEntries(store.db)).slice(early);
    expect(entries).toMatchObject([{ kind: 'erasure', body: { scope: 'retention', count } }]);
  });

  it('erasures and holds of five replicas at once keep one whole chain, and erase each content once', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `${a}${i}`);
    for (const id of ids) await keepSome(store.db, id, { key: `key_${own}` });
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => (name === 'pglite' ? store : opened.again())),
    );
    const ends = await Promise.all(
      stores.flatMap((one, i) => [
        erase({ ...means(), store: one }, key(`key_${own}`), CAUSE),
        setHold({ ...means(), store: one }, exchange(ids[i] ?? ''), true, CAUSE).then(() => ({ count: 0 })),
      ]),
    );
    const gone = ends.reduce((sum, { count }) => sum + count, 0);
    const left = (await Promise.all(ids.map((id) => openedOf(store.db, id)))).filter(
      (one) => one !== 'erased',
    );
    expect(gone + left.length).toBe(10);
    expect(gone).toBeGreaterThanOrEqual(5);
    expect(await chainFault(store.db)).toBeUndefined();
  });

  it('a thousand and more are erased in steps that are each written down', async () => {
    await keepSome(store.db, a, { key: `key_${own}` });
    // Copies of one row: nobody will open them.
    await sql`insert into vault select ${a}::text || n, use_case, use_case_version, team, key, end_users, capture, prompt,
        reply, wrapped_key, cut, kept_at, expires_at, erased_at
      from vault, generate_series(1, 2000) n where exchange = ${a}`.execute(store.db);
    const before = (await erasureEntries(store.db)).length;
    expect(await erase(means(), key(`key_${own}`), CAUSE)).toEqual({ count: 2001, held_back: 0 });
    const counts = (await erasureEntries(store.db)).slice(before).map(({ body }) => body['count']);
    expect(counts).toEqual([1000, 1000, 1]);
    expect(await chainFault(store.db)).toBeUndefined();
  });

  it('an erasure whose entry cannot be written erases nothing', async () => {
    await keepThree();
    await sql`create function no_entry() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '55000'; end $$`.execute(
      store.db,
    );
    await sql`create trigger no_entry before insert on audit_entries for each row execute function no_entry()`.execute(
      store.db,
    );
    try {
      const error = await erase(means(), exchange(a), CAUSE).catch((thrown: unknown) => thrown);
      expect(sqlState(error)).toBe('55000');
    } finally {
      await sql`drop function no_entry() cascade`.execute(store.db);
    }
    expect((await states())[0]).toEqual(whole(a));
  });
});
