// Whatever a client asks and whatever a cloud answers: the client gets an answer or an error, nothing hangs, and there is one sealed
// record, which is never of a fault. `GATEHOUSE_FUZZ=50000` tries a fiftieth of as many on each way.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REFUSALS } from '../../src/refusal.ts';
import { bodiesOf } from '../every/fuzz/begun.ts';
import { anyBody, anyStream, ROUNDS } from '../every/fuzz/mutations.ts';
import type { Random } from '../json/random.ts';
import { seeded } from '../json/random.ts';
import { AWS_STREAM, awsChunk, awsEvent, awsException } from '../kit/cloud/aws-stream.ts';
import { cloudBackends } from '../kit/cloud/backends.ts';
import { EVENTS, WHOLE } from '../kit/cloud/claude.ts';
import { converseWhole } from '../kit/cloud/converse.ts';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import { geminiEvent, geminiEvents, geminiWhole } from '../kit/cloud/gemini.ts';
import type { Scripted, Upstream, WholeReply } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import { changed } from '../translate/fuzzed.ts';

const EXCHANGES = Math.max(40, Math.ceil(ROUNDS / 50));
const TIME_MS = 60_000 + EXCHANGES * 500;
/** Whoever waits longer waits for ever. */
const HANG_MS = 20_000;
const CALL = { name: 'weather', input: { city: 'Köln' } };

let upstream: Upstream;
let gateway: Clouds;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startClouds(
    cloudBackends(upstream.url).map((backend) => ({ ...backend, zone: 'cloud' })),
    {},
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const bodyOf = ({ body }: WholeReply): object => JSON.parse(String(body));

const GEMINI = geminiEvents([
  [{ text: 'Hm.', thought: true }],
  [{ text: 'Good ' }],
  [{ text: 'morning.', thoughtSignature: 'c2ln' }],
  [{ functionCall: { name: 'weather', args: { city: 'Köln' } }, thoughtSignature: 'c2ln' }],
]);
const GEMINI_ODD = geminiEvent({ error: { code: 503, message: 'no', status: 'UNAVAILABLE' } });

/** What is carried in messages of AWS, as pairs of a type and a payload. */
const CONVERSE: readonly (readonly [string, object])[] = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2ln' } } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Good morning' } }],
  ['contentBlockStop', { contentBlockIndex: 1 }],
  ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't', name: 'weather' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"city":' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '"Köln"}' } } }],
  ['contentBlockStop', { contentBlockIndex: 2 }],
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 1 } }],
];

