// What was opened and never sealed is found, however old, without reading the history before it; and closed once.
import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, inject, it, onTestFinished } from 'vitest';
import { LOST_AFTER_MS } from '../../src/audit/lost.ts';
import type { Entry } from '../../src/audit/record.ts';
import { advanceSealed, listInherited, listUnsealed, sealLost } from '../../src/audit/table.ts';
import { directSpool } from '../../src/spools/direct.ts';
import type { Store } from '../../src/stores/store.ts';
import { appendOwn, appendToShared, entryOf, migratedStore } from '../kit/audit-store.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { chainFault } from '../kit/vault.ts';

const AT = Date.UTC(2026, 10, 1, 12);
const ALL = Number.POSITIVE_INFINITY;
/** When everything opened at AT counts as lost. */
const LATER = AT + LOST_AFTER_MS + 1;

let store: Store;
let url: string;
beforeAll(async () => {
  url = await freshDatabase(inject('postgresUrl'));
  store = await migratedStore(url);
  return () => store.close();
});

let round = 0;
let writer = '';
beforeEach(() => {
  writer = `wr_UNSEALED${String(++round).padStart(4, '0')}`;
});

const id = (name: string | number): string => `ex_${writer}_${name}`;
const open = (name: string | number, atMs = AT): Entry =>
  entryOf('open', id(name), atMs, { exchange: id(name), opened_at: new Date(atMs).toISOString() });
const seal = (name: string | number, atMs = AT, ending = 'complete'): Entry =>
  entryOf('seal', id(name), atMs, { ending });
const start = (spool: string): Entry => entryOf('start', null, AT, { spool });
const pairs = (from: number, many: number): Entry[] =>
  Array.from({ length: many }, (_, i) => [open(from + i), seal(from + i)]).flat();

const sealedTo = async (): Promise<number | undefined> =>
  (await store.db.selectFrom('audit_sealed').select('seq').where('writer', '=', writer).executeTakeFirst())
    ?.seq;
