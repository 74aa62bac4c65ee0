// The spool on a disk: durable before it says so, in order, without a gap, whatever the disk and Postgres do.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { linkHash, placeIn } from '../../src/audit/chain.ts';
import { linesIn } from '../../src/spools/file-lines.ts';
import { SpoolRefuses } from '../../src/spools/spool.ts';
import type { Trouble } from './ledger.ts';
import { entryOf, freshFolder, Ledger, openSpool, sha256, troubledDisk } from './ledger.ts';

const durable = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .flatMap((name) => [...linesIn(readFileSync(join(folder, name)))])
    .map(({ text }) => placeIn(text)?.exchange ?? 'none');

describe('what was taken', () => {
  it('is on the disk when append resolves, while Postgres is away', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    ledger.away = true;
    const spool = await openSpool(folder, ledger);
    await spool.append(entryOf('ex_1'));
    expect(durable(folder)).toEqual(['ex_1']);
    expect(spool.state()).toMatchObject({ waitingEntries: 1, refuses: null });
    await spool.close();
  });

  it('of a thousand at once keeps the order of the calls, in one chain without a gap', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    const spool = await openSpool(folder, ledger);
    const names = Array.from({ length: 1000 }, (_, index) => `ex_${index}`);
    await Promise.all(names.map((name) => spool.append(entryOf(name))));
    await spool.flush(5_000);
    expect(ledger.exchanges(spool.writer)).toEqual(names);
    let before = '0'.repeat(64);
    for (const [index, { seq, hash, text }] of ledger.of(spool.writer).entries()) {
      expect([seq, hash]).toEqual([index + 1, linkHash(sha256, before, text)]);
      before = hash;
    }
    await spool.close();
  });

  it('is kept by close when Postgres is away, and shipped once by the next process', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    ledger.away = true;
    const first = await openSpool(folder, ledger);
    for (let index = 0; index < 20; index++) await first.append(entryOf(`ex_${index}`));
    await first.close();
    await expect(first.append(entryOf('ex_late'))).rejects.toThrow(SpoolRefuses);
    expect(ledger.of(first.writer)).toHaveLength(0);
    ledger.away = false;
    const second = await openSpool(folder, ledger);
    expect(second.writer).toBe(first.writer);
    expect(second.state().waitingEntries).toBe(20);
    await second.append(entryOf('ex_20'));
    await second.flush(5_000);
    expect(ledger.exchanges(second.writer)).toEqual(Array.from({ length: 21 }, (_, index) => `ex_${index}`));
    await second.close();
  });

  it('is not shipped twice when a process dies between Postgres and the file', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    let done = false;
    const first = await openSpool(folder, ledger, {
      ship: async (writer, links) => {
        await ledger.ship(writer, links);
        done = true;
        // The answer never comes: as far as this process knows, Postgres may have it or not.
        await new Promise(() => undefined);
      },
    });
    await first.append(entryOf('ex_1'));
    while (!done) await sleep(5);
    // No close: the process is gone. Its folder is what is left.
    const second = await openSpool(folder, ledger);
    expect(second.state().waitingEntries).toBe(0);
    await second.append(entryOf('ex_2'));
    await second.flush(5_000);
    expect(ledger.exchanges(second.writer)).toEqual(['ex_1', 'ex_2']);
    await second.close();
  });

  it('that no chain can hold is refused alone', async () => {
    const ledger = new Ledger();
    const spool = await openSpool(freshFolder(), ledger);
    const told = await Promise.allSettled([
      spool.append(entryOf('ex_1')),
      spool.append(entryOf('ex_2', 'open', { bad: '\ud800' })),
      spool.append(entryOf('ex_3', 'open', { bad: 'a\u0000b' })),
      spool.append(entryOf('ex_4', 'open', { bad: Number.NaN })),
      spool.append(entryOf('ex_5', 'open', { long: 'x'.repeat(1024 * 1024) })),
      spool.append(entryOf('ex_6', 'open', { fine: 'a\\u0000b' })),
    ]);
    expect(told.map(({ status }) => status[0]).join('')).toBe('frrrrf');
    await spool.flush(5_000);
    expect(ledger.exchanges(spool.writer)).toEqual(['ex_1', 'ex_6']);
    await spool.close();
  });

  it('is readable by nobody else', async () => {
    const folder = freshFolder();
    const spool = await openSpool(folder, new Ledger());
    await spool.append(entryOf('ex_1'));
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    await spool.close();
  });
});

