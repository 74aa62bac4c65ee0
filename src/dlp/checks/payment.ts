// Payment cards: who issues a number, how long it is, and what the magnetic stripe carries.
import type { Check, Checks } from './check.ts';
import { digitsOf } from './check.ts';
import { numberAt } from './dates.ts';
import { luhn } from './generic.ts';

/** First digits `from` to `to` (of equal length) with the lengths cards of this range have. */
type Range = readonly [from: number, to: number, lengths: readonly number[]];

/** Ranges of the networks whose cards are met everywhere (ISO/IEC 7812; the networks' published ranges). */
const WORLDWIDE: readonly Range[] = [
  [4, 4, [16]], // Visa
  [51, 55, [16]], // Mastercard
  [2221, 2720, [16]],
  [34, 34, [15]], // American Express
  [37, 37, [15]],
  [6011, 6011, [16]], // Discover
  [644, 649, [16]],
  [65, 65, [16]],
  [300, 305, [14, 16]], // Diners Club
  [3095, 3095, [14, 16]],
  [36, 36, [14, 16]],
  [38, 39, [14, 16]],
  [3528, 3589, [16]], // JCB
  [62, 62, [16]], // UnionPay
  [2200, 2204, [16]], // Mir
  [5018, 5018, [16]], // Maestro
  [5020, 5020, [16]],
  [5038, 5038, [16]],
  [5893, 5893, [16]],
  [6304, 6304, [16]],
  [6759, 6759, [16]],
  [6761, 6763, [16]],
];

/** Ranges of networks of one country or trade, and lengths that went out of use: believed only where words speak of a card. */
const REGIONAL: readonly Range[] = [
  [4, 4, [13, 19]], // Visa's other lengths
  [6011, 6011, [19]], // Discover
  [644, 659, [19]],
  [3528, 3589, [19]], // JCB
  [62, 62, [17, 18, 19]], // UnionPay
  [2200, 2204, [17, 18, 19]], // Mir
  [63, 63, [18, 19]], // Maestro
  [60, 60, [16]], // RuPay
  [508, 508, [16]],
  [353, 353, [16]],
  [356, 356, [16]],
  [81, 82, [16, 19]], // RuPay, UnionPay
  [504175, 504175, [16]], // Elo
  [506699, 506778, [16]],
  [509000, 509999, [16]],
  [627780, 627780, [16]],
  [636297, 636297, [16]],
  [636368, 636368, [16]],
  [637095, 637095, [16]], // Hipercard
  [637568, 637612, [16]],
  [9792, 9792, [16]], // Troy
  [506099, 506198, [16, 18, 19]], // Verve
  [507865, 507964, [16, 18, 19]],
  [5019, 5019, [16]], // Dankort
  [636, 636, [16, 17, 18, 19]], // InterPayment
  [8600, 8600, [16]], // Uzcard
  [9860, 9860, [16]], // Humo
  [50, 50, [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro's other lengths
  [56, 58, [12, 13, 14, 15, 16, 17, 18, 19]],
  [67, 67, [12, 13, 14, 15, 16, 17, 18, 19]],
];

const inRange = (digits: readonly number[], [from, to, lengths]: Range): boolean => {
  const prefix = numberAt(digits, 0, String(from).length);
  return prefix >= from && prefix <= to && lengths.includes(digits.length);
};

/** The separators of a printed number: all of one kind, between groups of four (Amex and Diners 4-6-5 and 4-6-4) or none. */
const GROUPS =
  /^(?:\d{12,19}|\d{4}([ .\-\u00a0\u2011\u2013])(?:\d{4}\1\d{4}\1\d{1,7}(?:\1\d{1,3})?|\d{6}\1\d{4,5}))$/;

const inOneOf = (match: string, ranges: readonly Range[]): boolean => {
  const digits = digitsOf(match);
  return GROUPS.test(match.trim()) && luhn(digits) && ranges.some((range) => inRange(digits, range));
};

/** Primary account number: a known range with its length, Luhn, printed as people print one (ISO/IEC 7812-1). */
export const paymentCard: Check = (match) => inOneOf(match, WORLDWIDE);

/** Primary account number of a network of one country or trade. */
export const regionalCard: Check = (match) => inOneOf(match, REGIONAL);

/** UATP travel card: begins with 1, fifteen digits, Luhn (UATP). */
export const uatpCard: Check = (match) => {
  const digits = digitsOf(match);
  return digits.length === 15 && digits[0] === 1 && luhn(digits);
};

/** Track 1 (`%B`) or 2 (`;`) of a magnetic stripe: its account number by Luhn, its expiry's month (ISO/IEC 7813). */
export const magneticTrack: Check = (match) => {
  const account = /\d[\d ]{11,22}/.exec(match)?.[0] ?? '';
  const month = Number(/(?:\^|=|[Dd])\d{2}(\d{2})\d*[^^=]*$/.exec(match)?.[1] ?? 0);
  return luhn(digitsOf(account)) && month >= 1 && month <= 12;
};

export const paymentChecks: Checks = {
  'payment-card': paymentCard,
  'payment-card-regional': regionalCard,
  'uatp-card': uatpCard,
  'magnetic-track': magneticTrack,
};
