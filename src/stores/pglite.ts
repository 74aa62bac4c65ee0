// Postgres embedded in the process (PGlite), the default store. It survives the death of the process, not of the machine:
// it never calls fsync. Production has a Postgres of its own.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { lockFolder } from './folder-lock.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';

const INT8_OID = 20;
/** PGlite's default of 128 MB is most of a small machine's memory; our working set is a few MB. */
const CONF = ['shared_buffers = 8MB'];

const open = (folder: string): Promise<PGlite> =>
  PGlite.create(folder, { postgresqlconf: CONF, parsers: { [INT8_OID]: Number } });

/**
 * The store in a data folder, which it locks. It is made under another name and renamed when it is whole, so a process
 * killed in its first seconds leaves nothing half-made behind. Throws FolderInUse.
 */
export const pgliteStore = async (folder: string): Promise<Store> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  try {
    const path = join(folder, 'postgres');
    if (!existsSync(path)) await initialise(path);
    const pglite = await open(path);
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    return {
      db,
      atomically: (statements) => inTransaction(db, statements),
      close: async () => {
        await db.destroy();
        if (!pglite.closed) await pglite.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
};

const initialise = async (path: string): Promise<void> => {
  const draft = `${path}.tmp`;
  rmSync(draft, { recursive: true, force: true });
  const pglite = await open(draft);
  await pglite.close();
  renameSync(draft, path);
};
