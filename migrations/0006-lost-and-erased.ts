// Finding what was opened and never sealed without reading a whole history; and an erasure that also reaches what is under way
// while it is made.
import type { Migration } from './migration.ts';

/**
 * Whether an exchange's content may be kept: not if what it is of was erased since `p_since`, when the exchange had begun by
 * then; unless a hold is on it. Erasures and holds take the lock alone and keepers share it, so an erasure either waits for
 * the row and erases it, or is seen here: a volatile function looks anew after it has waited.
 */
const mayKeep = `create function vault_may_keep(p_exchange text, p_key text, p_end_users jsonb, p_since text) returns boolean
  language plpgsql volatile as $$
  declare
    kept vault;
    subjects text[] := array[p_exchange, p_key] || array(select jsonb_array_elements_text(p_end_users));
  begin
    perform pg_advisory_xact_lock_shared(hashtextextended('erasures', 1));
    kept.exchange := p_exchange;
    kept.key := p_key;
    kept.end_users := p_end_users;
    if vault_held(kept) then return true; end if;
    return not exists (
      select from audit_entries e
      where e.body->>'kind' = 'erasure' and e.body->'body'->>'subject' = any (subjects)
        and e.month >= (left(p_since, 7) || '-01')::date and e.body->>'at' >= p_since
        and case e.body->'body'->>'scope'
          when 'exchange' then e.body->'body'->>'subject' = p_exchange
          when 'key' then e.body->'body'->>'subject' = p_key
          when 'end_user' then p_end_users @> jsonb_build_array(e.body->'body'->>'subject')
          else false end);
  end $$`;

export const lostAndErased: Migration = {
  id: '0006-lost-and-erased',
  statements: [
    `create index audit_entries_starts on audit_entries (writer) where body->>'kind' = 'start'`,
    `create index audit_entries_erasures on audit_entries ((body->'body'->>'subject')) where body->>'kind' = 'erasure'`,
    // Up to which entry of a chain every exchange that was opened is known to have its seal. It saves reading and proves
    // nothing: entries are never taken away but with all before them, so what it says stays true.
    `create table audit_sealed (
      writer text primary key,
      seq bigint not null,
      shared boolean not null
    )`,
    mayKeep,
    // The role may be made later, and is then given all of it again.
    'alter function gatehouse_grants() rename to gatehouse_grants_0005',
    `create function gatehouse_grants() returns void language plpgsql as $$
      begin
        perform gatehouse_grants_0005();
        if not exists (select from pg_roles where rolname = 'gatehouse_app') then return; end if;
        grant select, insert, update on audit_sealed to gatehouse_app;
      end $$`,
    'revoke all on function gatehouse_grants() from public',
    'select gatehouse_grants()',
  ],
};
