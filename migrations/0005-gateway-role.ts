// What the gateway's own role may do, said in one place; the functions that act for the owner trust nothing a caller can make;
// and a month that a legal hold is on is not dropped.
import type { Migration } from './migration.ts';

/**
 * Gives `gatehouse_app` what the gateway needs and takes the rest, again whenever it is asked: the role may be made after the
 * tables. Months have no grants: they are reached through their table. No entry is inserted but by the functions that chain it.
 */
const grants = `create function gatehouse_grants() returns void language plpgsql as $$
  declare
    name text;
  begin
    if not exists (select from pg_roles where rolname = 'gatehouse_app') then return; end if;
    execute format('grant usage on schema %I to gatehouse_app', current_schema());
    foreach name in array array['gatehouse_migrations', 'teams', 'use_cases', 'use_case_versions', 'policies', 'keys', 'backends',
      'models', 'audit_entries', 'audit_ends', 'audit_checkpoints', 'audit_heads', 'audit_anchored', 'audit_keys', 'audit_signed',
      'vault', 'vault_holds'] loop
      execute format('revoke all on %I from gatehouse_app', name);
      execute format('grant select on %I to gatehouse_app', name);
    end loop;
    grant insert on teams, use_cases, use_case_versions, keys, backends, models to gatehouse_app;
    grant update (team, latest) on use_cases to gatehouse_app;
    grant update (expires_at, revoked_at) on keys to gatehouse_app;
    grant update (provider, url, zone, secret) on backends to gatehouse_app;
    grant update (body) on models to gatehouse_app;
    grant insert on audit_checkpoints, audit_keys, audit_signed to gatehouse_app;
    grant insert, update on audit_heads, audit_anchored to gatehouse_app;
    grant insert on vault, vault_holds to gatehouse_app;
    grant update (prompt, reply, wrapped_key, erased_at) on vault to gatehouse_app;
    grant delete on vault_holds to gatehouse_app;
    grant execute on function audit_append(text, jsonb), audit_append_next(text, jsonb, jsonb), audit_resume(text, bigint, text)
      to gatehouse_app;
  end $$`;

/** How many exchanges of a month a legal hold is on, by themselves, by their key, or by what is kept of them. */
const held = `create function audit_held(p_month date) returns bigint language sql stable as $$
    select count(distinct e.body->>'exchange') from audit_entries e
    where e.month = p_month and exists (select from vault_holds) and (
      exists (select from vault_holds h where
        (h.scope = 'exchange' and h.subject = e.body->>'exchange') or (h.scope = 'key' and h.subject = e.body->'body'->>'key'))
      or exists (select from vault v where v.exchange = e.body->>'exchange' and vault_held(v)))
  $$`;

/** As in 0002, and besides: what a hold is on is not dropped. Holds are set under the lock that is taken first. */
const dropMonth = `create or replace function audit_drop_month(p_month date) returns void
  language plpgsql security definer as $$
  declare
    part text := 'audit_entries_' || to_char(p_month, 'YYYYMM');
    seen bigint;
    now_there bigint;
    loose text;
  begin
    if to_regclass(part) is null then return; end if;
    perform pg_advisory_xact_lock(hashtextextended('erasures', 1));
    if audit_held(p_month) > 0 then raise exception 'a legal hold is on %', p_month using errcode = '55000'; end if;
    select count(*) into seen from audit_entries where month = p_month;
    select s.writer || '/' || s.first || ' to ' || s.writer || '/' || s.last into loose
    from audit_stretches(p_month) s left join (
      select k.writer, max(k."to") as last
      from audit_checkpoints c cross join lateral jsonb_to_recordset(c.text::jsonb->'covers') as k(writer text, "to" bigint)
      group by k.writer
    ) covered on covered.writer = s.writer
    where covered.last is null or covered.last < s.last or not exists (
      select from audit_signed t
        cross join lateral jsonb_to_recordset(t.text::jsonb->'dropped') as d(writer text, "from" bigint, "to" bigint)
      where t.kind = 'tombstone' and t.text::jsonb->>'month' = to_char(p_month, 'YYYY-MM-DD')
        and d.writer = s.writer and d."from" <= s.first and d."to" >= s.last)
    limit 1;
    if loose is not null then raise exception '% has no checkpoint or no tombstone', loose using errcode = '55000'; end if;
    insert into audit_ends (writer, seq, hash)
      select distinct on (s.writer) s.writer, s.last, s.hash from audit_stretches(p_month) s order by s.writer, s.last desc
      on conflict (writer) do update set seq = excluded.seq, hash = excluded.hash where excluded.seq > audit_ends.seq;
    -- The whole table first, as appends lock it; only now, for they wait from here on.
    lock table audit_entries in access exclusive mode;
    select count(*) into now_there from audit_entries where month = p_month;
    if now_there <> seen then raise exception 'entries of % have arrived meanwhile', p_month using errcode = '55000'; end if;
    execute format('drop table %I', part);
  end $$`;

const DEFINERS = [
  'audit_ensure_month(date)',
  'audit_append(text, jsonb)',
  'audit_append_next(text, jsonb, jsonb)',
  'audit_drop_month(date)',
  'audit_resume(text, bigint, text)',
];

/**
 * A path without pg_temp has it first: whoever may make a temporary table would have the owner work on that. The trigger has it
 * for the same reason: a temporary vault_holds would lift every hold.
 */
const fixedPath = (name: string): string =>
  `do $$ begin execute format('alter function ${name} set search_path = %I, pg_temp', current_schema()); end $$`;

export const gatewayRole: Migration = {
  id: '0005-gateway-role',
  statements: [
    held,
    dropMonth,
    'alter function audit_append(text, jsonb) security definer',
    'alter function audit_append_next(text, jsonb, jsonb) security definer',
    ...[...DEFINERS, 'vault_refuse_change()'].map(fixedPath),
    ...DEFINERS.map((name) => `revoke all on function ${name} from public`),
    grants,
    'revoke all on function gatehouse_grants() from public',
    'select gatehouse_grants()',
  ],
};
