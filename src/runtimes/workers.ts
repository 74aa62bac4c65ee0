// The gateway on Cloudflare Workers: Postgres by its HTTP face, the platform's fetch, one gateway per isolate. Nothing is
// migrated here: `gatehouse migrate` and `gatehouse apply` do that from outside.
import { waitUntil } from 'cloudflare:workers';
import type { Config } from '../config.ts';
import { ConfigFault, readConfig } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import { gateway } from '../gateway.ts';
import { newId } from '../ids.ts';
import { directSpool } from '../spools/index.ts';
import { neonStore } from '../stores/neon.ts';
import { fetchConnection } from './fetch-connection.ts';
import { fetchPort } from './fetch-port.ts';
import { hashes } from './hashes.ts';
import { lineLog } from './log.ts';
import { openSecrets } from './secrets.ts';

/** Variables and secrets of the Worker, and whatever else is bound to it. */
type Bindings = Readonly<Record<string, unknown>>;
type Env = Readonly<Record<string, string | undefined>>;

/** Only texts are settings; a binding of another kind is somebody else's. */
const textsOf = (bindings: Bindings): Env =>
  Object.fromEntries(
    Object.entries(bindings).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

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
  for (const name of ['GATEHOUSE_CONFIG', 'GATEHOUSE_DATA']) {
    if (env[name] !== undefined)
      throw new ConfigFault(`${name}: a Worker has no files; use "gatehouse apply" from outside`);
  }
};

/** Throws ConfigFault. Waits for nothing: a promise of one request must not be another's. */
const assemble = (env: Env): Gateway => {
  mustBeForWorkers(env);
  const config = readConfig(env, noFiles);
  const url = postgresUrl(needed(config, 'DATABASE_URL'));
  const log = lineLog(config.GATEHOUSE_LOG, (line) => console.log(line));
  const store = neonStore(url, config.DATABASE_HTTP_ENDPOINT);
  const now = Date.now;
  const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));
  return gateway({
    store,
    spool: directSpool(store.db, newId('wr', now(), random(16)), false),
    fetch: fetchPort,
    now,
    random,
    hashes,
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
    log,
    limits: { bodyBytes: config.GATEHOUSE_BODY_LIMIT },
    adminToken: config.GATEHOUSE_ADMIN_TOKEN,
  });
};

/** Made by the isolate's first request: outside of one there is no randomness. */
let ready: Gateway | undefined;

const misconfigured = (fault: ConfigFault): Response =>
  Response.json({ error: { code: 'misconfigured', message: fault.message } }, { status: 500 });

export default {
  fetch: async (request: Request, bindings: Bindings): Promise<Response> => {
    try {
      ready ??= assemble(textsOf(bindings));
    } catch (error) {
      if (error instanceof ConfigFault) return misconfigured(error);
      throw error;
    }
    return ready.fetch(request, fetchConnection(request, request.headers.get('cf-connecting-ip') ?? ''));
  },
};
