/**
 * Ledgers in memory, as writers, checkpoints and rotations make them, and their exports: what the verifier is tried on.
 */
import { hash } from 'node:crypto';
import type { Head, Link } from '../../src/audit/chain.ts';
import { GENESIS, headOf, monthOf, nextLink } from '../../src/audit/chain.ts';
import type { PublicKey, Signed } from '../../src/audit/checkpoint.ts';
import { newSigningKey, saidIn, signed, statement } from '../../src/audit/checkpoint.ts';
import { Cover } from '../../src/audit/cover.ts';
import type { EntryRow } from '../../src/audit/export-lines.ts';
import {
  checkpointLine,
  ExportTally,
  endLine,
  entryLine,
  headLine,
  headList,
} from '../../src/audit/export-lines.ts';
import type { Entry } from '../../src/audit/record.ts';
import { signedRotation } from '../../src/audit/trust.ts';
import type { Known, Verdict, VerifierHashes } from '../../src/audit/verify.ts';
import { BytesVerifier } from '../../src/audit/verify-bytes.ts';
import { bytesOfHex } from '../../src/bytes.ts';

export const hashes: VerifierHashes = {
  hex: (data) => hash('sha256', data, 'hex'),
  // Hex is three times as fast as asking for bytes.
  bytes: (data) => bytesOfHex(hash('sha256', data, 'hex')),
};

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number in [0, below). */
export const upTo = (random: () => number, below: number): number => Math.floor(random() * below);

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const idOf = (random: () => number): string =>
  `01${Array.from({ length: 24 }, () => ALPHABET.charAt(upTo(random, 32))).join('')}`;

/** The last moment of the ledgers here. */
export const NOW_MS = Date.UTC(2026, 10, 21, 12);

type Key = { readonly private: string; readonly public: PublicKey };

/** One deployment's audit. */
export class Ledger {
  readonly random: () => number;
  readonly chains = new Map<string, Link[]>();
  readonly checkpoints: Signed[] = [];
  readonly rotations: Signed[] = [];
  readonly keys: Key[] = [];
  #signed = new Map<string, Head>();
  #atMs = NOW_MS - 40 * 24 * 3_600_000;
  /** Exchanges under way, and who has them. */
  readonly #open: { readonly exchange: string; readonly writer: string }[] = [];

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  static async of(seed: number): Promise<Ledger> {
    const ledger = new Ledger(seed);
    ledger.keys.push(await newSigningKey(hashes.hex));
    return ledger;
  }

  get key(): Key {
    const key = this.keys.at(-1);
    if (key === undefined) throw new Error('no key');
    return key;
  }

  append(
    writer: string,
    kind: Entry['kind'],
    exchange: string | null,
    body: Record<string, unknown> = {},
  ): Link {
    const chain = this.chains.get(writer) ?? [];
    this.chains.set(writer, chain);
    const last = chain.at(-1);
    this.#atMs += upTo(this.random, 120_000);
    const link = nextLink(hashes.hex, writer, last === undefined ? GENESIS : headOf(last), {
      kind,
      exchange,
      atMs: this.#atMs,
      body,
    });
    chain.push(link);
    return link;
  }

  /** A new writer's name, with its start. */
  writer(): string {
    const name = `wr_${idOf(this.random)}`;
    this.append(name, 'start', null, { spool: 'file' });
    return name;
  }

