import { afterEach, expect, test } from 'vitest';
import { BodyCut, BodyTooLong } from '../../src/ports.ts';
import { readBody } from '../../src/runtimes/node-body.ts';
import { cleanUp, serve } from './serving.ts';
import { post, sleep, until } from './sockets.ts';

afterEach(cleanUp);

async function* ok(): AsyncGenerator<{ bytes: Uint8Array }> {
  yield { bytes: Buffer.from('ok') };
}

test('a body is read whole, announced or chunked, in one piece or many, or none', async () => {
  const bodies: string[] = [];
  const { dial } = await serve(async (connection) => {
    bodies.push(Buffer.from(await connection.readBody(100)).toString());
    await connection.deliver(200, {}, ok(), true);
  });
  const client = await dial();
  client.send(post('hello'));
  await until(() => bodies.length === 1);
  client.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nsl');
  await sleep(20);
  client.send('ow');
  await until(() => bodies.length === 2);
  client.send('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n');
  await sleep(20);
  client.send('2\r\nde\r\n0\r\n\r\n');
  await until(() => bodies.length === 3);
  client.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await until(() => bodies.length === 4);
  expect(bodies).toEqual(['hello', 'slow', 'abcde', '']);
});

test('a body over the limit is refused: before reading when announced, at the first byte too many when chunked', async () => {
  const errors: unknown[] = [];
  const { dial, seen } = await serve(async (connection) => {
    await connection.readBody(4).catch((error: unknown) => errors.push(error));
  });
  const [announced, chunked] = [await dial(), await dial()];
  announced.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n');
  await until(() => errors.length === 1);
  chunked.send('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n');
  await until(() => errors.length === 2);
  expect(errors.every((error) => error instanceof BodyTooLong)).toBe(true);
  expect(seen[1]?.incoming.listenerCount('data')).toBe(0);
});

test('a body that is cut or drips longer than allowed is a BodyCut, also when the client left before it was asked for', async () => {
  const errors: unknown[] = [];
  const keep = (error: unknown) => void errors.push(error);
  const { dial } = await serve(async (connection, { incoming }) => {
    if (incoming.url === '/drip') await readBody(incoming, 100, 150).catch(keep);
    if (incoming.url === '/late') await sleep(100).then(() => connection.readBody(100).catch(keep));
    if (incoming.url === '/cut') await connection.readBody(100).catch(keep);
  });
  const head = (path: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\nabc`;
  const drip = await dial();
  drip.send(head('/drip'));
  const dripping = setInterval(() => drip.send('x'), 20);
  await until(() => errors.length === 1);
  clearInterval(dripping);
  for (const path of ['/late', '/cut']) {
    const client = await dial();
    client.send(head(path));
    await sleep(30);
    client.socket.resetAndDestroy();
  }
  await until(() => errors.length === 3);
  expect(errors.every((error) => error instanceof BodyCut)).toBe(true);
});
