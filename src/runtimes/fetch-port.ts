// The `fetch` port over the platform's own fetch (Workers). The platform does not say why a request failed, so whatever is
// not provably unsent counts as sent. Not for Deno: its fetch sends a POST again when a connection ends before the reply.
import type { Fetch, Hangup, Incoming, Outgoing } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';

type Kind = UpstreamFault['kind'];
type Chunk = IteratorResult<Uint8Array, undefined>;
type Waiter = { resolve(result: Chunk): void; reject(fault: UpstreamFault): void };

const DONE: Chunk = { done: true, value: undefined };

/** Platforms quote the URL, an address or a header's value in an error's message, so none of it is told. */
const failed = (): UpstreamFault =>
  new UpstreamFault('cut', true, 'the upstream ended the connection, or there was none');

const send = async (outgoing: Outgoing, signal: AbortSignal): Promise<Response> =>
  fetch(requestOf(outgoing, signal));

const requestOf = (outgoing: Outgoing, signal: AbortSignal): Request => {
  if (!/^https?:/i.test(outgoing.url))
    throw new UpstreamFault('protocol', false, 'the upstream URL is not an http(s) URL');
  try {
    return new Request(outgoing.url, {
      method: outgoing.method,
      headers: { ...outgoing.headers },
      // Copied, so that it is backed by an ArrayBuffer of its own, which every platform takes.
      body: typeof outgoing.body === 'object' ? new Uint8Array(outgoing.body) : (outgoing.body ?? null),
      redirect: 'manual',
      signal,
    });
  } catch {
    throw new UpstreamFault('protocol', false, 'the request cannot be sent');
  }
};

/** One request: what may end it early, and its reply's body. Iterate the body once, one `next()` at a time. */
class Call implements AsyncIterableIterator<Uint8Array> {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #stopListening: () => void;
  readonly #idleMs: number;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiter: Waiter | undefined;
  #over = false;
  #fault: UpstreamFault | undefined;

  constructor(hangup: Hangup, idleMs: number) {
    this.signal = this.#controller.signal;
    this.#idleMs = idleMs;
    this.#stopListening = hangup.onGone(() => this.#give('gone', 'the client has gone'));
  }

  /** Waits for the reply's head. Rejects with {@link UpstreamFault}. */
  async head(sending: Promise<Response>, ms: number): Promise<Incoming> {
    // Raced against: a platform that is slow to notice an abort must not hold the caller.
    const given = new Promise<never>((_, reject) => {
      this.#waiter = { resolve: () => undefined, reject };
    });
    this.#timer = setTimeout(() => this.#give('timeout', 'the upstream did not answer in time'), ms);
    try {
      const response = await Promise.race([sending, given]);
      this.#rest();
      // Where a redirect is hidden, its status and target are too.
      if (response.type === 'opaqueredirect')
        throw new UpstreamFault('protocol', true, 'the upstream redirects');
      this.#reader = response.body?.getReader();
      if (this.#reader === undefined) this.#end(undefined);
      return { status: response.status, headers: Object.fromEntries(response.headers), body: this };
    } catch (error) {
      const fault = this.#fault ?? (error instanceof UpstreamFault ? error : failed());
      this.#end(fault);
      this.#controller.abort();
      // Whichever of the two lost the race may still fail; it was told already.
      sending.then(dropBody, () => undefined);
      throw fault;
    }
  }

  /** Ends the request from our side, at once. */
  #give(kind: Kind, message: string): void {
    if (this.#over) return;
    const waiter = this.#waiter;
    const fault = new UpstreamFault(kind, true, message);
    this.#end(fault);
    waiter?.reject(fault);
    this.#stopReading();
  }

  #stopReading(): void {
    this.#controller.abort();
    this.#reader?.cancel().catch(() => undefined);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#waiter = undefined;
  }

  #end(fault: UpstreamFault | undefined): void {
    this.#rest();
    if (this.#over) return;
    this.#over = true;
    this.#fault = fault;
    this.#stopListening();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Chunk> {
    const reader = this.#reader;
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (this.#over || reader === undefined) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#timer = setTimeout(() => this.#give('timeout', 'the upstream fell silent'), this.#idleMs);
      reader.read().then(
        ({ done, value }) => {
          if (this.#over) return;
          this.#rest();
          if (done) this.#end(undefined);
          resolve(done ? DONE : { done: false, value });
        },
        () => {
          if (this.#over) return;
          const fault = new UpstreamFault('cut', true, 'the upstream ended the connection');
          this.#end(fault);
          reject(fault);
        },
      );
    });
  }

  /** Nobody wants the rest: the upstream's reply is cancelled at once, unless it had already ended. */
  return(): Promise<Chunk> {
    const waiter = this.#waiter;
    if (!this.#over) {
      this.#end(undefined);
      this.#stopReading();
    }
    this.#fault = undefined;
    waiter?.resolve(DONE);
    return Promise.resolve(DONE);
  }
}

const dropBody = (response: Response): void => {
  response.body?.cancel().catch(() => undefined);
};

/**
 * The `fetch` port. The platform does not say when it has a connection, so the head must come within `connectMs` and
 * `headersMs` together. Faults: `timeout`, `cut` (also a connection that could not be made, which cannot be told from one
 * that ended), `gone`, `protocol` (a hidden redirect, or a URL or header that cannot be sent); never `unreachable`.
 */
export const fetchPort: Fetch = async (outgoing) => {
  if (outgoing.hangup.gone) throw new UpstreamFault('gone', false, 'the client has gone');
  const call = new Call(outgoing.hangup, outgoing.idleMs);
  return call.head(send(outgoing, call.signal), outgoing.connectMs + outgoing.headersMs);
};
