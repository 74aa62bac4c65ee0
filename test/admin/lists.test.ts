// Every list of the admin API: newest first, a page at a time, nothing twice and nothing left out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../kit/admin.ts';
import { LISTS, operator, send } from '../kit/admin.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';

const SETUP = `
teams: [${Array.from({ length: 7 }, (_, i) => `{ name: team${i} }`).join(', ')}]
backends: [{ name: pretend, provider: pretend, zone: on_prem }, { name: cloud, provider: openai, zone: cloud, secret: sk-literal-0123 }]
models: [{ name: pretend, targets: [{ backend: pretend, model: pretend }] }]
policies: [{ name: strict, request: { pii: block } }, { name: loose, request: { pii: alert } }, { name: third }]
use_cases: [{ name: chat, team: team0, models: ["*"] }, { name: second, team: team0, models: ["*"] }, { name: third, team: team0, models: ["*"] }]
keys: [{ name: a, use_case: chat }, { name: b, use_case: chat }, { name: c, use_case: chat }]`;
let gateway: Started;
beforeAll(async () => {
  gateway = await startGateway({ setup: SETUP });
  for (let i = 0; i < 5; i++) await fetch(`${gateway.url}/v1/models`);
  for (let i = 0; i < 4; i++) await putPrice(`price${i}`);
});
afterAll(() => gateway.stop());

const putPrice = (name: string) =>
  send(`${gateway.url}/admin/v1/prices/${name}`, {
    method: 'PUT',
    headers: { ...operator, 'content-type': 'application/json' },
    body: JSON.stringify({ model: name, input_usd_per_mtok: 1 }),
  });
const get = (path: string) => send(`${gateway.url}/admin/v1${path}`, { headers: operator });

describe('lists', () => {
  it.each(LISTS)(
    '%s shows every item once, newest first, page by page, while others are added',
    async (path) => {
      const all = ((await get(`${path}?limit=200`)).body as Page).items;
      const size = Math.ceil(all.length / 3);
      const seen: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { body, status } = await get(
          `${path}?limit=${size}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        expect(status).toBe(200);
        const { items, next_cursor } = body as Page;
        expect(items.length).toBeLessThanOrEqual(size);
        seen.push(...items);
        cursor = next_cursor;
        // Something new of every noun: it comes before the first page and moves nothing behind it.
        const name = `new${path.slice(1, 4)}${seen.length}`;
        await gateway.post('/apply', {
          text: JSON.stringify({
            teams: [{ name }],
            models: [{ name, targets: [{ backend: 'pretend', model: name }] }],
            policies: [{ name }, { name: 'strict', threshold: { count: seen.length + 2 } }],
            backends: [{ name, provider: 'vllm', zone: 'on_prem' }],
            use_cases: [
              { name, team: 'team0', models: ['*'] },
              { name: 'second', team: 'team0', models: [name] },
            ],
            keys: [{ name, use_case: name }],
          }),
        });
        await putPrice(name);
        await fetch(`${gateway.url}/v1/models`);
      }
      const idOf = (item: unknown) => {
        const { exchange, seq, id, name } = item as Record<string, unknown>;
        return exchange ?? seq ?? id ?? name;
      };
      expect(seen.map(idOf)).toEqual(all.map(idOf));
      const times = all.map((item) => String(item['created_at'] ?? item['opened_at'] ?? item['at']));
      expect(times).toEqual(times.toSorted().toReversed());
    },
  );
  it.each([
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=x',
    'limit=1.5',
    'limit=',
    'cursor=%00',
    `cursor=${'x'.repeat(300)}`,
  ])('refuse ?%s with a fault that names it', async (query) => {
    for (const path of LISTS) {
      const { status, body } = await get(`${path}?${query}`);
      expect([path, status, body]).toEqual([
        path,
        400,
        {
          error: {
            code: 'bad_request',
            message: 'The request is not valid.',
            faults: [expect.stringMatching(new RegExp(`^${query.split('=')[0]}: `))],
          },
        },
      ]);
    }
  });
  it.each(['nonsense', "'; drop table keys; --", '~', '9'.repeat(15)])(
    'take the cursor %j for a place, not for SQL',
    async (cursor) => {
      for (const path of LISTS.filter((name) => name !== '/changes'))
        expect((await get(`${path}?cursor=${encodeURIComponent(cursor)}`)).status).toBe(200);
    },
  );
  it('show no secret of a backend', async () => {
    const { items } = (await get('/backends?limit=200')).body as Page;
    expect(items.find(({ name }) => name === 'cloud')).toMatchObject({ secret: '${sealed}' });
    expect(JSON.stringify(items)).not.toMatch(/sk-literal|sealed:v1/);
  });
});
