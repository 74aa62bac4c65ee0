// The chains of an export while it is verified: every entry must follow on the one before, and every checkpoint must find
// each chain exactly where it signed it. Pure.
import { bytesOfHex, hexOf } from '../bytes.ts';
import type { Head, Place, Sha256Hex } from './chain.ts';
import { GENESIS, headsDigest, linkHash, monthOf, placeIn } from './chain.ts';
import type { Statement } from './checkpoint.ts';
import type { EntryRow, Tombstone } from './export-lines.ts';
import type { Sha256 } from './merkle.ts';
import { growingTree } from './merkle.ts';

/** The hashes of whoever verifies. */
export type VerifierHashes = { readonly hex: Sha256Hex; readonly bytes: Sha256 };

/** What is wrong with a ledger, in one word. `gap`: all that a writer wrote is gone. */
export type FaultKind =
  | 'altered'
  | 'inserted'
  | 'missing'
  | 'reordered'
  | 'forked'
  | 'unsealed'
  | 'gap'
  | 'checkpoint'
  | 'key'
  | 'format'
  | 'replayed';

/** What is wrong, and where: the line of the file, and the record or checkpoint by name. */
export type AuditFault = { readonly kind: FaultKind; readonly line: number; readonly words: string };

type Dropped = Tombstone['dropped'][number];

type Chain = {
  seq: number;
  hash: string;
  /** Entries since the last checkpoint. */
  fresh: number;
  /** Where the last checkpoint signed it. */
  signed: Head;
  dropped: readonly Dropped[];
};

type Gap = { readonly writer: string; readonly from: number; readonly seen: number; readonly line: number };

/** An exchange an altered text speaks of, for the fault's words. */
const exchangeIn = (text: string): string => {
  const id = /"exchange":"(ex_[0-9A-Z]{26})"/.exec(text)?.[1];
  return id === undefined ? '' : ` (${id})`;
};

const range = (writer: string, from: number, to: number): string =>
  from === to ? `${writer}/${from} is missing` : `${writer}/${from} to ${writer}/${to} are missing`;

/** The chains. A method that returns a fault ends the verification. */
export class Chains {
  readonly #hashes: VerifierHashes;
  readonly #chains = new Map<string, Chain>();
  #tree;
  /** A hole in a chain. Whether what belongs there is missing or only stands elsewhere shows later. */
  #gap: Gap | undefined;

  constructor(hashes: VerifierHashes) {
    this.#hashes = hashes;
    this.#tree = growingTree(hashes.bytes);
  }

  /** Entries since the last checkpoint. */
  get unsigned(): number {
    return this.#tree.size();
  }

  /** Starts a chain in the middle, where a checkpoint signed it. */
  takeUp(writer: string, head: Head): void {
    const chain = this.#chainOf(writer);
    Object.assign(chain, { seq: head.seq, hash: head.hash, signed: head });
  }

  bury(tombstone: Tombstone): void {
    for (const dropped of tombstone.dropped) {
      const chain = this.#chainOf(dropped.writer);
      chain.dropped = [...chain.dropped, dropped].sort((a, b) => a.from - b.from);
    }
  }

