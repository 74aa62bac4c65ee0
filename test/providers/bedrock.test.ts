// Claude on Bedrock as its maker has it: told in InvokeModel, signed, streamed as server-sent events out of AWS's own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AWS_STREAM, awsChunk, awsEvent, awsException } from '../kit/cloud/aws-stream.ts';
import { CLOUD_KEYS } from '../kit/cloud/backends.ts';
import { EVENTS, streamOf, WHOLE } from '../kit/cloud/claude.ts';
import { awsError } from '../kit/cloud/converse.ts';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import { AWS_KEYS, awsSecret } from '../kit/cloud/secrets.ts';
import { signatureFault } from '../kit/cloud/sigv4.ts';
import type { Upstream } from '../kit/upstream.ts';
import { json, redirect, startUpstream } from '../kit/upstream.ts';

const REGION = 'eu-central-1';
const MODEL = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const PATH = `/model/${encodeURIComponent(MODEL)}`;
const KNOWN = { ...CLOUD_KEYS, region: REGION };

let upstream: Upstream;
let gateway: Clouds;
beforeAll(async () => {
  upstream = await startUpstream((seen) => {
    const isStreamed = seen.path.endsWith('-stream');
    return isStreamed ? streamOf(EVENTS) : json(WHOLE);
  });
  const { url } = upstream;
  gateway = await startClouds(
    [
      { name: 'bedrock', provider: 'bedrock', url, secret: awsSecret({ region: REGION }) },
      {
        name: 'session',
        provider: 'bedrock',
        url,
        secret: awsSecret({ region: REGION, session_token: 'a-session-token' }),
      },
      { name: 'key', provider: 'bedrock', url, secret: 'a-bedrock-api-key' },
      { name: 'native', provider: 'bedrock', url: `${url}/anthropic`, secret: awsSecret({ region: REGION }) },
      { name: 'near', provider: 'bedrock', url, secret: 'a-bedrock-api-key', zone: 'on_prem' },
    ],
    { claude: [['bedrock', MODEL]] },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const body = (more: object = {}) => ({
  model: 'claude',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Good morning' }],
  ...more,
});
const ask = (more: object = {}, headers: Record<string, string> = {}, key = 'open') =>
  gateway.ask('/v1/messages?beta=true', body(more), { key, headers });
const last = () => {
  const seen = upstream.requests.at(-1);
  if (seen === undefined) throw new Error('nothing was asked');
  return seen;
};

describe('Claude on Bedrock', () => {
  it('is asked by InvokeModel: no model and no stream in the body, the version and the betas in it', async () => {
    for (const stream of [false, true]) {
      const headers = {
        'anthropic-version': '2023-06-01',
        'anthropic-beta':
          'claude-code-20250219,context-1m-2025-08-07,advanced-tool-use-2025-11-20,new-2030-01-01',
      };
      const reply = await ask({ stream, unknown_tomorrow: 1.0 }, headers);
      expect(reply.status).toBe(200);
      const { path, json: sent, headers: got, body: bytes } = last();
      expect(path).toBe(`${PATH}/${stream ? 'invoke-with-response-stream' : 'invoke'}`);
      expect(sent).toEqual({
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Good morning' }],
        unknown_tomorrow: 1,
        anthropic_version: 'bedrock-2023-05-31',
        anthropic_beta: ['context-1m-2025-08-07', 'tool-search-tool-2025-10-19', 'new-2030-01-01'],
      });
      expect(
        Object.keys(got).filter((name) => name.startsWith('anthropic-') || name === 'x-gatehouse-key'),
      ).toEqual([]);
      expect(await gateway.sealOf(reply)).toMatchObject({
        ending: 'complete',
        backend: 'bedrock',
        zone: 'cloud',
        model_used: MODEL,
        usage: { input_tokens: 9, output_tokens: 5 },
        sent_sha256: gateway.real.hashes.sha256Hex(bytes),
      });
    }
  });

  it('is asked with a signature over what was sent, by the secret and nothing else', async () => {
    for (const stream of [false, true]) {
      await ask({ stream });
      expect(signatureFault(last(), KNOWN)).toBeUndefined();
      expect(signatureFault({ ...last(), body: Buffer.from('{}') }, KNOWN)).toBe('a wrong signature');
      expect(signatureFault(last(), { ...KNOWN, secret: 'another' })).toBe('a wrong signature');
      expect(JSON.stringify(last().rawHeaders)).not.toContain(AWS_KEYS.secret_access_key);
    }
    const time = String(last().headers['x-amz-date']);
    const atMs = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
    expect(Math.abs(Date.now() - atMs)).toBeLessThan(60_000);
  });

  it('is asked with the token of a session, signed too, or with a key', async () => {
    await ask({ model: `session/${MODEL}` });
    expect(last().headers['x-amz-security-token']).toBe('a-session-token');
    expect(signatureFault(last(), KNOWN)).toBeUndefined();
    await ask({ model: `key/${MODEL}` });
    expect(last().headers.authorization).toBe('Bearer a-bedrock-api-key');
    expect(last().headers).not.toHaveProperty('x-amz-date');
  });

  it('answers whole as Anthropic does', async () => {
    const reply = await ask();
    expect(JSON.parse(reply.text)).toEqual(WHOLE);
  });

  it('streams as Anthropic does, at every cut of what AWS carries it in', async () => {
    const wire = Buffer.concat(EVENTS.map(awsChunk));
    const plain = EVENTS.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    for (let cut = 1; cut < wire.length; cut += 37) {
      upstream.next({ sse: [wire.subarray(0, cut), wire.subarray(cut)], headers: AWS_STREAM });
      const reply = await ask({ stream: true });
      expect([reply.status, reply.complete, reply.headers['content-type']]).toEqual([
        200,
        true,
        'text/event-stream',
      ]);
      // Texts are held while they may go on: the events are the same, though not each on its own.
      expect(saidIn(reply.text)).toBe('Good mörning to you.');
      expect(reply.text.startsWith(plain.slice(0, plain.indexOf('event: content_block_delta')))).toBe(true);
      expect(reply.text.endsWith(plain.slice(plain.indexOf('event: content_block_stop')))).toBe(true);
    }
  });

  it('that breaks off never looks whole, wherever it does', async () => {
    const wire = Buffer.concat(EVENTS.map(awsChunk));
    for (let end = 0; end < wire.length - 1; end += 101)
      for (const how of [{ cutAfter: 1 }, {}]) {
        upstream.next({ sse: [wire.subarray(0, end)], headers: AWS_STREAM, ...how });
        const reply = await ask({ stream: true });
        expect(reply.text).not.toContain('message_stop');
        expect((await gateway.sealOf(reply)).ending).toBe('failed');
        if (reply.status === 200) expect(reply.text).toMatch(/event: error\ndata: .*\n\n$/);
        else expect(reply.status).toBe(502);
      }
  });

  it('whose messages are not what their checksums say is a fault', async () => {
    const wire = Buffer.concat(EVENTS.map(awsChunk));
    for (const at of [0, 9, 60, wire.length - 2]) {
      const broken = Buffer.from(wire);
      broken[at] = (broken[at] ?? 0) ^ 1;
      upstream.next({ sse: [broken], headers: AWS_STREAM });
      const reply = await ask({ stream: true });
      expect(reply.text).not.toContain('message_stop');
      expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed' });
    }
  });

  it.each([
    ['throttlingException', 429, 'rate_limit_error'],
    ['validationException', 400, 'invalid_request_error'],
    ['serviceUnavailableException', 529, undefined],
    ['internalServerException', 500, undefined],
  ])('that throws a %s first is told with its status', async (type, status, told) => {
    upstream.next({ sse: [awsException(type, 'not now')], headers: AWS_STREAM });
    const reply = await ask({ stream: true });
    expect(reply.status).toBe(status);
    const { error } = JSON.parse(reply.text);
    if (told !== undefined)
      expect(error).toMatchObject({ type: told, message: expect.stringContaining('not now') });
    else expect(error.message).not.toContain('not now');
    expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed' });
  });

  it('that throws in the middle ends with its error', async () => {
    upstream.next({
      sse: [
        ...EVENTS.slice(0, 3).map(awsChunk),
        awsEvent('ping', {}),
        awsException('throttlingException', 'not now'),
      ],
      headers: AWS_STREAM,
    });
    const reply = await ask({ stream: true });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain(
      'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"not now"}}',
    );
    expect(reply.text).not.toContain('message_stop');
    expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed' });
  });

  it.each([
    [400, 'ValidationException', 'max_tokens: must be positive', 400, 'invalid_request_error'],
    [429, 'ThrottlingException', 'Too many tokens', 429, 'rate_limit_error'],
    [404, 'ResourceNotFoundException', 'no such model', 404, 'not_found_error'],
    [403, 'AccessDeniedException', 'AKID is not authorized', 502, 'api_error'],
    [500, 'InternalServerException', 'secret trouble', 500, 'api_error'],
    [503, 'ServiceUnavailableException', 'secret trouble', 503, 'api_error'],
  ])(
    'that says no with %i (%s) is told in the words of the client',
    async (status, type, message, seen, named) => {
      for (const stream of [false, true]) {
        upstream.next(awsError(status, type, message));
        const reply = await ask({ stream });
        expect(reply.status).toBe(seen);
        const told = JSON.parse(reply.text);
        expect(told).toMatchObject({ type: 'error', error: { type: named } });
        expect(told.error.message.includes(message)).toBe(seen < 500);
        expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed', status: seen });
      }
    },
  );

  it('that leads elsewhere is followed nowhere', async () => {
    const before = upstream.requests.length;
    upstream.next(redirect(`${upstream.url}/elsewhere`));
    const reply = await ask();
    expect([reply.status, JSON.parse(reply.text).error.details.error_code]).toEqual([
      502,
      'upstream_protocol',
    ]);
    expect(upstream.requests).toHaveLength(before + 1);
  });

  it('is left at once when the client leaves', async () => {
    upstream.next(streamOf(EVENTS.slice(0, 6), { hang: true, delayMs: 5 }));
    const before = upstream.requests.length;
    const call = gateway.start('/v1/messages', body({ stream: true }));
    const seen = await upstream.arrived(before);
    await call.head;
    call.abort();
    expect(await seen.closed).toBe('aborted');
  });

  it('gets no sensitive data in the cloud, and is asked in the same way on the premises', async () => {
    const before = upstream.requests.length;
    for (const model of ['claude', `bedrock/${MODEL}`, `native/${MODEL}`])
      expect((await ask({ model }, {}, 'closed')).status).toBe(403);
    expect(upstream.requests).toHaveLength(before);
    expect((await ask({ model: `near/${MODEL}` }, {}, 'closed')).status).toBe(200);
  });

  it('has its tokens counted by us, for InvokeModel counts none', async () => {
    const before = upstream.requests.length;
    const reply = await gateway.ask('/v1/messages/count_tokens', {
      model: 'claude',
      messages: body().messages,
    });
    expect([reply.status, JSON.parse(reply.text).input_tokens > 0]).toEqual([200, true]);
    expect(upstream.requests).toHaveLength(before);
  });

  it("is asked by Anthropic's own paths where the backend's URL says so, as its client asked", async () => {
    upstream.next({ body: JSON.stringify(WHOLE) });
    const reply = await ask(
      { model: `native/${MODEL}` },
      { 'anthropic-beta': 'context-1m-2025-08-07,oauth-2025-04-20' },
    );
    expect(reply.status).toBe(200);
    expect(last()).toMatchObject({ path: '/anthropic/v1/messages', json: body({ model: MODEL }) });
    expect(last().headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-1m-2025-08-07',
    });
    expect(signatureFault(last(), KNOWN)).toBeUndefined();
  });

  it('is asked the same by a client of another dialect', async () => {
    const chat = { model: 'claude', messages: [{ role: 'user', content: 'Good morning' }], stream: true };
    const reply = await gateway.ask('/v1/chat/completions', chat);
    expect(reply.status).toBe(200);
    expect(last().path).toBe(`${PATH}/invoke-with-response-stream`);
    expect(last().json).toMatchObject({
      anthropic_version: 'bedrock-2023-05-31',
      messages: [{ role: 'user' }],
    });
    expect(last().json).not.toHaveProperty('model');
    expect(last().json).not.toHaveProperty('stream');
    const said = [...reply.text.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text).join('');
    expect(said).toBe('Good mörning to you.');
    expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});

/** The text that a stream of Anthropic's says. */
const saidIn = (text: string): string =>
  [...text.matchAll(/^data: (.*)$/gm)]
    .map(([, data = '']) => JSON.parse(data))
    .map((event) => event.delta?.text ?? '')
    .join('');
