// Check digits of the German-speaking and Benelux countries', France's and Ireland's identifiers.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isDate, isShortDate, numberAt, remainder } from './dates.ts';
import { iso7064Mod1110, luhn, verhoeff, weightedSum } from './generic.ts';

/** Digits and letters as ICAO 9303 counts them: A = 10 ... Z = 35. */
export const icaoValues = (text: string): readonly number[] =>
  [...text].map((char) => (char >= 'A' ? char.charCodeAt(0) - 55 : char.charCodeAt(0) - 48));

/** The check digit of ICAO 9303 (weights 7, 3, 1) over a document number. */
export const icaoCheck = (text: string): number =>
  icaoValues(text).reduce((sum, value, i) => sum + value * ([7, 3, 1][i % 3] ?? 0), 0) % 10;

/** German tax identification number: one digit twice or thrice among the first ten, ISO 7064 MOD 11,10 (BZSt). */
export const deSteuerId = (match: string): boolean => {
  const digits = digitsOf(match);
  const counts = new Array<number>(10).fill(0);
  for (const digit of digits.slice(0, 10)) counts[digit] = (counts[digit] ?? 0) + 1;
  const repeated = counts.filter((count) => count > 1);
  return (
    digits.length === 11 &&
    digits[0] !== 0 &&
    repeated.length === 1 &&
    (repeated[0] ?? 0) <= 3 &&
    iso7064Mod1110(digits)
  );
};

/** The cross sums of digits times weights. */
const crossSum = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, i) => {
    const product = weight * (digits[i] ?? 0);
    return sum + Math.floor(product / 10) + (product % 10);
  }, 0);

const letterAsDigits = (text: string): readonly number[] =>
  [...text].flatMap((char) =>
    char >= 'A'
      ? [Math.floor((char.charCodeAt(0) - 64) / 10), (char.charCodeAt(0) - 64) % 10]
      : [Number(char)],
  );

/** German pension insurance number: area, birth date, initial, serial, weighted cross sums modulo 10 (VKVV § 4). */
export const deRentenversicherung = (match: string): boolean => {
  const text = compact(match);
  const digits = letterAsDigits(text);
  const day = numberAt(digits, 2, 2);
  return (
    text.length === 12 &&
    numberAt(digits, 0, 2) > 1 &&
    isShortDate(numberAt(digits, 6, 2), numberAt(digits, 4, 2), day > 50 ? day - 50 : day) &&
    crossSum(digits, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10 === digits[12]
  );
};

/** German health insurance number (KVNR): a letter as two digits, then Luhn from the left (SGB V § 290). */
export const deKvnr = (match: string): boolean => {
  const text = compact(match);
  const digits = letterAsDigits(text);
  return text.length === 10 && crossSum(digits, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 === digits[10];
};

/** German identity card, passport or residence permit: ICAO 9303 check digit where the tenth character is printed; some digit. */
export const deDocument = (match: string): boolean => {
  const text = compact(match);
  if (!/\d/.test(text.slice(1, 9))) return false;
  return text.length < 10 || icaoCheck(text.slice(0, 9)) === Number(text[9]);
};

/** Machine-readable line: number, birth date and expiry each with their ICAO 9303 check digit; a name line by its fillers. */
export const mrzLine = (match: string): boolean => {
  if (/^[PVIAC][A-Z<][A-Z]{3}[A-Z]+(?:<[A-Z]+)*<</.test(match))
    return match.length >= 30 && match.length <= 44;
  const field = (from: number, to: number): boolean =>
    icaoCheck(match.slice(from, to).replaceAll('<', '0')) === Number(match[to]);
  return field(0, 9) && field(13, 19) && field(21, 27);
};

/** German doctor's number (LANR): weights 4 and 9 over six digits (Kassenärztliche Bundesvereinigung). */
export const deLanr = (match: string): boolean => {
  const digits = digitsOf(match);
  const check = (10 - (weightedSum(digits, [4, 9, 4, 9, 4, 9]) % 10)) % 10;
  return digits.length === 9 && check === digits[6] && numberAt(digits, 0, 6) > 0;
};

/** Austrian social insurance number: its fourth digit checks the rest, then a birth date, months to 15 where dates ran out (ASVG § 31). */
export const atSvnr = (match: string): boolean => {
  const digits = digitsOf(match);
  const month = numberAt(digits, 6, 2);
  return (
    digits.length === 10 &&
    digits[0] !== 0 &&
    (isShortDate(numberAt(digits, 8, 2), month, numberAt(digits, 4, 2)) || (month >= 13 && month <= 15)) &&
    weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digits[3]
  );
};

/** Austrian tax number: Luhn from the left over eight digits (BMF). */
export const atSteuernummer = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 9 && numberAt(digits, 0, 2) > 1 && luhn(digits);
};

/** EAN-13, which Swiss and Liechtenstein AHV numbers use (GS1; ZAS). */
export const ean13 = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 13 && weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
};

/** Swiss company id: modulus 11 (Federal Statistical Office). */
export const chUid = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 9 && (11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11 === digits[8]
  );
};

