// Saved packs in Postgres: every version is kept, and that one was deleted is a version too.
import { sql } from 'kysely';
import type { Pack } from '../dlp/pattern.ts';
import type { Db, Statement } from '../stores/store.ts';

/** A saved pack as it is stored; `body` is read anew, for a newer program may take another shape. */
export type SavedPack = { readonly name: string; readonly body: unknown; readonly saved_at: string };

/** The number of the newest change of a saved pack; 0: none was ever saved. */
export const newestRevision = async (db: Db): Promise<number> => {
  const row = await db
    .selectFrom('packs')
    .select(sql<string | null>`max(revision)`.as('newest'))
    .executeTakeFirst();
  return Number(row?.newest ?? 0);
};

/** The saved packs in force, by name. */
export const listSavedPacks = async (db: Db): Promise<SavedPack[]> => {
  const rows = await db
    .selectFrom('packs')
    .distinctOn('name')
    .select(['name', 'body', 'created_at'])
    .orderBy('name')
    .orderBy('revision', 'desc')
    .execute();
  return rows
    .filter(({ body }) => body !== null)
    .map(({ name, body, created_at }) => ({ name, body, saved_at: created_at.toISOString() }));
};

/** The highest version that was ever saved under `name`, whether or not it still is, as it was saved last. */
export const highestPack = async (
  db: Db,
  name: string,
): Promise<{ readonly version: number; readonly body: unknown } | undefined> => {
  const row = await db
    .selectFrom('packs')
    .select(['version', 'body'])
    .where('name', '=', name)
    .where('version', 'is not', null)
    .orderBy('version', 'desc')
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.version === null ? undefined : { version: row.version, body: row.body };
};

export const insertPack = (db: Db, pack: Pack, at: string): Statement =>
  db
    .insertInto('packs')
    .values({ name: pack.pack, version: pack.version, body: JSON.stringify(pack), created_at: at })
    .compile();

/** From now on there is no saved pack of this name. */
export const insertPackEnd = (db: Db, name: string, at: string): Statement =>
  db.insertInto('packs').values({ name, version: null, body: null, created_at: at }).compile();
