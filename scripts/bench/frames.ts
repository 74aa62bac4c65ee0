// What one frame of a streamed reply costs the gateway, all its steps included but no socket, beside a bare Hono pass-through of the
// same frames in the same turns: `node scripts/bench/frames.ts MS FOLDER`. Each frame comes in a chunk of its own. What an exchange
// costs whatever its length is taken off: a long stream less a short one.
import { writeFileSync } from 'node:fs';
import { Hono } from 'hono';
import { gateway } from '../../src/gateway.ts';
import type { Connection, Fetch } from '../../src/ports.ts';
import { assemble, processConfig } from '../../src/runtimes/assemble.ts';
import { defaultPacks, filled, kindsOfText } from './dlp-texts.ts';
import type { FramesFound, FramesRow } from './frames-report.ts';
import { BARE } from './frames-report.ts';
import { median } from './measure.ts';
import { PATH } from './wire.ts';

const [ms = '1500', folder = ''] = process.argv.slice(2);
const forMs = Number(ms);
const LONG = 2_000;
const SHORT = 20;
/** A turn is so long that the clock of the CPU's time says something. */
const STREAMS_A_TURN = 4;
const TURNS_AT_LEAST = 5;
const ORIGIN = 'http://gateway.test';

type Talk = 'openai-chat' | 'anthropic-messages';

