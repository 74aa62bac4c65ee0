// Postgres over HTTP by Neon's protocol: the store where there is no TCP. It has no interactive transactions, so a change
// of several statements is one non-interactive batch.
import { neon, neonConfig, types } from '@neondatabase/serverless';
import type { QueryResult } from 'kysely';
import { Kysely } from 'kysely';
import { NeonDialect } from 'kysely-neon';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

const INT8_OID = 20;

/**
 * A store on a Neon URL. `endpoint` is where its HTTP face is when it is not Neon's own (a proxy in front of one's own
 * Postgres); the driver knows one such endpoint a process.
 */
export const neonStore = (url: string, endpoint?: string): Store => {
  if (endpoint !== undefined) neonConfig.fetchEndpoint = endpoint;
  // The driver takes parsers with each query only, and its Kysely dialect passes none: so for all of them.
  types.setTypeParser(INT8_OID, Number);
  const sql = neon(url, { fullResults: true });
  const db = new Kysely<Tables>({ dialect: new NeonDialect({ neon: sql }) });
  return {
    db,
    atomically: async (statements) => {
      const results = await sql.transaction(
        statements.map((statement) => sql.query(statement.sql, [...statement.parameters])),
        { fullResults: true },
      );
      return results.map(
        (result): QueryResult<unknown> => ({
          rows: result.rows,
          numAffectedRows: BigInt(result.rowCount ?? 0),
        }),
      );
    },
    close: () => db.destroy(),
  };
};
