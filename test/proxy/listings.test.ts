// What a key may use, listed as each client asks for it; what is asked without a key; and that nobody is told more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOf } from '../kit/chat.ts';
import { rawPost, rawRequest } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';

let parts: Parts;
beforeAll(async () => {
  const setup = JSON.parse(
    setupFor('http://127.0.0.1:9', [{ name: 'plain' }, { name: 'few', models: ['org/*'] }]),
  );
  const targets = [{ backend: 'lan', model: 'm' }];
  setup.models.push({ name: 'org/big:70b', targets });
  setup.backends.push({ name: 'far', provider: 'pretend', zone: 'cloud' });
  setup.models.push({ name: 'org/far', targets: [{ backend: 'far', model: 'm' }] });
  parts = await startParts(JSON.stringify(setup));
});
afterAll(() => parts.stop());

type Asking = { method?: string; key?: string; headers?: Record<string, string>; body?: unknown };

const ask = async (path: string, { method = 'GET', key = 'plain', headers = {}, body }: Asking = {}) => {
  const text = parts.keys[key];
  const credential = text === undefined ? {} : { authorization: `Bearer ${text}` };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const all = { ...credential, ...type, ...headers };
  const reply = await rawPost({ url: parts.url, path, method, headers: all, body }).done;
  return { status: reply.status, body: reply.text === '' ? undefined : JSON.parse(reply.text), reply };
};

const CLAUDE = { 'anthropic-version': '2023-06-01' };

