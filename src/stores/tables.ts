// The tables as TypeScript sees them: the twin of migrations/. Dates go in as ISO text and come out as Date;
// jsonb goes in as JSON text and comes out parsed.
import type { ColumnType, Generated } from 'kysely';
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Price } from '../prices/price.ts';
import type { Preference } from '../providers/names.ts';
import type { CallerCredential } from '../usecases/caller-credential.ts';
import type { Capture, Cut } from '../vault/vault.ts';

type Instant = ColumnType<Date, string, string>;
type MaybeInstant = ColumnType<Date | null, string | null | undefined, string | null>;
type Jsonb<T> = ColumnType<T, string, string>;

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
  /** What is kept of its exchanges, and for how many days. Absent in versions that are older than the vault. */
  capture?: Capture;
  capture_days?: number;
  /** Absent in versions that are older than the question: `refuse`. */
  caller_credential?: CallerCredential;
};

/** Immutable, like every version. `body` is read by `policyBodyOf`. */
export type PolicyRow = { name: string; version: number; body: Jsonb<unknown>; created_at: Instant };

/** A saved pack as it was from this revision on; without a body: there was none from then on. Immutable. `body` is read by `readPack`. */
export type PackRow = {
  revision: Generated<number>;
  name: string;
  version: number | null;
  body: ColumnType<unknown, string | null, never>;
  created_at: Instant;
};

/** A saved price from this version on; without a body: there was none from then on. Immutable. `body` is read by `storedSchema`. */
export type PriceRow = {
  name: string;
  version: number;
  body: ColumnType<unknown, string | null, never>;
  created_at: Instant;
};

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
  /** Null: those of its provider. */
  dialects: ColumnType<readonly CallDialectName[] | null, string | null | undefined, string | null>;
  /** Null: a dialect that it speaks passes through. */
  prefer: ColumnType<Preference | null, Preference | null | undefined, Preference | null>;
  created_at: Instant;
};

export type ModelRow = { name: string; body: Jsonb<ModelBody>; created_at: Instant };

/** What a model's row holds, as stored. */
export type ModelBody = {
  targets: readonly { backend: string; model: string }[];
  tier: string | null;
  /** Absent: none is declared. */
  price?: Price;
};

/**
 * One entry of a chain; append-only: UPDATE, DELETE and TRUNCATE are refused by triggers. `text` is all there is to it:
 * `body` is generated from it, and `month` must be the month of its `at`.
 */
export type AuditEntryRow = {
  month: ColumnType<Date, string, never>;
  writer: string;
  seq: number;
  /** SHA-256 of the hash before it and its text, as hex. */
  hash: string;
  text: string;
  body: ColumnType<Record<string, unknown>, never, never>;
};

/** A signed statement of what all chains hold; append-only. */
export type AuditCheckpointRow = { number: number; text: string; signature: string };

/** A signing key: public, and private as sealed under the root secret; append-only. */
export type AuditKeyRow = { id: string; public: string; sealed: string; created_at: Instant };

/** A rotation of signing keys, a tombstone, or an acknowledgement of a break, signed; append-only. */
export type AuditSignedRow = {
  place: Generated<number>;
  kind: 'rotation' | 'tombstone' | 'acknowledgement';
  text: string;
  signature: string;
};

/** The end of a chain: as the last checkpoint left it (audit_heads), or as a dropped month did (audit_ends). */
export type ChainEndRow = { writer: string; seq: number; hash: string };

/** Up to which entry of a chain every opened exchange has its seal; `shared`: Postgres numbers the chain. */
export type SealedToRow = { writer: string; seq: number; shared: boolean };

/** The last checkpoint that an anchor acknowledged. */
export type AuditAnchoredRow = { anchor: string; number: number };

/** An exchange's content, sealed. It can only be erased: then what was sealed and its key are null, for good. */
export type VaultRow = {
  exchange: string;
  use_case: string;
  use_case_version: number;
  team: string;
  key: string;
  /** Keyed hashes of what the client calls the end user. */
  end_users: Jsonb<readonly string[]>;
  capture: Exclude<Capture, 'none'>;
  prompt: string | null;
  reply: string | null;
  wrapped_key: string | null;
  cut: Jsonb<Cut>;
  kept_at: Instant;
  expires_at: Instant;
  erased_at: MaybeInstant;
};

/** A legal hold on what its subject has, or will have, in the vault. */
export type VaultHoldRow = {
  scope: 'exchange' | 'key' | 'end_user';
  subject: string;
  reason: string;
  actor: string;
  since: Instant;
};

export type MigrationRow = { id: string; at: Generated<Date> };

export type Tables = {
  teams: TeamRow;
  use_cases: UseCaseRow;
  use_case_versions: UseCaseVersionRow;
  policies: PolicyRow;
  packs: PackRow;
  prices: PriceRow;
  keys: KeyRow;
  backends: BackendRow;
  models: ModelRow;
  audit_entries: AuditEntryRow;
  audit_checkpoints: AuditCheckpointRow;
  audit_keys: AuditKeyRow;
  audit_signed: AuditSignedRow;
  audit_heads: ChainEndRow;
  audit_ends: ChainEndRow;
  audit_sealed: SealedToRow;
  audit_anchored: AuditAnchoredRow;
  vault: VaultRow;
  vault_holds: VaultHoldRow;
  gatehouse_migrations: MigrationRow;
};
