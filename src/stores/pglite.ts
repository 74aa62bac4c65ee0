// Postgres embedded in the process (PGlite), the default store. It survives the death of the process, not of the machine:
// it never calls fsync. Production has a Postgres of its own.
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { lockFolder } from './folder-lock.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';

const INT8_OID = 20;
const OWNER_ONLY = 0o700;
/** PGlite's default of 128 MB is most of a small machine's memory; our working set is a few MB. */
const CONF = ['shared_buffers = 8MB'];

const open = (folder: string): Promise<PGlite> =>
  PGlite.create(folder, { postgresqlconf: CONF, parsers: { [INT8_OID]: Number } });

/**
 * The store in a data folder, which it locks. It is made under another name and renamed when it is whole, so a process
 * killed in its first seconds leaves nothing half-made behind. Throws FolderInUse.
 */
export const pgliteStore = async (folder: string): Promise<Store> => {
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
  const unlock = lockFolder(folder);
  try {
    const path = join(folder, 'postgres');
    if (!existsSync(path)) await initialise(path);
    // PGlite's files are writable by everyone: nobody else may walk in, whatever the mode of the folder it was given.
    chmodSync(path, OWNER_ONLY);
    const pglite = await open(path);
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    let closed: Promise<void> | undefined;
    return {
      db,
      atomically: (statements) => inTransaction(db, statements),
      close: () => {
        // Once: a second call would give back the lock of whoever opened the folder since.
        closed ??= close(db, pglite).finally(unlock);
        return closed;
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
};

const close = async (db: Kysely<Tables>, pglite: PGlite): Promise<void> => {
  await db.destroy();
  if (!pglite.closed) await pglite.close();
};

const initialise = async (path: string): Promise<void> => {
  const draft = `${path}.tmp`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: OWNER_ONLY });
  const pglite = await open(draft);
  await pglite.close();
  renameSync(draft, path);
};
