// The audit's entries in Postgres: appended by two functions that keep the chains, never changed.
import { sql } from 'kysely';
import type { Db, Statement } from '../stores/store.ts';
import type { Head, Link } from './chain.ts';
import { monthOf, textAround } from './chain.ts';
import { LOST_AFTER_MS, lostSeal } from './lost.ts';
import type { Entry } from './record.ts';
import type { RecordFilters, RecordItem } from './records.ts';
import { joined } from './records.ts';

/** Appends links that their writer has hashed; those that are there already are passed over. SQLSTATE 23505: they do not follow on. */
export const appendLinks = (db: Db, writer: string, links: readonly Link[]): Statement => {
  const rows = links.map(({ seq, hash, text }) => ({ seq, hash, text, month: monthOf(atOf(text)) }));
  return sql`select audit_append(${writer}, ${JSON.stringify(rows)}::text::jsonb)`.compile(db);
};

/**
 * Appends entries to a chain that many share; Postgres numbers and hashes them. A chain that is new begins with a `start`. The
 * first seal of an exchange counts, and one that comes when there is one already is left out: see {@link sealLost}.
 */
export const appendShared = (db: Db, writer: string, entries: readonly Entry[]): Statement => {
  const partOf = (entry: Entry) => ({
    ...textAround(writer, entry),
    month: monthOf(new Date(entry.atMs).toISOString()),
    ...(entry.kind === 'seal' && entry.exchange !== null ? { unless_sealed: entry.exchange } : {}),
  });
  const [first] = entries;
  const start: Entry[] =
    first === undefined || first.kind === 'start'
      ? []
      : [{ kind: 'start', exchange: null, atMs: first.atMs, body: { spool: 'shared' } }];
  const json = (parts: readonly Entry[]): string => JSON.stringify(parts.map(partOf));
  return sql`select audit_append_next(${writer}, ${json(start)}::text::jsonb, ${json(entries)}::text::jsonb)`.compile(
    db,
  );
};

/** The time in a canonical text, which begins with it: keys are sorted, and `at` comes first. */
const atOf = (text: string): string => text.slice('{"at":"'.length, '{"at":"'.length + 24);

/** Where a writer's chain ends in Postgres. */
export const headInStore = async (db: Db, writer: string): Promise<Head | undefined> => {
  const { rows } = await sql<Head>`select seq, hash from audit_head(${writer})`.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : { seq: Number(row.seq), hash: row.hash };
};

/** An exchange that was opened and never sealed, as its opening entry says it. */
export type Unsealed = { readonly exchange: string; readonly body: Record<string, unknown> };

/** Entries read in one statement: it takes some ten milliseconds. */
const STRETCH = 1000;
/** A time after every other, as entries write theirs. */
const NEVER = '9999-12-31T23:59:59.999Z';

type Stretch = {
  /** The last entry that was read; undefined: there is none. */
  readonly last: number | undefined;
  readonly unsealed: readonly (Unsealed & { readonly seq: number })[];
};

/** The next entries of a chain, up to the first that is not older than `before`, and what they opened that has no seal. */
const readStretch = async (db: Db, writer: string, after: number, before: string): Promise<Stretch> => {
  // A scalar subquery with a limit stays a look-up in the index of seals for each opening; as "not exists" it may become one
  // pass over all seals there are.
  const { rows } = await sql<{ last: number | null; unsealed: Stretch['unsealed'] }>`
    with stretch as materialized (
      select e.seq, e.body from audit_entries e where e.writer = ${writer} and e.seq > ${after} order by e.seq limit ${sql.lit(STRETCH)}
    ), due as (
      select seq, body from stretch
      where seq < coalesce((select min(seq) from stretch where body->>'at' >= ${before}), 9223372036854775807)
    )
    select (select max(seq) from due) as last, coalesce((
      select jsonb_agg(jsonb_build_object('seq', d.seq, 'exchange', d.body->'exchange', 'body', d.body->'body') order by d.seq)
      from due d where d.body->>'kind' = 'open' and (
        select true from audit_entries s
        where s.body->>'exchange' = d.body->>'exchange' and s.body->>'kind' = 'seal' limit 1) is null), '[]') as unsealed`.execute(
    db,
  );
  const [row] = rows;
  return { last: row?.last ?? undefined, unsealed: row?.unsealed ?? [] };
};

