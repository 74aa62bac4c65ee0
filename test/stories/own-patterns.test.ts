// A security officer adds a pattern of the company's own to gateways that run: it is live on every replica within five seconds, a
// broken one changes nothing, and what is changed is on record.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { operator, send } from '../kit/admin.ts';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import { employee, written } from '../kit/packs.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What a change may take until it is in force on every replica. */
const LIVE_MS = 5_000;

let upstream: Upstream;
let gateway: Started;
let beside: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const setup = setupFor(upstream.url);
  gateway = await startGateway({ setup });
  beside = await startGateway({ setup, databaseUrl: gateway.databaseUrl });
});
afterAll(async () => {
  await gateway.stop();
  await beside.stop();
  await upstream.stop();
});

const put = (path: string, body: string, type = 'application/json') =>
  send(`${gateway.url}/admin/v1${path}`, {
    method: 'PUT',
    headers: { ...operator, 'content-type': type },
    body,
  });

/** What of `text` reaches the model through a replica, and the record of it. */
const through = async (
  replica: Started,
  text: string,
): Promise<{ sent: string; exchange: string; status: number }> => {
  const before = upstream.requests.length;
  const reply = await fetch(`${replica.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.keys['plain']}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content: text }] }),
  });
  await reply.text();
  const sent = upstream.requests[before]?.body.toString('utf8') ?? '';
  return { sent, exchange: reply.headers.get('x-gatehouse-exchange') ?? '', status: reply.status };
};

/** Asks again and again until what reaches the model has `wanted` in it; gives how long that took. */
const until = async (
  replica: Started,
  text: string,
  wanted: string,
): Promise<{ tookMs: number; exchange: string }> => {
  const began = performance.now();
  for (;;) {
    const { sent, exchange } = await through(replica, text);
    const tookMs = performance.now() - began;
    if (sent.includes(wanted)) return { tookMs, exchange };
    if (tookMs > 2 * LIVE_MS) throw new Error(`still sent: ${sent}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const QUESTION = 'What does EMP-004711 earn?';

it("a pattern of one's own is in force on every replica within five seconds, and records name its pack and version", async () => {
  expect((await through(gateway, QUESTION)).sent).toContain('EMP-004711');
  expect((await through(beside, QUESTION)).sent).toContain('EMP-004711');
  const saved = await put('/packs/acme', JSON.stringify(written('acme', [employee])));
  expect(saved).toMatchObject({
    status: 200,
    body: { name: 'acme', version: 1, patterns: 1, from: 'saved', saved_at: expect.any(String) },
  });
  for (const replica of [beside, gateway]) {
    const { tookMs, exchange } = await until(replica, QUESTION, 'What does [acme-employee] earn?');
    expect(tookMs).toBeLessThan(LIVE_MS);
    expect(await replica.record(exchange)).toMatchObject({
      findings: [{ type: 'acme-employee', action: 'redact', pack: 'acme', pack_version: 1 }],
    });
  }
});

it('a broken pack is refused with every reason, and the one in force stays', async () => {
  const broken = written('acme', [{ ...employee, hits: ['EMP-12'], misses: ['EMP-004711'] }], 2);
  expect(await put('/packs/acme', JSON.stringify(broken))).toMatchObject({
    status: 400,
    body: {
      error: {
        code: 'bad_pack',
        faults: [
          'acme-employee: not found in its hit "EMP-12"',
          'acme-employee: found "EMP-004711" in its miss "EMP-004711"',
        ],
      },
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  for (const replica of [gateway, beside])
    expect((await through(replica, QUESTION)).sent).toContain('[acme-employee]');
  expect(await gateway.admin('/packs/acme')).toMatchObject({ version: 1, from: 'saved' });
});

it('a policy says otherwise about it on every replica within five seconds, and records name the version', async () => {
  const policy = { overrides: { 'acme-employee': 'block', acme: { request: 'mask' } } };
  const made = await put('/policies/default', JSON.stringify(policy));
  expect(made).toMatchObject({ status: 200, body: { name: 'default', version: 3 } });
  const began = performance.now();
  for (;;) {
    const { status, exchange } = await through(beside, QUESTION);
    if (status === 400) {
      expect(await beside.record(exchange)).toMatchObject({
        policy_version: 3,
        ending: 'refused',
        code: 'prompt_blocked',
      });
      break;
    }
    expect(performance.now() - began).toBeLessThan(LIVE_MS);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

it('what a policy names is not taken away; deleted, it is found no longer, and every change is on record', async () => {
  const remove = () => send(`${gateway.url}/admin/v1/packs/acme`, { method: 'DELETE', headers: operator });
  expect(await remove()).toMatchObject({
    status: 400,
    body: { error: { faults: expect.arrayContaining([expect.stringContaining('take that out first')]) } },
  });
  expect(await put('/policies/default', '{}')).toMatchObject({ status: 200, body: { version: 4 } });
  expect((await remove()).status).toBe(200);
  expect((await until(beside, QUESTION, 'EMP-004711')).tookMs).toBeLessThan(LIVE_MS);
  expect((await remove()).status).toBe(404);
  const { items } = (await gateway.admin('/changes?limit=4')) as {
    items: { action: string; subject: string }[];
  };
  expect(items.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    'pack.deleted pack/acme',
    'policy.changed policy/default',
    'policy.changed policy/default',
    'pack.created pack/acme',
  ]);
});
