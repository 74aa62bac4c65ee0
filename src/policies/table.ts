// Policies in Postgres: a name, and versions that never change.
import { sql } from 'kysely';
import type { Change } from '../changes/change.ts';
import type { Db, Statement } from '../stores/store.ts';
import type { PolicyBody } from './policy.ts';
import { policyBodyOf } from './policy.ts';

/** A version of a policy. In a list of policies `created_at` is the name's own. */
export type PolicyItem = {
  readonly name: string;
  readonly version: number;
  readonly created_at: string;
} & PolicyBody;

/** Every policy in its newest version, by name. */
export const listPolicies = async (db: Db): Promise<PolicyItem[]> => {
  const rows = await db
    .selectFrom('policies')
    .distinctOn('name')
    .select(['name', 'version', 'body'])
    // The name's, not the version's: a list that is being paged through keeps its order when something changes.
    .select(sql<Date>`min(created_at) over (partition by name)`.as('created_at'))
    .orderBy('name')
    .orderBy('version', 'desc')
    .execute();
  return rows.map(({ name, version, body, created_at }) => ({
    name,
    version,
    created_at: created_at.toISOString(),
    ...policyBodyOf(body),
  }));
};

/** A version as it is listed; `body` is null where it is older than what a policy can say. */
export type PolicyVersion = {
  readonly version: number;
  readonly created_at: string;
  readonly body: PolicyBody | null;
};

/** Every version of one policy, newest first. */
export const listPolicyVersions = async (db: Db, name: string): Promise<PolicyVersion[]> => {
  const rows = await db
    .selectFrom('policies')
    .select(['version', 'body', 'created_at'])
    .where('name', '=', name)
    .orderBy('version', 'desc')
    .execute();
  return rows.map(({ version, body, created_at }) => ({
    version,
    created_at: created_at.toISOString(),
    body: isFirst(body) ? null : policyBodyOf(body),
  }));
};

/** The one version there was before policies had a say. */
const isFirst = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'sensitive_zone' in body;

/** The newest version of a policy; undefined: there is no such policy. */
export const newestPolicy = async (
  db: Db,
  name: string,
): Promise<{ readonly version: number; readonly body: PolicyBody } | undefined> => {
  const row = await db
    .selectFrom('policies')
    .select(['version', 'body'])
    .where('name', '=', name)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { version: row.version, body: policyBodyOf(row.body) };
};

/** A policy's next version, and the change it is. */
export const policyPart = (
  db: Db,
  name: string,
  before: PolicyItem | undefined,
  body: PolicyBody,
  at: string,
): { change: Change; statements: Statement[] } => {
  const version = (before?.version ?? 0) + 1;
  const { name: _, created_at: __, ...was } = before ?? { name, created_at: at };
  const change = {
    action: before === undefined ? 'policy.created' : 'policy.changed',
    subject: `policy/${name}`,
    before: before === undefined ? null : was,
    after: { version, ...body },
  };
  const insert = db
    .insertInto('policies')
    .values({ name, version, body: JSON.stringify(body), created_at: at })
    .compile();
  return { change, statements: [insert] };
};