/** Up to where every exchange that a chain opened is known to have its seal. */
const sealedTo = async (db: Db, writer: string): Promise<number> => {
  const row = await db
    .selectFrom('audit_sealed')
    .select('seq')
    .where('writer', '=', writer)
    .executeTakeFirst();
  return row?.seq ?? 0;
};

const setSealedTo = async (db: Db, writer: string, seq: number, shared: boolean): Promise<void> => {
  await sql`insert into audit_sealed (writer, seq, shared) values (${writer}, ${seq}, ${shared})
    on conflict (writer) do update set seq = excluded.seq where excluded.seq > audit_sealed.seq`.execute(db);
};

/**
 * Moves on the place up to which every exchange that a chain opened is known to have its seal; returns it. It depends on
 * nothing but entries that are in Postgres, and those are never changed: no crash, no entry that still waits in a spool and no
 * other reader can make it wrong. Reads at most `stretches` stretches.
 */
export const advanceSealed = async (db: Db, writer: string, stretches: number): Promise<number> => {
  let to = await sealedTo(db, writer);
  for (let read = 0; read < stretches; read++) {
    const { last, unsealed } = await readStretch(db, writer, to, NEVER);
    if (last === undefined) break;
    const [first] = unsealed;
    const next = (first?.seq ?? last + 1) - 1;
    if (next > to) await setSealedTo(db, writer, next, false);
    to = next;
    if (first !== undefined) break;
  }
  return to;
};

/** Exchanges of a writer that were opened and have no seal in Postgres. Reads from {@link advanceSealed} on. */
export const listUnsealed = async (db: Db, writer: string): Promise<Unsealed[]> => {
  const found: Unsealed[] = [];
  let after = await advanceSealed(db, writer, Number.POSITIVE_INFINITY);
  for (;;) {
    const { last, unsealed } = await readStretch(db, writer, after, NEVER);
    if (last === undefined) return found;
    found.push(...unsealed);
    after = last;
  }
};

/** A writer with those whose chains it found, could not go on with and put aside: it is the one to close them. */
export const listInherited = async (db: Db, writer: string): Promise<string[]> => {
  const { rows } = await sql<{ writer: string }>`
    select distinct a.value->>'writer' as writer from audit_entries e cross join lateral jsonb_array_elements(
      case jsonb_typeof(e.body->'body'->'set_aside') when 'array' then e.body->'body'->'set_aside' else '[]' end) a
    where e.writer = ${writer} and e.body->>'kind' = 'start'`.execute(db);
  return [writer, ...rows.map((row) => row.writer)];
};

/** Writers of one pass that have something new; each is a replica, or was one. */
const WRITERS = 1000;

/** Chains that Postgres numbers, and that have entries past the place where all are known to be sealed. */
const unsweptWriters = async (db: Db): Promise<{ writer: string; after: number }[]> => {
  // A chain's first entry may be gone with its month; that the chain is shared is remembered beside it.
  const { rows } = await sql<{ writer: string; after: number }>`
    select w.writer, coalesce(k.seq, 0) as after from (
      select writer from audit_entries
      where body->>'kind' = 'start' and seq = 1 and body->'body'->>'spool' in ('direct', 'shared')
      union select writer from audit_sealed where shared
    ) w left join audit_sealed k on k.writer = w.writer
    where (select h.seq from audit_head(w.writer) h) > coalesce(k.seq, 0) order by w.writer limit ${sql.lit(WRITERS)}`.execute(
    db,
  );
  return rows;
};

/**
 * Closes what processes without a spool of their own (`direct`) opened and nobody will end: each open for longer than
 * {@link LOST_AFTER_MS} gets its `failed: lost`, in the chain that opened it. Whoever appends to that chain holds its lock, and
 * a seal is left out if there is one by then: so two who sweep at once, or a seal of the exchange's own, make one seal. An
 * exchange that ends after all keeps the seal it got here: its own is passed over, not refused, for the client's answer did
 * come to its end, and the record never said that it did not. Reads at most `stretches` stretches; returns how many it closed.
 */
