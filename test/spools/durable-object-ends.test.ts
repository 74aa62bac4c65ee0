// The Durable Object spool when workerd ends midway, when the database is not what it was, when an isolate is gone.
import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  all,
  bodyOf,
  entry,
  eventually,
  expectOneChain,
  newStage,
  opens,
  toldOf,
} from './durable-object-stage.ts';

const stage = newStage();
afterEach(stage.end);

describe('after its end', () => {
  it('has everything it said it had, and goes on with the same chain', async () => {
    const database = await stage.newDatabase();
    const folder = stage.newFolder();
    const first = await stage.start(folder, database.bindings);
    database.door.turn('shut');
    expect(await first.send('append', opens('kept', 40))).toEqual(all(40));
    const { writer } = await first.state();
    await first.stop();
    database.door.turn('open');
    const second = await stage.start(folder, database.bindings);
    expect(await second.send('follow', [entry('seal', 'ex_kept_0')])).toEqual(['kept']);
    const rows = await eventually(database.rows, ({ length }) => length === 42);
    expectOneChain(rows);
    expect(rows[0]?.writer).toBe(writer);
    expect(toldOf(rows).filter((told) => told.startsWith('start'))).toHaveLength(1);
  });

  it('loses nothing it kept, and nothing twice, when it ends again and again midway', async () => {
    const database = await stage.newDatabase();
    const folder = stage.newFolder();
    const kept: string[] = [];
    for (let round = 0; round < 5; round++) {
      const object = await stage.start(folder, database.bindings);
      database.door.turn(round % 2 === 0 ? 'open' : 'mute');
      const enough = kept.length + 15;
      const sending = opens(`r${round}`, 80).map(async (open) => {
        const [result] = await object.send('append', [open]).catch(() => ['cut off']);
        if (result === 'kept') kept.push(`open ${open.exchange}`);
      });
      await eventually(
        async () => kept.length,
        (many) => many >= enough,
      );
      await object.stop();
      await Promise.all(sending);
    }
    database.door.turn('open');
    const object = await stage.start(folder, database.bindings);
    expect(await object.flush(20_000)).toMatchObject([{ waitingEntries: 0 }]);
    const rows = await database.rows();
    expectOneChain(rows);
    const told = toldOf(rows);
    expect(new Set(told).size).toBe(told.length);
    expect(kept.length).toBeGreaterThanOrEqual(75);
    expect(kept.filter((one) => !told.includes(one))).toEqual([]);
  });
});

describe('a database with another history', () => {
  it('gets another chain, which says what was set aside', async () => {
    const database = await stage.newDatabase();
    const object = await stage.start(stage.newFolder(), database.bindings);
    await object.send('follow', opens('shipped', 3));
    await object.flush(20_000);
    database.door.turn('shut');
    await object.send('follow', opens('waiting', 2));
    const { writer } = await object.state();
    await database.forget();
    database.door.turn('open');
    await eventually(database.rows, ({ length }) => length > 0);
    await object.send('follow', opens('new', 1));
    await object.flush(20_000);
    const rows = await database.rows();
    expectOneChain(rows);
    expect(toldOf(rows)).toEqual(['start -', 'open ex_new_0']);
    expect(rows[0]?.writer).not.toBe(writer);
    expect(bodyOf(rows[0]).body).toMatchObject({
      spool: 'durable-object',
      set_aside: { writer, entries: 2, last_seq: 6, last_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('is never forked by an object that was set back in time', async () => {
    const database = await stage.newDatabase();
    const folder = stage.newFolder();
    const backup = stage.newFolder();
    const first = await stage.start(folder, database.bindings);
    await first.send('follow', opens('a', 3));
    await first.flush(20_000);
    await first.stop();
    cpSync(folder, backup, { recursive: true });
    const second = await stage.start(folder, database.bindings);
    await second.send('follow', opens('b', 3));
    await second.flush(20_000);
    await second.stop();
    rmSync(folder, { recursive: true });
    cpSync(backup, folder, { recursive: true });
    const third = await stage.start(folder, database.bindings);
    await third.send('follow', opens('c', 2));
    await third.flush(20_000);
    await third.send('follow', opens('d', 1));
    await third.flush(20_000);
    const chains = [...Map.groupBy(await database.rows(), ({ writer }) => writer).values()];
    for (const chain of chains) expectOneChain(chain);
    expect(chains.map(({ length }) => length).sort()).toEqual([2, 7]);
    const start = chains.find(({ length }) => length === 2)?.[0];
    expect(bodyOf(start).body).toMatchObject({ set_aside: { entries: 2, last_seq: 6, store_seq: 7 } });
  });
});

describe('exchanges that nobody can end any more', () => {
  it('are sealed as lost, once, after a restart too; sealed ones are left alone', async () => {
    const database = await stage.newDatabase();
    const folder = stage.newFolder();
    const over = JSON.stringify({ lostAfterMs: 1_500 });
    const first = await stage.start(folder, { ...database.bindings, OVER: over });
    await first.send('follow', [
      entry('open', 'ex_lost', { team: 'hr' }),
      entry('open', 'ex_done'),
      entry('seal', 'ex_done'),
    ]);
    await first.flush(20_000);
    expect(await database.rows()).toHaveLength(4);
    await first.stop();
    const second = await stage.start(folder, { ...database.bindings, OVER: over });
    // Called once, so that workerd knows the object's alarm again.
    await second.state();
    const rows = await eventually(database.rows, ({ length }) => length === 5);
    await sleep(300);
    expect(toldOf(await database.rows())).toEqual([
      'start -',
      'open ex_lost',
      'open ex_done',
      'seal ex_done',
      'seal ex_lost',
    ]);
    expectOneChain(rows);
    expect(bodyOf(rows[4]).body).toMatchObject({ team: 'hr', ending: 'failed', code: 'lost', status: null });
  });
});
