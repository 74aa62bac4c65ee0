// The Node server: node:http with limits, hono's listener for Request objects, our own deliver for replies.
import type { IncomingMessage, Server } from 'node:http';
import { createServer, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Connection } from '../ports.ts';
import { nodeConnection } from './node-connection.ts';

/** A request's head, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;
/** A head must arrive within this (slow-loris); bodies have a limit of their own. */
const HEAD_MS = 15_000;
/** Node looks for late heads this many times within the time they have. */
const HEAD_CHECKS = 3;
/** Longer than the usual 60 s of a load balancer, so that it closes first. */
const KEEP_ALIVE_MS = 65_000;
/** While closing, connections whose reply has ended are looked for this often. */
const CLOSE_CHECK_MS = 50;

/** What is served: any fetch-style app that takes its client's {@link Connection} as `env`. */
export type App = { fetch(request: Request, env: Connection): Response | Promise<Response> };
/** A running server. `close` takes no more connections, lets replies end for `graceMs`, then cuts them. */
export type Listening = { readonly port: number; close(graceMs: number): Promise<void> };

const errorBody = (message: string, type: string, code: string): string =>
  JSON.stringify({ error: { message, type, param: null, code } });

const errorResponse = (status: number, body: string): Response =>
  new Response(body, { status, headers: { 'content-type': 'application/json' } });

const badHttp = (): Response =>
  errorResponse(400, errorBody('The request is not valid HTTP.', 'invalid_request_error', 'bad_http'));

/** The reply a connection is busy with: from a request's head until its reply's last byte is sent. */
const replyOn = (socket: Duplex): ServerResponse | undefined => {
  const message = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return message instanceof ServerResponse ? message : undefined;
};

/** Answers a connection whose bytes node:http could not take, unless a reply is already on its way there. */
const onClientError = (error: Error & { code?: string }, socket: Duplex): void => {
  if (!socket.writable || replyOn(socket)?.headersSent === true || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, text, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'The request headers are too large.', 'headers_too_large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'The request did not arrive in time.', 'request_timeout']
        : ['400 Bad Request', 'The request is not valid HTTP.', 'bad_http'];
  const body = errorBody(text, 'invalid_request_error', code);
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
};

const listenerOf = (app: App) =>
  getRequestListener(
    async (request, { incoming, outgoing }) => {
      const connection = nodeConnection(incoming as IncomingMessage, outgoing as ServerResponse);
      try {
        const response = await app.fetch(request, connection);
        return connection.delivered ? RESPONSE_ALREADY_SENT : response;
      } catch {
        // The app answers its own faults; this is the last net, and has nobody to tell.
        if (connection.delivered) return RESPONSE_ALREADY_SENT;
        return errorResponse(500, errorBody('The gateway failed.', 'api_error', 'fault'));
      }
    },
    // Without a handler node-server answers a bad host or URL with an empty 400.
    { overrideGlobalObjects: false, errorHandler: badHttp },
  );

const closeServer = (server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const closeIdle = (): void => {
      for (const socket of sockets) if (replyOn(socket) === undefined) socket.destroy();
    };
    // Node calls a connection idle when its reply was ended, though most of it may still wait for a slow reader.
    server.closeIdleConnections = closeIdle;
    const idle = setInterval(closeIdle, CLOSE_CHECK_MS);
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
  });

/**
 * Serves `app` on `host`:`port` (0 picks a free port). Rejects when the address cannot be had. `headMs` is how long a
 * request's head may take (default 15 s).
 */
export const listen = (
  app: App,
  where: { readonly host: string; readonly port: number; readonly headMs?: number },
): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const { headMs = HEAD_MS } = where;
    const listener = listenerOf(app);
    const server = createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
        headersTimeout: headMs,
        connectionsCheckingInterval: Math.ceil(headMs / HEAD_CHECKS),
        // Bodies are timed by whoever reads them, and long uploads are legitimate.
        requestTimeout: 0,
        keepAliveTimeout: KEEP_ALIVE_MS,
        // Left to hono's listener, so that the 400 has a body.
        requireHostHeader: false,
      },
      (incoming, outgoing) => {
        void listener(incoming, outgoing);
      },
    );
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    server.on('clientError', onClientError);
    server.once('error', reject);
    server.listen(where.port, where.host, () => {
      server.off('error', reject);
      const { port } = server.address() as AddressInfo;
      resolve({ port, close: (graceMs) => closeServer(server, sockets, graceMs) });
    });
  });
