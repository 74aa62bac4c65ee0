// AWS's event stream (application/vnd.amazon.eventstream): bytes -> messages, each proved by its checksums. Source: the event
// stream encoding of Amazon's SDKs; a message is its length, the length of its headers, a CRC of both, headers, payload, CRC.
import type { Framing } from './frames.ts';
import { cutFrames, FrameTooLong } from './frames.ts';

/** One message. Of its headers those that are text, by name. */
export type AwsMessage = { readonly headers: ReadonlyMap<string, string>; readonly payload: Uint8Array };

/** Thrown for bytes that are no such message; it tells nothing of them. */
export class NoAwsMessage extends Error {
  override readonly name = 'NoAwsMessage';
}

const LENGTH_BYTES = 4;
const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;

/** Cuts a stream into messages, each as its raw bytes; throws FrameTooLong and NoAwsMessage. */
export const awsFrames = (
  chunks: AsyncIterable<Uint8Array>,
  limits: { readonly messageBytes: number },
): ReturnType<typeof cutFrames> =>
  cutFrames(chunks, limits.messageBytes, new MessageFraming(limits.messageBytes));

/** Follows the lengths of one stream. */
class MessageFraming implements Framing {
  readonly #limitBytes: number;
  #lengthBytes = 0;
  #length = 0;
  #left = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  next(chunk: Uint8Array, from: number): number {
    let offset = from;
    while (offset < chunk.length && this.#lengthBytes < LENGTH_BYTES) {
      this.#length = this.#length * 256 + (chunk[offset++] ?? 0);
      if (++this.#lengthBytes === LENGTH_BYTES) this.#begin();
    }
    if (this.#lengthBytes < LENGTH_BYTES) return -1;
    const taken = Math.min(this.#left, chunk.length - offset);
    this.#left -= taken;
    if (this.#left > 0) return -1;
    this.#lengthBytes = 0;
    this.#length = 0;
    return offset + taken;
  }

  whole(): boolean {
    return false;
  }

  #begin(): void {
    if (this.#length > this.#limitBytes) throw new FrameTooLong(this.#limitBytes);
    if (this.#length < PRELUDE_BYTES + CRC_BYTES) throw new NoAwsMessage('a length that no message has');
    this.#left = this.#length - LENGTH_BYTES;
  }
}

/** Reads one whole message; throws NoAwsMessage. */
export const awsMessage = (bytes: Uint8Array): AwsMessage => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - CRC_BYTES;
  if (end < PRELUDE_BYTES || view.getUint32(0) !== bytes.length) throw new NoAwsMessage('a wrong length');
  if (crc32(bytes.subarray(0, PRELUDE_BYTES - CRC_BYTES)) !== view.getUint32(PRELUDE_BYTES - CRC_BYTES))
    throw new NoAwsMessage('a wrong checksum of the lengths');
  if (crc32(bytes.subarray(0, end)) !== view.getUint32(end)) throw new NoAwsMessage('a wrong checksum');
  const payloadAt = PRELUDE_BYTES + view.getUint32(LENGTH_BYTES);
  if (payloadAt > end) throw new NoAwsMessage('headers longer than the message');
  return {
    headers: headersIn(bytes.subarray(PRELUDE_BYTES, payloadAt)),
    payload: bytes.subarray(payloadAt, end),
  };
};

/** Bytes of a header's value by its type; undefined: two bytes before it say how many. */
const VALUE_BYTES: Readonly<Record<number, number | undefined>> = {
  0: 0,
  1: 0,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  8: 8,
  9: 16,
};
const BYTES_TYPE = 6;
const TEXT_TYPE = 7;

const decoder = new TextDecoder();

const headersIn = (bytes: Uint8Array): ReadonlyMap<string, string> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = new Map<string, string>();
  const within = (end: number): number => {
    if (end > bytes.length) throw new NoAwsMessage('a header longer than the headers');
    return end;
  };
  for (let at = 0; at < bytes.length; ) {
    const nameAt = at + 1;
    const typeAt = within(nameAt + view.getUint8(at));
    let valueAt = within(typeAt + 1);
    const type = view.getUint8(typeAt);
    let length = VALUE_BYTES[type];
    if (type === BYTES_TYPE || type === TEXT_TYPE) {
      within(valueAt + 2);
      length = view.getUint16(valueAt);
      valueAt += 2;
    }
    if (length === undefined) throw new NoAwsMessage('a header of a type that there is not');
    at = within(valueAt + length);
    if (type === TEXT_TYPE)
      headers.set(
        decoder.decode(bytes.subarray(nameAt, typeAt)),
        decoder.decode(bytes.subarray(valueAt, at)),
      );
  }
  return headers;
};

/** CRC-32 (ISO 3309) by bytes. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};
