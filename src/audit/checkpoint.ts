// A checkpoint: the heads of all chains and the Merkle root of every entry since the checkpoint before, signed with Ed25519
// (RFC 8032). What it covers cannot be taken back without its signature breaking. Pure but for WebCrypto.
import * as z from 'zod';
import { base64Of, bytesOfBase64, ownBytes } from '../bytes.ts';
import type { Sha256Hex } from './chain.ts';
import { canonicalText } from './chain.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.number().int().min(1);

/** What a checkpoint says. Leaves of its tree are the 32 bytes of the entries' hashes, by writer (in code-unit order) and seq. */
export const statement = z.strictObject({
  v: z.literal(1),
  kind: z.literal('checkpoint'),
  /** 1, 2, 3 ... over all checkpoints of a deployment. */
  number: z.number().int().min(1),
  at: z.string(),
  /** SHA-256 of the text of the checkpoint before; null for the first. */
  previous: hex.nullable(),
  /** The key that signs, by its id. */
  key: z.string(),
  size: z.number().int().min(1),
  root: hex,
  /** What is new: entries `from` to `to` of each writer, both included, and the hash of the last: that chain's head. */
  covers: z
    .array(
      z.strictObject({
        writer: z.string(),
        from: seq,
        to: seq,
        hash: hex,
        /** Numbers among these that are missing, as acknowledged: the tree has no leaves for them. */
        missing: z
          .array(z.strictObject({ from: seq, to: seq }))
          .readonly()
          .optional(),
      }),
    )
    .readonly(),
  /** How many chains there ever were, and the digest of all their heads, those that did not move included (chain.ts, headsDigest). */
  chains: z.number().int().min(1),
  heads: hex,
  /** Every break that was acknowledged by then: where it is, and the SHA-256 of the acknowledgement's text (breaks.ts). */
  acknowledged: z
    .array(z.strictObject({ writer: z.string(), seq: z.number().int(), id: hex }))
    .readonly()
    .optional(),
});

export type Statement = z.infer<typeof statement>;

/** How many leaves what a checkpoint covers of one writer has, up to the number `to`. */
export const leavesUpTo = ({ from, missing = [] }: Statement['covers'][number], to: number): number =>
  missing.reduce((count, gap) => count - Math.max(0, Math.min(gap.to, to) - gap.from + 1), to - from + 1);

/** A text of ours with the signature over its UTF-8, in base 64. */
export const signedText = z.strictObject({ text: z.string(), signature: z.string() });

export type Signed = z.infer<typeof signedText>;

/** A public key as it is published: its id, and the raw 32 bytes in base 64. */
export const publicKey = z.strictObject({
  id: z.string(),
  algorithm: z.literal('Ed25519'),
  key: z.string(),
});

export type PublicKey = z.infer<typeof publicKey>;

/** Hex digits of a key's id: 128 bits, too many to find another key with the same one. */
const ID_DIGITS = 32;

/** A key's id: the first 32 hex digits of the SHA-256 of its raw bytes. */
export const keyIdOf = (sha256: Sha256Hex, raw: Uint8Array): string => sha256(raw).slice(0, ID_DIGITS);

/** Whether a published key is 32 bytes, written in the one way there is, and the key that its id names. */
export const keyIsSound = (sha256: Sha256Hex, key: PublicKey): boolean => {
  const raw = bytesIfCanonical(key.key);
  return raw?.length === 32 && keyIdOf(sha256, raw) === key.id;
};

/** The bytes of a base 64 text that is the only one for them: without this a byte of a signature could change unnoticed. */
const bytesIfCanonical = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    const bytes = bytesOfBase64(text);
    return base64Of(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
};

const ALGORITHM = 'Ed25519';

/** A new signing key: the private half as PKCS#8 in base 64, and the public half. */
export const newSigningKey = async (
  sha256: Sha256Hex,
): Promise<{ readonly private: string; readonly public: PublicKey }> => {
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('Ed25519 makes a pair');
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const secret = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  return {
    private: base64Of(secret),
    public: { id: keyIdOf(sha256, raw), algorithm: ALGORITHM, key: base64Of(raw) },
  };
};

const encoder = new TextEncoder();

/** Signs any text of ours with a private key (PKCS#8, base 64). */
export const signText = async (privateKey: string, text: string): Promise<string> => {
  const key = await crypto.subtle.importKey('pkcs8', bytesOfBase64(privateKey), ALGORITHM, false, ['sign']);
  return base64Of(new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, encoder.encode(text))));
};

/** Whether `signature` is `key`'s over `text`. False for anything malformed. */
export const signatureHolds = async (key: PublicKey, text: string, signature: string): Promise<boolean> => {
  try {
    const raw = bytesIfCanonical(key.key);
    const bytes = bytesIfCanonical(signature);
    if (raw === undefined || bytes === undefined) return false;
    const imported = await crypto.subtle.importKey('raw', raw, ALGORITHM, false, ['verify']);
    return await crypto.subtle.verify(ALGORITHM, imported, ownBytes(bytes), encoder.encode(text));
  } catch {
    return false;
  }
};

/** Signs what can be said as JSON: its canonical text with the signature. */
export const signed = async (privateKey: string, said: unknown): Promise<Signed> => {
  const text = canonicalText(said);
  return { text, signature: await signText(privateKey, text) };
};

/** What a signed text says, or undefined when it is not the canonical text of this shape. Looks at no signature. */
export const saidIn = <T extends z.ZodType>(
  shape: T,
  { text }: { readonly text: string },
): z.infer<T> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = shape.safeParse(value);
    return parsed.success && canonicalText(value) === text ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};
