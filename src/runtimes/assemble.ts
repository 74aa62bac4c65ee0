// A gateway's ports on a machine with files and processes (Node, Deno): store, migrations, secrets, and the configuration
// that is applied at start. What differs between the two, how bytes come and go, they bring themselves.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { migrations } from '../../migrations/index.ts';
import { lastSeq } from '../changes/table.ts';
import type { Config } from '../config.ts';
import { ConfigFault, readConfig } from '../config.ts';
import { newId } from '../ids.ts';
import type { Fetch, Log, Ports } from '../ports.ts';
import { demoSetup } from '../setup/demo.ts';
import type { Applied } from '../setup/table.ts';
import { applySetup } from '../setup/table.ts';
import { directSpool } from '../spools/index.ts';
import { migrate } from '../stores/migrate.ts';
import { keptSecret } from './data-folder.ts';
import { hashes } from './hashes.ts';
import { openStore } from './node-store.ts';
import { machineReferences } from './references.ts';
import { openSecrets } from './secrets.ts';

/** The variables of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Ports with what became of the configuration. */
export type Assembled = {
  readonly ports: Ports;
  /** What the configuration or the demo changed at this start; undefined when neither was applied. */
  readonly applied: Applied | undefined;
  /** Whether the database is embedded in the data folder. */
  readonly embedded: boolean;
  /** Writes what still waits, and closes the store. */
  close(): Promise<void>;
};

/** An Ollama on this machine answers at once or is not there. */
const OLLAMA_MS = 300;
const OLLAMA_URL = 'http://127.0.0.1:11434';

/** Reads a process's environment. Throws ConfigFault. */
export const processConfig = (env: Env): Config => readConfig(env, (path) => readFileSync(path, 'utf8'));

/** Opens and migrates the store and applies the configuration. Throws ConfigFault, FolderInUse, SetupFault, DatabaseIsNewer, or what the database says. */
export const assemble = async (config: Config, env: Env, log: Log, fetch: Fetch): Promise<Assembled> => {
  const store = await openStore(config, log);
  try {
    await migrate(store, migrations);
    const embedded = config.DATABASE_URL === undefined;
    const random = (bytes: number): Uint8Array => randomBytes(bytes);
    const root =
      config.GATEHOUSE_SECRET ??
      (embedded ? keptSecret(config.GATEHOUSE_DATA, 'secret', random) : missingSecret());
    const now = Date.now;
    const ports: Ports = {
      store,
      spool: directSpool(store.db, newId('wr', now(), random(16)), true),
      fetch,
      now,
      random: pooledRandom(),
      hashes,
      secrets: openSecrets(root, machineReferences(env, config.GATEHOUSE_DATA), { now, random }),
      defer: (work) => {
        work.catch((error: unknown) =>
          log('error', 'deferred_work_failed', { error: error instanceof Error ? error.name : 'unknown' }),
        );
      },
      log,
      limits: { bodyBytes: config.GATEHOUSE_BODY_LIMIT },
      adminToken:
        config.GATEHOUSE_ADMIN_TOKEN ??
        (embedded ? keptSecret(config.GATEHOUSE_DATA, 'admin-token', random) : undefined),
    };
    const applied = await applyAtStart(config, ports);
    const close = async (): Promise<void> => {
      await ports.spool.flush();
      await store.close();
    };
    return { ports, applied, embedded, close };
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
};

const missingSecret = (): never => {
  throw new ConfigFault(
    'GATEHOUSE_SECRET: needed with DATABASE_URL; 32 characters or more, the same on every replica',
  );
};

/** Random bytes in small pieces out of one larger draw: an id costs no system call. */
const pooledRandom = (): ((bytes: number) => Uint8Array) => {
  const POOL_BYTES = 8192;
  let pool = randomBytes(POOL_BYTES);
  let at = 0;
  return (bytes) => {
    if (bytes > POOL_BYTES) return randomBytes(bytes);
    if (at + bytes > POOL_BYTES) {
      pool = randomBytes(POOL_BYTES);
      at = 0;
    }
    at += bytes;
    return pool.subarray(at - bytes, at);
  };
};

/** The operator's configuration; or, on the very first start of an embedded database, the demo. */
const applyAtStart = async (config: Config, ports: Ports): Promise<Applied | undefined> => {
  const path = config.GATEHOUSE_CONFIG;
  if (path !== undefined) {
    return applySetup(ports, { text: readConfigFile(path), file: path, actor: 'start', dryRun: false });
  }
  if (config.DATABASE_URL !== undefined || (await lastSeq(ports.store.db)) > 0) return undefined;
  return applySetup(ports, {
    text: demoSetup(await findOllama()),
    file: 'the demo',
    actor: 'start',
    dryRun: false,
  });
};

const readConfigFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigFault(`GATEHOUSE_CONFIG: cannot read ${path}`);
  }
};

const findOllama = async (): Promise<{ url: string; models: string[] } | undefined> => {
  try {
    const reply = await fetch(`${OLLAMA_URL}/api/tags`, { signal: AbortSignal.timeout(OLLAMA_MS) });
    const body: unknown = await reply.json();
    const models =
      typeof body === 'object' && body !== null && 'models' in body && Array.isArray(body.models)
        ? body.models
        : [];
    const names = models.flatMap((model: unknown) =>
      typeof model === 'object' && model !== null && 'name' in model && typeof model.name === 'string'
        ? [model.name]
        : [],
    );
    return { url: OLLAMA_URL, models: names };
  } catch {
    return undefined;
  }
};
