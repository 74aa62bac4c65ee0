// Reads a client's request body from node:http, within a length and a time.
import type { IncomingMessage } from 'node:http';
import { BodyCut, BodyTooLong } from '../ports.ts';

/** A whole body must arrive within this, however steadily it drips in (slow-loris). */
export const BODY_READ_MS = 120_000;

const NOTHING = new Uint8Array(0);

const whole = (chunks: readonly Uint8Array[]): Uint8Array => {
  const [first] = chunks;
  if (first === undefined) return NOTHING;
  // Most bodies arrive in one piece: no copy.
  return chunks.length === 1 ? first : Buffer.concat(chunks);
};

/**
 * The body of `incoming`, at most `limit` bytes. Rejects with {@link BodyTooLong} (before reading when the length was
 * announced, else at the first byte too many) or {@link BodyCut} (the client left, or took over `withinMs`).
 * Call it once. What it did not read is left to the server to drain.
 */
export const readBody = (incoming: IncomingMessage, limit: number, withinMs: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const announced = incoming.headers['content-length'];
    if (announced === undefined && incoming.headers['transfer-encoding'] === undefined) {
      resolve(NOTHING);
      return;
    }
    if (announced !== undefined && Number(announced) > limit) {
      reject(new BodyTooLong(`the body is longer than ${limit} bytes`));
      return;
    }
    if (incoming.destroyed || incoming.readableEnded) {
      reject(new BodyCut('the client left before its body was read'));
      return;
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    const stop = (fault: BodyCut | BodyTooLong): void => {
      clearTimeout(timer);
      incoming.off('data', onData);
      incoming.off('end', onEnd);
      incoming.off('close', onClose);
      incoming.pause();
      reject(fault);
    };
    const onData = (chunk: Uint8Array): void => {
      length += chunk.byteLength;
      if (length > limit) stop(new BodyTooLong(`the body is longer than ${limit} bytes`));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      clearTimeout(timer);
      resolve(whole(chunks));
    };
    const onClose = (): void => {
      // Also emitted after 'end', when there is nothing left to say.
      if (!incoming.readableEnded) stop(new BodyCut('the client left before its body was whole'));
    };
    const timer = setTimeout(() => stop(new BodyCut(`the body took longer than ${withinMs} ms`)), withinMs);
    incoming.on('data', onData);
    incoming.on('end', onEnd);
    incoming.on('close', onClose);
  });
