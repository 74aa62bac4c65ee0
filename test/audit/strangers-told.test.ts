// What a gateway knows of strangers when it stops is written down; and whoever cannot be identified is no stranger.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, inject, it, onTestFinished } from 'vitest';
import { pgStore } from '../../src/stores/pg.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import { rawPost } from '../kit/clients.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import { startParts } from '../kit/parts.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { startUpstream } from '../kit/upstream.ts';

it.each(['file', 'direct'])(
  'strangers counted in the last minute are in Postgres after a graceful stop, before the stop itself (%s)',
  async (spool) => {
    const databaseUrl = await freshDatabase(inject('postgresUrl'));
    const gateway = await startGateway({
      setup: setupFor('http://127.0.0.1:1'),
      databaseUrl,
      env: { GATEHOUSE_SPOOL: spool },
    });
    // Not over the end of a minute, which would make two counts of it.
    const leftMs = 60_000 - (Date.now() % 60_000);
    if (leftMs < 3_000) await sleep(leftMs);
    for (let i = 0; i < 5; i++) await postChat(gateway.url, `nobody-${i}-0123456789`, asking('x')).done;
    for (let i = 0; i < 3; i++) await rawPost({ url: gateway.url, path: '/v1/nowhere', method: 'GET' }).done;
    await gateway.stop();
    const store = pgStore(databaseUrl, () => undefined);
    onTestFinished(() => store.close());
    const { rows } = await sql<{ kind: string; body: Record<string, unknown> }>`
      select body->>'kind' as kind, body->'body' as body from audit_entries
      where body->>'kind' in ('strangers', 'stop') order by seq`.execute(store.db);
    // One count for all of an address, whichever paths it tried.
    expect(rows.map(({ kind }) => kind)).toEqual(['strangers', 'stop']);
    expect(rows[0]?.body).toMatchObject({ refused: 7, codes: { invalid_key: 4, not_found: 3 } });
  },
);

it('a caller whom the store cannot identify has a record like every other, on every path; the flood of them is counted', async () => {
  const upstream = await startUpstream();
  let away = false;
  const gateway = await startParts(setupFor(upstream.url), (real) => ({
    ...real,
    store: {
      ...real.store,
      get db() {
        return away ? real.store.db.withSchema('nowhere') : real.store.db;
      },
    },
  }));
  onTestFinished(async () => {
    await gateway.stop();
    await upstream.stop();
  });
  const leftMs = 60_000 - (Date.now() % 60_000);
  if (leftMs < 5_000) await sleep(leftMs);
  const ask = async (key: string) => postChat(gateway.url, key, asking('x')).done;
  // The address has been met in this minute.
  expect((await ask('nobody-0123456789')).status).toBe(401);
  away = true;
  const headers = { authorization: `Bearer ${gateway.keys.plain}` };
  const paths = [];
  for (let i = 0; i < 3; i++)
    paths.push(await rawPost({ url: gateway.url, path: '/v1/nowhere', method: 'GET', headers }).done);
  await gateway.real.spool.flush(5_000);
  for (const reply of paths) {
    expect(reply.status).toBe(404);
    expect(await gateway.entries(exchangeOf(reply), false)).toHaveLength(1);
  }
  const replies = [];
  for (let i = 0; i < 20; i++) replies.push(await ask(gateway.keys.plain ?? ''));
  for (const reply of replies) expect(reply.status).toBe(503);
  await gateway.real.spool.flush(5_000);
  const found = await Promise.all(replies.map((reply) => gateway.entries(exchangeOf(reply), false)));
  expect(found.map((entries) => entries.length)).toEqual([...Array(7).fill(1), ...Array(13).fill(0)]);
  expect(found[0]?.[0]?.body).toMatchObject({
    ending: 'refused',
    status: 503,
    code: 'store_unavailable',
    key: null,
  });
  expect(upstream.requests).toHaveLength(0);
});
