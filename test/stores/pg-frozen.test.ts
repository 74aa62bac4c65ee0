// A Postgres that takes connections and never answers: nothing waits for it without a limit.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, inject, it, onTestFinished } from 'vitest';
import { pgStore } from '../../src/stores/pg.ts';
import { asking, postChat } from '../kit/chat.ts';
import { rawPost } from '../kit/clients.ts';
import type { Relay } from '../kit/frozen.ts';
import { startRelay } from '../kit/frozen.ts';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { startUpstream } from '../kit/upstream.ts';

const relayed = async (): Promise<Relay> => {
  const relay = await startRelay(await freshDatabase(inject('postgresUrl')));
  onTestFinished(() => relay.stop());
  return relay;
};

const timed = async <T>(work: Promise<T>): Promise<{ tookMs: number; result: T | Error }> => {
  const startedMs = performance.now();
  const result = await work.catch((error: Error) => error);
  return { tookMs: performance.now() - startedMs, result };
};

it('a statement that is never answered fails in time, its connection is not used again, and a new one is', async () => {
  const relay = await relayed();
  const store = pgStore(relay.url, () => undefined, 300);
  onTestFinished(() => store.close());
  const one = () => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(store.db);
  const [before] = (await one()).rows;
  relay.freeze();
  const { tookMs, result } = await timed(one());
  expect(result).toBeInstanceOf(Error);
  expect(tookMs).toBeGreaterThan(290);
  expect(tookMs).toBeLessThan(2_000);
  relay.thaw();
  const [after] = (await one()).rows;
  expect(after?.pid).not.toBe(before?.pid);
});

it('a transaction that is never answered fails once, not once a statement', async () => {
  const relay = await relayed();
  const store = pgStore(relay.url, () => undefined, 300);
  onTestFinished(() => store.close());
  const { tookMs, result } = await timed(
    store.db.transaction().execute(async (transaction) => {
      await sql`select 1`.execute(transaction);
      relay.freeze();
      await sql`select 2`.execute(transaction);
    }),
  );
  expect(result).toBeInstanceOf(Error);
  expect(tookMs).toBeLessThan(1_000);
});

it('a transaction that lifts the limit of the server lifts ours, and only for itself', async () => {
  const relay = await relayed();
  const store = pgStore(relay.url, () => undefined, 300);
  onTestFinished(() => store.close());
  await store.db.transaction().execute(async (transaction) => {
    await sql`set local statement_timeout = 0`.execute(transaction);
    await sql`select pg_sleep(0.6)`.execute(transaction);
  });
  const { rows } = await sql<{ statements: string; idle: string }>`
    select current_setting('statement_timeout') as statements,
      current_setting('idle_in_transaction_session_timeout') as idle`.execute(store.db);
  expect(rows).toEqual([{ statements: '30s', idle: '1min' }]);
  const { result } = await timed(sql`select pg_sleep(0.6)`.execute(store.db));
  expect(result).toBeInstanceOf(Error);
});

it('the process goes on to say so: /readyz tells it, and whose key is not known is refused with 503 in time', async () => {
  const relay = await relayed();
  const upstream = await startUpstream();
  onTestFinished(() => upstream.stop());
  const get = async (gateway: Started, path: string) => {
    const reply = await rawPost({ url: gateway.url, path, method: 'GET' }).done;
    return { status: reply.status, body: JSON.parse(reply.text) };
  };
  const spools = ['file', 'direct'] as const;
  const gateways: Started[] = [];
  for (const spool of spools)
    gateways.push(
      await startGateway({
        setup: setupFor(upstream.url),
        databaseUrl: relay.url,
        env: { GATEHOUSE_SPOOL: spool },
      }),
    );
  onTestFinished(async () => {
    relay.thaw();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  });
  // Idle connections stay where they are, as those of a busy gateway would.
  for (const gateway of gateways) expect((await get(gateway, '/readyz')).status).toBe(200);
  relay.freeze();
  await sleep(50);
  const [file, direct] = gateways as [Started, Started]; // one for each spool
  const [fromFile, fromDirect, stranger] = await Promise.all([
    timed(get(file, '/readyz')),
    timed(get(direct, '/readyz')),
    timed(postChat(file.url, 'a-key-nobody-asked-about-yet', asking('x')).done),
  ]);
  expect(fromFile.result).toMatchObject({ status: 200, body: { database: 'away' } });
  expect(fromDirect.result).toMatchObject({ status: 503, body: { waiting_for: 'database' } });
  for (const { tookMs } of [fromFile, fromDirect]) expect(tookMs).toBeLessThan(6_000);
  expect(stranger.result).toMatchObject({ status: 503 });
  expect(stranger.tookMs).toBeLessThan(11_000);
  expect(upstream.requests).toHaveLength(0);
});
