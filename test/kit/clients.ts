/**
 * Raw clients for tests: what came, byte by byte and when, without a client library's opinion of it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A piece of a body as it was read from the socket. */
export interface Piece {
  readonly bytes: Buffer;
  /** Milliseconds since the request was started. */
  readonly at: number;
}

/** Status line and headers. Status 0: the connection ended before any. */
export interface RawHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, in order and case as sent. */
  readonly rawHeaders: readonly string[];
}

/** A reply to its end, however it ended. */
export interface RawReply extends RawHead {
  readonly pieces: readonly Piece[];
  readonly body: Buffer;
  readonly text: string;
  /** The body came whole by its own framing: a cut connection, or an abort, leaves this false. */
  readonly complete: boolean;
  readonly error: Error | undefined;
}

/** A request under way. Neither promise ever rejects: a failure shows in `status`, `complete` and `error`. */
export interface RawCall {
  readonly head: Promise<RawHead>;
  readonly done: Promise<RawReply>;
  /** Destroys the connection. */
  abort(): void;
}

/** What to send. */
export interface RawOptions {
  /** Scheme, host and port. */
  readonly url: string;
  readonly path: string;
  /** Default POST. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text and bytes go as they are; anything else as JSON, with its content type. */
  readonly body?: unknown;
  readonly onChunk?: (piece: Piece) => void;
  /** The address to come from: any of 127.0.0.0/8 is this machine's own. */
  readonly from?: string;
}

/** Sends one request on a connection of its own. */
export function rawPost(options: RawOptions): RawCall {
  const started = performance.now();
  const { body, type } = encode(options.body);
  const req = request(new URL(options.path, options.url), {
    method: options.method ?? 'POST',
    agent: false,
    ...(options.from === undefined ? {} : { localAddress: options.from }),
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...options.headers },
  });
  let head: RawHead = { status: 0, headers: {}, rawHeaders: [] };
  const pieces: Piece[] = [];
  const gotHead = Promise.withResolvers<RawHead>();
  const ended = Promise.withResolvers<RawReply>();
  const finish = (complete: boolean, error?: Error): void => {
    const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
    gotHead.resolve(head);
    ended.resolve({ ...head, pieces, body: bytes, text: bytes.toString('utf8'), complete, error });
  };
  req.on('error', (error) => finish(false, error));
  req.on('response', (res) => {
    head = { status: res.statusCode ?? 0, headers: res.headers, rawHeaders: res.rawHeaders };
    gotHead.resolve(head);
    let failure: Error | undefined;
    res.on('data', (bytes: Buffer) => {
      const piece = { bytes, at: performance.now() - started };
      pieces.push(piece);
      options.onChunk?.(piece);
    });
    res.on('error', (error) => {
      failure = error;
    });
    res.on('close', () => finish(res.complete && failure === undefined, failure));
  });
  req.end(body);
  return {
    head: gotHead.promise,
    done: ended.promise,
    abort: () => void req.destroy(new Error('aborted by the test')),
  };
}

/** What a raw connection gave back. */
export interface RawBytes {
  readonly bytes: Buffer;
  readonly text: string;
  /** Who ended it: the server properly, the server (or network) by a reset, or our own time limit. */
  readonly ended: 'closed' | 'reset' | 'timeout';
}

/** How to write the bytes. */
export interface RawRequestOptions {
  readonly host?: string;
  /** When to give up waiting for the server to close. Default 2 s. */
  readonly timeoutMs?: number;
  /** Pause between two pieces. */
  readonly gapMs?: number;
  /** Sends our end of the stream after the last piece. */
  readonly halfClose?: boolean;
}

/**
 * Writes bytes to a socket exactly as given (a list: piece by piece) and reads until the server closes:
 * for bad framing, odd methods, header limits. Add `connection: close` to be answered without waiting for the limit.
 */
export async function rawRequest(
  port: number,
  bytes: string | Uint8Array | readonly (string | Uint8Array)[],
  options: RawRequestOptions = {},
): Promise<RawBytes> {
  const list = typeof bytes === 'string' || bytes instanceof Uint8Array ? [bytes] : bytes;
  const socket = connect({ port, host: options.host ?? '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const got: Buffer[] = [];
  const end = Promise.withResolvers<RawBytes['ended']>();
  socket.on('data', (piece: Buffer) => got.push(piece));
  socket.on('end', () => end.resolve('closed'));
  socket.on('error', () => end.resolve('reset'));
  const timer = setTimeout(() => end.resolve('timeout'), options.timeoutMs ?? 2_000);
  const writeAll = async (): Promise<void> => {
    for (const [index, piece] of list.entries()) {
      if (index > 0) await sleep(options.gapMs ?? 0);
      if (!socket.writable) return;
      socket.write(piece);
    }
    if (options.halfClose === true) socket.end();
  };
  const [ended] = await Promise.all([end.promise, writeAll()]);
  clearTimeout(timer);
  socket.destroy();
  const all = Buffer.concat(got);
  return { bytes: all, text: all.toString('latin1'), ended };
}

function encode(body: unknown): { body: string | Uint8Array | undefined; type?: string } {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return { body };
  return { body: JSON.stringify(body), type: 'application/json' };
}
