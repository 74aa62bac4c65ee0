// Check digits of Australia and New Zealand.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { numberAt } from './dates.ts';
import { luhn, weightedSum } from './generic.ts';

/** Australian tax file number of nine digits, or of eight before 1988: modulo 11 (Australian Taxation Office). */
const tfn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (numberAt(digits, 0, digits.length) === 0) return false;
  if (digits.length === 8) return weightedSum(digits, [10, 7, 8, 4, 6, 3, 5, 1]) % 11 === 0;
  return digits.length === 9 && weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
};

/** Australian business number: one less in front, modulo 89 (Australian Business Register). */
const abn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || digits[0] === 0) return false;
  return (weightedSum(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0;
};

/** Australian company number: weights 8 to 1, modulo 10 (Australian Securities and Investments Commission). */
const acn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 9 || numberAt(digits, 0, 9) === 0) return false;
  return (10 - (weightedSum(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === digits[8];
};

/** Medicare card: from 2 to 6, weights 1 3 7 9, modulo 10 in the ninth place, then issue and person (Services Australia). */
const medicare = (match: string): boolean => {
  const digits = digitsOf(match);
  const [first = 0] = digits;
  if ((digits.length !== 10 && digits.length !== 11) || first < 2 || first > 6 || digits[9] === 0)
    return false;
  return weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digits[8];
};

/** Individual healthcare identifier: 80036 and Luhn (AS 5017, ISO/IEC 7812). */
const ihi = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 16 && numberAt(digits, 0, 5) === 80036 && luhn(digits);
};

/** New Zealand IRD number of eight or nine digits: two rounds of modulo 11 (Inland Revenue, RWT and NRWT specification). */
const ird = (match: string): boolean => {
  const digits = digitsOf(match);
  const value = numberAt(digits, 0, digits.length);
  if (digits.length < 8 || digits.length > 9 || value < 10_000_000 || value > 200_000_000) return false;
  const padded = digits.length === 8 ? [0, ...digits] : digits;
  let check = (11 - (weightedSum(padded, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  if (check === 10) check = (11 - (weightedSum(padded, [7, 4, 3, 2, 5, 2, 7, 6]) % 11)) % 11;
  return check === padded[8];
};

const NHI_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const nhiValue = (char: string): number => {
  const letter = NHI_LETTERS.indexOf(char);
  return letter >= 0 ? letter + 1 : Number(char);
};

/** New Zealand's NHI number: AAANNNC with modulo 11, or AAANNAC with modulo 23 (HISO 10046). */
const nhi = (match: string): boolean => {
  const text = compact(match);
  if (text.length !== 7) return false;
  const sum = weightedSum([...text].map(nhiValue), [7, 6, 5, 4, 3, 2]);
  const last = nhiValue(text.charAt(6));
  if (NHI_LETTERS.includes(text.charAt(5))) return last === 23 - (sum % 23);
  return sum % 11 !== 0 && last === (11 - (sum % 11)) % 10;
};

/** New Zealand business number: a GS1 number of thirteen digits that begins with 9429 (Companies Office). */
const nzbn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 13 || numberAt(digits, 0, 4) !== 9429) return false;
  return weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
};

export const apacOceaniaChecks: Checks = {
  'au-tfn': tfn,
  'au-abn': abn,
  'au-acn': acn,
  'au-medicare': medicare,
  'au-ihi': ihi,
  'nz-ird': ird,
  'nz-nhi': nhi,
  'nz-nzbn': nzbn,
};
