import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import { CHUNKED, chunk, cleanUp, faultOf, fetching, later, OK, SECRET, text, upstream } from './fetching.ts';
import { handHangup, sleep, until } from './sockets.ts';

afterEach(cleanUp);

test('who leaves while waiting for a connection costs nobody a connection', async () => {
  const held: Socket[] = [];
  const server = await upstream((socket) => held.push(socket));
  const fetch = fetching({ connections: 1 });
  const first = fetch(server.url);
  await until(() => held.length === 1);
  const hangup = handHangup();
  const waiting = faultOf(fetch(server.url, { hangup }));
  hangup.hangUp();
  expect(await waiting).toMatchObject({ kind: 'gone', sent: false });
  held[0]?.write(OK);
  await text(await first);
  const next = fetch(server.url);
  await until(() => held.length === 2);
  held[1]?.write(OK);
  expect(await text(await next)).toBe('ok');
  expect([server.sockets.length, server.requests.length]).toEqual([1, 2]);
});

test('a refused connection, an unknown name and a TLS failure are unreachable, and nothing was sent', async () => {
  const fetch = fetching();
  const plain = createServer((socket) => void socket.on('error', () => {}).end('no TLS here'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  later(async () => void plain.close());
  const address = plain.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  for (const url of ['http://127.0.0.1:1/', 'http://nowhere.invalid/', `https://127.0.0.1:${port}/`]) {
    expect(await faultOf(fetch(url))).toMatchObject({ kind: 'unreachable', sent: false });
  }
});

test('a connection that is not made within connectMs is unreachable, and nothing was sent', async () => {
  // A process that does not accept, with its backlog full, leaves further handshakes unanswered.
  const script = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    require('fs').writeSync(1, String(this.address().port)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); })`;
  const busy = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  later(async () => void busy.kill('SIGKILL'));
  const port = Number(await new Promise((resolve) => busy.stdout.once('data', resolve)));
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  later(async () => fillers.forEach((filler) => void filler.destroy()));
  await sleep(100);
  const started = performance.now();
  expect(await faultOf(fetching()(`http://127.0.0.1:${port}/`, { connectMs: 300 }))).toMatchObject({
    kind: 'unreachable',
    sent: false,
  });
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('what is not a URL or header we can send is our own protocol fault, and nothing was sent', async () => {
  const fetch = fetching();
  const server = await upstream((socket) => socket.write(OK));
  for (const url of ['nonsense', 'ftp://a/', `file:///${SECRET}`]) {
    expect(await faultOf(fetch(url))).toMatchObject({ kind: 'protocol', sent: false });
  }
  expect(await faultOf(fetch(server.url, { headers: { 'x-a': `${SECRET}\r\nx: y` } }))).toMatchObject({
    kind: 'protocol',
    sent: false,
  });
  expect(server.requests).toEqual([]);
});

