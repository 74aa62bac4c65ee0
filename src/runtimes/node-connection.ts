// One client's connection on Node, straight on node:http's objects: no WHATWG stream on the way in or out.
// A client sees a clean ending only when the frames ended cleanly.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection, Hangup } from '../ports.ts';
import { BODY_READ_MS, readBody } from './node-body.ts';

type Frames = AsyncIterator<{ readonly bytes: Uint8Array }>;
type Headers = Readonly<Record<string, string>>;

/** Headers that frame a message on one connection; they are this side's business, whatever an upstream said. */
const FRAMING = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'trailer',
  'upgrade',
]);

/** What libuv writes from its stack, head and all. */
const ONE_WRITE_BYTES = 12 * 1024;

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** How long a reply that broke may take to hand over what was written of it. */
const CUT_MS = 5_000;

/** Flat name-value pairs, the form `writeHead` copies least from. */
const headOf = (headers: Headers, length: number | undefined): string[] => {
  const head: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !FRAMING.has(name)) head.push(name, value);
  }
  if (length !== undefined) head.push('content-length', String(length));
  return head;
};

const hasNoBody = (status: number): boolean => status === 204 || status === 304;

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
};

/** A {@link Connection} that writes to the socket itself, so that its `deliver` never resolves with a Response. */
export type NodeConnection = Connection & {
  /** Whether `deliver` has begun a reply; no other may be sent. */
  readonly delivered: boolean;
};

class NodeClient implements NodeConnection, Hangup {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #delivered = false;
  /** The reply's last byte is in the kernel's hands: a later close is no hang-up. */
  #handed = false;
  #watching = false;
  readonly #listeners = new Set<() => void>();

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get address(): string {
    return this.#incoming.socket.remoteAddress ?? '';
  }

  get hangup(): Hangup {
    return this;
  }

  get delivered(): boolean {
    return this.#delivered;
  }

  get gone(): boolean {
    if (this.#handed || this.#outgoing.writableFinished) return false;
    // A pipelined reply has no socket of its own yet and is not told of the close.
    return this.#outgoing.closed || this.#incoming.socket.destroyed;
  }

  onGone(listener: () => void): () => void {
    if (this.gone) {
      queueMicrotask(listener);
      return () => {};
    }
    this.#watch();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    const tell = (): void => {
      if (!this.gone) return;
      for (const listener of this.#listeners) {
        this.#listeners.delete(listener);
        listener();
      }
    };
    this.#outgoing.on('close', tell);
    if (this.#outgoing.socket === null) this.#incoming.socket.once('close', tell);
  }

  readBody(limit: number): Promise<Uint8Array> {
    return readBody(this.#incoming, limit, BODY_READ_MS);
  }

  deliver(
    status: number,
    headers: Headers,
    frames: AsyncIterable<{ readonly bytes: Uint8Array }>,
    whole: boolean,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const iterator = frames[Symbol.asyncIterator]();
      const leave = (): void => {
        // Not awaited: a generator answers only after the step it is in, and the client is not waiting any more.
        iterator.return?.().catch(() => {});
        resolve();
      };
      if (this.gone) {
        leave();
        return;
      }
      const stop = this.onGone(leave);
      const sent = whole
        ? this.#sendWhole(status, headers, iterator)
        : this.#sendStream(status, headers, iterator);
      sent.then(
        () => {
          stop();
          resolve();
        },
        (error: unknown) => {
          stop();
          if (this.gone) resolve();
          else reject(error);
          if (this.#delivered) this.#cut();
          // A header that cannot be sent fails before the first pull; frames that threw have nothing to return.
          iterator.return?.().catch(() => {});
        },
      );
    });
  }

  async #sendWhole(status: number, headers: Headers, iterator: Frames): Promise<void> {
    const parts: Uint8Array[] = [];
    // Pulled to its end before anything is sent: what goes wrong after the frame can still become an error reply.
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next())
      parts.push(step.value.bytes);
    if (this.gone) return;
    const bytes = concat(parts);
    this.#outgoing.writeHead(status, headOf(headers, hasNoBody(status) ? undefined : bytes.byteLength));
    this.#delivered = true;
    // As one string with its head a short body is one plain write; Latin-1 is the spelling in which every byte stays itself.
    if (bytes.byteLength <= ONE_WRITE_BYTES) this.#outgoing.end(latin1(bytes), 'latin1');
    else this.#outgoing.end(bytes);
    await this.#flushed();
  }

  async #sendStream(status: number, headers: Headers, iterator: Frames): Promise<void> {
    const outgoing = this.#outgoing;
    outgoing.writeHead(status, headOf(headers, undefined));
    this.#delivered = true;
    if (this.#incoming.method === 'HEAD' || hasNoBody(status)) {
      outgoing.end();
      await iterator.return?.();
      return;
    }
    this.#flushHead();
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
      if (this.gone) return;
      const { bytes } = step.value;
      // An empty chunk would be the last one on the wire.
      if (bytes.byteLength > 0 && !outgoing.write(bytes)) await this.#drained();
    }
    if (this.gone) return;
    outgoing.end();
    await this.#flushed();
  }

  /** Sends the head now, but in one packet with what is written in this same tick (node:http does so for later writes by itself). */
  #flushHead(): void {
    const { socket } = this.#outgoing;
    if (socket !== null) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    this.#outgoing.flushHeaders();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#outgoing.once('drain', done);
      const stop = this.onGone(done);
      function done(): void {
        stop();
        resolve();
      }
    });
  }

  /** Resolves when the ended reply is in the kernel's hands, at once when one write did it, or when the client has gone. */
  #flushed(): Promise<void> | undefined {
    const outgoing = this.#outgoing;
    if (outgoing.writableLength === 0 && outgoing.socket?.destroyed === false) {
      this.#handed = true;
      return undefined;
    }
    return new Promise((resolve) => {
      outgoing.once('finish', resolve);
      this.onGone(resolve);
    });
  }

  /** Ends the transfer so that no client takes it for whole. What was written before, the error frame last of all, still goes out. */
  #cut(): void {
    const { socket } = this.#incoming;
    // node:http holds a chunk back for a tick, and a client that does not read must not hold the socket for ever.
    const late = setTimeout(() => socket.destroy(), CUT_MS);
    socket.once('close', () => clearTimeout(late));
    if (this.#outgoing.chunkedEncoding) socket.destroySoon();
    // To an HTTP/1.0 client the connection's end is the reply's end; a reset is not.
    else setImmediate(() => socket.resetAndDestroy());
  }
}

/** The connection behind node:http's pair, for one request. */
export const nodeConnection = (incoming: IncomingMessage, outgoing: ServerResponse): NodeConnection =>
  new NodeClient(incoming, outgoing);
