// An upstream's reply as ours: whole or in frames, hashed as it passes, its errors sorted. Pure but for what it reads.
import type { CallDialect } from '../dialects/dialect.ts';
import type { Exchange, Frame, Reply } from '../exchange.ts';
import { wholeReply } from '../exchange.ts';
import type { Incoming } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { sseFrames } from '../streams/sse.ts';

/** One event of a stream. The longest real ones carry a base64 image. */
const EVENT_BYTES = 8 * 1024 * 1024;
/** A whole reply is held in memory once. */
const WHOLE_BYTES = 64 * 1024 * 1024;
/** What is read of an upstream's error. */
const ERROR_BYTES = 256 * 1024;
/** Longest life of an exchange: beyond it a stream is a leak. */
const TOTAL_MS = 60 * 60_000;
/** Clients sleep as long as they are told; an upstream may not put them to sleep for longer than this. */
const RETRY_AFTER_LIMIT_S = 60;

/** What reading a reply needs of the ports. */
export type Means = { readonly now: () => number; readonly defer: (work: Promise<unknown>) => void };

/** Makes an upstream's reply the exchange's. Throws a Refusal for what is not passed on. */
export const replyOf = async (
  exchange: Exchange,
  dialect: CallDialect,
  incoming: Incoming,
  means: Means,
): Promise<Reply> => {
  mustBePlain(incoming);
  const type = incoming.headers['content-type'] ?? 'application/json';
  const ok = incoming.status >= 200 && incoming.status < 300;
  if (ok && type.startsWith('text/event-stream')) {
    const headers = { 'content-type': type, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };
    return {
      status: incoming.status,
      headers,
      whole: false,
      frames: streamed(exchange, dialect, incoming, means),
    };
  }
  if (!ok) await sortError(incoming);
  const bytes = await collect(incoming.body, ok ? WHOLE_BYTES : ERROR_BYTES);
  exchange.received?.update(bytes);
  exchange.firstByteAtMs = means.now();
  if (ok) exchange.usage = dialect.usage(bytes);
  else exchange.verdict = { ending: 'failed', status: incoming.status, code: 'upstream_refused', note: null };
  return wholeReply(incoming.status, { 'content-type': type, ...retryAfter(incoming) }, bytes);
};

/** A reply that cannot be read cannot be governed; we ask for it uncompressed. A redirect would lead past the zone. */
const mustBePlain = (incoming: Incoming): void => {
  const encoding = incoming.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new UpstreamFault('protocol', true, 'the reply is compressed');
  if (incoming.status >= 300 && incoming.status < 400)
    throw new UpstreamFault('protocol', true, 'the backend redirects');
  if (incoming.status < 200) throw new UpstreamFault('protocol', true, 'the reply has no final status');
};

/**
 * An upstream's refusal of *our* credential is our failure and may quote it; its own failures may quote anything. Both are
 * told in our words. The rest (400, 404, 422, 429 ...) speaks of the caller's request and passes.
 */
const sortError = async (incoming: Incoming): Promise<void> => {
  const { status } = incoming;
  const ours = status === 401 || status === 403 || status === 407;
  if (!ours && status < 500) return;
  await incoming.body[Symbol.asyncIterator]().return?.();
  if (ours) throw new Refusal('upstream_denied', { note: `status ${status}` });
  const after = Number(retryAfter(incoming)['retry-after'] ?? Number.NaN);
  throw new Refusal('upstream_failed', {
    status,
    note: `status ${status}`,
    ...(Number.isNaN(after) ? {} : { retryAfterS: after }),
  });
};

const retryAfter = (incoming: Incoming): Readonly<Record<string, string>> => {
  const seconds = Number(incoming.headers['retry-after'] ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds < 0) return {};
  return { 'retry-after': String(Math.min(Math.ceil(seconds), RETRY_AFTER_LIMIT_S)) };
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
): AsyncGenerator<Frame> {
  const asked = exchange.prompt?.asked;
  if (asked === undefined) throw new Error('a call has a prompt');
  const frames = sseFrames(hashed(exchange, incoming.body), { eventBytes: EVENT_BYTES });
  let whole = false;
  try {
    for (
      let next = await frames.next();
      next.done !== true && next.value.partial !== true;
      next = await frames.next()
    ) {
      const now = means.now();
      exchange.firstByteAtMs ??= now;
      if (now - exchange.openedAtMs > TOTAL_MS)
        throw new UpstreamFault('timeout', true, 'the stream outlived its limit');
      const seen = dialect.inspect(next.value.bytes, asked);
      if (seen.usage !== undefined) exchange.usage = seen.usage;
      if (seen.ours === true) continue;
      whole = seen.last;
      yield { bytes: next.value.bytes, last: seen.last };
      if (seen.last) return;
    }
  } finally {
    // After the last event only the end of the transfer is left: reading it keeps the connection for the next call.
    if (whole) means.defer(drain(frames));
    else await frames.return(undefined);
  }
}

async function* hashed(exchange: Exchange, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    exchange.received?.update(chunk);
    yield chunk;
  }
}

const drain = async (frames: AsyncGenerator<unknown>): Promise<void> => {
  const { done } = await frames.next();
  if (done !== true) await frames.return(undefined);
};
