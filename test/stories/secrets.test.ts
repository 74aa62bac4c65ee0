// A backend's credential reaches the backend, and nobody else: no log, no error, no record, no answer of the admin API.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

const LITERAL = 'sk-literal-never-to-be-seen';
const IN_FILE = 'sk-in-a-file-never-to-be-seen';
let folder: string;
let upstream: Upstream;
let gateway: Started;
const log: string[] = [];
beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => log.push(String(text)) > 0);
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-story-'));
  writeFileSync(join(folder, 'key'), `${IN_FILE}\n`);
  upstream = await startUpstream();
  const backend = (name: string, url: string, secret: string) => ({
    name,
    provider: 'openai',
    url,
    zone: 'on_prem',
    secret,
  });
  const file = `\${file:${join(folder, 'key')}}`;
  const backends = [
    backend('literal', upstream.url, LITERAL),
    backend('file', upstream.url, file),
    backend('away', 'http://127.0.0.1:1', LITERAL),
    backend('gone', upstream.url, file),
  ];
  const setup = {
    teams: [{ name: 'crew' }],
    backends,
    models: backends.map(({ name }) => ({ name, targets: [{ backend: name, model: 'm' }] })),
    use_cases: [{ name: 'plain', team: 'crew', models: ['*'] }],
    keys: [{ name: 'plain', use_case: 'plain' }],
  };
  gateway = await startGateway({ setup: JSON.stringify(setup), env: { GATEHOUSE_LOG: 'debug' } });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await gateway.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true });
});

const ask = async (model: string): Promise<[number, string, unknown]> => {
  const reply = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.keys['plain']}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const text = await reply.text();
  return [reply.status, text, await gateway.record(reply.headers.get('x-gatehouse-exchange') ?? '')];
};
const credentials = () => upstream.requests.map(({ headers }) => headers.authorization);

it('the upstream gets it, from wherever it is kept', async () => {
  expect((await ask('literal'))[0]).toBe(200);
  expect((await ask('file'))[0]).toBe(200);
  expect(credentials()).toEqual([`Bearer ${LITERAL}`, `Bearer ${IN_FILE}`]);
});
it('a file that was changed is in force within five seconds; one that is gone is a plain no', async () => {
  writeFileSync(join(folder, 'key'), `${IN_FILE}-2`);
  const until = Date.now() + 5_500;
  while (credentials().at(-1) !== `Bearer ${IN_FILE}-2` && Date.now() < until) await ask('file');
  expect(credentials().at(-1)).toBe(`Bearer ${IN_FILE}-2`);
  rmSync(join(folder, 'key'));
  const [status, text, record] = await ask('gone');
  expect([status, JSON.parse(text)]).toMatchObject([
    503,
    { error: { message: "The backend's credential is not available." } },
  ]);
  expect(record).toMatchObject({
    ending: 'failed',
    code: 'backend_secret_missing',
    note: expect.stringContaining('cannot be read'),
  });
});
it('nobody else gets it, whatever goes wrong', async () => {
  const seen = [
    await ask('away'),
    await ask('none'),
    ...(await Promise.all(
      ['/records?limit=200', '/changes', '/backends', '/export', '/keys'].map(gateway.admin),
    )),
  ];
  const faults = await gateway.post('/apply', {
    text: `backends: [{ name: x, provider: openai, zone: moon, secret: ${LITERAL} }]`,
  });
  const all = JSON.stringify([seen, faults]) + log.join('');
  expect(all).toContain('${sealed}');
  for (const text of [LITERAL, IN_FILE, gateway.keys['plain'] ?? 'none']) expect(all).not.toContain(text);
});
