// Payment cards: who issues a number, how long it is, and what the magnetic stripe carries.
import type { Check, Checks } from './check.ts';
import { digitsOf } from './check.ts';
import { numberAt } from './dates.ts';
import { luhn } from './generic.ts';

/** First digits `from` to `to` (of equal length) with the lengths cards of this range have. */
type Range = readonly [from: number, to: number, lengths: readonly number[]];

/** Issuer identification numbers in use (ISO/IEC 7812; the networks' published ranges). */
const NETWORKS: Readonly<Record<string, readonly Range[]>> = {
  visa: [[4, 4, [13, 16, 19]]],
  mastercard: [
    [51, 55, [16]],
    [2221, 2720, [16]],
  ],
  amex: [
    [34, 34, [15]],
    [37, 37, [15]],
  ],
  discover: [
    [6011, 6011, [16, 19]],
    [644, 649, [16, 19]],
    [65, 65, [16, 19]],
  ],
  diners: [
    [300, 305, [14, 16]],
    [3095, 3095, [14, 16]],
    [36, 36, [14, 16]],
    [38, 39, [14, 16]],
  ],
  jcb: [[3528, 3589, [16, 19]]],
  unionpay: [
    [62, 62, [16, 17, 18, 19]],
    [81, 81, [16, 19]],
  ],
  maestro: [
    [5018, 5018, [16, 18, 19]],
    [5020, 5020, [16, 18, 19]],
    [5038, 5038, [16, 18, 19]],
    [5893, 5893, [16, 18, 19]],
    [6304, 6304, [16, 18, 19]],
    [6759, 6759, [16, 18, 19]],
    [6761, 6763, [16, 18, 19]],
  ],
  rupay: [
    [60, 60, [16]],
    [508, 508, [16]],
    [353, 353, [16]],
    [356, 356, [16]],
    [82, 82, [16]],
  ],
  elo: [
    [401178, 401179, [16]],
    [431274, 431274, [16]],
    [438935, 438935, [16]],
    [451416, 451416, [16]],
    [457393, 457393, [16]],
    [457631, 457632, [16]],
    [504175, 504175, [16]],
    [506699, 506778, [16]],
    [509000, 509999, [16]],
    [627780, 627780, [16]],
    [636297, 636297, [16]],
    [636368, 636368, [16]],
    [650031, 650033, [16]],
    [655000, 655058, [16]],
  ],
  hipercard: [
    [606282, 606282, [16]],
    [637095, 637095, [16]],
    [637568, 637568, [16]],
    [637599, 637599, [16]],
    [637609, 637609, [16]],
    [637612, 637612, [16]],
  ],
  mir: [[2200, 2204, [16, 17, 18, 19]]],
  troy: [
    [9792, 9792, [16]],
    [65, 65, [16]],
  ],
  verve: [
    [506099, 506198, [16, 18, 19]],
    [507865, 507964, [16, 18, 19]],
    [650002, 650027, [16, 18, 19]],
  ],
  dankort: [[5019, 5019, [16]]],
  interpayment: [[636, 636, [16, 17, 18, 19]]],
  uatp: [[1, 1, [15]]],
  uzcard: [[8600, 8600, [16]]],
  humo: [[9860, 9860, [16]]],
};

const RANGES: readonly Range[] = Object.entries(NETWORKS)
  .filter(([network]) => network !== 'uatp')
  .flatMap(([, ranges]) => ranges);

const inRange = (digits: readonly number[], [from, to, lengths]: Range): boolean => {
  const prefix = numberAt(digits, 0, String(from).length);
  return prefix >= from && prefix <= to && lengths.includes(digits.length);
};

/** Whether the account part is more than one digit, or pair, or nothing but zeros. */
const issued = (digits: readonly number[]): boolean =>
  digits.slice(1).some((digit, i) => digit !== digits[1] || i < 0) &&
  numberAt(digits, 6, digits.length - 7) > 0;

/** The separators of a printed number: all of one kind, between groups of four (Amex and Diners 4-6-5 and 4-6-4) or none. */
const GROUPS =
  /^(?:\d{13,19}|\d{4}([ .\-\u00a0\u2011\u2013])(?:\d{4}\1\d{4}\1\d{1,7}(?:\1\d{1,3})?|\d{6}\1\d{4,5}))$/;

/** Primary account number: a known range with its length, Luhn, printed as people print one (ISO/IEC 7812-1). */
export const paymentCard: Check = (match) => {
  const digits = digitsOf(match);
  return (
    GROUPS.test(match.trim()) &&
    luhn(digits) &&
    issued(digits) &&
    RANGES.some((range) => inRange(digits, range))
  );
};

/** UATP travel card: begins with 1, fifteen digits, Luhn (UATP). */
export const uatpCard: Check = (match) => {
  const digits = digitsOf(match);
  return digits.length === 15 && digits[0] === 1 && luhn(digits) && issued(digits);
};

/** Track 1 (`%B`) or 2 (`;`) of a magnetic stripe: its account number by Luhn, its expiry's month (ISO/IEC 7813). */
export const magneticTrack: Check = (match) => {
  const account = /\d[\d ]{11,22}/.exec(match)?.[0] ?? '';
  const month = Number(/(?:\^|=|[Dd])\d{2}(\d{2})\d*[^^=]*$/.exec(match)?.[1] ?? 0);
  return luhn(digitsOf(account)) && month >= 1 && month <= 12;
};

export const paymentChecks: Checks = {
  'payment-card': paymentCard,
  'uatp-card': uatpCard,
  'magnetic-track': magneticTrack,
};
