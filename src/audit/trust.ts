// Which key may sign what: one line of keys, each handed on to the next by a rotation that both of them signed, so that
// whoever knows one of them for sure knows them all. Pure but for WebCrypto.
import * as z from 'zod';
import type { Sha256Hex } from './chain.ts';
import { canonicalText } from './chain.ts';
import type { PublicKey, Signed } from './checkpoint.ts';
import { keyIsSound, publicKey, saidIn, signatureHolds, signText } from './checkpoint.ts';

const rotationTerms = z.strictObject({
  v: z.literal(1),
  kind: z.literal('rotation'),
  at: z.string(),
  /** The old key, by its id. */
  from: z.string(),
  to: publicKey,
  /** The last checkpoint that the old key signed; 0: none. */
  number: z.number().int().min(0),
});

/** A key handed on to its successor: signed by the old key, and within that by the new one over all but `accepted`. */
export const rotation = rotationTerms.extend({ accepted: z.string() });

export type Rotation = z.infer<typeof rotation>;

/** Signs a rotation with both keys (PKCS#8, base 64). */
export const signedRotation = async (
  old: string,
  fresh: string,
  terms: Omit<Rotation, 'accepted'>,
): Promise<Signed> => {
  const accepted = await signText(fresh, canonicalText(terms));
  const text = canonicalText({ ...terms, accepted });
  return { text, signature: await signText(old, text) };
};

/** The line of keys, oldest first, and the last checkpoint of each but the newest. */
export type Trust = { readonly keys: readonly PublicKey[]; readonly lasts: readonly number[] };

/** The key that must have signed a checkpoint. */
export const signerOf = (trust: Trust, number: number): PublicKey | undefined =>
  trust.keys[trust.lasts.filter((last) => last < number).length];

/** The key in use now. */
export const newestKey = (trust: Trust): PublicKey | undefined => trust.keys.at(-1);

/** Any key of the line, by its id. */
export const keyInLine = (trust: Trust, id: string): PublicKey | undefined =>
  trust.keys.find((key) => key.id === id);

/**
 * Builds the line from keys and rotations in any order, or says in words why they make none. `pinned` are ids known for
 * sure, of which one must be in the line; without them the oldest key is taken at its word.
 */
export const trustIn = async (
  sha256: Sha256Hex,
  keys: readonly PublicKey[],
  rotations: readonly Signed[],
  pinned: readonly string[] | undefined,
): Promise<Trust | string> => {
  const byId = new Map(keys.map((key) => [key.id, key]));
  const unsound = keys.find((key) => !keyIsSound(sha256, key));
  if (unsound !== undefined) return `the key ${unsound.id} is not the one its id names`;
  if (byId.size !== keys.length) return 'a key is listed twice';
  const handed = new Map<string, Rotation>();
  const given = new Set<string>();
  for (const one of rotations) {
    const said = saidIn(rotation, one);
    if (said === undefined) return 'a rotation of keys cannot be read';
    if (handed.has(said.from) || given.has(said.to.id)) return `the key ${said.from} was handed on twice`;
    const wrong = await rotationFault(byId, one, said);
    if (wrong !== undefined) return wrong;
    handed.set(said.from, said);
    given.add(said.to.id);
  }
  const line = lineOf(
    keys.filter(({ id }) => !given.has(id)),
    handed,
  );
  if (typeof line === 'string') return line;
  if (pinned !== undefined && !line.keys.some(({ id }) => pinned.includes(id)))
    return `the trusted key ${pinned.join(', ')} is not among those that signed`;
  return line;
};

const rotationFault = async (
  byId: ReadonlyMap<string, PublicKey>,
  { text, signature }: Signed,
  { accepted, ...terms }: Rotation,
): Promise<string | undefined> => {
  const from = byId.get(terms.from);
  const to = byId.get(terms.to.id);
  if (from === undefined || to === undefined || to.key !== terms.to.key)
    return `a rotation from ${terms.from} to ${terms.to.id} names a key that is not listed`;
  if (!(await signatureHolds(from, text, signature)))
    return `the key ${terms.from} did not sign its rotation to ${terms.to.id}`;
  if (!(await signatureHolds(to, canonicalText(terms), accepted)))
    return `the key ${terms.to.id} did not accept to follow ${terms.from}`;
  return undefined;
};

const lineOf = (firsts: readonly PublicKey[], handed: ReadonlyMap<string, Rotation>): Trust | string => {
  const [first, second] = firsts;
  if (first === undefined) return 'there is no key that others come from';
  if (second !== undefined) return `the key ${second.id} follows on no other`;
  const keys = [first];
  const lasts: number[] = [];
  for (let next = handed.get(first.id); next !== undefined; next = handed.get(next.to.id)) {
    if (next.number < (lasts.at(-1) ?? 0)) return `the rotation to ${next.to.id} goes back in time`;
    keys.push(next.to);
    lasts.push(next.number);
  }
  return keys.length === handed.size + 1 ? { keys, lasts } : 'the rotations of keys run in a circle';
};
