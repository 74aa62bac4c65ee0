// What a provider's package sends, sent by us: within the zone, on record, with our credential, hashed both ways, within limits. A
// package wraps what goes wrong in words of its own, so what really happened is kept here.
import type { Exchange, Reply } from '../exchange.ts';
import type { Hasher, Incoming, Ports } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Target } from '../routing/target.ts';
import { awsFrames, NoAwsMessage } from '../streams/aws-events.ts';
import { FrameTooLong } from '../streams/sse.ts';
import { baseOf, send } from './post.ts';
import { EVENT_BYTES, orLeave, received, timely, WHOLE_BYTES } from './reading.ts';
import { mustBePlain, refusedBy } from './upstream-errors.ts';

/** Gemini's longest replies are asked for piece by piece; more pieces than these no reply has. */
const REQUESTS = 8;

/** Headers a package makes of a credential it was not given, or that say who asks. */
const NOT_OURS = /^(?:authorization|x-goog-api-key|user-agent)$/;

export class Sending {
  readonly #ports: Ports;
  readonly #exchange: Exchange;
  readonly #target: Target;
  readonly #secret: string | undefined;
  readonly #bodies: (Uint8Array | string)[] = [];
  #fault: unknown;
  /** The upstream's refusal in the client's dialect, where there was one. */
  reply: Reply | undefined;
  /** Whether the last reply's body came to its end. */
  whole = false;

  constructor(ports: Ports, exchange: Exchange, target: Target, secret: string | undefined) {
    this.#ports = ports;
    this.#exchange = exchange;
    this.#target = target;
    this.#secret = secret;
  }

  /** Whether anything was handed to the network. */
  get begun(): boolean {
    return this.#bodies.length > 0;
  }

  readonly fetch = async (input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> => {
    try {
      const url = input instanceof Request ? input.url : String(input);
      const incoming = await this.#send(url, init);
      return await orLeave(incoming, this.#ports, () => this.#response(incoming));
    } catch (error) {
      this.#fault ??= error;
      throw error;
    }
  };

  /** What really happened: our own refusal or fault rather than the package's words for it. */
  rethrow(error: unknown): never {
    if (this.#fault !== undefined) throw this.#fault;
    if (error instanceof Refusal || error instanceof UpstreamFault) throw error;
    const name = error instanceof Error ? error.name : 'unknown';
    if (this.begun) throw new UpstreamFault('protocol', true, `the reply could not be read (${name})`);
    if (name === 'AI_UnsupportedFunctionalityError')
      throw new Refusal('unsupported_parameter', { note: name });
    throw error;
  }

  async #send(url: string, init: RequestInit): Promise<Incoming> {
    const body = bodyIn(init.body);
    // A package asks its API and nobody else: not for files, not for tokens.
    if (new URL(url).origin !== new URL(baseOf(this.#target.backend, this.#secret)).origin)
      throw new UpstreamFault('protocol', this.begun, 'a request to another host');
    if (this.#bodies.length >= REQUESTS)
      throw new UpstreamFault('protocol', true, `the reply needs more than ${REQUESTS} requests`);
    const before = this.#exchange.sentSha256;
    const again = this.begun;
    this.#bodies.push(body);
    try {
      return await send(this.#ports, this.#exchange, this.#target, this.#secret, {
        url,
        headers: headersIn(init.headers),
        body,
        sha256: again ? this.#hashed() : undefined,
      });
    } catch (error) {
      if (!again && error instanceof UpstreamFault && !error.sent) this.#bodies.pop();
      if (!again || !(error instanceof UpstreamFault) || error.sent) throw error;
      // What was sent before is sent.
      this.#exchange.sentSha256 = before;
      throw new UpstreamFault(error.kind, true, error.message);
    }
  }

  /** All that was sent, as one. */
  #hashed(): string {
    const hasher: Hasher = this.#ports.hashes.sha256();
    for (const body of this.#bodies) hasher.update(body);
    return hasher.hex();
  }

  async #response(incoming: Incoming): Promise<Response> {
    mustBePlain(incoming);
    if (incoming.status >= 300) {
      this.reply = await refusedBy(this.#exchange, incoming, this.#ports);
      throw new UpstreamFault('protocol', true, `status ${incoming.status}`);
    }
    this.whole = false;
    const { status, headers } = incoming;
    return new Response(this.#stream(incoming), { status, headers: { ...headers } });
  }

  /** The body, pulled piece by piece: a package that stops reading stops the upstream. */
  #stream(incoming: Incoming): ReadableStream<Uint8Array> {
    const source = incoming.body[Symbol.asyncIterator]();
    const chunks = this.#limited(incoming, { [Symbol.asyncIterator]: () => source });
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { value, done } = await chunks.next();
            if (done === true) {
              this.whole = true;
              controller.close();
            } else controller.enqueue(value);
          } catch (error) {
            this.#fault ??= error;
            controller.error(error);
          }
        },
        cancel: async () => {
          await source.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Bytes as they came, but none beyond what one event, or a whole reply, may have: a package would hold them all. */
  async *#limited(
    { headers }: Incoming,
    body: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    let open = 0;
    try {
      const chunks = timely(this.#exchange, body, this.#ports);
      if (type === 'application/vnd.amazon.eventstream') {
        for await (const { bytes } of awsFrames(chunks, { messageBytes: EVENT_BYTES }))
          yield this.#noted(bytes);
        return;
      }
      const limit = type === 'text/event-stream' ? EVENT_BYTES : WHOLE_BYTES;
      for await (const chunk of chunks) {
        open = type === 'text/event-stream' ? openAfter(open, chunk) : open + chunk.length;
        if (open > limit) throw new FrameTooLong(limit);
        yield this.#noted(chunk);
      }
    } catch (error) {
      if (error instanceof FrameTooLong || error instanceof NoAwsMessage)
        throw new UpstreamFault('protocol', true, error.message);
      throw error;
    }
  }

  #noted(bytes: Uint8Array): Uint8Array {
    received(this.#exchange, this.#ports, bytes);
    return bytes;
  }
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * How many bytes of an event are there whose end has not come, after this chunk. An end that is cut in two is not seen, which
 * counts too much until the next one.
 */
const openAfter = (open: number, chunk: Uint8Array): number => {
  for (let at = chunk.lastIndexOf(LF); at > 0; at = chunk.lastIndexOf(LF, at - 1)) {
    const before = chunk[at - 1] === CR ? chunk[at - 2] : chunk[at - 1];
    if (before === LF) return chunk.length - at - 1;
  }
  return open + chunk.length;
};

const headersIn = (headers: RequestInit['headers']): Record<string, string> => ({
  ...Object.fromEntries([...new Headers(headers)].filter(([name]) => !NOT_OURS.test(name))),
  accept: '*/*',
  'accept-encoding': 'identity',
  'user-agent': 'gatehouse',
});

const bodyIn = (body: RequestInit['body']): Uint8Array | string => {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new UpstreamFault('protocol', false, 'a request body that is neither text nor bytes');
};