test('no head within headersMs is a timeout, and 1xx heads are passed over', async () => {
  const server = await upstream((socket, request) => {
    if (request.includes('/early')) socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}`);
  });
  const fetch = fetching();
  expect(await text(await fetch(`${server.url}/early`))).toBe('ok');
  expect(await faultOf(fetch(server.url, { headersMs: 300 }))).toMatchObject({ kind: 'timeout', sent: true });
  await until(() => server.closed() >= 1);
});

test('silence of idleMs in the body is a timeout; a slow but living body is not', async () => {
  const server = await upstream((socket, request) => {
    socket.write(CHUNKED + chunk('a'));
    if (!request.includes('/alive')) return;
    for (let beat = 1; beat < 6; beat += 1) setTimeout(() => socket.write(chunk('b')), beat * 500);
    setTimeout(() => socket.write('0\r\n\r\n'), 3_000);
  });
  const fetch = fetching();
  const alive = fetch(`${server.url}/alive`, { idleMs: 1_500 }).then(text);
  const silent = (await fetch(server.url, { idleMs: 300 })).body[Symbol.asyncIterator]();
  expect(Buffer.from((await silent.next()).value ?? []).toString()).toBe('a');
  expect(await faultOf(silent.next())).toMatchObject({ kind: 'timeout', sent: true });
  expect(await alive).toBe('abbbbb');
}, 10_000);

test.each([
  ['a chunked body without its last chunk', `${CHUNKED}${chunk('abc')}`],
  ['a body shorter than its content-length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'],
  [
    'the same where the server said it would close',
    'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nabc',
  ],
  [
    'a chunked one where the server said it would close',
    `${CHUNKED.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')}${chunk('abc')}`,
  ],
])('%s is cut, after what had arrived was delivered', async (_name, bytes) => {
  for (const how of ['end', 'resetAndDestroy'] as const) {
    const server = await upstream((socket) => {
      socket.write(bytes);
      setTimeout(() => socket[how](), 20);
    });
    const reply = await fetching()(server.url);
    await until(() => server.closed() === 1);
    const body = reply.body[Symbol.asyncIterator]();
    expect(Buffer.from((await body.next()).value ?? []).toString()).toBe('abc');
    expect(await faultOf(body.next())).toMatchObject({ kind: 'cut', sent: true });
  }
});

test('a reply that is not HTTP, or whose head is endless, is a protocol fault', async () => {
  const server = await upstream((socket, request) =>
    socket.write(
      request.includes('/long')
        ? `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(40_000)}\r\n`
        : `${SECRET} is not HTTP\r\n\r\n`,
    ),
  );
  const fetch = fetching();
  expect(await faultOf(fetch(server.url))).toMatchObject({ kind: 'protocol', sent: true });
  expect(await faultOf(fetch(`${server.url}/long`))).toMatchObject({ kind: 'protocol', sent: true });
});

test('a POST that meets a dying kept connection is cut and never sent again', async () => {
  const server = await upstream((socket, _request, index) =>
    index === 0 ? socket.write(OK) : socket.destroy(),
  );
  const fetch = fetching();
  await text(await fetch(server.url));
  expect(await faultOf(fetch(server.url))).toMatchObject({ kind: 'cut', sent: true });
  await sleep(100);
  expect(server.requests.length).toBe(2);
});

test('a hang-up before the head ends the upstream at once', async () => {
  const server = await upstream(() => {});
  const hangup = handHangup();
  const asked = faultOf(fetching()(server.url, { hangup }));
  await until(() => server.requests.length === 1);
  hangup.hangUp();
  expect(await asked).toMatchObject({ kind: 'gone', sent: true });
  await until(() => server.closed() === 1);
  expect(await faultOf(fetching()(server.url, { hangup }))).toMatchObject({ kind: 'gone', sent: false });
});

test('a hang-up in the body ends the upstream at once and rejects the reader', async () => {
  const server = await upstream((socket) => socket.write(CHUNKED + chunk('a')));
  const hangup = handHangup();
  const body = (await fetching()(server.url, { hangup })).body[Symbol.asyncIterator]();
  await body.next();
  const waiting = faultOf(body.next());
  hangup.hangUp();
  expect(await waiting).toMatchObject({ kind: 'gone', sent: true });
  await until(() => server.closed() === 1);
});

test('leaving the body early ends the upstream at once; ending it leaves no listener behind', async () => {
  const server = await upstream((socket, request) =>
    socket.write(request.includes('/whole') ? OK : CHUNKED + chunk('a')),
  );
  const fetch = fetching();
  const hangup = handHangup();
  for await (const bytes of (await fetch(server.url, { hangup })).body) {
    expect(bytes.byteLength).toBe(1);
    break;
  }
  await until(() => server.closed() === 1);
  expect(hangup.listening()).toBe(0);
  await text(await fetch(`${server.url}/whole`, { hangup }));
  expect(hangup.listening()).toBe(0);
});

test('close cuts what still runs and takes nothing more', async () => {
  const server = await upstream((socket) => socket.write(CHUNKED + chunk('a')));
  const { fetch, close } = nodeFetch();
  const outgoing = {
    url: server.url,
    method: 'GET',
    headers: {},
    hangup: handHangup(),
    connectMs: 999,
    headersMs: 999,
    idleMs: 9_999,
  } as const;
  const body = (await fetch(outgoing)).body[Symbol.asyncIterator]();
  await body.next();
  const cut = faultOf(body.next());
  await close();
  expect(await cut).toMatchObject({ kind: 'cut' });
  expect(await faultOf(fetch(outgoing))).toMatchObject({ kind: 'unreachable', sent: false });
});
