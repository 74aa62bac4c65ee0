// What the record says an exchange cost, however it ended: from reported tokens where there are any, from an estimate that says it is
// one where there are none; and from the record alone anybody comes to the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Used } from '../../src/exchange.ts';
import { costMicros } from '../../src/prices/cost.ts';
import type { AppliedRates } from '../../src/prices/price.ts';
import { operator, send } from '../kit/admin.ts';
import { exchangeOf } from '../kit/chat.ts';
import type { RawCall } from '../kit/clients.ts';
import { rawPost } from '../kit/clients.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import type { Scripted, Upstream } from '../kit/upstream.ts';
import { cut, error, event, json, startUpstream } from '../kit/upstream.ts';

const setup = (url: string) => `
backends:
  - { name: vendor, provider: compatible, url: "${url}", zone: cloud }
  - { name: azure, provider: azure, url: "${url}", zone: cloud }
  - { name: claude, provider: anthropic, url: "${url}", zone: cloud }
  - { name: lan, provider: compatible, url: "${url}", zone: on_prem }
  - { name: nowhere, provider: compatible, url: "http://127.0.0.1:9", zone: cloud }
models:
  - name: big
    targets: [{ backend: vendor, model: vendor-big }]
    price:
      input_usd_per_mtok: 3
      output_usd_per_mtok: 15
      cached_input_usd_per_mtok: 0.3
      tiers: [{ above_input_tokens: 200000, input_usd_per_mtok: 6, output_usd_per_mtok: 22.5 }]
  - name: sonnet
    targets: [{ backend: claude, model: claude-sonnet-4-5 }]
    price:
      input_usd_per_mtok: 3
      output_usd_per_mtok: 15
      cached_input_usd_per_mtok: 0.3
      cache_write_usd_per_mtok: 3.75
      cache_write_1h_usd_per_mtok: 6
  - { name: own, targets: [{ backend: lan, model: llama }] }
  - { name: strange, targets: [{ backend: vendor, model: strange }] }
  - { name: deployed, targets: [{ backend: azure, model: gpt-5 }] }
  - { name: nowhere, targets: [{ backend: nowhere, model: gpt-5 }] }
teams: [{ name: crew }]
policies:
  - { name: quiet, request: { pii: off, secrets: off }, response: { pii: off, secrets: off } }
use_cases:
  - { name: plain, team: crew, models: ["*"], data_class: non_sensitive, endpoints: [chat, embeddings] }
  - { name: quiet, team: crew, models: ["*"], data_class: non_sensitive, policy: quiet }
keys: [{ name: plain, use_case: plain }, { name: quiet, use_case: quiet }]
`;

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setup(upstream.url) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

type Asked = {
  readonly model?: string;
  readonly key?: string;
  readonly path?: string;
  readonly body?: object;
  readonly stream?: boolean;
};

const WORDS = 'Say in a few words what the committee decided on Tuesday about the pension scheme.';

const ask = (script: Scripted | undefined, asked: Asked = {}): RawCall => {
  if (script !== undefined) upstream.next(script);
  const { model = 'big', key = 'plain', path = '/v1/chat/completions', stream = false } = asked;
  return rawPost({
    url: gateway.url,
    path,
    headers: { authorization: `Bearer ${gateway.keys[key]}`, 'content-type': 'application/json' },
    body: { model, stream, messages: [{ role: 'user', content: WORDS }], ...asked.body },
  });
};
const recordOf = async (call: RawCall) => gateway.record(exchangeOf(await call.done));

/** The cost as somebody computes it who has the record and nothing else. */
const recomputed = (record: Record<string, unknown>): number | null =>
  costMicros(record['usage'] as Used, record['price'] as AppliedRates);

const answer = (usage: object | undefined, content = 'They put it off.') =>
  json({
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'vendor-big' },
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...(usage === undefined ? {} : { usage }),
  });
const chunk = (content: string) =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const WRITTEN = Array.from({ length: 40 }, (_, i) => `The committee has put item ${i} off until later.\n\n`);
const SAID = WRITTEN.map(chunk);
/** As o200k counts what was said; an estimate may be a quarter off. */
const SAID_TOKENS = 40 * 11;

