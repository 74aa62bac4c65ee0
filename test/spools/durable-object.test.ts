// The Durable Object spool on workerd, before a real Postgres that can be out of reach.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { all, entry, eventually, expectOneChain, newStage, opens, toldOf } from './durable-object-stage.ts';

const stage = newStage();
afterEach(stage.end);

describe('a chain', () => {
  it('begins with a start, keeps the order of an exchange, and is shipped without being asked', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), database.bindings);
    expect(await object.state()).toMatchObject({ waitingEntries: 0, refuses: null, limitAgeMs: 3_600_000 });
    // At once: a seal that overtook its opening would leave the exchange open for ever.
    expect(await object.send('append', [entry('open', 'ex_1'), entry('seal', 'ex_1')])).toEqual(all(2));
    const rows = await eventually(database.rows, ({ length }) => length === 3);
    expect(toldOf(rows)).toEqual(['start -', 'open ex_1', 'seal ex_1']);
    expectOneChain(rows);
    expect(rows[0]?.writer).toMatch(/^wr_[0-9A-HJKMNP-TV-Z]{26}$/);
    const state = await eventually(object.state, ({ waitingEntries }) => waitingEntries === 0);
    expect(state).toMatchObject({ writer: rows[0]?.writer, waitingEntries: 0, oldestAtMs: null });
  });

  it('has no gap after 500 appends at once', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), database.bindings);
    const batches = Array.from({ length: 10 }, (_, i) => object.send('append', opens(`b${i}`, 50)));
    expect((await Promise.all(batches)).flat()).toEqual(all(500));
    expect(await object.flush(20_000)).toMatchObject([{ waitingEntries: 0, waitingBytes: 0 }]);
    const rows = await database.rows();
    expect(rows).toHaveLength(501);
    expectOneChain(rows);
  });

  it('is one of several when there are shards, each exchange in one of them', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), { ...database.bindings, SHARDS: '3' });
    const both = opens('shard', 30).flatMap((open) => [open, entry('seal', open.exchange ?? '')]);
    expect(await object.send('append', both)).toEqual(all(60));
    await object.flush(20_000);
    const rows = await database.rows();
    const chains = Map.groupBy(rows, ({ writer }) => writer);
    expect(chains.size).toBe(3);
    for (const chain of chains.values()) {
      expectOneChain(chain);
      const counts = Map.groupBy(toldOf(chain).slice(1), (told) => told.split(' ')[1]);
      expect([...counts.values()].every(({ length }) => length === 2)).toBe(true);
    }
  });

  it('takes nothing of an entry that Postgres could never hold, and goes on', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), database.bindings);
    const results = await object.send('follow', [
      entry('open', 'ex_1', { name: 'a\u0000b' }),
      entry('open', 'ex_2', { name: 'x'.repeat(2 * 1024 * 1024) }),
      entry('open', 'ex_3', { name: '\\u0000' }),
    ]);
    expect(results).toEqual([
      expect.stringMatching(/^fails .*NUL/),
      expect.stringMatching(/^fails .*longer/),
      'kept',
    ]);
    await object.flush(20_000);
    const rows = await database.rows();
    expect(toldOf(rows)).toEqual(['start -', 'open ex_3']);
    expectOneChain(rows);
  });
});

describe('with Postgres away', () => {
  it('goes on, and ships everything in order, once, when Postgres is back', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), database.bindings);
    expect(await object.send('follow', opens('before', 20))).toEqual(all(20));
    await object.flush(20_000);
    database.door.turn('shut');
    expect(await object.send('follow', opens('while', 300))).toEqual(all(300));
    await sleep(500);
    expect(await object.state()).toMatchObject({ waitingEntries: 300, refuses: null });
    expect(await object.flush(300)).toMatchObject([{ waitingEntries: 300 }]);
    database.door.turn('open');
    const rows = await eventually(database.rows, ({ length }) => length === 321);
    expect(toldOf(rows).slice(1)).toEqual(
      [...opens('before', 20), ...opens('while', 300)].map(({ exchange }) => `open ${exchange}`),
    );
    expectOneChain(rows);
  });

  it('ships once what Postgres took without being able to say so', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), database.bindings);
    await object.send('follow', opens('heard', 5));
    await object.flush(20_000);
    database.door.turn('mute');
    expect(await object.send('follow', opens('unheard', 30))).toEqual(all(30));
    await eventually(
      async () => database.door.swallowed(),
      (many) => many >= 2,
    );
    expect(await database.rows()).toHaveLength(36);
    expect(await object.state()).toMatchObject({ waitingEntries: 30 });
    database.door.turn('open');
    expect(await object.flush(20_000)).toMatchObject([{ waitingEntries: 0 }]);
    const rows = await database.rows();
    expect(rows).toHaveLength(36);
    expectOneChain(rows);
  });

  it('refuses past the bound in bytes, and takes again when Postgres is back', async () => {
    const database = await stage.newDatabase();
    const over = JSON.stringify({ limitBytes: 5_000 });
    const object = await stage.start(stage.newFolder(), { ...database.bindings, OVER: over });
    database.door.turn('shut');
    const results = await object.send('follow', opens('full', 60));
    const kept = results.filter((result) => result === 'kept').length;
    expect(kept).toBeGreaterThan(10);
    expect(results).toEqual([...all(kept), ...Array.from({ length: 60 - kept }, () => 'refuses full')]);
    const state = await object.state();
    expect(state).toMatchObject({ refuses: 'full', waitingEntries: kept + 1, limitBytes: 5_000 });
    expect(state.waitingBytes).toBeGreaterThan(5_000);
    database.door.turn('open');
    await object.flush(20_000);
    expect(await object.send('follow', opens('after', 1))).toEqual(['kept']);
    await object.flush(20_000);
    const rows = await database.rows();
    expect(rows).toHaveLength(1 + kept + 1);
    expectOneChain(rows);
  });

  it('refuses past the bound in age', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), { ...database.bindings, GATEHOUSE_SPOOL_AGE_S: '1' });
    database.door.turn('shut');
    expect(await object.send('follow', opens('young', 1))).toEqual(['kept']);
    const state = await eventually(object.state, ({ refuses }) => refuses !== null);
    expect(state).toMatchObject({ refuses: 'too_old', limitAgeMs: 1000 });
    expect(await object.send('follow', opens('old', 1))).toEqual(['refuses too_old']);
    database.door.turn('open');
    await eventually(object.state, ({ refuses }) => refuses === null);
    expect(await object.send('follow', opens('new', 1))).toEqual(['kept']);
  });
});

describe('speed', () => {
  it('an append takes milliseconds', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), database.bindings);
    await object.send('follow', opens('warm', 50));
    const beganMs = performance.now();
    await object.send('follow', opens('one', 300));
    const eachMs = (performance.now() - beganMs) / 300;
    expect(eachMs).toBeLessThan(50);
  });
});
