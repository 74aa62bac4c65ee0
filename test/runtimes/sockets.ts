// Raw TCP ends for the runtime tests: what is on the wire is what a test says and sees.
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Hangup } from '../../src/ports.ts';

/** Resolves after `ms`. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until `check` holds; throws after `ms`. */
export const until = async (check: () => boolean, ms = 3_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!check()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${check}`);
    await sleep(5);
  }
};

/** A hang-up the test pulls itself. */
export const handHangup = (): Hangup & { hangUp(): void; listening(): number } => {
  const listeners = new Set<() => void>();
  let gone = false;
  return {
    get gone() {
      return gone;
    },
    onGone: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    hangUp: () => {
      gone = true;
      for (const listener of [...listeners]) listener();
    },
    listening: () => listeners.size,
  };
};

/** A TCP server run by a script per connection; keeps what it saw. */
export type Wire = {
  readonly url: string;
  readonly sockets: Socket[];
  closed(): number;
  readonly requests: string[];
  stop(): Promise<void>;
};

/** Serves each complete request (head plus content-length) by `reply`. */
export const wire = async (
  reply: (socket: Socket, request: string, index: number) => void,
): Promise<Wire> => {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  let closed = 0;
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      closed += 1;
    });
    let got = '';
    socket.on('data', (data) => {
      got += data.toString('latin1');
      for (;;) {
        const head = got.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(got.slice(0, head))?.[1] ?? 0);
        if (got.length < head + 4 + length) return;
        const request = got.slice(0, head + 4 + length);
        got = got.slice(head + 4 + length);
        requests.push(request);
        reply(socket, request, requests.length - 1);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    sockets,
    requests,
    closed: () => closed,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A raw client. `text()` is all it received; `ended` how the connection ended. */
export type Peer = {
  readonly socket: Socket;
  send(text: string | Uint8Array): void;
  text(): string;
  received(): number;
  ended(): 'no' | 'fin' | 'reset';
  /** Resolves when `text()` holds `part`. */
  sees(part: string): Promise<void>;
  /** Resolves when the connection has ended. */
  end(): Promise<void>;
};

/** Connects to a local port. */
export const peer = async (port: number): Promise<Peer> => {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.setNoDelay(true);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let ended: 'no' | 'fin' | 'reset' = 'no';
  socket.on('data', (data) => {
    chunks.push(data);
    bytes += data.length;
  });
  socket.on('end', () => {
    ended = 'fin';
  });
  socket.on('error', () => {
    ended = 'reset';
  });
  const text = () => Buffer.concat(chunks).toString('latin1');
  return {
    socket,
    text,
    received: () => bytes,
    ended: () => ended,
    send: (data) => void socket.write(data),
    sees: (part) => until(() => text().includes(part)),
    end: () => until(() => ended !== 'no'),
  };
};

/** A request's bytes. */
export const post = (body: string, headers = '', path = '/'): string =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