describe('an exchange whose upstream reports its tokens', () => {
  it('costs what they cost, and the record alone says how', async () => {
    const record = await recordOf(ask(answer({ prompt_tokens: 1_000, completion_tokens: 100 })));
    expect(record).toMatchObject({
      usage: { input_tokens: 1_000, output_tokens: 100 },
      ...{ cost_micros: 4_500, cost_reason: null },
      price: { input_usd_per_mtok: 3, output_usd_per_mtok: 15 },
      price_version: expect.stringMatching(/^gatehouse\.yaml\/big#[0-9a-f]{12}$/),
    });
    expect(record['usage']).not.toHaveProperty('estimated');
    expect(recomputed(record)).toBe(4_500);
  });
  it('pays less for what came from the cache, and reasoning as output', async () => {
    const usage = {
      ...{ prompt_tokens: 1_000, completion_tokens: 100 },
      ...{
        prompt_tokens_details: { cached_tokens: 900 },
        completion_tokens_details: { reasoning_tokens: 80 },
      },
    };
    const record = await recordOf(ask(answer(usage)));
    expect(record).toMatchObject({
      usage: { cached_input_tokens: 900, reasoning_tokens: 80 },
      cost_micros: 100 * 3 + 900 * 0.3 + 100 * 15,
    });
    expect(recomputed(record)).toBe(record['cost_micros']);
  });
  it('pays more for what was written to the cache, and more still for an hour of it', async () => {
    const message = {
      ...{
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        stop_reason: 'end_turn',
      },
      content: [{ type: 'text', text: 'Put off.' }],
      usage: {
        ...{
          input_tokens: 10,
          output_tokens: 5,
          cache_read_input_tokens: 200,
          cache_creation_input_tokens: 100,
        },
        cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      },
    };
    const asked = { model: 'sonnet', path: '/v1/messages', body: { max_tokens: 10 } };
    const record = await recordOf(ask(json(message), asked));
    expect(record).toMatchObject({
      usage: {
        ...{ input_tokens: 310, cached_input_tokens: 200, output_tokens: 5 },
        ...{ cache_write_input_tokens: 100, cache_write_1h_input_tokens: 40 },
      },
      cost_micros: 10 * 3 + 200 * 0.3 + 60 * 3.75 + 40 * 6 + 5 * 15,
    });
    expect(recomputed(record)).toBe(record['cost_micros']);
  });
  it('is dearer as a whole when it is longer than its tier, which the record names', async () => {
    const record = await recordOf(ask(answer({ prompt_tokens: 200_001, completion_tokens: 10 })));
    expect(record).toMatchObject({
      cost_micros: 200_001 * 6 + 225,
      price: { above_input_tokens: 200_000, input_usd_per_mtok: 6 },
    });
    expect(recomputed(record)).toBe(record['cost_micros']);
  });
  it('is told its tokens as reported though the stream was rewritten on its way', async () => {
    const mail = chunk('Write to jane.roe@example.com about it.\n\n');
    const usage = event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 1_000 } });
    const call = ask({ sse: [mail, usage, 'data: [DONE]\n\n'] }, { stream: true });
    expect((await call.done).text).not.toContain('jane.roe');
    expect(await recordOf(call)).toMatchObject({
      usage: { input_tokens: 9, output_tokens: 1_000 },
      cost_micros: 9 * 3 + 15_000,
    });
  });
});

