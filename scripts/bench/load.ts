// The load, a process of its own: so many connections, each with one request at a time, on raw sockets. Work is ordered with
// a POST and answered with what was seen. `node scripts/bench/load.ts` prints where it listens.
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { FRAME_MARK, FRAMES, MessageReader, PACE_MS, PATH, prompt } from './wire.ts';

/** Work: `ms` of whole requests, or `streams` streams on each connection. */
export type Work = {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly connections: number;
  readonly ms?: number;
  readonly streams?: number;
};

/** What came of it; times are ms. `first` is the time to a stream's first frame. */
export type Seen = {
  readonly requests: number;
  readonly frames: number;
  readonly faults: number;
  readonly fault: string;
  readonly ms: number;
  readonly p50: number;
  readonly p99: number;
  readonly first50: number;
  readonly first99: number;
};

/** Nothing that is measured here takes as long; a connection that does is a fault, and the work ends. */
const SILENCE_MS = 20_000;

type Tally = { times: number[]; firsts: number[]; frames: number; faults: number; fault: string };

const requestOf = ({ port, headers, bytes, streams }: Work): Buffer => {
  const body = prompt(bytes, streams !== undefined);
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': String(body.length),
    'user-agent': 'bench',
    accept: '*/*',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${PATH} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
};

const marks = (piece: Buffer): number => {
  let count = 0;
  for (let at = piece.indexOf(FRAME_MARK); at >= 0; at = piece.indexOf(FRAME_MARK, at + 1)) count++;
  return count;
};

/** One connection's requests, until `more` says no. */
const converse = (work: Work, request: Buffer, tally: Tally, more: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const socket: Socket = connect({ port: work.port, host: '127.0.0.1', noDelay: true });
    const reader = new MessageReader();
    let sentAt = 0;
    let frames = 0;
    const fail = (why: string): void => {
      tally.faults++;
      tally.fault ||= why.slice(0, 300);
      socket.destroy();
      resolve();
    };
    const send = (): void => {
      frames = 0;
      sentAt = performance.now();
      socket.write(request);
    };
    const onWhole = (): void => {
      tally.times.push(performance.now() - sentAt);
      if (work.streams !== undefined && frames !== FRAMES) fail(`${frames} frames of ${FRAMES}`);
      else if (more()) send();
      else {
        socket.destroy();
        resolve();
      }
    };
    socket.setTimeout(SILENCE_MS, () => fail('silence'));
    socket.once('connect', send);
    socket.on('error', (error) => fail(error.message));
    socket.on('end', () => fail('the connection was closed'));
    socket.on('data', (piece) => {
      const done = reader.feed(piece);
      if (reader.startLine !== '' && !reader.startLine.includes(' 200')) {
        fail(`${reader.startLine} ${piece.toString('utf8')}`);
        return;
      }
      if (work.streams !== undefined) {
        const seen = marks(piece);
        if (frames === 0 && seen > 0) tally.firsts.push(performance.now() - sentAt);
        frames += seen;
        tally.frames += seen;
      }
      if (done) onWhole();
    });
  });

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

/** Does the work. Whatever was begun is also ended, so that what it cost can be divided by its count. */
const run = async (work: Work): Promise<Seen> => {
  const tally: Tally = { times: [], firsts: [], frames: 0, faults: 0, fault: '' };
  const request = requestOf(work);
  const begun = performance.now();
  const { streams, connections } = work;
  const until = begun + (work.ms ?? 0);
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      // Streams start one after the other over the time between some frames: nobody's users come all at once.
      if (streams !== undefined) await sleep((index / connections) * PACE_MS * 10);
      let left = streams ?? 0;
      const more = (): boolean => {
        left -= 1;
        return streams === undefined ? performance.now() < until && tally.faults === 0 : left > 0;
      };
      await converse(work, request, tally, more);
    }),
  );
  const times = tally.times.sort((a, b) => a - b);
  const firsts = tally.firsts.sort((a, b) => a - b);
  return {
    requests: times.length,
    frames: tally.frames,
    faults: tally.faults,
    fault: tally.fault,
    ms: performance.now() - begun,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    first50: quantile(firsts, 0.5),
    first99: quantile(firsts, 0.99),
  };
};

const textOf = async (incoming: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const piece of incoming) text += String(piece);
  return text;
};

const server = createServer((incoming, outgoing) => {
  textOf(incoming)
    .then((text) => run(JSON.parse(text) as Work)) // only the bench speaks to it
    .then(
      (seen) => outgoing.end(JSON.stringify(seen)),
      (error: unknown) => outgoing.writeHead(500).end(String(error)),
    );
});
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on ${address.port}`);
});
