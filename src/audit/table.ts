// The audit's entries in Postgres: appended, never changed.
import { sql } from 'kysely';
import type { Db, Statement } from '../stores/store.ts';
import type { Entry } from './record.ts';

/** An entry with its place: one writer's entries are numbered without a gap. */
export type Placed = { readonly seq: number; readonly entry: Entry };

/** Appends entries of one writer in one statement; those that are there already are left as they are. */
export const appendEntries = (db: Db, writer: string, placed: readonly Placed[]): Statement => {
  const rows = JSON.stringify(
    placed.map(({ seq, entry }) => ({
      seq,
      kind: entry.kind,
      exchange: entry.exchange,
      at: new Date(entry.atMs).toISOString(),
      body: entry.body,
    })),
  );
  return sql`
    insert into audit_entries (writer, seq, kind, exchange, at, body)
    select ${writer}, seq, kind, exchange, at, body
    from jsonb_to_recordset(${rows}::text::jsonb) as e(seq bigint, kind text, exchange text, at timestamptz, body jsonb)
    order by seq
    on conflict (writer, seq) do nothing`.compile(db);
};

/** One record as the admin API shows it: what was opened, overlaid with what was sealed. */
export type RecordItem = Record<string, unknown> & { readonly exchange: string };

/** Records, newest first, at most `limit` of those older than the exchange `before`. */
export const listRecords = async (db: Db, limit: number, before?: string): Promise<RecordItem[]> => {
  const older = before === undefined ? sql`` : sql`where exchange < ${before}`;
  const { rows } = await sql<{
    exchange: string;
    opened: Record<string, unknown> | null;
    sealed: Record<string, unknown> | null;
  }>`
    with newest as (select distinct exchange from audit_entries ${older} order by exchange desc limit ${limit})
    select exchange,
      (select body from audit_entries o where o.exchange = newest.exchange and o.kind = 'open' order by at limit 1) as opened,
      (select body from audit_entries s where s.exchange = newest.exchange and s.kind = 'seal' order by at limit 1) as sealed
    from newest order by exchange desc`.execute(db);
  return rows.map(joined);
};

/** One record by its exchange. */
export const findRecord = async (db: Db, exchange: string): Promise<RecordItem | undefined> => {
  const entries = await db
    .selectFrom('audit_entries')
    .select(['kind', 'body'])
    .where('exchange', '=', exchange)
    .orderBy('at')
    .execute();
  if (entries.length === 0) return undefined;
  const body = (kind: 'open' | 'seal') => entries.find((entry) => entry.kind === kind)?.body ?? null;
  return joined({ exchange, opened: body('open'), sealed: body('seal') });
};

const joined = (row: {
  exchange: string;
  opened: Record<string, unknown> | null;
  sealed: Record<string, unknown> | null;
}): RecordItem => ({
  sealed_at: null,
  ending: null,
  status: null,
  ...row.opened,
  ...row.sealed,
  exchange: row.exchange,
});
