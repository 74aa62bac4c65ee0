// The tables as TypeScript sees them: the twin of migrations/. Dates go in as ISO text and come out as Date;
// jsonb goes in as JSON text and comes out parsed.
import type { ColumnType, Generated } from 'kysely';

type Instant = ColumnType<Date, string, string>;
type MaybeInstant = ColumnType<Date | null, string | null | undefined, string | null>;
type Jsonb<T> = ColumnType<T, string, string>;

/** A change of configuration, numbered without a gap: its number is also the lock that lets one writer win. */
export type ChangeRow = {
  seq: number;
  id: string;
  at: Instant;
  /** Who asked: `token:...`, `start`, `cli`. */
  actor: string;
  /** `team.created`, `key.revoked`, ... */
  action: string;
  /** `team/hr`, `key/key_...` */
  subject: string;
  /** Before and after, without secrets. */
  detail: Jsonb<{ before: unknown; after: unknown }>;
};

export type TeamRow = { name: string; created_at: Instant };

/** A use case's name and its newest version; what it allows stands in its versions. */
export type UseCaseRow = { name: string; team: string; latest: number; created_at: Instant };

/** Immutable: UPDATE and DELETE are refused by a trigger. */
export type UseCaseVersionRow = {
  use_case: string;
  version: number;
  body: Jsonb<UseCaseBody>;
  created_at: Instant;
};

/** What a version of a use case holds, as stored. */
export type UseCaseBody = {
  team: string;
  system_prompt: string | null;
  caller_system: 'refuse' | 'demote' | 'allow';
  models: readonly string[];
  endpoints: readonly string[];
  data_class: 'sensitive' | 'non_sensitive';
  policy: string;
};

export type PolicyRow = { name: string; version: number; body: Jsonb<PolicyBody>; created_at: Instant };

/** What a version of a policy holds, as stored. Every version is kept. */
export type PolicyBody = { sensitive_zone: 'on_prem' };

export type KeyRow = {
  id: string;
  name: string;
  use_case: string;
  use_case_version: number;
  /** HMAC-SHA-256 of the key under the deployment's key, as hex. */
  hash: string;
  /** The last characters, to tell keys apart by eye. */
  hint: string;
  created_at: Instant;
  expires_at: MaybeInstant;
  revoked_at: MaybeInstant;
  /** The key this one was rotated from. */
  rotated_from: string | null;
};

export type BackendRow = {
  name: string;
  provider: string;
  url: string | null;
  zone: 'on_prem' | 'cloud';
  /** `${env:X}`, `${file:X}` or a sealed literal; never the plain secret. */
  secret: string | null;
  created_at: Instant;
};

export type ModelRow = { name: string; body: Jsonb<ModelBody>; created_at: Instant };

/** What a model's row holds, as stored. */
export type ModelBody = { targets: readonly { backend: string; model: string }[]; tier: string | null };

/** Append-only: UPDATE, DELETE and TRUNCATE are refused by triggers. */
export type AuditEntryRow = {
  writer: string;
  seq: number;
  kind: 'open' | 'seal';
  exchange: string;
  at: Instant;
  body: Jsonb<Record<string, unknown>>;
};

export type MigrationRow = { id: string; at: Generated<Date> };

export type Tables = {
  changes: ChangeRow;
  teams: TeamRow;
  use_cases: UseCaseRow;
  use_case_versions: UseCaseVersionRow;
  policies: PolicyRow;
  keys: KeyRow;
  backends: BackendRow;
  models: ModelRow;
  audit_entries: AuditEntryRow;
  gatehouse_migrations: MigrationRow;
};
