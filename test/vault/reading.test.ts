// Over the admin API: content is read for a reason that is written down before it is shown; it is listed, held and erased; and
// whatever is done, an export of the audit verifies.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verdictNow } from '../kit/audit-store.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import { ADMIN_TOKEN, setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import { erasureEntries, sealingUnder } from '../kit/vault.ts';

const SECRET = 'Kennwort: blauer Elefant';
const DAY_MS = 24 * 3_600_000;

let upstream: Upstream;
let gateway: Parts;
/** What is out of order. */
const trouble = { spool: false, root: false, lateMs: 0 };
beforeAll(async () => {
  upstream = await startUpstream();
  const setup = setupFor(upstream.url, [
    { name: 'full', capture: 'full', capture_days: 1 },
    { name: 'redacted', capture: 'redacted' },
  ]);
  const { secrets: others } = sealingUnder('another-root-secret-0123456789-01234567');
  gateway = await startParts(setup, (real) => ({
    ...real,
    now: () => real.now() + trouble.lateMs,
    secrets: {
      ...real.secrets,
      unwrap: (wrapped, place) => (trouble.root ? others : real.secrets).unwrap(wrapped, place),
    },
    spool: {
      ...real.spool,
      append: (entry) =>
        trouble.spool && entry.kind === 'reading'
          ? Promise.reject(new Error(`no disc for ${SECRET}`))
          : real.spool.append(entry),
    },
  }));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});
beforeEach(() => {
  Object.assign(trouble, { spool: false, root: false, lateMs: 0 });
});

type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

