// Every dialect passes through where both sides speak it: bytes in, bytes out, the model's name and our credential alone are ours,
// and every exchange is recorded however it ends.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { exchangeOf } from '../../kit/chat.ts';
import type { RawReply } from '../../kit/clients.ts';
import { rawPost } from '../../kit/clients.ts';
import type { Started } from '../../kit/gateway.ts';
import { startGateway } from '../../kit/gateway.ts';
import type { Spoken } from '../../kit/spoken/index.ts';
import { SPOKEN } from '../../kit/spoken/index.ts';
import type { Scripted, Seen, Upstream } from '../../kit/upstream.ts';
import { startUpstream } from '../../kit/upstream.ts';

const ALL = ['chat', 'completions', 'embeddings'];
const SECRET = 'upstream-secret-0123456789';
const CALLS = [...new Set(SPOKEN.map(({ dialect }) => dialect))];

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const useCases = [
    { name: 'plain', endpoints: ALL },
    { name: 'narrow', endpoints: ALL, models: ['other'] },
    ...ALL.map((endpoint) => ({ name: endpoint, endpoints: [endpoint] })),
  ];
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: [
        {
          name: 'lan',
          provider: 'compatible',
          url: upstream.url,
          zone: 'on_prem',
          secret: SECRET,
          dialects: CALLS,
        },
        { name: 'mute', provider: 'azure', url: upstream.url, zone: 'on_prem', dialects: [] },
      ],
      models: [
        { name: 'small', targets: [{ backend: 'lan', model: 'upstream-small' }] },
        {
          name: 'later',
          targets: [
            { backend: 'mute', model: 'm' },
            { backend: 'lan', model: 'upstream-small' },
          ],
        },
        { name: 'none', targets: [{ backend: 'mute', model: 'm' }] },
      ],
      use_cases: useCases.map((useCase) => ({ team: 'crew', models: ['*'], ...useCase })),
      keys: useCases.map(({ name }) => ({ name, use_case: name })),
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Sending = {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
};

const headersOf = (spoken: Spoken, { key = 'plain', headers = {} }: Sending) => {
  const text = gateway.keys[key];
  const credential = spoken.keyHeader === 'x-api-key' ? text : `Bearer ${text}`;
  return {
    'content-type': 'application/json',
    ...(text === undefined ? {} : { [spoken.keyHeader]: credential }),
    ...spoken.headers,
    ...headers,
  };
};

const post = async (
  spoken: Spoken,
  body: unknown,
  reply?: Scripted,
  sending: Sending = {},
): Promise<{ reply: RawReply; seen: Seen | undefined }> => {
  const before = upstream.requests.length;
  if (reply !== undefined) upstream.next(reply);
  const { url } = gateway;
  const path = spoken.path + (sending.query ?? '');
  const done = await rawPost({ url, path, headers: headersOf(spoken, sending), body }).done;
  return { reply: done, seen: upstream.requests[before] };
};

const asStream = (spoken: Spoken, pieces: readonly string[], more: object = {}): Scripted => ({
  sse: spoken.stream?.(pieces) ?? [],
  headers: { 'content-type': spoken.streamType },
  ...more,
});

const streaming = SPOKEN.filter(({ stream }) => stream !== null);
const named = (list: readonly Spoken[]) => list.map((spoken) => ({ name: spoken.dialect, spoken }));

describe('the tests', () => {
  it('speak every dialect of the rack but OpenAI chat, which has tests of its own', () => {
    const calls = dialects.filter(({ kind }) => kind === 'call').map(({ name }) => name);
    expect([...CALLS, 'openai-chat'].sort()).toEqual(calls.sort());
  });
});

describe.each(named(SPOKEN))('$name', ({ spoken }) => {
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

describe.each(named(streaming))('$name, streamed', ({ spoken }) => {
  const body = spoken.body('Good day', spoken.streamed);

  it('passes every frame as it came, whatever it holds, and records its usage', async () => {
    const frames = spoken.stream?.(['Hel', 'lo ', '\u00e9']).join('') ?? '';
    const { reply, seen } = await post(spoken, body, asStream(spoken, ['Hel', 'lo ', '\u00e9']));
    expect([reply.status, reply.text, reply.complete]).toEqual([200, frames, true]);
    expect(reply.headers['content-type']).toBe(spoken.streamType);
    expect(seen?.json).toMatchObject({ ...spoken.streamed });
    for (const text of spoken.saidIn(reply.text)) expect(text).toBe('Hello \u00e9');
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({
      ending: 'complete',
      stream: true,
      usage: spoken.usage,
      reply_sha256: sha256(frames),
      delivered_sha256: sha256(frames),
    });
  });

  it('cut anywhere before its end never looks complete, and has the error of its dialect', async () => {
    const frames = spoken.stream?.(['Hel', 'lo']) ?? [];
    for (let cutAfter = 1; cutAfter < frames.length; cutAfter++) {
      const { reply } = await post(spoken, body, asStream(spoken, ['Hel', 'lo'], { cutAfter }));
      expect(reply.status).toBe(200);
      expect(spoken.ends(reply.text)).toBe(false);
      spoken.mustBeError(spoken.errorIn(reply.text) ?? '', 502);
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({
        ending: 'failed',
        code: 'upstream_cut',
      });
    }
    // An upstream that ends its transfer in good order, but not its stream.
    const { reply } = await post(spoken, body, {
      sse: frames.slice(0, -1),
      headers: { 'content-type': spoken.streamType },
    });
    expect([spoken.ends(reply.text), reply.complete]).toEqual([false, false]);
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'failed', code: 'upstream_cut' });
  });

  it('that breaks off with an error of its upstream passes it, and is recorded as failed', async () => {
    const [first = ''] = spoken.stream?.(['x']) ?? [];
    const ours = dialects.find(({ name }) => name === spoken.dialect);
    if (ours?.kind !== 'call') throw new Error('a call');
    const { Refusal } = await import('../../../src/refusal.ts');
    const fault = ours.fault(new Refusal('upstream_failed'), 'req_upstream').bytes;
    const { reply } = await post(spoken, body, {
      sse: [first, fault],
      headers: { 'content-type': spoken.streamType },
    });
    expect(reply.text).toContain(Buffer.from(fault).toString());
    expect(spoken.ends(reply.text)).toBe(false);
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'failed' });
  });

  it('is let go of upstream when its client hangs up', async () => {
    const before = upstream.requests.length;
    upstream.next({
      ...asStream(spoken, ['x']),
      sse: (spoken.stream?.(['x']) ?? []).slice(0, -1),
      hang: true,
    } as Scripted);
    const call = rawPost({ url: gateway.url, path: spoken.path, headers: headersOf(spoken, {}), body });
    const head = await call.head;
    const seen = await upstream.arrived(before);
    call.abort();
    expect(await seen.closed).toBe('aborted');
    expect(await gateway.record(exchangeOf(head))).toMatchObject({ ending: 'abandoned', status: 200 });
  });
});
