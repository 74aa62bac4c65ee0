// What of an upstream's reply is passed on, within which limits, and that an upstream is let go of whatever becomes of it.
import { describe, expect, it } from 'vitest';
import { replyOf } from '../../src/backends/reply.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages.ts';
import type { CallDialect } from '../../src/dialects/dialect.ts';
import { ollamaChat } from '../../src/dialects/ollama-chat.ts';
import { openaiChat } from '../../src/dialects/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses.ts';
import type { Exchange, Frame, Reply } from '../../src/exchange.ts';
import { discard } from '../../src/exchange.ts';
import { UpstreamFault } from '../../src/ports.ts';
import { Refusal } from '../../src/refusal.ts';
import { hashes } from '../../src/runtimes/hashes.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const SSE = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };
const DONE = 'data: [DONE]\n\n';
const HOUR_MS = 3_600_000;

/** A body as a port gives it: it answers `return` at once. `then`: what comes after the pieces. */
const bodyOf = (pieces: Iterable<string>, then: 'end' | 'silence' | 'cut' = 'end') => {
  const waiting = Promise.withResolvers<IteratorResult<Uint8Array, undefined>>();
  const rest = pieces[Symbol.iterator]();
  const body = {
    left: 0,
    [Symbol.asyncIterator]: () => body,
    next: (): Promise<IteratorResult<Uint8Array, undefined>> => {
      const piece = rest.next();
      if (piece.done !== true) return Promise.resolve({ done: false, value: bytes(piece.value) });
      if (then === 'silence') return waiting.promise;
      if (then === 'cut') return Promise.reject(new UpstreamFault('cut', true, 'cut'));
      return Promise.resolve({ done: true, value: undefined });
    },
    return: (): Promise<IteratorResult<Uint8Array, undefined>> => {
      body.left++;
      waiting.resolve({ done: true, value: undefined });
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return body;
};

const asked = { model: 'm', stream: true, usage: true };
const exchanged = (openedAtMs: number, dialect: CallDialect): Exchange =>
  // What a reply needs of an exchange.
  ({
    ...{ id: 'ex_1', openedAtMs, dialect, prompt: { asked } },
    ...{ received: undefined, usage: undefined, verdict: undefined },
  }) as never;

const take = async (
  status: number,
  headers: Record<string, string>,
  body: ReturnType<typeof bodyOf>,
  now = () => 0,
  dialect: CallDialect = openaiChat,
): Promise<{ reply: Reply; exchange: Exchange; deferred: Promise<unknown>[] }> => {
  const exchange = exchanged(now(), dialect);
  const deferred: Promise<unknown>[] = [];
  const means = { now, hashes, defer: (work: Promise<unknown>) => void deferred.push(work) };
  const reply = await replyOf(exchange, dialect, { status, headers, body }, means);
  return { reply, exchange, deferred };
};

const read = async (reply: Reply): Promise<{ text: string; frames: Frame[] }> => {
  const frames: Frame[] = [];
  for await (const frame of reply.frames) frames.push(frame);
  return { text: frames.map((frame) => new TextDecoder().decode(frame.bytes)).join(''), frames };
};

describe('an upstream reply that cannot be governed', () => {
  it.each([
    ['is compressed', 200, { ...JSON_TYPE, 'content-encoding': 'GZIP' }, 'upstream'],
    ['is compressed though it fails', 500, { 'content-encoding': 'br' }, 'upstream'],
    ['leads elsewhere', 307, { location: 'http://elsewhere/' }, 'upstream'],
    ['has a status beyond HTTP', 600, JSON_TYPE, 'upstream'],
    ['has an interim status', 101, JSON_TYPE, 'upstream'],
    ['has no content', 204, JSON_TYPE, 'upstream'],
    ['is a page', 200, { 'content-type': 'text/html' }, 'upstream'],
    ['refuses our credential', 401, JSON_TYPE, 'upstream_denied'],
    ['asks for a proxy password', 407, JSON_TYPE, 'upstream_denied'],
    ['breaks', 500, JSON_TYPE, 'upstream_failed'],
  ] as const)('because it %s (%i) is refused and its connection let go', async (_, status, headers, code) => {
    const body = bodyOf(['<html>SECRET'], status === 200 ? 'end' : 'silence');
    const caught = await take(status, headers, body).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (code === 'upstream') expect(caught).toMatchObject({ kind: 'protocol', sent: true });
    else expect(caught).toMatchObject({ code });
    expect(String(caught)).not.toContain('SECRET');
    expect(body.left).toBeGreaterThan(0);
  });

  it.each(['', '{"choices":[', '[]', '"x"', '{"choices":[]}}'])(
    'because it is no whole JSON object (%j) is a protocol fault',
    async (text) => {
      await expect(take(200, JSON_TYPE, bodyOf([text]))).rejects.toMatchObject({ kind: 'protocol' });
    },
  );

  it('because it is too long is refused as soon as that is known', async () => {
    let made = 0;
    const endless = (function* () {
      for (const piece = 'x'.repeat(2 ** 20); ; made++) yield piece;
    })();
    await expect(take(200, JSON_TYPE, bodyOf(endless))).rejects.toMatchObject({ kind: 'protocol' });
    expect(made).toBeLessThanOrEqual(65);
    await expect(take(400, JSON_TYPE, bodyOf(endless))).rejects.toMatchObject({ kind: 'protocol' });
    expect(made).toBeLessThanOrEqual(66);
  });

  it('because one of its events is too long is refused, and at no more than that', async () => {
    let made = 0;
    const endless = (function* () {
      for (const piece = 'x'.repeat(2 ** 20); ; made++) yield piece;
    })();
    await expect(take(200, SSE, bodyOf(endless))).rejects.toMatchObject({ kind: 'protocol' });
    expect(made).toBeLessThanOrEqual(9);
  });

  it('because it drips beyond an hour is a timeout, whole or streamed, though no event ends', async () => {
    for (const headers of [SSE, JSON_TYPE]) {
      let now = 0;
      const drips = (function* () {
        for (; ; now += HOUR_MS / 10) yield ':';
      })();
      const body = bodyOf(drips);
      await expect(take(200, headers, body, () => now)).rejects.toMatchObject({ kind: 'timeout' });
      expect(body.left).toBeGreaterThan(0);
    }
  });

  it.each(['end', 'cut'] as const)(
    'because it ends before its first event (%s) has no status yet',
    async (then) => {
      await expect(take(200, SSE, bodyOf(['data: {"a"'], then))).rejects.toMatchObject({ kind: 'cut' });
    },
  );
});

describe('the wait an upstream asks for', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['7', '7'],
    ['0.2', '1'],
    ['86400', '60'],
    ['Thu, 01 Jan 2026 00:00:09 GMT', '9'],
    ['Thu, 01 Jan 2026 02:00:00 GMT', '60'],
    ['Wed, 31 Dec 2025 00:00:00 GMT', '0'],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['Infinity', undefined],
    ['9'.repeat(30), '60'],
  ])('%j reaches the client as %j, for a refusal and for a failure', async (told, seen) => {
    const headers = { ...JSON_TYPE, 'retry-after': told };
    const { reply } = await take(429, headers, bodyOf(['{}']), () => now);
    expect(reply.headers['retry-after']).toBe(seen);
    const failed = await take(503, headers, bodyOf(['{}']), () => now).catch((error: unknown) => error);
    if (!(failed instanceof Refusal)) throw new Error('not refused');
    expect(openaiChat.refusal(failed, 'ex_1').headers['retry-after']).toBe(seen);
  });
});

