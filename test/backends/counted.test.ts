// Tokens that a target cannot count are estimated of what a model reads, told and recorded as an estimate, and nobody is asked.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exchangeOf } from '../kit/chat.ts';
import { rawPost } from '../kit/clients.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const lan = {
    name: 'lan',
    provider: 'compatible',
    url: upstream.url,
    zone: 'on_prem',
    dialects: ['openai-chat'],
  };
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: [lan],
      models: [{ name: 'small', targets: [{ backend: 'lan', model: 'upstream-small' }] }],
      use_cases: [{ name: 'apps', team: 'crew', models: ['*'], endpoints: ['chat'] }],
      keys: [{ name: 'apps', use_case: 'apps' }],
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const count = async (body: object) => {
  const reply = await rawPost({
    url: gateway.url,
    path: '/v1/messages/count_tokens?beta=true',
    headers: {
      'x-api-key': gateway.keys.apps ?? '',
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
    },
    body: { model: 'small', messages: [{ role: 'user', content: 'Good day' }], ...body },
  }).done;
  return { reply, tokens: JSON.parse(reply.text).input_tokens };
};

const PROSE =
  'The quick brown fox jumps over the lazy dog, and then it rests a while in the shade of the old oak. ';

it('the reply is a whole number, said to be an estimate, and on record as one; nothing is sent', async () => {
  const { reply, tokens } = await count({ system: PROSE.repeat(40) });
  expect([reply.status, Object.keys(JSON.parse(reply.text))]).toEqual([200, ['input_tokens']]);
  // 22 words a sentence, and each about a token.
  expect(tokens).toBeGreaterThan(40 * 18);
  expect(tokens).toBeLessThan(40 * 30);
  expect(Number.isInteger(tokens)).toBe(true);
  expect(reply.headers['x-gatehouse-warnings']).toBe('input_tokens: estimated');
  expect(await gateway.record(exchangeOf(reply))).toMatchObject({
    ...{ ending: 'complete', backend: 'lan', sent_sha256: null, cost_micros: 0 },
    warnings: 'input_tokens: estimated',
  });
  expect(upstream.requests).toHaveLength(0);
});

it('what a model reads counts, and nothing else', async () => {
  const { tokens } = await count({});
  const words = PROSE.repeat(10);
  const tool = { name: 'f', description: words, input_schema: { type: 'object' } };
  for (const more of [
    { system: words },
    { tools: [tool] },
    { messages: [{ role: 'user', content: [{ type: 'text', text: words }] }] },
  ])
    expect((await count(more)).tokens).toBeGreaterThan(tokens + 150);
  expect((await count({ metadata: { user_id: words }, later: words })).tokens).toBe(tokens);
});

it('an image counts the same, whatever its size', async () => {
  const image = (bytes: number) => ({
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'image',
            source: {
              type: 'base64',
              media_type: 'image/png',
              data: Buffer.alloc(bytes, 7).toString('base64'),
            },
          },
        ],
      },
    ],
  });
  const [small, large] = [await count(image(300)), await count(image(300_000))];
  expect(small.tokens).toBe(large.tokens);
  expect(small.tokens).toBeGreaterThan(900);
});

it('what is no conversation is refused as Anthropic would', async () => {
  const { reply } = await count({ messages: [{ role: 'critic', content: 'x' }] });
  expect([reply.status, JSON.parse(reply.text).error.type]).toEqual([400, 'invalid_request_error']);
});
