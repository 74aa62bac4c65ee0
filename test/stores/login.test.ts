// The login that a gateway runs as: made by the owner with `gatehouse migrate`, and by nobody else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { scramVerifier } from '../../src/runtimes/scram.ts';
import { ensureLogin, LoginFault, standingOf } from '../../src/stores/login.ts';
import { MayNotMigrate, migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Store } from '../../src/stores/store.ts';
import { gatehouse } from '../kit/cli.ts';
import { ROOT_SECRET } from '../kit/gateway.ts';
import { loginName, migrateWithLogin, newPassword, urlFor } from '../kit/login.ts';
import { freshDatabase } from '../kit/postgres.ts';

vi.setConfig({ testTimeout: 60_000 });

let ownerUrl: string;
let owner: pg.Client;
let folder: string;
beforeAll(async () => {
  ownerUrl = await freshDatabase(inject('postgresUrl'));
  owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-login-'));
});
afterAll(async () => {
  await owner.end();
  rmSync(folder, { recursive: true });
});

const signsIn = async (name: string, password: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: urlFor(ownerUrl, name, password) });
  const came = await client.connect().then(
    () => true,
    () => false,
  );
  await client.end().catch(() => undefined);
  return came;
};

describe('migrate --app-login', () => {
  it('makes a member of gatehouse_app that may do nothing else, and says no password', async () => {
    const [name, password] = [loginName(), newPassword()];
    const { code, stdout, stderr } = await migrateWithLogin(ownerUrl, name, password);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`"${name}" is the gateway's login`);
    expect(stdout + stderr).not.toContain(password);
    const { rows } = await owner.query(
      `select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin, rolinherit,
        (select rolpassword from pg_authid a where a.oid = r.oid) as kept,
        (select array_agg(g.rolname::text) from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid) as groups
      from pg_roles r where rolname = $1`,
      [name],
    );
    expect(rows).toEqual([
      {
        ...{ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false },
        ...{ rolbypassrls: false, rolcanlogin: true, rolinherit: true, groups: ['gatehouse_app'] },
        kept: expect.stringMatching(/^SCRAM-SHA-256\$4096:/),
      },
    ]);
    expect(await signsIn(name, password)).toBe(true);
  });

  it('changes nothing when it runs again, and the password when the file has another', async () => {
    const [name, first, second] = [loginName(), newPassword(), newPassword()];
    for (const password of [first, first, second]) {
      expect((await migrateWithLogin(ownerUrl, name, password)).code).toBe(0);
      expect(await signsIn(name, password)).toBe(true);
    }
    expect(await signsIn(name, first)).toBe(false);
  });

  it.each([
    'x"; drop table keys; --',
    "x'; drop table keys; --",
    ...['Gateway', '1gateway', 'pg_monitor', 'gatehouse_app', 'a b', 'ä', `g${'x'.repeat(63)}`, '$$'],
  ])('takes no name like %j', async (name) => {
    const { code, stderr } = await migrateWithLogin(ownerUrl, name, newPassword());
    expect([code, stderr]).toEqual([1, expect.stringContaining('is no name for a login')]);
  });

  it('takes over nobody: not itself, not a role that may do more, not a member of others', async () => {
    const [mighty, member, group] = [loginName(), loginName(), loginName()];
    await owner.query(`create role ${mighty} login createrole; create role ${group} nologin;
      create role ${member} login in role ${group}`);
    for (const [name, words] of [
      [new URL(ownerUrl).username, 'is who is logged in now'],
      [mighty, 'may do more than a gateway needs'],
      [member, `is a member of "${group}"`],
    ] as const) {
      const { code, stderr } = await migrateWithLogin(ownerUrl, name, newPassword());
      expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
    }
  });

  it.each(['short', '', 'with a space in it, and long', 'Grüße-Grüße-Grüße', 'x'.repeat(257)])(
    'takes no password like %j',
    async (password) => {
      const { code, stderr } = await migrateWithLogin(ownerUrl, loginName(), password);
      expect([code, stderr]).toEqual([1, expect.stringContaining('holds no password')]);
      if (password !== '') expect(stderr).not.toContain(password);
      expect(scramVerifier(password)).toBeUndefined();
    },
  );

  it('takes odd passwords as they are', async () => {
    const [name, password] = [loginName(), `'"\\$$%;--{}:/?#[]@!`];
    expect((await migrateWithLogin(ownerUrl, name, password)).code).toBe(0);
    const client = new pg.Client({ ...hostOf(ownerUrl), user: name, password });
    await client.connect();
    await client.end();
  });

  it('is wrong use without its other half, or on an embedded database', async () => {
    writeFileSync(join(folder, 'password'), newPassword());
    const file = join(folder, 'password');
    for (const args of [
      ...[
        ['--app-login', 'gw'],
        ['--app-password-file', file],
      ],
      ...[['--app-login', 'gw', '--app-password-file', join(folder, 'none')]],
    ])
      expect((await gatehouse(['migrate', ...args], { DATABASE_URL: ownerUrl })).code).toBe(2);
    const own = { GATEHOUSE_DATA: join(folder, 'data') };
    expect((await gatehouse(['migrate', '--app-login', 'gw', '--app-password-file', file], own)).code).toBe(
      2,
    );
  });

  it('works for an owner who is no superuser', async () => {
    const [name, password, login] = [loginName(), newPassword(), loginName()];
    await owner.query(`create role ${name} login createrole password '${password}'`);
    await owner.query(`grant gatehouse_app to ${name} with admin option`);
    await owner.query(`create database ${name} owner ${name} template template0`);
    const url = new URL(urlFor(ownerUrl, name, password));
    url.pathname = `/${name}`;
    const secret = newPassword();
    expect(await migrateWithLogin(url.href, login, secret)).toMatchObject({ code: 0, stderr: '' });
    const app = pgStore(urlFor(url.href, login, secret), () => undefined);
    expect(await standingOf(app.db)).toEqual({ login, standing: 'member' });
    expect(await migrate(app, migrations)).toEqual([]);
    await app.close();
  });

  it('takes nothing but a verifier for a password', async () => {
    const store = pgStore(ownerUrl, () => undefined);
    for (const verifier of ['plain', `SCRAM-SHA-256$4096:a$b:c'; drop table keys; --`])
      await expect(ensureLogin(store, loginName(), verifier)).rejects.toBeInstanceOf(LoginFault);
    await store.close();
  });
});

