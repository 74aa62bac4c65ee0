// One request on its way through undici: the dispatcher's handler, the reply's body and its iterator are one object,
// so that a chunk costs a queue entry and a promise and nothing else. It ends exactly once: whole, faulted or left.
import type { Dispatcher } from 'undici';
import errors from 'undici/lib/core/errors.js';
import type { Hangup, Incoming } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';

/** Bytes that may lie unread before the upstream is made to wait. */
export const HIGH_WATER_BYTES = 64 * 1024;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
type Waiter = {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(fault: UpstreamFault): void;
};

/** Codes are a fixed vocabulary (`ECONNREFUSED`, `HPE_INVALID_CONSTANT`); messages may quote the wire, so only codes are told. */
const codeOf = (error: Error): string => {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : error.name;
};

const faultOf = (error: Error, sent: boolean): UpstreamFault => {
  const code = codeOf(error);
  if (!sent) {
    const ours = code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED';
    if (ours) return new UpstreamFault('protocol', false, `the request cannot be sent (${code})`);
    return new UpstreamFault('unreachable', false, `no connection to the upstream (${code})`);
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT')
    return new UpstreamFault('timeout', true, 'the upstream did not answer in time');
  if (code === 'UND_ERR_BODY_TIMEOUT') return new UpstreamFault('timeout', true, 'the upstream fell silent');
  // "Invalid EOF state" is the parser's word for a reply that ended in the middle, when the server had said it would close.
  const alien = error instanceof errors.HTTPParserError && !error.message.includes('EOF');
  if (alien || code === 'UND_ERR_HEADERS_OVERFLOW')
    return new UpstreamFault('protocol', true, `the upstream does not speak HTTP as we do (${code})`);
  return new UpstreamFault('cut', true, `the upstream ended the connection (${code})`);
};

const joined = (headers: Record<string, string | string[] | undefined>): Record<string, string> => {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Record<string, string>; // undici gives no undefined ones
};

/**
 * Hand it to `dispatch`. Resolves with the reply at its head, rejects with {@link UpstreamFault} before; `release` is
 * called once when the connection is no longer needed. What had arrived is delivered before a later fault, except
 * `gone`, which nobody is left to read for. Iterate the body once, one `next()` at a time.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array> {
  readonly #resolve: (reply: Incoming) => void;
  readonly #reject: (fault: UpstreamFault) => void;
  readonly #release: () => void;
  readonly #stopListening: () => void;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #paused = false;
  /** Set when the request is handed to a socket: from here on bytes may have left. */
  #controller: Dispatcher.DispatchController | undefined;
  #replied = false;
  #over = false;
  #fault: UpstreamFault | undefined;
  #waiter: Waiter | undefined;
  #waiting: NodeJS.Timeout | undefined;

  constructor(
    hangup: Hangup,
    resolve: (reply: Incoming) => void,
    reject: (fault: UpstreamFault) => void,
    release: () => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#release = release;
    this.#stopListening = hangup.onGone(() => this.#give('gone', 'the client has gone'));
  }

  /** Faults with `unreachable` when no connection became free within `ms`. */
  waitAtMost(ms: number): void {
    this.#waiting = setTimeout(
      () => this.#give('unreachable', 'no connection to the upstream became free in time'),
      ms,
    );
  }

  /** Ends the request from our side, at once. */
  #give(kind: UpstreamFault['kind'], message: string): void {
    if (this.#over) return;
    this.#queue.length = 0;
    this.#end(new UpstreamFault(kind, this.#controller !== undefined, message));
    this.#controller?.abort(new Error(kind));
  }

  #end(fault: UpstreamFault | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#fault = fault;
    if (this.#waiting !== undefined) clearTimeout(this.#waiting);
    this.#stopListening();
    this.#release();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (fault === undefined) waiter?.resolve(DONE);
    else if (!this.#replied) this.#reject(fault);
    else waiter?.reject(fault);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: throwing here drops the request and spares the connection.
    if (this.#over) throw this.#fault ?? new Error('over');
    if (this.#waiting !== undefined) clearTimeout(this.#waiting);
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.#over) return;
    this.#replied = true;
    this.#resolve({ status, headers: joined(headers), body: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#over) return;
    const waiter = this.#waiter;
    if (waiter !== undefined) {
      this.#waiter = undefined;
      waiter.resolve({ done: false, value: chunk });
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.byteLength;
    if (this.#queuedBytes >= HIGH_WATER_BYTES && !this.#paused) {
      this.#paused = true;
      controller.pause();
    }
  }

  onResponseEnd(): void {
    this.#end(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (!this.#over) this.#end(faultOf(error, this.#controller !== undefined));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      this.#queuedBytes -= chunk.byteLength;
      if (this.#paused && this.#queuedBytes < HIGH_WATER_BYTES) {
        this.#paused = false;
        this.#controller?.resume();
      }
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (this.#over) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** Nobody wants the rest: the upstream's connection is closed at once, unless the reply had already ended. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#queue.length = 0;
    if (!this.#over) {
      this.#end(undefined);
      this.#controller?.abort(new Error('left'));
    }
    this.#fault = undefined;
    return Promise.resolve(DONE);
  }
}