export const sealLost = async (db: Db, nowMs: number, stretches: number): Promise<number> => {
  const before = new Date(nowMs - LOST_AFTER_MS).toISOString();
  let left = stretches;
  let closed = 0;
  for (const { writer, after: first } of await unsweptWriters(db)) {
    for (let after = first; left > 0; left--) {
      const { last, unsealed } = await readStretch(db, writer, after, before);
      if (last === undefined) break;
      const seals = unsealed.map(({ exchange, body }) => lostSeal(exchange, body, nowMs));
      if (seals.length > 0) await db.executeQuery(appendShared(db, writer, seals));
      await setSealedTo(db, writer, last, true);
      closed += seals.length;
      after = last;
    }
  }
  return closed;
};

type Told = { exchange: string; kind: 'open' | 'seal'; body: Record<string, unknown> };

/** Filters that only a sealed record can meet. */
const sealedOnly = (filters: RecordFilters): boolean =>
  filters.backend !== undefined || filters.ending !== undefined || filters.finding !== undefined;

const conditions = (filters: RecordFilters, before: string | undefined) => {
  const equal = (['team', 'use_case', 'key', 'model', 'backend', 'ending'] as const).flatMap((field) =>
    filters[field] === undefined ? [] : [sql`body->'body'->>${field} = ${filters[field]}`],
  );
  return sql.join(
    [
      sql`true`,
      ...equal,
      ...(filters.from === undefined
        ? []
        : [sql`body->'body'->>'opened_at' >= ${new Date(filters.from).toISOString()}`]),
      ...(filters.to === undefined
        ? []
        : [sql`body->'body'->>'opened_at' < ${new Date(filters.to).toISOString()}`]),
      ...(filters.finding === undefined
        ? []
        : [sql`body->'body'->'findings' @> ${JSON.stringify([{ type: filters.finding }])}::text::jsonb`]),
      ...(before === undefined ? [] : [sql`body->>'exchange' < ${before}`]),
    ],
    sql` and `,
  );
};

/** Records, newest first, at most `limit` of those older than the exchange `before`. */
export const listRecords = async (
  db: Db,
  filters: RecordFilters,
  limit: number,
  before?: string,
): Promise<RecordItem[]> => {
  const where = conditions(filters, before);
  const newest = (kind: 'open' | 'seal') => sql`(
    select body->>'exchange' as exchange, body->>'kind' as kind, body->'body' as body from audit_entries
    where body->>'kind' = ${sql.lit(kind)} and ${where} order by body->>'exchange' desc limit ${limit})`;
  // An exchange among the newest is among the newest of either kind, so two short lists are enough.
  const lists = sealedOnly(filters) ? newest('seal') : sql`${newest('seal')} union all ${newest('open')}`;
  const { rows } = await sql<Told>`${lists}`.execute(db);
  const sealed = new Map(
    rows.filter(({ kind }) => kind === 'seal').map(({ exchange, body }) => [exchange, body]),
  );
  const opened = new Map(
    rows.filter(({ kind }) => kind === 'open').map(({ exchange, body }) => [exchange, body]),
  );
  const exchanges = [...new Set([...sealed.keys(), ...opened.keys()])].sort().reverse().slice(0, limit);
  return exchanges.map((exchange) => joined(exchange, opened.get(exchange), sealed.get(exchange)));
};

/** One record by its exchange. */
export const findRecord = async (db: Db, exchange: string): Promise<RecordItem | undefined> => {
  const { rows } = await sql<Told>`
    select body->>'exchange' as exchange, body->>'kind' as kind, body->'body' as body from audit_entries
    where body->>'exchange' = ${exchange} and body->>'kind' in ('open', 'seal')`.execute(db);
  const of = (wanted: 'open' | 'seal') => rows.find(({ kind }) => kind === wanted)?.body;
  return rows.length === 0 ? undefined : joined(exchange, of('open'), of('seal'));
};
