// Check digits of South America except Brazil.
import { looksLikeDate } from './americas-dates.ts';
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { luhn, weightedSum } from './generic.ts';

const varies = (digits: readonly number[]): boolean => new Set(digits).size > 1;

/** Modulo 11 with weights from the right, as a remainder to take from eleven. */
const fromRight = (digits: readonly number[], weights: readonly number[]): number => {
  const last = digits.length - 1;
  return digits.reduce((sum, digit, i) => sum + digit * (weights[(last - i) % weights.length] ?? 0), 0) % 11;
};

/** CUIT and CUIL of Argentina: a known prefix, weights 5 4 3 2 7 6 5 4 3 2, modulo 11 (AFIP). */
export const cuit = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || !/^(?:2[034567]|3[034]|5[015])/.test(digits.join(''))) return false;
  const rest = 11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return varies(digits.slice(2)) && digits[10] === (rest === 11 ? 0 : rest === 10 ? 9 : rest);
};

/** CBU of Argentina: two blocks of 8 and 14 digits, each closed by a check digit with weights 9713 (BCRA, A 2559). */
export const cbu = (match: string): boolean => {
  const digits = digitsOf(match);
  const closed = (block: readonly number[]): boolean => {
    const sum = block.reduce(
      (all, digit, i) => all + digit * ([1, 3, 1, 7, 9][i === 0 ? 0 : ((i - 1) % 4) + 1] ?? 0),
      0,
    );
    return sum % 10 === 0;
  };
  return (
    digits.length === 22 &&
    varies(digits) &&
    closed(digits.slice(0, 8).reverse()) &&
    closed(digits.slice(8).reverse())
  );
};

/** DNI of Argentina: a million or more, not a date, not one digit over and over (RENAPER). */
export const dni = (match: string): boolean => {
  const digits = digitsOf(match);
  return varies(digits) && digits[0] !== 0 && !(compact(match) === match && looksLikeDate(match));
};

/** RUN and RUT of Chile: weights 2 to 7 from the right, modulo 11, K for ten (Registro Civil, SII). */
export const rut = (match: string): boolean => {
  const text = compact(match);
  const digits = digitsOf(text.slice(0, -1));
  if (digits.length < 7 || digits.length > 8 || !varies(digits)) return false;
  const rest = (11 - fromRight(digits, [2, 3, 4, 5, 6, 7])) % 11;
  return text.endsWith(rest === 10 ? 'K' : String(rest));
};

const NIT_WEIGHTS = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];

/** NIT of Colombia: prime weights from the right, modulo 11 (DIAN, Orden Administrativa 4 de 1989). */
export const nit = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = fromRight(digits.slice(0, -1), NIT_WEIGHTS);
  return (
    digits.length >= 9 &&
    digits.length <= 11 &&
    varies(digits) &&
    digits.at(-1) === (rest < 2 ? rest : 11 - rest)
  );
};

/** RUC of Peru: prefix 10, 15, 16, 17 or 20, weights 5 4 3 2 7 6 5 4 3 2, modulo 11 (SUNAT). */
export const rucPeru = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || !/^(?:1[0567]|20)/.test(digits.join(''))) return false;
  const rest = (11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 10;
  return varies(digits.slice(2)) && digits[10] === rest;
};

/** DNI of Peru with its check digit, or eight digits that are no date (RENIEC). */
export const dniPeru = (match: string): boolean => {
  const text = compact(match);
  const digits = digitsOf(text.slice(0, 8));
  if (!varies(digits) || (text === match && looksLikeDate(text))) return false;
  const rest = weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (
    text.length === 8 || '65432110987'[rest] === text.charAt(8) || 'KJIHGFEDCBA'[rest] === text.charAt(8)
  );
};

const provinceOf = (digits: readonly number[]): boolean => {
  const province = (digits[0] ?? 0) * 10 + (digits[1] ?? 0);
  return (province >= 1 && province <= 24) || province === 30;
};

/** Cédula of Ecuador: province 01 to 24 or 30, third digit below 6, Luhn (Registro Civil). */
export const cedulaEcuador = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 10 && provinceOf(digits) && (digits[2] ?? 9) < 6 && luhn(digits);
};

/** RUC of Ecuador: a cédula and 001, or a public (6) or private (9) company with check digits modulo 11 (SRI). */
export const rucEcuador = (match: string): boolean => {
  const digits = digitsOf(match);
  const branch = digits.slice(10).join('');
  if (digits.length !== 13 || !provinceOf(digits) || branch === '000') return false;
  if (digits[2] === 6) return weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
  if (digits[2] === 9) return weightedSum(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
  return cedulaEcuador(digits.slice(0, 10).join(''));
};

/** Cédula of Uruguay: weights 2 9 8 7 6 3 4, modulo 10 (Dirección Nacional de Identificación Civil). */
export const cedulaUruguay = (match: string): boolean => {
  const digits = digitsOf(match);
  const padded = digits.length === 7 ? [0, ...digits] : digits;
  if (padded.length !== 8 || !varies(digits) || (compact(match) === match && looksLikeDate(match)))
    return false;
  return padded[7] === (10 - (weightedSum(padded, [2, 9, 8, 7, 6, 3, 4]) % 10)) % 10;
};

/** RUT of Uruguay: office 01 to 22, 001 before the check digit modulo 11 (DGI). */
export const rutUruguay = (match: string): boolean => {
  const digits = digitsOf(match);
  const office = (digits[0] ?? 0) * 10 + (digits[1] ?? 0);
  if (digits.length !== 12 || office < 1 || office > 22 || digits.slice(8, 11).join('') !== '001')
    return false;
  return digits[11] === (11 - (weightedSum(digits, [4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
};

/** RUC of Paraguay: weights 2, 3, 4 ... from the right, modulo 11 (DNIT). */
export const rucParaguay = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = (11 - fromRight(digits.slice(0, -1), [2, 3, 4, 5, 6, 7, 8, 9, 10])) % 11;
  return digits.length >= 6 && digits.length <= 9 && varies(digits) && digits.at(-1) === rest % 10;
};

/** RIF of Venezuela: the letter's value and weights 3 2 7 6 5 4 3 2, modulo 11 (SENIAT). */
export const rif = (match: string): boolean => {
  const text = compact(match);
  const digits = digitsOf(text.slice(1));
  const letter = { V: 4, E: 8, J: 12, P: 16, G: 20, C: 12 }[text.charAt(0)];
  if (letter === undefined || digits.length !== 9 || !varies(digits)) return false;
  const rest = 11 - ((letter + weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2])) % 11);
  return digits[8] === (rest > 9 ? 0 : rest);
};

/** Checks of South America. */
export const americasSouthChecks: Checks = {
  'ar-cuit': cuit,
  'ar-cbu': cbu,
  'ar-dni': dni,
  'cl-rut': rut,
  'co-nit': nit,
  'pe-ruc': rucPeru,
  'pe-dni': dniPeru,
  'ec-cedula': cedulaEcuador,
  'ec-ruc': rucEcuador,
  'uy-ci': cedulaUruguay,
  'uy-rut': rutUruguay,
  'py-ruc': rucParaguay,
  've-rif': rif,
};