  open(writer: string): void {
    const exchange = `ex_${idOf(this.random)}`;
    this.#open.push({ exchange, writer });
    this.append(writer, 'open', exchange, {
      opened_at: new Date(this.#atMs).toISOString(),
      path: '/v1/chat/completions',
      client: 'Müller "的" \\ \uFFFD\u2028',
    });
  }

  seal(place = upTo(this.random, this.#open.length)): void {
    const [one] = this.#open.splice(place, 1);
    if (one !== undefined)
      this.append(one.writer, 'seal', one.exchange, {
        ending: 'complete',
        status: 200,
        delivered_sha256: hashes.hex(one.exchange),
      });
  }

  sealAll(): void {
    while (this.#open.length > 0) this.seal(0);
  }

  async checkpoint(): Promise<void> {
    const cover = new Cover(hashes.hex, this.#signed);
    for (const writer of [...this.chains.keys()].sort()) {
      for (const link of (this.chains.get(writer) ?? []).slice(this.#signed.get(writer)?.seq ?? 0))
        cover.add(writer, link);
    }
    const last = this.checkpoints.at(-1);
    const said = cover.statement({
      number: this.checkpoints.length + 1,
      at: new Date(this.#atMs).toISOString(),
      previous: last === undefined ? null : hashes.hex(last.text),
      key: this.key.public.id,
    });
    if (said === undefined) return;
    for (const { writer, to, hash: end } of said.covers) this.#signed.set(writer, { seq: to, hash: end });
    this.checkpoints.push(await signed(this.key.private, said));
  }

  async rotate(): Promise<void> {
    const old = this.key;
    const fresh = await newSigningKey(hashes.hex);
    const at = new Date(this.#atMs).toISOString();
    this.rotations.push(
      await signedRotation(old.private, fresh.private, {
        v: 1,
        kind: 'rotation',
        at,
        from: old.public.id,
        to: fresh.public,
        number: this.checkpoints.length,
      }),
    );
    this.keys.push(fresh);
  }

  /** The lines of an export as the gateway makes it, each with its newline. `after` skips that many checkpoints. */
  async lines(after = 0, madeAtMs = NOW_MS): Promise<string[]> {
    const heads = new Map<string, Head>();
    for (const one of this.checkpoints.slice(0, after)) {
      for (const { writer, to, hash: end } of saidIn(statement, one)?.covers ?? [])
        heads.set(writer, { seq: to, hash: end });
    }
    const madeAt = new Date(madeAtMs).toISOString();
    const head = headLine({
      gatehouse: 'audit',
      v: 1,
      made_at: madeAt,
      keys: this.keys.map((key) => key.public),
      rotations: this.rotations,
      after: this.checkpoints[after - 1] ?? null,
      heads: headList(heads),
      tombstones: [],
    });
    const tally = new ExportTally(hashes.hex);
    const lines = [head];
    const add = (writer: string, to: number): void => {
      const from = heads.get(writer)?.seq ?? 0;
      for (const link of (this.chains.get(writer) ?? []).slice(from, to)) {
        const row: EntryRow = { ...link, month: monthOf(link.text.slice('{"at":"'.length)) };
        tally.entry(row);
        lines.push(entryLine(row));
        heads.set(writer, headOf(link));
      }
    };
    for (const one of this.checkpoints.slice(after)) {
      for (const { writer, to } of saidIn(statement, one)?.covers ?? []) add(writer, to);
      tally.checkpoint();
      lines.push(checkpointLine(one));
    }
    for (const writer of [...this.chains.keys()].sort()) add(writer, Number.POSITIVE_INFINITY);
    lines.push(
      endLine(await signed(this.key.private, tally.end(head.slice(0, -1), this.key.public.id, madeAt))),
    );
    return lines;
  }
}

/** What a random ledger is made of. */
export type LedgerWish = {
  readonly writers: number;
  readonly steps: number;
  readonly checkpoints?: number;
  readonly rotations?: number;
};

/** A ledger of many writers whose entries came in random turns; every exchange is sealed. */
export async function randomLedger(
  seed: number,
  { writers, steps, checkpoints = 4, rotations = 1 }: LedgerWish,
): Promise<Ledger> {
  const ledger = await Ledger.of(seed);
  const { random } = ledger;
  const names = [ledger.writer()];
  for (let step = 0; step < steps; step++) {
    const dice = random();
    if (names.length < writers && dice < (2 * writers) / steps) names.push(ledger.writer());
    else if (dice < 0.5) ledger.open(names[upTo(random, names.length)] ?? '');
    else ledger.seal();
    if (random() < checkpoints / steps) await ledger.checkpoint();
    if (random() < rotations / steps) await ledger.rotate();
  }
  ledger.sealAll();
  return ledger;
}

/** Verifies lines as the bytes of a file, in pieces of an odd size. */
export async function verdictOf(lines: readonly string[] | Uint8Array, known: Known = {}): Promise<Verdict> {
  const bytes = lines instanceof Uint8Array ? lines : Buffer.from(lines.join(''));
  const verifier = new BytesVerifier(hashes, known);
  for (let at = 0; at < bytes.length && !verifier.over; at += 65_521)
    await verifier.push(bytes.subarray(at, at + 65_521));
  return verifier.end();
}
