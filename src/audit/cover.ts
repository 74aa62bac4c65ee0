// What a checkpoint will say, gathered while entries stream by. Signs nothing that does not hold: an entry that does not
// follow on the one before it stops the checkpoint, unless that very break is acknowledged. Pure.
import { bytesOfHex, hexOf } from '../bytes.ts';
import { Breaks } from './breaks.ts';
import type { Head, Sha256Hex } from './chain.ts';
import { GENESIS, headsDigest, linkHash, placeIn } from './chain.ts';
import type { Statement } from './checkpoint.ts';
import type { EntryRow } from './export-lines.ts';
import { growingTree } from './merkle.ts';

/** The audit in Postgres is not what it was when it was signed or written. Names where. */
export class ChainBroken extends Error {}

/** A row; its month is part of what may have been acknowledged. */
type Row = Omit<EntryRow, 'month'> & { readonly month?: string };

type Covered = {
  readonly writer: string;
  readonly from: number;
  to: number;
  hash: string;
  missing?: { from: number; to: number }[];
};

/** Gathers one checkpoint from where the last one left every chain. Goes on after what is acknowledged. */
export class Cover {
  readonly #sha256: Sha256Hex;
  readonly #breaks: Breaks;
  readonly #heads: Map<string, Head>;
  readonly #covers: Covered[] = [];
  readonly #tree;

  constructor(sha256: Sha256Hex, known: ReadonlyMap<string, Head>, breaks = new Breaks(sha256, [])) {
    this.#sha256 = sha256;
    this.#breaks = breaks;
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
  add(writer: string, row: Row): void {
    const head = this.#heads.get(writer) ?? GENESIS;
    const befores = [head.hash, ...this.#breaks.after(writer, head)];
    const wrong = this.#wrong(writer, row, head, befores);
    if (wrong !== undefined) {
      if (this.#breaks.row({ month: '', ...row }, head, befores) === undefined) throw new ChainBroken(wrong);
      // It comes again: whatever it says, the chain was here before.
      if (row.seq <= head.seq) return;
    }
    const { seq, hash } = row;
    this.#heads.set(writer, { seq, hash });
    this.#tree.add(bytesOfHex(hash));
    let last = this.#covers.at(-1);
    if (last?.writer !== writer) {
      last = { writer, from: head.seq + 1, to: seq, hash };
      this.#covers.push(last);
    }
    Object.assign(last, { to: seq, hash });
    if (seq > head.seq + 1) last.missing = [...(last.missing ?? []), { from: head.seq + 1, to: seq - 1 }];
  }

  #wrong(
    writer: string,
    { seq, hash, text }: Row,
    head: Head,
    befores: readonly string[],
  ): string | undefined {
    if (seq > head.seq + 1) return `${writer}/${head.seq + 1} is missing`;
    if (seq <= head.seq) return `there are two entries ${writer}/${seq}`;
    const place = placeIn(text);
    const belongs = place !== undefined && place.writer === writer && place.seq === seq;
    const follows = befores.some((before) => linkHash(this.#sha256, before, text) === hash);
    return belongs && follows ? undefined : `${writer}/${seq} is not what its chain says`;
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
      ...(this.#breaks.listed.length === 0 ? {} : { acknowledged: this.#breaks.listed }),
    };
  }
}
