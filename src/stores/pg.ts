// Any Postgres over TCP: the container's store. Nothing here waits for ever: not for a connect, not for a statement, and not
// for a server that took it and says nothing more (a frozen machine, a firewall that forgot the connection).
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';

/** Connections per replica: the audit's appends share one at a time, the rest is look-ups. */
const POOL_SIZE = 10;
/** A statement that takes longer is given up by the server; none of ours should take a second. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Longer than the server's own limit, so that we speak first only when the server no longer does; shorter than SHIP_MS of the spool. */
const ANSWER_MS = 35_000;
/** For a connection to be there: a new one made, or one of the pool given back. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Idle sockets are probed from then on, before a firewall forgets them (AWS drops them after 350 s, many after 60). */
const KEEP_ALIVE_MS = 30_000;
/** A transaction whose owner vanished between two statements holds locks that others wait for; ours never pause. */
const IDLE_IN_TRANSACTION_MS = 60_000;
const INT8_OID = 20;

/** A store on a Postgres URL. Connects when first asked. `answerMs` is for tests, which do not wait so long. */
export const pgStore = (url: string, onLost: (error: Error) => void, answerMs = ANSWER_MS): Store => {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'gatehouse',
    // int8 as a number, as the other stores give it: none of ours comes near 2^53.
    types: {
      getTypeParser: (oid, format) => (oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format)),
    },
  });
  // Without a listener a lost idle connection would end the process; the pool has already dropped it.
  pool.on('error', onLost);
  pool.on('connect', (client) => {
    // The same holds while one is lent out and between two of its queries; whoever uses it sees the next one fail.
    client.on('error', () => undefined);
    limitAnswers(client, answerMs);
  });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, atomically: (statements) => inTransaction(db, statements), close: () => db.destroy() };
};

/** The one way of asking that Kysely uses. */
type Ask = (text: string, values?: unknown[]) => Promise<pg.QueryResult>;

/** A transaction that lifts the server's limit (a migration) lifts ours, until it ends. */
const LIFTS = /^set local statement_timeout\b/;
const ENDS = /^(?:commit|rollback)$/;

/**
 * Ends a connection that does not answer. pg's own `query_timeout` gives the query up and keeps the connection, on which every
 * later query would wait behind it.
 */
const limitAnswers = (client: pg.PoolClient, answerMs: number): void => {
  const ask: Ask = client.query.bind(client);
  let lifted = false;
  const limited: Ask = async (text, values) => {
    if (LIFTS.test(text)) lifted = true;
    const timer = lifted ? undefined : setTimeout(() => end(client), answerMs);
    try {
      return await ask(text, values);
    } finally {
      clearTimeout(timer);
      if (ENDS.test(text)) lifted = false;
    }
  };
  Object.assign(client, { query: limited });
};

/** With a query under way this cuts the socket, which fails the query and has the pool drop the connection. */
const end = (client: pg.PoolClient): void => {
  if (client instanceof pg.Client) void client.end();
};
