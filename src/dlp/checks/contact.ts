// Checks of contact details: e-mail addresses, telephone numbers, coordinates.

import type { CountryCode } from 'libphonenumber-js/min';
import { isPossiblePhoneNumber, isValidPhoneNumber } from 'libphonenumber-js/min';
import type { Checks } from './check.ts';
import { digitsOf } from './check.ts';

/** Endings of file and member names, which no top-level domain has. */
const NO_DOMAINS = new Set(
  (
    'png jpg jpeg gif svg webp bmp ico pdf doc docx xls xlsx ppt pptx csv tsv txt md js mjs cjs jsx ts tsx css scss less html htm ' +
    'xml json yaml yml toml ini conf cfg lock log sql py rb go java kt swift php cpp hpp rs sh bash bat ps1 dll exe so jar war zip ' +
    'tar gz tgz bz2 rar mp3 mp4 wav avi mov ttf woff woff2 eot map min bak tmp component module service controller method prototype ' +
    'length size get set value alpha beta rc canary latest next snapshot'
  ).split(' '),
);

/** Hosts whose `git@` is a user of everybody's. */
const FORGES = /^git@(?:github|gitlab|bitbucket|ssh\.dev\.azure|codeberg)\.[a-z]+$/i;

/** E-mail address: no file name, no package version, no repository's address; dots and lengths as in RFC 5321, 4.5.3.1. */
export const email = (match: string): boolean => {
  const text = match.replace(/%40/gi, '@');
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = text.slice(at + 1).toLowerCase();
  if (local.length > 64 || domain.length > 253 || FORGES.test(text)) return false;
  if (!local.startsWith('"') && (local.includes('..') || local.endsWith('.'))) return false;
  if (/^\d+(?:x|\.\d+)(?:\.|$)/.test(domain) || domain.includes('..') || domain.includes('.-')) return false;
  return !NO_DOMAINS.has(domain.slice(domain.lastIndexOf('.') + 1));
};

const never = <T>(ask: () => T, otherwise: T): T => {
  try {
    return ask();
  } catch {
    return otherwise;
  }
};

/** Numbers of an international form without a printed `(0)` and with `+`. */
const international = (match: string): string =>
  match
    .replace(/^\(\+(\d+)\)/, '+$1 ')
    .replace(/\(0\)/, ' ')
    .replace(/^00|^011/, '+')
    .replace(/[./\u2010-\u2015]/g, ' ');

/** International telephone number: a calling code of ITU-T E.164 and as many digits as its country has (libphonenumber's metadata). */
export const phoneInternational = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length < 8 || digits.length > 15 || new Set(digits.slice(2)).size < 2) return false;
  const text = international(match);
  if (digits.length < 10) return never(() => isValidPhoneNumber(text), false);
  return never(() => isPossiblePhoneNumber(text), false);
};

/** Number of the North American plan: area and exchange begin with 2 to 9, neither is N11 (NANPA). */
export const phoneNanp = (match: string): boolean => {
  const digits = digitsOf(match).join('');
  const number = digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
  if (number.length !== 10 || new Set(number).size < 3) return false;
  return (
    number.startsWith('555') || (/^[2-9](?!11)\d\d[2-9](?!11)\d\d/.test(number) && number.charAt(1) !== '9')
  );
};

/** Countries whose national numbers begin with the trunk prefix 0. */
const TRUNK = (
  'GB DE FR IT NL BE AT CH SE FI IE RO BG HR SI SK RS UA TR AU NZ JP KR CN IN ID TH MY PH VN TW PK BD LK ZA EG NG KE MA DZ GH TZ ' +
  'IL SA AE JO IR AR EC VE PE BR PY UY BO'
).split(' ') as CountryCode[];

/** Countries whose national numbers have no trunk prefix, or are written without; by their length. */
const OPEN: Readonly<Record<number, readonly CountryCode[]>> = {
  7: ['IS', 'EE', 'MT'],
  8: 'DK NO SG HK LV LT EE LU HU CY CR GT SV HN PA NI BO TN QA KW OM'.split(' ') as CountryCode[],
  9: 'ES PT PL CZ NO CL PE HR HU SK UA AO MZ LU SA'.split(' ') as CountryCode[],
  10: 'US IT MX CO GR IN RU BR TR VE PH KZ'.split(' ') as CountryCode[],
  11: 'BR CN IT RU US KZ HU BY'.split(' ') as CountryCode[],
  12: ['DE', 'CN'],
};

/** Ranges kept for films and manuals, which no plan holds but texts do. */
const FICTIONAL =
  /^(?:07700900\d{3}|01632960\d{3}|0(?:199|261|353|465|536|639)\d{7}|[2-9]\d{2}555\d{4}|555\d{7})$/;

/** What looks like a number of a telephone but is a date, a time, a price, an address of a network or a range. */
const OTHER =
  /^\d{4}([-./])\d{1,2}\1\d{1,2}|^\d{1,2}([-./])\d{1,2}\2(?:19|20)\d\d$|^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|^(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d$|^\d{1,3}(?:\.\d{1,3}){3}$|^\d+\.\d{1,2}$|^\d{1,3}(?:[.,]\d{3})+$/;

/** The printed form of North America: where a telephone is spoken of, an exchange that no plan has is one all the same. */
const AMERICAN = /^(?:1[-. ])?\(?[2-9]\d\d\)?[-. ]{1,2}\d{3}[-. ]\d{4}$/;

/** Digits in as many runs as people write: six at most. */
const grouped = (match: string): boolean => match.split(/[^\d]+/).filter((run) => run !== '').length <= 6;

/** National telephone number of one of some sixty plans (libphonenumber's metadata); to be asked only where a telephone is spoken of. */
export const phoneNational = (match: string): boolean => {
  const digits = digitsOf(match).join('');
  if (digits.length < 7 || digits.length > 13 || new Set(digits).size < 3) return false;
  if (OTHER.test(match.trim()) || /^(?:1234567|1[67]\d{8}$)/.test(match) || !grouped(match)) return false;
  if (FICTIONAL.test(digits) || phoneNanp(match) || AMERICAN.test(match)) return true;
  if (digits.length === 7) return /^[2-9]\d\d[-. ]?\d{4}$/.test(match);
  const countries = digits.startsWith('0') ? TRUNK : (OPEN[digits.length] ?? []);
  return countries.some((country) => never(() => isValidPhoneNumber(digits, country), false));
};

/** As {@link phoneNational}, or an international number dialled with 00 or 011. */
export const phoneAny = (match: string): boolean =>
  /^\(?0[01]/.test(match) && /^00|^011/.test(match.replace(/\D/g, ''))
    ? phoneInternational(match)
    : phoneNational(match);

/** A latitude and a longitude: within 90 and 180 degrees (ISO 6709), not both nought. */
export const coordinates = (match: string): boolean => {
  const [latitude = 91, longitude = 181] = (match.match(/[+-]?\d+\.\d+/g) ?? []).map(Number);
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude !== 0 || longitude !== 0);
};

/** A handle: a letter in it, no digits alone, no part of code. */
export const handle = (match: string): boolean =>
  /[a-z]/i.test(match) &&
  !/^@(?:media|import|param|return|override|todo|property|class|types?|app|here|all|everyone|channel)$/i.test(
    match,
  );

/** Checks of contact details. */
export const contactChecks: Checks = {
  email,
  'phone-international': phoneInternational,
  'phone-nanp': phoneNanp,
  'phone-national': phoneNational,
  'phone-national-or-00': phoneAny,
  coordinates,
  'social-handle': handle,
};
