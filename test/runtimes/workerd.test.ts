// The conformance suite on workerd, on Postgres by its HTTP face; and what a Worker needs before it serves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import { startNeonHttp } from '../kit/neon-http.ts';
import { freshDatabase } from '../kit/postgres.ts';
import type { Running, Traits } from './conformance.ts';
import { ADMIN_TOKEN, admin, conforms, SETTINGS } from './conformance.ts';
import { buildWorker, runWorker } from './worker-build.ts';

/**
 * A third of what Cloudflare took of free plans for years (3 MB), where a cold start is still short. The packs are a sixth of it;
 * the packages that ask Gemini and Converse a ninth, which nobody runs before such a model is asked.
 */
const BUNDLE_KIB = 1_000;

/**
 * What Cloudflare's fetch does not tell, what workerd's own HTTP server takes for a half-closed connection (a client behind
 * Cloudflare's edge is not seen this way), and what Miniflare does in the edge's place.
 */
const TRAITS: Traits = { provesUnreachable: false, hearsClose: false, compresses: true };

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-worker-'));
const build = buildWorker(folder);
afterAll(() => rmSync(folder, { recursive: true }));

/** The Worker on a fresh database, migrated and configured from outside as its operator would. */
const start = async (setup: string): Promise<Running> => {
  const databaseUrl = await freshDatabase(inject('postgresUrl'));
  const store = pgStore(databaseUrl, () => undefined);
  await migrate(store, migrations);
  await store.close();
  const neon = await startNeonHttp(databaseUrl);
  const worker = await runWorker(build.script, {
    ...SETTINGS,
    DATABASE_URL: neon.connectionString,
    DATABASE_HTTP_ENDPOINT: neon.endpoint,
  });
  const { status, body } = await admin(worker, '/apply', { text: setup });
  expect([status, body]).toMatchObject([200, { dry_run: false }]);
  return {
    url: worker.url,
    stop: async () => {
      await worker.stop();
      await neon.stop();
    },
  };
};

it(`the bundle is small: ${build.gzipKiB} KiB compressed`, () => {
  expect(build.gzipKiB).toBeLessThan(BUNDLE_KIB);
});

describe('conformance', () => conforms(start, TRAITS));

it('strangers whom no later request would have told are counted some seconds after the last one', async () => {
  const databaseUrl = await freshDatabase(inject('postgresUrl'));
  const store = pgStore(databaseUrl, () => undefined);
  await migrate(store, migrations);
  const neon = await startNeonHttp(databaseUrl);
  const bindings = { DATABASE_URL: neon.connectionString, DATABASE_HTTP_ENDPOINT: neon.endpoint };
  const worker = await runWorker(build.script, { ...SETTINGS, ...bindings });
  for (let i = 0; i < 4; i++)
    await fetch(`${worker.url}/v1/models`, { headers: { authorization: `Bearer nobody-${i}-0123456789` } });
  const counts = async (): Promise<unknown[]> => {
    const { rows } = await sql<{ refused: number }>`
      select (body->'body'->>'refused')::int as refused from audit_entries where body->>'kind' = 'strangers'`.execute(
      store.db,
    );
    return rows.map(({ refused }) => refused);
  };
  expect(await counts()).toEqual([]);
  await expect.poll(counts, { timeout: 35_000, interval: 500 }).toEqual([3]);
  await worker.stop();
  await neon.stop();
  await store.close();
}, 50_000);

describe('a Worker that is not set up', () => {
  const sent = async (path: string, bindings: Readonly<Record<string, string>>) => {
    const worker = await runWorker(build.script, bindings);
    try {
      const reply = await fetch(worker.url + path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
      return { status: reply.status, text: await reply.text() };
    } finally {
      await worker.stop();
    }
  };

  it.each([
    ['DATABASE_URL', {}],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://user:hunter2@host/db' }],
    ['GATEHOUSE_SECRET', { DATABASE_URL: 'postgres://user:hunter2@host/db', GATEHOUSE_SECRET: '' }],
    ['GATEHOUSE_SECRET', { DATABASE_URL: 'postgres://user:hunter2@host/db', GATEHOUSE_SECRET: 'hunter2' }],
    ['GATEHOUSE_CONFIG', { DATABASE_URL: 'postgres://user:hunter2@host/db', GATEHOUSE_CONFIG: 'x.yaml' }],
  ])('names the setting %s and never its value', async (name, over) => {
    const { status, text } = await sent('/healthz', { ...SETTINGS, ...over });
    expect([status, JSON.parse(text)]).toMatchObject([
      500,
      { error: { code: 'misconfigured', message: expect.stringContaining(name) } },
    ]);
    expect(text).not.toContain('hunter2');
  });

  it('says that its database is not migrated, and serves nothing', async () => {
    const neon = await startNeonHttp(await freshDatabase(inject('postgresUrl')));
    const bindings = {
      ...SETTINGS,
      DATABASE_URL: neon.connectionString,
      DATABASE_HTTP_ENDPOINT: neon.endpoint,
    };
    const ready = await sent('/readyz', bindings);
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('gatehouse migrate')]);
    expect((await sent('/v1/models', bindings)).status).toBe(503);
    await neon.stop();
  });
});
