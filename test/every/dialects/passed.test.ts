// Every dialect passes through where both sides speak it: bytes in, bytes out, the model's name and our credential alone are ours,
// and every exchange is recorded however it ends.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { exchangeOf } from '../../kit/chat.ts';
import { rawPost } from '../../kit/clients.ts';
import type { Started } from '../../kit/gateway.ts';
import { startGateway } from '../../kit/gateway.ts';
import { ALL, headersOf, SECRET, setupOfAll } from '../../kit/spoken/calls.ts';
import type { Spoken } from '../../kit/spoken/index.ts';
import { SPOKEN } from '../../kit/spoken/index.ts';
import type { Scripted, Upstream } from '../../kit/upstream.ts';
import { startUpstream } from '../../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setupOfAll(upstream.url) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Sending = { readonly key?: string; readonly headers?: Readonly<Record<string, string>> };

const post = async (
  spoken: Spoken,
  body: unknown,
  reply?: Scripted,
  { key = 'plain', headers = {} }: Sending = {},
) => {
  const before = upstream.requests.length;
  if (reply !== undefined) upstream.next(reply);
  const sent = headersOf(spoken, gateway.keys[key], headers);
  const done = await rawPost({ url: gateway.url, path: spoken.path, headers: sent, body }).done;
  const seen = upstream.requests[before];
  if (seen === undefined) upstream.forget();
  return { reply: done, seen };
};

describe('the tests', () => {
  it('speak every dialect of the rack', () => {
    const calls = dialects.filter(({ kind }) => kind === 'call').map(({ name }) => name);
    expect(SPOKEN.map(({ dialect }) => dialect).sort()).toEqual(calls.sort());
  });
});

