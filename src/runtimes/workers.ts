// The gateway on Cloudflare Workers: Postgres by its HTTP face, the platform's fetch, one gateway per isolate. Nothing is
// migrated here: `gatehouse migrate` and `gatehouse apply` do that from outside.
import { waitUntil } from 'cloudflare:workers';
import { checkpointing } from '../anchors/table.ts';
import { webhookAnchor } from '../anchors/webhook.ts';
import { appendShared, sealLost } from '../audit/table.ts';
import type { Config } from '../config.ts';
import { ConfigFault, readConfig } from '../config.ts';
import { expireVault } from '../erasures/table.ts';
import type { Gateway } from '../gateway.ts';
import { gateway } from '../gateway.ts';
import type { Ports } from '../ports.ts';
import { ensureSigningKey } from '../signing/table.ts';
import { directSpool } from '../spools/direct.ts';
import { durableObjectSpool, isSpoolNamespace } from '../spools/durable-object-port.ts';
import { neonStore } from '../stores/neon.ts';
import { fetchConnection } from './fetch-connection.ts';
import { fetchPort } from './fetch-port.ts';
import { hashes } from './hashes.ts';
import { lineLog } from './log.ts';
import { openSecrets } from './secrets.ts';
import { bundledPacks } from './workers-packs.ts';
import type { Bindings } from './workers-spool.ts';
import { textsOf } from './workers-spool.ts';

type Env = Readonly<Record<string, string>>;

export { AuditSpool } from './workers-spool.ts';

/** All isolates without a spool of their own share one chain, which Postgres numbers. */
const WRITER = 'workers';

const noFiles = (): never => {
  throw new Error('no files here');
};

/** A setting without which there is no gateway on Workers. */
const needed = (config: Config, name: 'DATABASE_URL' | 'GATEHOUSE_SECRET'): string => {
  const text = config[name];
  if (text === undefined)
    throw new ConfigFault(`${name}: needed on Workers; set it with "wrangler secret put ${name}"`);
  return text;
};

/** Looked at here, because the driver's own complaint quotes what it was given. */
const postgresUrl = (text: string): string => {
  if (!URL.canParse(text) || !/^postgres(?:ql)?:$/.test(new URL(text).protocol))
    throw new ConfigFault('DATABASE_URL: not a postgres:// URL');
  return text;
};

/** Variables that mean something on a machine only. What is asked for and could not be applied is a fault. */
const mustBeForWorkers = (env: Env): void => {
  for (const name of [
    'GATEHOUSE_CONFIG',
    'GATEHOUSE_DATA',
    'GATEHOUSE_ANCHOR_DIR',
    'GATEHOUSE_PACKS',
    'GATEHOUSE_PRICES',
  ]) {
    if (env[name] !== undefined)
      throw new ConfigFault(`${name}: a Worker has no files; use "gatehouse apply" from outside`);
  }
};

/** Throws ConfigFault. Waits for nothing: a promise of one request must not be another's. */
const assemble = (env: Env, binding: unknown): Ready => {
  mustBeForWorkers(env);
  const config = readConfig(env, noFiles);
  const url = postgresUrl(needed(config, 'DATABASE_URL'));
  const log = lineLog(config.GATEHOUSE_LOG, (line) => console.log(line));
  const store = neonStore(url, config.DATABASE_HTTP_ENDPOINT);
  const now = Date.now;
  const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));
  const ports: Ports = {
    store,
    spool: isSpoolNamespace(binding)
      ? durableObjectSpool(binding)
      : directSpool({
          writer: WRITER,
          grouped: false,
          now,
          put: async (writer, entries) => {
            await store.db.executeQuery(appendShared(store.db, writer, entries));
          },
        }),
    fetch: fetchPort,
    now,
    random,
    hashes,
    packs: bundledPacks(),
    prices: [],
    secrets: openSecrets(
      needed(config, 'GATEHOUSE_SECRET'),
      { env: (name) => env[name], file: async () => noFiles() },
      { now, random },
    ),
    defer: (work) =>
      waitUntil(
        work.catch((error: unknown) =>
          log('error', 'deferred_work_failed', { error: error instanceof Error ? error.name : 'unknown' }),
        ),
      ),
    atStop: (work) => void lastWork.push(work),
    log,
    limits: { bodyBytes: config.GATEHOUSE_BODY_LIMIT },
    strictAudit: config.GATEHOUSE_AUDIT_STRICT,
    adminToken: config.GATEHOUSE_ADMIN_TOKEN,
  };
  const anchor = config.GATEHOUSE_ANCHOR_URL;
  const checkpoints = checkpointing(ports, {
    everyMs: config.GATEHOUSE_CHECKPOINT_S * 1000,
    anchors: anchor === undefined ? [] : [webhookAnchor(anchor, fetchPort, hashes.sha256Hex)],
  });
  return {
    app: gateway(ports),
    sign: () =>
      eachInTurn([
        () => ensureSigningKey(ports).then(() => checkpoints.tick()),
        () => expireVault(ports),
        () => sealLost(store.db, now(), SWEPT_STRETCHES),
      ]),
  };
};

/** Does each though another failed; then throws what the first that failed threw. */
const eachInTurn = async (works: readonly (() => Promise<unknown>)[]): Promise<void> => {
  let failure: { readonly error: unknown } | undefined;
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
};

/** What an isolate has made. `sign` makes a checkpoint of what is new, and lets go of kept texts whose time is over. */
type Ready = { readonly app: Gateway; sign(): Promise<void> };

/** Stretches that one cron trigger looks through for what was lost: below the fifty requests of Cloudflare's free plan. */
const SWEPT_STRETCHES = 10;

/**
 * An isolate ends some time after a request, and nobody says so: each may have been the last. What is to be done before the
 * end is done so long after one; waitUntil keeps an isolate for thirty seconds. What comes in them and is told to no later
 * request is lost: counts of strangers, never a record.
 */
const LAST_WORK_MS = 20_000;
const lastWork: (() => Promise<unknown>)[] = [];
let lastWorkDueMs = Number.NEGATIVE_INFINITY;

const doLastWork = (): void => {
  const nowMs = Date.now();
  if (nowMs < lastWorkDueMs) return;
  lastWorkDueMs = nowMs + LAST_WORK_MS;
  const waited = new Promise((resolve) => setTimeout(resolve, LAST_WORK_MS));
  // What fails is taken back by whoever failed, and is due again.
  waitUntil(waited.then(() => Promise.allSettled(lastWork.map((work) => work()))));
};

/** Made by the isolate's first request: outside of one there is no randomness. */
let ready: Ready | undefined;

const misconfigured = (fault: ConfigFault): Response =>
  Response.json({ error: { code: 'misconfigured', message: fault.message } }, { status: 500 });

export default {
  fetch: async (request: Request, bindings: Bindings): Promise<Response> => {
    try {
      ready ??= assemble(textsOf(bindings), bindings.AUDIT_SPOOL);
    } catch (error) {
      if (error instanceof ConfigFault) return misconfigured(error);
      throw error;
    }
    doLastWork();
    return ready.app.fetch(request, fetchConnection(request, request.headers.get('cf-connecting-ip') ?? ''));
  },
  /** The cron trigger of wrangler.jsonc: checkpoints are due. */
  scheduled: async (_event: unknown, bindings: Bindings): Promise<void> => {
    ready ??= assemble(textsOf(bindings), bindings.AUDIT_SPOOL);
    await ready.sign();
  },
};
