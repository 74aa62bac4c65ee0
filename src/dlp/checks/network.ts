// Checks of addresses and identifiers of networks and devices.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { luhn } from './generic.ts';

const octets = (match: string): readonly number[] => match.split('.').map(Number);

/** Addresses of nobody: this host, loopback, multicast, broadcast, and masks (IANA special-purpose registry). */
const nobody = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): boolean =>
  a === 0 || a === 127 || a >= 224 || (a === 255 && b === 255) || (a === b && b === c && c === d);

const isPrivate = ([a = 0, b = 0]: readonly number[]): boolean =>
  a === 10 ||
  (a === 172 && b >= 16 && b <= 31) ||
  (a === 192 && b === 168) ||
  (a === 169 && b === 254) ||
  (a === 100 && b >= 64 && b <= 127);

/** All four numbers small, as in a version or a section: only where an address is spoken of. */
const small = (numbers: readonly number[]): boolean => numbers.every((octet) => octet < 25);

/** Public IPv4 address, not one that reads as a version (RFC 791, RFC 6890). */
export const ipv4Public = (match: string): boolean => {
  const numbers = octets(match);
  return !nobody(numbers) && !isPrivate(numbers) && !small(numbers);
};

/** Public IPv4 address of four small numbers. */
export const ipv4Small = (match: string): boolean => {
  const numbers = octets(match);
  return !nobody(numbers) && !isPrivate(numbers) && small(numbers);
};

/** IPv4 address of a private network, link-local or shared space (RFC 1918, 3927, 6598). */
export const ipv4Private = (match: string): boolean => {
  const numbers = octets(match);
  return numbers.every((octet) => octet <= 255) && isPrivate(numbers);
};

/** Whether a text is an IPv6 address: eight groups, or fewer with one `::` (RFC 4291, 2.2); three groups at least. */
const isIpv6 = (text: string): boolean => {
  const address = text.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, '0:0');
  const halves = address.split('::');
  const groups = address.split(':').filter((group) => group !== '');
  if (halves.length > 2 || groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return false;
  if (halves.length === 1) return groups.length === 8 && !groups.every((group) => group.length <= 2);
  return groups.length >= 2 && groups.length <= 7 && text.length >= 7 && /\d/.test(text);
};

const PRIVATE_V6 = /^(?:fe[89ab]|f[cd])/i;

/** Public IPv6 address: not link-local, not unique local, not loopback (RFC 4291). */
export const ipv6Public = (match: string): boolean =>
  isIpv6(match) && !PRIVATE_V6.test(match) && !/^ff/i.test(match);

/** IPv6 address of a local network: fe80::/10 and fc00::/7 (RFC 4291, RFC 4193). */
export const ipv6Private = (match: string): boolean => isIpv6(match) && PRIVATE_V6.test(match);

/** MAC address: not all noughts, not broadcast; without separators letters and digits both (IEEE 802). */
export const mac = (match: string): boolean => {
  const text = compact(match);
  return new Set(text).size > 2 && (text.length < match.length || (/[A-F]/.test(text) && /\d/.test(text)));
};

/** IMEI: fifteen digits, Luhn; sixteen with a software version (3GPP TS 23.003, 6.2). */
export const imei = (match: string): boolean => {
  const digits = digitsOf(match);
  if (new Set(digits).size < 3) return false;
  return digits.length === 16 || (digits.length === 15 && luhn(digits));
};

/** IMSI: a mobile country code of ITU-T E.212 (2xx to 7xx), fifteen digits. */
export const imsi = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 15 && (digits[0] ?? 0) >= 2 && (digits[0] ?? 0) <= 7 && new Set(digits).size > 2;
};

/** ICCID: 89, then 17 or 18 digits; Luhn over all of nineteen or twenty digits (ITU-T E.118). */
export const iccid = (match: string): boolean => {
  const digits = digitsOf(match.replace(/[Ff]$/, ''));
  if (digits[0] !== 8 || digits[1] !== 9 || new Set(digits).size < 3) return false;
  return luhn(digits) || luhn(digits.slice(0, 19));
};

/** A UUID that stands for somebody: not the nil one (RFC 9562). */
export const someUuid = (match: string): boolean => new Set(compact(match)).size > 3;

/** Checks of networks and devices. */
export const networkChecks: Checks = {
  'ipv4-public': ipv4Public,
  'ipv4-small': ipv4Small,
  'ipv4-private': ipv4Private,
  'ipv6-public': ipv6Public,
  'ipv6-private': ipv6Private,
  mac,
  imei,
  imsi,
  iccid,
  'some-uuid': someUuid,
};
