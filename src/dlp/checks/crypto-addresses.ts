// Check sums of crypto-currency addresses.
import type { Check, Checks } from './check.ts';
import { sha256 } from './sha256.ts';

const BITCOIN = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';

/** Longest text that is decoded: no address of twenty-five bytes is longer, and decoding is quadratic. */
const MAX_BASE58 = 36;

/** The bytes base58 spells, or none if it spells no address. */
const decode = (text: string, alphabet: string): Uint8Array | undefined => {
  if (text.length > MAX_BASE58) return undefined;
  const bytes = new Uint8Array(25);
  for (const char of text) {
    let carry = alphabet.indexOf(char);
    if (carry < 0) return undefined;
    for (let i = 24; i >= 0; i--) {
      carry += 58 * (bytes[i] ?? 0);
      bytes[i] = carry & 255;
      carry >>= 8;
    }
    if (carry !== 0) return undefined;
  }
  return bytes;
};

/** Base58Check of twenty-five bytes: version, hash of a key, four bytes of a double SHA-256. */
const base58Check =
  (versions: readonly number[], alphabet = BITCOIN): Check =>
  (match) => {
    const bytes = decode(match, alphabet);
    if (bytes === undefined || !versions.includes(bytes[0] ?? -1)) return false;
    const digest = sha256(sha256(bytes.subarray(0, 21)));
    return bytes.subarray(21).every((byte, i) => byte === digest[i]);
  };

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Bech32 (1) or bech32m (0x2bc830a3) over prefix and data (BIP 173, BIP 350). */
const bech32: Check = (match) => {
  const text = match.toLowerCase();
  if (match !== text && match !== match.toUpperCase()) return false;
  const separator = text.lastIndexOf('1');
  const prefix = [...text.slice(0, separator)].map((char) => char.charCodeAt(0));
  const data = [...text.slice(separator + 1)].map((char) => BECH32.indexOf(char));
  if (separator < 1 || data.includes(-1)) return false;
  let sum = 1;
  for (const value of [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((part, i) => {
      if ((top >> i) & 1) sum ^= part;
    });
  }
  return sum === 1 || sum === 0x2bc830a3;
};

/** Bitcoin: Base58Check of version 0 or 5 (also on its test network), or bech32. */
export const bitcoinAddress: Check = (match) =>
  /^(?:bc1|tb1)/i.test(match) ? bech32(match) : base58Check([0, 5, 111, 196])(match);

/** Litecoin: Base58Check of version 48 or 50, or bech32. */
export const litecoinAddress: Check = (match) =>
  /^ltc1/i.test(match) ? bech32(match) : base58Check([48, 50])(match);

/** Ethereum: forty hexadecimal digits that are no round or empty value. */
export const ethereumAddress: Check = (match) => !/^0x(?:0+|f+|(..)\1+)[0-9a-f]{0,4}$/i.test(match);

export const cryptoAddressChecks: Checks = {
  'bitcoin-address': bitcoinAddress,
  'litecoin-address': litecoinAddress,
  'dogecoin-address': base58Check([30, 22]),
  'tron-address': base58Check([65]),
  'xrp-address': base58Check([0], RIPPLE),
  'ethereum-address': ethereumAddress,
  bech32,
};
