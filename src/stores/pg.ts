// Any Postgres over TCP: the container's store.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';

/** Connections per replica: the audit's appends share one at a time, the rest is look-ups. */
const POOL_SIZE = 10;
/** A statement that takes longer is given up; none of ours should take a second. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const INT8_OID = 20;

/** A store on a Postgres URL. Connects when first asked. */
export const pgStore = (url: string, onLost: (error: Error) => void): Store => {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'gatehouse',
    // int8 as a number, as the other stores give it: none of ours comes near 2^53.
    types: {
      getTypeParser: (oid, format) => (oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format)),
    },
  });
  // Without a listener a lost idle connection would end the process; the pool has already dropped it.
  pool.on('error', onLost);
  // The same holds while one is lent out and between two of its queries; whoever uses it sees the next one fail.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, atomically: (statements) => inTransaction(db, statements), close: () => db.destroy() };
};
