// Prices over the admin API: what is saved is in force, kept in every version, and on record; and the CLI does no more than that.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change.ts';
import type { Page } from '../kit/admin.ts';
import { operator, send } from '../kit/admin.ts';
import { gatehouse } from '../kit/cli.ts';
import type { Started } from '../kit/gateway.ts';
import { ADMIN_TOKEN, startGateway } from '../kit/gateway.ts';
import { told } from '../kit/setup.ts';

const SETUP = `
backends:
  - { name: lan, provider: ollama, url: "http://127.0.0.1:9", zone: on_prem }
  - { name: vendor, provider: openai, zone: cloud }
models:
  - { name: small, targets: [{ backend: lan, model: "llama3.2:latest" }] }
  - { name: mixed, targets: [{ backend: vendor, model: gpt-5 }, { backend: lan, model: qwen3 }] }
  - name: declared
    targets: [{ backend: vendor, model: gpt-5 }]
    price:
      input_usd_per_mtok: 1.1
      output_usd_per_mtok: 9
      tiers: [{ above_input_tokens: 272000, input_usd_per_mtok: 2.2, output_usd_per_mtok: 13.5 }]
`;

let folder: string;
let gateway: Started;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'prices-'));
  const file = join(folder, 'prices.yaml');
  writeFileSync(
    file,
    'prices:\n  - { name: contract, provider: openai, model: gpt-5, input_usd_per_mtok: 1, output_usd_per_mtok: 8 }\n',
  );
  gateway = await startGateway({ setup: SETUP, env: { GATEHOUSE_PRICES: file } });
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const api = (method: string, path: string, body?: unknown) =>
  send(`${gateway.url}/admin/v1${path}`, {
    method,
    headers: { ...operator, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const changes = async () =>
  ((await gateway.admin('/changes?limit=200')) as { items: Change[] }).items.filter(({ subject }) =>
    subject.startsWith('price/'),
  );
const inForce = async (model: string) => {
  const { items } = (await gateway.admin('/model_prices')) as Page;
  return items.find(({ name }) => name === model)?.['targets'];
};

const RATE = { input_usd_per_mtok: 0.08, output_usd_per_mtok: 0.08 };

describe('the prices in force', () => {
  it('are told for every target of every model, with the reason where there is none', async () => {
    expect(await inForce('small')).toEqual([
      { backend: 'lan', model: 'llama3.2:latest', price: null, version: null, reason: 'own_machine' },
    ]);
    expect(await inForce('mixed')).toEqual([
      {
        ...{ backend: 'vendor', model: 'gpt-5', reason: null },
        price: { input_usd_per_mtok: 1, output_usd_per_mtok: 8 },
        version: expect.stringMatching(/^file\/contract#[0-9a-f]{12}$/),
      },
      { backend: 'lan', model: 'qwen3', price: null, version: null, reason: 'own_machine' },
    ]);
    expect(await inForce('declared')).toMatchObject([
      {
        price: { input_usd_per_mtok: 1.1, tiers: [{ above_input_tokens: 272_000 }] },
        version: expect.stringMatching(/^gatehouse\.yaml\/declared#[0-9a-f]{12}$/),
      },
    ]);
  });
  it("are listed where an operator states them: the file's too", async () => {
    expect(await gateway.admin('/prices')).toMatchObject({
      items: [{ name: 'contract', from: 'file', version: null, price: { model: 'gpt-5' } }],
      next_cursor: null,
    });
  });
});

describe('a saved price', () => {
  it('makes a version, stands over the file, and is one change with its record', async () => {
    const body = { backend: 'vendor', model: 'gpt-*', ...RATE };
    const put = await api('PUT', '/prices/vendor-gpt', body);
    expect(put).toMatchObject({
      status: 200,
      body: { name: 'vendor-gpt', from: 'saved', version: 1, price: body },
    });
    expect(await inForce('mixed')).toMatchObject([{ price: RATE, version: 'saved/vendor-gpt@1' }, {}]);
    expect(await inForce('declared')).toMatchObject([{ price: { input_usd_per_mtok: 1.1 } }]);
    const [change] = await changes();
    expect(change).toMatchObject({
      ...{ action: 'price.created', subject: 'price/vendor-gpt', before: null },
      after: { version: 1, ...body },
    });
  });
  it('saved again as it is changes nothing; saved otherwise is the next version, and both are kept', async () => {
    const body = { model: 'gpt-*', ...RATE, backend: 'vendor' };
    expect(await api('PUT', '/prices/vendor-gpt', body)).toMatchObject({ body: { version: 1 } });
    expect(await changes()).toHaveLength(1);
    const dearer = { ...body, output_usd_per_mtok: 0.1 };
    expect(await api('PUT', '/prices/vendor-gpt', dearer)).toMatchObject({ body: { version: 2 } });
    expect(await api('GET', '/prices/vendor-gpt')).toMatchObject({
      status: 200,
      body: {
        versions: [
          { version: 2, price: { output_usd_per_mtok: 0.1 } },
          { version: 1, price: { output_usd_per_mtok: 0.08 } },
        ],
      },
    });
    expect((await changes())[0]).toMatchObject({
      ...{ action: 'price.changed', before: { version: 1, output_usd_per_mtok: 0.08 } },
      after: { version: 2, output_usd_per_mtok: 0.1 },
    });
  });
  it('that was deleted gives way to what stood under it; its versions stay, and the next one counts on', async () => {
    expect(await api('DELETE', '/prices/vendor-gpt')).toMatchObject({ status: 200 });
    expect(await inForce('mixed')).toMatchObject([
      { version: expect.stringContaining('file/contract#') },
      {},
    ]);
    expect((await changes())[0]).toMatchObject({
      action: 'price.deleted',
      before: { version: 2 },
      after: null,
    });
    expect(await api('GET', '/prices/vendor-gpt')).toMatchObject({
      body: { versions: [{ version: 3, price: null }, { version: 2 }, { version: 1 }] },
    });
    expect((await api('DELETE', '/prices/vendor-gpt')).status).toBe(404);
    expect(await api('PUT', '/prices/vendor-gpt', { model: 'gpt-5', ...RATE })).toMatchObject({
      body: { version: 4 },
    });
    expect((await changes())[0]).toMatchObject({ action: 'price.created', before: null });
    await api('DELETE', '/prices/vendor-gpt');
  });
  it('of a backend that is not there, or that is no price, is refused and changes nothing', async () => {
    const before = await changes();
    const ghost = await api('PUT', '/prices/x', { backend: 'ghost', model: '*', ...RATE });
    expect(ghost).toMatchObject({ status: 400, body: { error: { code: 'bad_price' } } });
    for (const body of [
      {},
      { model: '*' },
      { model: '*', input_usd_per_mtok: -1 },
      { model: '*', ...RATE, eur: 1 },
    ])
      expect((await api('PUT', '/prices/x', body)).status).toBe(400);
    expect((await api('PUT', '/prices/UPPER', { model: '*', ...RATE })).status).toBe(400);
    expect((await api('GET', '/prices/x')).status).toBe(404);
    expect((await api('DELETE', '/prices/x')).status).toBe(404);
    expect(await changes()).toEqual(before);
  });
  it('is one of many that are put at once: each is there, and each is on record', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `at-once-${i}`);
    const puts = await Promise.all(
      names.map((name) => api('PUT', `/prices/${name}`, { model: name, ...RATE })),
    );
    expect(puts.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { items } = (await gateway.admin('/prices?limit=5')) as Page;
    const rest = (await gateway.admin(
      `/prices?cursor=${((await gateway.admin('/prices?limit=5')) as Page).next_cursor}`,
    )) as Page;
    expect([...items, ...rest.items].map(({ name }) => name).sort()).toEqual([...names, 'contract'].sort());
    expect(told((await changes()).slice(0, 8)).sort()).toEqual(
      names.map((name) => `price.created price/${name}`),
    );
  });
});

describe("a model's price in gatehouse.yaml", () => {
  it('is applied once, is exported, and applied again changes nothing', async () => {
    expect(await gateway.post('/apply', { text: SETUP })).toMatchObject({ body: { changes: [] } });
    const { text } = (await gateway.admin('/export')) as { text: string };
    expect(text).toContain('above_input_tokens: 272000');
    expect(await gateway.post('/apply', { text })).toMatchObject({ status: 200, body: { changes: [] } });
  });
  it('that changes is a change with its record; left out again it is no more', async () => {
    const dearer = SETUP.replace('input_usd_per_mtok: 1.1', 'input_usd_per_mtok: 1.2');
    expect(await gateway.post('/apply', { text: dearer })).toMatchObject({
      body: {
        changes: [
          {
            ...{ action: 'model.changed', subject: 'model/declared' },
            before: { price: { input_usd_per_mtok: 1.1 } },
            after: { price: { input_usd_per_mtok: 1.2 } },
          },
        ],
      },
    });
    const without = SETUP.slice(0, SETUP.indexOf('    price:'));
    expect(await gateway.post('/apply', { text: without })).toMatchObject({
      body: { changes: [{ subject: 'model/declared' }] },
    });
    expect(await inForce('declared')).toMatchObject([{ version: expect.stringContaining('file/contract#') }]);
    await gateway.post('/apply', { text: SETUP });
  });
});

describe('the CLI', () => {
  const cli = (...args: string[]) =>
    gatehouse(['prices', ...args], { GATEHOUSE_URL: gateway.url, GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN });
  it('puts a price, by words or by a file, shows what is in force, and takes it back', async () => {
    const put = await cli(
      'put',
      'power',
      '--model',
      'llama*',
      '--backend',
      'lan',
      '--input',
      '0.05',
      '--output',
      '0.1',
    );
    expect(put).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('price "power", version 1: $0.05 in'),
    });
    const listed = await cli('list');
    expect(listed.stdout).toContain(
      'small  lan/llama3.2:latest  $0.05 in, $0.1 out a million  saved/power@1',
    );
    expect(listed.stdout).toContain('mixed  lan/qwen3  unknown (own_machine)');
    expect(listed.stdout).toContain('contract  (file)  openai: gpt-5');
    const file = join(folder, 'long.yaml');
    writeFileSync(
      file,
      'model: qwen3\ninput_usd_per_mtok: 1\ntiers: [{ above_input_tokens: 10, input_usd_per_mtok: 2 }]\n',
    );
    const long = JSON.parse((await cli('put', 'long', '--file', file, '--json')).stdout);
    expect(long).toMatchObject({ version: 1, price: { tiers: [{ above_input_tokens: 10 }] } });
    expect(await cli('delete', 'power')).toMatchObject({ code: 0 });
    expect(await cli('delete', 'power')).toMatchObject({ code: 1 });
  });
  it.each([
    [['put', 'x', '--model', 'm']],
    [['put', 'x', '--input', '1']],
    [['put', '--model', 'm', '--input', '1']],
    [['put', 'x', '--model', 'm', '--input', '']],
    [['put', 'x', '--model', 'm', '--input', '1', '--provider', 'elsewhere']],
    [['fly']],
  ])('used wrongly (%j) says so', async (args) => {
    expect(await cli(...args)).toMatchObject({ code: 2 });
  });
});

it('a file of prices that is wrong stops the start and names its line', async () => {
  const file = join(folder, 'wrong.yaml');
  writeFileSync(file, 'prices:\n  - { name: a, model: m }\n');
  const start = startGateway({ setup: SETUP, env: { GATEHOUSE_PRICES: file } });
  await expect(start).rejects.toThrow(/GATEHOUSE_PRICES: .*wrong\.yaml:2: prices\[0\]\.input_usd_per_mtok/);
  const missing = startGateway({ setup: SETUP, env: { GATEHOUSE_PRICES: join(folder, 'none.yaml') } });
  await expect(missing).rejects.toThrow(/GATEHOUSE_PRICES: cannot read/);
});
