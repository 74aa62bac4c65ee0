// The life of a key, seen by a client of a gateway that runs: minted, used, rotated, revoked, expired.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';

const SETUP = (models: string) => `
teams: [{ name: crew }]
backends: [{ name: pretend, provider: pretend, zone: on_prem }]
models: [{ name: pretend, targets: [{ backend: pretend, model: pretend }] }, { name: second, targets: [{ backend: pretend, model: pretend }] }]
use_cases: [{ name: chat, team: crew, models: [${models}] }]
keys: [{ name: first, use_case: chat }]`;

type Minted = { id: string; name: string; key: string };
let gateway: Started;
beforeAll(async () => {
  gateway = await startGateway({ setup: SETUP('pretend') });
});
afterAll(() => gateway.stop());

const call = (headers: Record<string, string>) => fetch(`${gateway.url}/v1/models`, { headers });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
/** The status of a call with this key, and the code of its refusal. */
const told = async (key: string): Promise<[number, unknown]> => {
  const reply = await call(bearer(key));
  const body = (await reply.json()) as { error?: { message: string } };
  return [reply.status, body.error?.message];
};
const mint = async (name: string, more: object = {}): Promise<Minted> => {
  const { status, body } = await gateway.post('/keys', { name, use_case: 'chat', ...more });
  expect(status).toBe(201);
  return body as Minted;
};
const keys = async (): Promise<Record<string, unknown>[]> =>
  ((await gateway.admin('/keys?limit=200')) as { items: Record<string, unknown>[] }).items;
const keyOf = async (id: string) => (await keys()).find((key) => key['id'] === id);

describe('a minted key', () => {
  it('works at once, even if it was tried before it was one, and is shown in no other answer', async () => {
    const { id, key } = await mint('once');
    expect(key).toMatch(/^gtk_[0-9A-Za-z]{43}$/);
    expect((await call(bearer(key))).status).toBe(200);
    const places = ['/keys', '/changes', '/export', '/records', '/use_cases'];
    for (const path of places) expect(JSON.stringify(await gateway.admin(path))).not.toContain(key);
    expect(await keyOf(id)).toMatchObject({
      name: 'once',
      hint: key.slice(-4),
      use_case: 'chat',
      use_case_version: 1,
      expires_at: null,
      revoked_at: null,
    });
  });
  it('is in no table of the database, and neither is its plain hash', async () => {
    const { key } = await mint('dumped');
    await call(bearer(key));
    const client = new pg.Client({ connectionString: gateway.databaseUrl });
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    let dump = '';
    for (const { name } of tables) dump += JSON.stringify((await client.query(`select * from ${name}`)).rows);
    await client.end();
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(key))).toString('hex');
    expect(dump).toContain('dumped');
    for (const text of [key, key.slice(4), key.slice(0, 20), digest]) expect(dump).not.toContain(text);
  });
  it.each([
    ['of a use case that is not there', { name: 'x', use_case: 'ghost' }, 404, 'not_found'],
    ['whose name a key bears that counts', { name: 'first', use_case: 'chat' }, 409, 'name_taken'],
    [
      'that has ended already',
      { name: 'x', use_case: 'chat', expires_at: '2020-01-01T00:00:00Z' },
      400,
      'bad_request',
    ],
    [
      'with a date that is none',
      { name: 'x', use_case: 'chat', expires_at: '2027-02-30T00:00:00Z' },
      400,
      'bad_request',
    ],
    ['with a name that is none', { name: 'X Y', use_case: 'chat' }, 400, 'bad_request'],
    ['with more than is known', { name: 'x', use_case: 'chat', version: 7 }, 400, 'bad_request'],
  ])('%s is refused and nothing is recorded', async (_, body, status, code) => {
    const before = await gateway.admin('/changes?limit=1');
    expect(await gateway.post('/keys', body)).toMatchObject({ status, body: { error: { code } } });
    expect(await gateway.admin('/changes?limit=1')).toEqual(before);
  });
  it('of ten that are minted at once under one name is one', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, () => gateway.post('/keys', { name: 'raced', use_case: 'chat' })),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(made.filter(({ status }) => status === 409)).toHaveLength(9);
  });
});

