// Vertex AI with a service account: one signed statement for a token; Claude as its maker has it, Gemini in its own words.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import { geminiEvents, geminiStream, geminiWhole, googleError } from '../kit/cloud/gemini.ts';
import { googleKeys, googleSecret } from '../kit/cloud/secrets.ts';
import type { TokenEndpoint } from '../kit/cloud/tokens.ts';
import { startTokens } from '../kit/cloud/tokens.ts';
import { SPOKEN } from '../kit/spoken/index.ts';
import type { Scripted, Seen, Upstream } from '../kit/upstream.ts';
import { chatReply, json, startUpstream } from '../kit/upstream.ts';

const PROJECT = '/v1/projects/a-project/locations/europe-west1';
const CLAUDE = `${PROJECT}/publishers/anthropic/models/claude-sonnet-4-5@20250929`;
const GEMINI = `${PROJECT.replace('/v1/', '/v1beta1/')}/publishers/google/models/gemini-2.5-flash`;

const messages = SPOKEN.find(({ dialect }) => dialect === 'anthropic-messages');

/** What Vertex answers, by where it is asked. */
const answer = (seen: Seen): Scripted | undefined => {
  if (seen.path === `${CLAUDE}:rawPredict`) return { body: messages?.whole('fine') ?? '' };
  if (seen.path === `${CLAUDE}:streamRawPredict`) return { sse: messages?.stream?.(['fi', 'ne']) ?? [] };
  if (seen.path.endsWith('/count-tokens:rawPredict')) return json({ input_tokens: 42 });
  if (seen.path === `${GEMINI}:generateContent`) return geminiWhole([{ text: 'fine' }]);
  if (seen.path === `${GEMINI}:streamGenerateContent?alt=sse`)
    return geminiStream(geminiEvents([[{ text: 'fi' }], [{ text: 'ne' }]]));
  return seen.path === `${PROJECT}/endpoints/openapi/chat/completions` ? chatReply(seen.json) : undefined;
};

let tokens: TokenEndpoint;
let other: Upstream;
let upstream: Upstream;
let gateway: Clouds;
beforeAll(async () => {
  [tokens, other] = [await startTokens(answer), await startUpstream()];
  upstream = tokens.server;
  const url = `${upstream.url}${PROJECT}`;
  const secret = googleSecret(`${upstream.url}/token`);
  gateway = await startClouds(
    [
      { name: 'vertex', provider: 'vertex', url, secret },
      { name: 'elsewhere', provider: 'vertex', url, secret: googleSecret(`${other.url}/token`) },
      {
        name: 'odd',
        provider: 'vertex',
        url,
        secret: googleSecret(`${upstream.url}/token`, { private_key: ODD_KEY }),
      },
      {
        name: 'stranger',
        provider: 'vertex',
        url,
        secret: googleSecret(`${upstream.url}/token`, { client_email: 'a@b' }),
      },
      { name: 'near', provider: 'vertex', url, secret, zone: 'on_prem' },
    ],
    {
      claude: [['vertex', 'claude-sonnet-4-5@20250929']],
      gemini: [['vertex', 'gemini-2.5-flash']],
      llama: [['vertex', 'meta/llama-4']],
    },
  );
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([tokens.stop(), other.stop()]);
});

/** A key in its armour whose inside is none. */
const ODD_KEY = '-----BEGIN PRIVATE KEY-----\nAAAAhunterAAAA\n-----END PRIVATE KEY-----\n';

const claude = (more: object = {}) => ({
  model: 'claude',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'a-prompt-of-mine' }],
  ...more,
});
const chat = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'a-prompt-of-mine' }],
  ...more,
});
const last = () => {
  const seen = upstream.requests.at(-1);
  if (seen === undefined) throw new Error('nothing was asked');
  return seen;
};
const exchanges = () => upstream.requests.filter(({ path }) => path === '/token');

