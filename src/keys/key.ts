// A key: a credential bound at creation to one version of one use case. What it looks like, what it grants, when it counts.
import type { CallerSystem } from '../dialects/dialect.ts';
import type { PolicyBody } from '../policies/policy.ts';
import { Refusal } from '../refusal.ts';
import type { DataClass } from '../routing/target.ts';
import type { CallerCredential } from '../usecases/caller-credential.ts';
import type { Capture } from '../vault/vault.ts';

/** What a key stands for: everything about it that an exchange needs, as one row of the store says it. */
export type Grant = {
  readonly keyId: string;
  readonly keyName: string;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly team: string;
  readonly useCase: string;
  readonly useCaseVersion: number;
  readonly systemPrompt: string | null;
  readonly callerSystem: CallerSystem;
  readonly callerCredential: CallerCredential;
  readonly models: readonly string[];
  readonly endpoints: readonly string[];
  readonly dataClass: DataClass;
  readonly policy: string;
  readonly policyVersion: number;
  readonly policyBody: PolicyBody;
  /** What is kept of its exchanges, and for how many days. */
  readonly capture: Capture;
  readonly captureDays: number;
};

export const KEY_PREFIX = 'gtk_';
/** 32 random bytes: beyond guessing, with or without the keyed hash. */
export const KEY_RANDOM_BYTES = 32;
/** A key brought by an operator must be beyond guessing too. */
export const KEY_MIN_CHARS = 24;
/** Longer than any provider's key; keeps hostile headers cheap. */
export const KEY_MAX_CHARS = 512;
const HINT_CHARS = 4;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key's text: the prefix and 43 characters of base 62, all of the random bytes' entropy but a hair. */
export const keyText = (random: Uint8Array): string => {
  let number = 0n;
  for (const byte of random) number = (number << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < 43; i++) {
    text = BASE62.charAt(Number(number % 62n)) + text;
    number /= 62n;
  }
  return KEY_PREFIX + text;
};

/** The last characters of a key, enough to tell keys apart by eye and of no use to a thief. */
export const keyHint = (text: string): string => text.slice(-HINT_CHARS);

/** Why an operator's own key text cannot be taken, or undefined. */
export const keyTextFault = (text: string): string | undefined => {
  if (text.length < KEY_MIN_CHARS) return `a key needs at least ${KEY_MIN_CHARS} characters`;
  if (text.length > KEY_MAX_CHARS) return `a key has at most ${KEY_MAX_CHARS} characters`;
  if (!/^[!-~]+$/.test(text)) return 'a key has printable ASCII characters only, and no spaces';
  return undefined;
};

/** Throws unless the key counts at `nowMs`. Revocation and expiry take effect at their very millisecond. */
export const mustCount = (grant: Grant, nowMs: number): void => {
  if (grant.revokedAtMs !== null && grant.revokedAtMs <= nowMs) throw new Refusal('key_revoked');
  if (grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs) throw new Refusal('key_expired');
};

/**
 * The key a request carries: `x-gatehouse-key` wins (a provider's own token may ride beside it), then
 * `Authorization: Bearer`, then `x-api-key`. Throws `missing_key`, or `invalid_key` for a text no key has.
 */
export const presentedKey = (header: (name: string) => string | undefined): string => {
  // An empty header says nothing, as one that is not there.
  const text = header('x-gatehouse-key') || bearer(header('authorization')) || header('x-api-key');
  if (text === undefined || text === '') throw new Refusal('missing_key');
  if (text.length > KEY_MAX_CHARS) throw new Refusal('invalid_key');
  return text;
};

/** The token of an `Authorization: Bearer` header; undefined for none or another scheme. */
export const bearer = (header: string | undefined): string | undefined =>
  header !== undefined && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : undefined;

/** Compares in a time that does not tell where two texts differ. */
export const sameText = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
  return difference === 0;
};
