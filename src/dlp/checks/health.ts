// Checks of numbers of health care, and of dates of birth.
import { looksLikeDate, realDay } from './americas-dates.ts';
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';

/** GTIN-14: weights 3 and 1 from the right, modulo 10 (GS1 General Specifications, 7.9). */
const gtin = (digits: readonly number[]): boolean =>
  digits.reduce((sum, digit, i) => sum + digit * ((digits.length - i) % 2 === 0 ? 3 : 1), 0) % 10 === 0;

/** UDI of a device in GS1 form: (01) and a GTIN whose check digit holds (21 CFR 830, EU 2017/745). */
export const udi = (match: string): boolean => {
  const digits = digitsOf(match).slice(2, 16);
  return digits.length === 14 && gtin(digits) && new Set(digits).size > 2;
};

/** A number of a patient or a plan: digits in it, not one over and over, no date and no year. */
export const recordNumber = (match: string): boolean => {
  const digits = digitsOf(match).join('');
  const text = compact(match);
  if (digits.length < 4 || new Set(digits).size < 2) return false;
  return !(text === digits && looksLikeDate(digits));
};

const MONTHS = [
  'jan ene gen sty led oca янв 一',
  'feb fev fév fevr févr lut úno şub фев',
  'mar mär mrt maa mars märz бер мар',
  'apr abr avr kwi dub nis апр',
  'may mai mag maj mei may май мая',
  'jun jui giu cze čer haz июн',
  'jul juil lug lip tem июл',
  'aug ago aoû aou sie srp ağu авг',
  'sep set wrz zář eyl сен',
  'oct oct out okt ott paź říj eki окт',
  'nov lis kas ноя',
  'dec dez dic déc gru pro ara дек',
];

const monthOf = (word: string): number =>
  MONTHS.findIndex((names) => names.split(' ').some((name) => word.startsWith(name))) + 1;

/** Later years are those of visits, invoices and expiries, which stand beside birth dates. */
const LATEST = 2020;
const isYear = (year: number): boolean => year >= 1900 && year <= LATEST;

/** A year of two digits is any but the latest ten. */
const someYear = (year: string): boolean =>
  year.length === 2
    ? Number(year) <= LATEST % 100 || Number(year) > 30
    : year.length === 4 && isYear(Number(year));

/** Date of birth: a real day of the years 1900 to 2020, in any order of day and month. */
export const birthDate = (match: string): boolean => {
  const numbers = match.match(/\d+/g) ?? [];
  const words = match.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  const month = words.map(monthOf).find((found) => found > 0);
  if (month !== undefined) {
    const [day = '', year = ''] = numbers[0]?.length === 4 ? [numbers[1], numbers[0]] : numbers;
    return someYear(year) && realDay(month, Number(day));
  }
  const [a = '', b = '', c = ''] = numbers;
  if (numbers.length === 1) return looksLikeDate(a) && isYear(Number(a.slice(0, 4)));
  if (a.length === 4) return isYear(Number(a)) && realDay(Number(b), Number(c));
  return someYear(c) && (realDay(Number(a), Number(b)) || realDay(Number(b), Number(a)));
};

/** ICD-10 code: no U (for provisional use by WHO, but U07 and U09), chapters A to Z (WHO, CMS). */
export const icd10 = (match: string): boolean => {
  const text = compact(match);
  return !/^U(?!07|09|10|11|12)/.test(text) && /\d/.test(text.slice(1));
};

/** Checks of health care and of dates of birth. */
export const healthChecks: Checks = {
  udi,
  'record-number': recordNumber,
  'birth-date': birthDate,
  icd10,
};