describe('a disk that fails', () => {
  const cases: Trouble[][] = [
    ['write'],
    ['half'],
    ['sync'],
    ['half', 'truncate'],
    ['sync', 'truncate'],
    ['create'],
  ];
  for (const failing of cases) {
    it(`at ${failing.join(' and ')} leaves no gap, and the next entry works`, async () => {
      const folder = freshFolder();
      const ledger = new Ledger();
      const { disk, troubles } = troubledDisk();
      // Segments of one batch, so that a new one has to be made each time.
      const spool = await openSpool(folder, ledger, {
        disk,
        ...(failing[0] === 'create' ? { segmentBytes: 1 } : {}),
      });
      await spool.append(entryOf('ex_1'));
      for (const trouble of failing) troubles.add(trouble);
      const told = await Promise.allSettled(['ex_2', 'ex_3'].map((name) => spool.append(entryOf(name))));
      expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(spool.state().refuses).toBe('broken');
      troubles.clear();
      await spool.append(entryOf('ex_4'));
      expect(spool.state().refuses).toBe(null);
      await spool.flush(5_000);
      expect(ledger.exchanges(spool.writer)).toEqual(['ex_1', 'ex_4']);
      await spool.close();
      const again = await openSpool(folder, ledger);
      expect(again.found).toEqual({ set_aside: [], cut: null });
      await again.close();
    });
  }

  it('is asked again by itself until it takes something, so that readiness comes back', async () => {
    const folder = freshFolder();
    const { disk, troubles } = troubledDisk();
    const spool = await openSpool(folder, new Ledger(), { disk });
    await spool.append(entryOf('ex_1'));
    troubles.add('half').add('truncate');
    await expect(spool.append(entryOf('ex_2'))).rejects.toThrow();
    await sleep(700);
    expect(spool.state().refuses).toBe('broken');
    troubles.clear();
    await expect.poll(() => spool.state().refuses, { timeout: 3_000 }).toBe(null);
    expect(durable(folder)).toEqual(['ex_1']);
    await spool.close();
  });

  it('that refused a seal gets it later, and it says that the exchange did not end as it should', async () => {
    const ledger = new Ledger();
    const { disk, troubles } = troubledDisk();
    const spool = await openSpool(freshFolder(), ledger, { disk });
    await spool.append(entryOf('ex_1'));
    await spool.append(entryOf('ex_2'));
    troubles.add('half');
    const seal = entryOf('ex_1', 'seal', { ending: 'complete', sent_sha256: 'a', delivered_sha256: 'b' });
    await expect(spool.append(seal)).rejects.toThrow();
    await expect(spool.append(entryOf('ex_3', 'seal', { ending: 'refused' }))).rejects.toThrow();
    troubles.clear();
    await spool.append(entryOf('ex_2', 'seal', { ending: 'complete' }));
    await sleep(20);
    await spool.flush(5_000);
    const seals = ledger
      .of(spool.writer)
      .map(({ text }) => JSON.parse(text))
      .filter(({ kind }) => kind === 'seal')
      .map(({ exchange, body }) => [
        exchange,
        body.ending,
        body.code,
        body.sent_sha256,
        body.delivered_sha256,
      ]);
    expect(seals).toEqual([
      ['ex_2', 'complete', undefined, undefined, undefined],
      ['ex_1', 'failed', 'audit_unsealed', 'a', null],
    ]);
    await spool.close();
  });

  it('while it fails, what is under way is not told to be durable, and no order is lost', async () => {
    const ledger = new Ledger();
    const { disk, troubles } = troubledDisk();
    const spool = await openSpool(freshFolder(), ledger, { disk });
    const kept: string[] = [];
    for (let round = 0; round < 40; round++) {
      if (round % 3 === 1) troubles.add('half');
      else troubles.clear();
      const names = Array.from({ length: 8 }, (_, index) => `ex_${round}_${index}`);
      const told = await Promise.allSettled(names.map((name) => spool.append(entryOf(name))));
      kept.push(...names.filter((_, index) => told[index]?.status === 'fulfilled'));
    }
    await spool.flush(5_000);
    expect(kept.length).toBe(27 * 8);
    expect(ledger.exchanges(spool.writer)).toEqual(kept);
    await spool.close();
  });
});

