// Check digits and fields of Central Asia and the Caucasus: Kazakhstan, Uzbekistan, Kyrgyzstan, Armenia.
import type { Checks } from './check.ts';
import { digitsOf } from './check.ts';
import { isDate, isShortDate, numberAt } from './dates.ts';
import { weightedSum } from './generic.ts';

/** Kazakhstan's twelve digits: weights 1 to 11, on ten once more with 3 to 11, 1, 2 (Government Resolution 565 of 2003). */
const kazakh = (digits: readonly number[]): boolean => {
  let check = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
  if (check === 10) check = weightedSum(digits, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
  return digits.length === 12 && check < 10 && check === digits[11];
};

/** Individual identification number: birth date, then 1 to 6 for century and sex. */
const iin = (match: string): boolean => {
  const digits = digitsOf(match);
  const century = digits[6] ?? 0;
  return (
    century <= 6 &&
    isShortDate(numberAt(digits, 0, 2), numberAt(digits, 2, 2), numberAt(digits, 4, 2)) &&
    kazakh(digits)
  );
};

/** Business identification number: year and month of registration, 4 to 6 for the kind, 0 to 4 for its part. */
const bin = (match: string): boolean => {
  const digits = digitsOf(match);
  const month = numberAt(digits, 2, 2);
  const [kind = 0, part = 9] = digits.slice(4);
  return month >= 1 && month <= 12 && kind >= 4 && kind <= 6 && part <= 4 && kazakh(digits);
};

/** Uzbekistan's PINFL: century and sex, DDMMYY, and weights 7 3 1 in turn, modulo 10 (Cabinet of Ministers). */
const pinfl = (match: string): boolean => {
  const digits = digitsOf(match);
  const [century = 0] = digits;
  return (
    digits.length === 14 &&
    century >= 1 &&
    century <= 6 &&
    isShortDate(numberAt(digits, 5, 2), numberAt(digits, 3, 2), numberAt(digits, 1, 2)) &&
    weightedSum(digits, [7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7]) % 10 === digits[13]
  );
};

/** Kyrgyzstan's PIN: 1 or 2 for the sex, then DDMMYYYY (State Registration Service). */
const kyrgyzPin = (match: string): boolean => {
  const digits = digitsOf(match);
  const year = numberAt(digits, 5, 4);
  return (
    digits.length === 14 &&
    year >= 1900 &&
    year <= 2035 &&
    isDate(year, numberAt(digits, 3, 2), numberAt(digits, 1, 2))
  );
};

/** Armenia's public services number: sex and century in the day (11 to 82), then the month (Law on Public Services Numbers). */
const armenianPsn = (match: string): boolean => {
  const digits = digitsOf(match);
  const day = numberAt(digits, 0, 2) - 10;
  const month = numberAt(digits, 2, 2);
  return digits.length === 10 && day >= 1 && day <= 72 && month >= 1 && month <= 12;
};

/** Azerbaijan's FIN: seven letters and digits, some of each (Ministry of Internal Affairs). */
const fin = (match: string): boolean => {
  const count = digitsOf(match).length;
  return match.length === 7 && count > 0 && count < 7;
};

export const apacCentralChecks: Checks = {
  'kz-iin': iin,
  'kz-bin': bin,
  'uz-pinfl': pinfl,
  'kg-pin': kyrgyzPin,
  'am-psn': armenianPsn,
  'az-fin': fin,
};