const sealsOf = async (
  name: string | number,
): Promise<{ writer: string; ending: string; code: string | null }[]> => {
  const { rows } = await sql<{ writer: string; ending: string; code: string | null }>`
    select writer, body->'body'->>'ending' as ending, body->'body'->>'code' as code from audit_entries
    where body->>'exchange' = ${id(name)} and body->>'kind' = 'seal'`.execute(store.db);
  return rows;
};
/** Entries that the database has read of the table so far, through whichever index or none. */
const rowsRead = async (): Promise<number> => {
  await sql`select pg_stat_force_next_flush()`.execute(store.db);
  const { rows } = await sql<{ many: number }>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as many from pg_stat_user_tables
    where relname like 'audit_entries%'`.execute(store.db);
  return rows[0]?.many ?? 0;
};
/** Work on a connection of its own, whose reads are counted by the time it is closed. */
const countingReads = async (work: (db: Store['db']) => Promise<unknown>): Promise<number> => {
  const before = await rowsRead();
  const own = await migratedStore(url);
  await work(own.db);
  await own.close();
  // A backend tells its counts as it ends, which may be after we heard that it does.
  for (let last = before; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const after = await rowsRead();
    if (after !== before && after === last) return after - before;
    last = after;
  }
};

it('an old opening without a seal is found behind a long history, and again until it has one', async () => {
  await appendOwn(store, writer, [
    start('file'),
    ...pairs(0, 700),
    open('old'),
    ...pairs(700, 1500),
    open('new'),
  ]);
  const names = async () => (await listUnsealed(store.db, writer)).map(({ exchange }) => exchange);
  expect(await names()).toEqual([id('old'), id('new')]);
  expect(await names()).toEqual([id('old'), id('new')]);
  expect(await sealedTo()).toBe(1401);
  await appendOwn(store, writer, [seal('old', AT, 'failed')]);
  expect(await names()).toEqual([id('new')]);
  expect(await sealedTo()).toBe(1402 + 3000);
});

it('what is known to be sealed is not read again', async () => {
  await appendOwn(store, writer, [start('file'), ...pairs(0, 3000)]);
  const first = await countingReads(async (db) => expect(await listUnsealed(db, writer)).toEqual([]));
  expect(first).toBeGreaterThan(6000);
  await appendOwn(store, writer, [...pairs(3000, 5), open('cut off')]);
  let found: unknown[] = [];
  const read = await countingReads(async (db) => {
    found = await listUnsealed(db, writer);
  });
  expect(found).toMatchObject([{ exchange: id('cut off'), body: { exchange: id('cut off') } }]);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(100);
});

it('the place never passes an opening without a seal, never goes back, and a bounded reader gets there in steps', async () => {
  await appendOwn(store, writer, [start('file'), ...pairs(0, 1200), open('under way'), ...pairs(1200, 10)]);
  expect(await advanceSealed(store.db, writer, 1)).toBe(1000);
  expect(await advanceSealed(store.db, writer, 1)).toBe(2000);
  expect(await advanceSealed(store.db, writer, ALL)).toBe(2401);
  expect(await advanceSealed(store.db, writer, ALL)).toBe(2401);
  await appendOwn(store, writer, [seal('under way')]);
  expect(await advanceSealed(store.db, writer, ALL)).toBe(2423);
  await sql`insert into audit_sealed (writer, seq, shared) values (${writer}, 5, false)
    on conflict (writer) do update set seq = excluded.seq where excluded.seq > audit_sealed.seq`.execute(
    store.db,
  );
  expect(await sealedTo()).toBe(2423);
});

it('a seal in another chain counts: an exchange is sealed wherever its seal stands', async () => {
  await appendOwn(store, writer, [start('file'), open('elsewhere')]);
  await appendOwn(store, `${writer}b`, [start('file'), seal('elsewhere', AT, 'failed')]);
  expect(await listUnsealed(store.db, writer)).toEqual([]);
});

it('a chain that was put aside is closed by the one after it, at whichever of its starts', async () => {
  const aside = (name: string) => ({ writer: `${writer}${name}`, why: 'forked' });
  await appendOwn(store, writer, [
    entryOf('start', null, AT, { spool: 'file', set_aside: [aside('a'), aside('b')] }),
    entryOf('start', null, AT, { spool: 'file', set_aside: [] }),
    entryOf('start', null, AT, { spool: 'file', set_aside: [aside('c')] }),
  ]);
  const inherited = await listInherited(store.db, writer);
  expect([inherited[0], inherited.slice(1).sort()]).toEqual([writer, ['a', 'b', 'c'].map((c) => writer + c)]);
});

it('what a process without a disk left open is closed as lost when nobody can end it any more, and not before', async () => {
  await appendToShared(store, writer, [
    start('direct'),
    ...pairs(0, 3),
    open('lost'),
    open('young', AT + 60_000),
  ]);
  await sealLost(store.db, LATER - 2, ALL);
  expect(await sealsOf('lost')).toEqual([]);
  expect(await sealLost(store.db, LATER, ALL)).toBe(1);
  expect(await sealsOf('lost')).toEqual([{ writer, ending: 'failed', code: 'lost' }]);
  expect(await sealsOf('young')).toEqual([]);
  expect(await sealLost(store.db, LATER, ALL)).toBe(0);
  expect(await sealLost(store.db, LATER + 60_000, ALL)).toBe(1);
  expect(await sealsOf('young')).toEqual([{ writer, ending: 'failed', code: 'lost' }]);
  expect(await chainFault(store.db)).toBeUndefined();
});

it('a chain on a disk is left alone: its seals may still be on their way', async () => {
  await appendOwn(store, writer, [start('file'), open('on its disk')]);
  await sealLost(store.db, LATER, ALL);
  expect(await sealsOf('on its disk')).toEqual([]);
});

it('two who sweep at once, and the seal of the exchange itself, make one seal', async () => {
  const many = Array.from({ length: 40 }, (_, i) => i);
  await appendToShared(store, writer, [start('direct'), ...many.map((i) => open(i))]);
  const other = await migratedStore(url);
  onTestFinished(() => other.close());
  const own = directSpool({
    writer,
    grouped: true,
    now: () => LATER,
    put: async (to, entries) => appendToShared(other, to, entries),
  });
  await Promise.all([
    sealLost(store.db, LATER, ALL),
    sealLost(other.db, LATER, ALL),
    ...many.map((i) => own.append(seal(i, LATER))),
    sealLost(store.db, LATER, ALL),
  ]);
  for (const i of many) expect(await sealsOf(i)).toHaveLength(1);
  expect(await chainFault(store.db)).toBeUndefined();
});

it('a seal that comes after an exchange was closed as lost is taken and left out: it is no second seal', async () => {
  await appendToShared(store, writer, [start('direct'), open('slow')]);
  await sealLost(store.db, LATER, ALL);
  const own = directSpool({
    writer,
    grouped: true,
    now: () => LATER,
    put: async (to, entries) => appendToShared(store, to, entries),
  });
  await own.append(seal('slow', LATER + 1));
  await own.append(open('next', LATER + 2));
  expect(await sealsOf('slow')).toEqual([{ writer, ending: 'failed', code: 'lost' }]);
  expect(await listUnsealed(store.db, writer)).toMatchObject([{ exchange: id('next') }]);
  expect(await chainFault(store.db)).toBeUndefined();
});

it('a pass reads no more than it may, and the passes after it come to the rest', async () => {
  await appendToShared(store, writer, [start('direct'), ...pairs(0, 1000), open('far')]);
  expect(await sealLost(store.db, LATER, 1)).toBe(0);
  let closed = 0;
  for (let pass = 0; pass < 10 && closed === 0; pass++) closed += await sealLost(store.db, LATER, 1);
  expect(await sealsOf('far')).toHaveLength(1);
});

it('a chain whose beginning was dropped with its month is swept all the same', async () => {
  await appendToShared(store, writer, [start('direct'), ...pairs(0, 2)]);
  await sealLost(store.db, LATER, ALL);
  await sql`alter table audit_entries disable trigger all`.execute(store.db);
  await sql`delete from audit_entries where writer = ${writer} and seq = 1`.execute(store.db);
  await sql`alter table audit_entries enable trigger all`.execute(store.db);
  await appendToShared(store, writer, [open('after')]);
  await sealLost(store.db, LATER, ALL);
  expect(await sealsOf('after')).toHaveLength(1);
});
