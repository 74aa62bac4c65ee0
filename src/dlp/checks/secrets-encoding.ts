// Checks of secrets that carry their own proof: a checksum, or an encoding that says what it holds.
import type { Checks } from './check.ts';
import { placeholder } from './secrets-placeholder.ts';

/** More of a base64 text is not decoded: headers and credentials are far shorter. */
const DECODED_CHARS = 4_096;

/** The bytes of base64 or base64url (RFC 4648, padding optional) as Latin-1 text; undefined when it is neither. */
export const decodedBase64 = (text: string): string | undefined => {
  const plain = text.slice(0, DECODED_CHARS).replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (plain.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(plain)) return undefined;
  return atob(plain.padEnd(plain.length + ((4 - (plain.length % 4)) % 4), '='));
};

/** The JSON object a base64url segment holds; undefined when it holds none. */
const decodedObject = (segment: string): Readonly<Record<string, unknown>> | undefined => {
  const text = decodedBase64(segment);
  if (text === undefined || !text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

/** RFC 7515 section 4, RFC 7516 section 4: the first segment is a JOSE header, which names an algorithm. */
export const joseHeader = (token: string): boolean => {
  const header = decodedObject(token.slice(0, token.indexOf('.')));
  // A full stop at the end is the sentence's.
  if (token.endsWith('.')) return false;
  return header !== undefined && (typeof header.alg === 'string' || typeof header.enc === 'string');
};

/** RFC 7617: `user:password` in base64, printable; a placeholder's password is none. */
export const basicCredentials = (match: string): boolean => {
  const text = decodedBase64(match);
  if (text === undefined) return false;
  const colon = text.indexOf(':');
  const password = text.slice(colon + 1);
  return (
    colon >= 0 &&
    password.length > 2 &&
    !/^[<[{$%]/.test(password) &&
    /^[\x20-\x7e\xa0-\xff]+$/.test(text) &&
    !placeholder(password)
  );
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_CHARS = 6;

/** CRC-32 of ISO 3309 (the one of zip and PNG). */
export const crc32 = (text: string): number => {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i) & 0xff;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
};

/**
 * GitHub's tokens since April 2021 and npm's since September 2021 (github.blog, "Behind GitHub's new authentication
 * token formats"): the last six of the characters after the prefix are the CRC-32 of those before them, in base 62.
 */
export const checksummed = (token: string): boolean => {
  const body = token.slice(token.indexOf('_') + 1);
  if (body.length <= CHECKSUM_CHARS) return false;
  let rest = crc32(body.slice(0, -CHECKSUM_CHARS));
  let checksum = '';
  for (let i = 0; i < CHECKSUM_CHARS; i++) {
    checksum = BASE62.charAt(rest % 62) + checksum;
    rest = Math.floor(rest / 62);
  }
  return body.endsWith(checksum);
};

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Nothing in Base58Check that is looked for is longer; keeps the long division short. */
const BASE58_CHARS = 120;

/** The bytes of a base 58 number; undefined for a character that is none of its digits. */
export const decodedBase58 = (text: string): readonly number[] | undefined => {
  if (text.length > BASE58_CHARS) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let carry = BASE58.indexOf(text.charAt(i));
    if (carry < 0) return undefined;
    for (let j = 0; j < bytes.length; j++) {
      carry += (bytes[j] ?? 0) * 58;
      bytes[j] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  return bytes.reverse();
};

/** Bitcoin's wallet import format: version 0x80 (test networks 0xEF), 32 bytes, perhaps 0x01, and four of checksum. */
const walletImport = (match: string): boolean => {
  const bytes = decodedBase58(match);
  const version = bytes?.[0];
  return (version === 0x80 || version === 0xef) && (bytes?.length === 37 || bytes?.length === 38);
};

/** BIP 32: 78 bytes and four of checksum; the key of a private one begins with a zero byte. */
const extendedPrivate = (match: string): boolean => {
  const bytes = decodedBase58(match);
  return bytes?.length === 82 && bytes[45] === 0;
};

export const secretsEncodingChecks: Checks = {
  'jose-header': joseHeader,
  'basic-credentials': basicCredentials,
  // A checksum makes sure; without one (an Enterprise server, a digit mistyped) it must at least look random.
  'checksum-or-random': (match) => checksummed(match) || !placeholder(match),
  'crc32-base62': checksummed,
  'wallet-import': walletImport,
  'extended-private-key': extendedPrivate,
};
