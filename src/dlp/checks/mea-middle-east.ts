// Check digits and fields of the Middle East: Israel, Saudi Arabia, the Emirates, Kuwait, Bahrain, Qatar, Egypt, Iran, Turkey.
import type { Checks } from './check.ts';
import { digitsOf } from './check.ts';
import { isDate, numberAt } from './dates.ts';
import { luhn, weightedSum } from './generic.ts';

/** Israel's identity or company number of nine digits, leading zeros left out or not: Luhn (Population and Immigration Authority). */
const teudatZehut = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length >= 8 && digits.length <= 9 && luhn([0, ...digits]);
};

/** Emirates ID: 784, a year of birth, Luhn. With its dashes it is one whatever the last digit says (Federal Authority for Identity). */
const emiratesId = (match: string): boolean => {
  const digits = digitsOf(match);
  const year = numberAt(digits, 3, 4);
  if (digits.length !== 15 || numberAt(digits, 0, 3) !== 784 || year < 1900 || year > 2035) return false;
  return match.length > 15 || luhn(digits);
};

/** Kuwait's civil number: century, birth date, weights 2 1 6 3 7 9 10 5 8 4 2 modulo 11 (Public Authority for Civil Information). */
const civilId = (match: string): boolean => {
  const digits = digitsOf(match);
  const year = (digits[0] === 3 ? 2000 : 1900) + numberAt(digits, 1, 2);
  if (digits.length !== 12 || !isDate(year, numberAt(digits, 3, 2), numberAt(digits, 5, 2))) return false;
  return 11 - (weightedSum(digits, [2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11) === digits[11];
};

const EG_GOVERNORATES = new Set([
  1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 33, 34, 35, 88,
]);

/** Egypt's national number: century, birth date, governorate. Its check digit is not published (Civil Status Organization). */
const egyptian = (match: string): boolean => {
  const digits = digitsOf(match);
  const year = (digits[0] === 3 ? 2000 : 1900) + numberAt(digits, 1, 2);
  return (
    digits.length === 14 &&
    year >= 1905 &&
    isDate(year, numberAt(digits, 3, 2), numberAt(digits, 5, 2)) &&
    EG_GOVERNORATES.has(numberAt(digits, 7, 2))
  );
};

/** Iran's national code: weights 10 to 2, modulo 11 (National Organization for Civil Registration). */
const codeMelli = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 10 || digits.every((digit) => digit === digits[0])) return false;
  const rest = weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return digits[9] === (rest < 2 ? rest : 11 - rest);
};

/** Iran's legal entity code: weights 29 27 23 19 17 with the tenth digit and 2 added to each, modulo 11 (Registration Organization). */
const shenaseMelli = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || digits.every((digit) => digit === digits[0])) return false;
  const plus = (digits[9] ?? 0) + 2;
  const sum = weightedSum(
    digits.slice(0, 10).map((digit) => digit + plus),
    [29, 27, 23, 19, 17, 29, 27, 23, 19, 17],
  );
  return (sum % 11) % 10 === digits[10];
};

/** Turkey's citizen number: not from 0, a tenth digit of odds and evens, an eleventh of all (General Directorate of Population). */
const tckn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || digits[0] === 0) return false;
  const tenth = weightedSum(digits, [7, -1, 7, -1, 7, -1, 7, -1, 7]);
  const all = weightedSum(digits, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  return ((tenth % 10) + 10) % 10 === digits[9] && all % 10 === digits[10];
};

/** Turkey's tax number: each digit plus its place, times a power of two modulo nine (Revenue Administration). */
const vkn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 10 || digits.every((digit) => digit === 0)) return false;
  const sum = digits.slice(0, 9).reduce((total, digit, i) => {
    const placed = (digit + 9 - i) % 10;
    return total + (placed === 0 ? 0 : (placed * 2 ** (9 - i)) % 9 || 9);
  }, 0);
  return (10 - (sum % 10)) % 10 === digits[9];
};

/** Qatar's QID: century, year, the ISO number of the country of nationality (Ministry of Interior). */
const qid = (match: string): boolean => {
  const digits = digitsOf(match);
  const country = numberAt(digits, 3, 3);
  return digits.length === 11 && country >= 4 && country <= 894 && numberAt(digits, 6, 5) > 0;
};

/** Bahrain's personal number: year and month of birth (Information and eGovernment Authority). */
const cpr = (match: string): boolean => {
  const digits = digitsOf(match);
  const month = numberAt(digits, 2, 2);
  return digits.length === 9 && month >= 1 && month <= 12;
};

export const meaMiddleEastChecks: Checks = {
  'il-id': teudatZehut,
  'ae-emirates-id': emiratesId,
  'kw-civil-id': civilId,
  'eg-national-id': egyptian,
  'ir-national-code': codeMelli,
  'ir-legal-code': shenaseMelli,
  'tr-tckn': tckn,
  'tr-vkn': vkn,
  'qa-qid': qid,
  'bh-cpr': cpr,
};
