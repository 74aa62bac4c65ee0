// SHA-256 of a few bytes (FIPS 180-4), for check sums: the detector is pure, and the platform's hashes are not.

/** The first 32 bits of the fractions of the roots of the first primes. */
const fractions = (count: number, root: number): Int32Array => {
  const found = new Int32Array(count);
  for (let candidate = 2, at = 0; at < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++)
      if (candidate % divisor === 0) prime = false;
    if (prime) found[at++] = (candidate ** (1 / root) % 1) * 2 ** 32;
  }
  return found;
};

const START = fractions(8, 2);
const ROUNDS = fractions(64, 3);

/** The longest input: one block with its padding. */
const MAX_BYTES = 55;

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The digest of at most {@link MAX_BYTES} bytes; what is longer is cut. */
export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const length = Math.min(bytes.length, MAX_BYTES);
  const block = new Uint8Array(64);
  block.set(bytes.subarray(0, length));
  block[length] = 0x80;
  const view = new DataView(block.buffer);
  view.setUint32(60, length * 8);
  const words = new Int32Array(64);
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(i * 4);
  for (let i = 16; i < 64; i++) {
    const early = words[i - 15] ?? 0;
    const late = words[i - 2] ?? 0;
    const low = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const high = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    words[i] = (words[i - 16] ?? 0) + low + (words[i - 7] ?? 0) + high;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = START;
  for (let i = 0; i < 64; i++) {
    const high = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const one = (h + high + ((e & f) ^ (~e & g)) + (ROUNDS[i] ?? 0) + (words[i] ?? 0)) | 0;
    const low = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  const digest = new DataView(new ArrayBuffer(32));
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    digest.setInt32(i * 4, word + (START[i] ?? 0));
  });
  return new Uint8Array(digest.buffer);
};
