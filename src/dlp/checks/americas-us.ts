// Check digits and never-issued values of the United States.
import { looksLikeDate } from './americas-dates.ts';
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { luhn } from './generic.ts';

/** Numbers printed in advertisements and so voided by the Social Security Administration. */
const VOIDED = new Set(['078051120', '219099999', '457555462']);

/** Social Security number: no area 000, 666 or 900 to 999, no group 00, no serial 0000 (SSA, POMS RM 10201.035), no digit nine times. */
export const ssn = (match: string): boolean => {
  const number = digitsOf(match).join('');
  const area = number.slice(0, 3);
  if (number.length !== 9 || area === '000' || area === '666' || area >= '900') return false;
  if (number.slice(3, 5) === '00' || number.slice(5) === '0000' || VOIDED.has(number)) return false;
  return new Set(number).size > 1;
};

/** A group (fourth and fifth digit) of a taxpayer number of the 900 series. */
const nineHundreds =
  (groups: (group: number) => boolean) =>
  (match: string): boolean => {
    const number = digitsOf(match).join('');
    return number.length === 9 && number.startsWith('9') && groups(Number(number.slice(3, 5)));
  };

/** Individual Taxpayer Identification Number: 9xx with group 50-65, 70-88, 90-92 or 94-99 (IRS, IRM 3.21.263). */
export const itin = nineHundreds(
  (group) => (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group !== 93),
);

/** Adoption Taxpayer Identification Number: 9xx-93-xxxx (IRS). */
export const atin = nineHundreds((group) => group === 93);

/** Prefixes of Employer Identification Numbers that no IRS campus assigns. */
const NO_EIN = new Set('00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97'.split(' '));

/** Employer Identification Number: a prefix that some IRS campus assigns (IRS, "How EINs are assigned"). */
export const ein = (match: string): boolean => {
  const number = digitsOf(match).join('');
  return number.length === 9 && !NO_EIN.has(number.slice(0, 2)) && new Set(number).size > 1;
};

/** DEA registration number: digits 1, 3, 5 plus twice digits 2, 4, 6 end in digit 7 (21 CFR 1301, DEA Diversion Control). */
export const dea = (match: string): boolean => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, check] = digitsOf(compact(match).slice(2, 9));
  return (a + c + e + 2 * (b + d + f)) % 10 === check && a + b + c + d + e + f > 0;
};

/** National Provider Identifier: Luhn over 80840 and the ten digits, the first 1 or 2 (45 CFR 162.406, CMS). */
export const npi = (match: string): boolean => {
  const digits = digitsOf(match);
  const [first] = digits;
  return digits.length === 10 && (first === 1 || first === 2) && luhn([8, 0, 8, 4, 0, ...digits]);
};

const VIN_VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** Vehicle identification number: 17 characters without I, O and Q, the last four digits, letters and digits both (ISO 3779). */
export const vinShape = (match: string): boolean => {
  const vin = compact(match);
  if (vin.length !== 17 || /[IOQ]/.test(vin) || !/\d{4}$/.test(vin)) return false;
  return vin.replace(/\d/g, '').length >= 3 && new Set(vin).size > 5;
};

/** VIN with the check digit at its ninth place (49 CFR 565.15). */
export const vin = (match: string): boolean => {
  if (!vinShape(match)) return false;
  const text = compact(match);
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += (VIN_VALUES.indexOf(text.charAt(i)) % 10) * (VIN_WEIGHTS[i] ?? 0);
  return text.charAt(8) === (sum % 11 === 10 ? 'X' : String(sum % 11));
};

/** A licence plate: letters and digits both, two to eight of them, and no year on its own. */
export const plate = (match: string): boolean => {
  const text = compact(match);
  return text.length >= 4 && text.length <= 8 && /\d/.test(text) && /[A-Z]/.test(text);
};

/** A licence or identity card number without check digit: no date, no digit over and over, not too many zeros at its end. */
export const plainNumber = (match: string): boolean => {
  const digits = digitsOf(match).join('');
  if (compact(match) === digits && looksLikeDate(digits)) return false;
  return new Set(digits).size > 1 && !digits.endsWith('00000');
};

/** Checks of the United States, and those of vehicles. */
export const americasUsChecks: Checks = {
  'us-ssn': ssn,
  'us-itin': itin,
  'us-atin': atin,
  'us-ein': ein,
  'us-dea': dea,
  'us-npi': npi,
  vin,
  'vin-shape': vinShape,
  'licence-plate': plate,
  'plain-number': plainNumber,
};
