// A break that an operator acknowledged: checkpoints go on, every export names it for good, and nothing else passes with it.
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { acknowledge, NoSuchBreak } from '../../src/acknowledgements/table.ts';
import { GENESIS, linkHash } from '../../src/audit/chain.ts';
import { ChainBroken } from '../../src/audit/cover.ts';
import { lastCheckpoint, makeCheckpoints } from '../../src/checkpoints/table.ts';
import { proveRecord } from '../../src/proofs/table.ts';
import { dropMonthsBefore } from '../../src/retention/table.ts';
import { hashes } from '../../src/runtimes/hashes.ts';
import { rotateKey } from '../../src/signing/table.ts';
import type { Store } from '../../src/stores/store.ts';
import {
  appendOwn,
  appendToShared,
  entryOf,
  exchangeId,
  exported,
  meansOn,
  migratedStore,
  ownerOf,
  smallAudit,
  verdictNow,
} from '../kit/audit-store.ts';
import { verdictOf } from '../kit/ledger.ts';
import { freshDatabase } from '../kit/postgres.ts';

const OWN = 'wr_01JD0000000000000000000000';
const REASON = 'restored from a backup by mistake';
let store: Store;
let means: ReturnType<typeof meansOn>;
let owner: pg.Client;
/** The last entry of our chain that is signed, and the last one there is. */
let signed: number;
let last: number;

beforeEach(async () => {
  const url = await freshDatabase(inject('postgresUrl'));
  store = await migratedStore(url);
  means = meansOn(store);
  owner = await ownerOf(url);
  await smallAudit(means, 6, () => rotateKey(means));
  const { rows } = await owner.query<{ signed: number; last: number }>(
    `select (select seq::int from audit_heads where writer = $1) as signed,
      (select max(seq)::int from audit_entries where writer = $1) as last`,
    [OWN],
  );
  signed = rows[0]?.signed ?? 0;
  last = rows[0]?.last ?? 0;
});
afterEach(async () => {
  await owner.end();
  await store.close();
});

const change = (set: string, seq: number) =>
  owner.query(`update audit_entries set ${set} where writer = $1 and seq = $2`, [OWN, seq]);
const remove = (from: number, to = from) =>
  owner.query('delete from audit_entries where writer = $1 and seq between $2 and $3', [OWN, from, to]);
const alterText = (seq: number, word = 'changed') =>
  change(`text = jsonb_set(text::jsonb, '{body}', '{"was":"${word}"}')::text`, seq);
const OTHER_HASH = `hash = encode(sha256(convert_to(hash, 'UTF8')), 'hex')`;

/** Changes an entry and hashes it and all after it again, as an owner would who hides something. */
const rewrite = async (from: number): Promise<void> => {
  type Row = { seq: number; hash: string; text: string };
  const { rows } = await owner.query<Row>(
    'select seq::int, hash, text from audit_entries where writer = $1 order by seq',
    [OWN],
  );
  let before = rows.find(({ seq }) => seq === from - 1)?.hash ?? GENESIS.hash;
  for (const { seq, text } of rows.filter((row) => row.seq >= from)) {
    const changed = seq === from ? text.replace('"body":{', '"body":{"a":1,') : text;
    before = linkHash(hashes.sha256Hex, before, changed);
    await change(`text = '${changed.replaceAll("'", "''")}', hash = '${before}'`, seq);
  }
};

const twin = (seq: number) =>
  owner.query(
    `insert into audit_entries (month, writer, seq, hash, text)
      select '2026-10-01'::date, writer, seq, $3, text from audit_entries where writer = $1 and seq = $2 limit 1`,
    [OWN, seq, '0'.repeat(64)],
  );

const acknowledged = (seq: number) => acknowledge(means, { writer: OWN, seq, actor: 'anna', reason: REASON });

/** New entries on every chain, and a checkpoint over them. */
const goOn = async (): Promise<void> => {
  await appendOwn(store, OWN, [entryOf('stop', null, means.now())]);
  await appendToShared(store, 'shared', [entryOf('stop', null, means.now())]);
  expect((await makeCheckpoints(means)).length).toBeGreaterThan(0);
};

type Damage = {
  readonly name: string;
  readonly harm: () => Promise<unknown>;
  /** Where the breaks are, one after the other. */
  readonly at: () => readonly number[];
  readonly kind: string;
  /** Whether checkpoints stop at it: what they have signed they do not read again. */
  readonly stops: boolean;
};