const encoder = new TextEncoder();
const sse = (data: object, event?: string): Uint8Array =>
  encoder.encode(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`);

/** A word or part of one a frame, as models speak. */
const words = (
  filled(kindsOfText(defaultPacks()).prose, LONG * 8).match(/\s?\p{L}{1,6}|\s?[^\p{L}]{1,3}/gu) ?? []
).slice(0, LONG);

const chatFrames = (count: number): readonly Uint8Array[] => {
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'm' };
  const chunk = (delta: object, finish: string | null = null) =>
    sse({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words.slice(0, count).map((content) => chunk({ content })),
    chunk({}, 'stop'),
    sse({
      ...head,
      choices: [],
      usage: { prompt_tokens: 480, completion_tokens: count, total_tokens: 480 + count },
    }),
    encoder.encode('data: [DONE]\n\n'),
  ];
};

const messagesFrames = (count: number): readonly Uint8Array[] => {
  const event = (type: string, more: object) => sse({ type, ...more }, type);
  const usage = { input_tokens: 480, output_tokens: 1 };
  const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'm', content: [], usage };
  return [
    event('message_start', { message: { ...message, stop_reason: null, stop_sequence: null } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...words
      .slice(0, count)
      .map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: count },
    }),
    event('message_stop', {}),
  ];
};

const FRAMES: Readonly<Record<Talk, (count: number) => readonly Uint8Array[]>> = {
  'openai-chat': chatFrames,
  'anthropic-messages': messagesFrames,
};
const talks: readonly Talk[] = ['openai-chat', 'anthropic-messages'];
const lengths = [LONG, SHORT] as const;
/** All that an upstream may answer, made beforehand. */
const answers: ReadonlyMap<string, readonly Uint8Array[]> = new Map(
  talks.flatMap((talk) => lengths.map((count) => [`${talk} ${count}`, FRAMES[talk](count)] as const)),
);
/** What the upstream answers next. */
let next: readonly Uint8Array[] = [];

const fetch: Fetch = async () => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: (async function* () {
    yield* next;
  })(),
});

const bare = new Hono();
bare.post(PATH, async () => {
  const frames = next[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const frame = frames.next();
      if (frame.done === true) controller.close();
      else controller.enqueue(frame.value);
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
});

/** The bytes that a client got. */
type Ask = () => Promise<number>;

const bareAsk: Ask = async () => {
  const reply = await bare.request(`${ORIGIN}${PATH}`, { method: 'POST', body: '{}' });
  const reader = reply.body?.getReader();
  let bytes = 0;
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
    bytes += read.value.length;
  return bytes;
};

const setup = JSON.stringify({
  teams: [{ name: 'crew' }],
  backends: talks.map((talk) => ({
    ...{ name: talk, provider: 'compatible', url: 'http://upstream.test', zone: 'on_prem' },
    dialects: [talk],
  })),
  models: talks.map((talk) => ({ name: `on-${talk}`, targets: [{ backend: talk, model: 'm' }] })),
  use_cases: [{ name: 'plain', team: 'crew', models: ['*'] }],
  keys: [{ name: 'bench', use_case: 'plain', secret: 'bench-key-0123456789-0123456789-0123456789' }],
});

writeFileSync(`${folder}/gatehouse.yaml`, setup);
const env = {
  GATEHOUSE_CONFIG: `${folder}/gatehouse.yaml`,
  GATEHOUSE_DATA: `${folder}/data`,
  NODE_ENV: 'production',
};
const { ports, applied, close } = await assemble(processConfig(env), {
  env,
  log: () => undefined,
  fetch,
  runtime: 'node',
});
const app = gateway(ports);
const key = applied?.minted[0]?.key ?? 'bench-key-0123456789-0123456789-0123456789';
const PATHS: Readonly<Record<Talk, string>> = { 'openai-chat': PATH, 'anthropic-messages': '/v1/messages' };

const ask =
  (client: Talk, target: Talk): Ask =>
  async () => {
    const messages = [{ role: 'user', content: 'What does the report say?' }];
    const body = encoder.encode(
      JSON.stringify({ model: `on-${target}`, max_tokens: 9_000, stream: true, messages }),
    );
    let bytes = 0;
    const connection: Connection = {
      address: '127.0.0.1',
      hangup: { gone: false, onGone: () => () => undefined },
      readBody: () => Promise.resolve(body),
      deliver: async (status, _, frames) => {
        if (status !== 200) throw new Error(`status ${status}`);
        for await (const frame of frames) bytes += frame.bytes.length;
      },
    };
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    await app.fetch(new Request(`${ORIGIN}${PATHS[client]}`, { method: 'POST', headers }), connection);
    return bytes;
  };

const WAYS: readonly { readonly name: string; readonly frames: Talk; readonly ask: Ask }[] = [
  { name: BARE, frames: 'openai-chat', ask: bareAsk },
  { name: 'chat, passed through', frames: 'openai-chat', ask: ask('openai-chat', 'openai-chat') },
  {
    ...{ name: 'messages, passed through', frames: 'anthropic-messages' },
    ask: ask('anthropic-messages', 'anthropic-messages'),
  },
  { name: 'messages to chat', frames: 'anthropic-messages', ask: ask('openai-chat', 'anthropic-messages') },
  { name: 'chat to messages', frames: 'openai-chat', ask: ask('anthropic-messages', 'openai-chat') },
];

/** CPU in microseconds, of all threads, for some streams of a length. */
const spent = async ({ frames, ask: work }: (typeof WAYS)[number], count: number): Promise<number> => {
  next = answers.get(`${frames} ${count}`) ?? [];
  const before = process.cpuUsage();
  for (let stream = 0; stream < STREAMS_A_TURN; stream++)
    if ((await work()) < count) throw new Error('a stream was cut');
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

/** Turns of all ways in turn, so that a busy moment of the machine falls on all; those of the first half warm up. */
const times = new Map(WAYS.map(({ name }) => [name, [] as number[]]));
for (const until of [performance.now() + forMs * WAYS.length, performance.now() + 3 * forMs * WAYS.length]) {
  for (const each of times.values()) each.length = 0;
  while (performance.now() < until || (times.get(BARE)?.length ?? 0) < TURNS_AT_LEAST)
    for (const way of WAYS) {
      const extra = (await spent(way, LONG)) - (await spent(way, SHORT));
      times.get(way.name)?.push(extra / (STREAMS_A_TURN * (LONG - SHORT)));
    }
}

const bareTimes = times.get(BARE) ?? [];
const rows = WAYS.map(({ name }): FramesRow => {
  const own = times.get(name) ?? [];
  return {
    name,
    us: median(own),
    toBare: median(own.map((us, turn) => us / (bareTimes[turn] ?? Number.NaN))),
  };
});
await close();
const found: FramesFound = { frames: LONG, rows };
console.log(`told ${JSON.stringify(found)}`);
process.exit(0);
