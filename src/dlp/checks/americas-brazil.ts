// Check digits of Brazil.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { weightedSum } from './generic.ts';

const varies = (digits: readonly number[]): boolean => new Set(digits).size > 1;

/** Eleven less the sum modulo 11, ten and eleven as nought: the check digit of the Receita Federal. */
const elevenLess = (sum: number): number => (sum % 11 < 2 ? 0 : 11 - (sum % 11));

/** CPF, the taxpayer number of a person: two check digits modulo 11 (Receita Federal, IN RFB 1548/2015). */
export const cpf = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || !varies(digits)) return false;
  const first = elevenLess(weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]));
  const second = elevenLess(weightedSum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
  return digits[9] === first && digits[10] === second;
};

const CNPJ_WEIGHTS = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/** CNPJ, the taxpayer number of a company: two check digits modulo 11, since 2026 with letters as their code less 48 (IN RFB 2229/2024). */
export const cnpj = (match: string): boolean => {
  const text = compact(match);
  const values = [...text].map((char) => char.charCodeAt(0) - 48);
  if (values.length !== 14 || !varies(values) || !/\d\d$/.test(text)) return false;
  const first = elevenLess(weightedSum(values, CNPJ_WEIGHTS.slice(1)));
  return values[12] === first && values[13] === elevenLess(weightedSum(values, CNPJ_WEIGHTS));
};

/** CNH, the driver's licence: two check digits modulo 11, the first's overflow taken from the second (Contran, Denatran). */
export const cnh = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || !varies(digits)) return false;
  const first = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
  const second = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
  const last = first > 9 ? (second + 9) % 11 : second;
  return digits[9] === (first % 11) % 10 && digits[10] === last % 10;
};

/** PIS, PASEP, NIS and NIT: one check digit modulo 11 (Caixa Econômica Federal). */
export const pis = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 11 || !varies(digits)) return false;
  return digits[10] === elevenLess(weightedSum(digits, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
};

/** Título de eleitor: state 01 to 28, two check digits modulo 11; in São Paulo and Minas Gerais nought is one (TSE, Resolução 21.538). */
export const titulo = (match: string): boolean => {
  const digits = digitsOf(match);
  const state = (digits[8] ?? 0) * 10 + (digits[9] ?? 0);
  if (digits.length !== 12 || state < 1 || state > 28 || !varies(digits)) return false;
  const digit = (rest: number): number => (rest === 10 ? 0 : rest === 0 && state < 3 ? 1 : rest);
  const first = digit(weightedSum(digits, [2, 3, 4, 5, 6, 7, 8, 9]) % 11);
  const second = digit(weightedSum(digits.slice(8, 10).concat(first), [7, 8, 9]) % 11);
  return digits[10] === first && digits[11] === second;
};

/** CNS, the national health card: 15 digits, weights 15 to 1 divisible by 11, the first 1, 2, 7, 8 or 9 (Ministério da Saúde). */
export const cns = (match: string): boolean => {
  const digits = digitsOf(match);
  const weights = [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  if (digits.length !== 15 || !varies(digits)) return false;
  return [1, 2, 7, 8, 9].includes(digits[0] ?? 0) && weightedSum(digits, weights) % 11 === 0;
};

/** RENAVAM, the vehicle register: one check digit modulo 11 over ten digits, weights 3 2 9 8 7 6 5 4 3 2 (Denatran). */
export const renavam = (match: string): boolean => {
  const digits = digitsOf(match);
  const padded = [...Array<number>(Math.max(0, 11 - digits.length)).fill(0), ...digits];
  if (digits.length < 9 || padded.length !== 11 || !varies(digits)) return false;
  const sum = weightedSum(padded, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
  return padded[10] === ((sum * 10) % 11) % 10;
};

/** Checks of Brazil. */
export const americasBrazilChecks: Checks = {
  'br-cpf': cpf,
  'br-cnpj': cnpj,
  'br-cnh': cnh,
  'br-pis': pis,
  'br-titulo-eleitor': titulo,
  'br-cns': cns,
  'br-renavam': renavam,
};
