// The spool without a disk: an entry is durable when Postgres has it; those that wait together leave together.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import type { Entry } from '../../src/audit/record.ts';
import { directSpool, SpoolFull } from '../../src/spools/direct.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Db, Store } from '../../src/stores/store.ts';
import { freshDatabase } from '../kit/postgres.ts';

let store: Store;
let writers = 0;
let writer = '';
beforeAll(async () => {
  store = pgStore(await freshDatabase(inject('postgresUrl')), () => undefined);
  await migrate(store, migrations);
});
beforeEach(() => {
  writer = `wr_${writers++}`;
});
afterAll(() => store.close());

const entry = (exchange: string, body: Record<string, unknown> = {}): Entry => ({
  kind: 'seal',
  exchange,
  atMs: 1_700_000_000_000,
  body,
});
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `ex_${String(i).padStart(5, '0')}`);
const kept = async (): Promise<string[]> => {
  const rows = await store.db
    .selectFrom('audit_entries')
    .select('exchange')
    .where('writer', '=', writer)
    .orderBy('seq')
    .execute();
  return rows.map(({ exchange }) => exchange);
};

/** The database with its statements counted; `before` may make one wait or fail. */
const watched = (before: (statement: number) => Promise<void> | void = () => undefined) => {
  const seen = { statements: 0, atOnce: 0, most: 0 };
  const db: Db = new Proxy(store.db, {
    get: (real, name) => {
      const value = Reflect.get(real, name, real);
      if (name !== 'executeQuery') return typeof value === 'function' ? value.bind(real) : value;
      return async (query: Parameters<Db['executeQuery']>[0]) => {
        seen.statements++;
        seen.most = Math.max(seen.most, ++seen.atOnce);
        try {
          await before(seen.statements);
          return await real.executeQuery(query);
        } finally {
          seen.atOnce--;
        }
      };
    },
  });
  return { db, seen };
};

describe('the direct spool', () => {
  it('has an entry in Postgres when its append resolves', async () => {
    for (const grouped of [true, false]) {
      const spool = directSpool(store.db, `${writer}_${grouped}`, grouped);
      await spool.append(entry('ex_1', { text: 'ünïcode "x"' }));
      const row = await store.db
        .selectFrom('audit_entries')
        .selectAll()
        .where('writer', '=', spool.writer)
        .executeTakeFirstOrThrow();
      expect(row).toMatchObject({ seq: 1, kind: 'seal', exchange: 'ex_1', body: { text: 'ünïcode "x"' } });
    }
  });

  it('writes the entries of many exchanges in few statements, one at a time, in the order they came', async () => {
    const { db, seen } = watched();
    const spool = directSpool(db, writer, true);
    const first = spool.append(entry('ex_first'));
    await sleep(0);
    await Promise.all([first, ...names(1_000).map((name) => spool.append(entry(name)))]);
    expect(await kept()).toEqual(['ex_first', ...names(1_000)]);
    // One for the first, and 256 entries in each of the rest.
    expect(seen).toMatchObject({ statements: 5, most: 1 });
  });

  it('fails the entries of a statement that failed and no other, and goes on', async () => {
    const gone = new Error('connection terminated');
    const { db } = watched(async (statement) => {
      await sleep(5);
      if (statement === 2) throw gone;
    });
    const spool = directSpool(db, writer, true);
    const first = spool.append(entry('ex_first'));
    await sleep(1);
    const second = names(3).map((name) => spool.append(entry(name)));
    const results = await Promise.allSettled([first, ...second]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    await spool.append(entry('ex_after'));
    expect(await kept()).toEqual(['ex_first', 'ex_after']);
  });

  it('does not let an entry that Postgres cannot keep take others with it', async () => {
    const { db } = watched();
    const spool = directSpool(db, writer, true);
    // Neither do entries that are no JSON at all.
    const poison = (index: number) => ({ text: ['fine', '\u0000', 'fine', '\ud800', 'fine'][index] });
    await expect(spool.append(entry('ex_huge', { number: 1n }))).rejects.toThrow(TypeError);
    const results = await Promise.allSettled(
      names(5).map((name, index) => spool.append(entry(name, poison(index)))),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await kept()).toEqual(['ex_00000', 'ex_00002', 'ex_00004']);
  });

  it('holds no more than ten thousand waiting entries, and takes more when they have left', async () => {
    const gate = Promise.withResolvers<void>();
    const { db } = watched(() => gate.promise);
    const spool = directSpool(db, writer, true);
    const first = spool.append(entry('ex_first'));
    await sleep(0);
    const waiting = names(10_000).map((name) => spool.append(entry(name)));
    await expect(spool.append(entry('ex_refused'))).rejects.toBeInstanceOf(SpoolFull);
    gate.resolve();
    await Promise.all([first, ...waiting]);
    await spool.append(entry('ex_after'));
    const all = await kept();
    expect(all).toEqual(['ex_first', ...names(10_000), 'ex_after']);
  });

  it('is flushed when everything taken so far has been written or failed', async () => {
    const { db } = watched(() => sleep(10));
    const spool = directSpool(db, writer, true);
    await spool.flush();
    const taken = names(300).map((name) => spool.append(entry(name)));
    await spool.flush();
    expect(await kept()).toHaveLength(300);
    await Promise.all(taken);
  });

  it('lets no append wait for another where it may not group them', async () => {
    const gate = Promise.withResolvers<void>();
    const { db, seen } = watched((statement) => (statement === 1 ? gate.promise : undefined));
    const spool = directSpool(db, writer, false);
    const held = spool.append(entry('ex_held'));
    await Promise.all(names(3).map((name) => spool.append(entry(name))));
    expect(await kept()).toEqual(names(3));
    gate.resolve();
    await held;
    expect(await kept()).toEqual(['ex_held', ...names(3)]);
    expect(seen.statements).toBe(4);
  });
});
