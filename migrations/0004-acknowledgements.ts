// A break of the audit that an operator acknowledges: signed words on it, and a chain whose signed end is gone goes on from
// where it was signed, as after a month that was dropped.
import type { Migration } from './migration.ts';

/** For the gateway's own role, which may not write to audit_ends: an end only ever moves forward. */
const resume = `create function audit_resume(p_writer text, p_seq bigint, p_hash text) returns void
  language plpgsql security definer as $$
  begin
    perform pg_advisory_xact_lock(hashtextextended(p_writer, 1));
    insert into audit_ends (writer, seq, hash) values (p_writer, p_seq, p_hash)
      on conflict (writer) do update set seq = excluded.seq, hash = excluded.hash where excluded.seq > audit_ends.seq;
  end $$`;

export const acknowledgements: Migration = {
  id: '0004-acknowledgements',
  statements: [
    `alter table audit_signed drop constraint audit_signed_kind_check,
      add constraint audit_signed_kind_check check (kind in ('rotation', 'tombstone', 'acknowledgement'))`,
    // Of operators who acknowledge one break at once, one does.
    `create unique index audit_signed_breaks on audit_signed (md5((text::jsonb->'broken')::text)) where kind = 'acknowledgement'`,
    resume,
  ],
};
