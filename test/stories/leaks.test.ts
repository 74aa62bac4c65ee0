// Stories of values that nearly got out, told through a whole gateway and a real client.
import OpenAI, { BadRequestError } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import type { Upstream } from '../kit/upstream.ts';
import { event, startUpstream } from '../kit/upstream.ts';

const AWS = 'AKIA5XQJ7K2MZP4RWL3D';

let upstream: Upstream;
let gateway: Started;
let client: OpenAI;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setupFor(upstream.url) });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.keys.plain ?? '', maxRetries: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const newest = async (): Promise<Record<string, unknown>> => {
  const page = await gateway.admin('/records?limit=1');
  const [item] = (page as { items: { exchange: string }[] }).items; // our own admin API
  return gateway.record(item?.exchange ?? '');
};
const before = (): number => upstream.requests.length;

it('a model that writes an AWS key into a file through its tool writes it redacted, and the agent goes on', async () => {
  const args = JSON.stringify({ path: '.env', text: `AWS_ACCESS_KEY_ID=${AWS}\nREGION=eu-west-1` });
  const delta = (call: object) =>
    event({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: null }] });
  upstream.next({
    sse: [
      event({ choices: [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }] }),
      delta({ id: 'call_1', type: 'function', function: { name: 'write_file', arguments: '' } }),
      ...(args.match(/.{1,5}/gs) ?? []).map((text) => delta({ function: { arguments: text } })),
      event({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
      'data: [DONE]\n\n',
    ],
  });
  const stream = client.chat.completions.stream({
    model: 'small',
    messages: [{ role: 'user', content: 'Set it up.' }],
  });
  const [choice] = (await stream.finalChatCompletion()).choices;
  const call = choice?.message.tool_calls?.[0];
  const said = call?.type === 'function' ? JSON.parse(call.function.arguments) : undefined;
  expect(said).toEqual({ path: '.env', text: 'AWS_ACCESS_KEY_ID=[aws-access-key-id]\nREGION=eu-west-1' });
  const record = await newest();
  expect(JSON.stringify(record)).not.toContain(AWS);
  expect(record.findings).toMatchObject([
    { direction: 'response', type: 'aws-access-key-id', action: 'redact' },
  ]);
});

it('a social security number that an assistant said three turns ago is not sent again', async () => {
  const at = before();
  await client.chat.completions.create({
    model: 'small',
    messages: [
      { role: 'user', content: 'What is her number?' },
      { role: 'assistant', content: 'Her SSN is 536-22-8731.' },
      { role: 'user', content: 'And her birthday?' },
      { role: 'assistant', content: 'In May.' },
      { role: 'user', content: 'Thanks.' },
    ],
  });
  const body = (await upstream.arrived(at)).body.toString();
  expect(body).not.toContain('8731');
  expect(body).toContain('Her SSN is [us-ssn].');
});

it('a card number with spaces of no width between its digits is a card number', async () => {
  const at = before();
  const card = [...'4242424242424242'].join('\u200b');
  await client.chat.completions.create({
    model: 'small',
    messages: [{ role: 'user', content: `Pay with ${card} please` }],
  });
  const [turn] = JSON.parse((await upstream.arrived(at)).body.toString()).messages;
  expect(turn.content).toMatch(/^Pay with \[[a-z-]+\] please$/);
});

it('a developer who pastes a key is told so, by its type, before it goes anywhere', async () => {
  const at = before();
  const asked = client.chat.completions.create({
    model: 'small',
    messages: [{ role: 'user', content: `why is ${AWS} invalid?` }],
  });
  await expect(asked).rejects.toThrow(BadRequestError);
  await expect(asked).rejects.toThrow(/aws-access-key-id/);
  expect(before()).toBe(at);
});
