// Check digit schemes that many fields share.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';

/** ISO/IEC 7812-1 annex B: every second digit from the right doubled, the sum divisible by ten. */
export const luhn = (digits: readonly number[]): boolean => {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits[i] ?? 0;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return digits.length > 1 && sum % 10 === 0 && digits.some((digit) => digit !== 0);
};

/** The sum of the first digits, each times its weight. */
export const weightedSum = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);

const valueOfCode = (code: number): number => (code <= 57 ? code - 48 : code - 55);

/** ISO 7064 MOD 97-10 over letters and digits (A = 10 ... Z = 35): the remainder of the whole. */
export const mod97 = (alphanumeric: string): number => {
  let rest = 0;
  for (let i = 0; i < alphanumeric.length; i++) {
    const value = valueOfCode(alphanumeric.charCodeAt(i));
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest;
};

/** ISO 7064 MOD 11-10 (hybrid) over digits, check digit last. */
export const iso7064Mod1110 = (digits: readonly number[]): boolean => {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = ((digits[i] ?? 0) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return digits.length > 1 && (product + (digits.at(-1) ?? 0)) % 10 === 1;
};

/** ISO 7064 MOD 11-2 over digits; the last character may be X for ten. */
export const iso7064Mod112 = (text: string): boolean => {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code === 88 && i === text.length - 1 ? 10 : code - 48;
    if (value < 0 || value > 10) return false;
    sum = (sum * 2 + value) % 11;
  }
  return text.length > 1 && sum === 1;
};

/** ISO 7064 MOD 37-36 (hybrid) over upper-case letters and digits. */
export const iso7064Mod3736 = (text: string): boolean => {
  let product = 36;
  for (let i = 0; i < text.length - 1; i++) {
    const sum = (valueOfCode(text.charCodeAt(i)) + product) % 36;
    product = ((sum === 0 ? 36 : sum) * 2) % 37;
  }
  return text.length > 1 && (product + valueOfCode(text.charCodeAt(text.length - 1))) % 36 === 1;
};

const D = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
].map((row) => [...row].map(Number));
const P = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
].map((row) => [...row].map(Number));

/** Verhoeff's dihedral scheme, check digit last (Aadhaar). */
export const verhoeff = (digits: readonly number[]): boolean => {
  let state = 0;
  for (let i = 0; i < digits.length; i++)
    state = D[state]?.[P[i % 8]?.[digits[digits.length - 1 - i] ?? 0] ?? 0] ?? 0;
  return digits.length > 1 && state === 0;
};

/** Whether a number is more than one digit over and over, or a run up or down. */
const varied = (digits: readonly number[]): boolean => {
  const [first = 0, second = 0] = digits;
  const step = second - first;
  if (step > 1 || step < -1) return true;
  return digits.some((digit, i) => i > 0 && (digit - (digits[i - 1] ?? 0) + 10) % 10 !== (step + 10) % 10);
};

export const genericChecks: Checks = {
  luhn: (match) => luhn(digitsOf(match)),
  mod97: (match) => mod97(compact(match)) === 1,
  verhoeff: (match) => verhoeff(digitsOf(match)),
  'iso7064-mod11-10': (match) => iso7064Mod1110(digitsOf(match)),
  'iso7064-mod11-2': (match) => iso7064Mod112(compact(match)),
  'iso7064-mod37-36': (match) => iso7064Mod3736(compact(match)),
  varied: (match) => varied(digitsOf(match)),
};
