// A wrong request to the admin API is told what is wrong with it, and is never a fault of ours.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operator, send } from '../kit/admin.ts';
import { rawPost } from '../kit/clients.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';

const SETUP = `
teams: [{ name: team0 }]
backends: [{ name: pretend, provider: pretend, zone: on_prem }]
use_cases: [{ name: chat, team: team0, models: ["*"] }]
keys: [{ name: a, use_case: chat }]`;
let gateway: Started;
beforeAll(async () => {
  gateway = await startGateway({ setup: SETUP });
});
afterAll(() => gateway.stop());

const get = (path: string) => send(`${gateway.url}/admin/v1${path}`, { headers: operator });

describe('a wrong request', () => {
  const post = (
    path: string,
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => send(`${gateway.url}/admin/v1${path}`, { method: 'POST', headers: { ...operator, ...headers }, body });
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/yaml',
    'text/json',
    'application/jsonx',
  ])('with the content type %s is told to send JSON', async (type) => {
    for (const path of ['/keys', '/apply', '/keys/x/rotate'])
      expect(await post(path, '{"text":""}', { 'content-type': type })).toMatchObject({
        status: 400,
        body: {
          error: { code: 'bad_request', message: 'Send JSON, and say so: "content-type: application/json".' },
        },
      });
  });
  it('with a charset or in capitals is JSON all the same', async () => {
    expect(
      (await post('/apply', '{"text":""}', { 'content-type': 'Application/JSON; charset=utf-8' })).status,
    ).toBe(200);
  });
  it.each([
    ['', /./],
    ['{', /JSON/],
    ['[]', /expected object/],
    ['null', /expected object/],
    ['{"text":1}', /^text: .*expected string/],
    ['{"text":"","file":1,"dry_run":"no"}', /^file: /],
    ['{"text":"","force":true}', /force/],
  ])('whose body is %j is told what is wrong', async (body, fault) => {
    const { status, body: told } = await post('/apply', body);
    expect(status).toBe(400);
    expect(told).toMatchObject({ error: { code: 'bad_request', message: 'The request is not valid.' } });
    expect((told as { error: { faults: string[] } }).error.faults[0]).toMatch(fault);
  });
  it('only: one whose length is not told, or that has none, is as good as another', async () => {
    const headers = { ...operator, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const { status, text } = await rawPost({
      url: gateway.url,
      path: '/admin/v1/apply',
      headers,
      body: '{"text":""}',
    }).done;
    expect([status, JSON.parse(text)]).toMatchObject([200, { changes: [] }]);
    const deleted = await send(`${gateway.url}/admin/v1/packs/ghost`, {
      method: 'DELETE',
      headers: operator,
    });
    expect(deleted.status).toBe(404);
  });
  it('for a setup that cannot be taken is told every fault with its line', async () => {
    expect(await gateway.post('/apply', { text: 'teams:\n  - name: A\nfoo: 1', file: 'my.yaml' })).toEqual({
      status: 400,
      body: {
        error: {
          code: 'bad_setup',
          message: 'The configuration is not valid.',
          faults: [
            expect.stringMatching(/^my\.yaml:2: teams\[0\]\.name: /),
            'my.yaml:3: foo: is not a known key',
          ],
        },
      },
    });
  });
  it.each([{}, { 'transfer-encoding': 'chunked' }])(
    'longer than four MiB is refused, with and without its length: %j',
    async (more) => {
      const body = JSON.stringify({ text: 'x'.repeat(5 * 1024 * 1024) });
      const headers = { ...operator, 'content-type': 'application/json', ...more };
      const { status, text } = await rawPost({ url: gateway.url, path: '/admin/v1/apply', headers, body })
        .done;
      expect([status, JSON.parse(text)]).toEqual([
        413,
        { error: { code: 'body_too_long', message: 'The limit is 4194304 bytes.' } },
      ]);
    },
  );
  it.each(['/records/ex_none', '/use_cases/ghost/versions', '/nothing', '/keys/key_x', '/teams/'])(
    'for %s is not found',
    async (path) => {
      expect(await get(path)).toMatchObject({
        status: 404,
        body: { error: { code: 'not_found', message: expect.any(String) } },
      });
    },
  );
  it.each(['/records/%00', '/use_cases/%00/versions', `/records/${'x'.repeat(100)}`])(
    'for %s is told so, without a fault of ours',
    async (path) => {
      expect(await get(path)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } });
    },
  );
  it('with half a character in a name is refused by name', async () => {
    expect((await get('/records/%ff')).status).toBeLessThan(500);
    expect((await send(`${gateway.url}/admin/v1/%zz`, { headers: operator })).status).toBeLessThan(500);
  });
});
