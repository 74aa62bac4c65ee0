// The chains of an export while it is verified: every entry must follow on the one before, and every checkpoint must find
// each chain exactly where it signed it. After a break that is acknowledged, and is still just that, it goes on. Pure.
import { bytesOfHex, hexOf } from '../bytes.ts';
import type { Broken, KnownBreak } from './breaks.ts';
import { Breaks, rowDigest } from './breaks.ts';
import type { Head, Place } from './chain.ts';
import { GENESIS, headsDigest, linkHash, placeIn } from './chain.ts';
import type { Statement } from './checkpoint.ts';
import { leavesUpTo } from './checkpoint.ts';
import type { EntryRow, Tombstone } from './export-lines.ts';
import { growingTree } from './merkle.ts';
import type { AuditFault, VerifierHashes } from './verify-faults.ts';
import {
  beyondFault,
  lostFault,
  missingWords,
  outOfPlaceFault,
  placeFault,
  replacedFault,
} from './verify-faults.ts';

type Dropped = Tombstone['dropped'][number];

type Chain = {
  seq: number;
  hash: string;
  /** Entries since the last checkpoint. */
  fresh: number;
  /** The last row since the last checkpoint, whatever its number. */
  last: Head | undefined;
  /** Where the last checkpoint signed it. */
  signed: Head;
  dropped: readonly Dropped[];
  /** What is acknowledged as gone, or replaced, over more checkpoints than one, until its end has come. */
  over: Broken['until'] | undefined;
};

type Gap = { readonly broken: Broken; readonly seen: number; readonly line: number };
type Cover = Statement['covers'][number];

const HASH = /^[0-9a-f]{64}$/;

/** The chains. A method that returns a fault ends the verification. */
export class Chains {
  readonly #hashes: VerifierHashes;
  readonly #chains = new Map<string, Chain>();
  #tree;
  #breaks: Breaks;
  /** The breaks met that are acknowledged, and the line of each; those since the last checkpoint. */
  readonly met = new Map<KnownBreak, number>();
  #fresh = new Set<KnownBreak>();
  /** A hole in a chain. Whether what belongs there is missing or only stands elsewhere shows later. */
  #gap: Gap | undefined;

  constructor(hashes: VerifierHashes) {
    this.#hashes = hashes;
    this.#breaks = new Breaks(hashes.hex, []);
    this.#tree = growingTree(hashes.bytes);
  }

  /** Entries since the last checkpoint. */
  get unsigned(): number {
    return this.#tree.size();
  }

  /** To be told before any entry. */
  acknowledge(breaks: Breaks): void {
    this.#breaks = breaks;
  }

  /** Starts a chain in the middle, where a checkpoint signed it. */
  takeUp(writer: string, head: Head): void {
    Object.assign(this.#chainOf(writer), { seq: head.seq, hash: head.hash, signed: head });
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
    const tail = new Map<string, Head>();
    for (const [writer, { last }] of this.#chains) if (last !== undefined) tail.set(writer, last);
    return tail;
  }

  #chainOf(writer: string): Chain {
    const known = this.#chains.get(writer);
    if (known !== undefined) return known;
    const ends = { ...GENESIS, signed: GENESIS, last: undefined };
    const chain: Chain = { ...ends, fresh: 0, dropped: [], over: undefined };
    this.#chains.set(writer, chain);
    return chain;
  }

  #meet(known: KnownBreak, line: number): void {
    if (!this.met.has(known)) this.met.set(known, line);
    this.#fresh.add(known);
  }

  /**
   * Takes the next entry: its place, a fault, or undefined for one that says nothing: while a hole in its chain is looked into,
   * and where it is acknowledged as it stands.
   */
  entry(row: EntryRow, line: number): Place | AuditFault | undefined {
    if (this.#gap !== undefined) return this.#lookFor(this.#gap, row);
    const { writer, seq, text } = row;
    const chain = this.#chainOf(writer);
    if (chain.dropped.length > 0) this.#passDropped(writer, chain, seq - 1, line);
    const hash = seq === chain.seq + 1 ? this.#following(chain, row) : undefined;
    if (hash === undefined)
      return this.#isTaken(chain, row, line) ? undefined : this.#outOfPlace(chain, row, line);
    const place = placeIn(text);
    const wrong = placeFault(row, place, line);
    if (place === undefined || wrong !== undefined)
      return this.#isTaken(chain, row, line) ? undefined : this.#breaking(chain, row, wrong);
    this.#move(chain, { seq, hash });
    return place;
  }

  #move(chain: Chain, head: Head): void {
    chain.seq = head.seq;
    chain.hash = head.hash;
    chain.last = head;
    chain.fresh++;
    this.#tree.add(bytesOfHex(head.hash));
  }

