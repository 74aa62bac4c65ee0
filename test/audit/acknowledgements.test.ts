// What an acknowledgement of a break is: signed, recorded, carried by every checkpoint and export, made once, and of no use
// for anything but what it names.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acknowledge, NoSuchBreak } from '../../src/acknowledgements/table.ts';
import { makeCheckpoints } from '../../src/checkpoints/table.ts';
import { proveRecord } from '../../src/proofs/table.ts';
import { dropMonthsBefore } from '../../src/retention/table.ts';
import { exchangeId, exported, verdictNow } from '../kit/audit-store.ts';
import type { Breaking } from '../kit/breaking.ts';
import { BROKEN, REASON, startBreaking } from '../kit/breaking.ts';
import { verdictOf } from '../kit/ledger.ts';

let b: Breaking;
beforeEach(async () => {
  b = await startBreaking();
});
afterEach(() => b.stop());

describe('an acknowledgement', () => {
  it('cannot be taken away, or be forged, without being missed', async () => {
    await b.alterText(b.last);
    await b.acknowledged(b.last);
    await b.goOn();
    const kept = await b.owner.query(
      `delete from audit_signed where kind = 'acknowledgement' returning text, signature`,
    );
    expect((await verdictNow(b.means)).fault).toMatchObject({ kind: 'altered' });
    await b.owner.query('update audit_entries set text = $1 where writer = $2 and seq = $3', [
      '{}',
      BROKEN,
      b.last,
    ]);
    const { text } = kept.rows[0];
    const forged = text.replace(/"row":"[0-9a-f]{64}"/, `"row":"${'0'.repeat(64)}"`);
    for (const one of [forged, text.replace('anna', 'otto')]) {
      await b.owner.query(
        `insert into audit_signed (kind, text, signature) values ('acknowledgement', $1, $2)`,
        [...[one, kept.rows[0].signature]],
      );
      expect((await verdictNow(b.means)).fault).toMatchObject({ kind: 'key' });
      await expect(makeCheckpoints(b.means)).rejects.toThrow('not one that was signed here');
      await b.owner.query(`delete from audit_signed where kind = 'acknowledgement'`);
    }
  });

  it('that a checkpoint knows of must be in the file, also where the break is not', async () => {
    await b.alterText(b.last);
    await b.acknowledged(b.last);
    b.means.clock.ms += 60_000;
    await b.goOn();
    b.means.clock.ms += 60_000;
    await b.goOn();
    const from = new Date(b.means.now() - 30_000).toISOString();
    const part = await verdictNow(b.means, {}, { from });
    expect(part.fault).toBeUndefined();
    expect(part.acknowledged).toEqual([]);
    expect(part.notes.join()).toContain(`a break at ${BROKEN}/${b.last} (`);
    await b.owner.query(`delete from audit_signed where kind = 'acknowledgement'`);
    expect((await verdictNow(b.means, {}, { from })).fault).toMatchObject({
      kind: 'checkpoint',
      words: expect.stringContaining(`knows of a break at ${BROKEN}/${b.last}`),
    });
  });

  it('is an entry of the audit itself: who, what, why', async () => {
    await b.alterText(b.last);
    await b.acknowledged(b.last);
    const { rows } = await b.owner.query(
      `select body->'body' as body from audit_entries where writer = 'acknowledgements' and body->>'kind' = 'acknowledgement'`,
    );
    expect(rows).toEqual([
      {
        body: expect.objectContaining({
          ...{ actor: 'anna', reason: REASON },
          broken: expect.objectContaining({ writer: BROKEN, seq: b.last }),
        }),
      },
    ]);
  });

  it('of what does not exist, or of a whole chain, is refused', async () => {
    await expect(b.acknowledged(3)).rejects.toThrow(`the chain of ${BROKEN} holds`);
    await expect(
      acknowledge(b.means, { writer: 'nobody', seq: 1, actor: 'anna', reason: REASON }),
    ).rejects.toBeInstanceOf(NoSuchBreak);
    await b.change(`hash = 'none'`, b.last);
    await expect(b.acknowledged(b.last)).rejects.toThrow('cannot be acknowledged, only put right');
  });

  it('of operators at the same moment is made once', async () => {
    await b.alterText(b.last);
    const all = await Promise.allSettled([1, 2, 3].map(() => b.acknowledged(b.last)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await verdictNow(b.means)).acknowledged).toHaveLength(1);
  });

  it('stays when what it names is put right, and is then a note', async () => {
    await b.owner.query('create table saved as select month, writer, seq, hash, text from audit_entries');
    await b.remove(3, 5);
    await b.acknowledged(3);
    await b.goOn();
    await b.owner.query(`insert into audit_entries (month, writer, seq, hash, text)
      select * from saved s where s.writer = '${BROKEN}' and s.seq between 3 and 5`);
    const verdict = await verdictNow(b.means);
    expect(verdict).toMatchObject({ fault: undefined, acknowledged: [] });
    expect(verdict.notes.join()).toContain(`a break at ${BROKEN}/3 (`);
  });

  it('lets records beside the break be proven, and their month be dropped', async () => {
    await b.remove(b.last - 1);
    await b.acknowledged(b.last - 1);
    await b.goOn();
    const { rows } = await b.owner.query<{ exchange: string }>(
      `select body->>'exchange' as exchange from audit_entries where writer = 'shared' and body->>'kind' = 'seal'
        order by seq desc limit 1`,
    );
    const proof = await proveRecord(b.means, rows[0]?.exchange ?? exchangeId(0));
    expect(proof).toMatchObject({ exchange: rows[0]?.exchange });
    b.means.clock.ms = Date.UTC(2026, 11, 5);
    const gone = await dropMonthsBefore(b.means, '2026-12-01');
    expect(gone.every(({ dropped }) => dropped)).toBe(true);
    const verdict = await verdictOf(await exported(b.means));
    expect(verdict.fault).toBeUndefined();
    expect(verdict.acknowledged).toMatchObject([{ seq: b.last - 1 }]);
  });
});
