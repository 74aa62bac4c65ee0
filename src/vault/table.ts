// The vault in Postgres: content as it is sealed, read one at a time, listed without it.
import { sql } from 'kysely';
import { hexOf } from '../bytes.ts';
import type { Secrets } from '../ports.ts';
import type { Db } from '../stores/store.ts';
import type { Sealed } from './sealing.ts';
import type { Capture, Cut } from './vault.ts';

/** An end user as the vault knows one: a keyed hash of what the client calls them, so that nobody is named here. */
export const endUserHash = (secrets: Pick<Secrets, 'keyedHash'>, endUser: string): string =>
  hexOf(secrets.keyedHash('end-user', endUser));

/** Whose content it is, and how long it is kept. */
export type Kept = {
  readonly exchange: string;
  readonly use_case: string;
  readonly use_case_version: number;
  readonly team: string;
  readonly key: string;
  /** Keyed hashes, see {@link endUserHash}. */
  readonly end_users: readonly string[];
  readonly capture: Exclude<Capture, 'none'>;
  /** Bytes that a part had, where not all of them are kept. */
  readonly cut: Cut;
  /** ISO 8601, as every time here. */
  readonly kept_at: string;
  readonly expires_at: string;
};

/** Kept content as it is listed. */
export type KeptItem = Kept & { readonly held: boolean; readonly erased_at: string | null };

/** The clocks of two replicas may differ by so much, and an erasure on one still counts for an exchange of the other. */
const CLOCKS_MS = 5_000;

/**
 * Stores an exchange's content; it can be done once. Nothing is stored, and `erased` returned, when what it is of was erased
 * after the exchange began at `openedAtMs`: whoever asked for that did not mean all but what was under way. A hold still wins.
 */
export const insertContent = async (
  db: Db,
  kept: Kept,
  sealed: Sealed,
  openedAtMs: number,
): Promise<'kept' | 'erased'> => {
  const since = new Date(openedAtMs - CLOCKS_MS).toISOString();
  const endUsers = JSON.stringify(kept.end_users);
  const row = await db
    .insertInto('vault')
    .columns([
      ...(['exchange', 'use_case', 'use_case_version', 'team', 'key', 'end_users', 'capture'] as const),
      ...(['prompt', 'reply', 'wrapped_key', 'cut', 'kept_at', 'expires_at'] as const),
    ])
    .expression(sql`
      select ${kept.exchange}::text, ${kept.use_case}::text, ${kept.use_case_version}::integer, ${kept.team}::text, ${kept.key}::text,
        ${endUsers}::text::jsonb, ${kept.capture}::text,
        ${sealed.prompt}::text, ${sealed.reply}::text, ${sealed.wrapped_key}::text, ${JSON.stringify(kept.cut)}::text::jsonb,
        ${kept.kept_at}::timestamptz, ${kept.expires_at}::timestamptz
      where vault_may_keep(${kept.exchange}::text, ${kept.key}::text, ${endUsers}::text::jsonb, ${since}::text)`)
    .returning('exchange')
    .executeTakeFirst();
  return row === undefined ? 'erased' : 'kept';
};

const ITEM = [
  'exchange',
  'use_case',
  'use_case_version',
  'team',
  'key',
  'end_users',
  'capture',
  'cut',
  'kept_at',
  'expires_at',
  'erased_at',
] as const;

const itemOf = (
  row: {
    readonly [name in Exclude<(typeof ITEM)[number], `${string}_at`>]: KeptItem[name];
  } & {
    readonly kept_at: Date;
    readonly expires_at: Date;
    readonly erased_at: Date | null;
    readonly held: boolean;
  },
): KeptItem => ({
  ...row,
  kept_at: row.kept_at.toISOString(),
  expires_at: row.expires_at.toISOString(),
  erased_at: row.erased_at?.toISOString() ?? null,
});

const held = sql<boolean>`vault_held(v)`;

/** Kept content with what is sealed; `sealed` is undefined once it is erased. */
export const findContent = async (
  db: Db,
  exchange: string,
): Promise<{ readonly item: KeptItem; readonly sealed: Sealed | undefined } | undefined> => {
  const row = await db
    .selectFrom('vault as v')
    .select([...ITEM, 'prompt', 'reply', 'wrapped_key', held.as('held')])
    .where('exchange', '=', exchange)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { prompt, reply, wrapped_key, ...item } = row;
  return {
    item: itemOf(item),
    sealed: wrapped_key === null ? undefined : { prompt, reply, wrapped_key },
  };
};

/** What a list may be narrowed to; all that are given must hold. */
export type VaultFilters = {
  readonly use_case?: string | undefined;
  readonly team?: string | undefined;
  readonly key?: string | undefined;
  readonly held?: boolean | undefined;
  readonly erased?: boolean | undefined;
};

/** Kept content, newest exchange first, at most `limit` of those older than the exchange `before`. */
export const listVault = async (
  db: Db,
  filters: VaultFilters,
  limit: number,
  before?: string,
): Promise<KeptItem[]> => {
  let query = db
    .selectFrom('vault as v')
    .select([...ITEM, held.as('held')])
    .orderBy('exchange', 'desc')
    .limit(limit);
  for (const field of ['use_case', 'team', 'key'] as const) {
    const wanted = filters[field];
    if (wanted !== undefined) query = query.where(field, '=', wanted);
  }
  if (filters.held !== undefined) query = query.where(filters.held ? held : sql<boolean>`not ${held}`);
  if (filters.erased !== undefined) query = query.where('erased_at', filters.erased ? 'is not' : 'is', null);
  if (before !== undefined) query = query.where('exchange', '<', before);
  return (await query.execute()).map(itemOf);
};
