// A call to a target that speaks another dialect: what is left out is told, and an upstream's error is the client's, at its beginning
// with a status of its own, in its middle without a clean ending.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOf } from '../kit/chat.ts';
import type { RawReply } from '../kit/clients.ts';
import { rawPost } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Scripted, Upstream } from '../kit/upstream.ts';
import { event, json, startUpstream } from '../kit/upstream.ts';

type Client = 'chat' | 'messages';

let upstream: Upstream;
let gateway: Parts;
beforeAll(async () => {
  upstream = await startUpstream();
  const backend = (name: string, dialect: string) => ({
    ...{ name, provider: 'compatible', url: upstream.url, zone: 'on_prem' },
    dialects: [dialect],
  });
  const model = (name: string, at: string) => ({ name, targets: [{ backend: at, model: 'upstream-small' }] });
  gateway = await startParts(
    JSON.stringify({
      ...JSON.parse(setupFor(upstream.url)),
      backends: [backend('messages', 'anthropic-messages'), backend('chat', 'openai-chat')],
      // Each client is served by the other's dialect.
      models: [model('for-chat', 'messages'), model('for-messages', 'chat')],
    }),
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const PATHS: Readonly<Record<Client, string>> = { chat: '/v1/chat/completions', messages: '/v1/messages' };
const ask = (client: Client, script: Scripted, more: object = {}): Promise<RawReply> => {
  upstream.next(script);
  return rawPost({
    url: gateway.url,
    path: PATHS[client],
    headers: { authorization: `Bearer ${gateway.keys.plain}` },
    body: {
      ...{ model: `for-${client}`, max_tokens: 9, stream: true },
      messages: [{ role: 'user', content: 'Hi' }],
      ...more,
    },
  }).done;
};
const sealOf = async (reply: RawReply) => (await gateway.entries(exchangeOf(reply))).at(-1)?.body ?? {};

const named = (data: { readonly type: string }): string => `event: ${data.type}\n${event(data)}`;
const said = (type: string): string =>
  named({ type: 'error', error: { type, message: 'Says no.' } } as never);
const begun = named({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [],
    usage: { input_tokens: 3, output_tokens: 1 },
  },
} as never);
const text = (words: string): string =>
  named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never) +
  named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } } as never);
const chunk = (content: string): string => event({ id: 'c', choices: [{ index: 0, delta: { content } }] });
const usage = event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } });
const DONE = 'data: [DONE]\n\n';

describe('a stream whose first event is an error', () => {
  it.each<[Client, string, number, string, string]>([
    ['chat', said('rate_limit_error'), 429, 'rate_limit_error', 'Says no.'],
    ['chat', said('invalid_request_error'), 400, 'invalid_request_error', 'Says no.'],
    ['chat', said('overloaded_error'), 529, 'server_error', 'The model backend failed.'],
    ['messages', event({ error: { message: 'Says no.', code: 429 } }), 429, 'rate_limit_error', 'Says no.'],
    [
      'messages',
      event({ error: { message: 'SECRET', code: 503 } }),
      503,
      'api_error',
      'The model backend failed.',
    ],
  ])(
    '(%s client, %#) is told with its status, in the dialect of the client',
    async (client, first, status, type, words) => {
      const reply = await ask(client, { sse: [first] });
      expect([reply.status, reply.headers['content-type']]).toEqual([status, 'application/json']);
      const { error } = JSON.parse(reply.text);
      expect(error.type).toBe(type);
      expect(error.message).toContain(words);
      expect(reply.text).not.toContain('SECRET');
      expect(await sealOf(reply)).toMatchObject({ ending: 'failed', status });
    },
  );
});

