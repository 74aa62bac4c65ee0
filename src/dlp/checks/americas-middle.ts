// Check digits of Mexico, Central America and the Caribbean.
import { dateAt, realDay } from './americas-dates.ts';
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { luhn, weightedSum } from './generic.ts';

const varies = (digits: readonly number[]): boolean => new Set(digits).size > 1;

const CURP_VALUES = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ';
const CURP_STATES = new Set(
  'AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS'.split(
    ' ',
  ),
);

/** CURP of Mexico: a birth date, a state and a check digit modulo 10 (RENAPO, DOF 18-10-2021). */
export const curp = (match: string): boolean => {
  const text = compact(match);
  if (text.length !== 18 || !dateAt(text, 4) || !CURP_STATES.has(text.slice(11, 13))) return false;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += CURP_VALUES.indexOf(text.charAt(i)) * (18 - i);
  return text.endsWith(String((10 - (sum % 10)) % 10));
};

/** RFC of Mexico: the date within it is real; not the generic numbers of the public and of foreigners (SAT). */
export const rfc = (match: string): boolean => {
  const text = match.replace(/[ -]/g, '').toUpperCase();
  if (text === 'XAXX010101000' || text === 'XEXX010101000') return false;
  return dateAt(text, text.length === 12 ? 3 : 4);
};

/** Clave de elector of Mexico: a birth date, a state 01 to 33, a sex (INE). */
export const claveElector = (match: string): boolean => {
  const text = compact(match);
  const state = Number(text.slice(12, 14));
  return (
    text.length === 18 && dateAt(text, 6) && ((state >= 1 && state <= 33) || state === 87 || state === 88)
  );
};

/** NSS of Mexico's social security: eleven digits, Luhn (IMSS). */
export const nss = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 11 && varies(digits) && luhn(digits);
};

/** CLABE of Mexico: weights 3 7 1, each product modulo 10 (Asociación de Bancos de México). */
export const clabe = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 18 || !varies(digits)) return false;
  const sum = digits
    .slice(0, 17)
    .reduce((all, digit, i) => all + ((digit * ([3, 7, 1][i % 3] ?? 0)) % 10), 0);
  return digits[17] === (10 - (sum % 10)) % 10;
};

/** DPI and CUI of Guatemala: department 01 to 22 and a municipality at the end (RENAP). */
export const cui = (match: string): boolean => {
  const digits = digitsOf(match);
  const department = Number(digits.slice(9, 11).join(''));
  const town = Number(digits.slice(11).join(''));
  return (
    digits.length === 13 &&
    department >= 1 &&
    department <= 22 &&
    town >= 1 &&
    town <= 34 &&
    varies(digits.slice(0, 9))
  );
};

/** NIT of Guatemala: weights 2, 3, 4 ... from the right, modulo 11, K for ten (SAT). */
export const nitGuatemala = (match: string): boolean => {
  const text = compact(match);
  const digits = digitsOf(text.slice(0, -1)).toReversed();
  if (digits.length < 5 || digits.length > 11 || !varies(digits)) return false;
  const rest = (11 - (digits.reduce((sum, digit, i) => sum + digit * (i + 2), 0) % 11)) % 11;
  return text.endsWith(rest === 10 ? 'K' : String(rest));
};

/** DUI of El Salvador: weights 9 to 2, modulo 10 (RNPN). */
export const dui = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 9 || !varies(digits)) return false;
  return digits[8] === (10 - (weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 10)) % 10;
};

/** NIT of El Salvador: a municipality, a date as day, month and year, a serial and a digit (Ministerio de Hacienda). */
export const nitSalvador = (match: string): boolean => {
  const text = digitsOf(match).join('');
  return text.length === 14 && realDay(Number(text.slice(6, 8)), Number(text.slice(4, 6)));
};

/** DNI of Honduras: department 01 to 18, municipality, year of birth, serial (RNP). */
export const dniHonduras = (match: string): boolean => {
  const text = digitsOf(match).join('');
  const [department, town, year] = [
    Number(text.slice(0, 2)),
    Number(text.slice(2, 4)),
    Number(text.slice(4, 8)),
  ];
  if (text.length !== 13 || department < 1 || department > 18 || town < 1 || town > 28) return false;
  return year >= 1900 && year <= 2099;
};

/** Cédula of Nicaragua: a municipality, a date as day, month and year, a serial and a letter (Consejo Supremo Electoral). */
export const cedulaNicaragua = (match: string): boolean => {
  const text = compact(match);
  return text.length === 14 && realDay(Number(text.slice(5, 7)), Number(text.slice(3, 5)));
};

/** Cédula of the Dominican Republic: eleven digits, Luhn, no municipality 000 (JCE). */
export const cedulaDominican = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 11 && !digits.join('').startsWith('000') && varies(digits) && luhn(digits);
};

/** RNC of the Dominican Republic: weights 7 9 8 6 5 4 3 2, modulo 11 (DGII). */
export const rnc = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 9 || !varies(digits)) return false;
  return digits[8] === ((10 - (weightedSum(digits, [7, 9, 8, 6, 5, 4, 3, 2]) % 11) + 9) % 9) + 1;
};

/** Carné de identidad of Cuba: a birth date as year, month, day, then five digits (Ministerio del Interior). */
export const carneCuba = (match: string): boolean => {
  const text = digitsOf(match).join('');
  return text.length === 11 && dateAt(text, 0);
};

/** Checks of Mexico, Central America and the Caribbean. */
export const americasMiddleChecks: Checks = {
  'mx-curp': curp,
  'mx-rfc': rfc,
  'mx-clave-elector': claveElector,
  'mx-nss': nss,
  'mx-clabe': clabe,
  'gt-cui': cui,
  'gt-nit': nitGuatemala,
  'sv-dui': dui,
  'sv-nit': nitSalvador,
  'hn-dni': dniHonduras,
  'ni-cedula': cedulaNicaragua,
  'do-cedula': cedulaDominican,
  'do-rnc': rnc,
  'cu-carne': carneCuba,
};
