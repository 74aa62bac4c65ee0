// The command line against a gateway that runs: what it says, to people and to programs, and how it ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Said } from '../kit/cli.ts';
import { gatehouse } from '../kit/cli.ts';
import type { Started } from '../kit/gateway.ts';
import { ADMIN_TOKEN, startGateway } from '../kit/gateway.ts';

const SETUP = `
teams: [{ name: crew }]
backends: [{ name: pretend, provider: pretend, zone: on_prem }]
models: [{ name: pretend, targets: [{ backend: pretend, model: pretend }] }]
use_cases: [{ name: chat, team: crew, models: ["*"] }]`;
// Several processes a test, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 60_000 });

let gateway: Started;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  gateway = await startGateway({ setup: SETUP });
  env = { GATEHOUSE_URL: gateway.url, GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN };
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]): Promise<Said> => gatehouse(args, env, folder);
/** What a command printed with --json; it must have ended well and said nothing else. */
const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, unknown>;
};
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const works = async (key: string): Promise<number> =>
  (await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;

describe('keys', () => {
  it('mint, list, rotate and revoke do what they say', async () => {
    const minted = await run(
      'keys',
      'mint',
      '--name',
      'app',
      '--use-case',
      'chat',
      '--expires-at',
      '2099-01-01T00:00:00Z',
    );
    expect([minted.code, minted.stderr]).toEqual([0, '']);
    const [, id = '', key = ''] =
      /^key "app" \((key_\w{26})\), shown this once: (gtk_\w{43})\n$/.exec(minted.stdout) ?? [];
    expect(await works(key)).toBe(200);
    const listed = await run('keys', 'list');
    expect([listed.code, listed.stdout]).toEqual([
      0,
      `${id}  ...${key.slice(-4)}  app  chat v1  ends 2099-01-01T00:00:00.000Z\n`,
    ]);
    const rotated = await run('keys', 'rotate', id, '--overlap-hours', '0');
    expect(rotated.stdout).toMatch(
      /^key "app" \(key_\w{26}\), shown this once: gtk_\w{43}\nThe old key no longer counts\.\n$/,
    );
    const [, next = ''] = /\((key_\w+)\)/.exec(rotated.stdout) ?? [];
    const revoked = await run('keys', 'revoke', next);
    expect([revoked.code, revoked.stdout]).toEqual([
      0,
      expect.stringMatching(
        new RegExp(
          `^key "app" \\(${next}\\) is revoked since 20.*; every replica refuses it within 5 seconds\n$`,
        ),
      ),
    ]);
    expect((await run('keys', 'list')).stdout).toContain(`app  chat v1  revoked\n`);
  });
  it('print with --json what a program can read', async () => {
    const minted = await json('keys', 'mint', '--name', 'machine', '--use-case', 'chat');
    expect(minted).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'machine',
      key: expect.stringMatching(/^gtk_/),
    });
    const id = String(minted['id']);
    expect((await json('keys', 'list'))['items']).toContainEqual(
      expect.objectContaining({ id, hint: String(minted['key']).slice(-4), revoked_at: null }),
    );
    const rotated = await json('keys', 'rotate', id, '--latest');
    expect(Object.keys(rotated)).toEqual(['id', 'name', 'key']);
    expect(await json('keys', 'revoke', id)).toMatchObject({ id, revoked_at: expect.any(String) });
  });
  it('of which there are more than a page are listed all', async () => {
    file(
      'many.yaml',
      JSON.stringify({
        keys: Array.from({ length: 250 }, (_, i) => ({ name: `many-${i}`, use_case: 'chat' })),
      }),
    );
    expect((await json('apply', 'many.yaml'))['minted']).toHaveLength(250);
    const names = (await run('keys', 'list')).stdout.split('\n').map((line) => line.split('  ')[2]);
    expect(names.filter((name) => name?.startsWith('many-'))).toHaveLength(250);
  });
});

