// Bytes as they arrive -> frames as they were sent. The one loop and the one buffer under every framing; a framing only says where
// its frames end. However the bytes are cut, the same frames come out, and together they are the very bytes that came in.

/** One frame's raw bytes, its end mark included. `partial`: the stream ended before the mark did. */
export type WireFrame = { readonly bytes: Uint8Array; readonly partial?: true };

/** Thrown when a frame is longer than its limit, as soon as that is known. The frames before it have been given out. */
export class FrameTooLong extends Error {
  override readonly name = 'FrameTooLong';
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`a frame is longer than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}

/** Where frames end. Made for one stream; sees each of its bytes once, in order. */
export type Framing = {
  /** The offset after the next frame's last byte, or -1 when it does not end in `chunk`. `from` itself: it had ended with the last chunk. */
  next(chunk: Uint8Array, from: number): number;
  /** Whether what is left at the stream's end is a whole frame. */
  whole(): boolean;
};

/** Cuts a stream into frames. No frame within one chunk is copied; any other is copied once, so chunks may be reused after that. */
export async function* cutFrames(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
  framing: Framing,
): AsyncGenerator<WireFrame, void, undefined> {
  const carry = new Carry(limitBytes);
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length) {
      const end = framing.next(chunk, from);
      if (end < 0) {
        carry.keep(chunk.subarray(from));
        break;
      }
      yield { bytes: carry.take(chunk.subarray(from, end)) };
      from = end;
    }
  }
  if (carry.length === 0) return;
  const bytes = carry.take(new Uint8Array(0));
  yield framing.whole() ? { bytes } : { bytes, partial: true };
}

/** The beginning of a frame whose end has not come. Doubles as it grows, so a frame of n bytes costs O(n) in chunks of any size. */
class Carry {
  readonly #limitBytes: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Keeps a copy of `part`. */
  keep(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#limitBytes) throw new FrameTooLong(this.#limitBytes);
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(length * 2);
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(part, this.#length);
    this.#length = length;
  }

  /** What was kept, and `tail`; nothing is kept then. */
  take(tail: Uint8Array): Uint8Array {
    if (this.#length === 0) {
      if (tail.length > this.#limitBytes) throw new FrameTooLong(this.#limitBytes);
      return tail;
    }
    this.keep(tail);
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return bytes;
  }
}