describe('a price that nobody states', () => {
  it("is unknown, and never zero: on a machine of one's own, and of a model no catalogue knows", async () => {
    const own = await recordOf(ask(answer({ prompt_tokens: 5, completion_tokens: 5 }), { model: 'own' }));
    const unknown = { cost_micros: null, price: null, price_version: null };
    expect(own).toMatchObject({ ...unknown, cost_reason: 'own_machine', usage: { input_tokens: 5 } });
    const strange = await recordOf(
      ask(answer({ prompt_tokens: 5, completion_tokens: 5 }), { model: 'strange' }),
    );
    expect(strange).toMatchObject({ ...unknown, cost_reason: 'no_price' });
  });
  it('is known from the moment it is saved; records before it stay as they were', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 10 };
    const before = await recordOf(ask(answer(usage), { model: 'own' }));
    expect(before).toMatchObject({ cost_micros: null });
    const put = (input: number) =>
      send(`${gateway.url}/admin/v1/prices/power`, {
        method: 'PUT',
        headers: { ...operator, 'content-type': 'application/json' },
        body: JSON.stringify({
          backend: 'lan',
          model: '*',
          input_usd_per_mtok: input,
          output_usd_per_mtok: 0,
        }),
      });
    for (const [version, input] of [
      [1, 0.5],
      [2, 0],
    ] as const) {
      expect((await put(input)).status).toBe(200);
      let record: Record<string, unknown> = {};
      for (const until = Date.now() + 7_000; Date.now() < until; ) {
        record = await recordOf(ask(answer(usage), { model: 'own' }));
        if (record['price_version'] === `saved/power@${version}`) break;
      }
      expect(record).toMatchObject({ price_version: `saved/power@${version}`, cost_micros: 100 * input });
    }
    expect(await gateway.record(String(before['exchange']))).toEqual(before);
    await send(`${gateway.url}/admin/v1/prices/power`, { method: 'DELETE', headers: operator });
  }, 20_000);
  it('of output only is unknown as soon as there is output', async () => {
    const put = await send(`${gateway.url}/admin/v1/prices/half`, {
      method: 'PUT',
      headers: { ...operator, 'content-type': 'application/json' },
      body: JSON.stringify({ backend: 'vendor', model: 'strange', input_usd_per_mtok: 1 }),
    });
    expect(put.status).toBe(200);
    let record: Record<string, unknown> = {};
    for (const until = Date.now() + 7_000; Date.now() < until && record['price_version'] !== 'saved/half@1'; )
      record = await recordOf(ask(answer({ prompt_tokens: 5, completion_tokens: 5 }), { model: 'strange' }));
    expect(record).toMatchObject({ cost_micros: null, cost_reason: 'no_output_price' });
    const embedded = json({ object: 'list', data: [], usage: { prompt_tokens: 5, total_tokens: 5 } });
    const asked = { model: 'strange', path: '/v1/embeddings', body: { input: WORDS, messages: undefined } };
    expect(await recordOf(ask(embedded, asked))).toMatchObject({ cost_micros: 5, cost_reason: null });
  }, 20_000);
});

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
    const before = upstream.requests.length;
    const [earlier] = await newest();
    const call = ask({ stall: 60_000 });
    await upstream.arrived(before);
    call.abort();
    await call.done;
    let [latest] = await newest();
    while (latest === earlier) [latest] = await newest();
    const record = await gateway.record(String(latest));
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
  const { items } = (await gateway.admin('/records?limit=1')) as { items: Record<string, unknown>[] };
  return items.map(({ exchange }) => exchange);
};

describe('an exchange for which nothing is paid', () => {
  const free = (reason: string) => ({
    cost_micros: 0,
    cost_reason: reason,
    price_version: null,
    usage: null,
  });
  it('was refused here, or never left', async () => {
    const blocked = ask(undefined, {
      body: { messages: [{ role: 'user', content: `AKIA${'Q3EXAMPLE7ZXCVBN'}` }] },
    });
    await blocked.done;
    expect(await recordOf(ask(undefined, { model: 'no/such' }))).toMatchObject(free('nothing_sent'));
    expect(await recordOf(ask(undefined, { model: 'nowhere' }))).toMatchObject({
      ...free('nothing_sent'),
      code: 'upstream_unreachable',
    });
  });
  it.each([400, 401, 404, 429, 500, 503])('was refused by its upstream with %i', async (status) => {
    expect(await recordOf(ask(error(status)))).toMatchObject(free('error_reply'));
    expect(await recordOf(ask(error(status), { stream: true }))).toMatchObject(free('error_reply'));
  });
  it('counts tokens, which costs nothing', async () => {
    const asked = { model: 'sonnet', path: '/v1/messages/count_tokens' };
    expect(await recordOf(ask(json({ input_tokens: 14 }), asked))).toMatchObject(free('not_charged'));
  });
});

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

it('exports of the records show cost and price', async () => {
  const { exchange } = await recordOf(ask(answer({ prompt_tokens: 1_000, completion_tokens: 100 })));
  const get = async (format: string) =>
    (await fetch(`${gateway.url}/admin/v1/records/export?format=${format}`, { headers: operator })).text();
  const [head = '', ...lines] = (await get('csv')).split('\r\n');
  const columns = head.split(',');
  const line = lines.find((each) => each.startsWith(String(exchange))) ?? '';
  expect(columns).toEqual(expect.arrayContaining(['cost_micros', 'cost_reason', 'price_version']));
  expect(line).toMatch(/,4500,,gatehouse\.yaml\/big#[0-9a-f]{12},/);
  const told = (await get('ndjson')).split('\n').find((each) => each.includes(String(exchange))) ?? '{}';
  expect(JSON.parse(told)).toMatchObject({ cost_micros: 4_500, price: { input_usd_per_mtok: 3 } });
});
