// The `fetch` port over the platform's fetch, here Node's: what every platform's must do alike.
import { afterEach, expect, test } from 'vitest';
import type { Incoming, Outgoing } from '../../src/ports.ts';
import { UpstreamFault } from '../../src/ports.ts';
import { fetchPort } from '../../src/runtimes/fetch-port.ts';
import type { Wire } from './sockets.ts';
import { handHangup, until, wire } from './sockets.ts';

const SECRET = 'sk-very-secret';
const HEAD = 'HTTP/1.1 200 OK\r\nX-One: 1\r\ntransfer-encoding: chunked\r\n\r\n';

let server: Wire | undefined;
afterEach(() => server?.stop());

/** A raw upstream, and a request to it; what `rest` does not say is filled in. */
const asking = async (reply: Parameters<typeof wire>[0], rest: Partial<Outgoing> = {}) => {
  server = await wire(reply);
  const hangup = handHangup();
  const outgoing: Outgoing = {
    url: server.url,
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: '{"a":1}',
    hangup,
    connectMs: 1_000,
    headersMs: 1_000,
    idleMs: 1_000,
    ...rest,
  };
  return { upstream: server, hangup, reply: fetchPort(outgoing) };
};

/** How it failed; a fault never quotes what was sent. */
const faultOf = async (work: Promise<unknown>): Promise<readonly [string, boolean]> => {
  const fault: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(fault instanceof UpstreamFault)) throw new Error(`no fault but ${fault}`);
  expect(`${fault.message} ${fault.stack} ${fault.cause}`).not.toContain(SECRET);
  return [fault.kind, fault.sent];
};

const bodyOf = ({ body }: Incoming): AsyncIterator<Uint8Array> => body[Symbol.asyncIterator]();
const gone = (upstream: Wire): Promise<void> => until(() => upstream.closed() > 0, 1_000);

test('a request arrives as it was given, and its reply comes back piece by piece', async () => {
  const body = new TextEncoder().encode('{"ä":1}');
  const { upstream, hangup, reply } = await asking(
    (socket) => {
      socket.write(`${HEAD}2\r\nhe\r\n`);
      setTimeout(() => socket.write('3\r\nllo\r\n0\r\n\r\n'), 50);
    },
    { body },
  );
  const incoming = await reply;
  expect([incoming.status, incoming.headers['x-one']]).toEqual([200, '1']);
  const pieces: string[] = [];
  for await (const piece of incoming.body) pieces.push(Buffer.from(piece).toString());
  expect(pieces).toEqual(['he', 'llo']);
  expect(upstream.requests[0]).toContain(`authorization: Bearer ${SECRET}`);
  expect(upstream.requests[0]).toMatch(/content-length: 8\r\n/);
  expect(hangup.listening()).toBe(0);
});

test('a reply without a body ends at once', async () => {
  const { reply } = await asking((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
  expect(await bodyOf(await reply).next()).toEqual({ done: true, value: undefined });
});

test('a head that does not come in time, and silence in a body, are timeouts that end the upstream', async () => {
  const late = await asking(() => undefined, { connectMs: 50, headersMs: 50 });
  expect(await faultOf(late.reply)).toEqual(['timeout', true]);
  await gone(late.upstream);
  await server?.stop();
  const silent = await asking((socket) => socket.write(`${HEAD}2\r\nhe\r\n`), { idleMs: 80 });
  const body = bodyOf(await silent.reply);
  await body.next();
  expect(await faultOf(body.next())).toEqual(['timeout', true]);
  await gone(silent.upstream);
  expect([late.hangup.listening(), silent.hangup.listening()]).toEqual([0, 0]);
});

test('a client that goes ends the upstream at once: before it is asked, before its head, and in its body', async () => {
  const hangup = handHangup();
  hangup.hangUp();
  const before = await asking(() => undefined, { hangup });
  expect(await faultOf(before.reply)).toEqual(['gone', false]);
  expect(before.upstream.requests.length).toBe(0);
  await server?.stop();
  const headless = await asking(() => headless.hangup.hangUp());
  expect(await faultOf(headless.reply)).toEqual(['gone', true]);
  await gone(headless.upstream);
  await server?.stop();
  const midway = await asking((socket) => socket.write(`${HEAD}2\r\nhe\r\n`));
  const body = bodyOf(await midway.reply);
  await body.next();
  const next = faultOf(body.next());
  midway.hangup.hangUp();
  expect(await next).toEqual(['gone', true]);
  expect(await faultOf(body.next())).toEqual(['gone', true]);
  await gone(midway.upstream);
});

test('who wants no more ends the upstream at once, also while waiting for the next piece', async () => {
  const { upstream, hangup, reply } = await asking((socket) => socket.write(`${HEAD}2\r\nhe\r\n`));
  const body = bodyOf(await reply);
  await body.next();
  const next = body.next();
  await body.return?.();
  expect((await next).done).toBe(true);
  expect((await body.next()).done).toBe(true);
  await gone(upstream);
  expect(hangup.listening()).toBe(0);
});

test('what may have been sent counts as sent: no connection, one cut before the head, and one cut in the body', async () => {
  const unreachable = await asking(() => undefined, { url: 'http://127.0.0.1:1' });
  expect(await faultOf(unreachable.reply)).toEqual(['cut', true]);
  await server?.stop();
  const headless = await asking((socket) => socket.destroy());
  expect(await faultOf(headless.reply)).toEqual(['cut', true]);
  expect(headless.upstream.requests.length).toBe(1);
  await server?.stop();
  const { reply } = await asking((socket) => socket.end(`${HEAD}2\r\nhe\r\n`));
  const body = bodyOf(await reply);
  await body.next();
  expect(await faultOf(body.next())).toEqual(['cut', true]);
});

test('what cannot be sent is told without its value, and nothing is sent', async () => {
  const header = await asking(() => undefined, { headers: { authorization: `Bearer\n${SECRET}` } });
  expect(await faultOf(header.reply)).toEqual(['protocol', false]);
  expect(header.hangup.listening()).toBe(0);
  await server?.stop();
  for (const url of ['ftp://127.0.0.1/', 'no url', 'http://']) {
    const { reply } = await asking(() => undefined, { url });
    expect(await faultOf(reply)).toEqual(['protocol', false]);
    await server?.stop();
  }
});

test('a redirect is not followed', async () => {
  const { upstream, reply } = await asking((socket) =>
    socket.write('HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n'),
  );
  expect((await reply).status).toBe(302);
  expect(upstream.requests.length).toBe(1);
});
