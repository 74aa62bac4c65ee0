// A gateway's ports on a machine with files and processes (Node, Deno): store, migrations, secrets, and the configuration
// that is applied at start. What differs between the two, how bytes come and go, they bring themselves.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrations } from '../../migrations/index.ts';
import { stopEntry } from '../audit/lost.ts';
import { lastChange } from '../changes/table.ts';
import type { Config } from '../config.ts';
import { ConfigFault, readConfig } from '../config.ts';
import { rulesInForce } from '../dlp/live.ts';
import { expireVault } from '../erasures/table.ts';
import type { Fetch, Log, Ports } from '../ports.ts';
import { readPriceFile } from '../prices/file.ts';
import { demoSetup } from '../setup/demo.ts';
import { SetupFault } from '../setup/fault.ts';
import type { Applied } from '../setup/table.ts';
import { applySetup } from '../setup/table.ts';
import type { Spool } from '../spools/spool.ts';
import { migrate } from '../stores/migrate.ts';
import { VERSION } from '../version.ts';
import { within } from '../within.ts';
import { startCheckpoints } from './checkpoints.ts';
import { keptSecret } from './data-folder.ts';
import { hashes } from './hashes.ts';
import { BUILT_IN, folderPacks } from './node-packs.ts';
import { openSpool } from './node-spool.ts';
import { openStore } from './node-store.ts';
import { PARSED } from './pack-files.ts';
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

/** What the audit still holds when the process ends has this long to reach Postgres; the rest waits on the disk. */
const FLUSH_MS = 5_000;
/** Kept texts whose time is over are looked for this often. */
const EXPIRE_EVERY_MS = 10 * 60_000;
/** An Ollama on this machine answers at once or is not there. */
const OLLAMA_MS = 300;
const OLLAMA_URL = 'http://127.0.0.1:11434';

/** Reads a process's environment. Throws ConfigFault. */
export const processConfig = (env: Env): Config => readConfig(env, (path) => readFileSync(path, 'utf8'));

/** What a runtime brings of its own. */
type Own = { readonly env: Env; readonly log: Log; readonly fetch: Fetch; readonly runtime: 'node' | 'deno' };

/** Opens and migrates the store, takes up the audit's chain and applies the configuration. Throws ConfigFault, FolderInUse, SetupFault, DatabaseIsNewer, or what the database says. */
export const assemble = async (config: Config, own: Own): Promise<Assembled> => {
  const { log, runtime } = own;
  const store = await openStore(config, log);
  const now = Date.now;
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  let spool: Spool | undefined;
  let checkpoints: { stop(): Promise<void> } | undefined;
  let expiry: ReturnType<typeof setInterval> | undefined;
  const lastWork: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    clearInterval(expiry);
    const done = Promise.all(lastWork.map((work) => work()));
    await within(FLUSH_MS, done).catch(() => log('warn', 'last_work_failed'));
    await spool?.append(stopEntry(now())).catch(() => log('warn', 'stop_not_recorded'));
    await spool?.flush(FLUSH_MS);
    await checkpoints?.stop();
    await spool?.close();
    await store.close();
  };
  try {
    await migrate(store, migrations);
    spool = await openSpool(config, store, { now, random, hashes, log, runtime, version: VERSION });
    const atStop = (work: () => Promise<unknown>): void => void lastWork.push(work);
    const ports = portsOf(config, own, { store, spool, atStop });
    await mustHaveRules(ports);
    const applied = await applyAtStart(config, ports);
    checkpoints = await startCheckpoints(config, ports);
    expiry = setInterval(() => ports.defer(expireVault(ports)), EXPIRE_EVERY_MS);
    return { ports, applied, embedded: config.DATABASE_URL === undefined, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
};

const portsOf = (
  config: Config,
  { env, log, fetch }: Own,
  made: Pick<Ports, 'store' | 'spool' | 'atStop'>,
): Ports => {
  const embedded = config.DATABASE_URL === undefined;
  const kept = (name: string): string =>
    keptSecret(config.GATEHOUSE_DATA, name, (bytes) => randomBytes(bytes));
  const root = config.GATEHOUSE_SECRET ?? (embedded ? kept('secret') : missingSecret());
  const means = { now: Date.now, random: pooledRandom() };
  return {
    ...means,
    ...made,
    fetch,
    hashes,
    packs: folderPacks({
      builtIn: BUILT_IN,
      folder: config.GATEHOUSE_PACKS,
      keep: join(config.GATEHOUSE_DATA, PARSED),
      log,
      now: Date.now,
    }),
    prices: pricesOf(config),
    secrets: openSecrets(root, machineReferences(env, config.GATEHOUSE_DATA), means),
    defer: (work) => {
      work.catch((error: unknown) =>
        log('error', 'deferred_work_failed', { error: error instanceof Error ? error.name : 'unknown' }),
      );
    },
    log,
    limits: { bodyBytes: config.GATEHOUSE_BODY_LIMIT },
    strictAudit: config.GATEHOUSE_AUDIT_STRICT,
    adminToken: config.GATEHOUSE_ADMIN_TOKEN ?? (embedded ? kept('admin-token') : undefined),
  };
};

/** Read once: a change of the file counts from the next start, and prices that cannot be used stop it. */
const pricesOf = ({ GATEHOUSE_PRICES: path }: Config): Ports['prices'] => {
  if (path === undefined) return [];
  const text = readText('GATEHOUSE_PRICES', path);
  try {
    return readPriceFile(text, path, hashes.sha256Hex(text));
  } catch (error) {
    throw error instanceof SetupFault ? new ConfigFault(`GATEHOUSE_PRICES: ${error.message}`) : error;
  }
};

const missingSecret = (): never => {
  throw new ConfigFault(
    'GATEHOUSE_SECRET: needed with DATABASE_URL; 32 characters or more, the same on every replica',
  );
};

/** Packs that cannot be used stop the start with their reason, not the first request. */
const mustHaveRules = async (ports: Ports): Promise<void> => {
  const fault = await rulesInForce(ports).fault();
  if (fault !== undefined) throw new ConfigFault(`the packs in force cannot be used: ${fault}`);
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
    return applySetup(ports, {
      text: readText('GATEHOUSE_CONFIG', path),
      file: path,
      actor: 'start',
      dryRun: false,
    });
  }
  if (config.DATABASE_URL !== undefined || (await lastChange(ports.store.db)).seq > 0) return undefined;
  return applySetup(ports, {
    text: demoSetup(await findOllama()),
    file: 'the demo',
    actor: 'start',
    dryRun: false,
  });
};

const readText = (name: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigFault(`${name}: cannot read ${path}`);
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
