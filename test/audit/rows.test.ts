// The audit's rows in a real Postgres, changed by its owner with every trigger off: an export names what was done.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verdictNow } from '../kit/audit-store.ts';
import type { Row, Tampering } from '../kit/tampering.ts';
import { startTampering } from '../kit/tampering.ts';

let audit: Tampering;
beforeAll(async () => {
  audit = await startTampering();
});
afterAll(() => audit.stop());

const update =
  (column: string, value: string | number, { month, writer, seq }: Row) =>
  () =>
    audit.owner.query(
      `update audit_entries set ${column} = $1 where month = $2 and writer = $3 and seq = $4`,
      [value, month, writer, seq],
    );
const put = (month: string, writer: string, seq: number, hash: string, text: string) => () =>
  audit.owner.query(
    'insert into audit_entries (month, writer, seq, hash, text) values ($1, $2, $3, $4, $5)',
    [month, writer, seq, hash, text],
  );
const otherMonth = ({ month }: Row): string => (month === '2026-10-01' ? '2026-11-01' : '2026-10-01');
const isCovered = ({ writer, seq }: Row): boolean => seq <= (audit.covered.get(writer) ?? 0);

it('the audit holds as it was written', async () => {
  const verdict = await verdictNow(audit.means);
  expect(verdict.fault).toBeUndefined();
  expect(verdict).toMatchObject({ entries: audit.rows.length, checkpoints: 2, records: 21 });
  expect(verdict.unsigned).toBeGreaterThan(0);
  expect(new Set(audit.rows.map(({ month }) => month))).toEqual(new Set(['2026-10-01', '2026-11-01']));
});

/** How the owner may change a column of a row: each gives the new value. */
const changes: Readonly<Record<string, (row: Row) => string | number>> = {
  month: otherMonth,
  writer: ({ writer }) => `${writer}x`,
  seq: ({ seq }) => seq + 1000,
  hash: ({ hash }) => `${hash.slice(0, -1)}${hash.endsWith('0') ? '1' : '0'}`,
  text: ({ text }) => text.replace('"v":1', '"v":2'),
};

describe('a row changed by the owner', () => {
  it.each(Object.keys(changes))('in its %s is named, whichever row it is', async (column) => {
    for (const row of audit.rows) {
      const fault = await audit.fault(update(column, changes[column]?.(row) ?? '', row));
      // Moved away, it is missed where it was, or seen where it should not be; of the last one only the latter is left.
      expect(fault.words, `${column} of ${row.writer}/${row.seq}: ${fault.kind}`).toMatch(
        new RegExp(`${row.writer}x?/(${row.seq}|${row.seq + 1000})\\b`),
      );
    }
  });

  it('in its hash to what is no hash at all is named', async () => {
    for (const [index, row] of audit.rows.entries()) {
      const fault = await audit.fault(
        update('hash', ['', 'x', '"', '\\', '\n', '\u2028'][index % 6] ?? '', row),
      );
      expect(fault).toMatchObject({
        kind: 'altered',
        words: expect.stringContaining(`${row.writer}/${row.seq}`),
      });
    }
  });

  it('at one character of its text, anywhere, is named by its number', async () => {
    let changed = 0;
    for (const [index, row] of audit.rows.entries()) {
      for (let at = index % 37; at < row.text.length; at += 37) {
        const text = `${row.text.slice(0, at)}${row.text[at] === '5' ? '6' : '5'}${row.text.slice(at + 1)}`;
        try {
          const fault = await audit.fault(update('text', text, row));
          expect(fault.words, text).toContain(`${row.writer}/${row.seq}`);
          changed++;
        } catch (error) {
          // What is no JSON any more cannot be a row.
          expect(error).toMatchObject({ code: '22P02' });
        }
      }
    }
    expect(changed).toBeGreaterThan(50);
  });

  it('to a text that means the same, with a space or a line end in it, is named', async () => {
    for (const row of audit.rows) {
      for (const extra of [' ', '\n']) {
        const fault = await audit.fault(update('text', row.text.replace('{', `{${extra}`), row));
        expect(fault).toMatchObject({
          kind: 'altered',
          words: expect.stringContaining(`${row.writer}/${row.seq}`),
        });
      }
    }
  });
});

