// Check digits of East Asia: China, Hong Kong, Taiwan, Japan, Korea, Mongolia.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isDate, isShortDate, numberAt } from './dates.ts';
import { iso7064Mod112, weightedSum } from './generic.ts';

const CN_REGIONS = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91'.split(
    ' ',
  ),
);

/** China's resident number, 18 characters with MOD 11-2 or the old 15 digits: region and birth date must be possible (GB 11643). */
const residentId = (match: string): boolean => {
  const text = compact(match);
  if (!CN_REGIONS.has(text.slice(0, 2))) return false;
  const digits = digitsOf(text);
  if (text.length === 15)
    return isShortDate(numberAt(digits, 6, 2), numberAt(digits, 8, 2), numberAt(digits, 10, 2));
  const year = numberAt(digits, 6, 4);
  if (text.length !== 18 || year < 1880 || year > 2035) return false;
  return isDate(year, numberAt(digits, 10, 2), numberAt(digits, 12, 2)) && iso7064Mod112(text);
};

const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** China's unified social credit code: modulo 31 over letters without I, O, S, V and Z (GB 32100). */
const uscc = (match: string): boolean => {
  const values = [...compact(match)].map((char) => USCC.indexOf(char));
  if (values.length !== 18 || values.includes(-1)) return false;
  return (31 - (weightedSum(values, USCC_WEIGHTS) % 31)) % 31 === values[17];
};

/** Hong Kong identity card: one or two letters (A = 10, none = 36), six digits, modulo 11 with A for ten (Immigration Department). */
const hkid = (match: string): boolean => {
  const text = compact(match);
  if (text.length !== 8 && text.length !== 9) return false;
  const values = [...text].map((char) => Number.parseInt(char, 36));
  if (text.length === 8) values.unshift(36);
  return weightedSum(values, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
};

const TW_LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';

/** Taiwan's identity and residence numbers: the letter as 10 to 35, weights 1 9 8 7 6 5 4 3 2 1 1, modulo 10 (Ministry of the Interior). */
const twId = (match: string): boolean => {
  const text = compact(match);
  if (text.length !== 10) return false;
  const letter = TW_LETTERS.indexOf(text.charAt(0)) + 10;
  // The second letter of a number before 2021 counts as the units of its value.
  const second = TW_LETTERS.indexOf(text.charAt(1));
  const rest = [second >= 0 ? second % 10 : Number(text.charAt(1)), ...digitsOf(text.slice(2))];
  return (
    rest.length === 9 &&
    weightedSum([Math.floor(letter / 10), letter % 10, ...rest], [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0
  );
};

/** Taiwan's unified business number: digit sums of weights 1 2 1 2 1 2 4 1, modulo 5 since 2023 (Ministry of Finance). */
const ubn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 8 || digits.every((digit) => digit === 0)) return false;
  const sum = [1, 2, 1, 2, 1, 2, 4, 1].reduce((total, weight, i) => {
    const product = weight * (digits[i] ?? 0);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return sum % 5 === 0 || (digits[6] === 7 && (sum + 1) % 5 === 0);
};

/** Japan's Individual Number: weights 6 5 4 3 2 7 6 5 4 3 2, modulo 11 (Order of the MIC No. 85 of 2014, art. 5). */
const myNumber = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 12 || digits.every((digit) => digit === digits[0])) return false;
  const rest = weightedSum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return digits[11] === (rest <= 1 ? 0 : 11 - rest);
};

/** Japan's Corporate Number: the first digit checks the other twelve, modulo 9 (National Tax Agency). */
const corporateNumber = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 13 || digits[0] === 0) return false;
  return digits[0] === 9 - (weightedSum(digits.slice(1), [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]) % 9);
};

const RRN_WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/** Whether a Korean registration number begins with the birth date of someone who may be alive, born in `latest` or before. */
const koreanBirth = (digits: readonly number[], latest: number): boolean => {
  const late = [3, 4, 7, 8].includes(digits[6] ?? 0);
  const year = (late ? 2000 : 1900) + numberAt(digits, 0, 2);
  return (
    digits.length === 13 &&
    year >= 1920 &&
    year <= latest &&
    isDate(year, numberAt(digits, 2, 2), numberAt(digits, 4, 2))
  );
};

/** Serial numbers of orders begin with the date of recent years, too: whoever is born since is told by the words near. */
const GROWN = 2014;

/** Korea's resident (base 11) or alien (13) registration number with the check digit it had until October 2020 (Resident Registration Act, Enforcement Rules art. 2). */
const rrn = (match: string, base: number): boolean => {
  const digits = digitsOf(match);
  return koreanBirth(digits, GROWN) && (base - (weightedSum(digits, RRN_WEIGHTS) % 11)) % 10 === digits[12];
};

/** Korea's business registration number: weights 1 3 7 1 3 7 1 3 5 and the tens of the last product (National Tax Service). */
const brn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 10 || numberAt(digits, 0, 3) < 101 || numberAt(digits, 3, 2) === 0) return false;
  const sum = weightedSum(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor(((digits[8] ?? 0) * 5) / 10);
  return (10 - (sum % 10)) % 10 === digits[9];
};

/** Korea's corporate registration number: weights 1 2 in turn, modulo 10 (Supreme Court, registry rules). */
const corporateRegistration = (match: string): boolean => {
  const digits = digitsOf(match);
  const sum = weightedSum(digits, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
  return digits.length === 13 && (10 - (sum % 10)) % 10 === digits[12];
};

/** Mongolia's register number: two letters and a birth date whose month is 20 higher after 1999 (General Authority for State Registration). */
const register = (match: string): boolean => {
  const digits = digitsOf(match);
  const month = numberAt(digits, 2, 2);
  const late = month > 20;
  return (
    digits.length === 8 &&
    isDate((late ? 2000 : 1900) + numberAt(digits, 0, 2), late ? month - 20 : month, numberAt(digits, 4, 2))
  );
};

export const apacEastChecks: Checks = {
  'cn-resident-id': residentId,
  'cn-uscc': uscc,
  'hk-hkid': hkid,
  'tw-national-id': twId,
  'tw-ubn': ubn,
  'jp-my-number': myNumber,
  'jp-corporate-number': corporateNumber,
  'kr-rrn': (match) => rrn(match, 11),
  'kr-arc': (match) => rrn(match, 13),
  'kr-birth-date': (match) => koreanBirth(digitsOf(match), 2035),
  'kr-business-number': brn,
  'kr-corporate-number': corporateRegistration,
  'mn-register': register,
};