  /** The hashes that a chain's next entry may follow: its own, and around a break what was signed or acknowledged there. */
  #befores(writer: string, { seq, hash, signed }: Chain): string[] {
    return [hash, ...(signed.seq === seq ? [signed.hash] : []), ...this.#breaks.after(writer, { seq, hash })];
  }

  /**
   * The hash of a row that follows on its chain. It is our own, not the row's: that one is a piece of the line, and would keep all
   * of it in memory.
   */
  #following(chain: Chain, { writer, text, hash }: EntryRow): string | undefined {
    const own = linkHash(this.#hashes.hex, chain.hash, text);
    if (own === hash) return own;
    const others = this.#befores(writer, chain).slice(1);
    return others.map((before) => linkHash(this.#hashes.hex, before, text)).find((other) => other === hash);
  }

  /** Whether an entry is acknowledged as it stands; then the chain goes on after it. */
  #isTaken(chain: Chain, row: EntryRow, line: number): boolean {
    const known = this.#breaks.row(row, chain, this.#befores(row.writer, chain));
    if (known === undefined) return false;
    this.#meet(known, line);
    const { seq, hash } = row;
    if (seq > chain.seq) this.#move(chain, { seq, hash });
    // It comes again, and the chain is where it was.
    else chain.last = { seq, hash };
    return true;
  }

  /** A fault with all that an acknowledgement of it would have to say; a text that is no hash leads nowhere. */
  #breaking(chain: Chain, row: EntryRow, fault: AuditFault | undefined): AuditFault | undefined {
    if (fault === undefined || !HASH.test(row.hash)) return fault;
    return { ...fault, broken: this.#brokenAt(chain, row) };
  }

  #brokenAt(chain: Chain, row: EntryRow): Broken {
    const { writer, seq, hash } = row;
    const found = { seq, hash, row: rowDigest(this.#hashes.hex, row) };
    return { writer, seq: Math.min(seq, chain.seq + 1), before: chain.hash, found, until: null };
  }

  #lookFor({ broken: { writer, seq: from }, seen, line }: Gap, row: EntryRow): AuditFault | undefined {
    if (row.writer !== writer || row.seq < from || row.seq >= seen) return undefined;
    return { kind: 'reordered', line, words: `${writer}/${seen} stands before ${writer}/${row.seq}` };
  }

  #outOfPlace(chain: Chain, row: EntryRow, line: number): AuditFault | undefined {
    const fault = outOfPlaceFault(chain, row, line);
    if (fault === undefined) this.#gap = { broken: this.#brokenAt(chain, row), seen: row.seq, line };
    return this.#breaking(chain, row, fault);
  }

