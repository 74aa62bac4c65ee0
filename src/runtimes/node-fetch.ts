// Node's part of the `fetch` port, on undici's dispatcher: no WHATWG or Node stream stands between the upstream's
// socket and the reader. A request is sent at most once: undici's dispatcher retries nothing, and neither do we.
import type { Pool as UpstreamPool } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Fetch, Outgoing } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { UpstreamCall } from './node-call.ts';

/** Connections to one origin. Each carries one request at a time, so this is also how many run at once. */
export const MAX_CONNECTIONS = 512;
/** Requests that may wait for a connection to one origin (at most their `connectMs`); more are refused at once. */
export const MAX_WAITING = 1024;
/** How long an unused connection is kept when the server gives no hint; below the 5 s that uvicorn and Node close after. */
const KEEP_ALIVE_MS = 4_000;
/** The longest a server's `keep-alive: timeout=` is believed; longer ones meet a middlebox that has forgotten the connection. */
const KEEP_ALIVE_MAX_MS = 60_000;
/** Taken off the server's hint, so that we close first: a request sent into a closing socket is lost. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
/** The head of a reply, in bytes. */
const MAX_HEAD_BYTES = 32 * 1024;
/** Parsed URLs remembered; a URL is a backend and an endpoint, so there are few. */
const MAX_TARGETS = 1024;

/** One origin's connections, and how many requests have them or wait for them. */
type Origin = { readonly pool: UpstreamPool; busy: number };
type Target = { readonly origin: Origin; readonly path: string; readonly connectMs: number };

const parse = (url: string): URL => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // The URL itself stays out of the message: some providers put their key in its query.
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new UpstreamFault('protocol', false, 'the upstream URL is not an http(s) URL');
  }
  return parsed;
};

/** Finds the connections and the path for a URL; parsing one costs more than everything else we do, so it is done once. */
const addressBook = (connections: number) => {
  const origins = new Map<string, Origin>();
  const targets = new Map<string, Target>();
  const originOf = (url: URL, connectMs: number): Origin => {
    // The connect timeout is undici's per pool, so it is part of the key; a backend has one value for it.
    const key = `${connectMs} ${url.origin}`;
    let origin = origins.get(key);
    if (origin === undefined) {
      const pool = new Pool(url.origin, {
        connections,
        pipelining: 1,
        connectTimeout: connectMs,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
        keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
        maxHeaderSize: MAX_HEAD_BYTES,
      });
      origin = { pool, busy: 0 };
      origins.set(key, origin);
    }
    return origin;
  };
  return {
    find: ({ url, connectMs }: Outgoing): Target => {
      const known = targets.get(url);
      if (known !== undefined && known.connectMs === connectMs) return known;
      const parsed = parse(url);
      const target = {
        origin: originOf(parsed, connectMs),
        path: parsed.pathname + parsed.search,
        connectMs,
      };
      if (targets.size >= MAX_TARGETS) targets.clear();
      targets.set(url, target);
      return target;
    },
    close: async (): Promise<void> => {
      await Promise.all([...origins.values()].map(({ pool }) => pool.destroy()));
    },
  };
};

/**
 * The `fetch` port on Node. `connections` is per origin (default {@link MAX_CONNECTIONS}). Faults:
 * `unreachable` (sent false: refused, DNS, TLS, no connection within `connectMs`), `timeout` (no head within
 * `headersMs` of sending, or silence of `idleMs` in the body; undici's coarse clock may add a second),
 * `cut` (the connection ended early, or fewer bytes than `content-length` came), `gone` (the client left)
 * and `protocol` (not HTTP, a head over 32 KiB, or a URL or header we cannot send). `close` cuts what still runs.
 */
export const nodeFetch = (
  options: { readonly connections?: number } = {},
): { fetch: Fetch; close(): Promise<void> } => {
  const connections = options.connections ?? MAX_CONNECTIONS;
  const book = addressBook(connections);
  let closed = false;
  const fetch: Fetch = (outgoing) =>
    new Promise((resolve, reject) => {
      if (closed) throw new UpstreamFault('unreachable', false, 'the gateway is closing');
      if (outgoing.hangup.gone) throw new UpstreamFault('gone', false, 'the client has gone');
      const { origin, path, connectMs } = book.find(outgoing);
      if (origin.busy >= connections + MAX_WAITING) {
        throw new UpstreamFault('unreachable', false, 'too many requests wait for this upstream');
      }
      const call = new UpstreamCall(outgoing.hangup, resolve, reject, () => {
        origin.busy -= 1;
      });
      origin.busy += 1;
      if (origin.busy > connections) call.waitAtMost(connectMs);
      origin.pool.dispatch(
        {
          path,
          method: outgoing.method,
          headers: outgoing.headers,
          body: outgoing.body ?? null,
          headersTimeout: outgoing.headersMs,
          bodyTimeout: outgoing.idleMs,
        },
        call,
      );
    });
  return {
    fetch,
    close: () => {
      closed = true;
      return book.close();
    },
  };
};