describe('a stream', () => {
  it('is told by its media type in any case, and by that alone', async () => {
    for (const type of ['Text/Event-Stream', 'text/event-stream;charset=utf-8', ' text/event-stream ;x=y']) {
      const { reply } = await take(200, { 'content-type': type }, bodyOf([DONE]));
      expect([reply.whole, reply.headers['content-type']]).toEqual([false, type]);
    }
    const { reply } = await take(200, { 'content-type': 'text/event-streams' }, bodyOf(['{}']));
    expect(reply.whole).toBe(true);
  });

  it('that is never read, or not to its end, lets go of its upstream', async () => {
    const unread = bodyOf([': one\n\n', ': two\n\n'], 'silence');
    discard((await take(200, SSE, unread)).reply);
    await expect.poll(() => unread.left).toBe(1);
    const half = bodyOf([': one\n\n', ': two\n\n'], 'silence');
    for await (const _ of (await take(200, SSE, half)).reply.frames) break;
    await expect.poll(() => half.left).toBe(1);
    discard(undefined);
  });

  it('whose upstream stays after the last event holds its connection for moments, and nobody up', async () => {
    const body = bodyOf([DONE], 'silence');
    const { reply, deferred } = await take(200, SSE, body);
    expect((await read(reply)).text).toBe(DONE);
    expect(body.left).toBe(0);
    await Promise.all(deferred);
    expect(body.left).toBe(1);
  });

  it('that breaks after its last event is whole, and nobody hears of it', async () => {
    const { reply, deferred } = await take(200, SSE, bodyOf([DONE], 'cut'));
    expect((await read(reply)).frames.at(-1)?.last).toBe(true);
    expect(deferred).toHaveLength(1);
    await Promise.all(deferred);
  });

  it('has no last event when it ends without one', async () => {
    const { reply } = await take(200, SSE, bodyOf([': a\n\n', 'data: x\n']));
    const { text, frames } = await read(reply);
    expect(text).toBe(': a\n\n');
    expect(frames.every(({ last }) => !last)).toBe(true);
  });

  it('that tells of an error in its middle, or a whole reply that does, passes and ends as failed', async () => {
    const inside = '{"error":{"message":"no memory"}}';
    const begun = 'data: {"choices":[]}\n\n';
    const stream = await take(200, SSE, bodyOf([begun, `data: ${inside}\n\n`, DONE]));
    expect([stream.reply.whole, stream.exchange.verdict]).toEqual([false, undefined]);
    expect((await read(stream.reply)).text).toBe(`${begun}data: ${inside}\n\n${DONE}`);
    const whole = await take(200, JSON_TYPE, bodyOf([inside]));
    expect((await read(whole.reply)).text).toBe(inside);
    for (const { exchange } of [stream, whole])
      expect(exchange.verdict).toMatchObject({ ending: 'failed', status: 200, code: 'upstream_failed' });
  });
});