const damages: readonly Damage[] = [
  { name: 'an altered text', harm: () => alterText(last), at: () => [last], kind: 'altered', stops: true },
  {
    name: 'an altered hash, which its follower does not follow',
    harm: () => change(OTHER_HASH, last - 1),
    at: () => [last - 1, last],
    kind: 'altered',
    stops: true,
  },
  {
    name: 'a missing entry',
    harm: () => remove(last - 1),
    at: () => [last - 1],
    kind: 'missing',
    stops: true,
  },
  {
    name: 'an altered text that was signed',
    harm: () => alterText(3),
    at: () => [3],
    kind: 'altered',
    stops: false,
  },
  {
    name: 'missing entries that were signed',
    harm: () => remove(3, 5),
    at: () => [3],
    kind: 'missing',
    stops: false,
  },
  {
    name: 'a signed end that is gone, over two checkpoints',
    harm: () => remove(3, last),
    at: () => [3],
    kind: 'missing',
    stops: true,
  },
  { name: 'a chain that is gone', harm: () => remove(1, last), at: () => [1], kind: 'gap', stops: true },
  {
    name: 'a chain rewritten from its third entry on',
    harm: () => rewrite(3),
    at: () => [7],
    kind: 'forked',
    stops: true,
  },
  {
    name: 'a signed end with another hash',
    harm: async () => {
      await remove(signed + 1, last);
      await change(OTHER_HASH, signed);
    },
    at: () => [signed],
    kind: 'altered',
    stops: true,
  },
  {
    name: 'a twin in another month',
    harm: () => twin(last),
    at: () => [last, last],
    kind: 'altered',
    stops: true,
  },
];

describe.each(damages)('$name', ({ harm, at, kind, stops }) => {
  it('is named, stops checkpoints, and is acknowledged alone, by its number; then they go on', async () => {
    await harm();
    const { fault } = await verdictNow(means);
    expect(fault).toMatchObject({ kind, broken: { writer: OWN, seq: at()[0] } });
    if (stops) await expect(makeCheckpoints(means)).rejects.toBeInstanceOf(ChainBroken);
    for (const seq of at()) {
      await expect(acknowledged(seq + 1000)).rejects.toThrow(`the first break of ${OWN} is at ${seq}`);
      expect(await acknowledged(seq)).toMatchObject({ actor: 'anna', broken: { writer: OWN, seq } });
    }
    await expect(acknowledged(at()[0] ?? 0)).rejects.toBeInstanceOf(NoSuchBreak);
    await goOn();
    await goOn();
    const verdict = await verdictNow(means);
    expect(verdict.fault).toBeUndefined();
    expect(verdict.acknowledged).toHaveLength(at().length);
    expect(verdict.acknowledged[0]).toMatchObject({ kind, seq: at()[0], actor: 'anna', reason: REASON });
    expect(verdict.unsigned).toBe(0);
    const { text = '' } = (await lastCheckpoint(store.db)) ?? {};
    expect(JSON.parse(text).acknowledged).toHaveLength(at().length);
  });

  it('hides no other: one after it, before it, or at its very place is named, and stops checkpoints', async () => {
    await harm();
    for (const seq of at()) await acknowledged(seq);
    await goOn();
    const { rows } = await owner.query<{ seq: number }>(
      'select max(seq)::int as seq from audit_entries where writer = $1',
      [OWN],
    );
    const newest = (rows[0]?.seq ?? 0) + 1;
    await appendOwn(store, OWN, [entryOf('start', null, means.now())]);
    await alterText(newest, 'again');
    expect((await verdictNow(means)).fault).toMatchObject({ broken: { writer: OWN, seq: newest } });
    await expect(makeCheckpoints(means)).rejects.toThrow(`${OWN}/${newest} is not what its chain says`);
    await acknowledged(newest);
    await goOn();
    expect((await verdictNow(means)).fault).toBeUndefined();
    // Whatever else there is of the chain, from its first entry to its last.
    const all = await owner.query<{ seq: number; month: string; text: string }>(
      'select seq::int, month::text, text from audit_entries where writer = $1 order by seq',
      [OWN],
    );
    for (const { seq, month, text } of all.rows) {
      const set = (value: string) =>
        owner.query('update audit_entries set text = $1 where writer = $2 and seq = $3 and month = $4', [
          ...[value, OWN, seq, month],
        ]);
      await set(text.replace('2026', '2027'));
      expect((await verdictNow(means)).fault?.words, `${seq}`).toMatch(new RegExp(`${OWN}/`));
      await set(text);
    }
    expect((await verdictNow(means)).fault).toBeUndefined();
  });
});

