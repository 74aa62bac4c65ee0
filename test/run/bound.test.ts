// Past the spool's bound nothing is sent, and every client hears that in its own dialect; once Postgres takes entries again, all
// goes on.
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import { rawPost } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import { startParts } from '../kit/parts.ts';
import { startUpstream } from '../kit/upstream.ts';

it('past the bound every request is told audit_unavailable, whole or streamed, of a key or of none, and nothing is sent', async () => {
  const upstream = await startUpstream();
  const gateway = await startParts(setupFor(upstream.url), undefined, { GATEHOUSE_SPOOL_AGE_S: '1' });
  onTestFinished(async () => {
    await gateway.stop();
    await upstream.stop();
  });
  const { real, url, keys } = gateway;
  const key = keys.plain ?? '';
  const listing = (presented: string, path = '/v1/models') =>
    rawPost({ url, path, method: 'GET', headers: { authorization: `Bearer ${presented}` } }).done;
  const state = async () => (await fetch(`${url}/readyz`)).json() as Promise<{ audit: { refuses: unknown } }>;
  await real.spool.flush(5_000);
  await real.store.db.connection().execute(async (other) => {
    // Whoever holds the chain's lock keeps its entries out of Postgres.
    await sql`select pg_advisory_lock(hashtextextended(${real.spool.writer}, 1))`.execute(other);
    const before = await postChat(url, key, asking('x')).done;
    expect(before.status).toBe(200);
    await expect.poll(async () => (await state()).audit.refuses, { timeout: 5_000 }).toBe('too_old');
    const sent = upstream.requests.length;
    const replies = await Promise.all([
      postChat(url, key, asking('x')).done,
      postChat(url, key, asking('x', { stream: true })).done,
      postChat(url, 'nobody', asking('x')).done,
      listing(key),
      listing(key, '/v1/nowhere'),
    ]);
    for (const reply of replies) {
      expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([503, 'audit_unavailable']);
      expect(reply.text).toContain('nothing was sent');
      expect(reply.headers['x-should-retry']).toBe('true');
      expect(exchangeOf(reply)).toMatch(/^ex_/);
    }
    expect(upstream.requests.length).toBe(sent);
    await sql`select pg_advisory_unlock(hashtextextended(${real.spool.writer}, 1))`.execute(other);
  });
  await real.spool.flush(5_000);
  const after = await postChat(url, key, asking('x')).done;
  expect(after.status).toBe(200);
  expect((await gateway.entries(exchangeOf(after))).map(({ kind }) => kind)).toEqual(['open', 'seal']);
});
