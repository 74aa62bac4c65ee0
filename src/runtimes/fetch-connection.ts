// One client's connection where a runtime takes a Request and wants a Response (Workers, Deno). The reply is pulled frame by
// frame, so a slow client makes the upstream wait. A client sees a clean ending only when the frames ended cleanly.
import type { Connection, Hangup } from '../ports.ts';
import { BodyCut, BodyTooLong } from '../ports.ts';

type Frames = AsyncIterable<{ readonly bytes: Uint8Array }>;
type Headers = Readonly<Record<string, string>>;

/** A whole body must arrive within this, however steadily it drips in (slow-loris). */
const BODY_READ_MS = 120_000;

/** Between the last frame of a reply that broke and its end. */
const FLUSH_MS = 50;

const NOTHING = new Uint8Array(0);

const hasNoBody = (status: number): boolean => status === 204 || status === 205 || status === 304;

const joined = (chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
};

/** The body's bytes, at most `limit`. What it does not read is cancelled. */
const readAll = async (body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> => {
  const reader = body.getReader();
  // Cancelling may itself fail when the client has gone; there is nothing left to tell then.
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    giveUp();
  }, BODY_READ_MS);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let step = await reader.read(); step.done !== true; step = await reader.read()) {
      length += step.value.byteLength;
      if (length > limit) {
        giveUp();
        throw new BodyTooLong(`the body is longer than ${limit} bytes`);
      }
      chunks.push(step.value);
    }
  } catch (error) {
    if (error instanceof BodyTooLong) throw error;
    throw new BodyCut('the client left before its body was whole');
  } finally {
    clearTimeout(timer);
  }
  // A cancelled stream reads as one that has ended.
  if (isLate) throw new BodyCut(`the body took longer than ${BODY_READ_MS} ms`);
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : joined(chunks, length);
};

class FetchClient implements Connection, Hangup {
  readonly address: string;
  readonly #request: Request;
  readonly #listeners = new Set<() => void>();
  /** The reply's last byte was handed over: what the runtime reports later is no hang-up. */
  #handed = false;
  #gone = false;
  #watching = false;

  constructor(request: Request, address: string) {
    this.#request = request;
    this.address = address;
  }

  get hangup(): Hangup {
    return this;
  }

  get gone(): boolean {
    return !this.#handed && (this.#gone || this.#request.signal.aborted);
  }

  onGone(listener: () => void): () => void {
    if (this.gone) {
      queueMicrotask(listener);
      return () => {};
    }
    if (!this.#watching) {
      this.#watching = true;
      this.#request.signal.addEventListener('abort', this.#tell);
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The signal's listener, and called when the reply's stream is cancelled: whichever comes first. */
  readonly #tell = (): void => {
    if (this.#handed) return;
    this.#gone = true;
    this.#request.signal.removeEventListener('abort', this.#tell);
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      listener();
    }
  };

  #hand(): void {
    this.#handed = true;
    this.#request.signal.removeEventListener('abort', this.#tell);
    this.#listeners.clear();
  }

  async readBody(limit: number): Promise<Uint8Array> {
    const { body, headers } = this.#request;
    const announced = headers.get('content-length');
    if (announced !== null && Number(announced) > limit)
      throw new BodyTooLong(`the body is longer than ${limit} bytes`);
    if (this.gone) throw new BodyCut('the client left before its body was read');
    const bytes = body === null ? NOTHING : await readAll(body, limit);
    if (announced !== null && bytes.byteLength !== Number(announced))
      throw new BodyCut('the client left before its body was whole');
    return bytes;
  }

  async deliver(status: number, headers: Headers, frames: Frames, whole: boolean): Promise<Response | void> {
    const iterator = frames[Symbol.asyncIterator]();
    const init = { status, headers: { ...headers } };
    if (!whole && !hasNoBody(status)) return new Response(this.#streamed(iterator), init);
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Pulled to its end before anything is sent: what goes wrong after the frame can still become an error reply.
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
      chunks.push(step.value.bytes);
      length += step.value.bytes.byteLength;
    }
    this.#hand();
    return new Response(hasNoBody(status) ? null : joined(chunks, length), init);
  }

  #streamed(iterator: AsyncIterator<{ readonly bytes: Uint8Array }>): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        pull: async (controller) => {
          try {
            await this.#pull(iterator, controller);
          } catch {
            // A platform that is told of an error drops what it has not sent yet, which would be the error frame.
            await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
            this.#hand();
            controller.error(new Error('the reply broke'));
          }
        },
        cancel: () => {
          this.#tell();
          // Not awaited: a generator answers only after the step it is in, and the client is not waiting any more.
          iterator.return?.().catch(() => undefined);
        },
      },
      // Nothing is read ahead of the client.
      { highWaterMark: 0 },
    );
  }

  async #pull(
    iterator: AsyncIterator<{ readonly bytes: Uint8Array }>,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    for (let step = await iterator.next(); !this.gone; step = await iterator.next()) {
      if (step.done === true) {
        this.#hand();
        controller.close();
        return;
      }
      // A pull that enqueues nothing is not asked again.
      if (step.value.bytes.byteLength > 0) {
        controller.enqueue(step.value.bytes);
        return;
      }
    }
    throw new Error('the client has gone');
  }
}

/** The connection behind a Request. `address` is the client's, '' where the runtime does not know it. */
export const fetchConnection = (request: Request, address: string): Connection =>
  new FetchClient(request, address);
