import { afterEach, expect, test } from 'vitest';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import { cleanUp, later, serve } from './serving.ts';
import { post, sleep, until, wire } from './sockets.ts';

afterEach(cleanUp);

const utf8 = (text: string): { bytes: Uint8Array } => ({ bytes: Buffer.from(text) });
const JSON_TYPE = { 'content-type': 'application/json' };
async function* framesOf(...texts: string[]): AsyncGenerator<{ bytes: Uint8Array }> {
  for (const text of texts) yield utf8(text);
}

/** Frames a test feeds by hand, and what became of the iterator. */
const feed = () => {
  const queue: { bytes: Uint8Array }[] = [];
  let wake: () => void = () => {};
  let ended: 'no' | 'end' | 'throw' = 'no';
  const state = { pulled: 0, returned: false };
  async function* frames(): AsyncGenerator<{ bytes: Uint8Array }> {
    try {
      for (;;) {
        for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
          state.pulled += 1;
          yield frame;
        }
        if (ended === 'end') return;
        if (ended === 'throw') throw new Error('the upstream broke');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      state.returned = true;
    }
  }
  const end = (how: 'end' | 'throw'): void => {
    ended = how;
    wake();
  };
  const push = (text: string): void => {
    queue.push(utf8(text));
    wake();
  };
  return { frames: frames(), state, push, end };
};

