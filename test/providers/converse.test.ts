// Models of Bedrock that speak none of our dialects, by Converse: signed by us, told in the client's dialect, and nothing of a tool
// loop or of a broken stream lost.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AWS_STREAM, awsException } from '../kit/cloud/aws-stream.ts';
import { CLOUD_KEYS } from '../kit/cloud/backends.ts';
import { awsError, converseEvents, converseStream, converseWhole } from '../kit/cloud/converse.ts';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import { awsSecret } from '../kit/cloud/secrets.ts';
import { signatureFault } from '../kit/cloud/sigv4.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

const REGION = 'us-west-2';
const NOVA = 'us.amazon.nova-pro-v1:0';
const PATH = `/model/${encodeURIComponent(NOVA)}`;
const KNOWN = { ...CLOUD_KEYS, region: REGION };
const CALL = { name: 'weather', input: { city: 'Köln', days: [1, 2] } };
const TOOL = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: {} } },
};

let upstream: Upstream;
let gateway: Clouds;
beforeAll(async () => {
  upstream = await startUpstream(({ path }) =>
    path.endsWith('/converse-stream')
      ? converseStream(converseEvents(['Good ', 'mörning', '.']))
      : converseWhole('Good mörning.'),
  );
  const { url } = upstream;
  gateway = await startClouds(
    [
      { name: 'bedrock', provider: 'bedrock', url, secret: awsSecret({ region: REGION }) },
      { name: 'key', provider: 'bedrock', url, secret: 'a-bedrock-api-key' },
      { name: 'near', provider: 'bedrock', url, secret: 'a-bedrock-api-key', zone: 'on_prem' },
    ],
    { nova: [['bedrock', NOVA]], llama: [['bedrock', 'us.meta.llama3-3-70b-instruct-v1:0']] },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const asking = (more: object = {}) => ({
  model: 'nova',
  messages: [{ role: 'user', content: 'Good morning' }],
  ...more,
});
const chat = (more: object = {}, key = 'open') => gateway.ask('/v1/chat/completions', asking(more), { key });
const claude = (more: object = {}) => gateway.ask('/v1/messages', { max_tokens: 100, ...asking(more) });
const last = () => {
  const seen = upstream.requests.at(-1);
  if (seen === undefined) throw new Error('nothing was asked');
  return seen;
};

describe('a model of Converse', () => {
  it('is asked at its path, signed over what was sent, whole and streamed, from each dialect', async () => {
    for (const [path, body] of [
      ['/v1/chat/completions', asking()],
      ['/v1/messages', { max_tokens: 100, ...asking() }],
      ['/v1/responses', { model: 'nova', input: 'Good morning' }],
    ] as const)
      for (const stream of [false, true]) {
        const reply = await gateway.ask(path, { ...body, stream });
        expect([reply.status, reply.complete]).toEqual([200, true]);
        expect(reply.text).toContain('mörning');
        expect(last().path).toBe(`${PATH}/converse${stream ? '-stream' : ''}`);
        expect(signatureFault(last(), KNOWN)).toBeUndefined();
        expect(last().json).toMatchObject({
          messages: [{ role: 'user', content: [{ text: 'Good morning' }] }],
        });
        expect(await gateway.sealOf(reply)).toMatchObject({
          ending: 'complete',
          backend: 'bedrock',
          model_used: NOVA,
          usage: { input_tokens: 15, output_tokens: 7, cached_input_tokens: 3 },
          sent_sha256: gateway.real.hashes.sha256Hex(last().body),
          reply_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
      }
  });

  it('is asked with a key where there is one, and never with what the package would make up', async () => {
    await chat({ model: `key/${NOVA}` });
    expect(last().headers.authorization).toBe('Bearer a-bedrock-api-key');
    expect(last().headers['user-agent']).toBe('gatehouse');
  });

  it('is given settings and tools, and marks of a cache where it takes them', async () => {
    await chat({
      messages: [
        {
          role: 'system',
          content: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
        },
        { role: 'user', content: 'Good morning' },
        { role: 'developer', content: 'In German.' },
        { role: 'user', content: 'Well?' },
      ],
      max_tokens: 50,
      temperature: 0.5,
      stop: 'END',
      tools: [TOOL],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    });
    expect(last().json).toMatchObject({
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' } }],
      inferenceConfig: { maxTokens: 50, temperature: 0.5, stopSequences: ['END'] },
      toolConfig: { tools: [{ toolSpec: { name: 'weather' } }], toolChoice: { tool: { name: 'weather' } } },
    });
    expect(JSON.stringify(last().json)).toContain('In German.');
    const marked = [
      { role: 'user', content: [{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral' } }] },
    ];
    await chat({ messages: marked });
    expect(last().json).toMatchObject({
      messages: [{ content: [{ text: 'Long.' }, { cachePoint: { type: 'default' } }] }],
    });
    const reply = await chat({ model: 'llama', messages: marked });
    expect(last().json).toMatchObject({ messages: [{ content: [{ text: 'Long.' }] }] });
    expect(JSON.stringify(last().json)).not.toContain('cachePoint');
    expect(reply.headers['x-gatehouse-warnings']).toBe('cache_control: dropped');
  });

  it.each([false, true])('calls a tool and is given its result (streamed: %s)', async (stream) => {
    upstream.next(
      stream ? converseStream(converseEvents(['Let me ', 'see.'], CALL)) : converseWhole('Let me see.', CALL),
    );
    const tools = [{ name: 'weather', input_schema: { type: 'object', properties: {} } }];
    const reply = await claude({ tools, stream });
    expect(reply.status).toBe(200);
    const { id, input } = stream ? streamedCall(reply.text) : wholeCall(reply.text);
    expect(input).toEqual(CALL.input);
    expect(reply.text).toContain('"stop_reason":"tool_use"');
    await claude({
      tools,
      stream,
      messages: [
        ...asking().messages,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id, name: 'weather', input },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'Rain.' }] },
      ],
    });
    expect(last().json).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [{ text: 'Let me see.' }, { toolUse: { toolUseId: id, name: 'weather', input } }],
        },
        { role: 'user', content: [{ toolResult: { toolUseId: id, content: [{ text: 'Rain.' }] } }] },
      ],
    });
  });

  it('is told of calls as text where no tool is offered any more, which Converse would not take', async () => {
    const reply = await chat({
      messages: [
        ...asking().messages,
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: 'Rain.' },
        { role: 'user', content: 'Sum up.' },
      ],
    });
    expect(reply.status).toBe(200);
    const sent = JSON.stringify(last().json);
    for (const said of ['[called weather: ', 'Köln', '[weather gave: Rain.]', 'Sum up.'])
      expect(sent).toContain(said);
    expect(reply.headers['x-gatehouse-warnings']).toBe('messages: tool calls told as text');
  });

  it('is not asked with an address in place of a file', async () => {
    const before = upstream.requests.length;
    for (const url of ['https://example.org/a.png', 's3://bucket/a.png']) {
      const reply = await chat({
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
      });
      expect(reply.status).toBe(400);
    }
    expect(upstream.requests).toHaveLength(before);
  });

  it('gets no sensitive data in the cloud', async () => {
    const before = upstream.requests.length;
    for (const stream of [false, true]) expect((await chat({ stream }, 'closed')).status).toBe(403);
    expect(upstream.requests).toHaveLength(before);
    expect((await chat({ model: `near/${NOVA}` }, 'closed')).status).toBe(200);
  });

  it('hears and says nothing that its policy hides', async () => {
    const blocked = await chat({
      messages: [{ role: 'user', content: `mail me@example.org` }],
    });
    expect(blocked.status).toBe(200);
    expect(JSON.stringify(last().json)).not.toContain('me@example.org');
    for (const stream of [false, true]) {
      upstream.next(
        stream
          ? converseStream(converseEvents(['Write to j', 'ane.roe@exa', 'mple.org now']))
          : converseWhole('Write to jane.roe@example.org now'),
      );
      const reply = await chat({ stream });
      expect(reply.text).not.toMatch(/jane\.roe|example\.org/);
      expect((await gateway.sealOf(reply)).findings).not.toEqual([]);
    }
  });
});

