// An upstream's reply as ours, in the dialect it came in: whole or in frames. Pure but for what it reads.
import type { Asked, CallDialect } from '../dialects/dialect.ts';
import type { Exchange, Reply } from '../exchange.ts';
import { wholeReply } from '../exchange.ts';
import type { Incoming } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { sseData } from '../streams/sse.ts';
import type { Frames, Means } from './reading.ts';
import { bodyOf, framesOf, isStreamed, noteSeen, orLeave, peeked } from './reading.ts';
import { passedHeaders } from './reply-headers.ts';
import { errorIn, jsonIn, mustBePlain, retryAfter, sortError, told } from './upstream-errors.ts';

/** Makes an upstream's reply the exchange's. Throws a Refusal or an UpstreamFault for what is not passed on. */
export const replyOf = (
  exchange: Exchange,
  dialect: CallDialect,
  incoming: Incoming,
  means: Means,
): Promise<Reply> =>
  orLeave(incoming, means, async () => {
    mustBePlain(incoming);
    const { status } = incoming;
    const ok = status >= 200 && status < 300;
    if (!ok) sortError(incoming, means.now(), exchange);
    const type = incoming.headers['content-type'] ?? 'application/json';
    const passed = passedHeaders(incoming.headers, dialect, status);
    const asked = exchange.prompt?.asked;
    if (ok && asked !== undefined && isStreamed(incoming, dialect)) {
      const headers = {
        ...passed,
        'content-type': type,
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
      };
      const begun = await begin(exchange, dialect, incoming, means, asked);
      return begun.refused ?? { status, headers, whole: false, frames: begun.frames };
    }
    const bytes = await bodyOf(exchange, incoming, means);
    judge(exchange, dialect, status, bytes);
    const headers = { ...passed, 'content-type': type, ...retryAfter(incoming, means.now()) };
    return wholeReply(status, headers, bytes);
  });

/** A stream whose first frame is there; or, where that tells of an error, the error as a reply of its own status. */
export const begin = async (
  exchange: Exchange,
  dialect: CallDialect,
  incoming: Incoming,
  means: Means,
  asked: Asked,
): Promise<{ readonly frames: Frames; readonly refused?: Reply }> => {
  const frames = await peeked(framesOf(exchange, dialect, incoming, means, asked));
  if (exchange.verdict?.ending !== 'failed') return { frames };
  // The frame that came is the only one that was looked at.
  const first = await frames.next();
  const text = first.done === true ? undefined : textOf(first.value.bytes, dialect);
  await frames.return?.();
  return { frames, refused: told(exchange, errorIn(jsonIn(text)), incoming.headers, means.now()) };
};

const textOf = (bytes: Uint8Array, { framing }: CallDialect): string | undefined =>
  framing === 'sse' ? sseData(bytes) : new TextDecoder().decode(bytes);

/** Whether a whole reply is one, and how the exchange will end with it. */
export const judge = (exchange: Exchange, dialect: CallDialect, status: number, bytes: Uint8Array): void => {
  if (status >= 300) {
    exchange.verdict = { ending: 'failed', status, code: 'upstream_refused', note: null };
    return;
  }
  const seen = dialect.inspectWhole(bytes);
  // Cut short, where the transfer does not say so; or a page of something in between.
  if (seen === undefined) throw new UpstreamFault('protocol', true, 'the reply is not a JSON object');
  noteSeen(exchange, seen, status);
};
