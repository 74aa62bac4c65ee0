// A whole gateway under a login of its own, which owns nothing: all that it does it may, and what would change the audit it may
// not, whoever has taken over its connection.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { appendLinks } from '../../src/audit/table.ts';
import { dropMonthsBefore } from '../../src/retention/table.ts';
import { pgStore } from '../../src/stores/pg.ts';
import { sqlState } from '../../src/stores/store.ts';
import { operator, send } from '../kit/admin.ts';
import { appendOwn, entryOf, meansOn, verdictNow } from '../kit/audit-store.ts';
import { gatehouse } from '../kit/cli.ts';
import type { Started } from '../kit/gateway.ts';
import { ADMIN_TOKEN, ROOT_SECRET, setupFor, startGateway } from '../kit/gateway.ts';
import type { WithLogin } from '../kit/login.ts';
import { databaseWithLogin } from '../kit/login.ts';
import { employee, written } from '../kit/packs.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

vi.setConfig({ testTimeout: 60_000 });

let upstream: Upstream;
let database: WithLogin;
let gateway: Started;
let owner: pg.Client;
let app: pg.Client;
let exchange: string;
const connected = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
};

beforeAll(async () => {
  upstream = await startUpstream();
  database = await databaseWithLogin();
  const setup = setupFor(upstream.url, [{ name: 'plain' }, { name: 'kept', capture: 'full' }]);
  gateway = await startGateway({ setup, databaseUrl: database.appUrl });
  owner = await connected(database.ownerUrl);
  app = await connected(database.appUrl);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  await Promise.all([owner.end(), app.end()]);
});

const ask = { model: 'small', messages: [{ role: 'user' as const, content: 'Hello' }] };
const openai = (key: string): OpenAI =>
  new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 });
const online = () => ({ GATEHOUSE_URL: gateway.url, GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN });

