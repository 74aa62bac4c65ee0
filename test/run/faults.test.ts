// What breaks on our side ends the exchange: told as 500 with its id and none of our words, recorded as failed. What cannot be
// recorded is not sent, and not let go in full.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '../../src/audit/record.ts';
import type { Incoming, Ports } from '../../src/ports.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import type { RawReply } from '../kit/clients.ts';
import { rawPost } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { event, startUpstream } from '../kit/upstream.ts';

const WORDS = 'SECRET words of a fault\n    at SECRET (a prompt)';
const broken = (): never => {
  throw new TypeError(WORDS);
};

let upstream: Upstream;
let gateway: Parts;
/** What stands in for the gateway's ports in the test at hand. */
let instead: Partial<Ports> = {};
let onAppend: ((entry: Entry) => Promise<void> | undefined) | undefined;
beforeAll(async () => {
  upstream = await startUpstream();
  const { backends, ...rest } = JSON.parse(setupFor(upstream.url, [{ name: 'plain' }, { name: 'torn' }]));
  const setup = JSON.stringify({ ...rest, backends: [{ ...backends[0], secret: 'sk-backend' }] });
  gateway = await startParts(setup, (real) => {
    const spool = {
      ...real.spool,
      append: async (entry: Entry) => {
        await onAppend?.(entry);
        return real.spool.append(entry);
      },
    };
    // Each port is looked up when it is used, so that a test can break it for itself.
    const ports: Ports = { ...real, spool };
    return Object.defineProperties(
      ports,
      Object.fromEntries(
        Object.entries(ports).map(([name, value]) => [
          name,
          { get: () => Object.getOwnPropertyDescriptor(instead, name)?.value ?? value, enumerable: true },
        ]),
      ),
    );
  });
});
afterEach(() => {
  instead = {};
  onAppend = undefined;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const post = (more: object = {}, key = 'plain'): Promise<RawReply> =>
  postChat(gateway.url, gateway.keys[key] ?? '', asking('x', more)).done;

const mustBeFault = async (reply: RawReply): Promise<void> => {
  const id = exchangeOf(reply);
  expect([reply.status, reply.complete]).toEqual([500, true]);
  const { error } = JSON.parse(reply.text);
  expect(error).toMatchObject({ type: 'server_error', code: 'fault', param: null });
  expect(error.message).toContain(id);
  expect(reply.headers['x-should-retry']).toBe('false');
  expect(reply.text + JSON.stringify(gateway.log)).not.toContain('SECRET');
  expect(gateway.log.filter(({ fields }) => fields.exchange === id)).toHaveLength(1);
  const entries = await gateway.entries(id);
  expect(entries.at(-1)?.body).toMatchObject({ ending: 'failed', status: 500, code: 'fault', note: null });
};

describe('a fault', () => {
  const incoming = (body: () => AsyncGenerator<Uint8Array>, type = 'text/event-stream'): Incoming => ({
    status: 200,
    headers: { 'content-type': type },
    body: body(),
  });
  const real = (): Ports => gateway.real;
  const places: readonly [string, () => Partial<Ports>][] = [
    ['identify', () => ({ secrets: { ...real().secrets, keyedHash: broken } })],
    ['read', () => ({ hashes: { ...real().hashes, sha256Hex: broken } })],
    ['call: the secret', () => ({ secrets: { ...real().secrets, resolve: async () => broken() } })],
    ['call: the port', () => ({ fetch: async () => broken() })],
    // What is thrown need not be an Error.
    ['call: a string', () => ({ fetch: () => Promise.reject(WORDS) })],
    ['call: nothing', () => ({ fetch: () => Promise.reject(undefined) })],
    [
      "the reply's first byte",
      () => ({
        fetch: async () =>
          incoming(async function* () {
            yield broken();
          }),
      }),
    ],
    [
      'delivery',
      () => {
        const digests = [real().hashes.sha256()];
        return { hashes: { ...real().hashes, sha256: () => digests.pop() ?? broken() } };
      },
    ],
  ];

  it.each(places.flatMap(([place, ports]) => [false, true].map((stream) => ({ place, ports, stream }))))(
    'in $place is a 500 with the exchange and none of its words (stream: $stream)',
    async ({ ports, stream }) => {
      instead = ports();
      await mustBeFault(await post({ stream }));
    },
  );

  it('in scope is one, too', async () => {
    const { db } = real().store;
    const { body } = await db
      .selectFrom('use_case_versions')
      .select('body')
      .where('use_case', '=', 'torn')
      .executeTakeFirstOrThrow();
    const row = { use_case: 'torn', version: 2, created_at: new Date().toISOString() };
    await db
      .insertInto('use_case_versions')
      .values({ ...row, body: JSON.stringify({ ...body, models: 7 }) })
      .execute();
    const key = 'torn-key-0123456789-0123456789';
    const hash = Buffer.from(real().secrets.keyedHash('api-key', key)).toString('hex');
    const names = { id: 'key_torn', name: 'torn-2', hint: '6789', hash };
    await db
      .insertInto('keys')
      .values({ ...names, use_case: 'torn', use_case_version: 2, created_at: row.created_at })
      .execute();
    await mustBeFault(await postChat(gateway.url, key, asking('x')).done);
  });

  it('in the middle of a stream is told in the stream, which then breaks', async () => {
    const chunk = Buffer.from(event({ choices: [] }));
    instead = {
      fetch: async () =>
        incoming(async function* () {
          yield chunk;
          broken();
        }),
    };
    const reply = await post({ stream: true });
    expect([reply.status, reply.complete]).toEqual([200, false]);
    expect(reply.text.startsWith(chunk.toString())).toBe(true);
    expect(reply.text).toContain(exchangeOf(reply));
    expect(reply.text).not.toMatch(/SECRET|DONE/);
    const entries = await gateway.entries(exchangeOf(reply));
    expect(entries.at(-1)?.body).toMatchObject({ ending: 'failed', status: 500, code: 'fault' });
  });
});

describe('a store that is away', () => {
  it('is a 503 that says so, for a call and for a listing', async () => {
    const away = await startParts(setupFor(upstream.url), (real) => ({
      ...real,
      store: {
        ...real.store,
        db: new Proxy(real.store.db, {
          get: (db, name) =>
            name === 'selectFrom'
              ? (table: 'keys') => (table === 'keys' ? db.selectFrom(table) : broken())
              : Reflect.get(db, name, db),
        }),
      },
    }));
    const headers = { authorization: `Bearer ${away.keys.plain}` };
    const list = rawPost({ url: away.url, path: '/v1/models', method: 'GET', headers });
    for (const reply of [
      await postChat(away.url, away.keys.plain ?? '', asking('x')).done,
      await list.done,
    ]) {
      expect(reply.status).toBe(503);
      expect(JSON.parse(reply.text).error.code).toBe('store_unavailable');
      expect(reply.text).not.toContain('SECRET');
      expect((await away.entries(exchangeOf(reply))).at(-1)?.body).toMatchObject({
        ending: 'refused',
        code: 'store_unavailable',
        note: 'TypeError',
      });
    }
    await away.stop();
  });
});

describe('a spool that fails', () => {
  const failsFor = (kind: Entry['kind']) => (entry: Entry) =>
    entry.kind === kind ? Promise.reject(new Error(WORDS)) : undefined;

  it.each([false, true])('at the open lets nothing reach the upstream (stream: %s)', async (stream) => {
    const before = upstream.requests.length;
    onAppend = failsFor('open');
    const reply = await post({ stream });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([503, 'audit_unavailable']);
    expect(reply.headers['x-should-retry']).toBe('true');
    expect(reply.text).not.toContain('SECRET');
    expect(upstream.requests.length).toBe(before);
    const entries = await gateway.entries(exchangeOf(reply));
    expect(entries.map(({ kind }) => kind)).toEqual(['seal']);
    expect(entries[0]?.body).toMatchObject({
      ending: 'refused',
      code: 'audit_unavailable',
      sent_sha256: null,
    });
  });

  it('at the seal turns a whole reply into a 503, refusals and listings included', async () => {
    onAppend = failsFor('seal');
    const get = (path: string, key = gateway.keys.plain) =>
      rawPost({ url: gateway.url, path, method: 'GET', headers: { authorization: `Bearer ${key}` } }).done;
    const opened = await Promise.all([post(), get('/v1/models')]);
    const neverOpened = await Promise.all([post({}, 'nobody'), get('/v1/x')]);
    for (const reply of [...opened, ...neverOpened]) {
      const words = opened.includes(reply)
        ? ['audit_unsealed', 'could not be finished']
        : ['audit_unavailable', 'nothing was sent'];
      expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([503, words[0]]);
      expect(reply.text).toContain(words[1]);
      expect(reply.text).not.toMatch(/SECRET|You said/);
      const entries = await gateway.entries(exchangeOf(reply), false);
      expect(entries.filter(({ kind }) => kind === 'seal')).toEqual([]);
    }
  });

  it('at the seal keeps the last event of a stream, tells of it and breaks the stream', async () => {
    onAppend = failsFor('seal');
    const reply = await post({ stream: true });
    expect([reply.status, reply.complete]).toEqual([200, false]);
    expect(reply.text).toContain('audit_unsealed');
    expect(reply.text).not.toMatch(/DONE|SECRET|nothing was sent/);
  });

  it('to answer before the client leaves sends nothing once it does answer', async () => {
    const before = upstream.requests.length;
    let asked = 0;
    instead = {
      fetch: (outgoing) => {
        asked++;
        return gateway.real.fetch(outgoing);
      },
    };
    const gate = Promise.withResolvers<void>();
    const opening = Promise.withResolvers<string>();
    onAppend = (entry) => {
      if (entry.kind === 'seal') return undefined;
      opening.resolve(entry.exchange ?? '');
      return gate.promise;
    };
    const call = postChat(gateway.url, gateway.keys.plain ?? '', asking('x', { stream: true }));
    const exchange = await opening.promise;
    call.abort();
    const sealed = await gateway.entries(exchange);
    gate.resolve();
    await expect.poll(async () => (await gateway.entries(exchange)).length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sealed[0]?.body).toMatchObject({ ending: 'abandoned', status: 499, sent_sha256: null });
    expect([asked, upstream.requests.length]).toEqual([0, before]);
  });
});
