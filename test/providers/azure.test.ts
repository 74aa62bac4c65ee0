// Azure by Entra ID: an app's secret is exchanged for a token, which is kept; the exchange carries nothing of any prompt.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { keepTokens } from '../../src/providers/tokens.ts';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import { entraSecret } from '../kit/cloud/secrets.ts';
import type { TokenEndpoint } from '../kit/cloud/tokens.ts';
import { startTokens } from '../kit/cloud/tokens.ts';
import type { Seen, Upstream } from '../kit/upstream.ts';
import { chatReply, error, json, redirect, startUpstream } from '../kit/upstream.ts';

const CHAT = '/openai/v1/chat/completions';
const asking = (model = 'azure/gpt') => ({
  model,
  messages: [{ role: 'user', content: 'a-prompt-of-mine' }],
});

let tokens: TokenEndpoint;
let upstream: Upstream;
let other: Upstream;
let clock: { aheadMs: number };
let gateway: Clouds;
beforeAll(async () => {
  const answer = (seen: Seen) => (seen.path === CHAT ? chatReply(seen.json) : undefined);
  [tokens, other] = [await startTokens(answer), await startUpstream()];
  // The token endpoint and the backend share a host: the one who hands out tokens is the one who is shown them.
  upstream = tokens.server;
  clock = { aheadMs: 0 };
  const url = upstream.url;
  gateway = await startClouds(
    [
      { name: 'azure', provider: 'azure', url, secret: entraSecret(url) },
      {
        name: 'wrong',
        provider: 'azure',
        url,
        secret: entraSecret(url, { client_secret: 'another-0123456789' }),
      },
      { name: 'elsewhere', provider: 'azure', url, secret: entraSecret(other.url) },
      { name: 'plain', provider: 'compatible', url: other.url, secret: 'sk-plain' },
      { name: 'near', provider: 'azure', url, secret: entraSecret(url), zone: 'on_prem' },
    ],
    {
      over: [
        ['azure', 'gpt'],
        ['plain', 'gpt'],
      ],
    },
    (real) => ({ ...real, now: () => real.now() + clock.aheadMs }),
  );
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([tokens.stop(), other.stop()]);
});

const chats = () => upstream.requests.filter(({ path }) => path === CHAT);
const exchanges = () => upstream.requests.filter(({ path }) => path.endsWith('/token'));
const ask = (model?: string, key = 'open') => gateway.ask('/v1/chat/completions', asking(model), { key });

describe('a backend of Azure with an app registration', () => {
  it('gets a token once, shows it with each request, and no exchange carries a prompt', async () => {
    // Two at once: each waits for the one token.
    const replies = await Promise.all([ask(), ask()]);
    expect([...replies, await ask()].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(exchanges()).toHaveLength(1);
    expect(chats().map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer token-1'));
    for (const { headers } of chats()) expect(headers).not.toHaveProperty('api-key');
    for (const { body, headers } of exchanges()) {
      expect(body.toString()).not.toContain('a-prompt-of-mine');
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  it('gets another one ahead of its end, while the old one serves', async () => {
    clock.aheadMs = 56 * 60_000;
    await ask();
    expect(chats().at(-1)?.headers.authorization).toBe('Bearer token-1');
    await expect.poll(() => exchanges().length).toBe(2);
    await expect
      .poll(async () => {
        await ask();
        return chats().at(-1)?.headers.authorization;
      })
      .toBe('Bearer token-2');
    expect(exchanges()).toHaveLength(2);
  });

  it('gets another one when the one it has is not accepted', async () => {
    const before = exchanges().length;
    upstream.next(error(401));
    const reply = await ask();
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([502, 'upstream_denied']);
    expect((await ask()).status).toBe(200);
    expect(exchanges()).toHaveLength(before + 1);
  });

  it('whose secret is not accepted is refused without a word of it, and reaches nobody', async () => {
    const before = chats().length;
    const reply = await ask('wrong/gpt');
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([502, 'upstream_denied']);
    expect(reply.text).not.toMatch(/hunter22|another-0123456789/);
    expect(await gateway.sealOf(reply)).toMatchObject({
      ending: 'failed',
      code: 'upstream_denied',
      note: 'the token endpoint answers 401 (invalid_client)',
      sent_sha256: null,
    });
    expect(chats()).toHaveLength(before);
  });

  it('tells its secret to no authority but its own', async () => {
    const reply = await ask('elsewhere/gpt');
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([503, 'backend_secret_missing']);
    expect(other.requests.filter(({ path }) => path.includes('token'))).toEqual([]);
  });

  it('that can have no token makes way for the next, for nothing was sent', async () => {
    for (const trouble of [
      error(503),
      redirect('http://127.0.0.1:9/'),
      json({ token: 'none' }),
      { cut: true } as const,
    ]) {
      clock.aheadMs += 2 * 3_600_000;
      upstream.next(trouble);
      const reply = await ask('over');
      expect(reply.status).toBe(200);
      expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'complete', backend: 'plain' });
      expect(other.requests.at(-1)?.headers.authorization).toBe('Bearer sk-plain');
    }
  });

  it('asks for no token for the sake of data that may not go there', async () => {
    clock.aheadMs += 2 * 3_600_000;
    const before = upstream.requests.length;
    const reply = await ask(undefined, 'closed');
    expect(reply.status).toBe(403);
    expect(upstream.requests).toHaveLength(before);
    expect((await ask('near/gpt', 'closed')).status).toBe(200);
  });
});

async function* token(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('{"access_token":"t","expires_in":60}');
}

describe('the authority', () => {
  it.each([
    [
      'https://n.openai.azure.com',
      'https://login.microsoftonline.com',
      'https://cognitiveservices.azure.com/.default',
    ],
    [
      'https://n.openai.azure.us',
      'https://login.microsoftonline.us',
      'https://cognitiveservices.azure.us/.default',
    ],
    [
      'https://n.openai.azure.cn',
      'https://login.partner.microsoftonline.cn',
      'https://cognitiveservices.azure.cn/.default',
    ],
  ])('of %s is that of its cloud', async (url, authority, scope) => {
    const sent: { url: string; body: string }[] = [];
    const now = (): number => 0;
    const headers = await providers.azure.authorize(
      entraSecret('https://x', { authority_host: undefined }),
      { url: `${url}/openai/v1/chat/completions`, method: 'POST', headers: {}, body: 'a-prompt-of-mine' },
      {
        now,
        tokens: keepTokens({ now, defer: () => undefined }),
        fetch: async (outgoing) => {
          sent.push({ url: outgoing.url, body: String(outgoing.body) });
          return { status: 200, headers: {}, body: token() };
        },
      },
    );
    expect(headers).toEqual({ authorization: 'Bearer t' });
    expect(sent.map((each) => each.url)).toEqual([
      `${authority}/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token`,
    ]);
    expect(new URLSearchParams(sent[0]?.body).get('scope')).toBe(scope);
  });
});
