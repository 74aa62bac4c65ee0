// Streams cut in chosen places, and what came out of them.
import type { WireFrame } from '../../src/streams/frames.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One character a byte, so that no byte is lost in a comparison. */
export const latin1 = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** The bytes, cut before each of `cuts`. */
export async function* cutAt(
  bytes: Uint8Array,
  cuts: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

export async function* oneByOne(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let index = 0; index < bytes.length; index++) yield bytes.subarray(index, index + 1);
}

/** Every frame as text; a partial one ends in `…`. */
export const textsOf = async (frames: AsyncIterable<WireFrame>): Promise<string[]> => {
  const texts: string[] = [];
  for await (const frame of frames) texts.push(latin1(frame.bytes) + (frame.partial ? '…' : ''));
  return texts;
};

/** No cut, every cut, every pair of cuts (the same place twice: an empty chunk between). */
export const allCuts = (length: number): number[][] => {
  const cuts: number[][] = [[]];
  for (let first = 0; first <= length; first++) {
    cuts.push([first]);
    for (let second = first; second <= length; second++) cuts.push([first, second]);
  }
  return cuts;
};
