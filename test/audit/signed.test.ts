// What is signed, in a real Postgres, changed by its owner with every trigger off; and what is never signed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChainBroken } from '../../src/audit/cover.ts';
import { makeCheckpoints } from '../../src/checkpoints/table.ts';
import { exported, meansOn, verdictNow } from '../kit/audit-store.ts';
import { verdictOf } from '../kit/ledger.ts';
import type { Tampering } from '../kit/tampering.ts';
import { startTampering } from '../kit/tampering.ts';

let audit: Tampering;
beforeAll(async () => {
  audit = await startTampering();
});
afterAll(() => audit.stop());

const query = (text: string, values: unknown[] = []) => audit.owner.query(text, values);
const refusedCheckpoint = async (): Promise<unknown> =>
  makeCheckpoints(audit.means).catch((error: unknown) => error);

describe('a checkpoint, a rotation, a key', () => {
  it.each(['text', 'signature'])('cannot have its %s changed', async (column) => {
    for (const table of ['audit_checkpoints', 'audit_signed']) {
      const { rows } = await query(`select ${column} as value from ${table}`);
      for (const { value } of rows) {
        for (let at = 3; at < value.length; at += 19) {
          const changed = `${value.slice(0, at)}${value[at] === '5' ? '6' : '5'}${value.slice(at + 1)}`;
          const fault = await audit.fault(() =>
            query(`update ${table} set ${column} = $1 where ${column} = $2`, [changed, value]),
          );
          expect(['checkpoint', 'KeysBroken'], changed).toContain(fault.kind);
        }
      }
    }
  });

  it('is named when the owner puts one in, takes one away or mixes two', async () => {
    const { rows } = await query(`select id, public, sealed from audit_keys k
      order by exists (select from audit_signed s where s.text::jsonb->'to'->>'id' = k.id)`);
    const [old, fresh] = rows;
    const changes: [string, unknown[]][] = [
      ["insert into audit_keys values ('00', $1, $2, now())", [old.public, old.sealed]],
      ['update audit_keys set public = $1 where id = $2', [old.public, fresh.id]],
      ['update audit_keys set sealed = $1 where id = $2', [old.sealed, fresh.id]],
      ['delete from audit_keys where id = $1', [fresh.id]],
      ['delete from audit_keys where id = $1', [old.id]],
      ["delete from audit_signed where kind = 'rotation'", []],
      ['insert into audit_signed (kind, text, signature) select kind, text, signature from audit_signed', []],
    ];
    for (const [text, values] of changes)
      expect((await audit.fault(() => query(text, values))).kind, text).toBe('KeysBroken');
  });

  it('is missed when a checkpoint is deleted', async () => {
    expect(await audit.fault(() => query('delete from audit_checkpoints where number = 1'))).toMatchObject({
      kind: 'checkpoint',
      words: 'checkpoint 1 is missing before checkpoint 2',
    });
  });

  it('is missed by who kept the last checkpoint when that is deleted, and all after it', async () => {
    const { rows } = await query('select text, signature from audit_checkpoints where number = 2');
    const known = { anchor: rows[0] };
    const { covers }: { covers: { writer: string; from: number }[] } = JSON.parse(rows[0].text);
    expect((await verdictNow(audit.means, known)).fault).toBeUndefined();
    const cut = async (): Promise<void> => {
      await query('delete from audit_checkpoints where number = 2');
      for (const { writer, from } of covers)
        await query('delete from audit_entries where writer = $1 and seq >= $2', [writer, from]);
    };
    expect(await audit.during(cut, () => verdictNow(audit.means))).toMatchObject({ fault: undefined });
    expect((await audit.during(cut, () => verdictNow(audit.means, known))).fault).toMatchObject({
      kind: 'replayed',
    });
  });
});

describe('nothing is signed', () => {
  it('over entries that were changed, are missing, or were written anew', async () => {
    const row = audit.rows.find(({ writer, seq }) => seq > (audit.covered.get(writer) ?? 0));
    if (row === undefined) throw new Error('all is covered');
    const last = audit.covered.get(row.writer) ?? 0;
    for (const change of [
      () =>
        query(
          "update audit_entries set text = replace(text, 'opened', 'closed') || ' ' where writer = $1 and seq = $2",
          [row.writer, row.seq],
        ),
      () =>
        query("update audit_entries set hash = repeat('0', 64) where writer = $1 and seq = $2", [
          row.writer,
          row.seq,
        ]),
      () => query('delete from audit_entries where writer = $1 and seq = $2', [row.writer, row.seq]),
      () => query('delete from audit_entries where writer = $1 and seq >= $2', [row.writer, last]),
      () => query('delete from audit_entries where writer = $1', [row.writer]),
      async () => {
        await query('delete from audit_entries where writer = $1 and seq > $2', [row.writer, last]);
        await query("update audit_entries set hash = repeat('0', 64) where writer = $1 and seq = $2", [
          row.writer,
          last,
        ]);
      },
    ]) {
      expect(await audit.during(change, refusedCheckpoint), String(change)).toBeInstanceOf(ChainBroken);
    }
    expect((await verdictNow(audit.means)).fault).toBeUndefined();
  });

  it('over checkpoints that are not ours, or not all there', async () => {
    for (const text of [
      'delete from audit_checkpoints where number = 1',
      "update audit_checkpoints set text = replace(text, 'root', 'boot')",
      "update audit_checkpoints set signature = '' where number = 2",
    ]) {
      expect(await audit.during(() => query(text), refusedCheckpoint), text).toBeInstanceOf(ChainBroken);
    }
  });

  it('by whoever does not have the secret of the deployment', async () => {
    const stranger = meansOn(audit.store, 'another-root-secret-0123456789-0123456789');
    await expect(exported(stranger)).rejects.toThrow('does not open');
    await expect(makeCheckpoints(stranger)).rejects.toThrow('does not open');
  });
});

it('an export of one day played again another day is known by its time', async () => {
  const old = await exported(audit.means);
  const nextDay = audit.means.now() + 86_400_000;
  expect((await verdictOf(old)).fault).toBeUndefined();
  expect((await verdictOf(old, { notBeforeMs: nextDay })).fault).toMatchObject({ kind: 'replayed' });
});
