// Erasure of kept content, by request and by retention, and the legal holds that stop it. Each is one transaction with the
// entry of the audit that tells of it; all of them take one lock, so a hold and an erasure never pass each other.
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import * as z from 'zod';
import { monthOf, textAround } from '../audit/chain.ts';
import type { Entry } from '../audit/record.ts';
import type { Db, Statement, Store } from '../stores/store.ts';
import type { Scope } from '../vault/vault.ts';

/** The chain of erasures and holds, which all replicas share. */
export const ERASURES_WRITER = 'erasures';

/** Contents erased in one transaction, so that none takes longer than a statement may; more of them are more entries. */
const AT_ONCE = 1000;

/** What erasing needs of the ports. */
export type ErasingMeans = { readonly store: Store; readonly now: () => number };

/** Who asks, and why. */
export type Cause = { readonly actor: string; readonly reason: string };

/** What became of it: how many contents were erased, and how many were not because they are held. */
export type Erased = { readonly count: number; readonly held_back: number };

/** The lock under which Postgres appends to the chain (audit_append_next takes it again). */
const lock = (db: Db): Statement =>
  sql`select pg_advisory_xact_lock(hashtextextended(${ERASURES_WRITER}, 1))`.compile(db);

/** Contents that are there. */
const matching = ({ scope, subject }: Scope): RawBuilder<unknown> => {
  if (scope === 'exchange') return sql`v.exchange = ${subject}`;
  if (scope === 'key') return sql`v.key = ${subject}`;
  return sql`v.end_users @> ${JSON.stringify([subject])}::text::jsonb`;
};

/**
 * SQL that appends an entry whose body holds numbers that only the statement itself finds out: where the body says
 * `"name": 0` goes what `numbers` has under that name.
 */
const appendWith = (
  entry: Entry,
  numbers: Readonly<Record<string, RawBuilder<unknown>>>,
): RawBuilder<unknown> => {
  const { before, after } = textAround(ERASURES_WRITER, entry);
  const month = monthOf(new Date(entry.atMs).toISOString());
  let rest = before;
  const pieces: RawBuilder<unknown>[] = [];
  // In the order of the canonical text. A quote inside a string is escaped, so what is found is the body's own field.
  for (const name of Object.keys(numbers).sort()) {
    const field = `"${name}":`;
    const at = rest.indexOf(`${field}0`) + field.length;
    pieces.push(sql`${rest.slice(0, at)}::text`, sql`(${numbers[name]})::text`);
    rest = rest.slice(at + 1);
  }
  pieces.push(sql`${rest}::text`);
  const start = textAround(ERASURES_WRITER, {
    kind: 'start',
    exchange: null,
    atMs: entry.atMs,
    body: { spool: 'shared' },
  });
  return sql`audit_append_next(${ERASURES_WRITER}, ${JSON.stringify([{ ...start, month }])}::text::jsonb,
    jsonb_build_array(jsonb_build_object('before', ${sql.join(pieces, sql` || `)}, 'after', ${after}::text, 'month', ${month}::text)))`;
};

const found = z.object({ count: z.coerce.number(), held_back: z.coerce.number().default(0) });

/** Erases up to {@link AT_ONCE} contents that match and are not held; the entry is written if any is, or `always`. */
const eraseSome = async (
  store: Store,
  match: RawBuilder<unknown>,
  entry: Entry,
  always: boolean,
): Promise<Erased> => {
  const there = sql`v.erased_at is null and ${match}`;
  const append = appendWith(entry, { count: sql`f.count`, held_back: sql`f.held_back` });
  const statement = sql`
    with picked as (
      select v.exchange from vault v where ${there} and not vault_held(v) order by v.exchange limit ${sql.lit(AT_ONCE)}
    ), erased as (
      update vault set prompt = null, reply = null, wrapped_key = null, erased_at = ${new Date(entry.atMs).toISOString()}::timestamptz
      where exchange in (select exchange from picked) returning exchange
    ), f as (
      select (select count(*) from erased) as count,
        (select count(*) from vault v where ${there} and vault_held(v)) as held_back
    )
    select f.count, f.held_back, case when ${always ? sql`true` : sql`f.count > 0`} then ${append} end as seq from f`;
  const [, result] = await store.atomically([lock(store.db), statement.compile(store.db)]);
  return found.parse(result?.rows[0]);
};

