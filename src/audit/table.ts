// The audit's entries in Postgres: appended by two functions that keep the chains, never changed.
import { sql } from 'kysely';
import type { Db, Statement } from '../stores/store.ts';
import type { Head, Link } from './chain.ts';
import { monthOf, textAround } from './chain.ts';
import type { Entry } from './record.ts';
import type { RecordFilters, RecordItem } from './records.ts';
import { joined } from './records.ts';

/** Appends links that their writer has hashed; those that are there already are passed over. SQLSTATE 23505: they do not follow on. */
export const appendLinks = (db: Db, writer: string, links: readonly Link[]): Statement => {
  const rows = links.map(({ seq, hash, text }) => ({ seq, hash, text, month: monthOf(atOf(text)) }));
  return sql`select audit_append(${writer}, ${JSON.stringify(rows)}::text::jsonb)`.compile(db);
};

/** Appends entries to a chain that many share; Postgres numbers and hashes them. A chain that is new begins with a `start`. */
export const appendShared = (db: Db, writer: string, entries: readonly Entry[]): Statement => {
  const partOf = (entry: Entry) => ({
    ...textAround(writer, entry),
    month: monthOf(new Date(entry.atMs).toISOString()),
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

/** Exchanges of a writer that were opened and never sealed, as their opening entries say. */
export const listUnsealed = async (
  db: Db,
  writer: string,
): Promise<{ exchange: string; body: Record<string, unknown> }[]> => {
  const { rows } = await sql<{ exchange: string; body: Record<string, unknown> }>`
    select o.body->>'exchange' as exchange, o.body->'body' as body from audit_entries o
    where o.writer = ${writer} and o.body->>'kind' = 'open'
      and not exists (select from audit_entries s where s.body->>'exchange' = o.body->>'exchange' and s.body->>'kind' = 'seal')`.execute(
    db,
  );
  return rows;
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
