// Changes of configuration in Postgres: entries of one chain of their own, written in the transaction that makes the change.
import { sql } from 'kysely';
import type { Head, Link, Sha256Hex } from '../audit/chain.ts';
import { GENESIS, headOf, nextLink } from '../audit/chain.ts';
import { appendLinks, headInStore } from '../audit/table.ts';
import { ID_RANDOM_BYTES, newId } from '../ids.ts';
import type { Db, Statement, Store } from '../stores/store.ts';
import { sqlState, UNIQUE_VIOLATION } from '../stores/store.ts';
import type { Change } from './change.ts';
import { ChangedMeanwhile } from './change.ts';

/** The chain of changes is shared by all replicas; its numbers are the lock that lets one writer win. */
export const CHANGES_WRITER = 'changes';

export type ChangeItem = Change & {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly actor: string;
};

/** The end of the chain of changes; what a writer must have seen to add to it. */
export const lastChange = async (db: Db): Promise<Head> => (await headInStore(db, CHANGES_WRITER)) ?? GENESIS;

/** Somebody who changes the configuration now. */
export const authorOf = (
  means: {
    readonly now: () => number;
    readonly random: (bytes: number) => Uint8Array;
    readonly hashes: { readonly sha256Hex: Sha256Hex };
  },
  actor: string,
): Author => ({
  actor,
  atMs: means.now(),
  at: new Date(means.now()).toISOString(),
  ids: () => newId('chg', means.now(), means.random(ID_RANDOM_BYTES)),
  sha256: means.hashes.sha256Hex,
});

/** Who asks for a change, when, and the ids it is written under. */
export type Author = {
  readonly actor: string;
  readonly atMs: number;
  readonly at: string;
  readonly ids: () => string;
  readonly sha256: Sha256Hex;
};

/**
 * Makes changes and writes them down, all in one transaction. `seen` is the end of the chain that the caller knew of: of two
 * writers who read the same state one wins and the other is told ({@link ChangedMeanwhile}).
 */
export const commit = async (
  store: Store,
  author: Author,
  seen: Head,
  parts: readonly { readonly change: Change; readonly statements: readonly Statement[] }[],
): Promise<void> => {
  if (parts.length === 0) return;
  const links: Link[] = [];
  let head = seen;
  const add = (kind: 'start' | 'change', body: Record<string, unknown>): void => {
    const link = nextLink(author.sha256, CHANGES_WRITER, head, {
      kind,
      exchange: null,
      atMs: author.atMs,
      body,
    });
    links.push(link);
    head = headOf(link);
  };
  if (seen.seq === 0) add('start', { spool: 'changes' });
  for (const { change } of parts) {
    const { action, subject, before, after } = change;
    add('change', {
      id: author.ids(),
      actor: author.actor,
      action,
      subject,
      before: before ?? null,
      after: after ?? null,
    });
  }
  try {
    await store.atomically([
      appendLinks(store.db, CHANGES_WRITER, links),
      ...parts.flatMap(({ statements }) => statements),
    ]);
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION && (await lastChange(store.db)).seq > seen.seq)
      throw new ChangedMeanwhile();
    throw error;
  }
};

type Told = {
  seq: number;
  at: string;
  body: { id: string; actor: string; action: string; subject: string; before: unknown; after: unknown };
};

/** Tries against writers who change the configuration at the same moment; each round lets at least one of them through. */
const TRIES = 10;

/**
 * Does `work` again when others changed the configuration under it. `work` reads {@link lastChange} before anything else it
 * decides by. The last {@link ChangedMeanwhile} is the caller's.
 */
export const settled = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || tries >= TRIES) throw error;
    }
  }
};

/** Changes, newest first, at most `limit` of those before the number `before`. */
export const listChanges = async (db: Db, limit: number, before?: number): Promise<ChangeItem[]> => {
  const older = before === undefined ? sql`` : sql`and seq < ${before}`;
  const { rows } = await sql<Told>`
    select seq, body->>'at' as at, body->'body' as body from audit_entries
    where writer = ${CHANGES_WRITER} and body->>'kind' = 'change' ${older} order by seq desc limit ${limit}`.execute(
    db,
  );
  return rows.map(({ seq, at, body: { id, actor, action, subject, before: was, after } }) => ({
    seq: Number(seq),
    id,
    at,
    actor,
    action,
    subject,
    before: was,
    after,
  }));
};