/** French NIR: key 97 less the remainder, Corsica's 2A as 19 and 2B as 18 (INSEE). */
export const frNir = (match: string): boolean => {
  const text = compact(match).replace('2A', '19').replace('2B', '18');
  const digits = digitsOf(text);
  const month = numberAt(digits, 3, 2);
  return (
    digits.length === 15 &&
    ((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50) &&
    97 - remainder(digits.slice(0, 13), 97) === numberAt(digits, 13, 2)
  );
};

/** French tax number (SPI): the first ten digits modulo 511 (DGFiP). */
export const frSpi = (match: string): boolean => {
  const digits = digitsOf(match);
  const body = numberAt(digits, 0, 10);
  return digits.length === 13 && (digits[0] ?? 9) <= 3 && body > 0 && body % 511 === numberAt(digits, 10, 3);
};

/** French SIREN: Luhn over nine digits (INSEE). */
export const frSiren = (match: string): boolean => digitsOf(match).length === 9 && luhn(digitsOf(match));

/** French SIRET: Luhn over the SIREN and over the whole; La Poste's by its sum (INSEE). */
export const frSiret = (match: string): boolean => {
  const digits = digitsOf(match);
  const post =
    numberAt(digits, 0, 9) === 356_000_000 && digits.reduce((sum, digit) => sum + digit, 0) % 5 === 0;
  return digits.length === 14 && luhn(digits.slice(0, 9)) && (post || luhn(digits));
};

/** Belgian national or bis number (month + 20 or 40): 97 less the remainder, with a 2 before it for births since 2000. */
export const beNationalNumber = (match: string): boolean => {
  const digits = digitsOf(match);
  const plain = numberAt(digits, 2, 2);
  const month = plain > 40 ? plain - 40 : plain > 20 ? plain - 20 : plain;
  const day = numberAt(digits, 4, 2);
  const body = numberAt(digits, 0, 9);
  const check = numberAt(digits, 9, 2);
  return (
    digits.length === 11 &&
    (isShortDate(numberAt(digits, 0, 2), month, day) || (month <= 12 && day === 0)) &&
    body > 0 &&
    (97 - (body % 97) === check || 97 - ((2_000_000_000 + body) % 97) === check)
  );
};

/** Belgian enterprise number: 97 less the remainder of eight digits (KBO/BCE). */
export const beEnterprise = (match: string): boolean => {
  const digits = digitsOf(match);
  const body = numberAt(digits, 0, 8);
  return (
    digits.length === 10 && (digits[0] ?? 9) <= 1 && body > 0 && 97 - (body % 97) === numberAt(digits, 8, 2)
  );
};

/** Belgian identity card: the remainder of ten digits modulo 97, 97 for none (IBZ). */
export const beIdentityCard = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 12 && (numberAt(digits, 0, 10) % 97 || 97) === numberAt(digits, 10, 2);
};

/** Dutch BSN and RSIN: the eleven test, with a leading zero where eight digits are printed (RvIG). */
export const nlBsn = (match: string): boolean => {
  const printed = digitsOf(match);
  const digits = printed.length === 8 ? [0, ...printed] : printed;
  const sum = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]);
  return digits.length === 9 && sum % 11 === 0 && digits.some((digit) => digit !== digits[0]);
};

/** Luxembourg's national number: birth date, Luhn over eleven digits, Verhoeff over the same (CTIE). */
export const luMatricule = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 13 &&
    isDate(numberAt(digits, 0, 4), numberAt(digits, 4, 2), numberAt(digits, 6, 2)) &&
    luhn(digits.slice(0, 12)) &&
    verhoeff([...digits.slice(0, 11), digits[12] ?? 0])
  );
};

const PPS = 'WABCDEFGHIJKLMNOPQRSTUV';

/** Irish PPS number: modulus 23, the second letter (A to I, W none) with weight nine (Department of Social Protection). */
export const iePps = (match: string): boolean => {
  const text = compact(match);
  const second = Math.max(0, PPS.indexOf(text[8] ?? 'W'));
  const sum = weightedSum(digitsOf(text.slice(0, 7)), [8, 7, 6, 5, 4, 3, 2]);
  return (
    PPS[(sum + 9 * second) % 23] === text[7] || (/[TX]/.test(text[8] ?? '') && PPS[sum % 23] === text[7])
  );
};

export const europeWestChecks: Checks = {
  'de-steuer-id': deSteuerId,
  'de-rentenversicherungsnummer': deRentenversicherung,
  'de-kvnr': deKvnr,
  'de-document': deDocument,
  'mrz-line': mrzLine,
  'de-lanr': deLanr,
  'at-svnr': atSvnr,
  'at-steuernummer': atSteuernummer,
  ean13,
  'ch-uid': chUid,
  'fr-nir': frNir,
  'fr-spi': frSpi,
  'fr-siren': frSiren,
  'fr-siret': frSiret,
  'be-national-number': beNationalNumber,
  'be-enterprise': beEnterprise,
  'be-identity-card': beIdentityCard,
  'nl-bsn': nlBsn,
  'lu-matricule': luMatricule,
  'ie-pps': iePps,
};