const hostOf = (url: string): { host: string; port: number; database: string } => {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1) };
};

describe('a login that owns nothing', () => {
  let app: Store;
  let appUrl: string;
  let name: string;
  beforeAll(async () => {
    name = loginName();
    const password = newPassword();
    await migrateWithLogin(ownerUrl, name, password);
    appUrl = urlFor(ownerUrl, name, password);
    app = pgStore(appUrl, () => undefined);
  });
  afterAll(() => app.close());

  it('needs no right to make tables where nothing is to be migrated', async () => {
    expect(await migrate(app, migrations)).toEqual([]);
  });

  it('is told who must migrate where something is, on an empty database as on an old one', async () => {
    const next = { id: '9999-next', statements: ['create table next (x int)'] };
    const old = migrate(app, [...migrations, next]);
    await expect(old).rejects.toBeInstanceOf(MayNotMigrate);
    await expect(old).rejects.toThrow('run "gatehouse migrate" as the database\'s owner');
    const empty = new URL(appUrl);
    empty.pathname = new URL(await freshDatabase(inject('postgresUrl'))).pathname;
    const own = { DATABASE_URL: empty.href, GATEHOUSE_SECRET: ROOT_SECRET, GATEHOUSE_PORT: '0' };
    const { code, stderr } = await gatehouse(['start'], { ...own, GATEHOUSE_DATA: join(folder, 'start') });
    expect(code).toBe(1);
    expect(stderr).toContain(`gatehouse: the database is to be migrated (0001-first, `);
    expect(stderr).toContain('this login may not: run "gatehouse migrate" as the database\'s owner\n');
    expect(stderr).not.toContain(new URL(appUrl).password);
  });

  it('is what doctor wants to see; of the owner, or of anybody else, it warns', async () => {
    const other = loginName();
    const password = newPassword();
    await owner.query(
      `create role ${other} login password '${password}'; grant select on gatehouse_migrations to ${other}`,
    );
    const said = async (url: string) => {
      const own = { DATABASE_URL: url, GATEHOUSE_SECRET: ROOT_SECRET };
      const { code, stdout } = await gatehouse(['doctor'], own);
      expect(code).toBe(0);
      return /^.* login: .*$/m.exec(stdout)?.[0];
    };
    expect(await said(appUrl)).toBe(`ok   login: "${name}" is a member of gatehouse_app`);
    expect(await said(ownerUrl)).toMatch(/^warn login: "\w+" owns the database: /);
    expect(await said(urlFor(ownerUrl, other, password))).toMatch(
      /^warn login: "\w+" neither owns the tables nor/,
    );
  });
});
