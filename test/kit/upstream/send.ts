/**
 * Writes a scripted reply to the wire, byte for byte.
 */
import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Scripted, StreamReply, TruncatedReply, WholeReply } from './script.ts';

/** Sends `reply`; `fallback` makes the default one for a stall that names none. Returns early when the client leaves. */
export async function send(res: ServerResponse, reply: Scripted, fallback: () => Scripted): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  try {
    let next = reply;
    while ('stall' in next) {
      await sleep(next.stall, undefined, { signal: gone.signal });
      next = next.afterwards ?? fallback();
    }
    if ('cut' in next) res.socket?.destroy();
    else if ('truncated' in next) await sendTruncated(res, next);
    else if ('sse' in next) await sendPieces(res, next, gone.signal);
    else await sendWhole(res, next);
  } catch (error) {
    // The only failure to expect is a client that went away.
    if (!gone.signal.aborted) throw error;
  }
}

async function sendWhole(res: ServerResponse, reply: WholeReply): Promise<void> {
  const { status = 200, headers = {}, body = '' } = reply;
  const head = withType(headers, 'application/json');
  if (typeof body !== 'function') {
    const bytes = Buffer.from(body);
    res.writeHead(status, { 'content-length': String(bytes.length), ...head }).end(bytes);
    return;
  }
  res.writeHead(status, head);
  for (const piece of body()) await write(res, piece);
  res.end();
}

async function sendPieces(res: ServerResponse, reply: StreamReply, signal: AbortSignal): Promise<void> {
  res.writeHead(reply.status ?? 200, {
    'cache-control': 'no-cache',
    ...withType(reply.headers ?? {}, 'text/event-stream; charset=utf-8'),
  });
  // The headers leave before the first piece, as from a server that is still thinking.
  res.flushHeaders();
  const cutAfter = reply.cutAfter ?? Number.POSITIVE_INFINITY;
  for (const [index, piece] of reply.sse.entries()) {
    if (index >= cutAfter) break;
    if (reply.delayMs !== undefined) await sleep(reply.delayMs, undefined, { signal });
    await write(res, piece);
    // A turn of the event loop between two writes keeps them from leaving as one.
    await setImmediate();
  }
  if (reply.cutAfter !== undefined) res.socket?.destroy();
  else if (reply.hang !== true) res.end();
}

async function sendTruncated(res: ServerResponse, reply: TruncatedReply): Promise<void> {
  const bytes = Buffer.from(reply.truncated);
  const head = withType(reply.headers ?? {}, 'application/json');
  res.writeHead(reply.status ?? 200, { ...head, 'content-length': String(bytes.length + reply.missing) });
  await write(res, bytes);
  res.socket?.destroy();
}

/** Resolves when the kernel has the bytes, so that a destroyed socket loses none that were counted as sent. */
function write(res: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    res.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

function withType(
  headers: NonNullable<WholeReply['headers']>,
  type: string,
): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = { 'content-type': type };
  for (const [name, value] of Object.entries(headers))
    out[name.toLowerCase()] = typeof value === 'string' ? value : [...value];
  return out;
}
