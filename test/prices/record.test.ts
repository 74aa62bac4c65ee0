// What the record says an exchange cost: from the tokens its upstream reported and the price in force, or that it is not known, or that
// nothing was paid; and from the record alone anybody comes to the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operator, send } from '../kit/admin.ts';
import { error, event, json } from '../kit/upstream.ts';
import type { Priced } from './priced.ts';
import { answer, chunk, recomputed, startPriced, WORDS } from './priced.ts';

let priced: Priced;
const ask: Priced['ask'] = (script, asked) => priced.ask(script, asked);
const recordOf: Priced['recordOf'] = (call) => priced.recordOf(call);
beforeAll(async () => {
  priced = await startPriced();
});
afterAll(() => priced.stop());

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
      send(`${priced.gateway.url}/admin/v1/prices/power`, {
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
    expect(await priced.gateway.record(String(before['exchange']))).toEqual(before);
    await send(`${priced.gateway.url}/admin/v1/prices/power`, { method: 'DELETE', headers: operator });
  }, 20_000);
  it('of output only is unknown as soon as there is output', async () => {
    const put = await send(`${priced.gateway.url}/admin/v1/prices/half`, {
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

it('exports of the records show cost and price', async () => {
  const { exchange } = await recordOf(ask(answer({ prompt_tokens: 1_000, completion_tokens: 100 })));
  const get = async (format: string) =>
    (
      await fetch(`${priced.gateway.url}/admin/v1/records/export?format=${format}`, { headers: operator })
    ).text();
  const [head = '', ...lines] = (await get('csv')).split('\r\n');
  const columns = head.split(',');
  const line = lines.find((each) => each.startsWith(String(exchange))) ?? '';
  expect(columns).toEqual(expect.arrayContaining(['cost_micros', 'cost_reason', 'price_version']));
  expect(line).toMatch(/,4500,,gatehouse\.yaml\/big#[0-9a-f]{12},/);
  const told = (await get('ndjson')).split('\n').find((each) => each.includes(String(exchange))) ?? '{}';
  expect(JSON.parse(told)).toMatchObject({ cost_micros: 4_500, price: { input_usd_per_mtok: 3 } });
});
