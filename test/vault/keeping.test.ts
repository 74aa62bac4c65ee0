// Through a whole gateway: what a use case has kept is exactly what its record's digests say, streamed and whole; what cannot
// be kept is refused; and no plain text of it is anywhere.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { erase } from '../../src/erasures/table.ts';
import { open } from '../../src/vault/sealing.ts';
import type { KeptItem } from '../../src/vault/table.ts';
import { endUserHash, findContent } from '../../src/vault/table.ts';
import { PART_BYTES, textOf } from '../../src/vault/vault.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import type { RawReply } from '../kit/clients.ts';
import { ROOT_SECRET, setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { cut, error, event, json, startUpstream } from '../kit/upstream.ts';
import { dumpOf, sealingUnder } from '../kit/vault.ts';

const DONE = 'data: [DONE]\n\n';
const SECRET = 'Kennwort: blauer Elefant 👋🏽';
const sealing = sealingUnder(ROOT_SECRET);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let upstream: Upstream;
let gateway: Parts;
/** Whether the vault's table takes nothing. */
let away = false;
beforeAll(async () => {
  upstream = await startUpstream();
  const setup = setupFor(upstream.url, [
    { name: 'none' },
    { name: 'full', capture: 'full', capture_days: 7 },
    { name: 'redacted', capture: 'redacted', system_prompt: 'Be brief.' },
    { name: 'narrow', capture: 'full', models: ['x'] },
    { name: 'lost', capture: 'full', models: ['unserved'] },
  ]);
  gateway = await startParts(setup, (real) => {
    const { db } = real.store;
    const store = {
      ...real.store,
      get db() {
        if (!away) return db;
        return db.withSchema('nowhere');
      },
    };
    return { ...real, store };
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});
beforeEach(() => {
  away = false;
});

type Shown = {
  readonly item: KeptItem;
  readonly prompt: string | null;
  readonly reply: string | null;
  readonly seal: Readonly<Record<string, unknown>>;
};

const sealOf = async (exchange: string): Promise<Readonly<Record<string, unknown>>> => {
  const seal = (await gateway.entries(exchange)).find(({ kind }) => kind === 'seal');
  if (seal === undefined) throw new Error(`${exchange} has no seal`);
  return seal.body;
};

/** What the vault has of an exchange, and the seal of its record; undefined: nothing was kept. */
const shownOf = async (exchange: string): Promise<Shown | undefined> => {
  const seal = await sealOf(exchange);
  const found = await findContent(gateway.real.store.db, exchange);
  if (found?.sealed === undefined) return undefined;
  const { prompt, reply } = await open(sealing, exchange, found.sealed);
  const text = (bytes: Uint8Array<ArrayBuffer> | null, wholeBytes = bytes?.length ?? 0) =>
    bytes === null ? null : textOf({ bytes, wholeBytes });
  return {
    item: found.item,
    prompt: text(prompt, found.item.cut.prompt),
    reply: text(reply, found.item.cut.reply),
    seal,
  };
};

const ask = (useCase: string, more: object = {}): Promise<RawReply> =>
  postChat(gateway.url, gateway.keys[useCase] ?? '', asking(SECRET, more)).done;

describe.each([false, true])('an exchange with stream: %s', (stream) => {
  it('of a use case that says nothing leaves nothing in the vault', async () => {
    const exchange = exchangeOf(await ask('none', { stream }));
    expect(await shownOf(exchange)).toBeUndefined();
    expect(await sealOf(exchange)).toMatchObject({ ending: 'complete', capture: 'none', vault: null });
  });

  it('of a use case with capture full keeps the prompt and the reply as they came', async () => {
    const reply = await ask('full', { stream });
    const shown = await shownOf(exchangeOf(reply));
    expect(shown?.seal).toMatchObject({ ending: 'complete', capture: 'full', vault: 'kept' });
    expect(shown?.prompt).toBe(JSON.stringify(asking(SECRET, { stream })));
    expect(sha256(shown?.prompt ?? '')).toBe(shown?.seal['prompt_sha256']);
    expect(sha256(shown?.reply ?? '')).toBe(shown?.seal['reply_sha256']);
    // The client did not ask for usage, so of a stream it got one event less.
    expect(shown?.reply === reply.text).toBe(!stream);
    expect(shown?.reply).toContain('"usage"');
    expect(shown?.item).toMatchObject({
      use_case: 'full',
      team: 'crew',
      capture: 'full',
      cut: {},
      held: false,
    });
    const days = Date.parse(shown?.item.expires_at ?? '') - Date.parse(shown?.item.kept_at ?? '');
    expect(days).toBe(7 * 24 * 3_600_000);
  });

  it('of a use case with capture redacted keeps the prompt as sent on and the reply as delivered', async () => {
    const reply = await ask('redacted', { stream });
    const shown = await shownOf(exchangeOf(reply));
    expect(shown?.seal).toMatchObject({ ending: 'complete', capture: 'redacted', vault: 'kept' });
    expect(shown?.prompt).toBe(upstream.requests.at(-1)?.body.toString());
    expect(shown?.prompt).toContain('Be brief.');
    expect(sha256(shown?.prompt ?? '')).toBe(shown?.seal['sent_sha256']);
    expect(shown?.reply).toBe(reply.text);
    expect(sha256(shown?.reply ?? '')).toBe(shown?.seal['delivered_sha256']);
  });

  it('that cannot be kept is not let go: no clean ending reaches the client, and the record says so', async () => {
    upstream.next(() => {
      away = true;
      return stream ? { sse: [event({ choices: [] }), DONE] } : json({ choices: [] });
    });
    const reply = await ask('full', { stream });
    away = false;
    expect(reply.status).toBe(stream ? 200 : 503);
    expect(reply.text).toContain('capture_unavailable');
    // The model has had the prompt by then.
    expect(reply.text).not.toContain('nothing was sent');
    expect(reply.text).not.toContain('[DONE]');
    expect(await sealOf(exchangeOf(reply))).toMatchObject({
      ending: 'failed',
      status: 503,
      code: 'capture_unavailable',
      capture: 'full',
      vault: 'failed',
    });
  });
});

describe('an exchange that is erased while it is under way', () => {
  it.each([false, true])('is answered, and nothing of it is kept (stream: %s)', async (stream) => {
    const user = `under-way-${stream}`;
    const before = upstream.requests.length;
    const answer = stream ? { sse: [event({ choices: [] }), DONE] } : json({ choices: [] });
    upstream.next({ stall: 300, afterwards: answer });
    const asked = ask('full', { stream, user });
    await upstream.arrived(before);
    const subject = endUserHash(sealing.secrets, user);
    const means = { store: gateway.real.store, now: Date.now };
    await erase(means, { scope: 'end_user', subject }, { actor: 'tester', reason: 'asked to' });
    const reply = await asked;
    expect([reply.status, reply.complete]).toEqual([200, true]);
    expect(await shownOf(exchangeOf(reply))).toBeUndefined();
    expect(await sealOf(exchangeOf(reply))).toMatchObject({ ending: 'complete', vault: 'erased' });
  });
});

const chunkOf = (content: string) => event({ choices: [{ index: 0, delta: { content } }] });

describe('of an exchange that ends otherwise', () => {
  it('a refusal before anything is sent keeps the full prompt, and of a redacted one nothing', async () => {
    const full = await shownOf(exchangeOf(await ask('lost', { model: 'unserved' })));
    expect(full?.seal).toMatchObject({
      ending: 'refused',
      code: 'model_not_found',
      vault: 'kept',
      reply_sha256: null,
    });
    expect(full).toMatchObject({ prompt: expect.stringContaining(SECRET), reply: null });
    expect(await shownOf(exchangeOf(await ask('narrow')))).toBeUndefined();
  });

  it('an upstream that refuses is kept with its words', async () => {
    upstream.next(error(400, 'bad', { message: `not ${SECRET}` }));
    const reply = await ask('full');
    const shown = await shownOf(exchangeOf(reply));
    expect(shown).toMatchObject({ reply: reply.text, seal: { ending: 'failed', vault: 'kept' } });
  });

  it('an upstream that never answers leaves the prompt, and no reply', async () => {
    upstream.next(cut());
    const shown = await shownOf(exchangeOf(await ask('full')));
    expect(shown).toMatchObject({
      reply: null,
      seal: { ending: 'failed', vault: 'kept', reply_sha256: null },
    });
  });

  it('a stream that breaks is kept as far as it came', async () => {
    for (const useCase of ['full', 'redacted']) {
      upstream.next({ sse: [chunkOf('half'), chunkOf('other')], cutAfter: 1 });
      const reply = await ask(useCase, { stream: true });
      const shown = await shownOf(exchangeOf(reply));
      expect(reply.text).toContain('upstream_cut');
      expect(shown).toMatchObject({ reply: chunkOf('half'), seal: { ending: 'failed', vault: 'kept' } });
    }
  });

  it('a client that leaves has what passed until then kept', async () => {
    for (const useCase of ['full', 'redacted']) {
      upstream.next({ sse: [chunkOf('half.\n\n')], hang: true });
      const call = postChat(gateway.url, gateway.keys[useCase] ?? '', asking(SECRET, { stream: true }));
      const exchange = exchangeOf(await call.head);
      await new Promise((resolve) => setTimeout(resolve, 50));
      call.abort();
      await call.done;
      const shown = await shownOf(exchange);
      expect(shown).toMatchObject({
        reply: chunkOf('half.\n\n'),
        seal: { ending: 'abandoned', vault: 'kept' },
      });
    }
  });
});

it('a reply of five megabytes is cut and marked, and passes whole', async () => {
  const content = `${'x'.repeat(5 * 1024 * 1024)}end`;
  for (const useCase of ['full', 'redacted']) {
    upstream.next(json({ choices: [{ message: { content } }] }));
    const whole = await ask(useCase);
    const kept = await shownOf(exchangeOf(whole));
    expect(kept?.reply === whole.text.slice(0, PART_BYTES)).toBe(true);
    expect(kept?.item.cut).toEqual({ reply: whole.body.length });
    upstream.next({ sse: [chunkOf(content), chunkOf(content), DONE] });
    const streamed = await ask(useCase, { stream: true });
    const also = await shownOf(exchangeOf(streamed));
    expect(streamed.text.endsWith(DONE)).toBe(true);
    expect(also?.reply === streamed.text.slice(0, PART_BYTES)).toBe(true);
    expect(also?.item.cut).toEqual({ reply: streamed.body.length });
  }
});

it('an end user is known by each name the client gives, and none of them is written', async () => {
  const more = { user: 'zoë@example.org', safety_identifier: 'hash-of-zoë' };
  const both = await shownOf(exchangeOf(await ask('full', more)));
  const hashes = [more.safety_identifier, more.user].map((name) => endUserHash(sealing.secrets, name));
  expect(both?.item.end_users).toEqual(hashes);
  const same = await shownOf(
    exchangeOf(await ask('full', { user: 'zoë@example.org', safety_identifier: '' })),
  );
  expect(same?.item.end_users).toEqual(hashes.slice(1));
  expect((await shownOf(exchangeOf(await ask('full', { user: 7 }))))?.item.end_users).toEqual([]);
});

it('no table and no line of the log holds a word of what was kept', async () => {
  const reply = await ask('full', { user: 'zoë@example.org' });
  expect(reply.text).toContain('blauer Elefant');
  await gateway.real.spool.flush(5_000);
  const dump = await dumpOf(gateway.real.store);
  expect(dump).toContain(exchangeOf(reply));
  for (const word of ['blauer', 'Elefant', 'zoë@example.org']) {
    expect(dump).not.toContain(word);
    expect(JSON.stringify(gateway.log)).not.toContain(word);
  }
});
