// Wraps the vault's per-record keys under the root secret (AES-256-GCM). Each is wrapped by a key of its own, derived for its
// place, so no wrapping key is ever used so often that random nonces could meet (NIST SP 800-38D, section 8.3).
import { base64Of, bytesOfBase64, ownBytes } from '../bytes.ts';

/** What keeps the per-record keys: a text that is of no use without the root secret, and back. Nothing is remembered. */
export type Wrapping = {
  /** `place` is bound to it, so a wrapped key moved elsewhere does not open. */
  wrap(key: Uint8Array, place: string): Promise<string>;
  /** Rejects with {@link DoesNotOpen}. */
  unwrap(wrapped: string, place: string): Promise<Uint8Array<ArrayBuffer>>;
};

/** What was sealed does not open: with another root secret, at another place, or because it was changed. */
export class DoesNotOpen extends Error {}

const IV_BYTES = 12;

/** Seals bytes with a 256-bit key: base 64 of a random nonce and what AES-256-GCM makes of them. */
export const sealBytes = async (
  key: Uint8Array<ArrayBuffer>,
  nonce: Uint8Array,
  bytes: Uint8Array<ArrayBuffer>,
  place: string,
): Promise<string> => {
  const iv = ownBytes(nonce);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) },
    await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']),
    bytes,
  );
  const text = new Uint8Array(IV_BYTES + sealed.byteLength);
  text.set(iv);
  text.set(new Uint8Array(sealed), IV_BYTES);
  return base64Of(text);
};

/** The bytes in what {@link sealBytes} made. Rejects with {@link DoesNotOpen}. */
export const openBytes = async (
  key: Uint8Array<ArrayBuffer>,
  sealed: string,
  place: string,
): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    const bytes = bytesOfBase64(sealed);
    const opened = await crypto.subtle.decrypt(
      {
        name: 'AES-GCM',
        iv: bytes.subarray(0, IV_BYTES),
        additionalData: new TextEncoder().encode(place),
      },
      await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']),
      bytes.subarray(IV_BYTES),
    );
    return new Uint8Array(opened);
  } catch {
    throw new DoesNotOpen(`what is sealed for ${place} does not open`);
  }
};

/** A nonce's bytes. */
export const nonceOf = (random: (bytes: number) => Uint8Array): Uint8Array => random(IV_BYTES);

/** Wrapping under the root. `keyFor` is HMAC-SHA-256 under the root's key for this purpose: a key for each place. */
export const wrappingUnder = (
  keyFor: (place: string) => Uint8Array,
  random: (bytes: number) => Uint8Array,
): Wrapping => ({
  wrap: (key, place) => sealBytes(ownBytes(keyFor(place)), nonceOf(random), ownBytes(key), place),
  unwrap: (wrapped, place) => openBytes(ownBytes(keyFor(place)), wrapped, place),
});
