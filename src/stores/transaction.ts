// `atomically` for the stores that have interactive transactions.
import type { QueryResult } from 'kysely';
import type { Db, Statement } from './store.ts';

/** Runs the statements one after the other on one connection, all or none. */
export const inTransaction = (
  db: Db,
  statements: readonly Statement[],
): Promise<readonly QueryResult<unknown>[]> =>
  db.transaction().execute(async (transaction) => {
    const results: QueryResult<unknown>[] = [];
    for (const statement of statements) results.push(await transaction.executeQuery(statement));
    return results;
  });
