// Retention: whole months of the audit are dropped, each only after a signed checkpoint covers it, and each leaves a signed
// tombstone that says which entries are gone and what the next ones follow on.
import { sql } from 'kysely';
import { saidIn, statement } from '../audit/checkpoint.ts';
import type { Tombstone } from '../audit/export-lines.ts';
import { headsAt, lastCheckpoint, makeCheckpoints } from '../checkpoints/table.ts';
import type { SigningMeans } from '../signing/table.ts';
import { openSigner } from '../signing/table.ts';
import type { Db } from '../stores/store.ts';

/** The months that are kept, `2026-11-01`, oldest first: one partition each. */
export const listMonths = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'audit_entries'::regclass order by c.relname`.execute(db);
  return rows.map(({ name }) => name.replace(/^.*_(\d{4})(\d\d)$/, '$1-$2-01'));
};

/**
 * Drops the months before `before` (`2026-11-01`), oldest first; returns those it dropped. Only the database's owner may.
 * Throws ChainBroken where the audit does not hold: what is broken is not dropped. SQLSTATE 55000: entries have arrived
 * meanwhile, try again.
 */
export const dropMonthsBefore = async (means: SigningMeans, before: string): Promise<string[]> => {
  const { db } = means.store;
  const months = (await listMonths(db)).filter((month) => month < before);
  if (months.length === 0) return [];
  await makeCheckpoints(means);
  for (const month of months) {
    await bury(means, month);
    await sql`select audit_drop_month(${month}::date)`.execute(db);
  }
  return months;
};

type Stretch = {
  readonly writer: string;
  readonly first: number;
  readonly last: number;
  readonly hash: string;
};

/** Signs and keeps the tombstone of a month. */
const bury = async (means: SigningMeans, month: string): Promise<void> => {
  const { db } = means.store;
  const last = await lastCheckpoint(db);
  const covered = last === undefined ? undefined : saidIn(statement, last);
  const { rows } =
    await sql<Stretch>`select writer, first, last, hash from audit_stretches(${month}::date) order by writer, first`.execute(
      db,
    );
  if (rows.length === 0) return;
  if (covered === undefined) throw new Error(`no checkpoint covers ${month}`);
  const heads = await headsAt(db, covered.number);
  const open = rows.find(({ writer, last: to }) => Number(to) > (heads.get(writer)?.seq ?? 0));
  if (open !== undefined) throw new Error(`no checkpoint covers ${open.writer}/${open.last}`);
  const signer = await openSigner(means);
  const tombstone: Tombstone = {
    v: 1,
    kind: 'tombstone',
    at: new Date(means.now()).toISOString(),
    key: signer.key.id,
    month,
    covered_by: covered.number,
    dropped: rows.map(({ writer, first, last: to, hash }) => ({
      writer,
      from: Number(first),
      to: Number(to),
      hash,
    })),
  };
  const { text, signature } = await signer.sign(tombstone);
  await db.insertInto('audit_signed').values({ kind: 'tombstone', text, signature }).execute();
};