describe('the models', () => {
  it("are OpenAI's, those that the key may use and its data may reach", async () => {
    const all = await ask('/v1/models');
    expect(all.body).toMatchObject({ object: 'list' });
    expect(all.body.data.map(({ id }: { id: string }) => id)).toEqual(['org/big:70b', 'small']);
    expect(all.body.data[0]).toMatchObject({
      object: 'model',
      created: expect.any(Number),
      owned_by: 'gatehouse',
    });
    const few = await ask('/v1/models', { key: 'few' });
    expect(few.body.data.map(({ id }: { id: string }) => id)).toEqual(['org/big:70b']);
    const [entry] = (await parts.entries(exchangeOf(few.reply))).slice(-1);
    expect(entry?.body).toMatchObject({ dialect: 'openai-models', endpoint: 'models', ending: 'complete' });
  });

  it.each(['/v1/models/org/big:70b', '/v1/models/org%2Fbig%3A70b'])('one by one at %s', async (path) => {
    expect((await ask(path)).body).toMatchObject({ id: 'org/big:70b', object: 'model' });
    expect((await ask(path, { headers: CLAUDE })).body).toMatchObject({ type: 'model', id: 'org/big:70b' });
  });

  it.each(['small', 'org/far', 'nowhere', 'lan/m', '%', 'x'.repeat(2_000)])(
    'that the key may not use, or that do not exist, are alike: %s',
    async (name) => {
      for (const [headers, shape] of [
        [{}, { error: { code: 'model_not_found' } }],
        [CLAUDE, { type: 'error', error: { type: 'not_found_error' } }],
      ] as const) {
        const { status, body } = await ask(`/v1/models/${name}`, { key: 'few', headers });
        expect(status).toBe(404);
        expect(body).toMatchObject(shape);
      }
    },
  );

  it("are Anthropic's for who sends its version, in one page", async () => {
    const { body } = await ask('/v1/models?limit=1000', { headers: CLAUDE });
    expect(body).toMatchObject({ has_more: false, first_id: 'org/big:70b', last_id: 'small' });
    expect(body.data[0]).toEqual({
      type: 'model',
      id: 'org/big:70b',
      display_name: 'org/big:70b',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const stranger = await ask('/v1/models', { key: 'nobody', headers: CLAUDE });
    expect([stranger.status, stranger.body.error.type]).toEqual([401, 'authentication_error']);
    expect(stranger.reply.headers['request-id']).toBe(exchangeOf(stranger.reply));
  });

  it("are Ollama's at /api/tags, and one at /api/show", async () => {
    const { body } = await ask('/api/tags');
    expect(body.models.map(({ name, model }: { name: string; model: string }) => [name, model])).toEqual([
      ['org/big:70b', 'org/big:70b'],
      ['small', 'small'],
    ]);
    for (const named of [{ model: 'small' }, { name: 'small' }]) {
      const shown = await ask('/api/show', { method: 'POST', body: named });
      expect(shown.body).toMatchObject({ capabilities: ['completion'], details: {}, model_info: {} });
      const [entry] = (await parts.entries(exchangeOf(shown.reply))).slice(-1);
      expect(entry?.body).toMatchObject({ dialect: 'ollama-show', model: 'small', ending: 'complete' });
    }
    for (const [named, status] of [
      [{ model: 'org/far' }, 404],
      [{ model: 'nowhere' }, 404],
      [{}, 400],
      [{ model: 7 }, 400],
      ['{', 400],
    ] as const) {
      const { status: told, body: said } = await ask('/api/show', {
        method: 'POST',
        body: named,
        headers: { 'content-type': 'application/json' },
      });
      expect([told, typeof said.error]).toEqual([status, 'string']);
    }
    const stranger = await ask('/api/tags', { key: 'nobody' });
    expect([stranger.status, stranger.body]).toEqual([401, { error: expect.any(String) }]);
  });
});

describe('what is asked without a key', () => {
  it.each([
    ['HEAD', '/', undefined],
    ['GET', '/', { gatehouse: 'running' }],
    ['HEAD', '/api/hello', undefined],
    ['GET', '/api/hello', { message: 'hello' }],
    ['GET', '/api/version', { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) }],
    ['HEAD', '/api/version', undefined],
  ])('%s %s is answered, and the stranger counted', async (method, path, said) => {
    for (const key of ['nobody', 'plain']) {
      const { status, body } = await ask(path, { method, key });
      expect([status, body]).toEqual([200, said]);
    }
  });

  it('is a record the first time in a minute, with a key each time, and a flood of it is a number', async () => {
    const [last] = await parts.since(0).then((entries) => entries.slice(-1));
    const before = last?.seq ?? 0;
    for (let i = 0; i < 20; i++) await ask('/api/hello', { key: 'nobody' });
    expect((await parts.since(before)).filter(({ kind }) => kind === 'seal').length).toBeLessThan(2);
    const known = await ask('/api/version');
    const [entry] = (await parts.entries(exchangeOf(known.reply))).slice(-1);
    expect(entry?.body).toMatchObject({ endpoint: 'probe', ending: 'complete', use_case: 'plain' });
  });

  it('in any other way is refused, in the shape of its API', async () => {
    const posted = await ask('/api/version', { method: 'POST', key: 'nobody' });
    expect([posted.status, posted.body]).toEqual([405, { error: expect.any(String) }]);
    const pull = await ask('/api/pull', { method: 'POST', key: 'plain', body: { model: 'x' } });
    expect([pull.status, pull.body]).toEqual([404, { error: expect.any(String) }]);
    const batch = await ask('/v1/messages/batches', { method: 'POST', headers: CLAUDE, body: {} });
    expect([batch.status, batch.body.type]).toEqual([404, 'error']);
  });
});

describe('a WebSocket', () => {
  it.each(['/v1/responses', '/v1/chat/completions'])(
    'at %s is refused with 426, so that clients go on over HTTP',
    async (path) => {
      const { text } = await rawRequest(
        parts.port,
        Buffer.from(
          `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${parts.keys.plain}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nopenai-beta: responses_websockets=2026-02-06\r\n\r\n`,
        ),
      );
      expect(text).toMatch(/^HTTP\/1\.1 426 /);
      expect(text).toContain('"code":"websocket_not_offered"');
      const exchange = /x-gatehouse-exchange: (\S+)/i.exec(text)?.[1] ?? '';
      const [entry] = (await parts.entries(exchange)).slice(-1);
      expect(entry?.body).toMatchObject({ ending: 'refused', status: 426, use_case: 'plain' });
    },
  );
});
