// Subjects made of the gateway's own parts: the server and the fetch port with no step at all, or with the pipeline's steps less
// the controls that are named. The product has no such switch, and gets none: what a control costs is seen from here.
// `node hull.ts UPSTREAM none` or `node hull.ts UPSTREAM [auth,scope,record]`; settings as for the gateway.

import { Hono } from 'hono';
import { record } from '../../src/audit/step.ts';
import { call } from '../../src/backends/step.ts';
import { openaiChat } from '../../src/dialects/openai-chat.ts';
import { read } from '../../src/dialects/step.ts';
import type { Exchange } from '../../src/exchange.ts';
import { UNFILLED } from '../../src/exchange.ts';
import { ID_RANDOM_BYTES, newId } from '../../src/ids.ts';
import type { Grant } from '../../src/keys/key.ts';
import { identify } from '../../src/keys/step.ts';
import { DEFAULT_POLICY } from '../../src/policies/policy.ts';
import type { Connection, Fetch, GatehouseEnv, Ports, Step } from '../../src/ports.ts';
import { route } from '../../src/routing/step.ts';
import { endings, governed } from '../../src/run.ts';
import { assemble, processConfig } from '../../src/runtimes/assemble.ts';
import { lineLog } from '../../src/runtimes/log.ts';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import { listen } from '../../src/runtimes/node-server.ts';
import { scope } from '../../src/usecases/step.ts';
import { PATH } from './wire.ts';

const BODY_BYTES = 16 * 1024 * 1024;
const TIMES = { connectMs: 10_000, headersMs: 60_000, idleMs: 60_000 };
const SENT = new Response(null);

/** What `identify` would have found. */
const GRANT: Grant = {
  keyId: 'key_bench',
  keyName: 'bench',
  expiresAtMs: null,
  revokedAtMs: null,
  team: 'crew',
  useCase: 'plain',
  useCaseVersion: 1,
  systemPrompt: null,
  callerSystem: 'allow',
  callerCredential: 'refuse',
  models: ['*'],
  endpoints: ['chat'],
  dataClass: 'non_sensitive',
  policy: 'default',
  policyVersion: 1,
  policyBody: DEFAULT_POLICY,
  capture: 'none',
  captureDays: 30,
};

/** Bytes in, bytes out, by the gateway's own server and fetch port. */
const passing =
  (fetch: Fetch, upstream: string) =>
  async (connection: Connection): Promise<Response> => {
    const body = await connection.readBody(BODY_BYTES);
    const incoming = await fetch({
      url: `${upstream}${PATH}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      hangup: connection.hangup,
      ...TIMES,
    });
    const type = incoming.headers['content-type'] ?? 'application/json';
    const whole = !type.startsWith('text/event-stream');
    const frames = (async function* () {
      for await (const bytes of incoming.body) yield { bytes };
    })();
    await connection.deliver(incoming.status, { 'content-type': type }, frames, whole);
    return SENT;
  };

/** Stands in for the proxy: begins the exchange, lets the steps at it, delivers. */
const entering =
  (ports: Ports): Step =>
  async (c, next) => {
    const openedAtMs = ports.now();
    const { headers } = c.req.raw;
    const exchange: Exchange = {
      id: newId('ex', openedAtMs, ports.random(ID_RANDOM_BYTES)),
      openedAtMs,
      dialect: openaiChat,
      endpoint: 'chat',
      method: c.req.method,
      path: c.req.path,
      connection: c.env,
      query: '',
      header: (name) => headers.get(name) ?? undefined,
      headerNames: () => [...headers.keys()],
      ...UNFILLED,
      // What `record` and `identify` would have left; they overwrite it where they stand in the way.
      ledger: { open: () => undefined, opened: () => Promise.resolve() },
      grant: GRANT,
      ...endings(),
    };
    c.set('exchange', exchange);
    await next();
    const { reply } = exchange;
    if (reply === undefined) throw new Error('no reply');
    const told = { ...reply.headers, 'x-gatehouse-exchange': exchange.id };
    await c.env.deliver(reply.status, told, governed(exchange, reply, ports.log), reply.whole);
    c.res = SENT;
  };

const start = async (upstream: string, without: string): Promise<void> => {
  const upstreams = nodeFetch();
  const app = new Hono<GatehouseEnv>();
  let close = (): Promise<void> => Promise.resolve();
  if (without === 'none') {
    const pass = passing(upstreams.fetch, upstream);
    app.post(PATH, (c) => pass(c.env));
  } else {
    const log = lineLog('error', (line) => process.stderr.write(`${line}\n`));
    const assembled = await assemble(processConfig(process.env), {
      env: process.env,
      log,
      fetch: upstreams.fetch,
      runtime: 'node',
    });
    const { ports } = assembled;
    close = assembled.close;
    const off = new Set(without.split(','));
    const steps: Step[] = [];
    if (!off.has('record')) steps.push(record(ports));
    if (!off.has('auth')) steps.push(identify(ports));
    steps.push(read(ports));
    if (!off.has('scope')) steps.push(scope(ports));
    steps.push(route(ports), call(ports));
    app.on('POST', [PATH], entering(ports), ...steps);
    for (const { key } of assembled.applied?.minted ?? []) console.log(`key ${key}`);
  }
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  console.log(`listening on ${server.port}`);
  process.once('SIGTERM', () => {
    void server
      .close(1_000)
      .then(() => close())
      .finally(() => process.exit(0));
  });
};

const [upstream = '', without = ''] = process.argv.slice(2);
await start(upstream, without);
