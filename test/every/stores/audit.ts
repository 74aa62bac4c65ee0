// The audit's entries and records.
import { describe, expect, it } from 'vitest';
import { canonicalText, GENESIS, linkHash } from '../../../src/audit/chain.ts';
import { appendLinks, appendShared, findRecord, headInStore, listRecords } from '../../../src/audit/table.ts';
import { hashes } from '../../../src/runtimes/hashes.ts';
import type { Store } from '../../../src/stores/store.ts';
import { entry, linksOf, rowsOf, stateOf } from './shared.ts';

/** On a migrated database. */
export const audit = (store: () => Store): void => {
  describe('the audit', () => {
    it('appends an entry once however often it is sent, and never changes one', async () => {
      const entries = [1, 2, 3].map((i) =>
        entry(`ex_once${i}`, 'seal', { text: `"\u00fcn\u00efcode" ${i}\n` }),
      );
      const links = linksOf('wr_once', entries);
      const statement = appendLinks(store().db, 'wr_once', links);
      await Promise.all([1, 2, 3, 4].map(() => store().db.executeQuery(statement)));
      const more = linksOf('wr_once', [...entries, entry('ex_once4', 'open')]);
      await store().db.executeQuery(appendLinks(store().db, 'wr_once', more));
      const rows = await rowsOf(
        store(),
        `select seq, hash, text from audit_entries where writer = 'wr_once' order by seq`,
      );
      expect(rows).toEqual(more.map(({ seq, hash, text }) => ({ seq, hash, text })));
      expect(await headInStore(store().db, 'wr_once')).toEqual({ seq: 4, hash: more.at(-1)?.hash });
    });
    it('refuses with 23505 what does not follow on: a gap, a fork, another text under the same hash; and then takes none of its batch', async () => {
      const links = linksOf('wr_fork', [entry('ex_a', 'open'), entry('ex_a', 'seal'), entry('ex_b', 'open')]);
      await store().db.executeQuery(appendLinks(store().db, 'wr_fork', links.slice(0, 1)));
      const [first, second, third] = links;
      if (first === undefined || second === undefined || third === undefined) throw new Error('three links');
      for (const wrong of [
        [third],
        [{ ...second, text: second.text.replace('ex_a', 'ex_c') }],
        [{ ...second, hash: third.hash }],
        [second, { ...third, text: third.text.replace('ex_b', 'ex_c') }],
        [{ ...first, hash: second.hash }, second],
      ])
        expect(await stateOf(store().db.executeQuery(appendLinks(store().db, 'wr_fork', wrong)))).toBe(
          '23505',
        );
      expect((await headInStore(store().db, 'wr_fork'))?.seq).toBe(1);
    });
    it('numbers and hashes a chain that many share, which begins with its start', async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store().db.executeQuery(
            appendShared(store().db, 'wr_shared', [
              entry(`ex_s${i}`, 'open', { i, tricky: '"seq":0,"v":1,' }),
            ]),
          ),
        ),
      );
      const rows = (await rowsOf(
        store(),
        `select seq, hash, text from audit_entries where writer = 'wr_shared' order by seq`,
      )) as { seq: number; hash: string; text: string }[]; // rows of plain SQL
      expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
      let before = GENESIS.hash;
      for (const { seq, hash, text } of rows) {
        expect(hash).toBe(linkHash(hashes.sha256Hex, before, text));
        const said = JSON.parse(text);
        expect([said.seq, said.kind]).toEqual([seq, seq === 1 ? 'start' : 'open']);
        expect(canonicalText(said)).toBe(text);
        before = hash;
      }
    });
    it('lists records newest first, each once, page by page without a gap while new ones come', async () => {
      const ids = Array.from({ length: 25 }, (_, i) => `ex_zpage${String(i).padStart(2, '0')}`);
      // The newest there are, so that listing begins with them.
      const both = ids.flatMap((exchange) => [
        entry(exchange, 'open', { status: null, asked: exchange }),
        entry(exchange, 'seal', { status: 200, ending: 'complete' }),
      ]);
      await store().db.executeQuery(
        appendLinks(store().db, 'wr_page', linksOf('wr_page', both.slice(0, -1))),
      );
      const seen: string[] = [];
      for (let before: string | undefined; ; ) {
        const page = await listRecords(store().db, {}, 7, before);
        const mine = page.filter(({ exchange }) => ids.includes(exchange));
        seen.push(...mine.map(({ exchange }) => exchange));
        if (mine.length < 7) break;
        before = mine.at(-1)?.exchange;
        await store().db.executeQuery(
          appendLinks(
            store().db,
            `wr_late${seen.length}`,
            linksOf(`wr_late${seen.length}`, [entry(`ex_zzlate${seen.length}`, 'open')]),
          ),
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