test('a whole reply has its length, leaves in one packet and keeps the connection', async () => {
  const { dial, port } = await serve(async (connection) => {
    expect(connection.address).toBe('127.0.0.1');
    await connection.readBody(100);
    await connection.deliver(
      201,
      { ...JSON_TYPE, 'content-length': '999', 'transfer-encoding': 'chunked' },
      framesOf('{"a":1}'),
      true,
    );
    expect([connection.delivered, connection.hangup.gone]).toEqual([true, false]);
  });
  const client = await dial();
  let packets = 0;
  client.socket.on('data', () => {
    packets += 1;
  });
  for (let round = 1; round <= 3; round += 1) {
    client.send(post('x'));
    await until(() => packets === round);
  }
  expect(client.text()).toMatch(
    /^HTTP\/1\.1 201 Created\r\ncontent-type: application\/json\r\ncontent-length: 7\r\n[^{]*\r\n\r\n\{"a":1\}HTTP/,
  );
  expect(client.text().match(/\{"a":1\}/g)?.length).toBe(3);
  expect(client.text()).not.toContain('chunked');
  const head = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' });
  expect([head.headers.get('content-length'), await head.text()]).toEqual(['7', '']);
});

test('a streamed reply sends its head at once, its frames as they come, and those of one tick in one packet', async () => {
  const source = feed();
  const { dial } = await serve((connection) =>
    connection.deliver(200, { 'content-type': 'text/event-stream' }, source.frames, false),
  );
  const client = await dial();
  const packets: string[] = [];
  client.socket.on('data', (data) => packets.push(data.toString()));
  client.send(post(''));
  await until(() => packets.length === 1);
  expect(packets[0]).toMatch(/transfer-encoding: chunked/i);
  for (const text of ['one', 'two', '', 'three']) source.push(text);
  await until(() => packets.length === 2);
  expect(packets[1]).toBe('3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n');
  source.end('end');
  await until(() => packets.length === 3);
  expect(packets[2]).toBe('0\r\n\r\n');
});

test('a HEAD or a 204 gets no body, streamed or whole', async () => {
  const { dial, failures } = await serve(async (connection, { incoming }) => {
    const whole = incoming.url === '/whole';
    await connection.deliver(incoming.method === 'HEAD' ? 200 : 204, {}, framesOf('body'), whole);
  });
  const client = await dial();
  for (const request of ['HEAD /whole', 'HEAD /stream', 'GET /whole', 'GET /stream']) {
    client.send(`${request} HTTP/1.1\r\nhost: a\r\n\r\n`);
  }
  await until(() => (client.text().match(/HTTP\/1\.1/g)?.length ?? 0) === 4);
  await sleep(30);
  expect(client.text()).not.toContain('body');
  expect(failures).toEqual([]);
});

test.each([
  ['before the first frame', 0],
  ['in the middle', 2],
])(
  'frames that throw %s end the transfer so that no client takes it for whole, and deliver rejects',
  async (_name, frames) => {
    const sources: ReturnType<typeof feed>[] = [];
    const { dial, failures, port } = await serve((connection) => {
      const source = feed();
      sources.push(source);
      for (let frame = 0; frame < frames; frame += 1) source.push('part');
      return connection.deliver(200, {}, source.frames, false);
    });
    const client = await dial();
    client.send(post(''));
    await client.sees(frames > 0 ? 'part' : '\r\n\r\n');
    sources[0]?.end('throw');
    await client.end();
    expect(client.text()).not.toContain('0\r\n\r\n');
    expect(String(failures[0])).toContain('the upstream broke');
    const reply = await fetch(`http://127.0.0.1:${port}/`);
    sources[1]?.end('throw');
    await expect(reply.text()).rejects.toThrow();
  },
);

test('an HTTP/1.0 client, whose replies end with the connection, gets a reset for a broken one', async () => {
  const source = feed();
  const { dial } = await serve((connection) => connection.deliver(200, {}, source.frames, false));
  const client = await dial();
  client.send('GET / HTTP/1.0\r\n\r\n');
  source.push('part');
  await client.sees('part');
  source.end('throw');
  await client.end();
  expect(client.ended()).toBe('reset');
});

test('a whole reply whose frames throw has sent nothing, so another can be sent', async () => {
  const { dial } = await serve(async (connection, { outgoing }) => {
    const source = feed();
    source.push('never seen');
    source.end('throw');
    await expect(connection.deliver(200, {}, source.frames, true)).rejects.toThrow('the upstream broke');
    expect([connection.delivered, outgoing.headersSent]).toEqual([false, false]);
    await connection.deliver(502, {}, framesOf('sorry'), true);
  });
  const client = await dial();
  client.send(post(''));
  await client.sees('sorry');
  expect(client.text()).toMatch(/^HTTP\/1\.1 502/);
  expect(client.text()).not.toContain('never seen');
});

test('a hang-up is told once, to whoever listens, before the first frame, in the middle, or when nobody had listened yet', async () => {
  const results: unknown[] = [];
  const { dial, failures } = await serve(async (connection, { incoming }) => {
    if (incoming.url === '/late') {
      await sleep(150);
      let told = 0;
      connection.hangup.onGone(() => {
        told += 1;
      });
      const source = feed();
      await connection.deliver(200, {}, source.frames, false);
      results.push(['/late', connection.hangup.gone, told, false]);
      return;
    }
    const source = feed();
    let told = 0;
    connection.hangup.onGone(() => {
      told += 1;
    });
    connection.hangup.onGone(() => results.push('never'))();
    if (incoming.url === '/middle') source.push('part');
    await connection.deliver(200, {}, source.frames, incoming.url === '/whole');
    source.push('wakes the generator, which then returns');
    await until(() => source.state.returned);
    results.push([incoming.url, connection.hangup.gone, told, source.state.returned]);
  });
  for (const path of ['/first', '/middle', '/whole', '/late']) {
    const client = await dial();
    client.send(post('', '', path));
    if (path === '/middle') await client.sees('part');
    else await sleep(50);
    if (path === '/first') client.socket.end();
    else client.socket.resetAndDestroy();
    await until(() => results.length === ['/first', '/middle', '/whole', '/late'].indexOf(path) + 1);
  }
  expect(results).toEqual([
    ['/first', true, 1, true],
    ['/middle', true, 1, true],
    ['/whole', true, 1, true],
    ['/late', true, 1, false],
  ]);
  expect(failures).toEqual([]);
});

test('a slow reader holds the upstream back, memory stays bounded, and 16 MiB arrive whole', async () => {
  const total = 64 * 1024 * 1024;
  const upstream = await wire((socket, request) => {
    const length = request.includes('/small') ? 16 * 1024 * 1024 : total;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`);
    socket.write(Buffer.alloc(length, 'x'));
  });
  const { fetch: call, close } = nodeFetch();
  later(close);
  later(upstream.stop);
  const { dial, seen } = await serve(async (connection, { incoming }) => {
    const times = { connectMs: 1_000, headersMs: 9_000, idleMs: 9_000 };
    const url = `${upstream.url}${incoming.url}`;
    const { body } = await call({ url, method: 'GET', headers: {}, hangup: connection.hangup, ...times });
    async function* frames(): AsyncGenerator<{ bytes: Uint8Array }> {
      for await (const bytes of body) yield { bytes };
    }
    await connection.deliver(200, {}, frames(), incoming.url === '/small');
  });
  const client = await dial();
  client.socket.pause();
  client.send(post('', '', '/large'));
  await sleep(400);
  const stuck = upstream.sockets[0]?.writableLength ?? 0;
  expect(stuck).toBeGreaterThan(total / 2);
  expect(seen[0]?.outgoing.writableLength).toBeLessThan(512 * 1024);
  await sleep(100);
  expect(upstream.sockets[0]?.writableLength).toBe(stuck);
  client.socket.resume();
  await until(() => client.received() > total, 20_000);
  await until(() => client.text().endsWith('\r\n0\r\n\r\n'));
  const second = await dial();
  second.send(post('', '', '/small'));
  await until(() => second.received() > 16 * 1024 * 1024, 10_000);
  expect(second.text()).toContain(`content-length: ${16 * 1024 * 1024}\r\n`);
}, 40_000);

test('a client that leaves in the middle of a long whole reply has gone; deliver still resolves', async () => {
  let gone: boolean | undefined;
  const { dial } = await serve(async (connection) => {
    await connection.deliver(200, {}, framesOf('x'.repeat(16 * 1024 * 1024)), true);
    gone = connection.hangup.gone;
  });
  const client = await dial();
  client.send(post(''));
  client.socket.pause();
  await sleep(100);
  expect(gone).toBe(undefined);
  client.socket.resetAndDestroy();
  await until(() => gone !== undefined);
  expect(gone).toBe(true);
});

test('pipelined requests are answered in order, and a hang-up reaches those still in line', async () => {
  const told: string[] = [];
  const { dial, failures } = await serve(async (connection, { incoming }) => {
    connection.hangup.onGone(() => told.push(`${incoming.url}`));
    if (incoming.url === '/stuck') await connection.deliver(200, {}, feed().frames, false);
    else if (incoming.url === '/big')
      await connection.deliver(200, {}, framesOf('x'.repeat(200_000), 'y'.repeat(200_000)), false);
    else {
      await sleep(incoming.url === '/slow' ? 50 : 0);
      await connection.deliver(200, {}, framesOf(`<${incoming.url}>`), true);
    }
  });
  const client = await dial();
  client.send(post('', '', '/slow') + post('', '', '/fast') + post('', '', '/big') + post('', '', '/last'));
  await client.sees('</last>');
  expect(client.text()).toMatch(/<\/slow>[\s\S]*<\/fast>[\s\S]*x{9}[\s\S]*y{9}[\s\S]*<\/last>/);
  const leaver = await dial();
  leaver.send(post('', '', '/stuck') + post('', '', '/big'));
  await sleep(50);
  leaver.socket.resetAndDestroy();
  await until(() => told.length === 2);
  expect(told.sort()).toEqual(['/big', '/stuck']);
  expect(failures).toEqual([]);
});
