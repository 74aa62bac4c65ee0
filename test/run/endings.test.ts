// Every exchange ends once and is sealed once: complete, refused, failed, abandoned, before and after the first byte, whole
// and streamed; and nothing reaches an upstream before its opened record is durable.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import type { RawCall, RawReply } from '../kit/clients.ts';
import { rawRequest } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Kept, Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Scripted, Upstream } from '../kit/upstream.ts';
import { cut, error, event, startUpstream, truncated } from '../kit/upstream.ts';

const EMPTY = createHash('sha256').update('').digest('hex');
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const chunk = (content: string): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
/** It ends where no value can go on. */
const CHUNK = chunk('half.\n\n');
/** The beginning of an address, for all that is known. */
const UNDECIDED = chunk('half');

let upstream: Upstream;
let gateway: Parts;
/** Requests that had reached the upstream whenever an opened record became durable. */
const arrivedAtOpen = new Map<string, number>();
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startParts(
    setupFor(upstream.url, [{ name: 'plain' }, { name: 'narrow', models: ['x'] }]),
    (real) => ({
      ...real,
      spool: {
        ...real.spool,
        append: async (entry) => {
          // A slow disc: whatever does not wait for the opened record overtakes it.
          await new Promise((resolve) => setTimeout(resolve, 20));
          await real.spool.append(entry);
          if (entry.kind === 'open') arrivedAtOpen.set(entry.exchange ?? '', upstream.requests.length);
        },
      },
    }),
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

type Case = {
  readonly name: string;
  readonly script?: Scripted;
  readonly stream?: boolean;
  readonly key?: string;
  readonly body?: unknown;
  /** Hangs up once the upstream has the request (`asked`) or the client has a byte (`reading`). */
  readonly leave?: 'asked' | 'reading';
  readonly kinds?: readonly string[];
  readonly seal: Readonly<Record<string, unknown>>;
  readonly reached?: boolean;
};

const leaveAt = async (call: RawCall, moment: Case['leave'], before: number): Promise<void> => {
  if (moment === 'asked') await upstream.arrived(before);
  else if (moment === 'reading') await call.head;
  else return;
  await new Promise((resolve) => setTimeout(resolve, 20));
  call.abort();
};

const run = async (wanted: Case): Promise<{ reply: RawReply; entries: Kept[]; before: number }> => {
  const { script, stream, key = 'plain', leave } = wanted;
  const before = upstream.requests.length;
  const last = (await gateway.since(0)).at(-1)?.seq ?? 0;
  if (script !== undefined) upstream.next(script);
  const body = wanted.body ?? asking('hello', stream === undefined ? {} : { stream });
  const call = postChat(gateway.url, gateway.keys[key] ?? 'a-wrong-key-0123456789', body);
  await leaveAt(call, leave, before);
  const reply = await call.done;
  for (const until = Date.now() + 5_000; ; ) {
    const found = await gateway.since(last);
    const exchange = found.find(({ kind }) => kind === 'seal')?.exchange;
    if (exchange !== undefined) {
      // Long enough for a second seal to show.
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { reply, entries: await gateway.entries(exchange), before };
    }
    if (Date.now() > until) throw new Error('nothing was sealed');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const both = (cases: (stream: boolean) => readonly Case[]): Case[] =>
  [false, true].flatMap((stream) =>
    cases(stream)
      // Of a stranger's refusals in a minute only the first is a record of its own.
      .filter(({ key }) => !(stream && key === 'nobody'))
      .map((one) => ({ ...one, stream, name: `${one.name} (${stream ? 'streamed' : 'whole'})` })),
  );
const abandonedSeal = (status: number) => ({ ending: 'abandoned', status, code: 'client_gone' });
const failedSeal = (status: number, code: string) => ({ ending: 'failed', status, code });

const CASES: readonly Case[] = [
  ...both(() => [
    { name: 'complete', seal: { ending: 'complete', status: 200, code: null, note: null } },
    {
      name: 'refused before anything is known',
      key: 'nobody',
      kinds: ['seal'],
      seal: {
        ending: 'refused',
        status: 401,
        code: 'invalid_key',
        prompt_sha256: null,
        key: null,
        team: null,
      },
      reached: false,
    },
    {
      name: 'refused by the use case',
      key: 'narrow',
      seal: { ending: 'refused', status: 403, code: 'model_not_allowed', sent_sha256: null, backend: null },
      reached: false,
    },
    { name: 'failed before the first byte: no answer', script: cut(), seal: failedSeal(502, 'upstream_cut') },
    {
      name: 'failed before the first byte: the upstream breaks',
      script: error(503),
      seal: { ...failedSeal(503, 'upstream_failed'), reply_sha256: null },
    },
    {
      name: 'failed: the upstream refuses the request',
      script: error(422),
      seal: { ...failedSeal(422, 'upstream_refused'), delivered_sha256: sha256(String(error(422).body)) },
    },
    {
      name: 'abandoned before the first byte',
      script: { stall: 10_000 },
      leave: 'asked',
      seal: { ...abandonedSeal(499), delivered_sha256: null, reply_sha256: null, zone: 'on_prem' },
    },
  ]),
  {
    name: 'refused: the body is not JSON',
    body: '{"model":',
    kinds: ['seal'],
    seal: { ending: 'refused', status: 400, code: 'bad_json' },
    reached: false,
  },
  {
    name: 'failed after the first byte (whole)',
    script: truncated('{"choices":['),
    seal: failedSeal(502, 'upstream_cut'),
  },
  {
    name: 'failed after the first byte (streamed)',
    stream: true,
    script: { sse: [CHUNK, 'data: {"ch'], cutAfter: 2 },
    seal: { ...failedSeal(502, 'upstream_cut'), reply_sha256: sha256(CHUNK) },
  },
  {
    name: 'failed after the first byte: the upstream tells of an error (streamed)',
    stream: true,
    script: { sse: [CHUNK, event({ error: { message: 'out of memory' } }), 'data: [DONE]\n\n'] },
    seal: failedSeal(200, 'upstream_failed'),
  },
  {
    name: 'abandoned after the first byte of the upstream (whole)',
    script: { sse: [' ', ' ', '{}'], hang: true, headers: { 'content-type': 'application/json' } },
    leave: 'asked',
    seal: { ...abandonedSeal(499), delivered_sha256: null },
  },
  {
    name: 'abandoned after the first byte (streamed)',
    stream: true,
    script: { sse: [CHUNK], hang: true },
    leave: 'reading',
    seal: { ...abandonedSeal(200), delivered_sha256: sha256(CHUNK), reply_sha256: sha256(CHUNK) },
  },
  {
    name: 'abandoned while all of its reply is held back',
    stream: true,
    script: { sse: [UNDECIDED], hang: true },
    leave: 'asked',
    seal: { ...abandonedSeal(200), delivered_sha256: null, reply_sha256: sha256(UNDECIDED) },
  },
];

describe('an exchange', () => {
  it.each(CASES)('that is $name has one sealed record', async (wanted) => {
    const { reply, entries, before } = await run(wanted);
    expect(entries.map(({ kind }) => kind)).toEqual(wanted.kinds ?? ['open', 'seal']);
    const seal = entries.at(-1)?.body ?? {};
    expect(seal).toMatchObject(wanted.seal);
    const reached = wanted.reached !== false;
    expect(upstream.requests.length - before).toBe(reached ? 1 : 0);
    if (reached) {
      expect(arrivedAtOpen.get(String(seal.exchange))).toBe(before);
      expect(seal.sent_sha256).toBe(sha256(upstream.requests[before]?.body ?? ''));
      expect(await upstream.requests[before]?.closed).toBeDefined();
    }
    if (wanted.leave !== undefined) return;
    expect(exchangeOf(reply)).toBe(seal.exchange);
    expect(seal.delivered_sha256).toBe(sha256(reply.body));
    expect(reply.complete).toBe(!wanted.name.includes('after the first byte (streamed)'));
  });

  it('that was received in full is complete, however soon the client hangs up', async () => {
    const { text } = await rawRequest(
      gateway.port,
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${gateway.keys.plain}\r\n` +
        `content-type: application/json\r\ncontent-length: ${JSON.stringify(asking('x', { stream: true })).length}\r\n\r\n` +
        JSON.stringify(asking('x', { stream: true })),
    );
    const id = /x-gatehouse-exchange: (\S+)/.exec(text)?.[1] ?? '';
    const entries = await gateway.entries(id);
    expect(entries.at(-1)?.body).toMatchObject({ ending: 'complete' });
  });

  it('whose client leaves in the middle of its body is abandoned, unread and unsent', async () => {
    const last = (await gateway.since(0)).at(-1)?.seq ?? 0;
    const before = upstream.requests.length;
    await rawRequest(
      gateway.port,
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.keys.plain}\r\n` +
        'content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"model":',
      { timeoutMs: 100 },
    );
    await expect
      .poll(async () => (await gateway.since(last)).map(({ body }) => body.ending))
      .toEqual(['abandoned']);
    expect(upstream.requests.length).toBe(before);
  });

  it('has no digest of a reply where there was none, and never that of nothing', async () => {
    for (const { body } of await gateway.since(0))
      for (const name of ['reply_sha256', 'delivered_sha256', 'sent_sha256'])
        expect(body[name]).not.toBe(EMPTY);
  });
});
