// Gemini in trouble, asked by its package: no reply that broke looks whole, and what went wrong is told as what it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import { geminiEvent, geminiEvents, geminiStream, geminiWhole, googleError } from '../kit/cloud/gemini.ts';
import type { Upstream } from '../kit/upstream.ts';
import { gzipped, json, redirect, startUpstream, truncated } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Clouds;
beforeAll(async () => {
  upstream = await startUpstream(() => geminiWhole([{ text: 'Good morning.' }]));
  gateway = await startClouds(
    [{ name: 'google', provider: 'google', url: upstream.url, secret: 'AIza-a-key-of-ours' }],
    { gemini: [['google', 'gemini-2.5-flash']] },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const asking = (more: object = {}) => ({
  model: 'gemini',
  messages: [{ role: 'user', content: 'Good morning' }],
  ...more,
});
const chat = (more: object = {}) => gateway.ask('/v1/chat/completions', asking(more));
const claude = (more: object = {}) => gateway.ask('/v1/messages', { max_tokens: 100, ...asking(more) });
const last = () => {
  const seen = upstream.requests.at(-1);
  if (seen === undefined) throw new Error('nothing was asked');
  return seen;
};

describe('Gemini in trouble', () => {
  it.each([
    [googleError(400, 'INVALID_ARGUMENT', 'contents is not specified'), 400, 'contents is not specified'],
    [googleError(404, 'NOT_FOUND', 'no such model'), 404, 'no such model'],
    [googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'), 429, 'Quota exceeded'],
    [googleError(403, 'PERMISSION_DENIED', 'AIza is wrong'), 502, undefined],
    [
      googleError(400, 'INVALID_ARGUMENT', 'API key not valid.', [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
      ]),
      502,
      undefined,
    ],
    [googleError(500, 'INTERNAL', 'secret trouble'), 500, undefined],
    [googleError(503, 'UNAVAILABLE', 'secret trouble'), 503, undefined],
    [{ status: 502, body: '<html>secret trouble' }, 502, undefined],
  ])(
    'that says no (%#) is told in the words of the client, and asked once',
    async (script, status, message) => {
      for (const stream of [false, true]) {
        const before = upstream.requests.length;
        upstream.next(script);
        const reply = await claude({ stream });
        const told = JSON.parse(reply.text);
        expect([reply.status, told.type]).toEqual([status, 'error']);
        if (message === undefined) expect(told.error.message).not.toMatch(/AIza|secret|API key/);
        else expect(told.error.message).toContain(message);
        expect(upstream.requests).toHaveLength(before + 1);
        expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed', status });
      }
    },
  );

  it.each([
    ['is redirected', () => redirect(`${upstream.url}/elsewhere`), 'upstream_protocol'],
    ['is compressed', () => gzipped({}), 'upstream_protocol'],
    ['is no JSON', () => ({ body: '<html>' }), 'upstream_protocol'],
    ['is another JSON', () => json({ choices: [] }), 'upstream_protocol'],
    ['is cut', () => truncated('{"candidates":[{"content":{"parts":[{"text":"Good'), 'upstream_cut'],
    ['has no answer', () => ({ cut: true }) as const, 'upstream_cut'],
  ])('whose whole reply %s is a fault of its kind', async (_, script, code) => {
    const before = upstream.requests.length;
    upstream.next(script());
    const reply = await chat();
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([502, code]);
    expect(upstream.requests).toHaveLength(before + 1);
    const seal = await gateway.sealOf(reply);
    expect(seal).toMatchObject({ ending: 'failed', code, backend: 'google' });
    expect(seal.sent_sha256).toBe(gateway.real.hashes.sha256Hex(last().body));
  });

  it('whose stream breaks off never looks whole, wherever it does', async () => {
    const events = geminiEvents([
      [{ text: 'Good ' }],
      [{ text: 'Let me see.', thought: true }],
      [{ functionCall: { name: 'weather', args: {} } }],
      [{ text: 'morning, ' }],
      [{ text: 'all.' }],
    ]);
    const wire = Buffer.from(events.join(''));
    for (let end = 0; end < wire.length - 4; end += 61)
      for (const how of [{ cutAfter: 1 }, {}]) {
        upstream.next(
          geminiStream(
            [wire.subarray(0, end).toString('latin1')].map(() => ''),
            {},
          ),
        );
        upstream.forget();
        upstream.next({
          sse: [wire.subarray(0, end)],
          headers: { 'content-type': 'text/event-stream' },
          ...how,
        });
        const reply = await chat({ stream: true });
        expect(reply.text).not.toContain('[DONE]');
        expect(reply.text).not.toMatch(/"finish_reason":"/);
        expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed', code: 'upstream_cut' });
      }
  });

  it('that fails before it says anything has the status of its failure', async () => {
    const failing = geminiEvent({
      error: { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED' },
    });
    upstream.next(geminiStream([failing]));
    const reply = await claude({ stream: true });
    expect([reply.status, JSON.parse(reply.text).error.type]).toEqual([429, 'rate_limit_error']);
    upstream.next(geminiStream([...geminiEvents([[{ text: 'Good ' }], []]).slice(0, 1), failing]));
    const later = await claude({ stream: true });
    expect([later.status, later.text.includes('message_stop')]).toEqual([200, false]);
    expect(later.text).toMatch(/event: error\n/);
    expect(await gateway.sealOf(later)).toMatchObject({ ending: 'failed' });
  });

  it('that blocks a prompt says so as a refusal', async () => {
    upstream.next(
      json({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } }),
    );
    const reply = await chat();
    expect([reply.status, JSON.parse(reply.text).choices[0].finish_reason]).toEqual([200, 'content_filter']);
  });

  it('is left at once when the client leaves, whole or streamed', async () => {
    for (const stream of [true, false]) {
      const before = upstream.requests.length;
      upstream.next(
        stream
          ? geminiStream(
              geminiEvents([[{ text: 'one ' }], [{ text: 'two ' }], [{ text: 'three' }]]).slice(0, 2),
              { hang: true },
            )
          : { stall: 60_000 },
      );
      const call = gateway.start('/v1/chat/completions', asking({ stream }));
      const seen = await upstream.arrived(before);
      if (stream) await call.head;
      call.abort();
      expect(await seen.closed).toBe('aborted');
    }
    const { rows } = { rows: await gateway.since(0) };
    expect(rows.filter(({ kind, body }) => kind === 'seal' && body.ending === 'abandoned')).toHaveLength(2);
  });

  it.each([true, false])(
    'whose reply has no end is left before it fills the memory (streamed: %s)',
    async (stream) => {
      upstream.next({
        headers: { 'content-type': stream ? 'text/event-stream' : 'application/json' },
        body: function* () {
          // Events that do end count for nothing.
          if (stream)
            for (const event of geminiEvents(Array(50).fill([{ thoughtSignature: 'c2ln', text: '' }])))
              yield Buffer.from(event.replace(',"finishReason":"STOP"', ''));
          yield Buffer.from(`${stream ? 'data: ' : ''}{"candidates":[{"content":{"parts":[{"text":"`);
          for (const piece = Buffer.alloc(256 * 1024, 'a'); ; ) yield piece;
        },
      });
      const reply = await chat({ stream });
      if (reply.status === 200) expect(reply.text).not.toContain('[DONE]');
      expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed', code: 'upstream_protocol' });
    },
  );
});
