// The deployment's secrets: keys derived from one root, literals sealed under them, references resolved when used.
import type { webcrypto } from 'node:crypto';
import { hkdfSync } from 'node:crypto';
import { base64Of, bytesOfBase64, ownBytes } from '../bytes.ts';
import type { KeyPurpose, Secrets } from '../ports.ts';
import { SecretMissing } from '../ports.ts';
import { wrappingUnder } from '../vault/wrapping.ts';
import { hmacSha256 } from './hashes.ts';

/** What the runtime reads references from. */
export type References = {
  env(name: string): string | undefined;
  /** Rejects when there is no such file, or no files at all. */
  file(path: string): Promise<string>;
};

/** Names a reference may not use: they are the gateway's own, and a backend could be pointed at a thief. */
const OWN =
  /^(?:(?:DATABASE_URL|GATEHOUSE_SECRET|GATEHOUSE_ADMIN_TOKEN|GATEHOUSE_ANCHOR_URL)(?:_FILE)?|PGPASSWORD)$/;
/** No credential has such characters, and a header cannot carry them; `/proc/self/environ` does. */
const CONTROLS = /[^\P{Cc}\t\n\r]/u;
/** What a credential file holds at most. */
const SECRET_CHARS = 16 * 1024;
/** A resolved reference is kept this long, so that a rotated file is soon used and a busy gateway does not read it each time. */
const KEPT_MS = 5_000;
const IV_BYTES = 12;
const SEAL = 'sealed:v1:';

/** The key of one purpose (HKDF-SHA-256, RFC 5869): knowing one tells nothing of another. */
const derived = (root: string, purpose: KeyPurpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', root, '', `gatehouse/${purpose}`, 32));

/** Secrets as a port. `root` is GATEHOUSE_SECRET. */
export const openSecrets = (
  root: string,
  references: References,
  means: { readonly now: () => number; readonly random: (bytes: number) => Uint8Array },
): Secrets => {
  const keys = new Map<KeyPurpose, Uint8Array>();
  const keyOf = (purpose: KeyPurpose): Uint8Array => {
    const known = keys.get(purpose) ?? derived(root, purpose);
    keys.set(purpose, known);
    return known;
  };
  const hmacs = new Map<KeyPurpose, (text: string) => Uint8Array>();
  const hmacOf = (purpose: KeyPurpose): ((text: string) => Uint8Array) => {
    const known = hmacs.get(purpose) ?? hmacSha256(keyOf(purpose));
    hmacs.set(purpose, known);
    return known;
  };
  const sealing = () =>
    crypto.subtle.importKey('raw', ownBytes(keyOf('credential')), 'AES-GCM', false, ['encrypt', 'decrypt']);
  const kept = new Map<string, { text: string; untilMs: number }>();
  const resolveOnce = async (stored: string, place: string): Promise<string> => {
    if (stored.startsWith(SEAL)) return unseal(await sealing(), stored, place);
    const env = /^\$\{env:([^}]+)\}$/.exec(stored)?.[1];
    if (env !== undefined) return fromEnv(references, env);
    const file = /^\$\{file:([^}]+)\}$/.exec(stored)?.[1];
    if (file !== undefined) return fromFile(references, file);
    throw new SecretMissing('this is no secret reference');
  };
  return {
    ...wrappingUnder((place) => hmacOf('vault')(place), means.random),
    keyedHash: (purpose, text) => hmacOf(purpose)(text),
    seal: async (text, place) => {
      const iv = ownBytes(means.random(IV_BYTES));
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) },
        await sealing(),
        new TextEncoder().encode(text),
      );
      return `${SEAL}${base64Of(iv)}:${base64Of(new Uint8Array(sealed))}`;
    },
    resolve: async (stored, place, anew) => {
      const known = kept.get(`${place} ${stored}`);
      const now = means.now();
      if (anew === undefined && known !== undefined && known.untilMs > now) return known.text;
      const text = await resolveOnce(stored, place);
      // What is no longer used is not kept either.
      for (const [name, { untilMs }] of kept) if (untilMs <= now) kept.delete(name);
      kept.set(`${place} ${stored}`, { text, untilMs: now + KEPT_MS });
      return text;
    },
  };
};

const unseal = async (key: webcrypto.CryptoKey, stored: string, place: string): Promise<string> => {
  const [iv = '', sealed = ''] = stored.slice(SEAL.length).split(':');
  try {
    const algorithm = {
      name: 'AES-GCM',
      iv: bytesOfBase64(iv),
      additionalData: new TextEncoder().encode(place),
    };
    return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, bytesOfBase64(sealed)));
  } catch {
    throw new SecretMissing(`the secret stored for ${place} does not open with this GATEHOUSE_SECRET`);
  }
};

const fromEnv = (references: References, name: string): string => {
  if (OWN.test(name)) throw new SecretMissing(`${name} is the gateway's own and goes nowhere`);
  const text = references.env(name);
  if (text === undefined || text === '') throw new SecretMissing(`the environment has no ${name}`);
  if (CONTROLS.test(text)) throw new SecretMissing(`${name} holds no secret`);
  return text;
};

const fromFile = async (references: References, path: string): Promise<string> => {
  const text = await references.file(path).then(
    (content) => content.trim(),
    () => {
      throw new SecretMissing(`the file ${path} cannot be read, or is none for a reference`);
    },
  );
  if (text === '' || text.length > SECRET_CHARS || CONTROLS.test(text))
    throw new SecretMissing(`the file ${path} holds no secret`);
  return text;
};
