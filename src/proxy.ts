// Every dialect's paths -> exchange -> pipeline -> frames -> the client. No path of the proxy is outside the pipeline.
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { Dialect, Route } from './dialects/dialect.ts';
import { dialects, unknown } from './dialects/index.ts';
import type { Exchange } from './exchange.ts';
import { ID_RANDOM_BYTES, newId } from './ids.ts';
import { listing, nowhere, pipeline } from './pipeline.ts';
import type { GatehouseEnv, Ports, Step } from './ports.ts';
import { asRefusal, Refusal } from './refusal.ts';
import { abandoned, endings, governed, outcomeOf, refusalOf, refusalReply } from './run.ts';

/** Folders of the proxy: whatever is asked for under them is an exchange. */
const FOLDERS = ['/v1', '/api'] as const;

/** Hono's word for every method. */
const EVERY_METHOD = 'ALL';

/** Paths that are nobody's exchange: operations, the admin face, and the console. */
const OPEN = /^\/(?:healthz|readyz|metrics|admin(?:\/.*)?|console(?:\/.*)?|\.well-known\/.*)$/;

/** Handlers that were registered together with the whole of their pipeline. */
const governedHandlers = new WeakSet<object>();

/** A route that reaches a handler without passing the pipeline. The gateway does not start with one. */
export class UngovernedRoute extends Error {}

/** Registers every dialect's paths, and a governed refusal for every other path of the proxy. */
export const proxy = (app: Hono<GatehouseEnv>, ports: Ports): void => {
  const calls = pipeline(ports);
  const lists = listing(ports);
  for (const dialect of dialects) {
    const steps = dialect.kind === 'list' ? lists : calls;
    for (const route of dialect.routes)
      app.on(route.method, [route.path], ...marked([enter(ports, dialect, route), ...steps]));
  }
  const lost: Route = { method: 'GET', path: '*', endpoint: 'unknown' };
  const refuse: Step = async (c) => {
    throw dialects.some(({ routes }) => routes.some(({ path }) => path === c.req.path))
      ? new Refusal('method_not_allowed')
      : new Refusal('not_found');
  };
  for (const folder of FOLDERS) {
    app.on(
      EVERY_METHOD,
      [`${folder}/*`],
      ...marked([enter(ports, unknown, lost), ...nowhere(ports), refuse]),
    );
  }
};

const marked = (handlers: readonly Step[]): readonly Step[] => {
  for (const handler of handlers) governedHandlers.add(handler);
  return handlers;
};

/** Throws {@link UngovernedRoute} for a route that is neither governed nor one of the open paths. */
export const mustBeGoverned = (app: {
  readonly routes: readonly { method: string; path: string; handler: unknown }[];
}): void => {
  for (const { method, path, handler } of app.routes) {
    const isGoverned = typeof handler === 'function' && governedHandlers.has(handler);
    if (!isGoverned && !OPEN.test(path))
      throw new UngovernedRoute(`${method} ${path} does not pass the pipeline`);
  }
};

/** The outermost handler: makes the exchange, lets the steps at it, and sees the reply out. */
const enter =
  (ports: Ports, dialect: Dialect, route: Route): MiddlewareHandler<GatehouseEnv> =>
  async (c, next) => {
    const exchange = begin(ports, c, dialect, route);
    c.set('exchange', exchange);
    const stop = exchange.connection.hangup.onGone(() => {
      ports.defer(exchange.end(abandoned(exchange.reply?.status)));
    });
    exchange.onEnd(stop);
    await next();
    const sent = await deliver(ports, exchange);
    // A step that threw has left Hono with a response of its own; it makes way, headers and all.
    c.res = undefined;
    c.res = sent ?? SENT;
  };

/** Stands for a reply that the runtime has already written. */
const SENT = new Response(null);

const begin = (ports: Ports, c: Context<GatehouseEnv>, dialect: Dialect, route: Route): Exchange => {
  const openedAtMs = ports.now();
  const headers = c.req.raw.headers;
  return {
    id: newId('ex', openedAtMs, ports.random(ID_RANDOM_BYTES)),
    openedAtMs,
    dialect,
    endpoint: route.endpoint,
    method: c.req.method,
    path: c.req.path,
    connection: c.env,
    header: (name) => headers.get(name) ?? undefined,
    ledger: undefined,
    grant: undefined,
    prompt: undefined,
    candidates: [],
    target: undefined,
    sentSha256: undefined,
    received: undefined,
    delivered: undefined,
    firstByteAtMs: undefined,
    usage: undefined,
    reply: undefined,
    verdict: undefined,
    ...endings(),
  };
};

/** Turns what a step threw into the exchange's reply. Called by the gateway's one onError. */
export const refuseExchange = (ports: Ports, exchange: Exchange, error: unknown): void => {
  const refusal = refusalOf(error, exchange.id, ports.log);
  exchange.verdict = outcomeOf(refusal);
  exchange.reply = refusalReply(exchange, refusal);
};

const deliver = async (ports: Ports, exchange: Exchange): Promise<Response | void> => {
  const { connection, id } = exchange;
  if (exchange.reply === undefined) refuseExchange(ports, exchange, new Error('no step made a reply'));
  const { reply } = exchange;
  if (reply === undefined) throw new Error('an exchange has a reply by now');
  const frames = governed(exchange, reply, ports.log);
  if (!reply.whole) {
    const sent = await connection.deliver(
      reply.status,
      { ...reply.headers, 'x-gatehouse-exchange': id },
      frames,
      false,
    );
    if (sent === undefined) await exchange.end(abandoned(reply.status)).catch(() => undefined);
    return sent;
  }
  // A whole reply is sealed before its status is given away, so a seal that fails can still become a refusal.
  let status = reply.status;
  let { headers } = reply;
  let bytes: Uint8Array;
  try {
    const { value, done } = await frames.next();
    if (done === true) return;
    bytes = value.bytes;
  } catch (error) {
    const refusal = asRefusal(error);
    const told = exchange.dialect.refusal(refusal, id);
    ({ headers } = told);
    status = refusal.status;
    bytes = new TextEncoder().encode(told.body);
  }
  return connection.deliver(status, { ...headers, 'x-gatehouse-exchange': id }, single({ bytes }), true);
};

async function* single<T>(item: T): AsyncGenerator<T> {
  yield item;
}
