// Keys in Postgres. Only a keyed hash of a key is stored: a thief with the database has none.
import { sql } from 'kysely';
import { hexOf } from '../bytes.ts';
import { ID_RANDOM_BYTES, newId } from '../ids.ts';
import { policyBodyOf } from '../policies/policy.ts';
import type { Secrets } from '../ports.ts';
import type { Db, Statement } from '../stores/store.ts';
import { callerCredentialOf } from '../usecases/caller-credential.ts';
import { CAPTURE_DAYS } from '../vault/vault.ts';
import type { Grant } from './key.ts';
import { KEY_RANDOM_BYTES, keyHint, keyText } from './key.ts';

/** A key as it is listed: everything but the key. */
export type KeyItem = {
  readonly id: string;
  readonly name: string;
  readonly use_case: string;
  readonly use_case_version: number;
  readonly hint: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly rotated_from: string | null;
};

/** A key to be written. */
export type NewKey = Omit<KeyItem, 'created_at' | 'revoked_at'> & { readonly hash: string };

/** The key with this hash and all it grants, in one round trip. */
export const findGrant = async (
  db: Db,
  hash: string,
): Promise<{ hash: string; grant: Grant } | undefined> => {
  const row = await db
    .selectFrom('keys')
    .innerJoin('use_case_versions', (join) =>
      join
        .onRef('use_case_versions.use_case', '=', 'keys.use_case')
        .onRef('use_case_versions.version', '=', 'keys.use_case_version'),
    )
    .select([
      'keys.id',
      'keys.name',
      'keys.hash',
      'keys.use_case',
      'keys.use_case_version',
      'keys.expires_at',
      'keys.revoked_at',
      'body',
    ])
    .select(
      sql<number>`(select max(version) from policies where policies.name = use_case_versions.body->>'policy')`.as(
        'policy_version',
      ),
    )
    .select(
      sql<unknown>`(select policies.body from policies where policies.name = use_case_versions.body->>'policy'
        order by version desc limit 1)`.as('policy_body'),
    )
    .where('keys.hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { body } = row;
  return {
    hash: row.hash,
    grant: {
      keyId: row.id,
      keyName: row.name,
      expiresAtMs: row.expires_at?.getTime() ?? null,
      revokedAtMs: row.revoked_at?.getTime() ?? null,
      team: body.team,
      useCase: row.use_case,
      useCaseVersion: row.use_case_version,
      systemPrompt: body.system_prompt,
      callerSystem: body.caller_system,
      callerCredential: callerCredentialOf(body.caller_credential),
      models: body.models,
      endpoints: body.endpoints,
      dataClass: body.data_class,
      policy: body.policy,
      policyVersion: row.policy_version,
      policyBody: policyBodyOf(row.policy_body),
      capture: body.capture ?? 'none',
      captureDays: body.capture_days ?? CAPTURE_DAYS.usual,
    },
  };
};

const ITEM = [
  'id',
  'name',
  'use_case',
  'use_case_version',
  'hint',
  'created_at',
  'expires_at',
  'revoked_at',
  'rotated_from',
] as const;

const item = (row: {
  id: string;
  name: string;
  use_case: string;
  use_case_version: number;
  hint: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  rotated_from: string | null;
}): KeyItem => ({
  ...row,
  created_at: row.created_at.toISOString(),
  expires_at: row.expires_at?.toISOString() ?? null,
  revoked_at: row.revoked_at?.toISOString() ?? null,
});

/** Keys, newest first, at most `limit` of those older than the id `before`. */
export const listKeys = async (db: Db, limit: number, before?: string): Promise<KeyItem[]> => {
  let query = db.selectFrom('keys').select(ITEM).orderBy('id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('id', '<', before);
  return (await query.execute()).map(item);
};

/** A key with its hash: for the diff alone. */
export type HashedKey = KeyItem & { readonly hash: string };

/**
 * The newest key of every name, by name: the one a configuration speaks of. A revoked one only where there is no other; those
 * that others were rotated from never.
 */
export const listNewestKeys = async (db: Db): Promise<HashedKey[]> => {
  const rows = await db
    .selectFrom('keys')
    .distinctOn('name')
    .select([...ITEM, 'hash'])
    // Not by its id alone: the clocks of two replicas may differ by more than a rotation takes.
    .where(sql<boolean>`not exists (select from keys newer where newer.rotated_from = keys.id)`)
    .orderBy('name')
    .orderBy(sql`revoked_at is not null`)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ hash, ...row }) => ({ ...item(row), hash }));
};

/** Whose these hashes are, revoked or not: hash -> the key's name. */
export const ownersOf = async (db: Db, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const wanted = sql`select jsonb_array_elements_text(${JSON.stringify(hashes)}::text::jsonb)`;
  const rows = await db
    .selectFrom('keys')
    .select(['hash', 'name'])
    .where(sql<boolean>`hash in (${wanted})`)
    .execute();
  return new Map(rows.map(({ hash, name }) => [hash, name]));
};

/** Whether a key of this name counts at `now`. */
export const isNameTaken = async (db: Db, name: string, now: string): Promise<boolean> => {
  const row = await db
    .selectFrom('keys')
    .select('id')
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .where((eb) =>
      eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`${now}::timestamptz`)]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
};

/** Whether another key took this one's place. */
export const isRotated = async (db: Db, id: string): Promise<boolean> => {
  const row = await db
    .selectFrom('keys')
    .select('id')
    .where('rotated_from', '=', id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
};

/** One key by its id. */
export const findKey = async (db: Db, id: string): Promise<KeyItem | undefined> => {
  const row = await db.selectFrom('keys').select(ITEM).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : item(row);
};

export const insertKey = (db: Db, key: NewKey, at: string): Statement =>
  db
    .insertInto('keys')
    .values({ ...key, created_at: at, revoked_at: null })
    .compile();

/** Revokes a key from `at` on; one that is revoked already stays as it is. */
export const revokeKey = (db: Db, id: string, at: string): Statement =>
  db
    .updateTable('keys')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .compile();

/** Sets when a key ends; null: never. */
export const setExpiry = (db: Db, id: string, at: string | null): Statement =>
  db.updateTable('keys').set({ expires_at: at }).where('id', '=', id).compile();

/** What making a key needs of the ports. */
type Means = {
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly secrets: Pick<Secrets, 'keyedHash'>;
};

/** A new key: its text, to be shown once, and the row that knows it again. */
export const freshKey = (
  means: Means,
  binding: Omit<NewKey, 'id' | 'hash' | 'hint'>,
): { text: string; row: NewKey } => {
  const text = keyText(means.random(KEY_RANDOM_BYTES));
  const id = newId('key', means.now(), means.random(ID_RANDOM_BYTES));
  return {
    text,
    row: { ...binding, id, hash: hexOf(means.secrets.keyedHash('api-key', text)), hint: keyHint(text) },
  };
};
