// Many writers at once on a real Postgres, over connections of their own: no gap, no twin, no fork, and every chain verifies.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Link } from '../../src/audit/chain.ts';
import { GENESIS, headOf, nextLink } from '../../src/audit/chain.ts';
import { appendLinks } from '../../src/audit/table.ts';
import { makeCheckpoints } from '../../src/checkpoints/table.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Store } from '../../src/stores/store.ts';
import { sqlState, UNIQUE_VIOLATION } from '../../src/stores/store.ts';
import {
  appendToShared,
  entryOf,
  exchangeId,
  meansOn,
  migratedStore,
  verdictNow,
} from '../kit/audit-store.ts';
import { hashes, seeded, upTo } from '../kit/ledger.ts';
import { freshDatabase } from '../kit/postgres.ts';

let stores: Store[];
beforeAll(async () => {
  const url = await freshDatabase(inject('postgresUrl'));
  stores = [await migratedStore(url), ...Array.from({ length: 3 }, () => pgStore(url, () => undefined))];
});
afterAll(() => Promise.all(stores.map((store) => store.close())));

const storeAt = (place: number): Store => {
  const store = stores[place % stores.length];
  if (store === undefined) throw new Error('no store');
  return store;
};

let number = 0;
const AT_MS = Date.UTC(2026, 9, 31, 23, 59);

/** A spool on a disk that loses replies: it sends batches again, and ones that overlap. */
const ownWriter = async (seed: number, records: number): Promise<number> => {
  const random = seeded(seed);
  const writer = `wr_own_${seed}`;
  const links: Link[] = [];
  const add = (...args: Parameters<typeof entryOf>): void => {
    const last = links.at(-1);
    links.push(nextLink(hashes.hex, writer, last === undefined ? GENESIS : headOf(last), entryOf(...args)));
  };
  add('start', null, AT_MS);
  for (let i = 0; i < records; i++) {
    const exchange = exchangeId(number++);
    add('open', exchange, AT_MS + i * 1000, { client: '"' });
    add('seal', exchange, AT_MS + i * 1000 + 500);
  }
  for (let sent = 0; sent < links.length; ) {
    const from = Math.max(0, sent - upTo(random, 4));
    const to = Math.min(links.length, sent + 1 + upTo(random, 9));
    const tries = 1 + upTo(random, 2);
    await Promise.all(
      Array.from({ length: tries }, (_, i) =>
        storeAt(seed + i).atomically([appendLinks(storeAt(seed).db, writer, links.slice(from, to))]),
      ),
    );
    sent = to;
  }
  return links.length;
};

/** A replica without a disk: it shares its chain with others. */
const sharedWriter = async (seed: number, records: number): Promise<number> => {
  const random = seeded(seed);
  const writer = `shared_${Math.floor(seed / 100)}_${seed % 2}`;
  let entries = 0;
  for (let done = 0; done < records; ) {
    const batch = Array.from({ length: 1 + upTo(random, 5) }, () => exchangeId(number++)).flatMap(
      (exchange) => [
        entryOf('open', exchange, AT_MS + done * 1000),
        entryOf('seal', exchange, AT_MS + done * 1000 + 1),
      ],
    );
    await appendToShared(storeAt(seed), writer, batch);
    entries += batch.length;
    done += batch.length / 2;
  }
  return entries;
};

describe('writers in random turns', () => {
  it.each([1, 2, 3, 4, 5])(
    'leave chains without a gap, a twin or a fork, under checkpoints that go on meanwhile (%i)',
    async (round) => {
      const means = meansOn(storeAt(0));
      let writing = true;
      const checkpointing = (async () => {
        while (writing) await makeCheckpoints(means);
      })();
      const before = (await verdictNow(means)).entries;
      const counts = await Promise.all([
        ...Array.from({ length: 6 }, (_, i) => ownWriter(round * 100 + i, 20)),
        ...Array.from({ length: 6 }, (_, i) => sharedWriter(round * 100 + i, 20)),
      ]);
      writing = false;
      await checkpointing;
      await makeCheckpoints(means);
      const verdict = await verdictNow(means);
      expect(verdict.fault).toBeUndefined();
      expect(verdict.unsigned).toBe(0);
      // Each of the two shared chains begins with a start that nobody asked for.
      expect(verdict.entries).toBe(before + counts.reduce((sum, count) => sum + count, 2));
    },
  );

  it('that believe to be the same one cannot fork its chain: one is refused', async () => {
    const fork = (text: string) => {
      const first = nextLink(hashes.hex, 'wr_twice', GENESIS, entryOf('start', null, AT_MS));
      return [first, nextLink(hashes.hex, 'wr_twice', headOf(first), entryOf('stop', null, AT_MS, { text }))];
    };
    await storeAt(0).atomically([appendLinks(storeAt(0).db, 'wr_twice', fork('a'))]);
    const again = fork('b');
    const third = nextLink(
      hashes.hex,
      'wr_twice',
      headOf(again[1] ?? fork('b')[0] ?? { seq: 0, hash: '', writer: '', text: '' }),
      entryOf('stop', null, AT_MS),
    );
    const refused = await storeAt(1)
      .atomically([appendLinks(storeAt(1).db, 'wr_twice', [...again, third])])
      .catch((error: unknown) => sqlState(error));
    expect(refused).toBe(UNIQUE_VIOLATION);
    expect((await verdictNow(meansOn(storeAt(0)))).fault).toBeUndefined();
  });
});