describe('under its own login a gateway', () => {
  it('answers, whole and streamed, and records both', async () => {
    const whole = await openai(gateway.keys.kept ?? '')
      .chat.completions.create(ask)
      .withResponse();
    exchange = whole.response.headers.get('x-gatehouse-exchange') ?? '';
    expect(await gateway.record(exchange)).toMatchObject({ ending: 'complete', status: 200 });
    const streamed = await openai(gateway.keys.plain ?? '')
      .chat.completions.create({ ...ask, stream: true })
      .withResponse();
    let chunks = 0;
    for await (const _ of streamed.data) chunks++;
    expect(chunks).toBeGreaterThan(1);
    const id = streamed.response.headers.get('x-gatehouse-exchange') ?? '';
    expect(await gateway.record(id)).toMatchObject({ ending: 'complete' });
  });

  it('is configured: apply, and keys minted, rotated and revoked', async () => {
    const teams = JSON.stringify({
      teams: [{ name: 'other' }],
      backends: [{ name: 'lan', provider: 'compatible', url: `${upstream.url}/`, zone: 'on_prem' }],
      models: [{ name: 'small', targets: [{ backend: 'lan', model: 'upstream-large' }] }],
      use_cases: [{ name: 'plain', team: 'crew', models: ['small'] }],
    });
    expect(await gateway.post('/apply', { text: teams })).toMatchObject({ status: 200 });
    const made = await gateway.post('/keys', { name: 'fresh', use_case: 'plain' });
    const { id, key } = made.body as { id: string; key: string };
    expect((await openai(key).chat.completions.create(ask)).choices).toHaveLength(1);
    const rotated = await gateway.post(`/keys/${id}/rotate`, { latest: true });
    const next = rotated.body as { id: string; key: string };
    expect((await openai(next.key).chat.completions.create(ask)).choices).toHaveLength(1);
    expect((await gateway.post(`/keys/${next.id}/revoke`, {})).status).toBe(200);
  });

  it('is told policies, packs and prices: the next versions, and that one is no more', async () => {
    const ask = (method: string, path: string, body?: unknown) =>
      send(`${gateway.url}/admin/v1${path}`, {
        method,
        headers: { ...operator, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const pack = written('acme', [employee]);
    expect((await ask('PUT', '/packs/acme', pack)).status).toBe(200);
    expect(await ask('PUT', '/policies/default', { overrides: { acme: 'mask' } })).toMatchObject({
      status: 200,
      body: { version: 3 },
    });
    expect((await ask('PUT', '/policies/default', {})).status).toBe(200);
    expect((await ask('DELETE', '/packs/acme')).status).toBe(200);
    const price = { model: 'm', input_usd_per_mtok: 1 };
    expect((await ask('PUT', '/prices/m', price)).status).toBe(200);
    expect((await ask('DELETE', '/prices/m')).status).toBe(200);
  });

  it('keeps, shows, holds and erases content', async () => {
    const shown = await gateway.post(`/records/${exchange}/content`, { reason: 'case 17' });
    expect(shown).toMatchObject({
      status: 200,
      body: { prompt: { text: expect.stringContaining('Hello') } },
    });
    const hold = (is: boolean) => gateway.post('/holds', { exchange, hold: is, reason: 'a court asked' });
    expect(await hold(true)).toMatchObject({ status: 200, body: { count: 1 } });
    const erase = () => gateway.post('/erasures', { exchange, reason: 'they asked' });
    expect(await erase()).toMatchObject({ body: { count: 0, held_back: 1 } });
    expect((await hold(false)).status).toBe(200);
    expect(await erase()).toMatchObject({ body: { count: 1, held_back: 0 } });
    expect((await gateway.post(`/records/${exchange}/content`, { reason: 'case 17' })).status).toBe(410);
  });

  it('signs, exports, proves and rotates its key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
    const [all, one] = [join(folder, 'all.ndjson'), join(folder, 'one.json')];
    for (const args of [
      ...[['checkpoint'], ['rotate-key'], ['export', '--out', all], ['verify', all]],
      ...[
        ['prove', exchange, '--out', one],
        ['verify', '--proof', one],
      ],
    ])
      expect(await gatehouse(['audit', ...args], online())).toMatchObject({ code: 0, stderr: '' });
    rmSync(folder, { recursive: true });
  });

  it('makes a new month by itself, whose rows it can add and nothing more', async () => {
    const store = pgStore(database.appUrl, () => undefined);
    await appendOwn(store, 'wr_future', [entryOf('start', null, Date.UTC(2031, 4, 5))]);
    const { rows } = await owner.query(
      `select pg_get_userbyid(relowner) as owner from pg_class where relname = 'audit_entries_203105'`,
    );
    expect(rows).toEqual([{ owner: new URL(database.ownerUrl).username }]);
    await expect(app.query('select from audit_entries_203105')).rejects.toMatchObject({ code: '42501' });
    await store.close();
  });

  it('acknowledges a break that the owner made, and signs again', async () => {
    const store = pgStore(database.appUrl, () => undefined);
    const means = meansOn(store, ROOT_SECRET);
    await appendOwn(store, 'wr_gone', [
      entryOf('start', null, Date.now()),
      entryOf('stop', null, Date.now()),
    ]);
    expect((await gateway.post('/checkpoints', {})).status).toBe(200);
    await owner.query(`begin; set local session_replication_role = replica;
      delete from audit_entries where writer = 'wr_gone' and seq = 2; commit`);
    expect(await gateway.post('/checkpoints', {})).toMatchObject({
      status: 409,
      body: { error: { code: 'chain_broken', message: expect.stringContaining('wr_gone/2') } },
    });
    const args = ['audit', 'acknowledge', '--writer', 'wr_gone', '--reason', 'a test deleted it', '--seq'];
    expect((await gatehouse([...args, '1'], online())).code).toBe(1);
    expect(await gatehouse([...args, '2'], online())).toMatchObject({ code: 0, stderr: '' });
    expect((await gateway.post('/checkpoints', {})).status).toBe(200);
    expect(await gateway.admin('/acknowledgements')).toMatchObject({
      items: [
        { writer: 'wr_gone', seq: 2, kind: 'missing', actor: 'admin-token', reason: 'a test deleted it' },
      ],
    });
    expect(await verdictNow(means)).toMatchObject({ fault: undefined, acknowledged: [{ seq: 2 }] });
    await store.close();
  });

  it('starts again beside another, with no right to change a table', async () => {
    const beside = await startGateway({
      setup: setupFor(upstream.url, [{ name: 'plain' }]),
      databaseUrl: database.appUrl,
      env: { GATEHOUSE_SPOOL: 'direct' },
    });
    expect((await fetch(`${beside.url}/readyz`)).status).toBe(200);
    await beside.stop();
  });
});

describe('whoever has the login', () => {
  const TABLES = [
    ...['audit_entries', 'audit_checkpoints', 'audit_keys', 'audit_signed', 'audit_ends'],
    ...['use_case_versions', 'policies', 'packs', 'prices', 'gatehouse_migrations', 'vault', 'keys', 'teams'],
  ];
  const refused = (text: string) =>
    app.query(text).then(
      () => `${text}: was done`,
      (error: unknown) => sqlState(error),
    );

  it.each(TABLES)('deletes nothing of %s, and takes none of its guards away', async (table) => {
    for (const text of [
      ...[`delete from ${table}`, `truncate ${table}`, `truncate ${table} cascade`, `drop table ${table}`],
      ...[`drop table ${table} cascade`, `alter table ${table} add column x int`],
      ...[`alter table ${table} disable trigger all`, `alter table ${table} disable trigger user`],
      ...[`alter table ${table} owner to current_user`, `grant all on ${table} to current_user`],
      `create trigger mine before insert on ${table} for each row execute function refuse_change()`,
      `create rule mine as on insert to ${table} do instead nothing`,
    ]) {
      const state = await refused(text);
      // Granting what one has not is a warning in Postgres, and does nothing.
      if (!text.startsWith('grant')) expect(state, text).toBe('42501');
    }
    await expect(app.query(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ...[`update audit_entries set text = text`, `update audit_checkpoints set text = text`],
    ...[`update audit_signed set text = text`, `update audit_keys set sealed = sealed`],
    ...[`update audit_ends set seq = 1`, `insert into audit_ends values ('x', 1, 'x')`],
    `insert into audit_entries (month, writer, seq, hash, text) values ('2026-11-01', 'x', 1, 'x', '{}')`,
    ...[`update use_case_versions set body = body`, `update policies set body = body`],
    ...[`update packs set body = body`, `update prices set body = body`],
    ...[`update keys set hash = hash`, `update keys set use_case = use_case`, `update teams set name = name`],
    ...[`update vault set key = 'x'`, `insert into gatehouse_migrations (id) values ('0009-mine')`],
    ...[`select audit_drop_month('2026-11-01')`, `select audit_ensure_month('2026-11-01')`],
    ...[`select gatehouse_grants()`, `alter function audit_append(text, jsonb) security invoker`],
    `create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'`,
    ...['drop function refuse_change() cascade', 'create table mine (x int)', 'create schema mine'],
    ...['set session_replication_role = replica', 'set role postgres', 'set session authorization postgres'],
    ...['create role mine', 'alter role current_user superuser', 'grant postgres to current_user'],
    ...['alter role gatehouse_app createrole', 'drop role gatehouse_app', 'drop schema public cascade'],
    ...[`copy audit_entries to program 'id'`, `copy audit_entries to '/tmp/x'`],
    `do $$ begin execute 'drop table audit_entries'; end $$`,
  ])('may not: %s', async (text) => {
    expect(await refused(text)).toMatch(/^(42501|2BP01)$/);
    await app.query('reset role');
  });

  it('cannot lead the functions that act for the owner to tables of its own', async () => {
    await app.query('create temporary table audit_entries (like public.audit_entries)');
    await app.query('create temporary table audit_ends (like public.audit_ends)');
    await app.query('create temporary table vault_holds (like public.vault_holds)');
    const store = pgStore(database.appUrl, () => undefined);
    const link = {
      writer: 'wr_lured',
      seq: 2,
      hash: '0'.repeat(64),
      text: '{"at":"2026-11-21T00:00:00.000Z"}',
    };
    const { sql, parameters } = appendLinks(store.db, 'wr_lured', [link]);
    await app.query(`insert into pg_temp.audit_ends values ('wr_lured', 1, $1)`, ['0'.repeat(64)]);
    await expect(app.query(sql, [...parameters])).rejects.toMatchObject({ code: '23505' });
    expect((await app.query('select from pg_temp.audit_entries')).rowCount).toBe(0);
    await app.query('drop table pg_temp.audit_entries, pg_temp.audit_ends, pg_temp.vault_holds');
    await store.close();
  });

  it('drops no month, though it can sign', async () => {
    const store = pgStore(database.appUrl, () => undefined);
    const means = meansOn(store, ROOT_SECRET);
    means.clock.ms = Date.UTC(2031, 9, 1);
    await expect(dropMonthsBefore(means, '2031-06-01')).rejects.toMatchObject({ code: '42501' });
    const { rowCount } = await owner.query(`select from audit_signed where kind = 'tombstone'`);
    expect(rowCount).toBe(0);
    await store.close();
    const own = { DATABASE_URL: database.appUrl, GATEHOUSE_SECRET: ROOT_SECRET };
    const said = await gatehouse(['audit', 'drop', '--before', '2026-01'], own);
    expect(said).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`"${database.name}" does not own`),
    });
  });

  it('has left the audit as it was', async () => {
    const store = pgStore(database.ownerUrl, () => undefined);
    const verdict = await verdictNow(meansOn(store, ROOT_SECRET));
    expect(verdict.fault).toBeUndefined();
    expect(verdict.acknowledged).toHaveLength(1);
    await store.close();
  });
});
