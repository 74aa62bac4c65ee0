// A proof that one record is what it is: its entries, each with the way from its leaf to the root that a checkpoint signed.
// Shows one record without the others. Pure but for WebCrypto.
import * as z from 'zod';
import { bytesOfHex, hexOf } from '../bytes.ts';
import { canonicalText, linkHash, placeIn } from './chain.ts';
import type { Signed, Statement } from './checkpoint.ts';
import { leavesUpTo, publicKey, saidIn, signatureHolds, signedText, statement } from './checkpoint.ts';
import { rootFromPath } from './merkle.ts';
import type { Trust } from './trust.ts';
import { signerOf, trustIn } from './trust.ts';
import type { VerifierHashes } from './verify-faults.ts';
import type { Known } from './verify-known.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);

/** One entry's proof. */
const provenEntry = z.strictObject({
  /** The hash of the entry before it in its chain, with which it was hashed. */
  before: hex,
  text: z.string(),
  checkpoint: signedText,
  /** Its place among the leaves of the checkpoint's tree, from 0. */
  index: z.number().int().min(0),
  /** RFC 6962, section 2.1.1: from the leaf's sibling to the root's child. */
  path: z.array(hex).readonly(),
});

export type ProvenEntry = z.infer<typeof provenEntry>;

/** A proof as a file: canonical JSON and a newline. */
export const auditProof = z.strictObject({
  gatehouse: z.literal('audit-proof'),
  v: z.literal(1),
  exchange: z.string(),
  keys: z.array(publicKey).readonly(),
  rotations: z.array(signedText).readonly(),
  /** The opening, if there was one, and the seal. */
  entries: z.array(provenEntry).min(1).readonly(),
});

export type AuditProof = z.infer<typeof auditProof>;

/** A proof as text. */
export const proofText = (proof: AuditProof): string => `${canonicalText(proof)}\n`;

/** What a proof shows; `fault` undefined: it holds. */
export type ProofVerdict = {
  readonly fault: string | undefined;
  readonly exchange: string | undefined;
  /** What was proven, entry by entry. */
  readonly entries: readonly {
    readonly kind: string;
    readonly at: string;
    readonly name: string;
    readonly checkpoint: number;
    readonly body: unknown;
  }[];
  readonly notes: readonly string[];
};

const none = (fault: string): ProofVerdict => ({ fault, exchange: undefined, entries: [], notes: [] });

/** The index of an entry among a checkpoint's leaves; undefined: it does not cover it. */
export const leafIndex = ({ covers }: Statement, writer: string, seq: number): number | undefined => {
  let before = 0;
  for (const cover of covers) {
    if (cover.writer === writer) {
      const { from, to, missing = [] } = cover;
      if (seq < from || seq > to || missing.some((gap) => gap.from <= seq && seq <= gap.to)) return undefined;
      return before + leavesUpTo(cover, seq) - 1;
    }
    before += leavesUpTo(cover, cover.to);
  }
  return undefined;
};

/** Verifies the text of a proof. */
export const verifyProof = async (
  hashes: VerifierHashes,
  text: string,
  known: Known = {},
): Promise<ProofVerdict> => {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const proof = saidIn(auditProof, { text: body });
  if (proof === undefined) return none('this is no proof of a record');
  const trust = await trustIn(hashes.hex, proof.keys, proof.rotations, known.keys);
  if (typeof trust === 'string') return none(trust);
  const entries: ProofVerdict['entries'][number][] = [];
  for (const entry of proof.entries) {
    const shown = await entryShown(hashes, trust, proof.exchange, entry);
    if (typeof shown === 'string') return none(shown);
    entries.push(shown);
  }
  const kinds = entries.map(({ kind }) => kind).join();
  if (kinds !== 'open,seal' && kinds !== 'seal' && kinds !== 'open')
    return none('these are not the entries of one record');
  const notes =
    known.keys === undefined
      ? [`the key ${trust.keys[0]?.id} is taken at its word: give --key with one you were given elsewhere`]
      : [];
  if (!kinds.includes('seal')) notes.push('the record was open when this was made: its seal is not shown');
  return { fault: undefined, exchange: proof.exchange, entries, notes };
};

const entryShown = async (
  hashes: VerifierHashes,
  trust: Trust,
  exchange: string,
  { before, text, checkpoint, index, path }: ProvenEntry,
): Promise<ProofVerdict['entries'][number] | string> => {
  const place = placeIn(text);
  if (place === undefined) return 'an entry cannot be read';
  const name = `${place.writer}/${place.seq}`;
  if (place.exchange !== exchange) return `${name} is not about ${exchange}`;
  const said = await statementSigned(trust, checkpoint);
  if (said === undefined)
    return `the checkpoint that should cover ${name} is not signed by the key of its time`;
  if (leafIndex(said, place.writer, place.seq) !== index)
    return `checkpoint ${said.number} does not cover ${name} at ${index}`;
  const leaf = bytesOfHex(linkHash(hashes.hex, before, text));
  const root = rootFromPath(hashes.bytes, leaf, index, said.size, path.map(bytesOfHex));
  if (root === undefined || hexOf(root) !== said.root)
    return `${name} is not what checkpoint ${said.number} signed`;
  const { body }: { body?: unknown } = JSON.parse(text);
  return { kind: place.kind, at: place.at, name, checkpoint: said.number, body };
};

const statementSigned = async (trust: Trust, checkpoint: Signed): Promise<Statement | undefined> => {
  const said = saidIn(statement, checkpoint);
  const key = said === undefined ? undefined : signerOf(trust, said.number);
  if (said === undefined || key?.id !== said.key) return undefined;
  return (await signatureHolds(key, checkpoint.text, checkpoint.signature)) ? said : undefined;
};
