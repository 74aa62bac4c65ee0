// The README's first example: a stranger's OpenAI client gets an answer through the gate.
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setupFor(upstream.url) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

it('an OpenAI client that only changes its base URL and key gets its answer', async () => {
  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.keys['plain'] ?? '' });
  const { data, response } = await openai.chat.completions
    .create({ model: 'small', messages: [{ role: 'user', content: 'Hello' }] })
    .withResponse();
  expect(data.choices[0]?.message.content).toBe('You said: Hello');
  const record = await gateway.record(response.headers.get('x-gatehouse-exchange') ?? '');
  expect(record).toMatchObject({
    ending: 'complete',
    status: 200,
    team: 'crew',
    model: 'small',
    model_used: 'upstream-small',
    backend: 'lan',
  });
});
