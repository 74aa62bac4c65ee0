// A backend that speaks a client's dialect badly may be spoken to in another one that it speaks.
import type { Migration } from './migration.ts';

export const backendPreference: Migration = {
  id: '0010-backend-preference',
  statements: [
    // Null: a dialect that it speaks passes through.
    "alter table backends add column prefer text check (prefer in ('passthrough', 'translate'))",
    'alter function gatehouse_grants() rename to gatehouse_grants_0008',
    `create function gatehouse_grants() returns void language plpgsql as $$
      begin
        perform gatehouse_grants_0008();
        if not exists (select from pg_roles where rolname = 'gatehouse_app') then return; end if;
        grant update (prefer) on backends to gatehouse_app;
      end $$`,
    'revoke all on function gatehouse_grants() from public',
    'select gatehouse_grants()',
  ],
};
