// What a provider needs back of a reply and clients of OpenAI's responses have no other place for: the proof of its reasoning, of a call.
// They keep `encrypted_content` and send it back as it is, so it rides there, sealed only in name. It holds no text of the reply: that
// is in the item beside it, where it is inspected.
import { base64Of, bytesOfBase64 } from '../../bytes.ts';
import { parseShallow } from '../../json/parse.ts';
import type { Json } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import type { ProviderOptions } from '../neutral.ts';
import { digestOf } from './names.ts';

/** What it belongs to: a reasoning of that text, the call of that id, or the text said before it. */
export type Sealed = { readonly proofs: ProviderOptions } & (
  | { readonly of: 'reasoning'; readonly text: string }
  | { readonly of: 'call'; readonly call: string }
  | { readonly of: 'text' }
);

/** Proofs are opaque texts of some kilobytes, by few names; what a client could put here besides is not taken. */
const PROOF_NAME = /^[A-Za-z]{1,40}$/;
/** What can be read is no proof, and nobody would look at it here. */
const OPAQUE = /^[\w+/=.:~-]+$/;
const PROVIDER_NAME = /^[A-Za-z][\w-]{0,40}$/;
const PROVIDERS = 4;
const PROOFS = 8;
const ENVELOPE_CHARS = 4 * 1024 * 1024;

const VERSION = 1;

/** Those of a part's metadata that are proofs; undefined: none is. `openai` marks what we know ourselves. */
export const proofsIn = (metadata: Json | ProviderOptions | undefined): ProviderOptions | undefined => {
  if (metadata === null || typeof metadata !== 'object') return undefined;
  const proofs: ProviderOptions = {};
  for (const [provider, values] of Object.entries(metadata).slice(0, PROVIDERS)) {
    if (provider === 'openai' || !PROVIDER_NAME.test(provider)) continue;
    const kept = textsIn(values);
    if (Object.keys(kept).length > 0) proofs[provider] = kept;
  }
  return Object.keys(proofs).length === 0 ? undefined : proofs;
};

const textsIn = (values: unknown): Record<string, string> => {
  const texts: Record<string, string> = {};
  if (typeof values !== 'object' || values === null) return texts;
  for (const [name, value] of Object.entries(values).slice(0, PROOFS))
    if (typeof value === 'string' && PROOF_NAME.test(name) && OPAQUE.test(value)) texts[name] = value;
  return texts;
};

/** The proofs of more pieces of one part, put together. */
export const joinedProofs = (
  one: ProviderOptions | undefined,
  other: ProviderOptions | undefined,
): ProviderOptions | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  const all = { ...one };
  for (const [provider, values] of Object.entries(other)) all[provider] = { ...all[provider], ...values };
  return all;
};

/** The `encrypted_content`. A reasoning's text is told by its digest alone. */
export const seal = (sealed: Sealed): string => {
  const { proofs, of } = sealed;
  const about =
    of === 'reasoning' ? { text: marked(sealed.text) } : of === 'call' ? { call: sealed.call } : {};
  return sealedOf({ of, ...about, proofs });
};

/** Opens one; undefined: it is another's, or was changed on its way. `text`: what stands beside it. */
export const unseal = (content: string, text: string): Sealed | undefined => {
  const value = content.length > ENVELOPE_CHARS ? undefined : valueIn(content);
  const [version, of, call] = ['gatehouse', 'of', 'call'].map((name) => at(value, name));
  const proofs = proofsIn(at(value, 'proofs'));
  if (version !== VERSION || proofs === undefined) return undefined;
  if (of === 'call' && typeof call === 'string') return { of, call, proofs };
  if (of === 'text') return { of, proofs };
  return of === 'reasoning' && at(value, 'text') === marked(text) ? { of, text, proofs } : undefined;
};

/** A reasoning of a turn that has more of them. */
export type Thought = { readonly text: string; readonly proofs?: ProviderOptions };

/** More than any turn has. */
const THOUGHTS = 1_000;

/** Seals all reasonings of a turn, for a place that has one text of all of them. */
export const sealThoughts = (thoughts: readonly Thought[]): string =>
  sealedOf({
    of: 'thoughts',
    thoughts: thoughts.map(({ text, proofs }) => ({ text: marked(text), proofs })),
  });

/** Opens those, with `text` cut into them again; undefined: they are another's, or of another text. */
export const unsealThoughts = (content: string, text: string): readonly Thought[] | undefined => {
  const value = content.length > ENVELOPE_CHARS ? undefined : valueIn(content);
  const list = at(value, 'thoughts');
  if (at(value, 'gatehouse') !== VERSION || !isArray(list) || list.length > THOUGHTS) return undefined;
  const thoughts: Thought[] = [];
  let from = 0;
  for (const each of list) {
    const mark = at(each, 'text');
    const piece = text.slice(from, from + Number.parseInt(String(mark), 10));
    if (mark !== marked(piece)) return undefined;
    from += piece.length;
    const proofs = proofsIn(at(each, 'proofs'));
    thoughts.push(proofs === undefined ? { text: piece } : { text: piece, proofs });
  }
  return from === text.length ? thoughts : undefined;
};

const sealedOf = (value: object): string =>
  base64Of(new TextEncoder().encode(JSON.stringify({ gatehouse: VERSION, ...value })));

const marked = (text: string): string => `${text.length}-${digestOf(text)}`;

const valueIn = (content: string): Json | undefined => {
  try {
    const value = parseShallow(new TextDecoder('utf-8', { fatal: true }).decode(bytesOfBase64(content)));
    return isObject(value) ? value : undefined;
  } catch {
    // No base64, no UTF-8 or no JSON: a provider's own.
    return undefined;
  }
};
