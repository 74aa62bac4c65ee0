// Check digits and fields of Africa: South Africa, Zimbabwe, Mauritius, Mozambique, Ghana, Morocco, Namibia, Rwanda, Tanzania.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isDate, isShortDate, numberAt, remainder } from './dates.ts';
import { luhn, weightedSum } from './generic.ts';

/** South Africa's identity number: birth date, citizenship 0 to 2, then 8 or 9, Luhn (Department of Home Affairs). */
const southAfrican = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 13 &&
    isShortDate(numberAt(digits, 0, 2), numberAt(digits, 2, 2), numberAt(digits, 4, 2)) &&
    (digits[10] ?? 9) <= 2 &&
    (digits[11] ?? 0) >= 8 &&
    luhn(digits)
  );
};

/** South Africa's tax reference: from 0, 1, 2, 3 or 9, Luhn (South African Revenue Service). */
const taxReference = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 10 && [0, 1, 2, 3, 9].includes(digits[0] ?? 5) && luhn(digits);
};

/** Zimbabwe's national registration number: the letter is the remainder by 23 of the digits before it (Registrar General). */
const zimbabwean = (match: string): boolean => {
  const text = compact(match);
  const letter = text.charAt(text.length - 3);
  return 'ZABCDEFGHJKLMNPQRSTVWXY'.charAt(remainder(digitsOf(text.slice(0, -3)), 23)) === letter;
};

/** Mauritius' national identity number: initial, birth date, weights 14 to 2 over base 36, modulo 17 (Civil Status Division). */
const mauritian = (match: string): boolean => {
  const text = compact(match);
  const digits = digitsOf(text);
  if (
    text.length !== 14 ||
    !isShortDate(numberAt(digits, 4, 2), numberAt(digits, 2, 2), numberAt(digits, 0, 2))
  )
    return false;
  const values = [...text].map((char) => Number.parseInt(char, 36));
  const check = 17 - (weightedSum(values, [14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 17);
  return check === values[13];
};

/** Mozambique's NUIT: weights 8 9 4 5 6 7 8 9, modulo 11, ten as 1 (Autoridade Tributária). */
const nuit = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = weightedSum(digits, [8, 9, 4, 5, 6, 7, 8, 9]) % 11;
  return digits.length === 9 && digits[8] === (rest === 10 ? 1 : rest);
};

/** Ghana's tax number: weights 1 to 9, modulo 11 with X for ten (Ghana Revenue Authority). */
const ghanaTin = (match: string): boolean => {
  const text = compact(match);
  const check = weightedSum(digitsOf(text.slice(1, 10)), [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
  return text.length === 11 && text.charAt(10) === (check === 10 ? 'X' : String(check));
};

/** Morocco's common company identifier: fifteen digits, modulo 97 (Ministry of Industry and Trade). */
const ice = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 15 && numberAt(digits, 0, 12) > 0 && remainder(digits, 97) === 0;
};

/** Namibia's identity number: a birth date (Ministry of Home Affairs). */
const namibian = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 11 &&
    isShortDate(numberAt(digits, 0, 2), numberAt(digits, 2, 2), numberAt(digits, 4, 2))
  );
};

/** A year of birth from 1900 to now in four digits. */
const isBirthYear = (year: number): boolean => year >= 1900 && year <= 2035;

/** Rwanda's identity number: 1 to 3 for the status, year of birth, 7 or 8 for the sex (National Identification Agency). */
const rwandan = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 16 && isBirthYear(numberAt(digits, 1, 4)) && (digits[5] === 7 || digits[5] === 8);
};

/** Tanzania's NIDA number: twenty digits from a birth date on (National Identification Authority). */
const nida = (match: string): boolean => {
  const digits = digitsOf(match);
  const year = numberAt(digits, 0, 4);
  return (
    digits.length === 20 && isBirthYear(year) && isDate(year, numberAt(digits, 4, 2), numberAt(digits, 6, 2))
  );
};

/** Uganda's NIN: fourteen characters with at least five digits (National Identification and Registration Authority). */
const ugandan = (match: string): boolean => match.length === 14 && digitsOf(match).length >= 5;

/** Letters and digits, some of each: neither a word nor a plain number. */
const mixed = (match: string): boolean => {
  const count = digitsOf(match).length;
  return count > 0 && count < compact(match).length;
};

export const meaAfricaChecks: Checks = {
  'za-id': southAfrican,
  'za-tax-number': taxReference,
  'zw-national-id': zimbabwean,
  'mu-nic': mauritian,
  'mz-nuit': nuit,
  'gh-tin': ghanaTin,
  'ma-ice': ice,
  'na-id': namibian,
  'rw-nid': rwandan,
  'tz-nida': nida,
  'ug-nin': ugandan,
  'mixed-letters': mixed,
};
