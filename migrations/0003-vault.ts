// The content vault: prompts and replies sealed under keys of their own, each as it was kept until it is erased; and legal
// holds, which stop erasure whoever asks for it.
import type { Migration } from './migration.ts';

export const vault: Migration = {
  id: '0003-vault',
  statements: [
    `create table vault (
      exchange text primary key,
      use_case text not null,
      use_case_version integer not null,
      team text not null,
      key text not null,
      end_users jsonb not null,
      capture text not null check (capture in ('redacted', 'full')),
      prompt text,
      reply text,
      wrapped_key text,
      cut jsonb not null,
      kept_at timestamptz not null,
      expires_at timestamptz not null,
      erased_at timestamptz,
      check ((wrapped_key is null) = (erased_at is not null)),
      check (erased_at is null or (prompt is null and reply is null))
    )`,
    // What is sealed does not compress, and trying costs more than sealing.
    'alter table vault alter column prompt set storage external, alter column reply set storage external',
    'create index vault_keys on vault (key, exchange) where erased_at is null',
    'create index vault_end_users on vault using gin (end_users jsonb_path_ops)',
    'create index vault_expiry on vault (expires_at) where erased_at is null',
    `create table vault_holds (
      scope text not null check (scope in ('exchange', 'key', 'end_user')),
      subject text not null,
      reason text not null,
      actor text not null,
      since timestamptz not null,
      primary key (scope, subject)
    )`,
    // A hold is on whatever its subject has, or will have: nobody has to hold each new exchange, and holds may overlap.
    `create function vault_held(p_row vault) returns boolean language sql stable as $$
      select exists (select from vault_holds h where
        (h.scope = 'exchange' and h.subject = p_row.exchange) or
        (h.scope = 'key' and h.subject = p_row.key) or
        (h.scope = 'end_user' and p_row.end_users @> to_jsonb(h.subject)))
    $$`,
    `create function vault_refuse_change() returns trigger language plpgsql as $$
      declare
        erased vault := old;
      begin
        if old.erased_at is not null then
          raise exception 'what is erased stays erased' using errcode = '42501';
        end if;
        erased.prompt := null;
        erased.reply := null;
        erased.wrapped_key := null;
        erased.erased_at := new.erased_at;
        if new.erased_at is null or new is distinct from erased then
          raise exception 'what is kept can only be erased' using errcode = '42501';
        end if;
        if vault_held(old) then
          raise exception 'what is held cannot be erased' using errcode = '42501';
        end if;
        return new;
      end $$`,
    'create trigger vault_erase_only before update on vault for each row execute function vault_refuse_change()',
    'create trigger vault_no_delete before delete on vault for each row execute function refuse_change()',
    'create trigger vault_no_truncate before truncate on vault for each statement execute function refuse_change()',
    'create trigger vault_holds_no_truncate before truncate on vault_holds for each statement execute function refuse_change()',
    `do $$ begin
      if exists (select from pg_roles where rolname = 'gatehouse_app') then
        grant select on vault, vault_holds to gatehouse_app;
        grant insert on vault, vault_holds to gatehouse_app;
        grant update (prompt, reply, wrapped_key, erased_at) on vault to gatehouse_app;
        grant delete on vault_holds to gatehouse_app;
      end if;
    end $$`,
  ],
};
