// The audit as chains: entries kept by month, appended by two functions that hash them, checkpoints, signing keys, the vault,
// and a role that may do no more than the gateway has to.
import type { Migration } from './migration.ts';

const appendOnly = (table: string): string[] => [
  `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
  `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
];

/** Makes a month's partition; owned by whoever migrates, so that the gateway's own role needs no right to make tables. */
const ensureMonth = `create function audit_ensure_month(p_month date) returns void
  language plpgsql security definer set search_path from current as $$
  declare
    name text := 'audit_entries_' || to_char(p_month, 'YYYYMM');
  begin
    if to_regclass(name) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtextextended('audit month', 0));
    if to_regclass(name) is not null then return; end if;
    if p_month <> date_trunc('month', p_month) then raise exception 'not a month: %', p_month; end if;
    execute format('create table if not exists %I (like audit_entries including all)', name);
    -- Waiting for an advisory lock does not refresh what this session knows of the catalog; the statement above does.
    if exists (select from pg_inherits where inhrelid = to_regclass(name)) then return; end if;
    -- Triggers on rows reach partitions by themselves; those on statements do not.
    execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', name);
    execute format('revoke all on %I from public', name);
    -- Attaching takes a lock that lets other writers go on; "create table ... partition of" would deadlock with them.
    execute format('alter table audit_entries attach partition %I for values from (%L) to (%L)', name, p_month, p_month + interval '1 month');
  end $$`;

/** The end of a writer's chain, also where the month that held it was dropped. */
const head = `create function audit_head(p_writer text) returns table (seq bigint, hash text) language sql stable as $$
    select h.seq, h.hash from (
      (select e.seq, e.hash from audit_entries e where e.writer = p_writer order by e.seq desc limit 1)
      union all
      select d.seq, d.hash from audit_ends d where d.writer = p_writer
    ) h order by h.seq desc limit 1
  $$`;

/** What a month holds of each chain, as runs of numbers without a gap, and the hash of each run's last entry. */
const stretches = `create function audit_stretches(p_month date)
  returns table (writer text, first bigint, last bigint, hash text) language sql stable as $$
    with numbered as (
      select e.writer, e.seq, e.seq - row_number() over (partition by e.writer order by e.seq) as run
      from audit_entries e where e.month = p_month
    ), runs as (
      select n.writer, min(n.seq) as first, max(n.seq) as last from numbered n group by n.writer, n.run
    )
    select r.writer, r.first, r.last, e.hash
    from runs r join audit_entries e on e.month = p_month and e.writer = r.writer and e.seq = r.last
  $$`;

/**
 * Drops a whole month under retention: only what a checkpoint covers and a tombstone names. That the two are signed the
 * database cannot tell; whoever verifies an export can. For the owner alone: the gateway's own role may not call it.
 */
