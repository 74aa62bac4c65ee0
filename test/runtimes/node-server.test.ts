import { afterEach, expect, test } from 'vitest';
import type { App, Listening } from '../../src/runtimes/node-server.ts';
import { listen } from '../../src/runtimes/node-server.ts';
import type { Peer } from './sockets.ts';
import { peer, post, sleep, until } from './sockets.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const frames = async function* (...texts: string[]) {
  for (const text of texts) yield { bytes: Buffer.from(text) };
};

const SENT = new Response(null);
const LARGE_BYTES = 16 * 1024 * 1024;

/** Reads, waits, delivers, refuses early or returns a Response, as the path says. */
const app: App = {
  fetch: async (request, connection) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/throw') throw new Error('sk-secret');
    if (pathname === '/response') return Response.json({ auth: request.headers.get('authorization') });
    if (pathname === '/early') {
      await connection.readBody(10).catch(() => {});
      await connection.deliver(413, {}, frames('too long'), true);
      return SENT;
    }
    const body = Buffer.from(await connection.readBody(1_000_000)).toString();
    if (pathname === '/large') {
      await connection.deliver(200, {}, frames('x'.repeat(LARGE_BYTES)), true);
      return SENT;
    }
    if (searchParams.has('wait')) await sleep(Number(searchParams.get('wait')));
    await connection.deliver(200, {}, frames('[', body, ']'), pathname === '/whole');
    if (pathname === '/throw-after') throw new Error('sk-secret');
    return SENT;
  },
};

const start = async (headMs?: number): Promise<Listening & { dial(): Promise<Peer> }> => {
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    ...(headMs === undefined ? {} : { headMs }),
  });
  cleanups.push(() => server.close(0));
  const dial = async (): Promise<Peer> => {
    const client = await peer(server.port);
    cleanups.push(() => void client.socket.destroy());
    return client;
  };
  return { ...server, dial };
};

const badHttp = (code: string) =>
  new RegExp(
    `\\{"error":\\{"message":"[^"]+","type":"invalid_request_error","param":null,"code":"${code}"\\}\\}$`,
  );

test('replies delivered and replies returned go out over the same connection', async () => {
  const { dial } = await start();
  const client = await dial();
  client.send(
    post('a', '', '/whole') + post('b', '', '/stream') + post('', 'authorization: me\r\n', '/response'),
  );
  await client.sees('{"auth":"me"}');
  expect(client.text()).toMatch(
    /content-length: 3[\s\S]*\[a\][\s\S]*chunked[\s\S]*b[\s\S]*0\r\n\r\n[\s\S]*\{"auth":"me"\}/i,
  );
  expect(client.text().match(/HTTP\/1\.1/g)?.length).toBe(3);
});

test('an app that throws is a 500 without its words, and after a delivered reply nothing more', async () => {
  const { dial } = await start();
  const client = await dial();
  client.send(post('', '', '/throw') + post('x', '', '/throw-after') + post('', '', '/response'));
  await client.sees('{"auth":null}');
  expect(client.text()).toMatch(/^HTTP\/1\.1 500/);
  expect(client.text()).not.toContain('sk-secret');
  expect(client.text().match(/HTTP\/1\.1/g)?.length).toBe(3);
});

test('an early reply reaches the client though its body was not read, and the connection is used on or closed, never stuck', async () => {
  const { dial } = await start();
  const client = await dial();
  const big = 'x'.repeat(3_000_000);
  client.send(`${post(big, '', '/early')}${post('next', '', '/whole')}`);
  await client.sees('[next]');
  expect(client.text()).toMatch(/^HTTP\/1\.1 413[\s\S]*too long[\s\S]*\[next\]/);
  const slow = await dial();
  slow.send('POST /early HTTP/1.1\r\nhost: a\r\ncontent-length: 999999\r\n\r\nabc');
  await slow.sees('too long');
  await slow.end();
});

test.each([
  ['what is not HTTP', 'not http\r\n\r\n', 400, 'bad_http'],
  ['a request without a host', 'GET / HTTP/1.1\r\n\r\n', 400, 'bad_http'],
  ['a host that is none', 'GET / HTTP/1.1\r\nhost: a b\r\n\r\n', 400, 'bad_http'],
  [
    'two ways to frame one body',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'bad_http',
  ],
  [
    'a head over the limit',
    `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
])('%s is answered in our words', async (_name, bytes, status, code) => {
  const { dial } = await start();
  const client = await dial();
  client.send(bytes);
  await client.sees('}}');
  expect(client.text()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(client.text()).toMatch(badHttp(code));
});

test('a head that does not arrive is answered 408 and closed', async () => {
  const { dial } = await start(200);
  const client = await dial();
  client.send('GET / HTTP/1.1\r\nhost:');
  await client.end();
  expect(client.text()).toMatch(/^HTTP\/1\.1 408 /);
  expect(client.text()).toMatch(badHttp('request_timeout'));
});

test('garbage behind a request that is being answered never lands in the middle of its reply', async () => {
  const { dial } = await start();
  const client = await dial();
  client.send(`${post('', '', '/stream?wait=100')}garbage\r\n\r\n`);
  await client.end();
  expect(client.text().replace(/^HTTP\/1\.1 400[\s\S]*/, '')).toBe('');
});

test('close lets running replies end, closes idle connections, takes no new ones', async () => {
  const server = await start();
  const [idle, busy] = [await server.dial(), await server.dial()];
  idle.send(post('first', '', '/whole'));
  await idle.sees('[first]');
  busy.send(post('run', '', '/whole?wait=300'));
  await sleep(50);
  const closing = server.close(5_000);
  await idle.end();
  await expect(peer(server.port)).rejects.toThrow();
  expect(busy.text()).toBe('');
  const started = performance.now();
  await closing;
  await busy.sees('[run]');
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('close waits for a slow reader to have all of a reply that was ended long ago', async () => {
  const server = await start();
  const slow = await server.dial();
  slow.socket.pause();
  slow.send(post('', '', '/large'));
  await sleep(100);
  const closing = server.close(10_000);
  await sleep(150);
  slow.socket.resume();
  await closing;
  await until(() => slow.received() > LARGE_BYTES);
});

test('close cuts what outlasts its grace', async () => {
  const server = await start();
  const busy = await server.dial();
  busy.send(post('run', '', '/stream?wait=5000'));
  await sleep(50);
  const started = performance.now();
  await server.close(200);
  expect(performance.now() - started).toBeLessThan(2_000);
  await busy.end();
  expect(busy.text()).not.toContain('0\r\n\r\n');
});

test('an address that is taken is an error, not a crash', async () => {
  const { port } = await start();
  await expect(listen(app, { host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE');
});