/** Erases all that match, in as many transactions as it takes; the last one's `held_back` is what is left. */
const eraseAll = async (
  store: Store,
  match: RawBuilder<unknown>,
  entry: () => Entry,
  recorded: 'always' | 'if any',
): Promise<Erased> => {
  let count = 0;
  for (let first = true; ; first = false) {
    const some = await eraseSome(store, match, entry(), first && recorded === 'always');
    count += some.count;
    if (some.count < AT_ONCE) return { count, held_back: some.held_back };
  }
};

/**
 * Erases a scope's content for good: the sealed texts and the wrapped key, which nothing else can open. Writes an `erasure`
 * entry, also when there was nothing to erase. What is held stays.
 */
export const erase = (
  { store, now }: ErasingMeans,
  scope: Scope,
  { actor, reason }: Cause,
): Promise<Erased> => {
  const entry = (): Entry => ({
    kind: 'erasure',
    exchange: scope.scope === 'exchange' ? scope.subject : null,
    atMs: now(),
    body: { ...scope, actor, reason, count: 0, held_back: 0 },
  });
  return eraseAll(store, matching(scope), entry, 'always');
};

/** Erases the content that is over and not held; an `erasure` entry tells of it, if there was any. For a runtime's timer. */
export const expireVault = ({ store, now }: ErasingMeans): Promise<Erased> => {
  const nowMs = now();
  const over = sql`v.expires_at <= ${new Date(nowMs).toISOString()}::timestamptz`;
  const entry: Entry = {
    kind: 'erasure',
    exchange: null,
    atMs: nowMs,
    body: {
      scope: 'retention',
      subject: null,
      actor: 'retention',
      reason: 'capture_days are over',
      count: 0,
      held_back: 0,
    },
  };
  return eraseAll(store, over, () => entry, 'if any');
};

/** A legal hold: nothing its subject has, or will have, is erased while it is there. */
export type Hold = Scope & { readonly reason: string; readonly actor: string; readonly since: string };

/**
 * Sets a hold, or lifts it. Writes a `hold` entry and returns how many contents there are of the subject; undefined: it
 * was so already, and nothing was done.
 */
export const setHold = async (
  { store, now }: ErasingMeans,
  scope: Scope,
  hold: boolean,
  { actor, reason }: Cause,
): Promise<number | undefined> => {
  const atMs = now();
  const entry: Entry = {
    kind: 'hold',
    exchange: scope.scope === 'exchange' ? scope.subject : null,
    atMs,
    body: { ...scope, actor, reason, hold, count: 0 },
  };
  const done = hold
    ? sql`insert into vault_holds (scope, subject, reason, actor, since)
        values (${scope.scope}, ${scope.subject}, ${reason}, ${actor}, ${new Date(atMs).toISOString()}::timestamptz)
        on conflict do nothing returning scope`
    : sql`delete from vault_holds where scope = ${scope.scope} and subject = ${scope.subject} returning scope`;
  const statement = sql`
    with done as (${done}), f as (
      select (select count(*) from vault v where v.erased_at is null and ${matching(scope)}) as count from done
    )
    select f.count, ${appendWith(entry, { count: sql`f.count` })} as seq from f`;
  const [, result] = await store.atomically([lock(store.db), statement.compile(store.db)]);
  return result?.rows.length === 1 ? found.parse(result.rows[0]).count : undefined;
};

/** Holds there may be for them to be listed; they are set by hand. */
const HOLDS_LISTED = 10_000;

/** Every hold, newest first. */
export const listHolds = async (db: Db): Promise<Hold[]> => {
  const rows = await db
    .selectFrom('vault_holds')
    .selectAll()
    .orderBy('since', 'desc')
    .limit(HOLDS_LISTED)
    .execute();
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
};