describe('a revoked key', () => {
  it('is refused within five seconds under traffic, and for good', async () => {
    const { id, key } = await mint('leaked');
    expect((await told(key))[0]).toBe(200);
    expect(await gateway.post(`/keys/${id}/revoke`, undefined)).toMatchObject({ status: 200, body: { id } });
    const revoked = performance.now();
    while ((await told(key))[0] === 200) {
      expect(performance.now() - revoked).toBeLessThan(5_000);
      await sleep(50);
    }
    for (let i = 0; i < 3; i++) expect(await told(key)).toEqual([401, 'This API key has been revoked.']);
    // Twice is as good as once, and recorded once.
    const { body } = await gateway.post(`/keys/${id}/revoke`, undefined);
    expect(body).toEqual(await keyOf(id));
    const { items } = (await gateway.admin('/changes?limit=200')) as {
      items: { action: string; subject: string }[];
    };
    expect(
      items.filter(({ action, subject }) => action === 'key.revoked' && subject === `key/${id}`),
    ).toHaveLength(1);
    expect(await gateway.post(`/keys/${id}/rotate`, {})).toMatchObject({
      status: 409,
      body: { error: { code: 'key_over' } },
    });
  });
  it('that nobody had used yet is refused at once', async () => {
    const { id, key } = await mint('unused');
    await gateway.post(`/keys/${id}/revoke`, undefined);
    expect((await told(key))[0]).toBe(401);
  });
  it('that is not there is not found', async () => {
    for (const id of ['key_none', '%00', '..%2f'])
      expect((await gateway.post(`/keys/${id}/revoke`, undefined)).status).toBeGreaterThanOrEqual(400);
    expect(await gateway.post('/keys/key_none/revoke', undefined)).toMatchObject({ status: 404 });
  });
});

