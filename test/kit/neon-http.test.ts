import { NeonDbError, neon, neonConfig } from '@neondatabase/serverless';
import type { Generated } from 'kysely';
import { Kysely, sql as raw } from 'kysely';
import { NeonDialect } from 'kysely-neon';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { NeonHttp } from './neon-http.ts';
import { neonEndpoint, startNeonHttp } from './neon-http.ts';
import { freshDatabase } from './postgres.ts';

interface Database {
  items: { id: Generated<string>; name: string; tags: string[] | null; body: unknown };
}

let fake: NeonHttp;
let direct: pg.Client;
let sql: ReturnType<typeof neon<false, true>>;
let db: Kysely<Database>;

beforeAll(async () => {
  const url = await freshDatabase(inject('postgresUrl'));
  fake = await startNeonHttp(url);
  neonConfig.fetchEndpoint = neonEndpoint;
  sql = neon(fake.connectionString, { fullResults: true });
  db = new Kysely<Database>({ dialect: new NeonDialect({ neon: neon(fake.connectionString) }) });
  direct = new pg.Client({ connectionString: url });
  await direct.connect();
  await direct.query(
    'create table items (id bigint generated always as identity primary key, name text not null unique, tags text[], body jsonb)',
  );
});

afterAll(async () => {
  await direct?.end();
  await fake?.stop();
});

/** The code of a failed query. */
async function codeOf(query: PromiseLike<unknown>): Promise<string | undefined> {
  try {
    await query;
  } catch (error) {
    if (error instanceof NeonDbError) return error.code ?? error.message;
    throw error;
  }
  return 'no error';
}

const values = `select 9007199254740993::int8 as big, 7::int4 as small, '\\x00ff10'::bytea as bytes, '{"a":[1,null]}'::jsonb as doc,
  '2026-01-02 03:04:05.678+00'::timestamptz as at, array['a','b "c"',null]::text[] as list, array[1,2]::int4[] as ints,
  null::text as nothing, true as yes, 1.50::numeric as money, 'ü€😀' as text`;

describe('values', () => {
  it('travel as with the TCP driver, int8 and numeric as text', async () => {
    const { rows, fields } = await sql.query(values);
    const { rows: expected } = await direct.query(values);
    expect(rows).toEqual(expected);
    expect(rows[0]).toMatchObject({
      big: '9007199254740993',
      small: 7,
      at: new Date('2026-01-02T03:04:05.678Z'),
      yes: true,
      nothing: null,
    });
    expect(fields[0]).toMatchObject({ name: 'big', dataTypeID: 20, format: 'text' });
  });

  it('survive as parameters', async () => {
    const given = [
      '9007199254740993',
      Buffer.from([0, 255]),
      { a: 'x' },
      ['p', null, 'q,"r"'],
      null,
      false,
      new Date(0),
    ];
    const text =
      'select $1::int8 as a, $2::bytea as b, $3::jsonb as c, $4::text[] as d, $5::text as e, $6::bool as f, $7::timestamptz as g';
    const { rows } = await sql.query(text, given);
    const row = rows[0] ?? {};
    expect({ ...row, b: Buffer.from(row.b as Uint8Array).toString('hex') }).toEqual({
      a: given[0],
      b: '00ff',
      c: given[2],
      d: given[3],
      e: null,
      f: false,
      g: given[6],
    });
  });

  it('can be 1 MB of text', async () => {
    const big = 'é'.repeat(500_000);
    const { rows } = await sql.query("select $1::text as back, repeat('x', 1048576) as made", [big]);
    expect(rows[0]?.back).toBe(big);
    expect(rows[0]?.made).toHaveLength(1_048_576);
  });
});

describe('errors', () => {
  it('carry the SQLSTATE and the rest', async () => {
    await sql.query("insert into items (name) values ('dup')");
    const error = await sql.query("insert into items (name) values ('dup')").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NeonDbError);
    expect(error).toMatchObject({
      code: '23505',
      severity: 'ERROR',
      table: 'items',
      constraint: 'items_name_key',
      detail: expect.stringContaining('dup'),
    });
    expect(await codeOf(sql.query('select nope'))).toBe('42703');
    expect(await codeOf(sql.query("do $$ begin raise exception 'no' using errcode = '42501'; end $$"))).toBe(
      '42501',
    );
  });

  it('refuse several statements in one query, with or without parameters', async () => {
    expect(await codeOf(sql.query('select 1; select 2'))).toBe('42601');
    expect(await codeOf(sql.query('select $1::int; select 2', [1]))).toBe('42601');
  });

  it('refuse a wrong password, user or database, and a path that is not Neon', async () => {
    const wrong = (part: 'username' | 'password' | 'pathname', value: string): PromiseLike<unknown> => {
      const url = new URL(fake.connectionString);
      url[part] = value;
      return neon(url.href).query('select 1');
    };
    expect(await codeOf(wrong('password', 'guess'))).toBe('28P01');
    expect(await codeOf(wrong('username', 'other'))).toBe('28P01');
    expect(await codeOf(wrong('pathname', '/other'))).toBe('3D000');
    expect((await fetch(fake.endpoint.replace('/sql', '/'), { method: 'POST', body: '{}' })).status).toBe(
      404,
    );
    expect((await fetch(fake.endpoint, { method: 'POST', body: '{}' })).status).toBe(400);
  });

  it('answer 413 to a body above 64 MiB', async () => {
    const error = await sql.query('select $1::text', ['x'.repeat(64 * 1024 * 1024)]).catch((e: unknown) => e);
    expect(String(error)).toContain('HTTP status 413');
  });
});