const dropMonth = `create function audit_drop_month(p_month date) returns void
  language plpgsql security definer set search_path from current as $$
  declare
    part text := 'audit_entries_' || to_char(p_month, 'YYYYMM');
    seen bigint;
    now_there bigint;
    loose text;
  begin
    if to_regclass(part) is null then return; end if;
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

/**
 * Appends links a writer has hashed itself: [{seq, hash, text, month}]. Those that are there already are passed over; one that
 * does not follow on what is there is refused, so a chain cannot fork and an entry cannot come twice. Returns the new end.
 */
const append = `create function audit_append(p_writer text, p_links jsonb) returns bigint language plpgsql as $$
  declare
    last_seq bigint;
    last_hash text;
    link record;
  begin
    perform pg_advisory_xact_lock(hashtextextended(p_writer, 1));
    select h.seq, h.hash into last_seq, last_hash from audit_head(p_writer) h;
    last_seq := coalesce(last_seq, 0);
    last_hash := coalesce(last_hash, repeat('0', 64));
    for link in select * from jsonb_to_recordset(p_links) as l(seq bigint, hash text, text text, month date) order by l.seq loop
      if link.seq <= last_seq then
        -- There already: by us, or by somebody who wrote something else under this number.
        if exists (select from audit_entries e where e.writer = p_writer and e.seq = link.seq and e.hash = link.hash) then continue; end if;
        raise exception 'entry % of % is there already, and another', link.seq, p_writer using errcode = '23505';
      end if;
      if link.seq <> last_seq + 1 or link.hash <> encode(sha256(convert_to(last_hash || link.text, 'UTF8')), 'hex') then
        raise exception 'entry % of % does not follow on %', link.seq, p_writer, last_seq using errcode = '23505';
      end if;
      perform audit_ensure_month(link.month);
      insert into audit_entries (month, writer, seq, hash, text) values (link.month, p_writer, link.seq, link.hash, link.text);
      last_seq := link.seq;
      last_hash := link.hash;
    end loop;
    return last_seq;
  end $$`;

/**
 * Appends entries to a chain that many share: numbers and hashes them here. [{before, after, month}]: the canonical text with
 * its number left out between the two. `p_start` are the parts
 * that a chain must begin with. `unless_sealed` names an exchange: the entry is left out if it has a seal by now.
 */
const appendNext = `create function audit_append_next(p_writer text, p_start jsonb, p_parts jsonb) returns bigint language plpgsql as $$
  declare
    last_seq bigint;
    last_hash text;
    part record;
    whole text;
  begin
    perform pg_advisory_xact_lock(hashtextextended(p_writer, 1));
    select h.seq, h.hash into last_seq, last_hash from audit_head(p_writer) h;
    last_seq := coalesce(last_seq, 0);
    last_hash := coalesce(last_hash, repeat('0', 64));
    for part in select p.value->>'before' as before, p.value->>'after' as after, (p.value->>'month')::date as month,
        p.value->>'unless_sealed' as unless_sealed
      from jsonb_array_elements(case when last_seq = 0 then p_start || p_parts else p_parts end) with ordinality as p(value, place) order by p.place loop
      if part.unless_sealed is not null and exists (select from audit_entries s
        where s.body->>'exchange' = part.unless_sealed and s.body->>'kind' = 'seal') then continue; end if;
      last_seq := last_seq + 1;
      whole := part.before || last_seq || part.after;
      last_hash := encode(sha256(convert_to(last_hash || whole, 'UTF8')), 'hex');
      perform audit_ensure_month(part.month);
      insert into audit_entries (month, writer, seq, hash, text) values (part.month, p_writer, last_seq, last_hash, whole);
    end loop;
    return last_seq;
  end $$`;

export const auditChain: Migration = {
  id: '0002-audit-chain',
  statements: [
    'drop table audit_entries',
    'drop table changes',
    `create table audit_entries (
      month date not null,
      writer text not null,
      seq bigint not null,
      hash text not null,
      text text not null,
      body jsonb not null generated always as (text::jsonb) stored,
      primary key (month, writer, seq)
    ) partition by range (month)`,
    'create index audit_entries_writer on audit_entries (writer, seq)',
    `create index audit_entries_exchange on audit_entries ((body->>'exchange'))`,
    `create index audit_entries_seals on audit_entries ((body->>'exchange') desc) where body->>'kind' = 'seal'`,
    `create index audit_entries_opens on audit_entries ((body->>'exchange') desc) where body->>'kind' = 'open'`,
    ensureMonth,
    // Where chains ended whose last entries were dropped: what a writer that was silent for so long goes on from.
    `create table audit_ends (writer text primary key, seq bigint not null, hash text not null)`,
    head,
    append,
    appendNext,
    `create table audit_checkpoints (number bigint primary key, text text not null, signature text not null)`,
    // Where the last checkpoint left every chain. It is proven by that checkpoint's digest, so it needs no other protection.
    `create table audit_heads (writer text primary key, seq bigint not null, hash text not null)`,
    // The last checkpoint that an anchor acknowledged.
    `create table audit_anchored (anchor text primary key, number bigint not null)`,
    `create table audit_keys (
      id text primary key,
      public text not null,
      sealed text not null,
      created_at timestamptz not null
    )`,
    `create table audit_signed (
      place bigint primary key generated always as identity,
      kind text not null check (kind in ('rotation', 'tombstone')),
      text text not null,
      signature text not null
    )`,
    stretches,
    dropMonth,
    'revoke all on function audit_drop_month(date) from public',
    `do $$ begin
      create role gatehouse_app nologin;
    exception when duplicate_object or unique_violation or insufficient_privilege then null;
    end $$`,
    `do $$ begin
      if exists (select from pg_roles where rolname = 'gatehouse_app') then
        grant select on all tables in schema public to gatehouse_app;
        grant insert on teams, use_cases, use_case_versions, policies, keys, backends, models,
          audit_entries, audit_checkpoints, audit_keys, audit_signed to gatehouse_app;
        grant insert, update on audit_heads, audit_anchored to gatehouse_app;
        grant update (team, latest) on use_cases to gatehouse_app;
        grant update (expires_at, revoked_at) on keys to gatehouse_app;
        grant update (provider, url, zone, secret) on backends to gatehouse_app;
        grant update (body) on models to gatehouse_app;
      end if;
    end $$`,
    ...['audit_entries', 'audit_checkpoints', 'audit_keys', 'audit_signed'].flatMap(appendOnly),
  ],
};