describe('a rotated key', () => {
  it('counts beside the new one until the overlap has passed, and then no more', async () => {
    const old = await mint('rotating');
    const { body } = await gateway.post(`/keys/${old.id}/rotate`, { overlap_s: 2 });
    const made = body as Minted;
    const rotated = Date.now();
    expect(made.name).toBe('rotating');
    expect([(await told(old.key))[0], (await told(made.key))[0]]).toEqual([200, 200]);
    const ends = Date.parse(String((await keyOf(old.id))?.['expires_at']));
    expect(Math.abs(ends - rotated - 2_000)).toBeLessThan(1_000);
    await sleep(Math.max(0, ends - Date.now()));
    expect(await told(old.key)).toEqual([401, 'This API key has expired.']);
    expect((await told(made.key))[0]).toBe(200);
    const { items } = (await gateway.admin('/changes?limit=2')) as { items: Record<string, unknown>[] };
    expect(items).toMatchObject([
      {
        action: 'key.created',
        subject: `key/${made.id}`,
        after: { rotated_from: old.id, use_case: 'chat', use_case_version: 1 },
      },
      {
        action: 'key.rotated',
        subject: `key/${old.id}`,
        before: { expires_at: null },
        after: { rotated_to: made.id },
      },
    ]);
  });
  it('keeps its end, and the old one ends no later than it would have', async () => {
    const end = new Date(Date.now() + 3_600_000).toISOString();
    const old = await mint('ending', { expires_at: end });
    const { body } = await gateway.post(`/keys/${old.id}/rotate`, { overlap_s: 86_400 });
    expect((await keyOf((body as Minted).id))?.['expires_at']).toBe(end);
    expect((await keyOf(old.id))?.['expires_at']).toBe(end);
  });
  it('stays on its version, and moves to the newest when asked', async () => {
    const old = await mint('moving');
    await gateway.post('/apply', { text: SETUP('pretend, second') });
    const shown = async (key: string) =>
      ((await (await call(bearer(key))).json()) as { data: { id: string }[] }).data.map(({ id }) => id);
    const same = (await gateway.post(`/keys/${old.id}/rotate`, {})).body as Minted;
    expect(await shown(same.key)).toEqual(['pretend']);
    const moved = (await gateway.post(`/keys/${same.id}/rotate`, { latest: true })).body as Minted;
    expect(await shown(moved.key)).toEqual(['pretend', 'second']);
    expect(await gateway.post(`/keys/${old.id}/rotate`, {})).toMatchObject({
      status: 409,
      body: { error: { code: 'key_rotated' } },
    });
  });
  it('of two rotations at once is one: the other is told', async () => {
    const old = await mint('twice');
    const ends = await Promise.all([1, 2, 3].map(() => gateway.post(`/keys/${old.id}/rotate`, {})));
    expect(ends.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });
});

it('a key that expires is refused from that millisecond on, not when the gateway next looks', async () => {
  const end = Date.now() + 1_500;
  const { key } = await mint('short', { expires_at: new Date(end).toISOString() });
  const seen: [number, number, number][] = [];
  while (Date.now() < end + 300) {
    const sent = Date.now();
    const [status] = await told(key);
    seen.push([sent - end, Date.now() - end, status]);
    await sleep(5);
  }
  for (const [sent, done, status] of seen) {
    if (done < 0) expect(status).toBe(200);
    if (sent >= 0) expect(status).toBe(401);
  }
  expect(seen.some(([, , status]) => status === 200)).toBe(true);
});

describe('hostile credentials', () => {
  const texts = [
    'x',
    'gtk_',
    `gtk_${'0'.repeat(43)}`,
    'x'.repeat(513),
    'x'.repeat(12_000),
    "' or ''='",
    '../../etc/passwd',
    '%00',
    '\u00e9\u00ff',
    '\t \t',
    'null',
    'undefined',
    '[object Object]',
    '${env:GATEHOUSE_SECRET}',
    'Bearer Bearer x',
    '{"$ne":1}',
  ];
  it.each(texts)('%j is refused with 401 and told nothing more', async (text) => {
    for (const headers of [
      { authorization: `Bearer ${text}` },
      { 'x-api-key': text },
      { authorization: text },
      { 'x-gatehouse-key': text },
    ]) {
      const { status, body } = await raw(headers);
      expect(status).toBe(401);
      expect(body).toMatch(/This API key is not valid|No API key was given/);
      expect(body).not.toContain('GATEHOUSE_SECRET');
    }
  });
  it('a key in another case, with a character more or less, or in the query is no key', async () => {
    const { key } = await mint('exact');
    for (const text of [
      key.toUpperCase(),
      key.toLowerCase(),
      `${key}x`,
      key.slice(0, -1),
      key.slice(4),
      `${key}, ${key}`,
    ])
      expect((await raw({ authorization: `Bearer ${text}` })).status).toBe(401);
    expect((await fetch(`${gateway.url}/v1/models?key=${key}&api_key=${key}`)).status).toBe(401);
    expect((await raw({ authorization: `bEARER ${key}` })).status).toBe(200);
  });
  it("the header of our own wins over a provider's token beside it", async () => {
    const { key } = await mint('beside');
    expect(
      (await raw({ 'x-gatehouse-key': key, authorization: 'Bearer sk-ant-oat-of-the-provider' })).status,
    ).toBe(200);
    expect((await raw({ 'x-gatehouse-key': 'nonsense', authorization: `Bearer ${key}` })).status).toBe(401);
  });
});

/** A call whose headers go out as they are, unlike fetch's. */
const raw = (headers: Record<string, string>): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(`${gateway.url}/v1/models`, { headers }, (reply) => {
      let body = '';
      reply.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      reply.once('end', () => resolve({ status: reply.statusCode ?? 0, body }));
    });
    sent.once('error', reject).end();
  });
