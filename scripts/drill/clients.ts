// Clients that keep 64 connections busy and remember, for each request, what they know for sure: what they sent, and whether the
// answer came whole.
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';

/** One request, as its client saw it end. */
export type Told = {
  /** What the prompt says it is. */
  readonly number: string;
  readonly phase: string;
  readonly promptSha256: string;
  readonly stream: boolean;
  readonly endedAtMs: number;
  /** 0: no status line came. */
  readonly status: number;
  readonly exchange: string | null;
  /** The whole of the answer came: all its declared bytes, or its `[DONE]` and a clean end. */
  readonly full: boolean;
  readonly bodySha256: string;
  /** The code in an error's body. */
  readonly code: string | null;
};

/** Where a phase's requests go. More than one: turn by turn. */
export type Load = {
  readonly phase: string;
  readonly replicas: readonly { port(): number | undefined }[];
  readonly key: string;
  readonly connections: number;
};

/** A request that takes longer hangs, which is a fault of its own. */
const LONGEST_MS = 40_000;
/** A client that is refused, or whose gateway is gone, does not spin. */
const AGAIN_MS = 100;
/** While a gateway is dead its clients look so often whether it is back: its next life gets their requests from the start. */
const LOOK_MS = 5;

let numbers = 0;

/** Clients at work. */
export type Clients = { stop(): Promise<readonly Told[]> };

/** Starts them; they go on until stopped, and end what they have begun. */
export const startClients = (load: Load, chance: Chance): Clients => {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const told: Told[] = [];
  let stopped = false;
  const one = async (place: number): Promise<void> => {
    const replica = load.replicas[place % load.replicas.length];
    while (!stopped) {
      const port = replica?.port();
      if (port === undefined) {
        await sleep(LOOK_MS);
        continue;
      }
      const answer = await send(agent, port, load, chance);
      told.push(answer);
      if (answer.status !== 200) await sleep(AGAIN_MS);
    }
  };
  const all = Array.from({ length: load.connections }, (_, place) => one(place));
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(all);
      agent.destroy();
      return told;
    },
  };
};

const send = (agent: Agent, port: number, { phase, key }: Load, chance: Chance): Promise<Told> => {
  const number = `drill-${++numbers}-${chance.between(1, 1e9)}`;
  const stream = chance.next() < 0.4;
  // Refusals leave records too.
  const model = chance.next() < 0.03 ? 'nobody-has-it' : 'small';
  const content = `${number} ${'word '.repeat(chance.between(0, 200))}`;
  const body = JSON.stringify({
    model,
    messages: [{ role: 'user', content }],
    ...(stream ? { stream } : {}),
  });
  const promptSha256 = createHash('sha256').update(body).digest('hex');
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let head: { status: number; exchange: string | null; length: number | null } = {
      status: 0,
      exchange: null,
      length: null,
    };
    const end = (clean: boolean): void => {
      clearTimeout(timer);
      const bytes = Buffer.concat(pieces);
      const isEvents = stream && head.status === 200;
      const whole = isEvents
        ? bytes.toString('utf8').endsWith('data: [DONE]\n\n')
        : head.length === bytes.length;
      resolve({
        number,
        phase,
        promptSha256,
        stream,
        endedAtMs: Date.now(),
        status: head.status,
        exchange: head.exchange,
        full: clean && whole,
        bodySha256: createHash('sha256').update(bytes).digest('hex'),
        code:
          head.status === 200 ? null : (/"code":\s*"([a-z_]+)"/.exec(bytes.toString('utf8'))?.[1] ?? null),
      });
    };
    const asked = request({
      agent,
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    const timer = setTimeout(() => asked.destroy(new Error('hangs')), LONGEST_MS);
    asked.on('error', () => end(false));
    asked.on('response', (response) => {
      const exchange = response.headers['x-gatehouse-exchange'];
      const length = response.headers['content-length'];
      head = {
        status: response.statusCode ?? 0,
        exchange: typeof exchange === 'string' ? exchange : null,
        length: length === undefined ? null : Number(length),
      };
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', () => undefined);
      response.on('close', () => end(response.complete));
    });
    asked.end(body);
  });
};
