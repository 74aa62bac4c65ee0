// Check digits and fields of South-East Asia: Singapore, Malaysia, Indonesia, Thailand, Viet Nam.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isShortDate, numberAt } from './dates.ts';
import { luhn, weightedSum } from './generic.ts';

const NRIC: Readonly<Record<string, readonly [offset: number, letters: string]>> = {
  S: [0, 'JZIHGFEDCBA'],
  T: [4, 'JZIHGFEDCBA'],
  F: [0, 'XWUTRQPNMLK'],
  G: [4, 'XWUTRQPNMLK'],
  M: [3, 'XWUTRQPNJLK'],
};

/** Singapore's NRIC or FIN: weights 2 7 6 5 4 3 2, a letter by the series (Immigration and Checkpoints Authority). */
const nric = (match: string): boolean => {
  const text = compact(match);
  const digits = digitsOf(text);
  const series = NRIC[text.charAt(0)];
  if (series === undefined || digits.length !== 7) return false;
  const [offset, letters] = series;
  return letters.charAt((offset + weightedSum(digits, [2, 7, 6, 5, 4, 3, 2])) % 11) === text.charAt(8);
};

const UEN_TYPES = new Set(
  'CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD MH MM MQ NB NR PA PB PF RF RP SM SS TC TU VH XL'.split(
    ' ',
  ),
);
const UEN_VALUES = 'ABCDEFGHJKLMNPQRSTUVWX0123456789';

/** Singapore's UEN: a business, a local company, or another entity, each with its own letter (ACRA). */
const uen = (match: string): boolean => {
  const text = compact(match);
  const digits = digitsOf(text);
  const last = text.charAt(text.length - 1);
  if (text.length === 9)
    return 'XMKECAWLJDB'.charAt(weightedSum(digits, [10, 4, 9, 3, 8, 2, 7, 1]) % 11) === last;
  if (text.length !== 10) return false;
  if (digits.length === 9)
    return 'ZKCMDNERGWH'.charAt(weightedSum(digits, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11) === last;
  const values = [...text.slice(0, 9)].map((char) => UEN_VALUES.indexOf(char));
  if (!UEN_TYPES.has(text.slice(3, 5)) || values.includes(-1)) return false;
  return UEN_VALUES.charAt((weightedSum(values, [4, 3, 5, 3, 10, 2, 2, 5, 7]) + 6) % 11) === last;
};

const MY_UNASSIGNED = new Set([0, 17, 18, 19, 20, 69, 73, 80, 81, 94, 95, 96, 97]);

/** Malaysia's NRIC: a birth date and a state or country of birth (National Registration Department). */
const mykad = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 12 &&
    isShortDate(numberAt(digits, 0, 2), numberAt(digits, 2, 2), numberAt(digits, 4, 2)) &&
    !MY_UNASSIGNED.has(numberAt(digits, 6, 2))
  );
};

const ID_PROVINCES = new Set([
  11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 31, 32, 33, 34, 35, 36, 51, 52, 53, 61, 62, 63, 64, 65, 71, 72, 73,
  74, 75, 76, 81, 82, 91, 92, 93, 94, 95, 96, 97,
]);

/** Indonesia's NIK: a province, and a birth date whose day is 40 higher for women (Ministry of Home Affairs). */
const nik = (match: string): boolean => {
  const digits = digitsOf(match);
  const day = numberAt(digits, 6, 2);
  return (
    digits.length === 16 &&
    ID_PROVINCES.has(numberAt(digits, 0, 2)) &&
    isShortDate(numberAt(digits, 10, 2), numberAt(digits, 8, 2), day > 40 ? day - 40 : day) &&
    numberAt(digits, 12, 4) > 0
  );
};

/** Indonesia's NPWP: Luhn over the first nine digits (Directorate General of Taxes). */
const npwp = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 15 && luhn(digits.slice(0, 9));
};

/** Thailand's identification number: weights 13 to 2, modulo 11; 9 is not issued first (Department of Provincial Administration). */
const thai = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 13 || digits[0] === 9) return false;
  return (11 - (weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digits[12];
};

/** Viet Nam's tax code: weights 31 29 23 19 17 13 7 5 3, modulo 11 (General Department of Taxation). */
const mst = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 10 && digits.length !== 13) return false;
  return 10 - (weightedSum(digits, [31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11) === digits[9];
};

/** Viet Nam's citizen number: a province to 096, a century and sex (Circular 59/2021/TT-BCA). */
const cccd = (match: string): boolean => {
  const digits = digitsOf(match);
  const province = numberAt(digits, 0, 3);
  return digits.length === 12 && province >= 1 && province <= 96 && (digits[3] ?? 0) <= 3;
};

export const apacSoutheastChecks: Checks = {
  'sg-nric': nric,
  'sg-uen': uen,
  'my-nric': mykad,
  'id-nik': nik,
  'id-npwp': npwp,
  'th-national-id': thai,
  'vn-mst': mst,
  'vn-cccd': cccd,
};
