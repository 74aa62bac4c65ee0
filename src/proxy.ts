// Every dialect's paths -> exchange -> pipeline -> frames -> the client. No path of the proxy is outside the pipeline.

import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { Dialect, Route } from './dialects/dialect.ts';
import { dialects, unknown } from './dialects/index.ts';
import type { Exchange, Frame, Reply } from './exchange.ts';
import { discard, UNFILLED } from './exchange.ts';
import { ID_RANDOM_BYTES, newId } from './ids.ts';
import { listing, nowhere, pipeline, probing } from './pipeline.ts';
import type { GatehouseEnv, Ports, Step } from './ports.ts';
import { asRefusal, Refusal } from './refusal.ts';
import { abandoned, endings, governed, outcomeOf, refusalOf, refusalReply } from './run.ts';

/** Folders of the proxy: whatever is asked for under them is an exchange. */
const FOLDERS = ['/v1', '/api'] as const;

/** Hono's word for every method. */
const EVERY_METHOD = 'ALL';

/** Paths that are nobody's exchange: operations, the admin face, and the console. */
const OPEN = /^\/(?:healthz|readyz|metrics|admin(?:\/.*)?|console(?:\/.*)?|\.well-known\/.*)$/;

/** Whole chains by the handler that begins them. */
const chains = new WeakMap<object, readonly Step[]>();

/** A route that reaches a handler without passing the whole pipeline. The gateway does not start with one. */
export class UngovernedRoute extends Error {}

/** Registers every dialect's paths, and a governed refusal for every other path of the proxy. */
export const proxy = (app: Hono<GatehouseEnv>, ports: Ports): void => {
  const calls = pipeline(ports);
  const lists = listing(ports);
  const probes = probing(ports);
  for (const dialect of dialects) {
    const steps = { call: calls, list: lists, probe: probes, none: [] }[dialect.kind];
    for (const route of dialect.routes)
      app.on(route.method, [route.path], ...chain(enter(ports, dialect, route), steps));
  }
  const lost: Route = { method: 'GET', path: '*', endpoint: 'unknown' };
  const refuse: Step = async (c) => {
    const allowed = dialects.flatMap(({ routes }) =>
      routes.filter(({ path }) => path === c.req.path).map(({ method }) => method),
    );
    // Codex goes on over HTTPS when it hears this.
    if (allowed.length > 0 && /^websocket$/i.test(c.req.header('upgrade') ?? ''))
      throw new Refusal('websocket_not_offered');
    if (allowed.length === 0) throw new Refusal('not_found');
    throw new Refusal('method_not_allowed', { allow: allowed.join(', ') });
  };
  for (const folder of FOLDERS) {
    app.on(EVERY_METHOD, [`${folder}/*`], ...chain(enter(ports, unknown, lost), [...nowhere(ports), refuse]));
  }
};

const chain = (first: Step, rest: readonly Step[]): readonly Step[] => {
  chains.set(first, rest);
  return [first, ...rest];
};

type Registered = { readonly method: string; readonly path: string; readonly handler: unknown };

/** Throws {@link UngovernedRoute} for a route that is neither one of the open paths nor bound to a whole chain. */
export const mustBeGoverned = (app: { readonly routes: readonly Registered[] }): void => {
  let due: readonly unknown[] = [];
  let begun: Registered | undefined;
  for (const route of app.routes) {
    if (begun !== undefined && due.length > 0) {
      // Hono registers the handlers of one call one after the other.
      const follows = route.method === begun.method && route.path === begun.path && route.handler === due[0];
      if (!follows) throw ungoverned(begun);
      due = due.slice(1);
      continue;
    }
    const rest = typeof route.handler === 'function' ? chains.get(route.handler) : undefined;
    if (rest !== undefined) {
      due = rest;
      begun = route;
    } else if (!OPEN.test(route.path)) throw ungoverned(route);
  }
  if (begun !== undefined && due.length > 0) throw ungoverned(begun);
};

const ungoverned = ({ method, path }: Registered): UngovernedRoute =>
  new UngovernedRoute(`${method} ${path} does not pass the whole pipeline`);

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
    try {
      await next();
    } catch (error) {
      // Hono's onError is told of Errors alone; anything else that is thrown comes up to here.
      refuseExchange(ports, exchange, error);
    }
    const sent = await seeOut(ports, exchange);
    // A step that threw has left Hono with a response of its own; it makes way, headers and all.
    c.res = undefined;
    c.res = sent ?? SENT;
  };

