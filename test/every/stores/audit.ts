// The audit's entries and records.
import { describe, expect, it } from 'vitest';
import { appendEntries, findRecord, listRecords } from '../../../src/audit/table.ts';
import type { Store } from '../../../src/stores/store.ts';
import { AT, entry, rowsOf } from './shared.ts';

/** On a migrated database. */
export const audit = (store: () => Store): void => {
  describe('the audit', () => {
    it('appends an entry once however often it is sent, and never changes one', async () => {
      const placed = [1, 2, 3].map((seq) => ({
        seq,
        entry: entry(`ex_once${seq}`, 'seal', { text: `"ünïcode" ${seq}\n` }),
      }));
      const statement = appendEntries(store().db, 'wr_once', placed);
      await Promise.all([1, 2, 3, 4].map(() => store().db.executeQuery(statement)));
      await store().db.executeQuery(
        appendEntries(store().db, 'wr_once', [
          { seq: 2, entry: entry('ex_forged', 'open') },
          { seq: 4, entry: entry('ex_once4', 'open') },
        ]),
      );
      await store().db.executeQuery(appendEntries(store().db, 'wr_other', placed.slice(0, 1)));
      const rows = await rowsOf(
        store(),
        `select seq, kind, exchange, at, body from audit_entries where writer = 'wr_once' order by seq`,
      );
      expect(rows).toEqual([
        ...placed.map(({ seq, entry: { exchange, body } }) => ({
          seq,
          kind: 'seal',
          exchange,
          at: new Date(AT),
          body,
        })),
        { seq: 4, kind: 'open', exchange: 'ex_once4', at: new Date(AT), body: {} },
      ]);
    });
    it('lists records newest first, each once, page by page without a gap while new ones come', async () => {
      const ids = Array.from({ length: 25 }, (_, i) => `ex_zpage${String(i).padStart(2, '0')}`);
      // The newest there are, so that listing begins with them.
      const both = ids.flatMap((exchange, i) => [
        { seq: 2 * i + 1, entry: entry(exchange, 'open', { status: null, asked: exchange }) },
        { seq: 2 * i + 2, entry: entry(exchange, 'seal', { status: 200, ending: 'complete' }) },
      ]);
      await store().db.executeQuery(appendEntries(store().db, 'wr_page', both.slice(0, -1)));
      const seen: string[] = [];
      for (let before: string | undefined; ; ) {
        const page = await listRecords(store().db, 7, before);
        const mine = page.filter(({ exchange }) => ids.includes(exchange));
        seen.push(...mine.map(({ exchange }) => exchange));
        if (mine.length < 7) break;
        before = mine.at(-1)?.exchange;
        await store().db.executeQuery(
          appendEntries(store().db, `wr_late${seen.length}`, [
            { seq: 1, entry: entry(`ex_zzlate${seen.length}`, 'open') },
          ]),
        );
      }
      expect(seen).toEqual(ids.toReversed());
      expect(await findRecord(store().db, 'ex_zpage00')).toEqual({
        exchange: 'ex_zpage00',
        asked: 'ex_zpage00',
        sealed_at: null,
        status: 200,
        ending: 'complete',
      });
      expect(await findRecord(store().db, 'ex_zpage24')).toMatchObject({ ending: null, status: null });
      expect(await findRecord(store().db, 'ex_none')).toBeUndefined();
    });
  });
};
