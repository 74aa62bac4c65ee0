// The store a configuration asks for, on Node and Deno: a Postgres by its URL, or one embedded in the data folder.
import type { Config } from '../config.ts';
import type { Log } from '../ports.ts';
import type { Store } from '../stores/store.ts';

/** Opens the store; it is not migrated yet. Each driver is loaded only where it is used. */
export const openStore = async (config: Config, log: Log): Promise<Store> => {
  if (config.DATABASE_URL === undefined) {
    const { pgliteStore } = await import('../stores/pglite.ts');
    return pgliteStore(config.GATEHOUSE_DATA);
  }
  if (config.DATABASE_HTTP_ENDPOINT !== undefined) {
    const { neonStore } = await import('../stores/neon.ts');
    return neonStore(config.DATABASE_URL, config.DATABASE_HTTP_ENDPOINT);
  }
  const { pgStore } = await import('../stores/pg.ts');
  return pgStore(config.DATABASE_URL, (error) =>
    log('warn', 'database_connection_lost', { error: error.name }),
  );
};
