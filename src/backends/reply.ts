// An upstream's reply as ours: whole or in frames, hashed as it passes, its errors sorted. Pure but for what it reads.
import type { CallDialect } from '../dialects/dialect.ts';
import type { Exchange, Frame, Outcome, Reply, Usage } from '../exchange.ts';
import { wholeReply } from '../exchange.ts';
import type { Incoming, Ports } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { ndjsonFrames } from '../streams/ndjson.ts';
import { FrameTooLong, sseFrames } from '../streams/sse.ts';

/** One event of a stream. The longest real ones carry a base64 image. */
const EVENT_BYTES = 8 * 1024 * 1024;
/** A whole reply is held in memory once. */
const WHOLE_BYTES = 64 * 1024 * 1024;
/** What is read of an upstream's error. */
const ERROR_BYTES = 256 * 1024;
/** Longest life of an exchange: beyond it a reply is a leak. */
const TOTAL_MS = 60 * 60_000;
/** What comes after the last event is the end of the transfer, which is at once or not worth its connection. */
const DRAIN_MS = 2_000;
/** Clients sleep as long as they are told; an upstream may not put them to sleep for longer than this. */
const RETRY_AFTER_LIMIT_S = 60;

/** What reading a reply needs of the ports. */
export type Means = Pick<Ports, 'now' | 'defer' | 'hashes'>;

/** Makes an upstream's reply the exchange's. Throws a Refusal or an UpstreamFault for what is not passed on. */
export const replyOf = async (
  exchange: Exchange,
  dialect: CallDialect,
  incoming: Incoming,
  means: Means,
): Promise<Reply> => {
  try {
    mustBePlain(incoming);
    const { status } = incoming;
    const ok = status >= 200 && status < 300;
    if (!ok) sortError(incoming, means.now());
    const type = incoming.headers['content-type'] ?? 'application/json';
    if (ok && isStream(type, dialect)) {
      const headers = { 'content-type': type, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };
      const frames = await peeked(streamed(exchange, dialect, incoming, means));
      return { status, headers, whole: false, frames };
    }
    const bytes = await collect(timely(exchange, incoming.body, means), ok ? WHOLE_BYTES : ERROR_BYTES);
    received(exchange, means, bytes);
    judge(exchange, dialect, status, bytes);
    return wholeReply(status, { 'content-type': type, ...retryAfter(incoming, means.now()) }, bytes);
  } catch (error) {
    // What is not passed on is not read either: left alone it would hold its connection until it ended by itself.
    means.defer(leave(incoming.body));
    throw error;
  }
};

const received = (exchange: Exchange, { hashes }: Means, bytes: Uint8Array): void => {
  exchange.received ??= hashes.sha256();
  exchange.received.update(bytes);
};