describe('an acknowledgement', () => {
  it('cannot be taken away, or be forged, without being missed', async () => {
    await alterText(last);
    await acknowledged(last);
    await goOn();
    const kept = await owner.query(
      `delete from audit_signed where kind = 'acknowledgement' returning text, signature`,
    );
    expect((await verdictNow(means)).fault).toMatchObject({ kind: 'altered' });
    await owner.query('update audit_entries set text = $1 where writer = $2 and seq = $3', ['{}', OWN, last]);
    const { text } = kept.rows[0];
    const forged = text.replace(/"row":"[0-9a-f]{64}"/, `"row":"${'0'.repeat(64)}"`);
    for (const one of [forged, text.replace('anna', 'otto')]) {
      await owner.query(
        `insert into audit_signed (kind, text, signature) values ('acknowledgement', $1, $2)`,
        [...[one, kept.rows[0].signature]],
      );
      expect((await verdictNow(means)).fault).toMatchObject({ kind: 'key' });
      await expect(makeCheckpoints(means)).rejects.toThrow('not one that was signed here');
      await owner.query(`delete from audit_signed where kind = 'acknowledgement'`);
    }
  });

  it('that a checkpoint knows of must be in the file, also where the break is not', async () => {
    await alterText(last);
    await acknowledged(last);
    means.clock.ms += 60_000;
    await goOn();
    means.clock.ms += 60_000;
    await goOn();
    const from = new Date(means.now() - 30_000).toISOString();
    const part = await verdictNow(means, {}, { from });
    expect(part.fault).toBeUndefined();
    expect(part.acknowledged).toEqual([]);
    expect(part.notes.join()).toContain(`a break at ${OWN}/${last} (`);
    await owner.query(`delete from audit_signed where kind = 'acknowledgement'`);
    expect((await verdictNow(means, {}, { from })).fault).toMatchObject({
      kind: 'checkpoint',
      words: expect.stringContaining(`knows of a break at ${OWN}/${last}`),
    });
  });

  it('is an entry of the audit itself: who, what, why', async () => {
    await alterText(last);
    await acknowledged(last);
    const { rows } = await owner.query(
      `select body->'body' as body from audit_entries where writer = 'acknowledgements' and body->>'kind' = 'acknowledgement'`,
    );
    expect(rows).toEqual([
      {
        body: expect.objectContaining({
          ...{ actor: 'anna', reason: REASON },
          broken: expect.objectContaining({ writer: OWN, seq: last }),
        }),
      },
    ]);
  });

  it('of what does not exist, or of a whole chain, is refused', async () => {
    await expect(acknowledged(3)).rejects.toThrow(`the chain of ${OWN} holds`);
    await expect(
      acknowledge(means, { writer: 'nobody', seq: 1, actor: 'anna', reason: REASON }),
    ).rejects.toBeInstanceOf(NoSuchBreak);
    await change(`hash = 'none'`, last);
    await expect(acknowledged(last)).rejects.toThrow('cannot be acknowledged, only put right');
  });

  it('of operators at the same moment is made once', async () => {
    await alterText(last);
    const all = await Promise.allSettled([1, 2, 3].map(() => acknowledged(last)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await verdictNow(means)).acknowledged).toHaveLength(1);
  });

  it('stays when what it names is put right, and is then a note', async () => {
    await owner.query('create table saved as select month, writer, seq, hash, text from audit_entries');
    await remove(3, 5);
    await acknowledged(3);
    await goOn();
    await owner.query(`insert into audit_entries (month, writer, seq, hash, text)
      select * from saved s where s.writer = '${OWN}' and s.seq between 3 and 5`);
    const verdict = await verdictNow(means);
    expect(verdict).toMatchObject({ fault: undefined, acknowledged: [] });
    expect(verdict.notes.join()).toContain(`a break at ${OWN}/3 (`);
  });

  it('lets records beside the break be proven, and their month be dropped', async () => {
    await remove(last - 1);
    await acknowledged(last - 1);
    await goOn();
    const { rows } = await owner.query<{ exchange: string }>(
      `select body->>'exchange' as exchange from audit_entries where writer = 'shared' and body->>'kind' = 'seal'
        order by seq desc limit 1`,
    );
    const proof = await proveRecord(means, rows[0]?.exchange ?? exchangeId(0));
    expect(proof).toMatchObject({ exchange: rows[0]?.exchange });
    means.clock.ms = Date.UTC(2026, 11, 5);
    const gone = await dropMonthsBefore(means, '2026-12-01');
    expect(gone.every(({ dropped }) => dropped)).toBe(true);
    const verdict = await verdictOf(await exported(means));
    expect(verdict.fault).toBeUndefined();
    expect(verdict.acknowledged).toMatchObject([{ seq: last - 1 }]);
  });
});
