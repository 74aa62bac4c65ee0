// Proof without trust: reads an export line by line and names the first thing that is wrong with it. Needs no database, no
// configuration and no word of ours; shares with the writer only the formats. Pure: hashes are handed in.
import type { KnownBreak } from './breaks.ts';
import { Breaks } from './breaks.ts';
import { headsDigest } from './chain.ts';
import type { Signed, Statement } from './checkpoint.ts';
import { saidIn, signatureHolds, statement } from './checkpoint.ts';
import { Exchanges } from './exchanges.ts';
import type { ExportHead } from './export-lines.ts';
import { endOf, exportEnd, isEntryLine, readEntryLine, readSpecialLine, tombstone } from './export-lines.ts';
import type { Trust } from './trust.ts';
import { keyInLine, newestKey, signerOf, trustIn } from './trust.ts';
import type { AcknowledgedBreak } from './verify-breaks.ts';
import { acknowledgedOf, readBreaks, unmetNotes } from './verify-breaks.ts';
import { Chains } from './verify-chains.ts';
import type { Wrong } from './verify-end.ts';
import { endFault, orderFault } from './verify-end.ts';
import type { AuditFault, FaultKind, VerifierHashes } from './verify-faults.ts';
import type { Known } from './verify-known.ts';
import { Anchored } from './verify-known.ts';
import { monthEndMs, unsealedIn } from './verify-unsealed.ts';

export type { AuditFault, FaultKind, VerifierHashes } from './verify-faults.ts';
export type { Known } from './verify-known.ts';

/** What a verification found. `fault` is the first one; undefined: everything holds but for what is `acknowledged`. */
export type Verdict = {
  readonly fault: AuditFault | undefined;
  /** Breaks that an operator acknowledged, each just as it was then. Broken is broken: such an export does not hold. */
  readonly acknowledged: readonly AcknowledgedBreak[];
  readonly entries: number;
  /** Exchanges that were sealed. */
  readonly records: number;
  readonly checkpoints: number;
  /** Entries after the last checkpoint: chained, and signed only by the end of this export. */
  readonly unsigned: number;
  /** When the export was made, as signed by its end. */
  readonly madeAt: string | undefined;
  /** What is no fault but should be known. */
  readonly notes: readonly string[];
};

/** Verifies lines as they are fed; `end` gives the verdict. After the first fault, lines are ignored. */
export class Verifier {
  readonly #hashes: VerifierHashes;
  readonly #known: Known;
  readonly #anchored: Anchored;
  readonly #chains: Chains;
  readonly #exchanges = new Exchanges();
  readonly #notes: string[] = [];
  #line = 0;
  #fault: AuditFault | undefined;
  #head: ExportHead | undefined;
  #headText = '';
  #trust: Trust = { keys: [], lasts: [] };
  #last: { readonly number: number; readonly hash: string } | undefined;
  #records = 0;
  #entries = 0;
  #checkpoints = 0;
  #ended = false;
  #breaks: readonly KnownBreak[] = [];
  /** The first moment of which nothing was dropped. */
  #keptFromMs = 0;

  constructor(hashes: VerifierHashes, known: Known = {}) {
    this.#hashes = hashes;
    this.#known = known;
    this.#anchored = new Anchored(known);
    this.#chains = new Chains(hashes);
  }

