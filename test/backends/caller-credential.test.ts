// A caller's own token of a provider: forwarded to that provider alone, only where the use case says so, and written down nowhere.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawReply } from '../kit/clients.ts';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import { freePort } from '../kit/process.ts';
import { SPOKEN } from '../kit/spoken/index.ts';
import type { Upstream } from '../kit/upstream.ts';
import { json, startUpstream } from '../kit/upstream.ts';

const TOKEN = 'sk-ant-oat01-a-subscription-of-my-own-0123456789';
const LOGIN = `eyJhbGciOiJSUzI1NiJ9.${'a-login-of-my-own'.repeat(4)}.c2lnbmF0dXJl`;

let upstream: Upstream;
let gateway: Clouds;
beforeAll(async () => {
  upstream = await startUpstream((seen) => {
    const path = seen.path.replace('/backend-api/codex', '/v1').replace(/\?.*/, '');
    const spoken = SPOKEN.find(({ upstreamPath }) => upstreamPath === path);
    // A chat is answered as the scripted upstream does by itself.
    return spoken && spoken.dialect !== 'openai-chat' ? { body: spoken.whole('fine') } : undefined;
  });
  const at = { url: upstream.url, secret: 'sk-the-gateways-own' };
  const dead = `http://127.0.0.1:${await freePort()}`;
  gateway = await startClouds(
    [
      { name: 'anthropic', provider: 'anthropic', ...at },
      {
        name: 'again',
        provider: 'anthropic',
        ...at,
        prefer: 'translate',
        dialects: ['anthropic-messages', 'openai-chat'],
      },
      { name: 'openai', provider: 'openai', ...at },
      { name: 'codex', provider: 'openai', url: `${upstream.url}/backend-api/codex`, secret: 'none' },
      { name: 'other', provider: 'compatible', ...at, dialects: ['anthropic-messages', 'openai-chat'] },
      { name: 'dead', provider: 'anthropic', url: dead, secret: 'sk-dead' },
      { name: 'lost', provider: 'anthropic', ...at, secret: 'sk-lost' },
    ],
    {
      claude: [['anthropic', 'claude-x']],
      over: [
        ['dead', 'claude-x'],
        ['other', 'claude-x'],
      ],
    },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const claude = (model = 'claude', more: object = {}) => ({
  model,
  max_tokens: 10,
  messages: [{ role: 'user', content: 'hello' }],
  ...more,
});
const oauth = { authorization: `Bearer ${TOKEN}`, 'anthropic-version': '2023-06-01' };
const bring = (
  model: string,
  {
    key = 'own',
    headers = oauth,
    path = '/v1/messages',
  }: { key?: string; headers?: Record<string, string>; path?: string } = {},
): Promise<RawReply> => gateway.ask(path, claude(model), { key, headers });
const last = () => upstream.requests.at(-1);

describe("a caller's own token", () => {
  it("takes the place of the backend's secret where the use case lets it, and the record says so", async () => {
    for (const path of ['/v1/messages?beta=true', '/v1/messages/count_tokens']) {
      const reply = await bring('claude', { path });
      expect(reply.status).toBe(200);
      expect(last()?.path).toBe(path);
      expect(last()?.headers).toMatchObject({
        authorization: `Bearer ${TOKEN}`,
        'anthropic-beta': 'oauth-2025-04-20',
        'anthropic-version': '2023-06-01',
      });
      expect(last()?.headers).not.toHaveProperty('x-api-key');
      expect(last()?.headers).not.toHaveProperty('x-gatehouse-key');
      expect(await gateway.sealOf(reply)).toMatchObject({
        ending: 'complete',
        backend: 'anthropic',
        caller_credential: true,
        use_case: 'own',
      });
    }
  });

  it('keeps the betas that ride with it, and is asked for once', async () => {
    for (const betas of ['a-2026-01-01,oauth-2025-04-20', 'a-2026-01-01']) {
      await bring('claude', { headers: { ...oauth, 'anthropic-beta': betas } });
      expect(last()?.headers['anthropic-beta']).toBe('a-2026-01-01,oauth-2025-04-20');
    }
  });

  it.each([
    ['a use case that does not say so', 'claude', { key: 'open' }, { 'x-api-key': 'sk-the-gateways-own' }],
    ['no token', 'claude', { headers: {} }, { 'x-api-key': 'sk-the-gateways-own' }],
    [
      'an API key, which is none',
      'claude',
      { headers: { authorization: 'Bearer sk-ant-api03-a-key-of-my-own-0123' } },
      { 'x-api-key': 'sk-the-gateways-own' },
    ],
    ['another provider', 'other/claude-x', {}, { authorization: 'Bearer sk-the-gateways-own' }],
    ['a translation', 'openai/gpt-x', {}, { authorization: 'Bearer sk-the-gateways-own' }],
    ['a translation at its own provider', 'again/claude-x', {}, { 'x-api-key': 'sk-the-gateways-own' }],
    ['a backend that makes way for another', 'over', {}, { authorization: 'Bearer sk-the-gateways-own' }],
  ] as const)('goes nowhere with %s', async (_, model, more, headers) => {
    const reply = await bring(model, more);
    expect(reply.status).toBe(200);
    expect(last()?.headers).toMatchObject(headers);
    expect(JSON.stringify(last()?.rawHeaders)).not.toMatch(/of-my-own/);
    expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'complete', caller_credential: false });
  });

  it('is no key of the gateway, with or without one in its place', async () => {
    const headers = { ...oauth, 'x-gatehouse-key': '' };
    expect((await bring('claude', { headers })).status).toBe(401);
    expect((await bring('claude', { headers: { ...oauth, 'x-gatehouse-key': 'gtk_none' } })).status).toBe(
      401,
    );
    const own = { authorization: `Bearer ${gateway.keys.own}`, 'x-gatehouse-key': '' };
    const reply = await bring('claude', { headers: own });
    expect(last()?.headers).toMatchObject({ 'x-api-key': 'sk-the-gateways-own' });
    expect(last()?.headers).not.toHaveProperty('authorization');
    expect(await gateway.sealOf(reply)).toMatchObject({ caller_credential: false });
  });

  it('that is refused is told as refused, so that its client gets another', async () => {
    for (const status of [401, 403]) {
      const said = {
        type: 'error',
        error: { type: 'authentication_error', message: 'OAuth token has expired' },
      };
      upstream.next(json(said, status));
      const reply = await bring('claude');
      expect([reply.status, JSON.parse(reply.text)]).toEqual([status, said]);
      expect(await gateway.sealOf(reply)).toMatchObject({
        ending: 'failed',
        status,
        caller_credential: true,
      });
      upstream.next(json(said, status));
      const ours = await bring('claude', { key: 'open' });
      expect([ours.status, ours.text.includes('OAuth')]).toEqual([502, false]);
    }
  });

  it('of a ChatGPT login goes to OpenAI with its account, and to nobody else', async () => {
    const headers = { authorization: `Bearer ${LOGIN}`, 'chatgpt-account-id': 'acc-1' };
    const ask = (model: string, key = 'own') =>
      gateway.ask('/v1/responses', { model, input: 'hello' }, { key, headers });
    const reply = await ask('codex/gpt-x');
    expect(last()?.path).toBe('/backend-api/codex/responses');
    expect(last()?.headers).toMatchObject(headers);
    expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'complete', caller_credential: true });
    for (const [model, key] of [
      ['codex/gpt-x', 'open'],
      ['other/gpt-x', 'own'],
      ['anthropic/claude-x', 'own'],
    ] as const) {
      await ask(model, key);
      expect(JSON.stringify(last()?.rawHeaders)).not.toMatch(/of-my-own|acc-1/);
    }
  });

  it('is stored, logged and hashed nowhere', async () => {
    await bring('claude');
    const { rows } = await sql<{ text: string }>`select text from audit_entries`.execute(
      gateway.real.store.db,
    );
    const kept = JSON.stringify([rows, gateway.log]);
    expect(rows.length).toBeGreaterThan(10);
    for (const secret of [TOKEN, LOGIN, 'sk-the-gateways-own', gateway.keys.own ?? '']) {
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(gateway.real.hashes.sha256Hex(secret));
    }
  });
});
