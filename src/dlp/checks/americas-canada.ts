// Check digits of Canada.
import { realDay } from './americas-dates.ts';
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { luhn, weightedSum } from './generic.ts';

/** Social Insurance Number: Luhn; a first digit 8 is a business, not a person (Service Canada, CRA). */
export const sin = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 9 && digits[0] !== 8 && luhn(digits) && new Set(digits).size > 1;
};

/** Business Number, with or without programme account: Luhn over its nine digits (CRA). */
export const businessNumber = (match: string): boolean => {
  const digits = digitsOf(match).slice(0, 9);
  return digits.length === 9 && luhn(digits) && new Set(digits).size > 1;
};

/** Ontario health number: ten digits, Luhn, the first not nought (Ontario Ministry of Health). */
export const ohip = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 10 && digits[0] !== 0 && luhn(digits) && new Set(digits).size > 1;
};

const PHN_WEIGHTS = [2, 4, 8, 5, 10, 9, 7, 3];

/** British Columbia's Personal Health Number: a 9, eight digits, a check digit modulo 11 (BC Ministry of Health). */
export const phn = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 10 || digits[0] !== 9) return false;
  const sum = weightedSum(digits.slice(1), PHN_WEIGHTS);
  return digits[9] === (11 - (sum % 11)) % 11;
};

/** Numéro d'assurance maladie of Quebec: letters, then a birth date whose month is 50 more for a woman (RAMQ). */
export const ramq = (match: string): boolean => {
  const text = compact(match);
  if (!/^[A-Z]{4}\d{8}$/.test(text)) return false;
  const month = Number(text.slice(6, 8));
  return realDay(month > 50 ? month - 50 : month, Number(text.slice(8, 10)));
};

/** Ontario driver's licence: the last six digits a birth date, its month 50 more for a woman (Ontario MTO). */
export const ontarioLicence = (match: string): boolean => {
  const text = compact(match);
  const month = Number(text.slice(11, 13));
  return text.length === 15 && realDay(month > 50 ? month - 50 : month, Number(text.slice(13)));
};

/** Quebec driver's licence: a letter, then a birth date as day, month and year among twelve digits (SAAQ). */
export const quebecLicence = (match: string): boolean => {
  const text = compact(match);
  const month = Number(text.slice(7, 9));
  return text.length === 13 && realDay(month > 50 ? month - 50 : month, Number(text.slice(5, 7)));
};

/** Checks of Canada. */
export const americasCanadaChecks: Checks = {
  'ca-sin': sin,
  'ca-business-number': businessNumber,
  'ca-ohip': ohip,
  'ca-bc-phn': phn,
  'ca-ramq': ramq,
  'ca-on-licence': ontarioLicence,
  'ca-qc-licence': quebecLicence,
};
