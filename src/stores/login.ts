// The login that a gateway runs as: a member of `gatehouse_app` and of nothing else, made and kept by the database's owner.
// Its password reaches the server as a SCRAM verifier, so that not even the server's log can show it.
import { CompiledQuery, sql } from 'kysely';
import type { Db, Statement, Store } from './store.ts';

/** The role cannot be the gateway's login, or the password none of ours. */
export class LoginFault extends Error {}

/** Lower case, so that it is the same with and without quotes. */
const NAME = /^[a-z_][a-z0-9_]{0,62}$/;
/** A SCRAM verifier; a plain text would reach the server as it is. */
const VERIFIER = /^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/;

type Found = { mighty: boolean; self: boolean; other: string | null };

/** Why a role that is there already is not ours to take over; undefined: it is, or there is none. */
const foundFault = async (db: Db, name: string): Promise<string | undefined> => {
  const { rows } = await sql<Found>`
    select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls as mighty,
      r.rolname = current_user or r.rolname = session_user as self,
      (select min(g.rolname) from pg_auth_members m join pg_roles g on g.oid = m.roleid
        where m.member = r.oid and g.rolname <> 'gatehouse_app') as other
    from pg_roles r where r.rolname = ${name}`.execute(db);
  const [row] = rows;
  if (row?.self === true) return `"${name}" is who is logged in now: the gateway's login is another`;
  if (row?.mighty === true)
    return `the role "${name}" is there already, and may do more than a gateway needs`;
  if (row !== undefined && row.other !== null)
    return `the role "${name}" is there already, and is a member of "${row.other}"`;
  return undefined;
};

const raw = (text: string): Statement => CompiledQuery.raw(text);

/** A role that may be there already; others may be making it at this moment. */
const makeRole = (name: string, kind: 'login' | 'nologin'): Statement =>
  raw(`do $$ begin
    if not exists (select from pg_roles where rolname = '${name}') then create role "${name}" ${kind}; end if;
  exception when duplicate_object or unique_violation then null;
  end $$`);

/**
 * Makes the login, or gives the one that is there the password behind this verifier. To be run by the owner, after the migrations. Throws
 * {@link LoginFault}.
 */
export const ensureLogin = async (store: Store, name: string, verifier: string): Promise<void> => {
  if (!NAME.test(name) || name.startsWith('pg_') || name === 'gatehouse_app')
    throw new LoginFault(`"${name.slice(0, 64)}" is no name for a login: a-z, 0-9 and _, up to 63`);
  if (!VERIFIER.test(verifier)) throw new LoginFault('the password is given as a SCRAM verifier');
  const fault = await foundFault(store.db, name);
  if (fault !== undefined) throw new LoginFault(fault);
  // Neither the name nor the verifier can hold a quote.
  await store.atomically([
    makeRole('gatehouse_app', 'nologin'),
    raw('select gatehouse_grants()'),
    makeRole(name, 'login'),
    raw(`alter role "${name}" with login inherit password '${verifier}'`),
    raw(`grant gatehouse_app to "${name}"`),
  ]);
};

/** What a connection may do: all that the tables' owner may (or whoever may become it), what `gatehouse_app` may, or neither. */
export type Standing = { readonly login: string; readonly standing: 'owner' | 'member' | 'other' };

type Ranks = { login: string; owner: boolean | null; member: boolean | null };

/** Who is logged in; undefined: there are no tables yet. */
export const standingOf = async (db: Db): Promise<Standing | undefined> => {
  const { rows } = await sql<Ranks>`
    select current_user::text as login,
      (select pg_has_role(c.relowner, 'MEMBER') from pg_class c where c.oid = to_regclass('audit_entries')) as owner,
      (select pg_has_role(r.oid, 'MEMBER') from pg_roles r where r.rolname = 'gatehouse_app') as member`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined || row.owner === null) return undefined;
  if (row.owner) return { login: row.login, standing: 'owner' };
  return { login: row.login, standing: row.member === true ? 'member' : 'other' };
};
