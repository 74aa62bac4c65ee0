// Teams, use cases with immutable versions, policies, keys, backends, models, the log of changes and the audit's entries.
import type { Migration } from './migration.ts';

/** Tables whose rows are never changed, and what to call them when somebody tries. */
const appendOnly = (table: string): string[] => [
  `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
];

export const first: Migration = {
  id: '0001-first',
  statements: [
    `create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only', tg_table_name using errcode = '42501';
      end $$`,
    `create table changes (
      seq bigint primary key,
      id text not null unique,
      at timestamptz not null,
      actor text not null,
      action text not null,
      subject text not null,
      detail jsonb not null
    )`,
    `create table teams (name text primary key, created_at timestamptz not null)`,
    `create table policies (
      name text not null,
      version integer not null,
      body jsonb not null,
      created_at timestamptz not null,
      primary key (name, version)
    )`,
    `insert into policies (name, version, body, created_at)
      values ('default', 1, '{"sensitive_zone": "on_prem"}', now())`,
    `create table use_cases (
      name text primary key,
      team text not null references teams (name),
      latest integer not null,
      created_at timestamptz not null
    )`,
    `create table use_case_versions (
      use_case text not null references use_cases (name),
      version integer not null,
      body jsonb not null,
      created_at timestamptz not null,
      primary key (use_case, version)
    )`,
    `create table keys (
      id text primary key,
      name text not null,
      use_case text not null,
      use_case_version integer not null,
      hash text not null unique,
      hint text not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      rotated_from text references keys (id),
      foreign key (use_case, use_case_version) references use_case_versions (use_case, version)
    )`,
    `create function refuse_repurpose() returns trigger language plpgsql as $$
      begin
        if (new.id, new.name, new.use_case, new.use_case_version, new.hash)
          is distinct from (old.id, old.name, old.use_case, old.use_case_version, old.hash) then
          raise exception 'a key cannot be repurposed' using errcode = '42501';
        end if;
        if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
          raise exception 'a revoked key stays revoked' using errcode = '42501';
        end if;
        return new;
      end $$`,
    `create trigger keys_bound before update on keys for each row execute function refuse_repurpose()`,
    `create table backends (
      name text primary key,
      provider text not null,
      url text,
      zone text not null check (zone in ('on_prem', 'cloud')),
      secret text,
      created_at timestamptz not null
    )`,
    `create table models (name text primary key, body jsonb not null, created_at timestamptz not null)`,
    `create table audit_entries (
      writer text not null,
      seq bigint not null,
      kind text not null check (kind in ('open', 'seal')),
      exchange text not null,
      at timestamptz not null,
      body jsonb not null,
      primary key (writer, seq)
    )`,
    `create index audit_entries_exchange on audit_entries (exchange)`,
    ...['changes', 'policies', 'use_case_versions', 'audit_entries'].flatMap(appendOnly),
  ],
};
