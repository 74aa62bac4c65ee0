// What the tests of Node's `fetch` share: a caller with a secret to leak, and readers of what comes back.
import { expect } from 'vitest';
import type { Incoming, Outgoing } from '../../src/ports.ts';
import { UpstreamFault } from '../../src/ports.ts';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import type { Wire } from './sockets.ts';
import { handHangup, wire } from './sockets.ts';

/** In every request's headers; must be in no fault. */
export const SECRET = 'sk-very-secret';
export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
export const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
/** One chunk on the wire. */
export const chunk = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n`;

const cleanups: (() => Promise<void>)[] = [];
/** Undoes `cleanup` when the test is over. */
export const later = (cleanup: () => Promise<void>): void => {
  cleanups.push(cleanup);
};
/** Runs what `later` was given, last first. */
export const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
};

/** A raw upstream that is gone after the test. */
export const upstream = async (reply: Parameters<typeof wire>[0]): Promise<Wire> => {
  const server = await wire(reply);
  later(server.stop);
  return server;
};

/** A `fetch` that is closed after the test; what a request does not say is filled in. */
export const fetching = (options: Parameters<typeof nodeFetch>[0] = {}) => {
  const { fetch, close } = nodeFetch(options);
  later(close);
  return (url: string, rest: Partial<Outgoing> = {}): Promise<Incoming> =>
    fetch({
      url,
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}` },
      body: '{"a":1}',
      hangup: handHangup(),
      connectMs: 2_000,
      headersMs: 5_000,
      idleMs: 5_000,
      ...rest,
    });
};

/** A reply's whole body. */
export const text = async (reply: Incoming): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const bytes of reply.body) chunks.push(bytes);
  return Buffer.concat(chunks).toString();
};

/** The fault `work` ends with; it holds no secret. */
export const faultOf = async (work: Promise<unknown>): Promise<UpstreamFault> => {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UpstreamFault)) throw error;
  const shown = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
  expect(shown).not.toContain(SECRET);
  expect(error.cause).toBeUndefined();
  return error;
};