describe('a model of Converse in trouble', () => {
  it.each([
    ['throttlingException', 429],
    ['validationException', 400],
    ['serviceUnavailableException', 503],
  ])('that throws a %s first has the status of it, and later breaks off', async (type, status) => {
    upstream.next({ sse: [awsException(type, 'not now')], headers: AWS_STREAM });
    const reply = await chat({ stream: true });
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text).error.message.includes('not now')).toBe(status < 500);
    const begun = converseEvents(['Good ', 'morning']).slice(0, 2);
    upstream.next({ sse: [...begun, awsException(type, 'not now')], headers: AWS_STREAM });
    const later = await chat({ stream: true });
    expect([later.status, later.text.includes('[DONE]')]).toEqual([200, false]);
    expect(await gateway.sealOf(later)).toMatchObject({ ending: 'failed', code: 'upstream_failed' });
  });

  it.each([
    [400, 'ValidationException', 'The model returned: too long', 400],
    [429, 'ThrottlingException', 'Too many requests', 429],
    [403, 'ExpiredTokenException', 'AKID expired', 502],
    [500, 'InternalServerException', 'trouble', 500],
  ])(
    'that says no with %i (%s) is told in the words of the client, and asked once',
    async (status, type, message, seen) => {
      for (const stream of [false, true]) {
        const before = upstream.requests.length;
        upstream.next(awsError(status, type, message));
        const reply = await chat({ stream });
        expect([reply.status, JSON.parse(reply.text).error.message.includes(message)]).toEqual([
          seen,
          seen < 500,
        ]);
        expect(upstream.requests).toHaveLength(before + 1);
      }
    },
  );

  it('whose stream breaks off, or is not what its checksums say, never looks whole', async () => {
    const wire = Buffer.concat(converseEvents(['Good ', 'mörning', '.'], CALL).slice(0, -2));
    for (let end = 0; end <= wire.length; end += 97)
      for (const how of [{ cutAfter: 1 }, {}]) {
        upstream.next({ sse: [wire.subarray(0, end)], headers: AWS_STREAM, ...how });
        const reply = await chat({ stream: true, tools: [TOOL] });
        expect(reply.text).not.toMatch(/\[DONE\]|"finish_reason":"/);
        expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed' });
      }
    const all = Buffer.concat(converseEvents(['Good ', 'mörning', '.']));
    for (let at = 0; at < all.length; at += 59) {
      const broken = Buffer.from(all);
      broken[at] = (broken[at] ?? 0) ^ 1;
      upstream.next({ sse: [broken], headers: AWS_STREAM });
      const reply = await chat({ stream: true });
      expect(reply.text).not.toContain('[DONE]');
      expect(await gateway.sealOf(reply)).toMatchObject({
        ending: 'failed',
        code: expect.stringMatching(/^upstream_/),
      });
    }
  });
});

type Call = { readonly id: string; readonly input: unknown };

const wholeCall = (text: string): Call =>
  JSON.parse(text).content.find(({ type }: { type: string }) => type === 'tool_use');

const streamedCall = (text: string): Call => {
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));
  const start = events.find(({ content_block }) => content_block?.type === 'tool_use');
  const json = events.map(({ delta }) => delta?.partial_json ?? '').join('');
  return { id: start?.content_block.id, input: JSON.parse(json) };
};
