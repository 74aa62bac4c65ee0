// Changes of configuration in Postgres: every one is written in the transaction that makes it, numbered without a gap.
import { sql } from 'kysely';
import { ID_RANDOM_BYTES, newId } from '../ids.ts';
import type { Db, Statement, Store } from '../stores/store.ts';
import { sqlState, UNIQUE_VIOLATION } from '../stores/store.ts';
import type { Change } from './change.ts';
import { ChangedMeanwhile } from './change.ts';

export type ChangeItem = Change & {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly actor: string;
};

/** The number of the newest change; 0 before the first. */
export const lastSeq = async (db: Db): Promise<number> => {
  const row = await db
    .selectFrom('changes')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
};

/** Somebody who changes the configuration now. */
export const authorOf = (
  means: { readonly now: () => number; readonly random: (bytes: number) => Uint8Array },
  actor: string,
): Author => ({
  actor,
  at: new Date(means.now()).toISOString(),
  ids: () => newId('chg', means.now(), means.random(ID_RANDOM_BYTES)),
});

/** Who asks for a change, when, and the ids it is written under. */
export type Author = { readonly actor: string; readonly at: string; readonly ids: () => string };

/**
 * Makes changes and writes them down, all in one transaction. `seen` is the number of the newest change the caller knew
 * of: the records' own numbers are the lock, so of two writers who read the same state one wins and the other is told
 * ({@link ChangedMeanwhile}).
 */
export const commit = async (
  store: Store,
  author: Author,
  seen: number,
  parts: readonly { readonly change: Change; readonly statements: readonly Statement[] }[],
): Promise<void> => {
  if (parts.length === 0) return;
  const rows = parts.map(({ change }, index) => ({
    seq: seen + 1 + index,
    id: author.ids(),
    at: author.at,
    actor: author.actor,
    action: change.action,
    subject: change.subject,
    detail: { before: change.before, after: change.after },
  }));
  try {
    await store.atomically([
      // One parameter however many changes there are: Postgres takes 65,535 in a statement.
      sql`
        insert into changes (seq, id, at, actor, action, subject, detail)
        select seq, id, at, actor, action, subject, detail
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as c(seq bigint, id text, at timestamptz, actor text, action text, subject text, detail jsonb)`.compile(
        store.db,
      ),
      ...parts.flatMap(({ statements }) => statements),
    ]);
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION && (await lastSeq(store.db)) > seen)
      throw new ChangedMeanwhile();
    throw error;
  }
};

/** Tries against writers who change the configuration at the same moment; each round lets at least one of them through. */
const TRIES = 10;

/**
 * Does `work` again when others changed the configuration under it. `work` reads {@link lastSeq} before anything else it
 * decides by. The last {@link ChangedMeanwhile} is the caller's.
 */
export const settled = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || tries >= TRIES) throw error;
    }
  }
};

/** Changes, newest first, at most `limit` of those before the number `before`. */
export const listChanges = async (db: Db, limit: number, before?: number): Promise<ChangeItem[]> => {
  let query = db.selectFrom('changes').selectAll().orderBy('seq', 'desc').limit(limit);
  if (before !== undefined) query = query.where('seq', '<', before);
  const rows = await query.execute();
  return rows.map(({ seq, id, at, actor, action, subject, detail }) => ({
    seq: Number(seq),
    id,
    at: at.toISOString(),
    actor,
    action,
    subject,
    before: detail.before,
    after: detail.after,
  }));
};
