import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HIGH_WATER_BYTES } from '../../src/runtimes/node-call.ts';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import { CHUNKED, chunk, cleanUp, faultOf, fetching, later, OK, SECRET, text, upstream } from './fetching.ts';
import { handHangup, sleep, until } from './sockets.ts';

afterEach(cleanUp);

test('a request arrives as it was given, and its reply comes back with lower-case, joined headers', async () => {
  const server = await upstream((socket) =>
    socket.write('HTTP/1.1 207 Sure\r\nX-One: 1\r\nVary: a\r\nvary: b\r\ncontent-length: 5\r\n\r\nhello'),
  );
  const reply = await fetching()(`${server.url}/v1/chat?x=1`, { body: new Uint8Array([104, 105]) });
  expect(reply.status).toBe(207);
  expect(reply.headers).toEqual({ 'x-one': '1', vary: 'a, b', 'content-length': '5' });
  expect(await text(reply)).toBe('hello');
  expect(server.requests[0]).toMatch(/^POST \/v1\/chat\?x=1 HTTP\/1\.1\r\n/);
  expect(server.requests[0]).toContain(`authorization: Bearer ${SECRET}\r\n`);
  expect(server.requests[0]).toMatch(/content-length: 2\r\n\r\nhi$/);
});

test('a GET has no body, and a reply without one ends at once', async () => {
  const server = await upstream((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
  const { connectMs, headersMs, idleMs } = { connectMs: 1_000, headersMs: 1_000, idleMs: 1_000 };
  const { fetch, close } = nodeFetch();
  later(close);
  const reply = await fetch({
    url: server.url,
    method: 'GET',
    headers: {},
    hangup: handHangup(),
    connectMs,
    headersMs,
    idleMs,
  });
  expect(await text(reply)).toBe('');
  expect(server.requests[0]).not.toContain('content-length');
});

test('connections are kept and used again, one request at a time on each', async () => {
  const server = await upstream((socket) => setTimeout(() => socket.write(OK), 20));
  const fetch = fetching();
  for (let round = 0; round < 3; round += 1) {
    expect(await text(await fetch(server.url))).toBe('ok');
    // A connection is free again one turn of the event loop after its reply.
    await sleep(1);
  }
  expect(server.sockets.length).toBe(1);
  await Promise.all([fetch(server.url), fetch(server.url)].map(async (reply) => text(await reply)));
  expect(server.sockets.length).toBe(2);
});

test('a server that says how long it keeps connections is believed', async () => {
  const server = await upstream((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok`),
  );
  const fetch = fetching();
  await text(await fetch(server.url));
  await until(() => server.closed() === 1, 500);
  await text(await fetch(server.url));
  expect(server.sockets.length).toBe(2);
});

test('an origin gets no more connections than its limit, and who waits too long is told it was unreachable', async () => {
  const held: Socket[] = [];
  const server = await upstream((socket) => held.push(socket));
  const fetch = fetching({ connections: 2 });
  const first = [fetch(server.url), fetch(server.url)];
  await until(() => held.length === 2);
  const late = await faultOf(fetch(server.url, { connectMs: 2_000, hangup: handHangup() }));
  expect([late.kind, late.sent, server.sockets.length]).toEqual(['unreachable', false, 2]);
  const patient = fetch(server.url);
  for (const socket of held.splice(0)) socket.write(OK);
  for (const reply of first) await text(await reply);
  await until(() => held.length === 1);
  held[0]?.write(OK);
  expect(await text(await patient)).toBe('ok');
  expect(server.requests.length).toBe(3);
});

test('redirects are not followed, and trailers are ignored', async () => {
  const server = await upstream((socket, request) =>
    socket.write(
      request.includes('/trailers')
        ? `${CHUNKED}${chunk('x')}0\r\nx-trailer: 1\r\n\r\n`
        : 'HTTP/1.1 302 Found\r\nlocation: /trailers\r\ncontent-length: 0\r\n\r\n',
    ),
  );
  const fetch = fetching();
  const moved = await fetch(server.url);
  expect([moved.status, moved.headers.location, await text(moved)]).toEqual([302, '/trailers', '']);
  const trailed = await fetch(`${server.url}/trailers`);
  expect(await text(trailed)).toBe('x');
  expect(trailed.headers).toEqual({ 'transfer-encoding': 'chunked' });
});

test('a reader that does not read makes the upstream wait, and gets every byte in the end', async () => {
  const total = 32 * 1024 * 1024;
  const server = await upstream((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
    socket.write(Buffer.alloc(total, 'x'));
  });
  const reply = await fetching()(server.url);
  await sleep(300);
  const stuck = server.sockets[0]?.writableLength ?? 0;
  expect(stuck).toBeGreaterThan(total / 2);
  await sleep(200);
  expect(server.sockets[0]?.writableLength).toBe(stuck);
  let length = 0;
  let largest = 0;
  for await (const bytes of reply.body) {
    length += bytes.byteLength;
    largest = Math.max(largest, bytes.byteLength);
  }
  expect(length).toBe(total);
  expect(largest).toBeLessThanOrEqual(HIGH_WATER_BYTES);
});
