// Check digits of the Mediterranean and West Balkan countries' identifiers.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isDate, isShortDate, numberAt, remainder } from './dates.ts';
import { luhn, weightedSum } from './generic.ts';

const DNI = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** Spanish DNI, NIE (X, Y, Z for 0, 1, 2) and NIF of the K, L, M series: modulus 23 (Ministerio del Interior). */
export const esDni = (match: string): boolean => {
  const text = compact(match);
  const body = text.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return text.length === 9 && DNI[numberAt(digitsOf(body), 0, digitsOf(body).length) % 23] === text.at(-1);
};

/** Spanish CIF: Luhn over seven digits, printed as a digit or a letter (Orden EHA/451/2008). */
export const esCif = (match: string): boolean => {
  const text = compact(match);
  const last = text.at(-1) ?? '';
  const check = /\d/.test(last) ? Number(last) : 'JABCDEFGHI'.indexOf(last);
  const letterOnly = /^[NPQRSW]/.test(text);
  return (
    text.length === 9 &&
    check >= 0 &&
    (!letterOnly || /[A-J]/.test(last)) &&
    luhn([...digitsOf(text.slice(1, 8)), check])
  );
};

/** Spanish social security number: province, number, the remainder modulo 97; numbers under ten million lose their zero (TGSS). */
export const esNss = (match: string): boolean => {
  const digits = digitsOf(match);
  const province = numberAt(digits, 0, 2);
  const number = numberAt(digits, 2, 8);
  const body = number < 10_000_000 ? province * 10_000_000 + number : province * 100_000_000 + number;
  return (
    digits.length === 12 &&
    ((province >= 1 && province <= 53) || province === 66) &&
    body % 97 === numberAt(digits, 10, 2)
  );
};

/** Spanish supply point code (CUPS): sixteen digits modulo 529, as two letters (BOE-A-2014-3375). */
export const esCups = (match: string): boolean => {
  const text = compact(match);
  const rest = remainder(digitsOf(text.slice(2, 18)), 529);
  return text[18] === DNI[Math.floor(rest / 23)] && text[19] === DNI[rest % 23];
};

/** Portuguese NIF: modulus 11 (Autoridade Tributária). */
export const ptNif = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return digits.length === 9 && digits[0] !== 0 && (rest < 2 ? 0 : 11 - rest) === digits[8];
};

/** Portuguese social security number: primes as weights, modulo 10 (Segurança Social). */
export const ptNiss = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 11 &&
    9 - (weightedSum(digits, [29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10) === digits[10]
  );
};

const cardValue = (char: string): number => (char >= 'A' ? char.charCodeAt(0) - 55 : Number(char));

/** Portuguese citizen card: Luhn with letters as 10 to 35, doubled values over nine less nine (AMA). */
export const ptCartaoCidadao = (match: string): boolean => {
  const text = compact(match);
  const sum = [...text].reduce((total, char, i) => {
    const value = cardValue(char) * (i % 2 === 0 ? 2 : 1);
    return total + (i % 2 === 0 && value > 9 ? value - 9 : value);
  }, 0);
  return text.length === 12 && sum % 10 === 0;
};

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const OMOCODIA = 'LMNPQRSTUV';
const codeValue = (char: string): number => (char >= 'A' ? char.charCodeAt(0) - 65 : Number(char));

/** Italian fiscal code: check letter, and a birth day its month has, letters for digits where two people collide (DM 23/12/1976). */
export const itCodiceFiscale = (match: string): boolean => {
  const text = compact(match);
  if (text.length !== 16) return false;
  const digit = (i: number): number => {
    const omocodic = OMOCODIA.indexOf(text[i] ?? '');
    return omocodic < 0 ? Number(text[i]) : omocodic;
  };
  const day = digit(9) * 10 + digit(10);
  const month = 'ABCDEHLMPRST'.indexOf(text[8] ?? '') + 1;
  if (!isShortDate(digit(6) * 10 + digit(7), month, day > 40 ? day - 40 : day)) return false;
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const value = codeValue(text[i] ?? '');
    sum += i % 2 === 0 ? (ODD[value] ?? 0) : value;
  }
  return sum % 26 === codeValue(text[15] ?? '');
};

