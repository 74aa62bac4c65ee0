// Check digits of the Nordic and Baltic countries' identifiers.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isDate, isShortDate, numberAt, remainder } from './dates.ts';
import { luhn, weightedSum } from './generic.ts';

/** Danish CPR number: a birth date; the modulus 11 is not kept since 2007 (CPR-kontoret). */
export const dkCpr = (match: string): boolean => {
  const digits = digitsOf(match);
  const day = numberAt(digits, 0, 2);
  return (
    digits.length === 10 &&
    numberAt(digits, 6, 4) > 0 &&
    isShortDate(numberAt(digits, 4, 2), numberAt(digits, 2, 2), day > 60 ? day - 60 : day)
  );
};

/** Danish CVR number: modulus 11 (Erhvervsstyrelsen). */
export const dkCvr = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 8 && digits[0] !== 0 && weightedSum(digits, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
};

/** Swedish personnummer and samordningsnummer (day + 60): a birth date and Luhn over ten digits (Skatteverket, SKV 704). */
export const sePersonnummer = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 10 && digits.length !== 12) return false;
  const short = digits.slice(-10);
  const day = numberAt(short, 4, 2);
  const date = [numberAt(short, 2, 2), day > 60 ? day - 60 : day] as const;
  const century = numberAt(digits, 0, 2);
  const dated =
    digits.length === 10
      ? isShortDate(numberAt(short, 0, 2), ...date)
      : century >= 18 && century <= 20 && isDate(numberAt(digits, 0, 4), ...date);
  return dated && numberAt(short, 6, 3) > 0 && luhn(short);
};

/** Swedish organisationsnummer: its third digit is 2 or more, Luhn (Skatteverket, SKV 709). */
export const seOrganisationsnummer = (match: string): boolean => {
  const digits = digitsOf(match).slice(-10);
  return digits.length === 10 && (digits[2] ?? 0) >= 2 && digits[0] !== 0 && luhn(digits);
};

const HETU = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Finnish personal identity code: a birth date and modulus 31 (Digital and Population Data Services Agency). */
export const fiHetu = (match: string): boolean => {
  const text = match.toUpperCase();
  const digits = digitsOf(text.slice(0, 6) + text.slice(7, 10));
  const sign = text[6] ?? '';
  const century = sign === '+' ? 1800 : '-UVWXY'.includes(sign) ? 1900 : 2000;
  return (
    text.length === 11 &&
    digits.length === 9 &&
    isDate(century + numberAt(digits, 4, 2), numberAt(digits, 2, 2), numberAt(digits, 0, 2)) &&
    numberAt(digits, 6, 3) >= 2 &&
    HETU[remainder(digits, 31)] === text[10]
  );
};

/** Finnish electronic client identifier (SATU): eight digits, modulus 31. */
export const fiSatu = (match: string): boolean => {
  const text = compact(match);
  return text.length === 9 && HETU[remainder(digitsOf(text.slice(0, 8)), 31)] === text[8];
};

/** Finnish business id: modulus 11 (Patent and Registration Office). */
export const fiYTunnus = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 8 &&
    weightedSum(digits, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0 &&
    numberAt(digits, 0, 7) > 0
  );
};

/** Norwegian national identity, D (day + 40) and synthetic numbers (month + 40, 65 or 80): two modulus 11 (Skatteetaten). */
export const noFodselsnummer = (match: string): boolean => {
  const digits = digitsOf(match);
  const day = numberAt(digits, 0, 2);
  const plain = numberAt(digits, 2, 2);
  const month = plain > 80 ? plain - 80 : plain > 65 ? plain - 65 : plain > 40 ? plain - 40 : plain;
  return (
    digits.length === 11 &&
    isShortDate(numberAt(digits, 4, 2), month, day > 40 ? day - 40 : day) &&
    weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
};

/** Norwegian organisation number: modulus 11, beginning with 8 or 9 (Brønnøysundregistrene). */
export const noOrgnr = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 9 &&
    (digits[0] ?? 0) >= 8 &&
    weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
};

