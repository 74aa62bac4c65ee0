// A backend may speak other dialects than its provider usually does.
import type { Migration } from './migration.ts';

export const backendDialects: Migration = {
  id: '0008-backend-dialects',
  statements: [
    // Null: those of its provider.
    'alter table backends add column dialects jsonb',
    'alter function gatehouse_grants() rename to gatehouse_grants_0007',
    `create function gatehouse_grants() returns void language plpgsql as $$
      begin
        perform gatehouse_grants_0007();
        if not exists (select from pg_roles where rolname = 'gatehouse_app') then return; end if;
        grant update (dialects) on backends to gatehouse_app;
      end $$`,
    'revoke all on function gatehouse_grants() from public',
    'select gatehouse_grants()',
  ],
};
