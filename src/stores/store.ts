// The contract of the stores rack: where Postgres is, and how a change of several statements stays one.
import type { CompiledQuery, Kysely, QueryResult } from 'kysely';
import type { Tables } from './tables.ts';

/** Kysely over our tables is the store port; there is no repository layer. */
export type Db = Kysely<Tables>;

/** A statement that was built but not yet run, so that several can be made one transaction on every store. */
export type Statement = CompiledQuery<unknown>;

/**
 * One Postgres. `atomically` runs the statements in order as one transaction and returns their results in that
 * order; nothing of them remains when one fails (its error carries the SQLSTATE as `code`). It is the only form of
 * transaction here, because Postgres over HTTP has no interactive ones.
 */
export type Store = {
  readonly db: Db;
  atomically(statements: readonly Statement[]): Promise<readonly QueryResult<unknown>[]>;
  close(): Promise<void>;
};

/** The SQLSTATE of a store's error: the one field that PGlite, pg and Neon share. */
export const sqlState = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** SQLSTATE 23505: somebody else wrote this row first. */
export const UNIQUE_VIOLATION = '23505';