describe('a stream that has begun', () => {
  it.each<[Client, string, Scripted]>([
    ['chat', 'tells of an error', { sse: [begun, text('Hel'), said('overloaded_error')] }],
    ['chat', 'is cut', { sse: [begun, text('Hel')] }],
    ['messages', 'tells of an error', { sse: [chunk('Hel'), event({ error: { message: 'x' } }), DONE] }],
    ['messages', 'is cut', { sse: [chunk('Hel'), usage] }],
  ])(
    'of a %s client and %s ends with an error of its dialect, and with no clean ending',
    async (client, _, script) => {
      const reply = await ask(client, script);
      expect(reply.status).toBe(200);
      expect(reply.text).toContain('Hel');
      if (client === 'chat') expect(reply.text).toMatch(/\n\ndata: \{"error":\{[^\n]*\}\}\n\n$/);
      else expect(reply.text).toMatch(/\n\nevent: error\ndata: \{"type":"error"[^\n]*\}\n\n$/);
      expect(reply.text).not.toMatch(/\[DONE\]|message_stop|finish_reason":"|stop_reason":"/);
      expect(await sealOf(reply)).toMatchObject({ ending: 'failed' });
    },
  );

  it('hides in what proves its thinking what it hides in the thinking', async () => {
    const piece = (delta: object) => named({ type: 'content_block_delta', index: 0, delta } as never);
    const thinking = { type: 'thinking', thinking: '', signature: '' };
    const signature = 'EqQBCgIYAhIkMGZiYjA4NTQtYzQ1Zi00ZDk0LTg4MjAtNDM3ZmE5Njg1NzE2';
    const sse = [
      begun,
      named({ type: 'content_block_start', index: 0, content_block: thinking } as never),
      ...['Ask ada@exam', 'ple-corp.com for it.'].map((words) =>
        piece({ type: 'thinking_delta', thinking: words }),
      ),
      piece({ type: 'signature_delta', signature }),
      named({ type: 'content_block_stop', index: 0 } as never),
      named({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: 2 },
      } as never),
      named({ type: 'message_stop' }),
    ];
    const reply = await ask('chat', { sse });
    expect(reply.text.endsWith(DONE)).toBe(true);
    const deltas = reply.text
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)).choices[0].delta);
    const told = deltas.map(({ reasoning_content: words = '' }) => words).join('');
    const [proof] = deltas.flatMap(({ thinking_blocks: blocks = [] }) => blocks);
    expect(told).toMatch(/^Ask .+ for it\.$/);
    expect(proof).toEqual({ type: 'thinking', thinking: told, signature });
    expect(reply.text).not.toMatch(/ada@|ple-corp/);
  });

  it('tells its usage to the record, and to a client that asked for it', async () => {
    const end = [
      named({ type: 'content_block_stop', index: 0 } as never),
      named({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: 2 },
      } as never),
      named({ type: 'message_stop' }),
    ];
    for (const asked of [true, false]) {
      const more = asked ? { stream_options: { include_usage: true } } : {};
      const reply = await ask('chat', { sse: [begun, text('Hi'), ...end] }, more);
      expect(reply.text.endsWith(DONE)).toBe(true);
      expect(reply.text.includes('"prompt_tokens":3')).toBe(asked);
      expect(await sealOf(reply)).toMatchObject({
        ending: 'complete',
        dialect: 'openai-chat',
        asked_in: 'anthropic-messages',
        usage: { input_tokens: 3, output_tokens: 2 },
      });
    }
    const reply = await ask('messages', { sse: [chunk('Hi'), usage, DONE] });
    expect(upstream.requests.at(-1)?.json).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(await sealOf(reply)).toMatchObject({
      ending: 'complete',
      usage: { input_tokens: 3, output_tokens: 2 },
    });
  });
});

describe('what cannot be carried', () => {
  const whole = json({ type: 'message', content: [{ type: 'text', text: 'x' }], stop_reason: 'end_turn' });

  it('is told in a header where it is left out', async () => {
    const reply = await ask('chat', whole, { stream: false, seed: 7, logit_bias: { 5: 1 } });
    expect(reply.status).toBe(200);
    expect(reply.headers['x-gatehouse-warnings']).toContain('seed: dropped');
    expect(reply.headers['x-gatehouse-warnings']).toContain('logit_bias: dropped');
  });

  it('is refused where it would be missed, and nothing is sent', async () => {
    const before = upstream.requests.length;
    const reply = await ask('chat', whole, { n: 2 });
    upstream.forget();
    expect([reply.status, JSON.parse(reply.text).error]).toMatchObject([
      400,
      { param: 'n', code: 'unsupported_parameter' },
    ]);
    expect(upstream.requests).toHaveLength(before);
    expect(await sealOf(reply)).toMatchObject({ ending: 'refused', status: 400, sent_sha256: null });
  });
});