const admin = async (path: string, body?: unknown, token = ADMIN_TOKEN): Promise<Answer> => {
  const reply = await fetch(`${gateway.url}/admin/v1${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Answer['body'] }; // always an object
};
const read = (exchange: string, reason: unknown = 'case 17: a complaint') =>
  admin(`/records/${exchange}/content`, { reason });

/** An exchange whose content is kept. */
const kept = async (useCase = 'full', more: object = {}): Promise<string> => {
  const { done } = postChat(gateway.url, gateway.keys[useCase] ?? '', asking(SECRET, more));
  const exchange = exchangeOf(await done);
  await gateway.entries(exchange);
  return exchange;
};
const readings = async (exchange: string) => {
  await gateway.real.spool.flush(5_000);
  return (await gateway.entries(exchange)).filter(({ kind }) => kind === 'reading').map(({ body }) => body);
};

describe('reading', () => {
  it('shows the prompt and the reply, and stands in the audit with who and why', async () => {
    const exchange = await kept();
    const { status, body, headers } = await read(exchange);
    expect(status).toBe(200);
    const prompt = JSON.stringify(asking(SECRET));
    expect(body).toMatchObject({
      exchange,
      capture: 'full',
      prompt: { text: prompt, bytes: prompt.length, whole_bytes: prompt.length, cut: false },
      reply: { text: expect.stringContaining(SECRET), cut: false },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await readings(exchange)).toEqual([
      { actor: 'admin-token', reason: 'case 17: a complaint', parts: ['prompt', 'reply'] },
    ]);
  });

  it('is written down before anything is shown: where it cannot be, nothing is', async () => {
    const exchange = await kept();
    trouble.spool = true;
    const { status, body } = await read(exchange);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: { code: 'audit_unavailable' } });
    expect(JSON.stringify(body)).not.toContain('Elefant');
    expect(JSON.stringify(gateway.log)).not.toContain('Elefant');
    expect(await readings(exchange)).toEqual([]);
  });

  it.each([[undefined], [''], ['  no  '], [7], ['x'.repeat(501)], ['a\u0000b'], ['a\ud800b']])(
    'is refused for the reason %j',
    async (reason) => {
      const exchange = await kept();
      const { status, body } = await admin(`/records/${exchange}/content`, { reason });
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain('Elefant');
      expect(await readings(exchange)).toEqual([]);
    },
  );

  it('is refused to a stranger, and by GET', async () => {
    const exchange = await kept();
    const path = `/records/${exchange}/content`;
    expect((await admin(path, { reason: 'just so' }, 'a-wrong-token-0123456789')).status).toBe(401);
    expect((await admin(path)).status).toBe(404);
    expect(await readings(exchange)).toEqual([]);
  });

  it('of what was never kept, is erased, is over or does not open shows nothing and is not written', async () => {
    expect((await read('ex_none')).body).toMatchObject({ error: { code: 'not_found' } });
    const exchange = await kept();
    trouble.root = true;
    const sealed = await read(exchange);
    expect([sealed.status, sealed.body]).toMatchObject([409, { error: { code: 'does_not_open' } }]);
    trouble.root = false;
    trouble.lateMs = DAY_MS;
    expect((await read(exchange)).status).toBe(410);
    const held = await admin('/holds', { exchange, hold: true, reason: 'a case' });
    expect(held.body).toEqual({ hold: true, count: 1 });
    expect((await read(exchange)).status).toBe(200);
    await admin('/holds', { exchange, hold: false, reason: 'it is over' });
    trouble.lateMs = 0;
    const erased = await admin('/erasures', { exchange, reason: 'asked to' });
    expect(erased.body).toEqual({ count: 1, held_back: 0 });
    const gone = await read(exchange);
    expect([gone.status, gone.body]).toMatchObject([410, { error: { code: 'erased' } }]);
    expect(await readings(exchange)).toHaveLength(1);
  });
});

describe('erasing and holding', () => {
  it('by an end user finds all of theirs, writes no name, and leaves the audit verifying', async () => {
    const user = 'zoë@example.org';
    const [one, two] = [await kept('full', { user }), await kept('redacted', { safety_identifier: user })];
    const other = await kept('full', { user: 'max@example.org' });
    await admin('/holds', { end_user: user, hold: true, reason: 'a case' });
    expect((await admin('/erasures', { end_user: user, reason: 'asked to' })).body).toEqual({
      count: 0,
      held_back: 2,
    });
    const [hold] = (await admin('/holds')).body['items'] as Record<string, unknown>[]; // a list's items are objects
    expect(hold).toMatchObject({ scope: 'end_user', reason: 'a case', actor: 'admin-token' });
    await admin('/holds', { end_user: user, hold: false, reason: 'it is over' });
    expect((await admin('/erasures', { end_user: user, reason: 'asked to' })).body).toEqual({
      count: 2,
      held_back: 0,
    });
    expect((await Promise.all([one, two, other].map((id) => read(id)))).map(({ status }) => status)).toEqual([
      410, 410, 200,
    ]);
    const entries = await erasureEntries(gateway.real.store.db);
    const last = entries.slice(-4);
    expect(last.map(({ kind, body }) => [kind, body['count']])).toEqual([
      ['hold', 2],
      ['erasure', 0],
      ['hold', 2],
      ['erasure', 2],
    ]);
    expect(JSON.stringify([entries, hold])).not.toContain('zoë');
    await gateway.real.spool.flush(5_000);
    const verdict = await verdictNow(gateway.real);
    expect(verdict.fault).toBeUndefined();
    expect(verdict.records).toBeGreaterThanOrEqual(3);
  });

  it('shows in the list of what is kept, which shows no content', async () => {
    const ids = [await kept('redacted'), await kept('redacted'), await kept('redacted')];
    await admin('/erasures', { exchange: ids[0], reason: 'asked to' });
    await admin('/holds', { exchange: ids[1], hold: true, reason: 'a case' });
    const listed = async (query: string) => (await admin(`/vault?use_case=redacted&${query}`)).body;
    const newest = await listed('limit=2');
    expect(newest).toMatchObject({
      items: [
        { exchange: ids[2], use_case: 'redacted', capture: 'redacted', held: false, erased_at: null },
        { exchange: ids[1], held: true },
      ],
      next_cursor: ids[1],
    });
    expect(await listed(`limit=1&cursor=${ids[1]}`)).toMatchObject({
      items: [{ exchange: ids[0], erased_at: expect.any(String) }],
    });
    expect(await listed('held=true')).toMatchObject({ items: [{ exchange: ids[1] }], next_cursor: null });
    expect(JSON.stringify(newest)).not.toMatch(/Elefant|wrapped|"prompt"/);
  });

  it.each([
    [{ reason: 'asked to' }],
    [{ exchange: 'ex_1', key: 'key_1', reason: 'asked to' }],
    [{ exchange: 'ex_1' }],
    [{ exchange: 'ex_1', reason: 'no' }],
    [{ exchange: '', reason: 'asked to' }],
    [{ end_user: '', reason: 'asked to' }],
    [{ exchange: 'ex_1', reason: 'asked to', all: true }],
  ])('is refused without one subject and a reason: %j', async (body) => {
    expect((await admin('/erasures', body)).status).toBe(400);
    expect((await admin('/holds', { ...body, hold: true })).status).toBe(400);
  });

  it('of a hold that is there, or is not, says so and does nothing', async () => {
    const hold = { key: 'key_of_nobody', hold: false, reason: 'it is over' };
    expect((await admin('/holds', hold)).status).toBe(409);
    expect((await admin('/holds', { ...hold, hold: true })).body).toEqual({ hold: true, count: 0 });
    expect((await admin('/holds', { ...hold, hold: true })).status).toBe(409);
  });
});