describe.each(SPOKEN.map((spoken) => ({ name: spoken.dialect, spoken })))('$name', ({ spoken }) => {
  it('whole: the very bytes both ways but for the model, recorded with its usage', async () => {
    const text = JSON.stringify(
      { ...spoken.body('Good day', spoken.unstreamed), later_field: [1.0, { x: null }] },
      null,
      1,
    );
    const body = text.replace('"later_field": [', '"later_field":   [');
    const answer = `\n ${spoken.whole('Hello \u00e9')}\r\n`;
    const { reply, seen } = await post(spoken, body, { body: answer });
    expect([reply.status, reply.text]).toEqual([200, answer]);
    expect(seen?.path).toBe(spoken.upstreamPath);
    expect(seen?.body.toString()).toBe(body.replace('"small"', '"upstream-small"'));
    expect(seen?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, ...spoken.headers });
    expect(seen?.rawHeaders.join('\n')).not.toContain(gateway.keys.plain);
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({
      dialect: spoken.dialect,
      endpoint: spoken.endpoint,
      ending: 'complete',
      status: 200,
      model: 'small',
      model_used: 'upstream-small',
      stream: false,
      usage: spoken.usage,
      prompt_sha256: sha256(body),
      reply_sha256: sha256(answer),
      delivered_sha256: sha256(reply.body),
    });
  });

  it('is refused in its own shape without a key, with a model or an endpoint it may not use', async () => {
    const body = spoken.body('x', spoken.unstreamed);
    const other = ALL.find((endpoint) => endpoint !== spoken.endpoint) ?? '';
    for (const [sending, status] of [
      [{ key: 'nobody' }, 401],
      [{ key: 'nobody', headers: { [spoken.keyHeader]: 'Bearer gtk_wrong' } }, 401],
      [{ key: 'narrow' }, 403],
      [{ key: other }, 403],
    ] as const) {
      const { reply, seen } = await post(spoken, body, undefined, sending);
      expect([reply.status, seen]).toEqual([status, undefined]);
      spoken.mustBeError(reply.text, status);
      expect(exchangeOf(reply)).toMatch(/^ex_/);
    }
    const { reply } = await post(spoken, { ...body, model: 'nowhere' });
    expect(reply.status).toBe(404);
    spoken.mustBeError(reply.text, 404);
  });

  it('takes a key in any of the three headers, and never passes one on', async () => {
    const key = gateway.keys.plain ?? '';
    for (const headers of [
      { authorization: `Bearer ${key}` },
      { 'x-api-key': key },
      { 'x-gatehouse-key': key, authorization: 'Bearer sk-ant-oat-callers' },
    ]) {
      const answer = { body: spoken.whole('x') };
      const { reply, seen } = await post(spoken, spoken.body('x', spoken.unstreamed), answer, {
        key: 'nobody',
        headers,
      });
      expect(reply.status).toBe(200);
      const sent = seen?.rawHeaders.join('\n') ?? '';
      for (const hidden of [key, 'callers', 'gatehouse-key']) expect(sent).not.toContain(hidden);
    }
  });

  it.each(spoken.malformed.map(([name, body, param]) => ({ name, body, param })))(
    'refuses $name as 400, naming the parameter',
    async ({ body, param }) => {
      const { reply, seen } = await post(spoken, body);
      expect([reply.status, seen]).toEqual([400, undefined]);
      spoken.mustBeError(reply.text, 400);
      expect(reply.text).toContain(param.split(/[.[]/)[0]);
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'refused', status: 400 });
    },
  );

  it.each(['', '{', 'null', '[]', '"x"', '{"model":"small","model":"small"}', '{"Model":"small"}'])(
    'refuses the body %j',
    async (body) => {
      const { reply, seen } = await post(spoken, body);
      expect([reply.status, seen]).toEqual([400, undefined]);
      spoken.mustBeError(reply.text, 400);
    },
  );

  it("passes an upstream's no as it is, and tells its failures in our words", async () => {
    const body = spoken.body('x', spoken.unstreamed);
    const no = await post(spoken, body, { status: 400, body: spoken.error });
    expect([no.reply.status, no.reply.text]).toEqual([400, spoken.error]);
    expect(await gateway.record(exchangeOf(no.reply))).toMatchObject({ ending: 'failed', status: 400 });
    const busy = await post(spoken, body, {
      status: 429,
      body: spoken.error,
      headers: { 'retry-after': '900' },
    });
    expect([busy.reply.status, busy.reply.headers['retry-after']]).toEqual([429, '60']);
    for (const [status, told] of [
      [401, 502],
      [500, 500],
      [529, 529],
      [503, 503],
    ] as const) {
      const { reply } = await post(spoken, body, {
        status,
        body: 'SECRET',
        headers: { 'retry-after': '900' },
      });
      expect(reply.status).toBe(told);
      spoken.mustBeError(reply.text, told);
      expect(reply.text).not.toContain('SECRET');
      expect(reply.headers['retry-after']).toBe(status === 401 ? undefined : '60');
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'failed', status: told });
    }
  });

  it('is no answer when the upstream is cut, or answers with something else', async () => {
    const body = spoken.body('x', spoken.unstreamed);
    const whole = spoken.whole('Hello');
    for (const answer of [
      { cut: true },
      { truncated: whole, missing: 5 },
      { body: whole.slice(0, -3) },
      { body: '[]' },
    ] as const) {
      const { reply } = await post(spoken, body, answer);
      expect(reply.status).toBe(502);
      spoken.mustBeError(reply.text, 502);
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'failed', status: 502 });
    }
  });

  it('passes over a backend that does not speak it, and says so', async () => {
    const { reply } = await post(
      spoken,
      { ...spoken.body('x', spoken.unstreamed), model: 'later' },
      { body: spoken.whole('x') },
    );
    expect(reply.status).toBe(200);
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({
      backend: 'lan',
      route: [
        { backend: 'mute', model: 'm', passed_over: 'dialect' },
        { backend: 'lan', model: 'upstream-small', passed_over: null },
      ],
    });
    const none = await post(spoken, { ...spoken.body('x', spoken.unstreamed), model: 'none' });
    expect([none.reply.status, none.seen]).toEqual([400, undefined]);
    spoken.mustBeError(none.reply.text, 400);
    expect(none.reply.text).toContain(spoken.dialect);
    expect(await gateway.record(exchangeOf(none.reply))).toMatchObject({
      ending: 'refused',
      code: 'dialect_not_spoken',
      route: [{ backend: 'mute', model: 'm', passed_over: 'dialect' }],
    });
  });
});

describe('the query', () => {
  it.each([
    ['/v1/messages?beta=true', '/v1/messages?beta=true'],
    ['/v1/messages?x=1&beta=true&api-key=SECRET', '/v1/messages?beta=true'],
    ['/v1/messages/count_tokens?beta=true', '/v1/messages/count_tokens?beta=true'],
    ['/v1/messages?beta=false', '/v1/messages'],
    ['/v1/responses?beta=true&api-version=1', '/v1/responses'],
  ])('of %s goes on as %s: what chooses a beta, and nothing else', async (path, sent) => {
    const spoken = SPOKEN.find((each) => path.split('?')[0] === each.path);
    if (spoken === undefined) throw new Error('a dialect');
    const { reply, seen } = await post({ ...spoken, path }, spoken.body('x'), { body: spoken.whole('x') });
    expect([reply.status, seen?.path]).toEqual([200, sent]);
  });
});