/** Italian VAT number: Luhn, and a province's office or one of the special ones (DPR 633/1972). */
export const itPartitaIva = (match: string): boolean => {
  const digits = digitsOf(match);
  const office = numberAt(digits, 7, 3);
  return (
    digits.length === 11 &&
    numberAt(digits, 0, 7) > 0 &&
    ((office >= 1 && office <= 100) || [120, 121, 888, 999].includes(office)) &&
    luhn(digits)
  );
};

/** Greek AMKA: birth date and Luhn (IDIKA). */
export const grAmka = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 11 &&
    isShortDate(numberAt(digits, 4, 2), numberAt(digits, 2, 2), numberAt(digits, 0, 2)) &&
    luhn(digits)
  );
};

/** Greek AFM: powers of two, modulus 11 (AADE). */
export const grAfm = (match: string): boolean => {
  const digits = digitsOf(match);
  const sum = weightedSum(digits, [256, 128, 64, 32, 16, 8, 4, 2]);
  return digits.length === 9 && numberAt(digits, 0, 8) > 0 && (sum % 11) % 10 === digits[8];
};

const CYPRUS = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];

/** Cypriot tax identification code: check letter (Tax Department). */
export const cyTic = (match: string): boolean => {
  const text = compact(match).replace(/^CY/, '');
  const sum = digitsOf(text).reduce(
    (total, digit, i) => total + (i % 2 === 0 ? (CYPRUS[digit] ?? 0) : digit),
    0,
  );
  return text.length === 9 && !text.startsWith('12') && String.fromCharCode(65 + (sum % 26)) === text[8];
};

/** The modulus 11 of JMBG, EMŠO and the numbers built like them, check digit last. */
const masterCheck = (digits: readonly number[]): boolean => {
  const rest = weightedSum(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return digits.length === 13 && rest !== 1 && (11 - rest) % 11 === digits[12];
};

/** Unique master citizen number: birth date, region, modulus 11 (law of the SFR Yugoslavia, still kept by its heirs). */
const jmbg =
  (from: number, to: number) =>
  (match: string): boolean => {
    const digits = digitsOf(match);
    const year = numberAt(digits, 4, 3);
    const region = numberAt(digits, 7, 2);
    return (
      isDate(year < 800 ? 2000 + year : 1000 + year, numberAt(digits, 2, 2), numberAt(digits, 0, 2)) &&
      region >= from &&
      region <= to &&
      masterCheck(digits)
    );
  };

/** Slovenian tax number: modulus 11 (FURS). */
export const siDavcna = (match: string): boolean => {
  const digits = digitsOf(match);
  const check = 11 - (weightedSum(digits, [8, 7, 6, 5, 4, 3, 2]) % 11);
  return digits.length === 8 && digits[0] !== 0 && check !== 11 && check % 10 === digits[7];
};

/** Montenegrin tax number: modulus 11 (Poreska uprava). */
export const mePib = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 8 &&
    numberAt(digits, 0, 7) > 0 &&
    ((11 - (weightedSum(digits, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === digits[7]
  );
};

/** Macedonian tax number: the master numbers' modulus 11 with ten as 0 (UJP). */
export const mkEdb = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = weightedSum(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return digits.length === 13 && ((11 - rest) % 11) % 10 === digits[12];
};

/** Albanian identity number: decade letter, year, month (+ 50 for women), day (DPGJC). */
export const alNid = (match: string): boolean => {
  const text = compact(match);
  const month = Number(text.slice(2, 4)) % 50;
  const decade = (text.charCodeAt(0) - 65) * 10 + 1900 + Number(text[1]);
  return text.length === 10 && isDate(decade, month, Number(text.slice(4, 6)));
};

export const europeSouthChecks: Checks = {
  'es-dni': esDni,
  'es-cif': esCif,
  'es-nss': esNss,
  'es-cups': esCups,
  'pt-nif': ptNif,
  'pt-niss': ptNiss,
  'pt-cartao-cidadao': ptCartaoCidadao,
  'it-codice-fiscale': itCodiceFiscale,
  'it-partita-iva': itPartitaIva,
  'gr-amka': grAmka,
  'gr-afm': grAfm,
  'cy-tic': cyTic,
  'si-emso': jmbg(50, 59),
  'hr-jmbg': jmbg(30, 39),
  'rs-jmbg': jmbg(70, 99),
  'ba-jmbg': jmbg(10, 19),
  'me-jmbg': jmbg(20, 29),
  'mk-embg': jmbg(40, 49),
  'si-davcna-stevilka': siDavcna,
  'me-pib': mePib,
  'mk-edb': mkEdb,
  'al-nid': alNid,
};
