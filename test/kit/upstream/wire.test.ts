import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawPost, rawRequest } from '../clients.ts';
import type { Upstream } from '../upstream.ts';
import { cut, huge, stall, startUpstream, truncated } from '../upstream.ts';

const path = '/v1/chat/completions';
const hello = { model: 'scripted-large', messages: [{ role: 'user', content: 'hello over there' }] };

let upstream: Upstream;

beforeEach(async () => {
  upstream = await startUpstream();
});

afterEach(() => upstream.stop());

describe('the wire, seen raw', () => {
  it('keeps every byte of a body, JSON or not', async () => {
    const body = randomBytes(300_000);
    const reply = await rawPost({
      url: upstream.url,
      path: '/any?x=1',
      headers: { 'X-Mixed-Case': 'v' },
      body,
    }).done;
    expect(reply).toMatchObject({ status: 404, complete: true });
    const seen = upstream.requests[0];
    expect(seen?.body.equals(body)).toBe(true);
    expect(seen?.json).toBeUndefined();
    expect(seen?.rawHeaders).toContain('X-Mixed-Case');
  });

  it('sends the pieces of a stream as given, each on its own', async () => {
    const sse = [
      'data: {"a"',
      ':1}\n',
      '\n',
      new Uint8Array([0xc3]),
      new Uint8Array([0xa9, 0x0a]),
      'data: [DONE]\r\n\r\n',
    ];
    upstream.next({ sse, delayMs: 20 });
    const heard: number[] = [];
    const reply = await rawPost({
      url: upstream.url,
      path,
      body: hello,
      onChunk: (piece) => heard.push(piece.at),
    }).done;
    expect(reply.complete).toBe(true);
    expect(reply.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(reply.pieces.map((piece) => piece.bytes)).toEqual(sse.map((piece) => Buffer.from(piece)));
    expect(heard).toEqual(reply.pieces.map((piece) => piece.at));
    expect((heard.at(-1) ?? 0) - (heard[0] ?? 0)).toBeGreaterThan(80);
  });

  it('tells a clean end from a cut one', async () => {
    upstream.next({ sse: ['a', 'b', 'c'], cutAfter: 2 });
    expect(await rawPost({ url: upstream.url, path, body: hello }).done).toMatchObject({
      status: 200,
      complete: false,
      text: 'ab',
    });
    upstream.next(truncated('half', 4));
    const short = await rawPost({ url: upstream.url, path, body: hello }).done;
    expect(short).toMatchObject({
      status: 200,
      complete: false,
      text: 'half',
      headers: { 'content-length': '8' },
    });
    upstream.next(cut());
    expect(await rawPost({ url: upstream.url, path, body: hello }).done).toMatchObject({
      status: 0,
      complete: false,
    });
  });

  it('sees a client that leaves a hanging stream, or a stalled request', async () => {
    upstream.next({ sse: ['x'], hang: true });
    const call = rawPost({ url: upstream.url, path, body: hello });
    expect((await call.head).status).toBe(200);
    call.abort();
    expect(await call.done).toMatchObject({ complete: false });
    expect(await upstream.requests[0]?.closed).toBe('aborted');
    upstream.next(stall(60_000));
    const second = rawPost({ url: upstream.url, path, body: hello });
    const seen = await upstream.arrived(1);
    second.abort();
    expect(await second.done).toMatchObject({ status: 0 });
    expect(await seen.closed).toBe('aborted');
  });

  it('sends a huge reply whole', async () => {
    upstream.next(huge(20));
    const reply = await rawPost({ url: upstream.url, path, body: hello }).done;
    expect(reply.complete).toBe(true);
    expect(JSON.parse(reply.text).choices[0].message.content).toHaveLength(20 * 1024 * 1024);
  });

  it('answers raw bytes on a socket', async () => {
    const odd = await rawRequest(upstream.port, 'BREW /v1/models HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(odd).toMatchObject({ ended: 'closed', text: expect.stringMatching(/^HTTP\/1\.1 400 /) });
    const pieces = ['GET /v1/mo', 'dels HTTP/1.1\r\nhost: x\r\nconn', 'ection: close\r\n\r\n'];
    const split = await rawRequest(upstream.port, pieces, { gapMs: 10 });
    expect(split).toMatchObject({ ended: 'closed', text: expect.stringContaining('"object":"list"') });
    expect((await rawRequest(upstream.port, 'GET / HT', { timeoutMs: 100 })).ended).toBe('timeout');
  });

  it('answers by a script, by the request', async () => {
    const scripted = await startUpstream((seen) =>
      seen.path === '/ping' ? { body: 'pong', headers: { 'content-type': 'text/plain' } } : undefined,
    );
    expect((await rawPost({ url: scripted.url, path: '/ping', method: 'GET' }).done).text).toBe('pong');
    expect((await rawPost({ url: scripted.url, path: '/v1/models', method: 'GET' }).done).status).toBe(200);
    await scripted.stop();
  });
});