/** Icelandic kennitala, a person's or (day + 40) an organisation's: modulus 11, the century last (Þjóðskrá). */
export const isKennitala = (match: string): boolean => {
  const digits = digitsOf(match);
  const day = numberAt(digits, 0, 2);
  const century = digits[9] === 9 ? 1900 : digits[9] === 8 ? 1800 : 2000;
  return (
    digits.length === 10 &&
    [0, 8, 9].includes(digits[9] ?? 1) &&
    isDate(century + numberAt(digits, 4, 2), numberAt(digits, 2, 2), day > 40 ? day - 40 : day) &&
    weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
};

/** The two-pass modulus 11 of Estonian and Lithuanian codes, check digit last. */
const balticCheck = (digits: readonly number[]): boolean => {
  const body = digits.slice(0, -1);
  const pass = (shift: number): number =>
    body.reduce((sum, digit, i) => sum + digit * (((i + shift) % 9) + 1), 0) % 11;
  const first = pass(0);
  return (first === 10 ? pass(2) % 10 : first) === digits.at(-1);
};

/** Estonian and Lithuanian personal codes: century and sex, birth date, modulus 11 (EVS 585; Lithuanian law I-1552). */
export const balticPersonalCode = (match: string): boolean => {
  const digits = digitsOf(match);
  const century = 1700 + Math.ceil((digits[0] ?? 0) / 2) * 100;
  return (
    digits.length === 11 &&
    century >= 1800 &&
    century <= 2000 &&
    isDate(century + numberAt(digits, 1, 2), numberAt(digits, 3, 2), numberAt(digits, 5, 2)) &&
    balticCheck(digits)
  );
};

/** Estonian registry code: eight digits beginning with 1, 7, 8 or 9 (Äriregister). */
export const eeRegistrikood = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 8 && [1, 7, 8, 9].includes(digits[0] ?? 0) && balticCheck(digits);
};

/** Lithuanian legal entity code: nine digits (Registrų centras). */
export const ltImonesKodas = (match: string): boolean => {
  const digits = digitsOf(match);
  return digits.length === 9 && [1, 2, 3].includes(digits[0] ?? 0) && balticCheck(digits);
};

/** Latvian personal code: a birth date (none since 2017, when it begins with 32) and modulus 11 (PMLP). */
export const lvPersonasKods = (match: string): boolean => {
  const digits = digitsOf(match);
  const sum = 1 + weightedSum(digits, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
  const dated = isDate(
    1800 + (digits[6] ?? 0) * 100 + numberAt(digits, 4, 2),
    numberAt(digits, 2, 2),
    numberAt(digits, 0, 2),
  );
  return (
    digits.length === 11 &&
    (numberAt(digits, 0, 2) === 32 || (dated && (digits[6] ?? 9) <= 2)) &&
    (sum % 11) % 10 === digits[10]
  );
};

/** Latvian registration number of a company: modulus 11 leaving 3 (Uzņēmumu reģistrs). */
export const lvRegistracija = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 11 &&
    (digits[0] ?? 0) >= 4 &&
    weightedSum(digits, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 === 3
  );
};

export const europeNorthChecks: Checks = {
  'dk-cpr': dkCpr,
  'dk-cvr': dkCvr,
  'se-personnummer': sePersonnummer,
  'se-organisationsnummer': seOrganisationsnummer,
  'fi-hetu': fiHetu,
  'fi-satu': fiSatu,
  'fi-y-tunnus': fiYTunnus,
  'no-fodselsnummer': noFodselsnummer,
  'no-orgnr': noOrgnr,
  'is-kennitala': isKennitala,
  'baltic-personal-code': balticPersonalCode,
  'ee-registrikood': eeRegistrikood,
  'lt-imones-kodas': ltImonesKodas,
  'lv-personas-kods': lvPersonasKods,
  'lv-registracijas-numurs': lvRegistracija,
};
