// Prices saved through the admin API: every version is kept, and that one was deleted is a version too.
import type { Migration } from './migration.ts';

export const prices: Migration = {
  id: '0011-prices',
  statements: [
    // No `body`: from here on there is no saved price of this name.
    `create table prices (
      name text not null,
      version integer not null check (version > 0),
      body jsonb,
      created_at timestamptz not null,
      primary key (name, version)
    )`,
    'create trigger prices_append_only before update or delete on prices for each row execute function refuse_change()',
    'create trigger prices_no_truncate before truncate on prices for each statement execute function refuse_change()',
    'alter function gatehouse_grants() rename to gatehouse_grants_0010',
    `create function gatehouse_grants() returns void language plpgsql as $$
      begin
        perform gatehouse_grants_0010();
        if not exists (select from pg_roles where rolname = 'gatehouse_app') then return; end if;
        revoke all on prices from gatehouse_app;
        grant select, insert on prices to gatehouse_app;
      end $$`,
    'revoke all on function gatehouse_grants() from public',
    'select gatehouse_grants()',
  ],
};