describe('batches', () => {
  it('are one transaction, rolled back whole', async () => {
    const failed = sql.transaction([
      sql.query("insert into items (name) values ('half')"),
      sql.query('select 1/0'),
    ]);
    expect(await codeOf(failed)).toBe('22012');
    expect((await sql.query("select 1 from items where name = 'half'")).rows).toEqual([]);
    const [first, second] = await sql.transaction([
      sql.query("insert into items (name) values ('one'), ('two') returning name"),
      sql.query("select count(*) as n from items where name in ('one', 'two')"),
    ]);
    expect(first).toMatchObject({ command: 'INSERT', rowCount: 2, rows: [{ name: 'one' }, { name: 'two' }] });
    expect(second?.rows).toEqual([{ n: '2' }]);
  });

  it('honour isolation level, read only and deferrable', async () => {
    const show = ['transaction_isolation', 'transaction_read_only', 'transaction_deferrable'].map((name) =>
      sql.query(`select current_setting('${name}') as v`),
    );
    const results = await sql.transaction(show, {
      isolationLevel: 'Serializable',
      readOnly: true,
      deferrable: true,
    });
    expect(results.map((result) => result.rows[0]?.v)).toEqual(['serializable', 'on', 'on']);
    expect(
      await codeOf(
        sql.transaction([sql.query("insert into items (name) values ('ro')")], { readOnly: true }),
      ),
    ).toBe('25006');
  });

  it('report a constraint that fails only at commit', async () => {
    await sql.query(
      'create table late (id int primary key, ref int references late (id) deferrable initially deferred)',
    );
    expect(await codeOf(sql.transaction([sql.query('insert into late values (1, 2)')]))).toBe('23503');
    expect((await sql.query('select * from late')).rows).toEqual([]);
  });
});

describe('sessions', () => {
  it('keep nothing between requests', async () => {
    await sql.query("set application_name = 'left over'");
    await sql.query('begin');
    await sql.query('select pg_advisory_lock(42)');
    const names = await Promise.all(
      Array.from({ length: 10 }, () => sql.query("select current_setting('application_name') as v")),
    );
    expect(new Set(names.map((result) => result.rows[0]?.v))).toEqual(new Set(['']));
    await expect
      .poll(async () => (await direct.query("select 1 from pg_locks where locktype = 'advisory'")).rowCount)
      .toBe(0);
  });

  it('serve 20 at once over 10 connections', async () => {
    const begun = performance.now();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => sql.query('select $1::int as i, pg_sleep(0.1)', [i])),
    );
    expect(all.map((result) => result.rows[0]?.i)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(performance.now() - begun).toBeGreaterThan(190);
  });

  it('end the query of a client that leaves', async () => {
    const left = new AbortController();
    const query = sql
      .query('select pg_sleep(30)', [], { fetchOptions: { signal: left.signal } })
      .catch((e: unknown) => e);
    const sleeping = async (): Promise<number | null> =>
      (
        await direct.query(
          "select 1 from pg_stat_activity where state = 'active' and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()",
        )
      ).rowCount;
    await expect.poll(sleeping).toBe(1);
    left.abort();
    await query;
    await expect.poll(sleeping).toBe(0);
  });
});

describe('kysely', () => {
  it('reads, writes and counts', async () => {
    const added = await db
      .insertInto('items')
      .values({ name: 'k', tags: ['a', 'b'], body: JSON.stringify({ deep: [1] }) })
      .returningAll()
      .executeTakeFirstOrThrow();
    expect(added).toEqual({
      id: expect.stringMatching(/^\d+$/),
      name: 'k',
      tags: ['a', 'b'],
      body: { deep: [1] },
    });
    const changed = await db
      .updateTable('items')
      .set({ tags: null })
      .where('name', '=', 'k')
      .executeTakeFirstOrThrow();
    expect(changed.numUpdatedRows).toBe(1n);
    expect(await db.selectFrom('items').select('tags').where('id', '=', added.id).execute()).toEqual([
      { tags: null },
    ]);
  });

  it('gets the code of an error, and no interactive transaction', async () => {
    expect(await codeOf(raw`select 1/0`.execute(db))).toBe('22012');
    await expect(db.transaction().execute(async () => 1)).rejects.toThrow('interactive transactions');
  });

  it('sends its own compiled queries as a batch', async () => {
    const queries = ['b1', 'b2'].map((name) =>
      db.insertInto('items').values({ name, tags: null, body: null }).compile(),
    );
    await sql.transaction(queries.map((query) => sql.query(query.sql, [...query.parameters])));
    expect(
      await db.selectFrom('items').select('name').where('name', 'like', 'b_').orderBy('name').execute(),
    ).toEqual([{ name: 'b1' }, { name: 'b2' }]);
  });
});
