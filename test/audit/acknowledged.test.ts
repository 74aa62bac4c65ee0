// A break that an operator acknowledged, of every kind: checkpoints go on, every export names it for good, and nothing else
// passes with it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NoSuchBreak } from '../../src/acknowledgements/table.ts';
import { ChainBroken } from '../../src/audit/cover.ts';
import { lastCheckpoint, makeCheckpoints } from '../../src/checkpoints/table.ts';
import { appendOwn, entryOf, verdictNow } from '../kit/audit-store.ts';
import type { Breaking } from '../kit/breaking.ts';
import { BROKEN, REASON, startBreaking } from '../kit/breaking.ts';

const OTHER_HASH = `hash = encode(sha256(convert_to(hash, 'UTF8')), 'hex')`;
let b: Breaking;
beforeEach(async () => {
  b = await startBreaking();
});
afterEach(() => b.stop());

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
  {
    name: 'an altered text',
    harm: () => b.alterText(b.last),
    at: () => [b.last],
    kind: 'altered',
    stops: true,
  },
  {
    name: 'an altered hash, which its follower does not follow',
    harm: () => b.change(OTHER_HASH, b.last - 1),
    at: () => [b.last - 1, b.last],
    kind: 'altered',
    stops: true,
  },
  {
    name: 'a missing entry',
    harm: () => b.remove(b.last - 1),
    at: () => [b.last - 1],
    kind: 'missing',
    stops: true,
  },
  {
    name: 'an altered text that was signed',
    harm: () => b.alterText(3),
    at: () => [3],
    kind: 'altered',
    stops: false,
  },
  {
    name: 'missing entries that were signed',
    harm: () => b.remove(3, 5),
    at: () => [3],
    kind: 'missing',
    stops: false,
  },
  {
    name: 'a signed end that is gone, over two checkpoints',
    harm: () => b.remove(3, b.last),
    at: () => [3],
    kind: 'missing',
    stops: true,
  },
  { name: 'a chain that is gone', harm: () => b.remove(1, b.last), at: () => [1], kind: 'gap', stops: true },
  {
    name: 'a chain rewritten from its third entry on',
    harm: () => b.rewrite(3),
    at: () => [7],
    kind: 'forked',
    stops: true,
  },
  {
    name: 'a signed end with another hash',
    harm: async () => {
      await b.remove(b.signed + 1, b.last);
      await b.change(OTHER_HASH, b.signed);
    },
    at: () => [b.signed],
    kind: 'altered',
    stops: true,
  },
  {
    name: 'a twin in another month',
    harm: () => b.twin(b.last),
    at: () => [b.last, b.last],
    kind: 'altered',
    stops: true,
  },
];

describe.each(damages)('$name', ({ harm, at, kind, stops }) => {
  it('is named, stops checkpoints, and is acknowledged alone, by its number; then they go on', async () => {
    await harm();
    const { fault } = await verdictNow(b.means);
    expect(fault).toMatchObject({ kind, broken: { writer: BROKEN, seq: at()[0] } });
    if (stops) await expect(makeCheckpoints(b.means)).rejects.toBeInstanceOf(ChainBroken);
    for (const seq of at()) {
      await expect(b.acknowledged(seq + 1000)).rejects.toThrow(`the first break of ${BROKEN} is at ${seq}`);
      expect(await b.acknowledged(seq)).toMatchObject({ actor: 'anna', broken: { writer: BROKEN, seq } });
    }
    await expect(b.acknowledged(at()[0] ?? 0)).rejects.toBeInstanceOf(NoSuchBreak);
    await b.goOn();
    await b.goOn();
    const verdict = await verdictNow(b.means);
    expect(verdict.fault).toBeUndefined();
    expect(verdict.acknowledged).toHaveLength(at().length);
    expect(verdict.acknowledged[0]).toMatchObject({ kind, seq: at()[0], actor: 'anna', reason: REASON });
    expect(verdict.unsigned).toBe(0);
    const { text = '' } = (await lastCheckpoint(b.store.db)) ?? {};
    expect(JSON.parse(text).acknowledged).toHaveLength(at().length);
  });

  it('hides no other: one after it, before it, or at its very place is named, and stops checkpoints', async () => {
    await harm();
    for (const seq of at()) await b.acknowledged(seq);
    await b.goOn();
    const { rows } = await b.owner.query<{ seq: number }>(
      'select max(seq)::int as seq from audit_entries where writer = $1',
      [BROKEN],
    );
    const newest = (rows[0]?.seq ?? 0) + 1;
    await appendOwn(b.store, BROKEN, [entryOf('start', null, b.means.now())]);
    await b.alterText(newest, 'again');
    expect((await verdictNow(b.means)).fault).toMatchObject({ broken: { writer: BROKEN, seq: newest } });
    await expect(makeCheckpoints(b.means)).rejects.toThrow(`${BROKEN}/${newest} is not what its chain says`);
    await b.acknowledged(newest);
    await b.goOn();
    expect((await verdictNow(b.means)).fault).toBeUndefined();
    // Whatever else there is of the chain, from its first entry to its last.
    const all = await b.owner.query<{ seq: number; month: string; text: string }>(
      'select seq::int, month::text, text from audit_entries where writer = $1 order by seq',
      [BROKEN],
    );
    for (const { seq, month, text } of all.rows) {
      const set = (value: string) =>
        b.owner.query('update audit_entries set text = $1 where writer = $2 and seq = $3 and month = $4', [
          ...[value, BROKEN, seq, month],
        ]);
      await set(text.replace('2026', '2027'));
      expect((await verdictNow(b.means)).fault?.words, `${seq}`).toMatch(new RegExp(`${BROKEN}/`));
      await set(text);
    }
    expect((await verdictNow(b.means)).fault).toBeUndefined();
  });
});
