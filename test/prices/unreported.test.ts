// What the record says of an exchange whose upstream reported no tokens, or not all of them, however it ended: an estimate over what was
// sent and what came, which says that it is one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Used } from '../../src/exchange.ts';
import { cut, error } from '../kit/upstream.ts';
import type { Priced } from './priced.ts';
import { answer, chunk, recomputed, SAID, SAID_TOKENS, startPriced, WRITTEN } from './priced.ts';

let priced: Priced;
const ask: Priced['ask'] = (script, asked) => priced.ask(script, asked);
const recordOf: Priced['recordOf'] = (call) => priced.recordOf(call);
beforeAll(async () => {
  priced = await startPriced();
});
afterAll(() => priced.stop());

const BOTH = ['input_tokens', 'output_tokens'];

describe('an exchange whose upstream reports nothing', () => {
  const isEstimated = (record: Record<string, unknown>, output: number) => {
    const usage = record['usage'] as Used;
    expect(usage.input_tokens).toBeGreaterThan(12);
    expect(usage.input_tokens).toBeLessThan(30);
    expect(usage.output_tokens).toBeGreaterThanOrEqual(output * 0.75);
    expect(usage.output_tokens).toBeLessThanOrEqual(output * 1.25);
    expect(record).toMatchObject({ cost_reason: null, cost_micros: recomputed(record) });
    expect(record['cost_micros']).toBeGreaterThan(0);
  };
  it('is estimated and says so: a whole reply', async () => {
    const record = await recordOf(ask(answer(undefined, WRITTEN.join(''))));
    expect(record).toMatchObject({ ending: 'complete', usage: { estimated: BOTH } });
    isEstimated(record, SAID_TOKENS);
  });
  it('is estimated and says so: a stream to its end', async () => {
    const record = await recordOf(ask({ sse: [...SAID, 'data: [DONE]\n\n'] }, { stream: true }));
    expect(record).toMatchObject({ ending: 'complete', usage: { estimated: BOTH } });
    isEstimated(record, SAID_TOKENS);
  });
  it('is estimated and says so: a stream that was cut, for what came of it', async () => {
    const record = await recordOf(ask({ sse: SAID, cutAfter: 20 }, { stream: true }));
    expect(record).toMatchObject({ ending: 'failed', code: 'upstream_cut', usage: { estimated: BOTH } });
    isEstimated(record, SAID_TOKENS / 2);
  });
  it('is estimated and says so: a stream that its client left', async () => {
    const call = ask({ sse: SAID, hang: true }, { stream: true });
    await call.head;
    await new Promise((resolve) => setTimeout(resolve, 300));
    call.abort();
    const record = await recordOf(call);
    expect(record).toMatchObject({ ending: 'abandoned', usage: { estimated: BOTH } });
    isEstimated(record, SAID_TOKENS);
  });
  it('is estimated and says so: a question that its client did not wait for', async () => {
    const before = priced.upstream.requests.length;
    const [earlier] = await newest();
    const call = ask({ stall: 60_000 });
    await priced.upstream.arrived(before);
    call.abort();
    await call.done;
    let [latest] = await newest();
    while (latest === earlier) [latest] = await newest();
    const record = await priced.gateway.record(String(latest));
    expect(record).toMatchObject({ ending: 'abandoned', usage: { estimated: BOTH, output_tokens: 0 } });
    isEstimated(record, 0);
  });
  it('is estimated over what was sent and what came, whatever a policy makes of either', async () => {
    const mail = 'Please write to jane.roe@example.com about it.\n\n';
    const script = { sse: [...Array.from({ length: 8 }, () => chunk(mail)), 'data: [DONE]\n\n'] };
    const [seen, hidden] = [
      await recordOf(ask(script, { stream: true, key: 'quiet' })),
      await recordOf(ask(script, { stream: true })),
    ];
    expect(hidden['findings']).not.toEqual([]);
    expect(seen['findings']).toEqual([]);
    expect(hidden['usage']).toEqual(seen['usage']);
    // The prompt is counted as it left: an address that was hidden is not paid for.
    const body = { messages: [{ role: 'user', content: `${mail.repeat(20)}` }] };
    const kept = await recordOf(ask(answer(undefined), { key: 'quiet', body }));
    const redacted = await recordOf(ask(answer(undefined), { body }));
    const tokens = (record: Record<string, unknown>) => (record['usage'] as Used).input_tokens;
    expect(tokens(redacted)).not.toBe(tokens(kept));
  });
  it('is told what it was told, and estimated from there: a cut reply of Anthropic', async () => {
    const sse = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
    const start = {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null },
      usage: { input_tokens: 25, output_tokens: 1 },
    };
    const pieces = [
      sse({ type: 'message_start', message: start } as never),
      sse({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never),
      ...WRITTEN.map((text) =>
        sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as never),
      ),
    ];
    const asked = { model: 'sonnet', path: '/v1/messages', stream: true, body: { max_tokens: 999 } };
    const record = await recordOf(ask({ sse: pieces, cutAfter: 22 }, asked));
    expect(record).toMatchObject({
      ending: 'failed',
      usage: { input_tokens: 25, estimated: ['output_tokens'] },
      cost_micros: recomputed(record),
    });
    const { output_tokens: output } = record['usage'] as Used;
    expect(output).toBeGreaterThan((SAID_TOKENS / 2) * 0.75);
    expect(output).toBeLessThan((SAID_TOKENS / 2) * 1.25);
  });
});

const newest = async () => {
  const { items } = (await priced.gateway.admin('/records?limit=1')) as { items: Record<string, unknown>[] };
  return items.map(({ exchange }) => exchange);
};

it("what Azure's filter refuses is paid for all the same: its input is estimated", async () => {
  const record = await recordOf(ask(error(400, 'content_filter'), { model: 'deployed' }));
  expect(record).toMatchObject({
    usage: { output_tokens: 0, estimated: BOTH },
    price_version: expect.stringMatching(/^genai-prices@[\d.]+#[0-9a-f]{12}\/azure\/gpt-5$|\/openai\/gpt-5$/),
    cost_micros: recomputed(record),
  });
  expect(record['cost_micros']).toBeGreaterThan(0);
  expect(await recordOf(ask(error(429), { model: 'deployed' }))).toMatchObject({
    cost_reason: 'error_reply',
  });
});

it('a call whose upstream broke off before it said anything may have to be paid: its input is estimated', async () => {
  const record = await recordOf(ask(cut()));
  expect(record).toMatchObject({ ending: 'failed', usage: { output_tokens: 0, estimated: BOTH } });
  expect(record['cost_micros']).toBe(recomputed(record));
});

it('an estimate is corrected by what the model was seen to count', async () => {
  const prompt = 'The committee met on Tuesday and put the question of the pension scheme off. '.repeat(40);
  const body = { messages: [{ role: 'user', content: prompt }] };
  const asked = { model: 'strange', body };
  const input = async (usage?: object) => {
    const record = await recordOf(ask(answer(usage), asked));
    return (record['usage'] as Used).input_tokens;
  };
  const before = await input();
  await input({ prompt_tokens: Math.round(before * 1.5), completion_tokens: 3 });
  // It is learned when the exchange is over.
  let after = before;
  for (const until = Date.now() + 5_000; after === before && Date.now() < until; ) after = await input();
  expect(after / before).toBeCloseTo(1.5, 1);
});