/** Stands for a reply that the runtime has already written. */
const SENT = new Response(null);

const begin = (ports: Ports, c: Context<GatehouseEnv>, dialect: Dialect, route: Route): Exchange => {
  const openedAtMs = ports.now();
  const headers = c.req.raw.headers;
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  return {
    id: newId('ex', openedAtMs, ports.random(ID_RANDOM_BYTES)),
    openedAtMs,
    dialect: dialect.spokenAs?.(header, c.req.path) ?? dialect,
    endpoint: route.endpoint,
    method: c.req.method,
    path: c.req.path,
    connection: c.env,
    query: new URL(c.req.url).search,
    header,
    headerNames: () => [...headers.keys()],
    ...UNFILLED,
    ...endings(),
  };
};

/** Turns what a step threw into the exchange's reply. Called by the gateway's one onError. */
export const refuseExchange = (ports: Ports, exchange: Exchange, error: unknown): void => {
  const refusal = refusalOf(error, exchange.id, ports.log);
  discard(exchange.reply);
  exchange.verdict = outcomeOf(refusal);
  exchange.reply = refusalReply(exchange, refusal);
};

/** Delivers the reply. Whatever becomes of that, the exchange has an ending and its upstream is let go. */
const seeOut = async (ports: Ports, exchange: Exchange): Promise<Response | void> => {
  try {
    return await deliver(ports, exchange);
  } catch (error) {
    // A stream that broke has had its last words and its ending by now, and this response is for nobody.
    const refusal = refusalOf(error, exchange.id, ports.log);
    discard(exchange.reply);
    await exchange.end(outcomeOf(refusal)).catch(() => undefined);
    const { headers, body } = exchange.dialect.refusal(refusal, exchange.id);
    return new Response(body, {
      status: refusal.status,
      headers: { ...headers, 'x-gatehouse-exchange': exchange.id },
    });
  }
};

const deliver = async (ports: Ports, exchange: Exchange): Promise<Response | void> => {
  const { connection } = exchange;
  if (connection.hangup.gone) {
    discard(exchange.reply);
    return exchange.end(abandoned(undefined)).catch(() => undefined);
  }
  if (exchange.reply === undefined) refuseExchange(ports, exchange, new Error('no step made a reply'));
  const { reply } = exchange;
  if (reply === undefined) throw new Error('an exchange has a reply by now');
  countDelivered(ports, exchange);
  const frames = governed(exchange, reply, ports.log);
  if (reply.whole) return deliverWhole(exchange, reply, frames);
  const headers = { ...reply.headers, ...namesOf(exchange) };
  const sent = await connection.deliver(reply.status, headers, frames, false);
  if (sent === undefined) {
    // Nothing to do after the last byte; a client that left first may have left before the first frame was asked for.
    discard(reply);
    await exchange.end(abandoned(reply.status)).catch(() => undefined);
  }
  return sent;
};

/** The reply as the client gets it is hashed while it passes; the record tells nothing delivered from an empty reply. */
const countDelivered = ({ hashes }: Ports, exchange: Exchange): void => {
  const hasher = hashes.sha256();
  let any = false;
  exchange.delivered = {
    update: (bytes) => {
      any = true;
      hasher.update(bytes);
    },
    hex: () => hasher.hex(),
  };
  exchange.onEnd(() => {
    if (!any) exchange.delivered = undefined;
  });
};

const deliverWhole = async (
  exchange: Exchange,
  reply: Reply,
  frames: AsyncGenerator<Frame>,
): Promise<Response | void> => {
  const { connection, dialect, id } = exchange;
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
    const told = dialect.refusal(refusal, id);
    ({ headers } = told);
    status = refusal.status;
    bytes = new TextEncoder().encode(told.body);
  }
  return connection.deliver(status, { ...headers, ...namesOf(exchange) }, single({ bytes }), true);
};

/** By what names an exchange is known: ours, under the header that its clients look in too, and its upstream's. */
const namesOf = ({ id, dialect, upstreamId }: Exchange): Readonly<Record<string, string>> => ({
  'x-gatehouse-exchange': id,
  ...(dialect.idHeader === undefined ? {} : { [dialect.idHeader]: id }),
  ...(upstreamId === undefined ? {} : { 'x-gatehouse-upstream-request-id': upstreamId }),
});

async function* single<T>(item: T): AsyncGenerator<T> {
  yield item;
}
