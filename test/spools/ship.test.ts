// Shipping: everything, once, in order, and never more in memory than a little.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, it, onTestFinished } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { appendLinks, headInStore } from '../../src/audit/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { entryOf, freshFolder, Ledger, openSpool } from './ledger.ts';

const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `ex_${from + index}`);

it('what waits is read back from the disk when it is too much for the memory, and nothing is lost at the turn', async () => {
  const folder = freshFolder();
  const ledger = new Ledger();
  ledger.away = true;
  const spool = await openSpool(folder, ledger, { segmentBytes: 256 * 1024 });
  for (let from = 0; from < 6_000; from += 500) {
    await Promise.all(names(from, from + 500).map((name) => spool.append(entryOf(name))));
  }
  expect(spool.state().waitingEntries).toBe(6_000);
  ledger.away = false;
  // It goes on coming while what waited is on its way.
  const more = (async () => {
    for (let from = 6_000; from < 8_000; from += 20) {
      await Promise.all(names(from, from + 20).map((name) => spool.append(entryOf(name))));
    }
  })();
  await more;
  await spool.flush(20_000);
  expect(ledger.exchanges(spool.writer)).toEqual(names(0, 8_000));
  expect(spool.state()).toMatchObject({ waitingEntries: 0, waitingBytes: 0, oldestAtMs: null });
  await spool.close();
});

it('a long absence costs a bounded memory', async () => {
  const ledger = new Ledger();
  ledger.away = true;
  const spool = await openSpool(freshFolder(), ledger, { limitBytes: 2 ** 30 });
  const body = { pad: 'x'.repeat(2_000) };
  const fill = async (): Promise<void> => {
    for (let round = 0; round < 30; round++) {
      await Promise.all(names(0, 512).map((name) => spool.append(entryOf(name, 'change', body))));
    }
  };
  await fill();
  const before = process.memoryUsage().heapUsed;
  await fill();
  await fill();
  // 60 MB more are waiting now.
  expect(spool.state().waitingBytes).toBeGreaterThan(90_000_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
  await spool.close();
});

it('a Postgres that is away is asked again and again, more and more slowly; a flush does not wait for that', async () => {
  const ledger = new Ledger();
  ledger.away = true;
  const spool = await openSpool(freshFolder(), ledger);
  await spool.append(entryOf('ex_1'));
  await sleep(1_000);
  expect(ledger.calls).toBeGreaterThan(1);
  expect(ledger.calls).toBeLessThan(7);
  ledger.away = false;
  const startedMs = performance.now();
  await spool.flush(5_000);
  expect(ledger.exchanges(spool.writer)).toEqual(['ex_1']);
  expect(performance.now() - startedMs).toBeLessThan(500);
  await spool.close();
});

it('a flush and a close that cannot be met end in time', async () => {
  const ledger = new Ledger();
  ledger.away = true;
  const spool = await openSpool(freshFolder(), ledger);
  await spool.append(entryOf('ex_1'));
  await sleep(800);
  const startedMs = performance.now();
  await spool.flush(200);
  expect(performance.now() - startedMs).toBeGreaterThan(150);
  await spool.close();
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

it('an answer that never comes, of a statement that was done or not, loses nothing and doubles nothing', async () => {
  const ledger = new Ledger();
  let calls = 0;
  const spool = await openSpool(freshFolder(), ledger, {
    ship: async (writer, links) => {
      calls++;
      if (calls % 3 === 1) throw new Error('gone before');
      await ledger.ship(writer, links);
      if (calls % 3 === 2) throw new Error('gone after');
    },
  });
  for (const name of names(0, 40)) await spool.append(entryOf(name));
  await spool.flush(10_000);
  expect(ledger.exchanges(spool.writer)).toEqual(names(0, 40));
  await spool.close();
});

it('a Postgres of its own keeps the chain as the spool wrote it', async () => {
  const store = pgStore(await freshDatabase(inject('postgresUrl')), () => undefined);
  onTestFinished(() => store.close());
  await migrate(store, migrations);
  const folder = freshFolder();
  const means = {
    shippedHead: (writer: string) => headInStore(store.db, writer),
    ship: async (writer: string, links: Parameters<typeof appendLinks>[2]) => {
      await store.db.executeQuery(appendLinks(store.db, writer, links));
    },
  };
  for (let restart = 0; restart < 3; restart++) {
    const spool = await openSpool(folder, new Ledger(), means);
    await Promise.all(
      names(0, 300).map((name) =>
        spool.append(entryOf(`${name}_${restart}`, 'open', { text: 'é\\"\u2028\n' })),
      ),
    );
    await spool.flush(10_000);
    expect((await headInStore(store.db, spool.writer))?.seq).toBe((restart + 1) * 300);
    await spool.close();
  }
});
