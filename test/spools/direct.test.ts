// The spool without a disk: durable means that Postgres has it.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { GENESIS, linkHash } from '../../src/audit/chain.ts';
import type { Entry } from '../../src/audit/record.ts';
import { appendShared } from '../../src/audit/table.ts';
import { directSpool } from '../../src/spools/direct.ts';
import { SpoolRefuses } from '../../src/spools/spool.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { entryOf, sha256 } from './ledger.ts';

let url: string;
beforeAll(async () => {
  url = await freshDatabase(inject('postgresUrl'));
  const store = pgStore(url, () => undefined);
  await migrate(store, migrations);
  await store.close();
});

const overPostgres = (writer: string, grouped = true) => {
  const store = pgStore(url, () => undefined);
  onTestFinished(() => store.close());
  const statements: number[] = [];
  const spool = directSpool({
    writer,
    grouped,
    now: Date.now,
    put: async (to, entries) => {
      statements.push(entries.length);
      await store.db.executeQuery(appendShared(store.db, to, entries));
    },
  });
  const chain = async () =>
    (
      await sql<{ seq: number; hash: string; text: string; exchange: string }>`
      select seq, hash, text, body->>'exchange' as exchange from audit_entries where writer = ${writer} order by seq`.execute(
        store.db,
      )
    ).rows;
  /** What was appended, without the chain's own `start`. */
  const exchanges = async () => (await chain()).slice(1).map(({ exchange }) => exchange);
  return { spool, chain, exchanges, statements };
};

it('append resolves when Postgres has the entry, and Postgres hashes the chain as anyone can check', async () => {
  const { spool, chain, exchanges } = overPostgres('wr_DIRECT01');
  await spool.append(entryOf('ex_1', 'open', { text: 'é\\"\u2028\n', seq: 7 }));
  expect(await exchanges()).toEqual(['ex_1']);
  await spool.append(entryOf('ex_1', 'seal'));
  let end = GENESIS;
  for (const { seq, hash, text } of await chain()) {
    expect([seq, hash]).toEqual([end.seq + 1, linkHash(sha256, end.hash, text)]);
    expect(JSON.parse(text).seq).toBe(seq);
    end = { seq, hash };
  }
  await spool.close();
});

it('entries that wait together leave together, in the order of the calls', async () => {
  const { spool, exchanges, statements } = overPostgres('wr_DIRECT02');
  const names = Array.from({ length: 1000 }, (_, index) => `ex_${index}`);
  await Promise.all(names.map((name) => spool.append(entryOf(name))));
  expect(await exchanges()).toEqual(names);
  expect(statements).toEqual([256, 256, 256, 232]);
  await spool.close();
});

it('where requests may not wait for one another each entry is a statement of its own', async () => {
  const { spool, exchanges, statements } = overPostgres('wr_DIRECT03', false);
  await Promise.all(['ex_1', 'ex_2', 'ex_3'].map((name) => spool.append(entryOf(name))));
  expect(statements).toEqual([1, 1, 1]);
  expect(await exchanges()).toHaveLength(3);
  await spool.close();
});

it('two processes that write to one chain take turns in it', async () => {
  const one = overPostgres('wr_DIRECT04');
  const two = overPostgres('wr_DIRECT04');
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await (index % 2 === 0 ? one : two).spool.append(entryOf(`ex_${index}`));
    }),
  );
  expect((await one.chain()).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 51 }, (_, index) => index + 1),
  );
  await one.spool.close();
  await two.spool.close();
});

it('an entry that Postgres would refuse is refused alone', async () => {
  const { spool, exchanges } = overPostgres('wr_DIRECT05');
  const told = await Promise.allSettled([
    spool.append(entryOf('ex_1')),
    spool.append(entryOf('ex_2', 'open', { bad: '\u0000' })),
    spool.append(entryOf('ex_3', 'open', { bad: '\udfff' })),
    spool.append(entryOf('ex_4')),
  ]);
  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(await exchanges()).toEqual(['ex_1', 'ex_4']);
  await spool.close();
});

it('a statement that fails fails its entries, not the next ones, and is not tried again', async () => {
  const batches: (readonly Entry[])[] = [];
  const spool = directSpool({
    writer: 'wr_DIRECT06',
    grouped: true,
    now: Date.now,
    put: async (_, entries) => {
      batches.push(entries);
      if (batches.length === 1) throw new Error('away');
    },
  });
  await expect(spool.append(entryOf('ex_1'))).rejects.toThrow('away');
  await spool.append(entryOf('ex_2'));
  expect(batches.map((entries) => entries.map(({ exchange }) => exchange))).toEqual([['ex_1'], ['ex_2']]);
  await spool.close();
});

it('past its bound it refuses, a flush ends in time, and after close nothing is taken', async () => {
  const gate = Promise.withResolvers<void>();
  const spool = directSpool({ writer: 'wr_DIRECT07', grouped: true, now: Date.now, put: () => gate.promise });
  const taken = Array.from({ length: 10_000 }, (_, index) => spool.append(entryOf(`ex_${index}`)));
  await sleep(0);
  for (let index = 0; index < 256; index++) taken.push(spool.append(entryOf(`ex_more_${index}`)));
  const told = Promise.allSettled(taken);
  await expect(spool.append(entryOf('ex_late'))).rejects.toThrow(SpoolRefuses);
  expect(spool.state()).toMatchObject({ refuses: 'full' });
  const startedMs = performance.now();
  await spool.flush(50);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  gate.resolve();
  await told;
  await spool.close();
  await expect(spool.append(entryOf('ex_closed'))).rejects.toThrow('closed');
});

it('a Postgres that refuses is told, and some seconds later somebody may try again', async () => {
  let nowMs = 1_000_000;
  let away = true;
  const spool = directSpool({
    writer: 'wr_DIRECT08',
    grouped: true,
    now: () => nowMs,
    put: async () => {
      if (away) throw new Error('away');
    },
  });
  expect(spool.state()).toMatchObject({ refuses: null });
  await expect(spool.append(entryOf('ex_1'))).rejects.toThrow('away');
  expect(spool.state()).toMatchObject({ refuses: 'broken' });
  nowMs += 5_000;
  expect(spool.state()).toMatchObject({ refuses: null });
  await expect(spool.append(entryOf('ex_2'))).rejects.toThrow('away');
  away = false;
  await spool.append(entryOf('ex_3'));
  expect(spool.state()).toMatchObject({ refuses: null });
  await spool.close();
});