describe('Claude on Vertex', () => {
  it('is asked by rawPredict: the model in the path, the version in the body', async () => {
    for (const stream of [false, true]) {
      const reply = await gateway.ask('/v1/messages?beta=true', claude({ stream, new_field: 1.0 }), {
        headers: {
          'anthropic-version': '2023-06-01',
          'anthropic-beta': 'files-api-2025-04-14,new-2030-01-01',
        },
      });
      expect([reply.status, reply.text.includes('fi'), reply.complete]).toEqual([200, true, true]);
      const { path, json: sent, headers, body } = last();
      expect(path).toBe(`${CLAUDE}:${stream ? 'streamRawPredict' : 'rawPredict'}`);
      expect(sent).toEqual({
        max_tokens: 10,
        messages: [{ role: 'user', content: 'a-prompt-of-mine' }],
        stream,
        new_field: 1,
        anthropic_version: 'vertex-2023-10-16',
      });
      expect(body.toString()).toContain('"new_field":1');
      expect(headers).toMatchObject({ authorization: 'Bearer token-1', 'anthropic-beta': 'new-2030-01-01' });
      expect(headers).not.toHaveProperty('anthropic-version');
      expect(await gateway.sealOf(reply)).toMatchObject({
        ending: 'complete',
        backend: 'vertex',
        sent_sha256: gateway.real.hashes.sha256Hex(body),
      });
    }
  });

  it('has its tokens counted there', async () => {
    const { max_tokens: _, ...counted } = claude();
    const reply = await gateway.ask('/v1/messages/count_tokens', counted);
    expect(JSON.parse(reply.text)).toEqual({ input_tokens: 42 });
    expect(last().json).toMatchObject({
      model: 'claude-sonnet-4-5@20250929',
      anthropic_version: 'vertex-2023-10-16',
    });
  });

  it("says no in Google's words, which are told in the client's", async () => {
    for (const [script, status] of [
      [googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'), 429],
      [json([{ error: { code: 400, message: 'Quota exceeded', status: 'INVALID_ARGUMENT' } }], 400), 400],
    ] as const) {
      upstream.next(script);
      const reply = await gateway.ask('/v1/messages', claude());
      expect([reply.status, JSON.parse(reply.text).type]).toEqual([status, 'error']);
      expect(JSON.parse(reply.text).error.message).toContain('Quota exceeded');
    }
  });
});

describe('other models on Vertex', () => {
  it.each([false, true])('Gemini is asked in its own words (streamed: %s)', async (stream) => {
    const reply = await gateway.ask('/v1/chat/completions', chat('gemini', { stream }));
    expect(reply.status).toBe(200);
    const said = [...reply.text.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text).join('');
    expect(said).toBe('fine');
    const { path, headers, json: sent, body } = last();
    expect(path).toBe(`${GEMINI}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`);
    expect(headers.authorization).toMatch(/^Bearer token-\d+$/);
    expect(headers).not.toHaveProperty('x-goog-api-key');
    expect(sent).toMatchObject({ contents: [{ role: 'user', parts: [{ text: 'a-prompt-of-mine' }] }] });
    expect(await gateway.sealOf(reply)).toMatchObject({
      ending: 'complete',
      usage: { input_tokens: 11, output_tokens: 9, cached_input_tokens: 2, reasoning_tokens: 4 },
      sent_sha256: gateway.real.hashes.sha256Hex(body),
    });
  });

  it("another publisher's is asked as OpenAI's are", async () => {
    const reply = await gateway.ask('/v1/chat/completions', chat('llama'));
    expect(reply.status).toBe(200);
    expect(last()).toMatchObject({
      path: `${PROJECT}/endpoints/openapi/chat/completions`,
      json: { model: 'meta/llama-4' },
    });
  });
});

describe("a service account's token", () => {
  it('is had once for all its models, by a statement that carries nothing of a prompt', () => {
    expect(exchanges()).toHaveLength(1);
    for (const { body, headers } of exchanges()) {
      expect(decodeURIComponent(body.toString())).not.toContain('prompt');
      expect(body.toString()).not.toContain(googleKeys.privateKey.slice(40, 80));
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  it.each([
    ['stranger', 502, 'upstream_denied', 'the token endpoint answers 401 (invalid_client)'],
    ['elsewhere', 503, 'backend_secret_missing', 'the "token_uri" of vertex\'s secret is none of Google\'s'],
    ['odd', 503, 'backend_secret_missing', 'the "private_key" of vertex\'s secret is no RSA key in PKCS #8'],
  ])('that cannot be had (%s) is told without a word of the key', async (backend, status, code, note) => {
    const before = upstream.requests.filter(({ path }) => path !== '/token').length;
    for (const [path, body] of [
      ['/v1/messages', claude({ model: `${backend}/claude-sonnet-4-5@20250929` })],
      ['/v1/chat/completions', chat(`${backend}/gemini-2.5-flash`)],
    ] as const) {
      const reply = await gateway.ask(path, body);
      expect(reply.status).toBe(status);
      expect(reply.text).not.toMatch(/hunter|token_uri/);
      expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'failed', code, note, sent_sha256: null });
    }
    expect(upstream.requests.filter(({ path }) => path !== '/token')).toHaveLength(before);
    expect(other.requests).toEqual([]);
  });

  it('is asked for no sensitive data in the cloud', async () => {
    const before = upstream.requests.length;
    for (const model of ['claude', 'gemini', 'llama', 'vertex/gemini-x'])
      expect((await gateway.ask('/v1/chat/completions', chat(model), { key: 'closed' })).status).toBe(403);
    expect(upstream.requests).toHaveLength(before);
    const reply = await gateway.ask('/v1/chat/completions', chat('near/gemini-2.5-flash'), { key: 'closed' });
    expect(reply.status).toBe(200);
  });
});
