// An exchange under way while its key, its end user or itself is erased leaves nothing behind, whichever comes first.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { erase, setHold } from '../../src/erasures/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import type { Store } from '../../src/stores/store.ts';
import { endUserHash } from '../../src/vault/table.ts';
import type { Scope } from '../../src/vault/vault.ts';
import type { Kind, Opened } from '../kit/stores.ts';
import { kinds } from '../kit/stores.ts';
import { KEPT_AT, keepSome, openedOf, sealing, secretOf } from '../kit/vault.ts';

const CAUSE = { actor: 'tester', reason: 'asked to' };
const ERASED_MS = Date.parse(KEPT_AT);
/** More than the clocks of two replicas may differ by. */
const SURELY_MS = 6_000;
const whole = (id: string) => ({ prompt: `asked ${secretOf(id)}`, reply: secretOf(id) });

describe.each(kinds)('on the $name store', ({ name, open }: Kind) => {
  let opened: Opened;
  let store: Store;
  const means = (own = store) => ({ store: own, now: () => ERASED_MS });
  beforeAll(async () => {
    opened = await open();
    ({ store } = opened);
    await migrate(store, migrations);
  });
  afterAll(() => opened.stop());

  let round = 0;
  let id = '';
  beforeEach(() => {
    id = `${name}${++round}`;
  });
  /** Keeps an exchange of this test's key and end user that began so long before (or after) the erasure. */
  const keep = (exchange: string, beganMs: number, own = store) =>
    keepSome(own.db, exchange, {
      key: `key_${id}`,
      endUsers: [`max ${id}`, `zoë ${id}`],
      openedAtMs: ERASED_MS + beganMs,
    });
  const scopes: readonly (readonly [string, () => Scope])[] = [
    ['its record', () => ({ scope: 'exchange', subject: `ex_${id}` })],
    ['its key', () => ({ scope: 'key', subject: `key_${id}` })],
    ['its end user', () => ({ scope: 'end_user', subject: endUserHash(sealing.secrets, `zoë ${id}`) })],
  ];

  it.each(scopes)('an erasure of %s reaches what began before it and is kept after it', async (_, scope) => {
    expect(await erase(means(), scope(), CAUSE)).toEqual({ count: 0, held_back: 0 });
    expect(await keep(`ex_${id}`, -60_000)).toBe('erased');
    expect(await openedOf(store.db, `ex_${id}`)).toBe('not kept');
  });

  it('what began after an erasure is kept; within the difference of two clocks it counts as before', async () => {
    await erase(means(), { scope: 'key', subject: `key_${id}` }, CAUSE);
    expect(await keep(`ex_${id}a`, SURELY_MS)).toBe('kept');
    expect(await keep(`ex_${id}b`, 1_000)).toBe('erased');
    expect(await openedOf(store.db, `ex_${id}a`)).toEqual(whole(`ex_${id}a`));
  });

  it('an erasure of somebody else, and of the same name in another scope, changes nothing', async () => {
    await erase(means(), { scope: 'key', subject: `key_other_${id}` }, CAUSE);
    await erase(means(), { scope: 'exchange', subject: `key_${id}` }, CAUSE);
    await erase(means(), { scope: 'key', subject: `ex_${id}` }, CAUSE);
    expect(await keep(`ex_${id}`, -60_000)).toBe('kept');
  });

  it('a hold wins: what it is on is kept though it was erased meanwhile', async () => {
    const [, [, key]] = scopes as [unknown, (typeof scopes)[number]]; // the second is the key's
    await erase(means(), key(), CAUSE);
    await setHold(means(), key(), true, CAUSE);
    expect(await keep(`ex_${id}`, -60_000)).toBe('kept');
  });

  it('an erasure and a keeping at the same moment leave nothing that opens, whoever is first', async () => {
    const others = name === 'pglite' ? [store, store] : [await opened.again(), await opened.again()];
    const [one, two] = others as [Store, Store];
    for (let turn = 0; turn < 15; turn++) {
      const exchange = `ex_${id}_${turn}`;
      await Promise.all([
        sleep(turn % 3).then(() => keep(exchange, -60_000, one)),
        sleep(turn % 2).then(() => erase(means(two), { scope: 'key', subject: `key_${id}` }, CAUSE)),
      ]);
      expect(['erased', 'not kept']).toContain(await openedOf(store.db, exchange));
    }
  });

  it.runIf(name === 'pg')('an erasure that is not committed yet is waited for', async () => {
    const other = await opened.again();
    let kept: Promise<string> | undefined;
    await other.db.transaction().execute(async (transaction) => {
      const inside = { ...other, db: transaction, atomically: runIn(transaction) };
      await erase(means(inside), { scope: 'key', subject: `key_${id}` }, CAUSE);
      kept = keep(`ex_${id}`, -60_000);
      await sleep(200);
      expect(await openedOf(store.db, `ex_${id}`)).toBe('not kept');
    });
    expect(await kept).toBe('erased');
    expect(await openedOf(store.db, `ex_${id}`)).toBe('not kept');
  });

  it.runIf(name === 'pg')('content that is not committed yet is waited for, and erased', async () => {
    const other = await opened.again();
    let erased: Promise<unknown> | undefined;
    await other.db.transaction().execute(async (transaction) => {
      const inside = { ...other, db: transaction };
      expect(await keep(`ex_${id}`, -60_000, inside)).toBe('kept');
      erased = erase(means(), { scope: 'key', subject: `key_${id}` }, CAUSE);
      await sleep(200);
    });
    expect(await erased).toEqual({ count: 1, held_back: 0 });
    expect(await openedOf(store.db, `ex_${id}`)).toBe('erased');
  });
});

const runIn =
  (db: Store['db']): Store['atomically'] =>
  async (statements) => {
    const results = [];
    for (const statement of statements) results.push(await db.executeQuery(statement));
    return results;
  };