describe('apply and export', () => {
  it('show what changes, do nothing twice, and a dry run does nothing', async () => {
    file(
      'gatehouse.yaml',
      SETUP.replace('["*"]', '["pretend"]').replace('crew }]', 'crew }, { name: desk }]'),
    );
    const dry = await run('apply', '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([
      0,
      expect.stringContaining(
        [
          '+ team/desk',
          '    name: "desk"',
          '~ use_case/chat',
          '    version: 1 -> 2',
          '    models: ["*"] -> ["pretend"]',
        ].join('\n'),
      ),
    ]);
    expect(dry.stdout).toMatch(/\n2 changes \(dry run: nothing was done\)\.\n$/);
    expect((await run('apply')).stdout).toMatch(/\n2 changes\.\n$/);
    expect((await run('apply', 'gatehouse.yaml')).stdout).toMatch(/^Nothing to change\.\n$/);
    expect(await json('apply')).toEqual({ changes: [], notes: [], minted: [], dry_run: false });
    const { code, stdout } = await run('export');
    expect([code, stdout]).toEqual([0, expect.stringContaining('teams:\n  - name: crew\n  - name: desk\n')]);
    expect(`${(await json('export'))['text']}`).toBe(stdout);
    file('exported.yaml', stdout);
    expect((await run('apply', 'exported.yaml')).stdout).toMatch(
      /^note: left as they are: .*\nNothing to change\.\n$/,
    );
  });
  it('tell every fault of a file with its line, and end with 1', async () => {
    const { code, stdout, stderr } = await run('apply', file('wrong.yaml', 'teams:\n  - name: A\nfoo: 1\n'));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^gatehouse: The configuration is not valid\.\n {2}wrong\.yaml:2: teams\[0\]\.name: .*\n {2}wrong\.yaml:3: foo: is not a known key\n$/,
    );
  });
});

describe('a no ends with 1', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      'no gateway there',
      { GATEHOUSE_URL: 'http://127.0.0.1:1' },
      /^gatehouse: no gateway answers at http:\/\/127\.0\.0\.1:1 \(set GATEHOUSE_URL\)\n$/,
    ],
    [
      'a wrong token',
      { GATEHOUSE_ADMIN_TOKEN: 'wrong' },
      /^gatehouse: Send the operator token as "Authorization: Bearer"\.\n$/,
    ],
    [
      'no token at all',
      { GATEHOUSE_ADMIN_TOKEN: '' },
      /^gatehouse: no operator token: set GATEHOUSE_ADMIN_TOKEN, or run where \.gatehouse\/admin-token can be read\n$/,
    ],
    [
      'a token file that is not there',
      { GATEHOUSE_ADMIN_TOKEN: '', GATEHOUSE_ADMIN_TOKEN_FILE: '/not/there' },
      /run where \/not\/there can be read/,
    ],
  ])('with %s', async (_, other, words) => {
    const { code, stdout, stderr } = await gatehouse(['keys', 'list'], { ...env, ...other }, folder);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(words);
  });
  it('with something else on that port', async () => {
    const server = createServer((_, reply) => reply.end('<html>hello</html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { code, stderr } = await gatehouse(['export'], {
      ...env,
      GATEHOUSE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    server.close();
    expect([code, stderr]).toEqual([
      1,
      'gatehouse: what answers there is no gateway (status 200); set GATEHOUSE_URL\n',
    ]);
  });
  it('for what is not there', async () => {
    expect(await run('keys', 'revoke', 'key_none')).toMatchObject({
      code: 1,
      stderr: 'gatehouse: There is no such key.\n',
    });
    expect(await run('keys', 'mint', '--name', 'x', '--use-case', 'ghost')).toMatchObject({
      code: 1,
      stderr: 'gatehouse: There is no such use case.\n',
    });
  });
  it('and a URL that is none is wrong use', async () => {
    expect(await gatehouse(['export'], { ...env, GATEHOUSE_URL: 'localhost:8787' })).toMatchObject({
      code: 2,
      stderr: 'gatehouse: GATEHOUSE_URL begins with http:// or https://\n',
    });
  });
});