/** An error as the first thing a stream says, in every dialect; each but Ollama's says what it is. */
const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const chat = (error: object): string => `data: ${JSON.stringify({ error })}\n\n`;
const LINES = { 'content-type': 'application/x-ndjson' };
const anthropicSays = (type: string): string => event('error', { error: { type, message: 'Says no.' } });
const responseSays = (code: string): string =>
  event('response.failed', { response: { status: 'failed', error: { code, message: 'Says no.' } } });

describe("a stream whose first event is the upstream's error", () => {
  it.each([
    ['chat with a status', openaiChat, chat({ code: 429, message: 'Says no.' }), 429],
    ['chat with a status as text', openaiChat, chat({ code: '404', message: 'Says no.' }), 404],
    ['chat with a code', openaiChat, chat({ code: 'context_length_exceeded', message: 'Says no.' }), 400],
    ['chat with a type', openaiChat, chat({ type: 'invalid_request_error', message: 'Says no.' }), 400],
    ['messages', anthropicMessages, anthropicSays('rate_limit_error'), 429],
    ['messages', anthropicMessages, anthropicSays('invalid_request_error'), 400],
    [
      'responses by its error event',
      openaiResponses,
      event('error', { code: 'rate_limit_exceeded', message: 'Says no.' }),
      429,
    ],
    ['responses by one that failed', openaiResponses, responseSays('context_length_exceeded'), 400],
  ] as const)(
    '(%s) is a reply of its own status, in the words of its dialect',
    async (_, dialect, first, status) => {
      const body = bodyOf([first, first], 'silence');
      const { reply, exchange } = await take(200, SSE, body, undefined, dialect);
      expect([reply.whole, reply.status, reply.headers['content-type']]).toEqual([
        true,
        status,
        'application/json',
      ]);
      const { text } = await read(reply);
      expect(JSON.parse(text).error.message).toContain('Says no.');
      expect(exchange.verdict).toMatchObject({ ending: 'failed', status, code: 'upstream_refused' });
      expect(body.left).toBe(1);
    },
  );

  it.each([
    ['chat', openaiChat, chat({ code: 503, message: 'SECRET' }), 503],
    ['chat without a code', openaiChat, chat({ message: 'SECRET' }), 502],
    ['chat with no status of HTTP', openaiChat, chat({ code: 429.5, message: 'SECRET' }), 502],
    ['chat with a code nobody knows', openaiChat, chat({ code: 'constructor', message: 'SECRET' }), 502],
    ['messages', anthropicMessages, anthropicSays('overloaded_error'), 529],
    ['messages', anthropicMessages, anthropicSays('api_error'), 500],
    ['responses', openaiResponses, responseSays('server_is_overloaded'), 529],
    ['responses', openaiResponses, responseSays('server_error'), 500],
    ['Ollama', ollamaChat, '{"error":"SECRET"}\n', 502],
  ] as const)(
    '(%s) that it broke (%#) is told with its status and without its words',
    async (_, dialect, first, status) => {
      const body = bodyOf([first], 'silence');
      const headers = { ...(dialect === ollamaChat ? LINES : SSE), 'retry-after': '90' };
      const caught = await take(200, headers, body, undefined, dialect).catch((error: unknown) => error);
      if (!(caught instanceof Refusal)) throw new Error('not refused');
      expect([caught.code, caught.status, caught.extra.retryAfterS]).toEqual(['upstream_failed', status, 60]);
      expect(dialect.refusal(caught, 'ex_1').body).not.toMatch(/SECRET|Says no/);
      expect(body.left).toBeGreaterThan(0);
    },
  );

  it.each([
    [openaiChat, chat({ code: 'invalid_api_key', message: 'sk-SECRET' })],
    [anthropicMessages, anthropicSays('authentication_error')],
    [anthropicMessages, anthropicSays('permission_error')],
  ])('that our credential is refused is told as ours (%#)', async (dialect, first) => {
    await expect(take(200, SSE, bodyOf([first]), undefined, dialect)).rejects.toMatchObject({
      code: 'upstream_denied',
    });
  });
});
