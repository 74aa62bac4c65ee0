// Statements, transactions and values.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/stores/store.ts';
import { AT, raw, rowsOf, stateOf } from './shared.ts';

/** On a database with the table `scratch`. */
export const atomicallyAndValues = (store: () => Store): void => {
  describe('atomically', () => {
    it('returns the results of its statements in their order', async () => {
      const results = await store().atomically([
        raw('insert into scratch (id) values ($1), ($2)', 1, 2),
        raw('select id from scratch order by id'),
        raw('update scratch set t = $1 where id = $2', 'x', 99),
      ]);
      expect(results.map(({ rows }) => rows)).toEqual([[], [{ id: 1 }, { id: 2 }], []]);
      expect([results[0]?.numAffectedRows, results[2]?.numAffectedRows]).toEqual([2n, 0n]);
    });
    it('leaves nothing when its last statement fails, and its error carries the SQLSTATE as `code`', async () => {
      const failed = store().atomically([
        raw('insert into scratch (id) values ($1)', 50),
        raw('create table half_done (id int)'),
        raw('insert into scratch (id) values ($1)', 50),
      ]);
      expect(await stateOf(failed)).toBe('23505');
      expect(await rowsOf(store(), 'select id from scratch where id = 50')).toEqual([]);
      expect(await rowsOf(store(), `select 1 from pg_class where relname = 'half_done'`)).toEqual([]);
    });
    it('runs nothing of a list whose first statement is no SQL, and serves the next', async () => {
      expect(
        await stateOf(store().atomically([raw('selekt'), raw('insert into scratch (id) values (60)')])),
      ).toBe('42601');
      expect(await rowsOf(store(), 'select id from scratch where id = 60')).toEqual([]);
    });
    it('takes one statement a text: no second one rides along behind a semicolon', async () => {
      const two = raw('select $1::int; drop table scratch', 1);
      expect(await stateOf(store().atomically([two]))).toBe('42601');
      expect(await stateOf(store().db.executeQuery(two))).toBe('42601');
    });
    it('keeps fifty transactions at once apart', async () => {
      await store().atomically([raw(`insert into scratch (id, t) values (70, '0')`)]);
      const add = () =>
        store().atomically([raw('update scratch set t = (t::int + 1)::text where id = 70'), raw('select 1')]);
      await Promise.all(Array.from({ length: 50 }, add));
      expect(await rowsOf(store(), 'select t from scratch where id = 70')).toEqual([{ t: '50' }]);
    });
  });

  describe('values', () => {
    it('come back alike: int8 as a number, timestamptz as a Date to the millisecond, jsonb parsed, null as null', async () => {
      const json = { a: [1, 'zwei', null, { b: true }], '': -0.5 };
      const insert = 'insert into scratch (id, t, j, at) values ($1, $2, $3, $4)';
      await store().atomically([
        raw(insert, Number.MAX_SAFE_INTEGER, 'x', JSON.stringify(json), AT),
        raw(insert, 101, null, null, null),
      ]);
      const select =
        'select id, t, j, at, (select count(*) from scratch) as counted from scratch where id > 100 order by id';
      const [none, full] = (await rowsOf(store(), select)) as [
        Record<string, unknown>,
        Record<string, unknown>,
      ];
      expect(none).toMatchObject({ id: 101, t: null, j: null, at: null });
      expect(full).toMatchObject({ id: Number.MAX_SAFE_INTEGER, t: 'x', j: json, at: new Date(AT) });
      expect(typeof full['counted']).toBe('number');
      // The same through a transaction: one path must not parse what the other does not.
      const [again] = await store().atomically([raw(select)]);
      expect(again?.rows).toEqual([none, full]);
    });
    it.each([
      ['quotes and backslashes', `'; drop table scratch; -- "" \\' \\\\ $1 $$ %s {} \\x41`],
      ['newlines and tabs', 'a\r\nb\n\tc\u2028d'],
      ['every plane of Unicode', 'ä ß ع 漢 👩‍👩‍👧‍👦 \u{10FFFF} e\u0301 \u200b\ufeff'],
      ['a megabyte', '0123456789abcdé'.repeat(70_000)],
      ['nothing at all', ''],
    ])('text is stored to the letter: %s', async (_, text) => {
      await store().atomically([
        raw('delete from scratch where id = 200'),
        raw('insert into scratch (id, t, j) values (200, $1, $2)', text, JSON.stringify({ text })),
      ]);
      expect(await rowsOf(store(), 'select t, j from scratch where id = 200')).toEqual([
        { t: text, j: { text } },
      ]);
    });
  });
};
