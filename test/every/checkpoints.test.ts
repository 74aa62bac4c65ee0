// Checkpoints, keys, exports, proofs and retention on every store of the rack, with replicas that do the same at once.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { proofText, verifyProof } from '../../src/audit/proof.ts';
import { listCheckpoints, makeCheckpoints } from '../../src/checkpoints/table.ts';
import { setHold } from '../../src/erasures/table.ts';
import { proveRecord } from '../../src/proofs/table.ts';
import { dropMonthsBefore, listMonths, planMonthsBefore } from '../../src/retention/table.ts';
import {
  ensureSigningKey,
  listSigned,
  publishedKeys,
  RotatedMeanwhile,
  rotateKey,
} from '../../src/signing/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { endUserHash } from '../../src/vault/table.ts';
import {
  appendOwn,
  appendToShared,
  entryOf,
  exchangeId,
  exported,
  meansOn,
  smallAudit,
  verdictNow,
} from '../kit/audit-store.ts';
import { hashes, verdictOf } from '../kit/ledger.ts';
import type { Kind, Opened } from '../kit/stores.ts';
import { kinds } from '../kit/stores.ts';
import { keepSome, sealing } from '../kit/vault.ts';

describe.each(kinds)('on the $name store', ({ name, open }: Kind) => {
  let opened: Opened;
  let means: ReturnType<typeof meansOn>;
  /** Means of so many replicas, ours first; the embedded store has one process. */
  const replicas = async (count: number) => {
    const stores = await Promise.all(
      Array.from({ length: count - 1 }, () => (name === 'pglite' ? opened.store : opened.again())),
    );
    return [means, ...stores.map((store) => meansOn(store))];
  };
  const dropped = async (before: string): Promise<string[]> =>
    (await dropMonthsBefore(means, before)).flatMap((one) => (one.dropped ? [one.month] : []));
  beforeEach(async () => {
    opened = await open();
    await migrate(opened.store, migrations);
    means = meansOn(opened.store);
  });
  afterEach(() => opened.stop());

  it('of replicas that start together one makes the key, and all have it', async () => {
    const lines = await Promise.all((await replicas(5)).map(ensureSigningKey));
    expect(new Set(lines.map(({ keys }) => keys.map(({ id }) => id).join())).size).toBe(1);
    expect((await publishedKeys(opened.store.db)).keys).toHaveLength(1);
  });

  it('of replicas that sign together each checkpoint is made once, and all is covered', async () => {
    const all = await replicas(4);
    for (let round = 1; round <= 4; round++) {
      await Promise.all(
        [1, 2].map((i) => appendToShared(opened.store, `shared${i}`, [entryOf('start', null, means.now())])),
      );
      await Promise.all(all.map((one) => makeCheckpoints(one)));
      const { fault, unsigned } = await verdictNow(means);
      expect(fault).toBeUndefined();
      expect(unsigned).toBe(0);
    }
    const made = await listCheckpoints(opened.store.db, 100);
    expect(made.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
  });

  it('of replicas that rotate together one does', async () => {
    await appendToShared(opened.store, 'shared', [entryOf('start', null, means.now())]);
    await makeCheckpoints(means);
    const done = await Promise.allSettled((await replicas(3)).map(rotateKey));
    const refused = done.filter((one) => one.status === 'rejected');
    for (const one of refused) expect(one.reason).toBeInstanceOf(RotatedMeanwhile);
    const { keys, rotations } = await publishedKeys(opened.store.db);
    expect(keys).toHaveLength(1 + done.length - refused.length);
    expect(rotations).toHaveLength(keys.length - 1);
    await appendToShared(opened.store, 'shared', [entryOf('stop', null, means.now())]);
    await makeCheckpoints(means);
    expect((await verdictNow(means, { keys: [keys[0]?.id ?? ''] })).fault).toBeUndefined();
  });

  it('makes none where nothing is new, and as many as it takes where much is', async () => {
    expect(await makeCheckpoints(means)).toEqual([]);
    for (const writer of ['wr_b', 'wr_a', 'wr_c']) {
      await appendOwn(
        opened.store,
        writer,
        Array.from({ length: 7 }, () => entryOf('start', null, means.now())),
      );
    }
    expect(await makeCheckpoints(means, 5)).toHaveLength(5);
    expect(await makeCheckpoints(means, 5)).toEqual([]);
    const verdict = await verdictNow(means);
    expect(verdict).toMatchObject({ fault: undefined, entries: 21, unsigned: 0, checkpoints: 5 });
  });

  it('finds its heads again when what it keeps of them is lost or wrong', async () => {
    await smallAudit(means, 4, () => rotateKey(means));
    for (const harm of [sql`delete from audit_heads`, sql`update audit_heads set seq = seq + 1`]) {
      await harm.execute(opened.store.db);
      await appendToShared(opened.store, 'shared', [entryOf('stop', null, means.now())]);
      expect(await makeCheckpoints(means)).toHaveLength(1);
      expect((await verdictNow(means)).fault).toBeUndefined();
    }
  });

  it('exports whole checkpoints between two times', async () => {
    const hours = (n: number) => new Date(Date.UTC(2026, 10, 21) + n * 3_600_000).toISOString();
    for (let hour = 1; hour <= 5; hour++) {
      means.clock.ms = Date.parse(hours(hour));
      await appendToShared(opened.store, 'shared', [entryOf('start', null, means.now())]);
      await appendOwn(opened.store, `wr_${hour}`, [entryOf('start', null, means.now())]);
      await makeCheckpoints(means);
    }
    await appendToShared(opened.store, 'shared', [entryOf('stop', null, means.now())]);
    const seen = async (from?: string, to?: string) => {
      const { fault, checkpoints, entries, unsigned } = await verdictNow(means, {}, { from, to });
      expect(fault).toBeUndefined();
      return [checkpoints, entries, unsigned];
    };
    expect(await seen()).toEqual([5, 11, 1]);
    expect(await seen(hours(0))).toEqual([5, 11, 1]);
    expect(await seen(hours(2))).toEqual([3, 7, 1]);
    expect(await seen(hours(2.5))).toEqual([3, 7, 1]);
    expect(await seen(hours(5))).toEqual([0, 1, 1]);
    expect(await seen(undefined, hours(3))).toEqual([3, 6, 0]);
    expect(await seen(undefined, hours(2.5))).toEqual([3, 6, 0]);
    expect(await seen(hours(2), hours(3))).toEqual([1, 2, 0]);
  });

  it('proves one record, in which no byte can change', async () => {
    await smallAudit(means, 5, () => rotateKey(means));
    expect(await proveRecord(means, 'ex_none')).toBe('not_found');
    for (let number = 0; number < 15; number++) {
      const proof = await proveRecord(means, exchangeId(number));
      if (typeof proof === 'string') throw new Error(proof);
      const text = proofText(proof);
      const verdict = await verifyProof(hashes, text);
      expect(verdict).toMatchObject({ fault: undefined, exchange: exchangeId(number) });
      expect(verdict.entries.map(({ kind }) => kind)).toEqual(['open', 'seal']);
      if (number > 2) continue;
      for (let at = 0; at < text.length; at += 7) {
        const changed = `${text.slice(0, at)}${text[at] === '5' ? '6' : '5'}${text.slice(at + 1)}`;
        expect(
          (await verifyProof(hashes, changed)).fault,
          `${at}: ${text.slice(at - 20, at + 20)}`,
        ).toBeDefined();
      }
    }
    expect(await proveRecord(means, exchangeId(16))).toBe('not_covered');
    await makeCheckpoints(means);
    expect(await proveRecord(means, exchangeId(16))).toMatchObject({ exchange: exchangeId(16) });
  });

  it('drops a month only when it is signed, and leaves word of it', async () => {
    await smallAudit(means, 4, () => rotateKey(means));
    await appendOwn(opened.store, 'wr_silent', [entryOf('start', null, Date.UTC(2026, 9, 31))]);
    const october = sql`select audit_drop_month('2026-10-01'::date)`;
    await expect(october.execute(opened.store.db)).rejects.toMatchObject({ code: '55000' });
    const whole = await exported(means);
    expect(await dropped('2026-11-01')).toEqual(['2026-10-01']);
    expect(await listMonths(opened.store.db)).toEqual(['2026-11-01']);
    const verdict = await verdictNow(means);
    expect(verdict.fault).toBeUndefined();
    expect(verdict.notes.join()).toContain('2026-10 was dropped under retention');
    // A writer whose every entry is gone goes on where it was.
    await appendOwn(opened.store, 'wr_silent', [entryOf('stop', null, means.now())]);
    await makeCheckpoints(means);
    expect((await verdictNow(means)).fault).toBeUndefined();
    expect((await verdictOf(whole)).fault).toBeUndefined();
    // Late entries of a dropped month make it anew, and it is dropped anew.
    await appendOwn(opened.store, 'wr_silent', [entryOf('start', null, Date.UTC(2026, 9, 31))]);
    expect(await dropped('2026-11-01')).toEqual(['2026-10-01']);
    expect((await verdictNow(means)).fault).toBeUndefined();
    // The month under way stays, whatever is asked for.
    expect(await dropped('2027-01-01')).toEqual([]);
    means.clock.ms = Date.UTC(2026, 11, 1);
    expect(await dropped('2027-01-01')).toEqual(['2026-11-01']);
    expect((await verdictNow(means)).fault).toBeUndefined();
  });

  it('shows first what it would drop, signed by which checkpoint, and changes nothing by it', async () => {
    await smallAudit(means, 4, () => rotateKey(means));
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from audit_entries where month = '2026-10-01'`.execute(opened.store.db);
    const plan = { month: '2026-10-01', entries: Number(rows[0]?.count), covered_by: 2, held: 0 };
    expect(await planMonthsBefore(means, '2026-11-01')).toEqual([plan]);
    await appendOwn(opened.store, 'wr_silent', [entryOf('start', null, Date.UTC(2026, 9, 31))]);
    const open = { ...plan, entries: plan.entries + 1, covered_by: null };
    expect(await planMonthsBefore(means, '2026-12-01')).toEqual([open]);
    expect(await listCheckpoints(opened.store.db, 9)).toHaveLength(2);
    expect(await dropMonthsBefore(means, '2026-12-01')).toEqual([{ ...open, covered_by: 3, dropped: true }]);
  });

  it('keeps a month that a legal hold is on, by its exchange, its key or what is kept of it', async () => {
    await smallAudit(means, 4, () => rotateKey(means));
    const { db } = opened.store;
    await appendOwn(opened.store, 'wr_keyed', [
      entryOf('open', exchangeId(90), Date.UTC(2026, 9, 31), { key: 'key_held' }),
      entryOf('seal', exchangeId(90), Date.UTC(2026, 9, 31), { key: 'key_held' }),
    ]);
    await keepSome(db, exchangeId(0), { endUsers: ['anna'] });
    const scopes = [
      { scope: 'exchange', subject: exchangeId(0) },
      { scope: 'key', subject: 'key_held' },
      { scope: 'end_user', subject: endUserHash(sealing.secrets, 'anna') },
    ] as const;
    const cause = { actor: 'tester', reason: 'a court asked' };
    for (const scope of scopes) {
      await setHold(means, scope, true, cause);
      const [month] = await dropMonthsBefore(means, '2026-11-01');
      expect(month).toMatchObject({ month: '2026-10-01', held: 1, dropped: false });
      const past = sql`select audit_drop_month('2026-10-01'::date)`.execute(db);
      await expect(past).rejects.toMatchObject({ code: '55000' });
      await setHold(means, scope, false, cause);
    }
    expect(await listSigned(db, 'tombstone')).toEqual([]);
    expect(await dropped('2026-11-01')).toEqual(['2026-10-01']);
    expect((await verdictNow(means)).fault).toBeUndefined();
  });
});
