// Without the operator token the admin API does nothing and says nothing.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operator, ROUTES, send } from '../kit/admin.ts';
import type { Started } from '../kit/gateway.ts';
import { ADMIN_TOKEN, startGateway } from '../kit/gateway.ts';

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

describe('without the operator token', () => {
  const wrong = [
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    `Bearer ${ADMIN_TOKEN}x`,
    `Bearer ${ADMIN_TOKEN.slice(0, -1)}`,
    `Basic ${ADMIN_TOKEN}`,
    ADMIN_TOKEN,
    `Bearer ${ADMIN_TOKEN.toUpperCase()}`,
    'Bearer undefined',
    'Bearer null',
  ];
  it.each([
    ...ROUTES,
    'GET /nothing',
    'DELETE /keys/x',
    'PUT /teams',
    'OPTIONS /teams',
    'GET /',
    'GET /use_cases/chat/versions',
    'GET /use_cases/ghost/versions',
  ])('%s answers one and the same, whatever there is', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    for (const authorization of wrong) {
      const { status, body, headers } = await send(`${gateway.url}/admin/v1${path}`, {
        method,
        headers: authorization === '' ? {} : { authorization },
      });
      expect([route, authorization, status]).toEqual([route, authorization, 401]);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect(body).toEqual({
        error: { code: 'unauthorized', message: 'Send the operator token as "Authorization: Bearer".' },
      });
    }
  });
  it('a key of the proxy opens nothing, in no header', async () => {
    const key = gateway.keys['a'] ?? '';
    for (const headers of [
      { authorization: `Bearer ${key}` },
      { 'x-api-key': ADMIN_TOKEN },
      { 'x-gatehouse-key': ADMIN_TOKEN },
    ] as Record<string, string>[])
      expect((await send(`${gateway.url}/admin/v1/keys`, { headers })).status).toBe(401);
    expect((await send(`${gateway.url}/admin/v1/keys?token=${ADMIN_TOKEN}`)).status).toBe(401);
    expect((await send(`${gateway.url}/v1/models`, { headers: operator })).status).toBe(401);
  });
  it('a body is not read: the answer comes before the end of it', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(
        `${gateway.url}/admin/v1/apply`,
        { method: 'POST', headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' } },
        (reply) => {
          resolve(reply.statusCode ?? 0);
          sent.destroy();
        },
      );
      sent.once('error', reject);
      sent.write('{"text":"');
    });
    expect(status).toBe(401);
  });
  it('of a gateway that has none nothing opens, not even an empty one', async () => {
    const bare = await startGateway({ setup: '{}', env: { GATEHOUSE_ADMIN_TOKEN: '' } });
    for (const authorization of ['', 'Bearer ', 'Bearer undefined', `Bearer ${ADMIN_TOKEN}`]) {
      const reply = await fetch(`${bare.url}/admin/v1/keys`, {
        headers: authorization === '' ? {} : { authorization },
      });
      expect([reply.status, await reply.json()]).toEqual([
        403,
        { error: { code: 'no_token_configured', message: expect.any(String) } },
      ]);
    }
    await bare.stop();
  });
});