describe('the bound', () => {
  it('in bytes refuses new exchanges, and still seals those that are open', async () => {
    const ledger = new Ledger();
    ledger.away = true;
    const spool = await openSpool(freshFolder(), ledger, { limitBytes: 4096 });
    let open = 0;
    const told = async (): Promise<unknown> =>
      spool.append(entryOf(`ex_${open}`, 'open', { pad: 'x'.repeat(512) }));
    for (; spool.state().refuses === null; open++) await told();
    expect(spool.state().refuses).toBe('full');
    await expect(told()).rejects.toThrow('full');
    // One that was refused has nothing to seal; else those who knock would fill the disk all the same.
    await expect(spool.append(entryOf(`ex_${open}`, 'seal'))).rejects.toThrow('full');
    for (let index = 0; index < open; index++) await spool.append(entryOf(`ex_${index}`, 'seal'));
    await expect(spool.append(entryOf('ex_0', 'seal'))).rejects.toThrow('full');
    await spool.append(entryOf(null, 'stop'));
    ledger.away = false;
    await spool.flush(10_000);
    expect(spool.state()).toMatchObject({
      refuses: null,
      waitingEntries: 0,
      waitingBytes: 0,
      oldestAtMs: null,
    });
    await spool.append(entryOf('ex_new'));
    await spool.close();
  });

  it('in age counts from when the entry was made, over a restart too', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    ledger.away = true;
    let now = Date.now();
    const means = { limitAgeMs: 60_000, now: () => now };
    const first = await openSpool(folder, ledger, means);
    await first.append({ kind: 'open', exchange: 'ex_1', atMs: now, body: {} });
    now += 61_000;
    await expect(first.append(entryOf('ex_2'))).rejects.toThrow('too_old');
    await first.close();
    const second = await openSpool(folder, ledger, means);
    expect(second.state()).toMatchObject({ refuses: 'too_old', waitingEntries: 1, oldestAtMs: now - 61_000 });
    await expect(second.append(entryOf('ex_3'))).rejects.toThrow('too_old');
    ledger.away = false;
    await second.flush(10_000);
    expect(second.state().refuses).toBe(null);
    await second.close();
  });
});

it('a chain that Postgres has another end of is refused at once, and put aside at the next start', async () => {
  const folder = freshFolder();
  const ledger = new Ledger();
  const spool = await openSpool(folder, ledger);
  await spool.append(entryOf('ex_1'));
  await spool.flush(5_000);
  // Somebody runs with a copy of this folder.
  const other = ledger.of(spool.writer);
  const text = `{"at":"2026-11-01T00:00:00.000Z","body":{},"exchange":"ex_other","kind":"open","seq":2,"v":1,"writer":"${spool.writer}"}`;
  other.push({ writer: spool.writer, seq: 2, text, hash: linkHash(sha256, other[0]?.hash ?? '', text) });
  await spool.append(entryOf('ex_2'));
  // The same number with another text is passed over, as what is there already; the next one cannot follow.
  await spool.append(entryOf('ex_3'));
  await expect.poll(() => spool.state().refuses, { timeout: 5_000 }).toBe('broken');
  await expect(spool.append(entryOf('ex_4'))).rejects.toThrow('broken');
  await spool.close();
  const again = await openSpool(folder, ledger);
  expect(again.writer).not.toBe(spool.writer);
  expect(again.found.set_aside).toMatchObject([
    { why: 'forked', writer: spool.writer, entries: 1, last_seq: 3 },
  ]);
  await again.close();
});

it('a folder whose files are not there yet, but whose parents are, is made', async () => {
  const folder = freshFolder();
  mkdirSync(folder, { recursive: true });
  const spool = await openSpool(folder, new Ledger());
  await spool.append(entryOf('ex_1'));
  await spool.close();
});
