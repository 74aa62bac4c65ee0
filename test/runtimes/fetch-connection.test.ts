// A client's connection behind a Request and a Response.
import { expect, test } from 'vitest';
import { BodyCut, BodyTooLong } from '../../src/ports.ts';
import { fetchConnection } from '../../src/runtimes/fetch-connection.ts';
import { sleep } from './sockets.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A body that comes in these pieces, then ends, or breaks. */
const bodyOf = (pieces: readonly string[], broken = false): ReadableStream<Uint8Array> => {
  const left = [...pieces];
  return new ReadableStream({
    pull: (controller) => {
      const piece = left.shift();
      if (piece !== undefined) controller.enqueue(bytes(piece));
      else if (broken) controller.error(new Error('reset'));
      else controller.close();
    },
  });
};

const requestOf = (body: ReadableStream | string | null, init: RequestInit = {}): Request =>
  new Request('http://gate/', { method: 'POST', body, ...{ duplex: 'half' }, ...init });

/** A connection whose client leaves by `abort`, and frames that say how far they were pulled and whether they were let go. */
const replying = (texts: readonly string[], breaks = false) => {
  const leaving = new AbortController();
  const connection = fetchConnection(requestOf(null, { signal: leaving.signal }), '10.0.0.1');
  const state = { pulled: 0, returned: false, told: 0 };
  connection.hangup.onGone(() => {
    state.told += 1;
  });
  const frames = async function* () {
    try {
      for (const text of texts) {
        state.pulled += 1;
        yield { bytes: bytes(text) };
      }
      if (breaks) throw new Error('sk-secret');
    } finally {
      state.returned = true;
    }
  };
  const deliver = async (whole: boolean, status = 200): Promise<Response> => {
    const response = await connection.deliver(status, { 'x-a': 'b' }, frames(), whole);
    if (response === undefined) throw new Error('no response');
    return response;
  };
  return { connection, state, deliver, leave: () => leaving.abort() };
};

test('a body is read whole, however it comes', async () => {
  const read = async (body: ReadableStream | string | null, limit = 5): Promise<string> =>
    Buffer.from(await fetchConnection(requestOf(body), '').readBody(limit)).toString();
  expect(await read('hello')).toBe('hello');
  expect(await read(bodyOf(['he', '', 'llo']))).toBe('hello');
  expect(await read(null)).toBe('');
});

test('a body over the limit is too long: by its announced length before it is read, else at the first byte too many', async () => {
  const announced = requestOf('hello!', { headers: { 'content-length': '6' } });
  await expect(fetchConnection(announced, '').readBody(5)).rejects.toBeInstanceOf(BodyTooLong);
  expect(announced.bodyUsed).toBe(false);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(bytes('xx')) });
  await expect(fetchConnection(requestOf(endless), '').readBody(5)).rejects.toBeInstanceOf(BodyTooLong);
});

test('a body that breaks, or is shorter than announced, is cut', async () => {
  await expect(fetchConnection(requestOf(bodyOf(['he'], true)), '').readBody(5)).rejects.toBeInstanceOf(
    BodyCut,
  );
  const short = requestOf(bodyOf(['he']), { headers: { 'content-length': '5' } });
  await expect(fetchConnection(short, '').readBody(5)).rejects.toBeInstanceOf(BodyCut);
});

test('a whole reply is a Response with its bytes; a status without a body has none', async () => {
  const { state, deliver } = replying(['{', '}']);
  const response = await deliver(true, 201);
  expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([201, 'b', '{}']);
  expect(state).toEqual({ pulled: 2, returned: true, told: 0 });
  const empty = await replying([]).deliver(true, 204);
  expect([empty.status, empty.body]).toEqual([204, null]);
});

test('a whole reply that breaks is no reply', async () => {
  await expect(replying(['half'], true).deliver(true)).rejects.toThrow();
});

test('a streamed reply is pulled one frame at a time, as its client reads', async () => {
  const { connection, state, deliver, leave } = replying(['a', '', 'b', 'c']);
  const reader = (await deliver(false)).body?.getReader();
  await sleep(5);
  expect(state.pulled).toBe(0);
  expect((await reader?.read())?.value).toEqual(bytes('a'));
  await sleep(5);
  expect(state.pulled).toBe(1);
  // A frame without bytes is passed over, not sent.
  expect((await reader?.read())?.value).toEqual(bytes('b'));
  expect((await reader?.read())?.value).toEqual(bytes('c'));
  expect((await reader?.read())?.done).toBe(true);
  leave();
  expect([state.told, connection.hangup.gone]).toEqual([0, false]);
});

test('a streamed reply that breaks gives its frames first, then an error without its words', async () => {
  const { deliver, state } = replying(['a'], true);
  const reader = (await deliver(false)).body?.getReader();
  expect((await reader?.read())?.value).toEqual(bytes('a'));
  const error: unknown = await reader?.read().catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).not.toContain('sk-secret');
  expect(state.told).toBe(0);
});

test('a client is gone once, by its signal or by its stream, whichever is first; frames are let go', async () => {
  const bySignal = replying(['a', 'b']);
  bySignal.leave();
  expect([bySignal.state.told, bySignal.connection.hangup.gone]).toEqual([1, true]);
  const byStream = replying(['a', 'b']);
  const reader = (await byStream.deliver(false)).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  byStream.leave();
  await sleep(0);
  expect(byStream.state).toEqual({ pulled: 1, returned: true, told: 1 });
});

test('who listens after the client has gone is told, and who stopped listening is not', async () => {
  const { connection, state, leave } = replying([]);
  let told = 0;
  connection.hangup.onGone(() => {
    told += 10;
  })();
  leave();
  connection.hangup.onGone(() => {
    told += 1;
  });
  await sleep(0);
  expect([told, state.told, connection.address]).toEqual([1, 1, '10.0.0.1']);
  await expect(connection.readBody(5)).rejects.toBeInstanceOf(BodyCut);
});
