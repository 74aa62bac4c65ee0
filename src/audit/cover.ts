// What a checkpoint will say, gathered while entries stream by. Signs nothing that does not hold: an entry that does not
// follow on the one before it stops the checkpoint. Pure.
import { bytesOfHex, hexOf } from '../bytes.ts';
import type { Head, Sha256Hex } from './chain.ts';
import { GENESIS, headsDigest, linkHash, placeIn } from './chain.ts';
import type { Statement } from './checkpoint.ts';
import { growingTree } from './merkle.ts';

/** The audit in Postgres is not what it was when it was signed or written. Names where. */
export class ChainBroken extends Error {}

/** Gathers one checkpoint from where the last one left every chain. */
export class Cover {
  readonly #sha256: Sha256Hex;
  readonly #heads: Map<string, Head>;
  readonly #covers: { readonly writer: string; readonly from: number; to: number; hash: string }[] = [];
  readonly #tree;

  constructor(sha256: Sha256Hex, known: ReadonlyMap<string, Head>) {
    this.#sha256 = sha256;
    this.#heads = new Map(known);
    this.#tree = growingTree((data) => bytesOfHex(sha256(data)));
  }

  get size(): number {
    return this.#tree.size();
  }

  /** The ends of the chains that moved. */
  get covers(): Statement['covers'] {
    return this.#covers;
  }

  /** Takes the next entry of a chain; chains come in code-unit order. Throws {@link ChainBroken}. */
  add(
    writer: string,
    { seq, hash, text }: { readonly seq: number; readonly hash: string; readonly text: string },
  ): void {
    const head = this.#heads.get(writer) ?? GENESIS;
    if (seq > head.seq + 1) throw new ChainBroken(`${writer}/${head.seq + 1} is missing`);
    if (seq <= head.seq) throw new ChainBroken(`there are two entries ${writer}/${seq}`);
    const place = placeIn(text);
    const belongs = place !== undefined && place.writer === writer && place.seq === seq;
    if (!belongs || linkHash(this.#sha256, head.hash, text) !== hash)
      throw new ChainBroken(`${writer}/${seq} is not what its chain says`);
    this.#heads.set(writer, { seq, hash });
    this.#tree.add(bytesOfHex(hash));
    const last = this.#covers.at(-1);
    if (last?.writer === writer) Object.assign(last, { to: seq, hash });
    else this.#covers.push({ writer, from: seq, to: seq, hash });
  }

  /** What the checkpoint says; undefined: there is nothing new. */
  statement(base: Pick<Statement, 'number' | 'at' | 'previous' | 'key'>): Statement | undefined {
    if (this.size === 0) return undefined;
    return {
      v: 1,
      kind: 'checkpoint',
      ...base,
      size: this.size,
      root: hexOf(this.#tree.root()),
      covers: this.#covers,
      chains: this.#heads.size,
      heads: headsDigest(this.#sha256, this.#heads),
    };
  }
}
