// Clients that leave: at any moment, the upstream is let go and the record says so.
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Seen } from '../../kit/upstream.ts';
import { event, stall } from '../../kit/upstream.ts';
import type { Check, Target } from './target.ts';
import { CHAT, hello, keyOf, letGo, recordOfAgent } from './target.ts';

const STREAM = JSON.stringify({ ...hello, stream: true });
const WHOLE = JSON.stringify(hello);
const word = (content: string): string => event({ choices: [{ index: 0, delta: { content } }] });

let agents = 0;

/** A client on a socket of its own, that may leave as it likes; `agent` is its user-agent, by which its record is found. */
export type Leaver = { readonly agent: string; readonly socket: Socket; sees(part: string): Promise<void> };

/** Begins a chat, or what else is at a path; `announced` is the length of a body of which only `body` is sent. */
export const leaver = (
  target: Target,
  body: string,
  announced = Buffer.byteLength(body),
  { path, key }: { readonly path: string; readonly key: string } = { path: CHAT, key: keyOf('plain') },
): Leaver => {
  const agent = `leaver-${++agents}`;
  const socket = connect(Number(new URL(target.url).port), '127.0.0.1');
  let text = '';
  // Nobody listens for data until somebody wants to see it, so a client that only begins does not read.
  const sees = async (part: string): Promise<void> => {
    socket.setEncoding('utf8').on('data', (piece) => {
      text += String(piece);
    });
    for (const end = Date.now() + 5_000; !text.includes(part); await sleep(5))
      if (Date.now() > end) throw new Error(`${part} did not come, but ${text}`);
  };
  socket.on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: a\r\nuser-agent: ${agent}\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${announced}\r\n\r\n${body}`,
  );
  return { agent, socket, sees };
};

/** Leaves in a way that the runtime hears while nothing is being sent. */
export const leave = (target: Target, { socket }: Leaver): void => {
  if (target.hearsClose) socket.destroy();
  else socket.resetAndDestroy();
};

/** The upstream's request of the leaver that begins now. */
export const upcoming = (target: Target): (() => Promise<Seen>) => {
  const index = target.upstream.requests.length;
  return () => target.upstream.arrived(index);
};

/** Every guarantee in the face of a client that leaves. */
export const leaving: readonly Check[] = [
  {
    name: 'a client that leaves before the head ends its upstream, and the record says abandoned',
    run: async (target) => {
      const arrived = upcoming(target);
      target.upstream.next(stall(20_000));
      const client = leaver(target, WHOLE);
      const seen = await arrived();
      leave(target, client);
      await letGo(seen);
      const record = await recordOfAgent(target, client.agent);
      expect(record).toMatchObject({ ending: 'abandoned', status: 499, code: 'client_gone' });
      expect(record.sent_sha256).not.toBeNull();
    },
  },
  {
    name: 'a client that leaves a stream that is silent ends its upstream, and the record says abandoned',
    run: async (target) => {
      const arrived = upcoming(target);
      target.upstream.next({ sse: [word('first.\n')], hang: true });
      const client = leaver(target, STREAM);
      await client.sees('first');
      leave(target, client);
      await letGo(await arrived());
      expect(await recordOfAgent(target, client.agent)).toMatchObject({ ending: 'abandoned', status: 200 });
    },
  },
  {
    name: 'a client that closes while frames come ends its upstream, and the record says abandoned',
    run: async (target) => {
      const arrived = upcoming(target);
      target.upstream.next({ sse: Array.from({ length: 100 }, (_, i) => word(`word ${i} `)), delayMs: 50 });
      const client = leaver(target, STREAM);
      await client.sees('word 1 ');
      client.socket.destroy();
      await letGo(await arrived());
      expect(await recordOfAgent(target, client.agent)).toMatchObject({ ending: 'abandoned', status: 200 });
    },
  },
  {
    name: 'a client that leaves a reply it does not read ends its upstream',
    run: async (target) => {
      const arrived = upcoming(target);
      const piece = word('x'.repeat(100_000));
      target.upstream.next({ sse: Array.from({ length: 2_000 }, () => piece) });
      const client = leaver(target, STREAM);
      const seen = await arrived();
      await sleep(300);
      client.socket.resetAndDestroy();
      await letGo(seen);
      expect(await recordOfAgent(target, client.agent)).toMatchObject({ ending: 'abandoned' });
    },
  },
  {
    name: 'a client that leaves in the middle of its own body reaches no upstream, and is on record',
    run: async (target) => {
      const before = target.upstream.requests.length;
      const client = leaver(target, '{"model":"small",', 5_000);
      await sleep(200);
      client.socket.destroy();
      const record = await recordOfAgent(target, client.agent);
      expect(record.ending).toMatch(/^(?:abandoned|refused)$/);
      expect(record.prompt_sha256).toBeNull();
      expect(target.upstream.requests.length).toBe(before);
    },
  },
];