  get fault(): AuditFault | undefined {
    return this.#fault;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Feeds the next line, without its newline. A promise, where one is returned, must be awaited before the next line. */
  feed(text: string): Promise<void> | undefined {
    this.#line++;
    if (this.#fault !== undefined) return undefined;
    if (this.#ended) return this.say('inserted', 'this line stands after the end of the export');
    if (isEntryLine(text) && this.#head !== undefined) return this.#entry(text);
    const line = readSpecialLine(text);
    if (line === undefined) return this.say('format', 'this is no line of an audit export');
    if (this.#head === undefined) {
      if (!('gatehouse' in line))
        return this.say('format', 'the first line is not the head of an audit export');
      this.#headText = text;
      return this.#begin(line);
    }
    const hole = this.#chains.settle();
    if (hole !== undefined) return this.#found(hole);
    if ('checkpoint' in line) return this.#checkpoint(line.checkpoint);
    if ('end' in line) return this.#end(line.end);
    return this.say('inserted', 'a second head: two exports were joined');
  }

  /** The verdict, when every line has been fed. */
  end(): Verdict {
    this.#line++;
    if (this.#fault === undefined && this.#head === undefined) this.say('format', 'the file is empty');
    if (this.#fault === undefined && !this.#ended) this.#cutOff();
    const madeAt = this.#ended ? this.#head?.made_at : undefined;
    return {
      fault: this.#fault,
      acknowledged: acknowledgedOf(this.#chains.met),
      entries: this.#entries,
      records: this.#records,
      checkpoints: this.#checkpoints,
      unsigned: this.#chains.unsigned,
      madeAt,
      notes: this.#notes,
    };
  }

  /** Takes a line that cannot even be fed. */
  unreadable(words: string): undefined {
    this.#line++;
    return this.say('format', words);
  }

  /** Names a fault at the line that was fed last, unless there is one already. */
  say(kind: FaultKind, words: string): undefined {
    return this.#found({ kind, line: this.#line, words });
  }

  #wrong(wrong: Wrong | undefined): void {
    if (wrong !== undefined) this.say(wrong.kind, wrong.words);
  }

  #found(fault: AuditFault): undefined {
    this.#fault ??= fault;
    return undefined;
  }

  #cutOff(): undefined {
    const hole = this.#chains.settle();
    return hole === undefined
      ? this.say('missing', 'the end of the export is missing: the file was cut off here')
      : this.#found(hole);
  }

  async #begin(head: ExportHead): Promise<void> {
    this.#head = head;
    const trust = await trustIn(this.#hashes.hex, head.keys, head.rotations, this.#known.keys);
    if (typeof trust === 'string') return this.say('key', trust);
    this.#trust = trust;
    if (this.#known.keys === undefined)
      this.#notes.push(
        `the key ${trust.keys[0]?.id} is taken at its word: give --key with one you were given elsewhere`,
      );
    for (const one of head.tombstones) await this.#bury(one);
    await this.#acknowledge(head.acknowledgements ?? []);
    if (this.#fault === undefined && head.after !== null) await this.#takeUp(head.after, head);
    else if (head.heads.length > 0)
      this.say('format', 'the head of the export says where chains stood, but not after which checkpoint');
  }

  async #bury(one: Signed): Promise<void> {
    const said = saidIn(tombstone, one);
    const key = said === undefined ? undefined : keyInLine(this.#trust, said.key);
    if (said === undefined || key === undefined || !(await signatureHolds(key, one.text, one.signature)))
      return this.say('key', 'a tombstone is not signed by a key of this line');
    this.#chains.bury(said);
    this.#keptFromMs = Math.max(this.#keptFromMs, monthEndMs(said.month));
    this.#notes.push(
      `the month ${said.month.slice(0, 7)} was dropped under retention at ${said.at}, as signed`,
    );
  }

  async #acknowledge(texts: readonly Signed[]): Promise<void> {
    const known = await readBreaks(this.#hashes.hex, this.#trust, texts);
    if (known === undefined) return this.say('key', 'an acknowledgement is not signed by a key of this line');
    this.#breaks = known;
    this.#chains.acknowledge(new Breaks(this.#hashes.hex, known));
  }

  async #takeUp(after: Signed, head: ExportHead): Promise<void> {
    const said = await this.#signed(after);
    if (said === undefined) return;
    const heads = new Map(head.heads.map(({ writer, seq, hash }) => [writer, { seq, hash }]));
    if (
      heads.size !== head.heads.length ||
      said.chains !== heads.size ||
      said.heads !== headsDigest(this.#hashes.hex, heads)
    )
      return this.say(
        'checkpoint',
        `checkpoint ${said.number} signed other heads than those the export starts from`,
      );
    for (const [writer, at] of heads) this.#chains.takeUp(writer, at);
    this.#last = { number: said.number, hash: this.#hashes.hex(after.text) };
    this.#notes.push(
      `starts after checkpoint ${said.number} of ${said.at}: what came before is not in this file`,
    );
    this.#wrong(this.#anchored.meet(said, after));
  }

  /** What a checkpoint says, if the key of its time signed it. */
  async #signed(checkpoint: Signed): Promise<Statement | undefined> {
    const said = saidIn(statement, checkpoint);
    if (said === undefined) return this.say('checkpoint', 'a checkpoint cannot be read');
    const key = signerOf(this.#trust, said.number);
    if (
      key === undefined ||
      key.id !== said.key ||
      !(await signatureHolds(key, checkpoint.text, checkpoint.signature))
    )
      return this.say('checkpoint', `checkpoint ${said.number} is not signed by the key of its time`);
    const kept = said.acknowledged?.find((one) => !this.#breaks.some(({ id }) => id === one.id));
    if (kept !== undefined) {
      const words = `knows of a break at ${kept.writer}/${kept.seq} whose acknowledgement is not here`;
      return this.say('checkpoint', `checkpoint ${said.number} ${words}`);
    }
    return said;
  }

  #entry(text: string): undefined {
    const row = readEntryLine(text);
    if (row === undefined) return this.say('format', 'this is no line of an audit export');
    this.#entries++;
    const place = this.#chains.entry(row, this.#line);
    if (place === undefined) return undefined;
    if ('words' in place) return this.#found(place);
    const { exchange, kind, at } = place;
    if (exchange === null || (kind !== 'open' && kind !== 'seal')) return undefined;
    const isOpen = kind === 'open';
    if (!isOpen) this.#records++;
    const first = isOpen
      ? this.#exchanges.open(exchange, this.#line, Date.parse(at))
      : this.#exchanges.seal(exchange);
    if (first) return undefined;
    const done = isOpen ? 'opened' : 'sealed';
    return this.say(
      'forked',
      `the record of ${exchange} is ${done} a second time by ${row.writer}/${row.seq}`,
    );
  }

  async #checkpoint(checkpoint: Signed): Promise<void> {
    this.#checkpoints++;
    const said = await this.#signed(checkpoint);
    if (said === undefined) return;
    const astray = orderFault(said, this.#last);
    if (astray !== undefined) return this.#wrong(astray);
    this.#last = { number: said.number, hash: this.#hashes.hex(checkpoint.text) };
    const wrong = this.#chains.cover(said, this.#line, this.#notes);
    if (wrong !== undefined) return this.#found(wrong);
    this.#wrong(this.#anchored.meet(said, checkpoint));
  }

  async #end(end: Signed): Promise<void> {
    const said = saidIn(exportEnd, end);
    const key = newestKey(this.#trust);
    if (
      said === undefined ||
      key === undefined ||
      said.key !== key.id ||
      !(await signatureHolds(key, end.text, end.signature))
    )
      return this.say('key', 'the end of the export is not signed by the newest key');
    const wrong = endFault(
      said,
      endOf(this.#hashes.hex(this.#headText), {
        entries: this.#entries,
        checkpoints: this.#checkpoints,
        key: key.id,
        tail: this.#chains.tail(),
        upTo: said.up_to,
      }),
    );
    if (wrong !== undefined) return this.say(wrong.kind, wrong.words);
    this.#ended = true;
    this.#notes.push(...unmetNotes(this.#breaks, this.#chains.met));
    this.#wrong(this.#anchored.miss(this.#last?.number ?? 0, this.#head?.made_at ?? ''));
    this.#unsealed(Date.parse(said.up_to));
  }

  #unsealed(upToMs: number): undefined {
    const brokenAtMs = Math.max(0, ...acknowledgedOf(this.#chains.met).map(({ at }) => Date.parse(at)));
    const reach = { upToMs, keptFromMs: this.#keptFromMs, brokenAtMs };
    const { overdue, notes } = unsealedIn(this.#exchanges.unsealed(), reach);
    if (overdue !== undefined) {
      const { exchange, line, atMs } = overdue;
      const at = new Date(atMs).toISOString();
      return this.#found({
        kind: 'unsealed',
        line,
        words: `the record of ${exchange}, opened at ${at}, was never sealed`,
      });
    }
    this.#notes.push(...notes);
    return undefined;
  }
}
