// What Bedrock streams of Claude, as Anthropic's own events: the event stream is only how AWS carries them.

import { bytesOfBase64 } from '../bytes.ts';
import type { CallDialectName } from '../dialects/dialect.ts';
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import { at } from '../json/value.ts';
import type { Incoming } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { awsFrames, awsMessage } from '../streams/aws-events.ts';
import { sseBytes } from '../streams/sse.ts';

/** The media type of such a stream. */
export const AWS_EVENTS = 'application/vnd.amazon.eventstream';
/** One message; an event of Claude's in base 64 is a third longer. */
const MESSAGE_BYTES = 12 * 1024 * 1024;

/** What Anthropic calls an exception of Bedrock's; any other is an `api_error`. */
const ERRORS: Readonly<Record<string, string>> = {
  throttlingException: 'rate_limit_error',
  serviceUnavailableException: 'overloaded_error',
  modelTimeoutException: 'timeout_error',
  validationException: 'invalid_request_error',
};

/** The reply with its events as server-sent ones; undefined: it is no event stream. */
export const bedrockEvents = (incoming: Incoming, dialect: CallDialectName): Incoming => {
  const { status, headers, body } = incoming;
  if (dialect !== 'anthropic-messages' || !isAwsEvents(headers)) return incoming;
  return {
    status,
    headers: { ...headers, 'content-type': 'text/event-stream' },
    body: iterated(body, events),
  };
};

export const isAwsEvents = (headers: Incoming['headers']): boolean =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === AWS_EVENTS;

async function* events(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const { bytes, partial } of awsFrames(chunks, { messageBytes: MESSAGE_BYTES })) {
      // Whatever of a message came, it was not all of it.
      if (partial === true) throw new UpstreamFault('cut', true, 'the stream ended within a message');
      const event = eventOf(bytes);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (error instanceof UpstreamFault) throw error;
    // What is wrong with it: a length, a checksum, base 64 or JSON. None of its bytes are told.
    const name = error instanceof Error ? error.name : 'unknown';
    throw new UpstreamFault('protocol', true, `no event stream of AWS (${name})`);
  }
}

const decoder = new TextDecoder();

/** One of Claude's events; undefined for a message that carries none. */
const eventOf = (bytes: Uint8Array): Uint8Array | undefined => {
  const { headers, payload } = awsMessage(bytes);
  const kind = headers.get(':message-type');
  if (kind === 'exception' || kind === 'error') return errorOf(headers, payload);
  if (kind !== 'event' || headers.get(':event-type') !== 'chunk') return undefined;
  const carried = at(parseJson(decoder.decode(payload)), 'bytes');
  if (typeof carried !== 'string') return undefined;
  const data = decoder.decode(bytesOfBase64(carried));
  const type = at(parseJson(data), 'type');
  // Clients skip an event without a name.
  return typeof type === 'string' ? sseBytes({ event: type, data }) : undefined;
};

const errorOf = (headers: ReadonlyMap<string, string>, payload: Uint8Array): Uint8Array => {
  const name = headers.get(':exception-type') ?? headers.get(':error-code') ?? '';
  const told = messageIn(payload) ?? headers.get(':error-message') ?? null;
  const message = typeof told === 'string' ? told : name;
  const error = { type: ERRORS[name] ?? 'api_error', message };
  return sseBytes({ event: 'error', data: JSON.stringify({ type: 'error', error }) });
};

const messageIn = (payload: Uint8Array): Json | undefined => {
  if (payload.length === 0) return undefined;
  const said = parseJson(decoder.decode(payload));
  return at(said, 'message') ?? at(said, 'Message');
};

/** A body made of another: ending it early ends the other at once, whatever it is waiting for. */
const iterated = (
  body: AsyncIterable<Uint8Array>,
  made: (chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void, undefined>,
): AsyncIterable<Uint8Array> => {
  const source = body[Symbol.asyncIterator]();
  const chunks = { [Symbol.asyncIterator]: () => source };
  const frames = made(chunks);
  const iterator: AsyncIterableIterator<Uint8Array, void, undefined> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () => frames.next(),
    return: async () => {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
};
