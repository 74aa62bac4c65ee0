// The commands that need no gateway: wrong use of any of them, migrate, doctor, and a start that fails.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { gatehouse } from '../kit/cli.ts';
import { ROOT_SECRET } from '../kit/gateway.ts';
import { freshDatabase } from '../kit/postgres.ts';

/** What `migrate` says on a fresh database. */
const RAN = migrations.map(({ id }) => `ran ${id}\n`).join('');
// Several processes a test, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let databaseUrl: string;
let server: Server;
let taken: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  databaseUrl = await freshDatabase(inject('postgresUrl'));
  server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  taken = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

describe('wrong use ends with 2 and says what is right, without asking any gateway', () => {
  it.each<[string[], RegExp]>([
    [[], /^gatehouse: usage: gatehouse <command>\n/],
    [['fly'], /^gatehouse: unknown command "fly"\n\nusage: /],
    [['constructor'], /unknown command "constructor"/],
    [['--json'], /unknown command "--json"/],
    [['keys'], /keys mint \| rotate \| revoke \| list/],
    [['keys', 'fly'], /keys mint \| rotate \| revoke \| list/],
    [['keys', 'toString'], /keys mint \| rotate/],
    [['keys', 'mint', '--name', 'x'], /keys mint needs --name and --use-case/],
    [['keys', 'mint', 'x', '--name', 'x', '--use-case', 'y'], /Unexpected argument 'x'/],
    [['keys', 'rotate'], /keys rotate takes one key id/],
    [['keys', 'rotate', 'a', 'b'], /keys rotate takes one key id/],
    [['keys', 'rotate', 'a', '--overlap-hours', ''], /--overlap-hours takes a number/],
    [['keys', 'rotate', 'a', '--overlap-hours', 'soon'], /--overlap-hours takes a number/],
    [['keys', 'rotate', 'a', '--overlap-hours=-1'], /--overlap-hours takes a number/],
    [['keys', 'revoke', 'a', '--latest'], /Unknown option '--latest'/],
    [['keys', 'list', 'all'], /Unexpected argument 'all'/],
    [['apply', 'a', 'b'], /apply takes one file/],
    [['apply', 'none.yaml'], /cannot read none\.yaml/],
    [['export', 'to.yaml'], /Unexpected argument 'to\.yaml'/],
    [['migrate', 'now'], /Unexpected argument 'now'/],
    [['start', '--port', '1'], /Unknown option '--port'/],
    [['doctor', '-x'], /Unknown option '-x'/],
  ])('gatehouse %j', async (args, words) => {
    const { code, stdout, stderr } = await gatehouse(args, {}, folder);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
  it('help is no wrong use', async () => {
    const { code, stdout, stderr } = await gatehouse(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of [
      'start',
      'apply',
      'export',
      'keys mint',
      'keys rotate',
      'keys revoke',
      'keys list',
      'migrate',
      'doctor',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command}`, 'm'));
  });
});

describe('migrate and doctor', () => {
  it('migrate brings a fresh database up to date, once', async () => {
    const own = { DATABASE_URL: await freshDatabase(inject('postgresUrl')) };
    expect(await gatehouse(['migrate'], own)).toEqual({ code: 0, stdout: RAN, stderr: '' });
    expect(await gatehouse(['migrate'], own)).toEqual({
      code: 0,
      stdout: 'The database is up to date.\n',
      stderr: '',
    });
    expect(JSON.parse((await gatehouse(['migrate', '--json'], own)).stdout)).toEqual({ ran: [] });
  });
  it('a database that is away, or a setting that is wrong, is said in a line, without its password', async () => {
    const away = await gatehouse(['migrate'], { DATABASE_URL: 'postgres://me:hunter22@127.0.0.1:1/x' });
    expect([away.code, away.stderr]).toEqual([1, 'gatehouse: connect ECONNREFUSED 127.0.0.1:1\n']);
    const wrong = await gatehouse(['migrate'], {
      DATABASE_URL: 'mysql://me:hunter22@host/x',
      GATEHOUSE_PORT: 'many',
    });
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^gatehouse: DATABASE_URL: a Postgres URL begins with postgres:\/\/\nGATEHOUSE_PORT: .*\n$/,
      ),
    ]);
  });
  it('doctor finds nothing wrong where there is nothing, and changes nothing', async () => {
    const own = { DATABASE_URL: await freshDatabase(inject('postgresUrl')), GATEHOUSE_SECRET: ROOT_SECRET };
    const { code, stdout } = await gatehouse(['doctor'], own);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ok {3}node: 24\.[\d.]+\nok {3}environment: is valid\nok {3}secret: is set\nok {3}database: answers, to be migrated \(0001-first, /,
    );
    for (const name of ['DATABASE_URL', 'GATEHOUSE_SECRET', 'GATEHOUSE_CONFIG', 'GATEHOUSE_BODY_LIMIT'])
      expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z]`, 'm'));
    expect(stdout).not.toContain(ROOT_SECRET);
    expect((await gatehouse(['migrate'], own)).stdout).toBe(RAN);
    expect((await gatehouse(['doctor'], own)).stdout).toContain('database: answers, up to date');
    const fresh = await gatehouse(['doctor', '--json'], { GATEHOUSE_DATA: join(folder, 'not-yet') });
    expect(JSON.parse(fresh.stdout)).toMatchObject({
      checks: expect.arrayContaining([
        { name: 'database', ok: true, words: expect.stringContaining('the first start makes it') },
      ]),
    });
  });
  it('doctor finds what is wrong and ends with 1', async () => {
    const { code, stdout, stderr } = await gatehouse(['doctor'], {
      DATABASE_URL: 'postgres://me:hunter22@127.0.0.1:1/x',
      GATEHOUSE_CONFIG: join(folder, file('bad.yaml', 'teams:\n- name: A\nfoo: 1')),
    });
    expect([code, stderr]).toEqual([1, 'gatehouse: something is wrong, see above\n']);
    expect(stdout).toContain('FAIL secret: GATEHOUSE_SECRET is needed with DATABASE_URL');
    expect(stdout).toContain('FAIL database: connect ECONNREFUSED');
    expect(stdout).toMatch(
      /FAIL configuration: .*bad\.yaml:2: teams\[0\]\.name: .*\n.*bad\.yaml:3: foo: is not a known key/,
    );
    expect(stdout).not.toContain('hunter22');
  });
});

describe('start', () => {
  it.each<[string, (own: Record<string, string>) => Record<string, string>, RegExp]>([
    [
      'a port that is taken',
      (own) => ({ ...own, GATEHOUSE_PORT: String(taken) }),
      /^gatehouse: address already in use 127\.0\.0\.1:\d+; set GATEHOUSE_PORT to another\n$/m,
    ],
    [
      'no root secret',
      ({ GATEHOUSE_SECRET: _, ...own }) => own,
      /^gatehouse: GATEHOUSE_SECRET: needed with DATABASE_URL/,
    ],
    [
      'a short root secret and a wrong level',
      (own) => ({ ...own, GATEHOUSE_SECRET: 'hunter22', GATEHOUSE_LOG: 'loud' }),
      /^gatehouse: GATEHOUSE_SECRET: .*\nGATEHOUSE_LOG: .*\n$/,
    ],
    [
      'a secret twice',
      (own) => ({ ...own, GATEHOUSE_SECRET_FILE: '/x' }),
      /^gatehouse: both GATEHOUSE_SECRET and GATEHOUSE_SECRET_FILE are set\n$/,
    ],
    [
      'a wrong configuration',
      (own) => ({ ...own, GATEHOUSE_CONFIG: join(folder, file('start.yaml', 'teams:\n- name: A\nfoo: 1')) }),
      /^gatehouse: \S+start\.yaml:2: teams\[0\]\.name: .*\n\S+start\.yaml:3: foo: is not a known key\n$/,
    ],
  ])('with %s says so and ends with 1', async (_, change, words) => {
    const own = { DATABASE_URL: databaseUrl, GATEHOUSE_SECRET: ROOT_SECRET, GATEHOUSE_PORT: '0' };
    const { code, stdout, stderr } = await gatehouse(['start'], change(own));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('hunter22');
  });
});