  /** The hole that nothing filled, if there is one. To be asked where a section of the file ends. */
  settle(): AuditFault | undefined {
    if (this.#gap === undefined) return undefined;
    const { broken, seen, line } = this.#gap;
    const { writer, seq, found } = broken;
    const words = `${missingWords(writer, seq, seen - 1)} before ${writer}/${seen}`;
    return { kind: 'missing', line, words, ...(HASH.test(found?.hash ?? '') ? { broken } : {}) };
  }

  /** Holds every chain against a checkpoint whose signature holds. `notes` takes what is no fault. */
  cover(said: Statement, line: number, notes: string[]): AuditFault | undefined {
    const name = `checkpoint ${said.number}`;
    const covered = new Set<string>();
    let dropped = false;
    for (const cover of said.covers) {
      covered.add(cover.writer);
      const found = this.coverOne(cover, name, line);
      if (typeof found === 'object') return found;
      dropped ||= found !== leavesUpTo(cover, cover.to);
    }
    for (const [writer, chain] of this.#chains) {
      if (chain.fresh > 0 && !covered.has(writer))
        return {
          kind: 'inserted',
          line,
          words: `${writer}/${chain.signed.seq + 1} to ${writer}/${chain.seq} are here, and unknown to ${name}`,
        };
      chain.fresh = 0;
      chain.last = undefined;
    }
    return this.#rootFault(said, dropped, line, notes);
  }

  /** Holds one chain against what a checkpoint says of it; how many entries of it came since the last one, or a fault. */
  coverOne(cover: Cover, name: string, line: number): number | AuditFault {
    const { writer, from, to, hash } = cover;
    const chain = this.#chainOf(writer);
    if (from !== chain.signed.seq + 1 || to < from)
      return { kind: 'checkpoint', line, words: `${name} does not go on where ${writer} was signed last` };
    this.#passDropped(writer, chain, to, line);
    const signed = { seq: to, hash };
    const passed = chain.dropped.some((gone) => gone.from <= to && to < gone.to);
    if (chain.seq < to) {
      if (!this.#isLost(writer, chain, signed, line)) return lostFault(writer, chain, cover, name, line);
    } else if (chain.seq > to && !passed) return beyondFault(cover, name, line);
    else if (!passed && chain.hash !== hash && !this.#isReplaced(writer, chain, signed, line))
      return replacedFault(chain.hash, cover, name, line);
    chain.signed = signed;
    return chain.fresh;
  }

  /** Whether it is acknowledged that a chain's entries are gone up to here; then it goes on from what was signed. */
  #isLost(writer: string, chain: Chain, signed: Head, line: number): boolean {
    const known = this.#breaks.lost(writer, chain, signed);
    if (known !== undefined) this.#meet(known, line);
    const until = known?.said.broken.until ?? chain.over ?? null;
    if (until === null || until.found !== null || signed.seq > until.seq) return false;
    if (signed.seq === until.seq && signed.hash !== until.signed) return false;
    chain.over = signed.seq < until.seq ? until : undefined;
    Object.assign(chain, signed);
    return true;
  }

  /** Whether it is acknowledged that another entry stands where this one was signed. */
  #isReplaced(writer: string, chain: Chain, signed: Head, line: number): boolean {
    const known = this.#breaks.replaced(writer, signed, chain.hash);
    if (known !== undefined) this.#meet(known, line);
    const until = (known === undefined ? chain.over : known.said.broken.until) ?? null;
    const inside = until !== null && signed.seq < until.seq;
    chain.over = inside ? until : undefined;
    return known !== undefined || inside;
  }

  #rootFault(said: Statement, dropped: boolean, line: number, notes: string[]): AuditFault | undefined {
    const name = `checkpoint ${said.number}`;
    const fault = (words: string): AuditFault => ({ kind: 'checkpoint', line, words });
    const size = said.covers.reduce((sum, cover) => sum + leavesUpTo(cover, cover.to), 0);
    const sorted = said.covers.every(
      ({ writer }, i) => i === 0 || (said.covers[i - 1]?.writer ?? '') < writer,
    );
    const { chains, heads } = this.signedHeads();
    const root = hexOf(this.#tree.root());
    const later = [...this.#fresh].some(({ id }) => !said.acknowledged?.some((one) => one.id === id));
    this.#tree = growingTree(this.#hashes.bytes);
    this.#fresh = new Set();
    if (said.size !== size || !sorted) return fault(`${name} does not cover what it says`);
    if (said.chains !== chains || said.heads !== heads) return fault(`${name} signed other heads`);
    if (said.root === root) return undefined;
    // Each chain was held against its head, so the tree says nothing that these do not.
    if (!dropped && !later) return fault(`the tree of ${name} is another`);
    const what = later ? 'are broken, as acknowledged after it' : 'were dropped';
    notes.push(
      `${name}: entries it covers ${what}, so its tree cannot be computed again; its signature holds`,
    );
    return undefined;
  }

  /** Moves a chain over what was dropped, as far as that begins at or before `limit`. */
  #passDropped(writer: string, chain: Chain, limit: number, line: number): void {
    for (const { from, to, hash } of chain.dropped) {
      if (to <= chain.seq || from > limit) continue;
      if (from > chain.seq + 1) {
        const known = this.#breaks.resumed(writer, chain.seq + 1, from);
        if (known === undefined) continue;
        this.#meet(known, line);
      }
      chain.seq = to;
      chain.hash = hash;
    }
  }
}