/** Whether a whole reply is one, and how the exchange will end with it. */
const judge = (exchange: Exchange, dialect: CallDialect, status: number, bytes: Uint8Array): void => {
  if (status >= 300) {
    exchange.verdict = { ending: 'failed', status, code: 'upstream_refused', note: null };
    return;
  }
  const seen = dialect.inspectWhole(bytes);
  // Cut short, where the transfer does not say so; or a page of something in between.
  if (seen === undefined) throw new UpstreamFault('protocol', true, 'the reply is not a JSON object');
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

const isStream = (type: string, { framing }: CallDialect): boolean =>
  STREAM_TYPES[framing].includes(type.split(';', 1)[0]?.trim().toLowerCase() ?? '');

/** Counts only grow while a reply comes: an event that tells less than one before it tells a part. */
const usageWith = (before: Usage | undefined, seen: Partial<Usage>): Usage => {
  const most = (name: keyof Usage): number | undefined => {
    const counts = [before?.[name], seen[name]].filter((each) => each !== undefined);
    return counts.length === 0 ? undefined : Math.max(...counts);
  };
  const [cached, written, reasoning] = [
    most('cached_input_tokens'),
    most('cache_write_input_tokens'),
    most('reasoning_tokens'),
  ];
  return {
    input_tokens: most('input_tokens') ?? 0,
    output_tokens: most('output_tokens') ?? 0,
    ...(cached === undefined ? {} : { cached_input_tokens: cached }),
    ...(written === undefined ? {} : { cache_write_input_tokens: written }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  };
};

/** A reply that cannot be read cannot be governed; we ask for it uncompressed. A redirect would lead past the zone. */
const mustBePlain = ({ status, headers }: Incoming): void => {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw new UpstreamFault('protocol', true, 'the reply is compressed');
  if (status >= 300 && status < 400) throw new UpstreamFault('protocol', true, 'the backend redirects');
  if (status < 200 || status > 599)
    throw new UpstreamFault('protocol', true, 'the reply has no status of HTTP');
  if (status === 204 || status === 205) throw new UpstreamFault('protocol', true, 'the reply is empty');
};

/**
 * An upstream's refusal of *our* credential is our failure and may quote it; its own failures may quote anything. Both are
 * told in our words. The rest (400, 404, 422, 429 ...) speaks of the caller's request and passes.
 */
const sortError = (incoming: Incoming, nowMs: number): void => {
  const { status } = incoming;
  if (status === 401 || status === 403 || status === 407)
    throw new Refusal('upstream_denied', { note: `status ${status}` });
  if (status < 500) return;
  const after = retryAfter(incoming, nowMs)['retry-after'];
  throw new Refusal('upstream_failed', {
    status,
    note: `status ${status}`,
    ...(after === undefined ? {} : { retryAfterS: Number(after) }),
  });
};

/** The header as whole seconds within our limit: it is seconds or a date (RFC 9110, section 10.2.3). */
const retryAfter = ({ headers }: Incoming, nowMs: number): Readonly<Record<string, string>> => {
  const text = headers['retry-after']?.trim() ?? '';
  const seconds = /^\d+(?:\.\d+)?$/.test(text)
    ? Number(text)
    : / GMT$/.test(text)
      ? (Date.parse(text) - nowMs) / 1000
      : Number.NaN;
  if (Number.isNaN(seconds)) return {};
  return { 'retry-after': String(Math.min(Math.max(Math.ceil(seconds), 0), RETRY_AFTER_LIMIT_S)) };
};

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

/** The stream's frames as they came, without those that only we asked for. */
async function* streamed(
  exchange: Exchange,
  dialect: CallDialect,
  incoming: Incoming,
  means: Means,
): AsyncGenerator<Frame, void, undefined> {
  const asked = exchange.prompt?.asked;
  if (asked === undefined) throw new Error('a call has a prompt');
  const chunks = timely(exchange, incoming.body, means);
  const frames =
    dialect.framing === 'sse'
      ? sseFrames(chunks, { eventBytes: EVENT_BYTES })
      : ndjsonFrames(chunks, { lineBytes: EVENT_BYTES });
  let whole = false;
  try {
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      const { bytes, partial } = next.value;
      received(exchange, means, bytes);
      const seen = dialect.inspect(bytes, asked);
      // Some servers end their last event with the stream; any other event without its end was cut.
      if (partial === true && !seen.last) return;
      if (seen.usage !== undefined) exchange.usage = usageWith(exchange.usage, seen.usage);
      if (seen.failed === true) exchange.verdict = failedInside(incoming.status);
      if (seen.ours === true) continue;
      whole = seen.last;
      yield { bytes, last: seen.last };
      if (seen.last) return;
    }
  } catch (error) {
    throw error instanceof FrameTooLong ? new UpstreamFault('protocol', true, error.message) : error;
  } finally {
    // Reading the end of the transfer keeps the connection for the next call.
    if (whole) means.defer(drain(frames, incoming.body));
    else await frames.return(undefined);
  }
}

/** Waits for the first frame, so that an upstream that fails before it is told with a status of its own. */
const peeked = async (
  frames: AsyncGenerator<Frame, void, undefined>,
): Promise<AsyncIterableIterator<Frame, void, undefined>> => {
  const first = await frames.next();
  if (first.done === true)
    throw new UpstreamFault('cut', true, 'the stream ended before its first whole event');
  let held: typeof first | undefined = first;
  const resumed: AsyncIterableIterator<Frame, void, undefined> = {
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
async function* timely(
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
