// A gateway without a disk is killed in the middle of a reply: what it left open is closed once, by whoever comes after.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, inject, it, onTestFinished } from 'vitest';
import { LOST_AFTER_MS } from '../../src/audit/lost.ts';
import { sealLost } from '../../src/audit/table.ts';
import { appendToShared, entryOf, migratedStore } from '../kit/audit-store.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import { ROOT_SECRET, setupFor, startGateway } from '../kit/gateway.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { startProcess } from '../kit/process.ts';
import { event, startUpstream } from '../kit/upstream.ts';
import { chainFault } from '../kit/vault.ts';

const ROOT = join(import.meta.dirname, '../..');

const preparing = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-killed-'));
  const upstream = await startUpstream();
  const databaseUrl = await freshDatabase(inject('postgresUrl'));
  const store = await migratedStore(databaseUrl);
  onTestFinished(async () => {
    await store.close();
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const entriesOf = async (exchange: string) => {
    const { rows } = await sql<{ writer: string; kind: string; code: string | null; ending: string | null }>`
      select writer, body->>'kind' as kind, body->'body'->>'code' as code, body->'body'->>'ending' as ending
      from audit_entries where body->>'exchange' = ${exchange} order by seq`.execute(store.db);
    return rows;
  };
  return { folder, upstream, databaseUrl, store, entriesOf };
};

it('an exchange cut off by a kill is open until nobody can end it, and then lost, in the chain that opened it', async () => {
  const { folder, upstream, databaseUrl, store, entriesOf } = await preparing();
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(config, setupFor(upstream.url));
  const env = {
    DATABASE_URL: databaseUrl,
    GATEHOUSE_SECRET: ROOT_SECRET,
    GATEHOUSE_CONFIG: config,
    GATEHOUSE_DATA: join(folder, 'data'),
    GATEHOUSE_PORT: '0',
    GATEHOUSE_SPOOL: 'direct',
  };
  const gateway = await startProcess(['src/cli/main.ts', 'start'], env, {
    ready: /(http:\/\/127\.0\.0\.1:\d+)\/v1/,
    cwd: ROOT,
    timeoutMs: 20_000,
  });
  const [, key = ''] = await gateway.waitFor(/shown this once: (\S+)/);
  upstream.next({ sse: [event({ choices: [] })], hang: true });
  const call = postChat(gateway.match[1] ?? '', key, asking('x', { stream: true }));
  const exchange = exchangeOf(await call.head);
  gateway.kill('SIGKILL');
  await gateway.exited;
  await call.done.catch(() => undefined);

  const [open, ...none] = await entriesOf(exchange);
  expect([open?.kind, none]).toEqual(['open', []]);
  expect(await sealLost(store.db, Date.now(), 100)).toBe(0);
  const other = await migratedStore(databaseUrl);
  onTestFinished(() => other.close());
  const laterMs = Date.now() + LOST_AFTER_MS + 1_000;
  await Promise.all([sealLost(store.db, laterMs, 100), sealLost(other.db, laterMs, 100)]);
  expect(await entriesOf(exchange)).toEqual([
    open,
    { writer: open?.writer, kind: 'seal', ending: 'failed', code: 'lost' },
  ]);
  expect(await chainFault(store.db)).toBeUndefined();
});

it.each(['direct', 'file'])(
  'a gateway that starts (%s) closes what others left open long ago, and nothing young',
  async (spool) => {
    const { databaseUrl, store, entriesOf } = await preparing();
    const atMs = Date.now() - LOST_AFTER_MS - 60_000;
    const open = (exchange: string, openedAtMs: number) =>
      entryOf('open', exchange, openedAtMs, { exchange });
    await appendToShared(store, 'wr_DEAD', [
      entryOf('start', null, atMs, { spool: 'direct' }),
      open('ex_old', atMs),
      open('ex_young', Date.now()),
    ]);
    const gateway = await startGateway({
      setup: setupFor('http://127.0.0.1:1'),
      databaseUrl,
      env: { GATEHOUSE_SPOOL: spool },
    });
    await expect
      .poll(async () => (await entriesOf('ex_old')).map(({ kind, code }) => [kind, code]), { timeout: 5_000 })
      .toEqual([
        ['open', null],
        ['seal', 'lost'],
      ]);
    await gateway.stop();
    expect(await entriesOf('ex_young')).toHaveLength(1);
    expect(await chainFault(store.db)).toBeUndefined();
  },
);
