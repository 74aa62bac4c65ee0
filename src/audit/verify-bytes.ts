// A verifier fed with bytes as they come from a file or a socket, for the CLI and the browser alike. Pure.
import type { Known, Verdict, VerifierHashes } from './verify.ts';
import { Verifier } from './verify.ts';

/** Longest line read; the longest of an export is its head or a checkpoint over very many writers. */
const LINE_BYTES = 64 * 1024 * 1024;
const LINE_END = 10;

// Bytes that are no UTF-8 must be noticed, and a byte order mark is a byte like any other.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Verifies bytes as they are pushed. Each push must be awaited before the next; `end` gives the verdict. */
export class BytesVerifier {
  readonly #verifier: Verifier;
  /** What came after the last line end. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  constructor(hashes: VerifierHashes, known: Known = {}) {
    this.#verifier = new Verifier(hashes, known);
  }

  /** Entries so far. */
  get entries(): number {
    return this.#verifier.entries;
  }

  /** Whether there is a fault already, so that nothing more need be read. */
  get over(): boolean {
    return this.#verifier.fault !== undefined;
  }

  async push(bytes: Uint8Array): Promise<void> {
    let from = 0;
    for (let to = bytes.indexOf(LINE_END); to >= 0 && !this.over; to = bytes.indexOf(LINE_END, from)) {
      const waiting = this.#line(this.#taken(bytes.subarray(from, to)));
      if (waiting !== undefined) await waiting;
      from = to + 1;
    }
    if (this.over || from === bytes.length) return;
    // A copy: whoever reads a file may use the bytes' memory again.
    this.#rest.push(bytes.slice(from));
    this.#restBytes += bytes.length - from;
    if (this.#restBytes > LINE_BYTES) this.#verifier.unreadable('this line is too long for an export');
  }

  async end(): Promise<Verdict> {
    if (!this.over && this.#restBytes > 0) {
      await this.#line(this.#taken(new Uint8Array()));
      this.#verifier.say('format', 'the last line has no end');
    }
    return this.#verifier.end();
  }

  // Each line is a text of its own: a piece of a longer one would keep all of that in memory.
  #line(bytes: Uint8Array): Promise<void> | undefined {
    const text = decoded(bytes);
    return text === undefined
      ? this.#verifier.unreadable('this line is no UTF-8')
      : this.#verifier.feed(text);
  }

  /** The rest and these bytes as one. */
  #taken(bytes: Uint8Array): Uint8Array {
    if (this.#restBytes === 0) return bytes;
    const all = new Uint8Array(this.#restBytes + bytes.length);
    let at = 0;
    for (const part of [...this.#rest, bytes]) {
      all.set(part, at);
      at += part.length;
    }
    this.#rest = [];
    this.#restBytes = 0;
    return all;
  }
}
