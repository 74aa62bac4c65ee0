// The upstream of the drill: answers whole or streamed after a short while, and keeps which request reached it.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';

/** What reached the upstream. */
export type DrillUpstream = {
  readonly url: string;
  /** By the number that the client wrote into its prompt: the SHA-256 of each body that came. */
  readonly seen: ReadonlyMap<string, readonly string[]>;
  stop(): Promise<void>;
};

/** How a prompt says which one it is. */
export const NUMBER = /drill-\d+-\d+/;

/** Milliseconds before a reply, and between the pieces of a stream. */
const SLOWEST_MS = 25;
const PIECES = 6;

/** Starts it on a free port of 127.0.0.1. */
export const startDrillUpstream = async (chance: Chance): Promise<DrillUpstream> => {
  const seen = new Map<string, string[]>();
  const pause = (): Promise<void> => sleep(chance.between(0, SLOWEST_MS));
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const number = NUMBER.exec(body.toString('utf8'))?.[0] ?? 'none';
      const sha = createHash('sha256').update(body).digest('hex');
      seen.set(number, [...(seen.get(number) ?? []), sha]);
      await pause();
      const isStream = body.includes('"stream":true');
      if (isStream) await stream(response, number, pause);
      else whole(response, number);
    })().catch(() => response.destroy());
  });
  // The gateway keeps its connections; one that ends under it would look like a failure of the upstream.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const base = (number: string) => ({ id: `chatcmpl-${number}`, created: 1, model: 'drilled' });
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

const whole = (response: ServerResponse, number: string): void => {
  const message = { role: 'assistant', content: `You said ${number}` };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  const body = JSON.stringify({ ...base(number), object: 'chat.completion', choices, usage });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) });
  response.end(body);
};

const stream = async (
  response: ServerResponse,
  number: string,
  pause: () => Promise<void>,
): Promise<void> => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let piece = 0; piece < PIECES; piece++) {
    const isLast = piece === PIECES - 1;
    const delta = isLast ? {} : { content: `${number} ` };
    const choices = [{ index: 0, delta, finish_reason: isLast ? 'stop' : null }];
    const chunk = { ...base(number), object: 'chat.completion.chunk', choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    await pause();
  }
  response.end('data: [DONE]\n\n');
};
