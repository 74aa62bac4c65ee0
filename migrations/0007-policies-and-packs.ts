// Policies that say something: what is done about findings. And packs saved through the admin API: every version is kept, and that
// one was deleted is a version too.
import type { Migration } from './migration.ts';

/** As src/policies/policy.ts has it when nothing is said; written out, for a version never changes. A test compares the two. */
const DEFAULT_POLICY = JSON.stringify({
  request: { pii: 'redact', secrets: 'block', injection: 'log', uninspected: 'allow' },
  response: { pii: 'redact', secrets: 'redact', injection: 'log', uninspected: 'allow' },
  overrides: {},
  allow: [],
  threshold: { confidence: 0.5, count: 1 },
  injection_threshold: 0.5,
});

export const policiesAndPacks: Migration = {
  id: '0007-policies-and-packs',
  statements: [
    `insert into policies (name, version, body, created_at) values ('default', 2, '${DEFAULT_POLICY}', now())`,
    // No `body`: from here on there is no saved pack of this name.
    `create table packs (
      revision bigint generated always as identity primary key,
      name text not null,
      version integer,
      body jsonb,
      created_at timestamptz not null,
      check ((version is null) = (body is null))
    )`,
    'create index packs_name on packs (name, revision)',
    'create trigger packs_append_only before update or delete on packs for each row execute function refuse_change()',
    'create trigger packs_no_truncate before truncate on packs for each statement execute function refuse_change()',
    'alter function gatehouse_grants() rename to gatehouse_grants_0006',
    `create function gatehouse_grants() returns void language plpgsql as $$
      begin
        perform gatehouse_grants_0006();
        if not exists (select from pg_roles where rolname = 'gatehouse_app') then return; end if;
        grant insert on policies to gatehouse_app;
        revoke all on packs from gatehouse_app;
        grant select, insert on packs to gatehouse_app;
      end $$`,
    'revoke all on function gatehouse_grants() from public',
    'select gatehouse_grants()',
  ],
};
