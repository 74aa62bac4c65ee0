// A call to a target that speaks none of our dialects: its provider's package asks in the neutral form, through our own fetch.
import type { Exchange, Frame, Reply } from '../exchange.ts';
import type { Incoming, Ports } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { providers } from '../providers/index.ts';
import { Refusal } from '../refusal.ts';
import type { Target } from '../routing/target.ts';
import { capsOf } from '../translate/caps.ts';
import type { Ingress, Writer } from '../translate/ingress.ts';
import type { NeutralUsage, Part } from '../translate/neutral.ts';
import { normalise } from '../translate/normalise.ts';
import { Notes } from '../translate/notes.ts';
import { baseOf, secretOf, send } from './post.ts';
import { orLeave, received } from './reading.ts';
import { framesFor, headOf, streamTranslated, wholeTranslated } from './translated.ts';
import { mustBePlain, refusedBy } from './upstream-errors.ts';

/** Asks a model of the target's provider. */
export const foreign = async (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  ingress: Ingress,
): Promise<Reply> => {
  const { prompt, connection } = exchange;
  const provider = providers[target.backend.provider];
  if (prompt === undefined || provider.model === undefined) throw new Error('a foreign call needs a model');
  const notes = new Notes();
  const { question, writer } = ingress.understand(prompt.document.value, notes);
  const asked = normalise(question, capsOf(target, null), notes);
  const secret = await secretOf(ports, target.backend);
  const sending = new Sending(ports, exchange, target, secret);
  const model = await provider.model({
    url: baseOf(target.backend, secret),
    model: target.model,
    fetch: sending.fetch,
  });
  const hangup = new AbortController();
  exchange.onEnd(connection.hangup.onGone(() => hangup.abort()));
  const written = writer(headOf(exchange, target));
  const options = { ...asked, abortSignal: hangup.signal };
  try {
    if (!prompt.asked.stream) {
      const answer = await model.doGenerate(options);
      noteUsage(exchange, answer.usage);
      for (const warning of answer.warnings) if ('feature' in warning) notes.dropped(warning.feature);
      return wholeTranslated(written.whole(answer), notes);
    }
    const { stream } = await model.doStream(options);
    return await streamTranslated(exchange, spoken(exchange, stream, written, sending, notes), notes);
  } catch (error) {
    return sending.reply ?? sending.rethrow(error);
  }
};

/** The client's frames of a model's parts. */
async function* spoken(
  exchange: Exchange,
  parts: ReadableStream<Part>,
  writer: Writer,
  sending: Sending,
  notes: Notes,
): AsyncGenerator<Frame, void, undefined> {
  const reader = parts.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const part = next.value;
      if (part.type === 'stream-start')
        for (const warning of part.warnings) if ('feature' in warning) notes.dropped(warning.feature);
      if (part.type === 'finish') noteUsage(exchange, part.usage);
      // The packages end a stream that was cut as if it were whole.
      if (part.type === 'finish' && !sending.whole) sending.rethrow(part);
      yield* framesFor(part, writer);
    }
  } catch (error) {
    sending.rethrow(error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const noteUsage = (exchange: Exchange, { inputTokens, outputTokens }: NeutralUsage): void => {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return;
  const { cacheRead, cacheWrite } = inputTokens;
  exchange.usage = {
    input_tokens: inputTokens.total ?? 0,
    output_tokens: outputTokens.total ?? 0,
    ...(cacheRead === undefined ? {} : { cached_input_tokens: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cache_write_input_tokens: cacheWrite }),
    ...(outputTokens.reasoning === undefined ? {} : { reasoning_tokens: outputTokens.reasoning }),
  };
};

/** What a package sends, sent by us: hashed both ways, within the zone, and with the fault kept that the package would wrap. */
class Sending {
  readonly #ports: Ports;
  readonly #exchange: Exchange;
  readonly #target: Target;
  readonly #secret: string | undefined;
  #fault: unknown;
  /** The upstream's refusal in the client's dialect, where there was one. */
  reply: Reply | undefined;
  /** Whether the body came to its end. */
  whole = false;

  constructor(ports: Ports, exchange: Exchange, target: Target, secret: string | undefined) {
    this.#secret = secret;
    this.#ports = ports;
    this.#exchange = exchange;
    this.#target = target;
  }

  readonly fetch = async (input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> => {
    try {
      const incoming = await send(this.#ports, this.#exchange, this.#target, this.#secret, {
        url: String(input instanceof Request ? input.url : input),
        headers: Object.fromEntries(new Headers(init.headers)),
        body: bodyIn(init.body),
        sha256: undefined,
      });
      return await orLeave(incoming, this.#ports, () => this.#response(incoming));
    } catch (error) {
      this.#fault ??= error;
      throw error;
    }
  };

  /** What really happened: our fault rather than the package's words for it. */
  rethrow(error: unknown): never {
    if (this.#fault !== undefined) throw this.#fault;
    if (error instanceof Refusal || error instanceof UpstreamFault) throw error;
    throw new UpstreamFault(
      'protocol',
      true,
      `the reply could not be read: ${error instanceof Error ? error.name : 'it ended early'}`,
    );
  }

  async #response(incoming: Incoming): Promise<Response> {
    mustBePlain(incoming);
    if (incoming.status >= 300) {
      this.reply = await refusedBy(this.#exchange, incoming, this.#ports);
      throw new UpstreamFault('protocol', true, `status ${incoming.status}`);
    }
    return new Response(this.#stream(incoming), {
      status: incoming.status,
      headers: { ...incoming.headers },
    });
  }

  #stream({ body }: Incoming): ReadableStream<Uint8Array> {
    const chunks = body[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { value, done } = await chunks.next();
            if (done === true) {
              this.whole = true;
              return controller.close();
            }
            this.#exchange.firstByteAtMs ??= this.#ports.now();
            received(this.#exchange, this.#ports, value);
            controller.enqueue(value);
          } catch (error) {
            this.#fault ??= error;
            controller.error(error);
          }
        },
        cancel: async () => {
          await chunks.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  }
}

const bodyIn = (body: RequestInit['body']): Uint8Array | string => {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new UpstreamFault('protocol', false, 'a request body that is neither text nor bytes');
};