describe('rows', () => {
  it('that are deleted are named', async () => {
    for (const row of audit.rows) {
      const { writer, seq } = row;
      const isLast = audit.rows.filter((other) => other.writer === writer).at(-1) === row;
      const fault = await audit.fault(() =>
        audit.owner.query('delete from audit_entries where writer = $1 and seq = $2', [writer, seq]),
      );
      // The last entry of a chain that no checkpoint covers yet: here its record stays open.
      if (isLast && !isCovered(row)) expect(fault.kind).toBe('unsealed');
      else
        expect(fault).toMatchObject({ kind: 'missing', words: expect.stringContaining(`${writer}/${seq}`) });
    }
  });

  it('that are cut off the end of what was signed are named', async () => {
    for (const [writer, seq] of audit.covered) {
      const fault = await audit.fault(() =>
        audit.owner.query('delete from audit_entries where writer = $1 and seq >= $2', [writer, seq]),
      );
      expect(fault).toMatchObject({ kind: 'missing', words: expect.stringContaining(`${writer}/${seq}`) });
    }
  });

  it('of a whole writer, or of all, are named', async () => {
    for (const writer of audit.covered.keys()) {
      const fault = await audit.fault(() =>
        audit.owner.query('delete from audit_entries where writer = $1', [writer]),
      );
      expect(fault).toMatchObject({ kind: 'gap', words: expect.stringContaining(writer) });
    }
    expect((await audit.fault(() => audit.owner.query('truncate audit_entries'))).kind).toBe('gap');
  });

  it('that change places are named', async () => {
    for (const { writer, seq } of audit.rows.filter((row) => row.seq > 1)) {
      const swap = () =>
        audit.owner.query(
          `update audit_entries e set text = o.text, hash = o.hash from audit_entries o
           where e.writer = $1 and o.writer = $1 and e.seq in ($2::bigint, $2::bigint - 1) and o.seq in ($2::bigint, $2::bigint - 1) and e.seq <> o.seq`,
          [writer, seq],
        );
      expect(await audit.fault(swap)).toMatchObject({
        kind: 'reordered',
        words: expect.stringContaining(`${writer}/${seq - 1}`),
      });
    }
  });

  it('that are put in are named: a twin, a number that no entry has, one beyond the end, a writer nobody knows', async () => {
    for (const row of audit.rows) {
      const { month, writer, seq, hash, text } = row;
      for (const twin of [text, text.replace('"v":1', '"v":2')]) {
        const fault = await audit.fault(put(otherMonth(row), writer, seq, hash, twin));
        expect(['inserted', 'forked', 'altered'], `${writer}/${seq}`).toContain(fault.kind);
        expect(fault.words).toContain(`${writer}/${seq}`);
      }
      expect((await audit.fault(put(month, writer, -seq, hash, text))).words).toContain(`${writer}/-${seq}`);
    }
    const last = audit.rows.at(-1);
    if (last === undefined) throw new Error('no row');
    const { month, writer, seq, hash, text } = last;
    expect((await audit.fault(put(month, writer, seq + 1, hash, text))).words).toContain(
      `${writer}/${seq + 1}`,
    );
    expect((await audit.fault(put(month, 'wr_alien', 1, hash, text))).words).toContain('wr_alien/1');
  });
});

describe('without putting triggers aside', () => {
  const TABLES = ['audit_entries', 'audit_checkpoints', 'audit_keys', 'audit_signed', 'audit_entries_202611'];
  const refused = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements)
      await expect(audit.owner.query(statement), statement).rejects.toThrow();
  };

  it('not even the owner changes a row', async () => {
    await audit.owner.query('set session_replication_role = origin');
    await refused(TABLES.flatMap((table) => [`delete from ${table}`, `truncate ${table}`]));
    await refused([
      'update audit_entries set text = text',
      'update audit_checkpoints set number = 7',
      'update audit_keys set sealed = sealed',
      'update audit_signed set text = text',
    ]);
    await audit.owner.query('set session_replication_role = replica');
  });

  it("the gateway's own role has no right to, and none to drop a month", async () => {
    await audit.owner.query('set role gatehouse_app');
    await refused(
      TABLES.flatMap((table) => [
        `delete from ${table}`,
        `update ${table} set text = ''`,
        `truncate ${table}`,
        `drop table ${table}`,
        `alter table ${table} disable trigger all`,
      ]),
    );
    await refused([
      "select audit_drop_month('2026-10-01')",
      'set session_replication_role = replica',
      'delete from audit_ends',
      'update audit_ends set seq = 1',
    ]);
    await audit.owner.query('reset role');
    expect((await verdictNow(audit.means)).fault).toBeUndefined();
  });
});
