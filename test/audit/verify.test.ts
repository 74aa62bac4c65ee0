// The verifier over generated ledgers: what is right holds, whatever turn the writers took.
import { describe, expect, it } from 'vitest';
import { Ledger, NOW_MS, randomLedger, verdictOf } from '../kit/ledger.ts';

describe('an export that nobody touched holds', () => {
  it('for any number of writers in any turns, with checkpoints and rotations anywhere', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const ledger = await randomLedger(seed, {
        writers: 1 + (seed % 9),
        steps: 20 + seed * 3,
        checkpoints: seed % 7,
        rotations: seed % 3,
      });
      const lines = await ledger.lines();
      const verdict = await verdictOf(lines);
      expect(verdict.fault, `seed ${seed}`).toBeUndefined();
      expect(verdict.checkpoints).toBe(ledger.checkpoints.length);
      expect(verdict.entries).toBe(lines.length - 2 - ledger.checkpoints.length);
      expect(verdict.madeAt).toBe(new Date(NOW_MS).toISOString());
    }
  });

  it('from any checkpoint on', async () => {
    const ledger = await randomLedger(7, { writers: 5, steps: 200, checkpoints: 8, rotations: 2 });
    for (let after = 0; after <= ledger.checkpoints.length; after++) {
      const verdict = await verdictOf(await ledger.lines(after));
      expect(verdict.fault).toBeUndefined();
      expect(verdict.checkpoints).toBe(ledger.checkpoints.length - after);
    }
  });

  it('with nothing in it', async () => {
    const ledger = await Ledger.of(1);
    expect(await verdictOf(await ledger.lines())).toMatchObject({ fault: undefined, entries: 0 });
  });
});

describe('a key known for sure', () => {
  it('may be any of the line', async () => {
    const ledger = await randomLedger(3, { writers: 3, steps: 100, rotations: 4 });
    expect(ledger.keys.length).toBeGreaterThan(2);
    const lines = await ledger.lines();
    for (const { public: key } of ledger.keys) {
      const verdict = await verdictOf(lines, { keys: [key.id] });
      expect(verdict.fault).toBeUndefined();
      expect(verdict.notes).toEqual([]);
    }
  });

  it('that signed nothing here is missed, however well the rest agrees', async () => {
    const ledger = await randomLedger(3, { writers: 3, steps: 100 });
    const other = await Ledger.of(4);
    expect((await verdictOf(await ledger.lines(), { keys: [other.key.public.id] })).fault).toMatchObject({
      kind: 'key',
      line: 1,
    });
  });
});

describe('a checkpoint that somebody else kept', () => {
  it('is found in the export', async () => {
    const ledger = await randomLedger(11, { writers: 4, steps: 200, checkpoints: 6 });
    const lines = await ledger.lines();
    for (const anchor of ledger.checkpoints)
      expect((await verdictOf(lines, { anchor })).fault).toBeUndefined();
    const [, second, third] = ledger.checkpoints;
    if (second === undefined || third === undefined) throw new Error('too few checkpoints');
    expect((await verdictOf(await ledger.lines(2), { anchor: second })).fault).toBeUndefined();
    expect((await verdictOf(await ledger.lines(3), { anchor: second })).fault).toMatchObject({
      kind: 'checkpoint',
    });
  });

  it('shows an old export, or one whose end was taken away', async () => {
    const ledger = await randomLedger(12, { writers: 4, steps: 100, checkpoints: 3 });
    const old = await ledger.lines();
    ledger.open([...ledger.chains.keys()][0] ?? '');
    ledger.sealAll();
    await ledger.checkpoint();
    const anchor = ledger.checkpoints.at(-1);
    if (anchor === undefined) throw new Error('no checkpoint');
    expect((await verdictOf(await ledger.lines(), { anchor })).fault).toBeUndefined();
    expect((await verdictOf(old)).fault).toBeUndefined();
    expect((await verdictOf(old, { anchor })).fault).toMatchObject({ kind: 'replayed' });
  });

  it('shows another history of the same keys', async () => {
    const ledger = await randomLedger(13, { writers: 4, steps: 100, checkpoints: 3 });
    const other = await Ledger.of(14);
    other.keys.splice(0, 1, ...ledger.keys);
    other.rotations.push(...ledger.rotations);
    other.writer();
    for (let i = 0; i < 4; i++) {
      other.writer();
      await other.checkpoint();
    }
    const anchor = other.checkpoints[0];
    if (anchor === undefined) throw new Error('no checkpoint');
    expect((await verdictOf(await ledger.lines(), { anchor })).fault).toMatchObject({ kind: 'forked' });
  });

  it('is no older than wanted', async () => {
    const ledger = await randomLedger(15, { writers: 2, steps: 50 });
    const lines = await ledger.lines();
    expect((await verdictOf(lines, { notBeforeMs: NOW_MS })).fault).toBeUndefined();
    expect((await verdictOf(lines, { notBeforeMs: NOW_MS + 1 })).fault).toMatchObject({ kind: 'replayed' });
  });
});

describe('a record', () => {
  const twoWriters = async () => {
    const ledger = await Ledger.of(20);
    return { ledger, one: ledger.writer(), two: ledger.writer() };
  };
  const EXCHANGE = 'ex_01JD00000000000000000000AB';

  it('that was never sealed is named, once it cannot be under way any more', async () => {
    const { ledger, one } = await twoWriters();
    ledger.append(one, 'open', EXCHANGE);
    await ledger.checkpoint();
    const opened = Date.parse(ledger.chains.get(one)?.at(-1)?.text.slice(7, 31) ?? '');
    const young = await verdictOf(await ledger.lines(0, opened + 60 * 60_000));
    expect(young.fault).toBeUndefined();
    expect(young.notes.join()).toContain('under way');
    const fault = (await verdictOf(await ledger.lines())).fault;
    expect(fault).toMatchObject({ kind: 'unsealed' });
    expect(fault?.words).toContain(EXCHANGE);
  });

  it('may be sealed in another chain, also one that stands before', async () => {
    const { ledger, one, two } = await twoWriters();
    const [first = '', last = ''] = [one, two].sort();
    ledger.append(last, 'open', EXCHANGE);
    ledger.append(first, 'seal', EXCHANGE, { ending: 'failed', code: 'lost' });
    expect((await verdictOf(await ledger.lines())).fault).toBeUndefined();
  });

  it.each(['open', 'seal'] as const)(
    'has one %s: a second is named, in the same chain or another',
    async (kind) => {
      for (const same of [true, false]) {
        const { ledger, one, two } = await twoWriters();
        ledger.append(one, 'open', EXCHANGE);
        ledger.append(one, 'seal', EXCHANGE);
        await ledger.checkpoint();
        ledger.append(same ? one : two, kind, EXCHANGE);
        const { fault } = await verdictOf(await ledger.lines());
        expect(fault).toMatchObject({ kind: 'forked' });
        expect(fault?.words).toContain(EXCHANGE);
      }
    },
  );
});
