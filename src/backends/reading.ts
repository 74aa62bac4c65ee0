// Reading an upstream's reply: within its limits, hashed as it passes, its frames told apart. Pure but for what it reads.
import type { Asked, CallDialect, Seen } from '../dialects/dialect.ts';
import type { Exchange, Frame, Outcome, Usage } from '../exchange.ts';
import type { Incoming, Ports } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { ndjsonFrames } from '../streams/ndjson.ts';
import { FrameTooLong, sseFrames } from '../streams/sse.ts';

/** One event of a stream. The longest real ones carry a base64 image. */
export const EVENT_BYTES = 8 * 1024 * 1024;
/** A whole reply is held in memory once. */
export const WHOLE_BYTES = 64 * 1024 * 1024;
/** What is read of an upstream's error. */
const ERROR_BYTES = 256 * 1024;
/** Longest life of an exchange: beyond it a reply is a leak. */
const TOTAL_MS = 60 * 60_000;
/** What comes after the last event is the end of the transfer, which is at once or not worth its connection. */
const DRAIN_MS = 2_000;

const NOTHING = new Uint8Array();

/** Frames of a stream that has begun. */
export type Frames = AsyncIterableIterator<Frame, void, undefined>;

/** What reading a reply needs of the ports. */
export type Means = Pick<Ports, 'now' | 'defer' | 'hashes'>;

/** Reads something of a reply; whatever fails on the way, its upstream is let go. */
export const orLeave = async <T>(incoming: Incoming, means: Means, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    // What is not passed on is not read either: left alone it would hold its connection until it ended by itself.
    means.defer(leave(incoming.body));
    throw error;
  }
};

/** Hashes what came, before anything is done with it. */
export const received = (exchange: Exchange, { hashes }: Means, bytes: Uint8Array): void => {
  exchange.received ??= hashes.sha256();
  exchange.received.update(bytes);
};

/** A whole body. Rejects with an UpstreamFault (`protocol`) for one that is too long. */
export const bodyOf = async (exchange: Exchange, incoming: Incoming, means: Means): Promise<Uint8Array> => {
  const limit = incoming.status < 300 ? WHOLE_BYTES : ERROR_BYTES;
  const bytes = await collect(timely(exchange, incoming.body, means), limit);
  received(exchange, means, bytes);
  return bytes;
};

/** Notes what a frame or a whole reply says of its usage, and of an error in it. */
export const noteSeen = (exchange: Exchange, seen: Seen, status: number): void => {
  if (seen.usage !== undefined) exchange.usage = usageWith(exchange.usage, seen.usage);
  if (seen.failed === true) exchange.verdict = failedInside(status);
};

/** An upstream that began well and then told of an error in its own words, which have passed. */
const failedInside = (status: number): Outcome => ({
  ending: 'failed',
  status,
  code: 'upstream_failed',
  note: 'the reply tells of an error',
});

/** What streams of each framing are called. */
const STREAM_TYPES: Readonly<Record<CallDialect['framing'], readonly string[]>> = {
  sse: ['text/event-stream'],
  ndjson: ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
};

/** Whether a reply is a stream of the dialect's. */
export const isStreamed = ({ headers }: Incoming, { framing }: CallDialect): boolean =>
  STREAM_TYPES[framing].includes(headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '');

/** Counts only grow while a reply comes: an event that tells less than one before it tells a part. */
const usageWith = (before: Usage | undefined, seen: Partial<Usage>): Usage => {
  const most = (name: keyof Usage): number | undefined => {
    const counts = [before?.[name], seen[name]].filter((each) => each !== undefined);
    return counts.length === 0 ? undefined : Math.max(...counts);
  };
  const parts = PARTS.map((name) => [name, most(name)] as const).filter(([, tokens]) => tokens !== undefined);
  return {
    input_tokens: most('input_tokens') ?? 0,
    output_tokens: most('output_tokens') ?? 0,
    ...Object.fromEntries(parts),
  };
};

/** Counts of a part of the input or output, for those who tell them. */
const PARTS = [
  'cached_input_tokens',
  'cache_write_input_tokens',
  'cache_write_1h_input_tokens',
  'reasoning_tokens',
] as const satisfies readonly (keyof Usage)[];

const collect = async (body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw new UpstreamFault('protocol', true, `the reply is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
};

/** The stream's frames as they came, without those that only we asked for. `dialect` is the upstream's. */
export async function* framesOf(
  exchange: Exchange,
  dialect: CallDialect,
  incoming: Incoming,
  means: Means,
  asked: Asked,
): AsyncGenerator<Frame, void, undefined> {
  const chunks = timely(exchange, incoming.body, means);
  const frames =
    dialect.framing === 'sse'
      ? sseFrames(chunks, { eventBytes: EVENT_BYTES })
      : ndjsonFrames(chunks, { lineBytes: EVENT_BYTES });
  let whole = false;
  let failed = false;
  try {
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      const { bytes, partial } = next.value;
      received(exchange, means, bytes);
      const seen = dialect.inspect(bytes, asked);
      // Some servers end their last event with the stream; any other event without its end was cut.
      if (partial === true && !seen.last) return;
      noteSeen(exchange, seen, incoming.status);
      failed ||= seen.failed === true;
      if (seen.ours === true) continue;
      whole = seen.last;
      yield { bytes, last: seen.last };
      if (seen.last) return;
    }
    // Dialects have no end after an error. Told of another, and then reset, a client may hear of neither.
    if (failed) yield { bytes: NOTHING, last: true };
  } catch (error) {
    throw error instanceof FrameTooLong ? new UpstreamFault('protocol', true, error.message) : error;
  } finally {
    // Reading the end of the transfer keeps the connection for the next call.
    if (whole) means.defer(drain(frames, incoming.body));
    else await frames.return(undefined);
  }
}

/** Waits for the first frame, so that an upstream that fails before it is told with a status of its own. */
export const peeked = async (frames: AsyncGenerator<Frame, void, undefined>): Promise<Frames> => {
  const first = await frames.next();
  if (first.done === true)
    throw new UpstreamFault('cut', true, 'the stream ended before its first whole event');
  let held: typeof first | undefined = first;
  const resumed: Frames = {
    [Symbol.asyncIterator]: () => resumed,
    next: () => {
      const now = held;
      held = undefined;
      return now === undefined ? frames.next() : Promise.resolve(now);
    },
    // Also when nothing was asked of it yet: the upstream is let go in any case.
    return: () => frames.return(),
  };
  return resumed;
};

/** The body's chunks, within the exchange's time; notes when the first one came. */
export async function* timely(
  exchange: Exchange,
  body: AsyncIterable<Uint8Array>,
  means: Means,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of body) {
    const now = means.now();
    exchange.firstByteAtMs ??= now;
    if (now - exchange.openedAtMs > TOTAL_MS)
      throw new UpstreamFault('timeout', true, 'the reply outlived its limit');
    yield chunk;
  }
}

const drain = async (frames: AsyncGenerator<unknown>, body: AsyncIterable<Uint8Array>): Promise<void> => {
  const late = setTimeout(() => void leave(body).catch(() => undefined), DRAIN_MS);
  try {
    const { done } = await frames.next();
    if (done !== true) await frames.return(undefined);
  } catch {
    // The reply was whole before; whatever this is, nobody is waiting for it.
  } finally {
    clearTimeout(late);
  }
};

/** A port's body answers this at once, whatever it is waiting for. */
const leave = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
  await body[Symbol.asyncIterator]().return?.();
};
