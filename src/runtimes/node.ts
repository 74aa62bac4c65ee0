// Node's ports, and the start of a gateway on them: store, migrations, configuration, server.
import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { migrations } from '../../migrations/index.ts';
import { lastSeq } from '../changes/table.ts';
import type { Config } from '../config.ts';
import { ConfigFault, readConfig } from '../config.ts';
import { gateway } from '../gateway.ts';
import { newId } from '../ids.ts';
import type { Ports } from '../ports.ts';
import { demoSetup } from '../setup/demo.ts';
import type { Applied } from '../setup/table.ts';
import { applySetup } from '../setup/table.ts';
import { directSpool } from '../spools/index.ts';
import { migrate } from '../stores/migrate.ts';
import { keptSecret } from './data-folder.ts';
import { hashes } from './hashes.ts';
import { lineLog } from './log.ts';
import { nodeFetch } from './node-fetch.ts';
import { listen } from './node-server.ts';
import { openStore } from './node-store.ts';
import type { References } from './secrets.ts';
import { openSecrets } from './secrets.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A gateway that listens. */
export type Running = {
  readonly host: string;
  readonly port: number;
  /** What the configuration or the demo changed at this start; undefined when neither was applied. */
  readonly applied: Applied | undefined;
  /** Whether the database is embedded in the data folder. */
  readonly embedded: boolean;
  readonly dataFolder: string;
  /** Stops taking requests, lets replies end, and closes the store. */
  stop(): Promise<void>;
};

/** Replies under way when the process is told to stop have this long to end. */
const GRACE_MS = 25_000;
/** An Ollama on this machine answers at once or is not there. */
const OLLAMA_MS = 300;
const OLLAMA_URL = 'http://127.0.0.1:11434';

/** Reads the process's environment. Throws ConfigFault. */
export const nodeConfig = (env: Env): Config => readConfig(env, (path) => readFileSync(path, 'utf8'));

/** Starts a gateway. Throws ConfigFault, FolderInUse, SetupFault, DatabaseIsNewer, or what the database says. */
export const startNode = async (env: Env): Promise<Running> => {
  const config = nodeConfig(env);
  const log = lineLog(config.GATEHOUSE_LOG, (line) => process.stderr.write(`${line}\n`));
  const store = await openStore(config, log);
  try {
    await migrate(store, migrations);
    const upstreams = nodeFetch();
    const embedded = config.DATABASE_URL === undefined;
    const random = (bytes: number): Uint8Array => randomBytes(bytes);
    const root =
      config.GATEHOUSE_SECRET ??
      (embedded ? keptSecret(config.GATEHOUSE_DATA, 'secret', random) : missingSecret());
    const now = Date.now;
    const ports: Ports = {
      store,
      spool: directSpool(store.db, newId('wr', now(), random(16)), true),
      fetch: upstreams.fetch,
      now,
      random: pooledRandom(),
      hashes,
      secrets: openSecrets(root, nodeReferences(env, config), { now, random }),
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
    const server = await listen(gateway(ports), { host: config.GATEHOUSE_HOST, port: config.GATEHOUSE_PORT });
    return {
      host: config.GATEHOUSE_HOST,
      port: server.port,
      applied,
      embedded,
      dataFolder: config.GATEHOUSE_DATA,
      stop: async () => {
        await server.close(GRACE_MS);
        await ports.spool.flush();
        await upstreams.close();
        await store.close();
      },
    };
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

/** Where references lead on Node: the environment, and files that are not the gateway's own secrets. */
const nodeReferences = (env: Env, config: Config): References => {
  const own = [
    resolve(config.GATEHOUSE_DATA),
    ...['DATABASE_URL_FILE', 'GATEHOUSE_SECRET_FILE', 'GATEHOUSE_ADMIN_TOKEN_FILE']
      .flatMap((name) => env[name] ?? [])
      .map((path) => resolve(path)),
  ];
  return {
    env: (name) => env[name],
    file: async (path) => {
      const real = realpathSync(path);
      if (own.some((kept) => real === kept || real.startsWith(kept + sep) || real === tryReal(kept)))
        throw new Error("the gateway's own");
      return readFile(real, 'utf8');
    },
  };
};

const tryReal = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
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