  /** The digest of the heads that the last checkpoint signed, and how many chains it knew. */
  signedHeads(): { readonly chains: number; readonly heads: string } {
    const known = [...this.#chains].filter(([, { signed }]) => signed.seq > 0);
    const heads = new Map(known.map(([writer, { signed }]) => [writer, signed]));
    return { chains: heads.size, heads: headsDigest(this.#hashes.hex, heads) };
  }

  /** The last entry of each writer after the last checkpoint. */
  tail(): Map<string, Head> {
    const moved = [...this.#chains].filter(([, { fresh }]) => fresh > 0);
    return new Map(moved.map(([writer, { seq, hash }]) => [writer, { seq, hash }]));
  }

  #chainOf(writer: string): Chain {
    const known = this.#chains.get(writer);
    if (known !== undefined) return known;
    const chain: Chain = { ...GENESIS, fresh: 0, signed: GENESIS, dropped: [] };
    this.#chains.set(writer, chain);
    return chain;
  }

  /** Takes the next entry: its place, a fault, or undefined while a hole in its chain is looked into. */
  entry(row: EntryRow, line: number): Place | AuditFault | undefined {
    if (this.#gap !== undefined) return this.#lookFor(this.#gap, row);
    const { writer, seq, text } = row;
    const chain = this.#chainOf(writer);
    if (chain.dropped.length > 0) passDropped(chain, seq - 1);
    // What is kept is our own hash, not the row's: that one is a piece of the line, and would keep all of it in memory.
    const hash = linkHash(this.#hashes.hex, chain.hash, text);
    if (seq !== chain.seq + 1 || hash !== row.hash) return this.#outOfPlace(chain, row, line);
    const place = placeIn(text);
    const name = `${writer}/${seq}`;
    if (place === undefined) return { kind: 'altered', line, words: `${name} is no entry of an audit` };
    if (place.writer !== writer || place.seq !== seq) return isOther(name, place, line);
    if (monthOf(place.at) !== row.month)
      return {
        kind: 'altered',
        line,
        words: `${name}, of ${place.at}, is kept under the month ${row.month}`,
      };
    chain.seq = seq;
    chain.hash = hash;
    chain.fresh++;
    this.#tree.add(bytesOfHex(hash));
    return place;
  }

  #lookFor({ writer, from, seen, line }: Gap, row: EntryRow): AuditFault | undefined {
    if (row.writer !== writer || row.seq < from || row.seq >= seen) return undefined;
    return { kind: 'reordered', line, words: `${writer}/${seen} stands before ${writer}/${row.seq}` };
  }

  #outOfPlace(chain: Chain, { writer, seq, hash, text }: EntryRow, line: number): AuditFault | undefined {
    const name = `${writer}/${seq}`;
    const wanted = chain.seq + 1;
    const place = placeIn(text);
    if (place !== undefined && (place.writer !== writer || place.seq !== seq))
      return isOther(name, place, line);
    if (seq === wanted)
      return { kind: 'altered', line, words: `${name}${exchangeIn(text)} is not what its chain says` };
    if (seq > wanted) {
      this.#gap = { writer, from: wanted, seen: seq, line };
      return undefined;
    }
    if (chain.dropped.some(({ from, to }) => from <= seq && seq <= to))
      return { kind: 'inserted', line, words: `${name} was dropped under retention and is here again` };
    if (seq < 1) return { kind: 'inserted', line, words: `${name} has a number that no entry has` };
    if (seq === chain.seq && hash !== chain.hash)
      return { kind: 'forked', line, words: `there are two entries ${name}${exchangeIn(text)}` };
    return {
      kind: 'inserted',
      line,
      words: `${name}${exchangeIn(text)} comes again after ${writer}/${chain.seq}`,
    };
  }

  /** The hole that nothing filled, if there is one. To be asked where a section of the file ends. */
  settle(): AuditFault | undefined {
    if (this.#gap === undefined) return undefined;
    const { writer, from, seen, line } = this.#gap;
    return { kind: 'missing', line, words: `${range(writer, from, seen - 1)} before ${writer}/${seen}` };
  }

  /** Holds every chain against a checkpoint whose signature holds. `notes` takes what is no fault. */
  cover(said: Statement, line: number, notes: string[]): AuditFault | undefined {
    const name = `checkpoint ${said.number}`;
    const covered = new Set<string>();
    let dropped = false;
    for (const cover of said.covers) {
      const { writer, from, to, hash } = cover;
      const chain = this.#chainOf(writer);
      covered.add(writer);
      if (from !== chain.signed.seq + 1 || to < from)
        return { kind: 'checkpoint', line, words: `${name} does not go on where ${writer} was signed last` };
      passDropped(chain, to);
      const wrong = this.#coverFault(chain, cover, name, line);
      if (wrong !== undefined) return wrong;
      dropped ||= chain.fresh !== to - from + 1;
      chain.signed = { seq: to, hash };
    }
    for (const [writer, chain] of this.#chains) {
      if (chain.fresh > 0 && !covered.has(writer))
        return {
          kind: 'inserted',
          line,
          words: `${writer}/${chain.signed.seq + 1} to ${writer}/${chain.seq} are here, and unknown to ${name}`,
        };
      chain.fresh = 0;
    }
    return this.#rootFault(said, dropped, line, notes);
  }

  #coverFault(
    chain: Chain,
    { writer, from, to, hash }: Statement['covers'][number],
    name: string,
    line: number,
  ): AuditFault | undefined {
    const inDropped = chain.dropped.some((gone) => gone.from <= to && to < gone.to);
    if (chain.seq < to) {
      const all = chain.seq === 0;
      const words = all
        ? `all that ${writer} wrote, up to ${writer}/${to}, is gone`
        : range(writer, Math.max(chain.seq + 1, from), to);
      return { kind: all ? 'gap' : 'missing', line, words: `${words}, and ${name} signed it` };
    }
    if (inDropped) return undefined;
    if (chain.seq > to)
      return {
        kind: 'inserted',
        line,
        words: `${writer}/${to + 1} stands before ${name}, which does not know it`,
      };
    if (chain.hash === hash) return undefined;
    const words =
      from === to
        ? `${writer}/${to} is not the entry`
        : `one of ${writer}/${from} to ${writer}/${to} was replaced: the last is not the one`;
    return { kind: 'forked', line, words: `${words} that ${name} signed` };
  }

  #rootFault(said: Statement, dropped: boolean, line: number, notes: string[]): AuditFault | undefined {
    const name = `checkpoint ${said.number}`;
    const fault = (words: string): AuditFault => ({ kind: 'checkpoint', line, words });
    const size = said.covers.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const sorted = said.covers.every(
      ({ writer }, i) => i === 0 || (said.covers[i - 1]?.writer ?? '') < writer,
    );
    const { chains, heads } = this.signedHeads();
    const tree = this.#tree;
    this.#tree = growingTree(this.#hashes.bytes);
    if (said.size !== size || !sorted) return fault(`${name} does not cover what it says`);
    if (said.chains !== chains || said.heads !== heads) return fault(`${name} signed other heads`);
    if (dropped)
      notes.push(
        `${name}: entries it covers were dropped, so its tree cannot be computed again; its signature holds`,
      );
    else if (said.root !== hexOf(tree.root())) return fault(`the tree of ${name} is another`);
    return undefined;
  }
}

/** Moves a chain over what was dropped, as far as that begins at or before `limit`. */
const passDropped = (chain: Chain, limit: number): void => {
  for (const { from, to, hash } of chain.dropped) {
    if (from > Math.min(chain.seq + 1, limit) || to <= chain.seq) continue;
    chain.seq = to;
    chain.hash = hash;
  }
};

const isOther = (name: string, { writer, seq }: Place, line: number): AuditFault => ({
  kind: 'reordered',
  line,
  words: `in the place of ${name} stands what was written as ${writer}/${seq}`,
});
