// Check digits and structure of the United Kingdom's identifiers.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isShortDate, numberAt } from './dates.ts';
import { weightedSum } from './generic.ts';

const NINO_NEVER = new Set(['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ']);

/** National Insurance number: prefixes HMRC never allots (National Insurance Manual NIM39110). */
export const ukNino = (match: string): boolean => !NINO_NEVER.has(compact(match).slice(0, 2));

const HEALTH_WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/** The modulus 11 that NHS, CHI and H&C numbers share (NHS Data Dictionary, NHS NUMBER); not one digit over and over. */
const healthCheck = (digits: readonly number[]): boolean =>
  digits.length === 10 &&
  weightedSum(digits, HEALTH_WEIGHTS) % 11 === 0 &&
  digits.some((digit) => digit !== digits[0]);

/** NHS number of England, Wales and the Isle of Man; leading digits below 3 are Scotland's (NHS Data Dictionary). */
export const ukNhsNumber = (match: string): boolean => {
  const digits = digitsOf(match);
  return healthCheck(digits) && (digits[0] ?? 0) >= 3;
};

/** Community Health Index number of Scotland: a birth date, then modulus 11 (Public Health Scotland data dictionary). */
export const ukChi = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    healthCheck(digits) && isShortDate(numberAt(digits, 4, 2), numberAt(digits, 2, 2), numberAt(digits, 0, 2))
  );
};

/** Health and Care number of Northern Ireland: 320 000 0001 to 399 999 9999, modulus 11 (NHS Data Dictionary). */
export const ukHcNumber = (match: string): boolean => {
  const digits = digitsOf(match);
  const range = numberAt(digits, 0, 2);
  return healthCheck(digits) && range >= 32 && range <= 39;
};

const UTR_CHECK = '21987654321';

/** Unique Taxpayer Reference: the first digit checks the other nine, modulus 11 (HMRC). */
export const ukUtr = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = weightedSum(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
  return digits.length === 10 && Number(UTR_CHECK[rest]) === digits[0] && digits.some((digit) => digit !== 0);
};

/** VAT number: modulus 97 of nine digits, in either of its series; GD and HA by range (HMRC, VIES). */
export const ukVat = (match: string): boolean => {
  const text = compact(match).replace(/^(GB|XI)/, '');
  const digits = digitsOf(text);
  if (/^GD|^HA/.test(text)) return numberAt(digits, 0, 3) < 500 === text.startsWith('GD');
  if (digits.length !== 9 && digits.length !== 12) return false;
  const rest = weightedSum(digits, [8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
  return numberAt(digits, 0, 7) > 0 && (rest === 0 || (numberAt(digits, 0, 3) >= 100 && rest === 42));
};

/** Driver number of Great Britain: surname padded with 9s, birth date in two parts, initials (DVLA). */
export const ukDrivingLicence = (match: string): boolean => {
  const text = compact(match);
  if (!/^[A-Z]+9*$/.test(text.slice(0, 5)) || (text.slice(11, 12) === '9') !== (text.slice(11, 13) === '99'))
    return false;
  const digits = digitsOf(text.slice(5, 11));
  const month = numberAt(digits, 1, 2);
  const year = (digits[0] ?? 0) * 10 + (digits[5] ?? 0);
  return isShortDate(year, month > 50 ? month - 50 : month, numberAt(digits, 3, 2));
};

/** EORI number of the United Kingdom: a VAT number and three digits (HMRC). */
export const ukEori = (match: string): boolean => ukVat(compact(match).slice(0, 11));

const UPN = 'ABCDEFGHJKLMNPQRTUVWXYZ';

/** Unique Pupil Number: the leading letter checks the twelve that follow, modulus 23 (Department for Education). */
export const ukUpn = (match: string): boolean => {
  const text = compact(match);
  const digits = [...text.slice(1)].map((char) => (/\d/.test(char) ? Number(char) : UPN.indexOf(char)));
  const sum = weightedSum(digits, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  return text.length === 13 && UPN[sum % 23] === text[0];
};

/** Unique Learner Number: modulus 11, the remainder taken from ten (Education and Skills Funding Agency). */
export const ukUln = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return digits.length === 10 && rest !== 0 && 10 - rest === digits[9];
};

/** A share code to prove an immigration status has both letters and digits (Home Office). */
export const ukShareCode = (match: string): boolean => {
  const text = compact(match);
  return /\d/.test(text) && /[A-Z]/.test(text.slice(1));
};

/** A current mark: two letters, an age number from 02 to 49 or 51 to 99, three letters (DVLA). */
export const ukVehicleRegistration = (match: string): boolean => {
  const text = compact(match);
  const age = Number(text.slice(2, 4));
  return !/^[A-Z]{2}\d{2}[A-Z]{3}$/.test(text) || (age !== 0 && age !== 1 && age !== 50);
};

export const europeUkChecks: Checks = {
  'uk-nino': ukNino,
  'uk-nhs-number': ukNhsNumber,
  'uk-chi': ukChi,
  'uk-hc-number': ukHcNumber,
  'uk-utr': ukUtr,
  'uk-vat': ukVat,
  'uk-driving-licence': ukDrivingLicence,
  'uk-upn': ukUpn,
  'uk-eori': ukEori,
  'uk-uln': ukUln,
  'uk-share-code': ukShareCode,
  'uk-vehicle-registration': ukVehicleRegistration,
};
