// Breaks of a chain that an operator has acknowledged: signed words on what was found where, and why. Whoever signs or verifies
// goes on after exactly that, and at nothing else; the break stays named for good. Pure.
import * as z from 'zod';
import type { Head, Sha256Hex } from './chain.ts';
import type { EntryRow } from './export-lines.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.number().int();

/** One place where a chain does not go on as it should, and all that is there instead. */
export const broken = z.strictObject({
  writer: z.string(),
  /** The first number that is not as it should be. */
  seq,
  /** The hash that the entry there should follow; where a signed entry was replaced, the hash that was signed. */
  before: hash,
  /** The entry that stands there; null: none, up to the end. `row`: the digest of all its columns; null: its hash says it all. */
  found: z.strictObject({ seq, hash, row: hash.nullable() }).nullable(),
  /** Where checkpoints had signed what is gone or replaced: the last of these numbers, its signed hash, and the one found. */
  until: z.strictObject({ seq, signed: hash, found: hash.nullable() }).nullable(),
});

export type Broken = z.infer<typeof broken>;

/** The words of an operator on one break. */
export const acknowledgement = z.strictObject({
  v: z.literal(1),
  kind: z.literal('acknowledgement'),
  at: z.string(),
  key: z.string(),
  actor: z.string(),
  reason: z.string(),
  /** What a verifier called it. */
  fault: z.strictObject({ kind: z.string(), words: z.string() }),
  broken,
});

export type Acknowledgement = z.infer<typeof acknowledgement>;

/** An acknowledgement by the SHA-256 of its signed text, as checkpoints list it. */
export type KnownBreak = { readonly id: string; readonly said: Acknowledgement };

/** Acknowledgements there may be: each checkpoint lists them all. An audit with more breaks is not mended by words. */
export const MOST_BREAKS = 1000;

/** The digest of all that a row's columns hold. */
export const rowDigest = (
  sha256: Sha256Hex,
  { writer, seq: number, month, hash: end, text }: EntryRow,
): string => sha256(JSON.stringify([writer, number, month, end, text]));

/** What is acknowledged, asked where a chain does not go on. */
export class Breaks {
  readonly #sha256: Sha256Hex;
  readonly #all: readonly KnownBreak[];

  constructor(sha256: Sha256Hex, all: readonly KnownBreak[]) {
    this.#sha256 = sha256;
    this.#all = all;
  }

  /** As checkpoints list them. */
  get listed(): { readonly writer: string; readonly seq: number; readonly id: string }[] {
    return this.#all.map(({ id, said }) => ({ writer: said.broken.writer, seq: said.broken.seq, id }));
  }

  #of(writer: string): readonly KnownBreak[] {
    return this.#all.filter(({ said }) => said.broken.writer === writer);
  }

  /** The hashes that the next entry may follow besides the head's own: of entries that were found there and acknowledged. */
  after(writer: string, { seq: at }: Head): string[] {
    return this.#of(writer).flatMap(
      ({
        said: {
          broken: { found, until },
        },
      }) => [
        ...(found?.seq === at ? [found.hash] : []),
        ...(until?.seq === at && until.found !== null ? [until.found] : []),
      ],
    );
  }

  /** The acknowledgement of an entry that does not go on where it stands; `befores` are the hashes it could have followed. */
  row(row: EntryRow, head: Head, befores: readonly string[]): KnownBreak | undefined {
    const known = this.#of(row.writer);
    if (known.length === 0) return undefined;
    const digest = rowDigest(this.#sha256, row);
    return known.find(({ said: { broken: one } }) => {
      if (one.found?.row !== digest) return false;
      // An entry that comes again is wrong wherever the chain has come to.
      return row.seq <= head.seq || (one.seq === head.seq + 1 && befores.includes(one.before));
    });
  }

  /** The acknowledgement that what was signed, up to `to`, is gone after `head`. */
  lost(writer: string, head: Head, to: Head): KnownBreak | undefined {
    return this.#of(writer).find(({ said: { broken: one } }) => {
      const { found, until } = one;
      if (found !== null || until === null || one.seq !== head.seq + 1 || one.before !== head.hash)
        return false;
      return to.seq < until.seq || (to.seq === until.seq && to.hash === until.signed);
    });
  }

  /** The acknowledgement that where `signed` was signed stands `found` instead. */
  replaced(writer: string, signed: Head, found: string): KnownBreak | undefined {
    return this.#of(writer).find(({ said: { broken: one } }) => {
      if (one.found?.seq === signed.seq && one.found.hash === found)
        return one.until === null || one.before === signed.hash;
      return one.until?.seq === signed.seq && one.until.signed === signed.hash && one.until.found === found;
    });
  }

  /** The acknowledgement that a chain's entries from `from` on are missing, and that it goes on with `to`. */
  resumed(writer: string, from: number, to: number): KnownBreak | undefined {
    return this.#of(writer).find(({ said: { broken: one } }) => one.seq === from && one.found?.seq === to);
  }
}
