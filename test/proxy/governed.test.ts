// No way to a model but through the whole pipeline: a stray route stops the start, and no spelling of a path gets around.
import { Hono } from 'hono';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gateway as build } from '../../src/gateway.ts';
import type { GatehouseEnv, Step } from '../../src/ports.ts';
import { mustBeGoverned, proxy, UngovernedRoute } from '../../src/proxy.ts';
import { asking, exchangeOf } from '../kit/chat.ts';
import { rawPost, rawRequest } from '../kit/clients.ts';
import { ADMIN_TOKEN, setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let parts: Parts;
beforeAll(async () => {
  upstream = await startUpstream();
  parts = await startParts(setupFor(upstream.url, [{ name: 'plain' }, { name: 'over' }]));
  await sql`update keys set revoked_at = now() where name = 'over'`.execute(parts.real.store.db);
});
afterAll(async () => {
  await parts.stop();
  await upstream.stop();
});

const fresh = (): Hono<GatehouseEnv> => {
  const app = new Hono<GatehouseEnv>();
  proxy(app, parts.real);
  return app;
};
const stray: Step = async () => undefined;
/** The handlers of the real route, as the proxy registered them. */
const chainOf = (app: Hono<GatehouseEnv>): Step[] =>
  app.routes.filter(({ path }) => path === '/v1/chat/completions').map(({ handler }) => handler as Step);

describe('the start', () => {
  it('goes well with every route of the real gateway', () => {
    expect(() => mustBeGoverned(build(parts.real))).not.toThrow();
    expect(() => mustBeGoverned(fresh())).not.toThrow();
    expect(chainOf(fresh()).length).toBeGreaterThan(6);
  });

  it.each([
    '/healthz',
    '/readyz',
    '/metrics',
    '/admin/v1/x',
    '/admin/*',
    '/console',
    '/console/x',
    '/.well-known/x',
  ])('takes %s, which is no exchange', (path) => {
    const app = fresh();
    app.get(path, stray);
    expect(() => mustBeGoverned(app)).not.toThrow();
  });

  it.each([
    ...['/v1/x', '/v1/chat/completions', '/api/x', '/v1', '/v1/*', '*', '/*', '/', '/:any/x', '/v2/chat'],
    ...[
      '/adminx',
      '/healthz/x',
      '/consolex',
      '/x/admin/y',
      '/V1/x',
      '//v1/x',
      '/.well-known',
      '/metrics/../v1',
    ],
  ])('fails with a stray route at %s, for any method', (path) => {
    for (const register of [
      (app: Hono<GatehouseEnv>) => app.get(path, stray),
      (app: Hono<GatehouseEnv>) => app.all(path, stray),
      (app: Hono<GatehouseEnv>) => app.on('PURGE', [path], stray),
      (app: Hono<GatehouseEnv>) => app.use(path, stray),
    ]) {
      const app = fresh();
      register(app);
      expect(() => mustBeGoverned(app)).toThrow(UngovernedRoute);
      const before = new Hono<GatehouseEnv>();
      register(before);
      proxy(before, parts.real);
      expect(() => mustBeGoverned(before)).toThrow(UngovernedRoute);
    }
  });

  it('fails with a route that has only some of the steps, in another order, or a stray one between', () => {
    const variants: ((chain: Step[]) => Step[])[] = [
      (chain) => chain.slice(0, -1),
      (chain) => chain.slice(1),
      (chain) => chain.slice(-1),
      (chain) => [...chain.slice(0, 2), ...chain.slice(3)],
      (chain) => [...chain.slice(0, 1), ...chain.slice(1).reverse()],
      (chain) => [...chain.slice(0, 3), stray, ...chain.slice(3)],
      (chain) => [stray, ...chain],
      (chain) => [...chain, stray],
      (chain) => [...chain.slice(0, 1), ...chain],
    ];
    for (const variant of variants) {
      const app = fresh();
      app.on('POST', ['/v1/new'], ...variant(chainOf(app)));
      expect(() => mustBeGoverned(app)).toThrow(UngovernedRoute);
    }
    const whole = fresh();
    whole.on('POST', ['/v1/new'], ...chainOf(whole));
    expect(() => mustBeGoverned(whole)).not.toThrow();
    const split = fresh();
    const chain = chainOf(split);
    split.on('POST', ['/v1/new'], ...chain.slice(0, 3));
    split.on('POST', ['/v1/other'], ...chain.slice(3));
    expect(() => mustBeGoverned(split)).toThrow(/POST \/v1\/new/);
  });

  it('fails with an app mounted under the proxy', () => {
    const app = fresh();
    app.route('/v1/sub', new Hono<GatehouseEnv>().get('/x', stray));
    expect(() => mustBeGoverned(app)).toThrow(UngovernedRoute);
  });
});

const PATHS = [
  ...[
    '/v1/models/',
    '/v1/models//',
    '//v1/models',
    '/v1//models',
    '/V1/models',
    '/v1/Models',
    '/v1/%6dodels',
  ],
  ...['/%76%31/models', '/v1%2fmodels', '/v1/models%2f', '/v1/models%00', '/v1/models;x=y', '/v1/models%3Fx'],
  ...['/v1/chat/completions', '/v1/chat/completions/', '/v1/chat%2Fcompletions', '/v1/chat/completions.json'],
  ...['/v1/../v1/models', '/v1/./models', '/v1/%2e%2e/v1/models', '/v1/x/..%2f..%2fadmin/v1/keys'],
  ...['/v1/../admin/v1/keys', '/v1/%2e%2e/admin/v1/keys', '/api/../admin/v1/keys', '/v1/..;/admin/v1/keys'],
  ...['/admin/v1/keys', '/%61dmin/v1/keys', '/admin%2fv1/keys', '/admin//v1/keys', '/admin/v1/keys/'],
  ...['/ADMIN/v1/keys', '//admin/v1/keys', '/admin/./v1/keys', '/admin/v1/../v1/keys', '/admin/%76%31/keys'],
  ...['/v1', '/v1/', '/v1?x', '/api', '/api/', '/api/chat', '/v1/%', '/v1/%zz', '/v1/%ff', '/v1/\u00e9'],
  ...[
    '/v10/models',
    '/v1x',
    '//',
    '/console/../v1/models',
    '/healthz/../v1/models',
    `/v1/${'x/'.repeat(2000)}`,
  ],
];

describe('a path', () => {
  const ask = async (method: string, path: string) => {
    const { text } = await rawRequest(
      parts.port,
      // With a key that is over: a stranger's refusals would only be counted.
      Buffer.from(
        `${method} ${path} HTTP/1.1\r\nhost: x\r\nx-api-key: ${parts.keys.over}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      ),
    );
    const [head = '', body = ''] = text.split('\r\n\r\n');
    return {
      status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
      exchange: /x-gatehouse-exchange: (\S+)/i.exec(head)?.[1],
      body,
    };
  };

  it.each(PATHS)('%s is governed and refused, or is nothing, or asks for a token', async (path) => {
    const before = upstream.requests.length;
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const { status, exchange, body } = await ask(method, path);
      expect([400, 401, 404, 405]).toContain(status);
      // Ollama's errors are texts.
      expect(typeof JSON.parse(body).error).toMatch(/^(?:object|string)$/);
      expect(body).not.toMatch(/key_|gtk_|stack|select /);
      if (exchange === undefined) {
        // Not the proxy's: there is nothing, or the admin face wants its token, or it is not HTTP.
        expect(['not_found', 'unauthorized', 'bad_http']).toContain(JSON.parse(body).error.code);
        continue;
      }
      const [entry, ...others] = await parts.entries(exchange);
      expect(others).toEqual([]);
      expect(entry?.body).toMatchObject({ ending: 'refused', status, method });
    }
    expect(upstream.requests.length).toBe(before);
  });

  it('of the proxy never takes the operator token for a key, nor the admin face a key for the token', async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const asked = { url: parts.url, method: 'GET' };
    expect((await rawPost({ ...asked, path: '/v1/models', headers }).done).status).toBe(401);
    const key = { authorization: `Bearer ${parts.keys.plain}` };
    expect((await rawPost({ ...asked, path: '/admin/v1/keys', headers: key }).done).status).toBe(401);
    expect((await rawPost({ ...asked, path: '/v1/models', headers: key }).done).status).toBe(200);
  });

  it('that takes another method says which', async () => {
    const get = await rawPost({ url: parts.url, path: '/v1/chat/completions', method: 'GET' }).done;
    expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
    const post = await rawPost({ url: parts.url, path: '/v1/models', body: asking('x') }).done;
    expect([post.status, post.headers.allow]).toEqual([405, 'GET']);
    expect(JSON.parse(post.text).error).toMatchObject({ code: 'method_not_allowed' });
    expect(exchangeOf(post)).toMatch(/^ex_/);
    const head = { authorization: `Bearer ${parts.keys.plain}` };
    const listed = await rawPost({ url: parts.url, path: '/v1/models', method: 'HEAD', headers: head }).done;
    expect([listed.status, listed.text, listed.complete]).toEqual([200, '', true]);
    expect((await parts.entries(exchangeOf(listed))).at(-1)?.body).toMatchObject({
      ending: 'complete',
      method: 'HEAD',
    });
  });
});