/** Messages in another order, with other payloads, and with other bytes. */
const anyMessages = (
  messages: readonly (() => Uint8Array)[],
  odd: readonly (() => Uint8Array)[],
  random: Random,
) => {
  const made = [...messages];
  for (let rounds = random.below(4); rounds > 0; rounds--) {
    const place = random.below(made.length + 1);
    random.pick([
      () => made.splice(place, 1),
      () => made.splice(place, 0, random.pick(messages)),
      () => made.splice(place, 1, random.pick(odd)),
      () => made.splice(place),
    ])();
  }
  const bytes = Buffer.concat(made.map((make) => make()));
  if (random.below(4) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return random.below(8) === 0 ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
};

const awsReply = (
  random: Random,
  carried: readonly object[],
  carry: (value: object, index: number) => Uint8Array,
): Scripted => {
  const messages = carried.map((value, index) => () => carry(value, index));
  const odd = [
    ...carried.map((value, index) => () => carry(changed([value], random), index)),
    () => awsException('throttlingException', 'no'),
    () => awsEvent('chunk', { bytes: '???' }),
    () => awsEvent('unknownTomorrow', { a: 1 }),
  ];
  return { sse: [anyMessages(messages, odd, random)], headers: AWS_STREAM };
};

type Way = { readonly model: string; whole: object; stream(random: Random): Scripted };

const WAYS: Readonly<Record<string, Way>> = {
  Gemini: {
    model: 'google/gemini-2.5-flash',
    whole: bodyOf(geminiWhole([{ text: 'Good morning.' }, { functionCall: { name: 'weather', args: {} } }])),
    stream: (random) => ({
      sse: anyStream([GEMINI, [...GEMINI.slice(0, 2), GEMINI_ODD]], random),
      headers: { 'content-type': 'text/event-stream' },
    }),
  },
  Converse: {
    model: 'bedrock/amazon.nova-x',
    whole: bodyOf(converseWhole('Good morning.', CALL)),
    stream: (random) =>
      awsReply(
        random,
        CONVERSE.map(([, payload]) => payload),
        (payload, index) => awsEvent(CONVERSE[index]?.[0] ?? '', payload),
      ),
  },
  'Claude on Bedrock': {
    model: 'bedrock/anthropic.claude-x',
    whole: WHOLE,
    stream: (random) => awsReply(random, EVENTS, awsChunk),
  },
};

const sealsOf = async (exchanges: readonly string[]) => {
  await gateway.real.spool.flush(HANG_MS);
  const { rows } = await sql<{ exchange: string; code: string | null }>`
    select body->>'exchange' as exchange, body->'body'->>'code' as code from audit_entries
    where body->>'kind' = 'seal' and body->>'exchange' in (${sql.join(exchanges)})`.execute(
    gateway.real.store.db,
  );
  return Map.groupBy(rows, ({ exchange }) => exchange);
};

const CLIENTS = [
  ['openai-chat', '/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] }],
  ['anthropic-messages', '/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }],
  ['openai-responses', '/v1/responses', { input: 'x' }],
] as const;

it.each(
  Object.entries(WAYS).flatMap(([cloud, way]) =>
    CLIENTS.map(([dialect, path, plain]) => ({ cloud, dialect, path, plain, way })),
  ),
)(
  '$cloud asked in $dialect: every exchange has its answer and its record',
  async ({ cloud, dialect, path, plain, way }) => {
    const random = seeded(5);
    const bodies = bodiesOf(dialect).map((body) => ({ ...body, model: way.model }));
    const exchanges = new Map<string, string>();
    for (let round = 0; round < EXCHANGES; round++) {
      // Most are asked well, so that what is answered is read.
      const good = random.below(3) === 0 ? random.pick(bodies) : { ...plain, model: way.model };
      const body = random.below(4) === 0 ? anyBody(bodies, random) : good;
      const isStreamed = random.below(3) > 0;
      upstream.next(isStreamed ? way.stream(random) : { body: anyBody([way.whole], random) });
      const asked = body instanceof Uint8Array ? body : { ...body, stream: isStreamed };
      const reply = await Promise.race([gateway.ask(path, asked), sleep(HANG_MS)]);
      upstream.forget();
      const words = `round ${round}: ${Buffer.from(body instanceof Uint8Array ? body : JSON.stringify(body)).toString()} -> ${reply?.text}`;
      if (reply === undefined) throw new Error(`it hangs; ${words}`);
      expect(reply.status, words).not.toBe(500);
      if (reply.status !== 200) expect(reply.complete, words).toBe(true);
      exchanges.set(String(reply.headers['x-gatehouse-exchange']), words);
    }
    const seals = await sealsOf([...exchanges.keys()]);
    const endings = new Map<string, number>();
    for (const [exchange, words] of exchanges) {
      const [seal, ...more] = seals.get(exchange) ?? [];
      expect([seal === undefined, more], words).toEqual([false, []]);
      const code = seal?.code ?? 'none';
      endings.set(code, (endings.get(code) ?? 0) + 1);
      expect(
        code === 'none' || (code !== 'fault' && Object.hasOwn(REFUSALS, code)),
        `${code}: ${words}`,
      ).toBe(true);
    }
    const told = [...endings].map(([code, count]) => `${code} ${count}`).join(', ');
    console.log(`${cloud}, ${dialect}: ${told}`);
    expect(endings.get('none') ?? 0).toBeGreaterThan(EXCHANGES / 10);
    expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
  },
  TIME_MS,
);
