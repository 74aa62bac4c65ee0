// A policy's versions never change: what is said anew makes the next one, with its record, and only where it says something else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policiesAndPacks } from '../../migrations/0007-policies-and-packs.ts';
import type { Change } from '../../src/changes/change.ts';
import { DEFAULT_POLICY, isSamePolicy, policyBodySchema } from '../../src/policies/policy.ts';
import { operator, send } from '../kit/admin.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import { told } from '../kit/setup.ts';

const SETUP = `
policies:
  - name: default
    request:  { pii: redact, secrets: block, injection: log }
    response: { pii: redact, secrets: redact }
    overrides: { us-ssn: block }
  - name: strict
    request: { pii: block, uninspected: refuse }
    allow: ["*@example.org"]
    threshold: { confidence: 0.4, count: 3 }
teams: [{ name: crew }]
use_cases: [{ name: chat, team: crew, models: ["*"], policy: strict }]
`;

let gateway: Started;
beforeAll(async () => {
  gateway = await startGateway({ setup: SETUP });
});
afterAll(() => gateway.stop());

const put = (path: string, body: unknown) =>
  send(`${gateway.url}/admin/v1${path}`, {
    method: 'PUT',
    headers: { ...operator, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const get = (path: string) => send(`${gateway.url}/admin/v1${path}`, { headers: operator });
const changes = async () => ((await get('/changes?limit=200')).body as { items: Change[] }).items;

it('the policy "default" is there from the start, and says what it says where nothing is said', () => {
  const [insert = ''] = policiesAndPacks.statements;
  expect(JSON.parse(/'(\{.*\})'/.exec(insert)?.[1] ?? '')).toEqual(DEFAULT_POLICY);
});

it('two bodies that say the same are the same in whatever order their overrides stand', () => {
  const body = (overrides: Record<string, 'mask' | 'block'>) => policyBodySchema.parse({ overrides });
  expect(isSamePolicy(body({ a: 'mask', b: 'block' }), body({ b: 'block', a: 'mask' }))).toBe(true);
  expect(isSamePolicy(body({ a: 'mask' }), body({ a: 'block' }))).toBe(false);
  expect(isSamePolicy(body({}), policyBodySchema.parse({ allow: ['x'] }))).toBe(false);
});

describe('a declared policy', () => {
  it('is applied once, as a version of its own, and recorded; declared again it changes nothing', async () => {
    const all = await changes();
    expect(told(all).filter((change) => change.includes('policy/'))).toEqual([
      'policy.created policy/strict',
      'policy.changed policy/default',
    ]);
    const again = await gateway.post('/apply', { text: SETUP });
    expect(again).toMatchObject({ status: 200, body: { changes: [] } });
    expect((await changes()).length).toBe(all.length);
  });
  it('is shown with every version it had, and the first of all says nothing of findings', async () => {
    expect(await get('/policies/default')).toMatchObject({
      status: 200,
      body: {
        name: 'default',
        version: 3,
        overrides: { 'us-ssn': 'block' },
        versions: [
          { version: 3, body: { overrides: { 'us-ssn': 'block' } } },
          { version: 2, body: DEFAULT_POLICY },
          { version: 1, body: null },
        ],
      },
    });
    expect(await get('/policies/strict')).toMatchObject({
      body: { version: 1, threshold: { confidence: 0.4, count: 3 }, allow: ['*@example.org'] },
    });
    expect((await get('/policies/ghost')).status).toBe(404);
  });
  it('shows in a dry run what it would change, and changes nothing', async () => {
    const text = 'policies: [{ name: strict, request: { pii: mask } }]';
    const { body } = await gateway.post('/apply', { text, dry_run: true });
    expect(body).toMatchObject({
      dry_run: true,
      changes: [
        {
          action: 'policy.changed',
          subject: 'policy/strict',
          before: { version: 1, request: { pii: 'block' } },
          after: { version: 2, request: { pii: 'mask' } },
        },
      ],
    });
    expect(await get('/policies/strict')).toMatchObject({ body: { version: 1 } });
  });
  it('that is in force keeps no gateway from starting when a pattern it names is gone, and says so', async () => {
    const pattern = { id: 'own', title: 'x', category: 'pii', regex: 'own-\\d{2}', hits: ['own-12'] };
    const pack = { pack: 'mine', title: 'Mine', version: 1, patterns: [pattern] };
    expect((await put('/packs/mine', pack)).status).toBe(200);
    const text = 'policies: [{ name: extra, overrides: { own: mask } }]';
    expect((await gateway.post('/apply', { text })).status).toBe(200);
    const removed = await send(`${gateway.url}/admin/v1/packs/mine`, { method: 'DELETE', headers: operator });
    expect(removed).toMatchObject({
      status: 400,
      body: { error: { faults: ['the policy "extra" has an override for own: take that out first'] } },
    });
    expect(await gateway.post('/apply', { text })).toMatchObject({
      body: { changes: [], notes: [expect.any(String)] },
    });
  });
});

describe('a put', () => {
  it('makes one new version, recorded; the same again makes none', async () => {
    const before = (await changes()).length;
    const body = { request: { pii: 'mask' }, overrides: { 'us-ssn': { request: 'block' } } };
    expect(await put('/policies/put', body)).toMatchObject({
      status: 200,
      body: {
        name: 'put',
        version: 1,
        request: { pii: 'mask', secrets: 'block' },
        created_at: expect.any(String),
      },
    });
    expect(await put('/policies/put', body)).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await put('/policies/put', {})).toMatchObject({
      status: 200,
      body: { version: 2, overrides: {} },
    });
    expect(told((await changes()).slice(0, -before))).toEqual([
      'policy.changed policy/put',
      'policy.created policy/put',
    ]);
  });
  it('of many at once makes as many versions as there were different ones', async () => {
    const bodies = ['alert', 'mask', 'block', 'redact'].map((pii) => ({ request: { pii } }));
    const all = await Promise.all(bodies.map((body) => put('/policies/raced', body)));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { versions } = (await get('/policies/raced')).body as { versions: { version: number }[] };
    expect(versions.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });
  it.each([
    [{ overrides: { 'us-sn': 'block' } }, 'overrides.us-sn: there is no pattern or pack "us-sn"'],
    [{ overrides: { 'us-ssn': 'hide' } }, /^overrides\.us-ssn: one of off, alert/],
    [{ requests: {} }, /requests/],
    [{ request: { pii: 'hide' } }, /^request\.pii: /],
    [{ allow: ['\u0000'] }, /^allow\.0: holds a character that cannot be stored/],
    [{ threshold: { confidence: 2 } }, /^threshold\.confidence: /],
  ])('of %j is refused with its fault, and nothing changes', async (body, fault) => {
    const before = (await changes()).length;
    const { status, body: said } = await put('/policies/strict', body);
    expect(status).toBe(400);
    const [first] = (said as { error: { faults: string[] } }).error.faults;
    if (typeof fault === 'string') expect(first).toBe(fault);
    else expect(first).toMatch(fault);
    expect((await changes()).length).toBe(before);
  });
  it('of a name that is none is refused', async () => {
    expect((await put('/policies/A%20B', {})).status).toBe(400);
  });
});
