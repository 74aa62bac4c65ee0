// Retention: whole months of the audit are dropped, each only after a signed checkpoint covers it, and each leaves a signed
// tombstone that says which entries are gone and what the next ones follow on. The month under way is never dropped, nor one
// that a legal hold is on.
import { sql } from 'kysely';
import { headsDigest, monthOf } from '../audit/chain.ts';
import { saidIn, statement } from '../audit/checkpoint.ts';
import { ChainBroken } from '../audit/cover.ts';
import type { Tombstone } from '../audit/export-lines.ts';
import { eachCheckpoint, makeCheckpoints } from '../checkpoints/table.ts';
import type { SigningMeans } from '../signing/table.ts';
import { openSigner } from '../signing/table.ts';
import type { Db, Statement } from '../stores/store.ts';

/** The months that are kept, `2026-11-01`, oldest first: one partition each. */
export const listMonths = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'audit_entries'::regclass order by c.relname`.execute(db);
  return rows.map(({ name }) => name.replace(/^.*_(\d{4})(\d\d)$/, '$1-$2-01'));
};

type Stretch = {
  readonly writer: string;
  readonly first: number;
  readonly last: number;
  readonly hash: string;
};

/** A month that may be dropped: what it holds, and what stands against it. */
export type MonthPlan = {
  /** `2026-10-01` */
  readonly month: string;
  readonly entries: number;
  /** The first checkpoint with which all of it is signed; null: there is none yet. */
  readonly covered_by: number | null;
  /** Exchanges that a legal hold is on; with any, the month is kept. */
  readonly held: number;
};

type Measured = MonthPlan & { readonly stretches: readonly Stretch[] };

/** Counting a month may take longer than any other statement; a transaction lifts the limit. */
const patient = (db: Db): Statement => sql`set local statement_timeout = 0`.compile(db);

const measured = async ({ store }: SigningMeans, month: string): Promise<Measured> => {
  const { db } = store;
  const [, stretches, held] = await store.atomically([
    patient(db),
    sql<Stretch>`select writer, first, last, hash from audit_stretches(${month}::date) order by writer, first`.compile(
      db,
    ),
    sql<{ held: number }>`select audit_held(${month}::date) as held`.compile(db),
  ]);
  const rows = (stretches?.rows ?? []) as readonly Stretch[]; // the statement's own type
  const [count] = (held?.rows ?? []) as readonly { held: number }[]; // likewise
  const entries = rows.reduce((sum, { first, last }) => sum + Number(last) - Number(first) + 1, 0);
  return { month, entries, covered_by: null, held: Number(count?.held ?? 0), stretches: rows };
};

/**
 * The months with the first checkpoint that covers each. Throws {@link ChainBroken} where the checkpoints do not lead to the
 * heads that the last of them signed.
 */
const covered = async (
  { store: { db }, hashes }: SigningMeans,
  months: readonly Measured[],
): Promise<Measured[]> => {
  const ends = new Map<string, { seq: number; hash: string }>();
  const found = new Map<string, number>();
  let last: ReturnType<typeof saidIn<typeof statement>>;
  for await (const row of eachCheckpoint(db)) {
    last = saidIn(statement, row);
    for (const { writer, to, hash } of last?.covers ?? []) ends.set(writer, { seq: to, hash });
    for (const { month, stretches } of months) {
      const all = stretches.every((one) => Number(one.last) <= (ends.get(one.writer)?.seq ?? 0));
      if (all && !found.has(month)) found.set(month, row.number);
    }
  }
  if (last !== undefined && headsDigest(hashes.sha256Hex, ends) !== last.heads)
    throw new ChainBroken(`the checkpoints up to ${last.number} do not lead to the heads it signed`);
  return months.map((one) => ({ ...one, covered_by: found.get(one.month) ?? null }));
};

const measuredBefore = async (means: SigningMeans, before: string): Promise<Measured[]> => {
  const current = monthOf(new Date(means.now()).toISOString());
  const limit = before < current ? before : current;
  const months: Measured[] = [];
  for (const month of await listMonths(means.store.db))
    if (month < limit) months.push(await measured(means, month));
  return covered(means, months);
};

/** What {@link dropMonthsBefore} would drop, and what it would keep; changes nothing and signs nothing. */
export const planMonthsBefore = async (means: SigningMeans, before: string): Promise<MonthPlan[]> =>
  (await measuredBefore(means, before)).map(({ stretches: _, ...plan }) => plan);

/**
 * Drops the months before `before` (`2026-11-01`), oldest first, but for the one under way and those that are held; tells of
 * each whether it did. Signs first what no checkpoint covers. Only the database's owner may (SQLSTATE 42501). Throws
 * ChainBroken where the audit does not hold: what is broken is not dropped. SQLSTATE 55000: entries have arrived, or a hold was
 * set, meanwhile: try again.
 */
export const dropMonthsBefore = async (
  means: SigningMeans,
  before: string,
): Promise<(MonthPlan & { readonly dropped: boolean })[]> => {
  if ((await measuredBefore(means, before)).length === 0) return [];
  await makeCheckpoints(means);
  const done: (MonthPlan & { readonly dropped: boolean })[] = [];
  for (const { stretches, ...plan } of await measuredBefore(means, before)) {
    const dropped = plan.held === 0;
    if (dropped) await drop(means, plan, stretches);
    done.push({ ...plan, dropped });
  }
  return done;
};

/** Drops a month and leaves its signed tombstone, both or neither: a tombstone of what is still there would be a lie. */
const drop = async (
  means: SigningMeans,
  { month, covered_by }: MonthPlan,
  stretches: readonly Stretch[],
): Promise<void> => {
  const { store } = means;
  const gone = sql`select audit_drop_month(${month}::date)`.compile(store.db);
  if (stretches.length === 0) {
    await store.atomically([patient(store.db), gone]);
    return;
  }
  if (covered_by === null) throw new ChainBroken(`no checkpoint covers all of ${month.slice(0, 7)}`);
  const signer = await openSigner(means);
  const tombstone: Tombstone = {
    v: 1,
    kind: 'tombstone',
    at: new Date(means.now()).toISOString(),
    key: signer.key.id,
    month,
    covered_by,
    dropped: stretches.map(({ writer, first, last: to, hash }) => ({
      writer,
      from: Number(first),
      to: Number(to),
      hash,
    })),
  };
  const { text, signature } = await signer.sign(tombstone);
  const kept = store.db.insertInto('audit_signed').values({ kind: 'tombstone', text, signature }).compile();
  await store.atomically([patient(store.db), kept, gone]);
};
