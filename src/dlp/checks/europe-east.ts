// Check digits of the eastern countries' identifiers.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { isDate, isShortDate, numberAt, remainder } from './dates.ts';
import { weightedSum } from './generic.ts';

/** Polish PESEL: birth date with the century in the month, weights 1, 3, 7, 9 (gov.pl). */
export const plPesel = (match: string): boolean => {
  const digits = digitsOf(match);
  const month = numberAt(digits, 2, 2);
  const century = [1900, 2000, 2100, 2200, 1800][Math.floor(month / 20)] ?? 0;
  return (
    digits.length === 11 &&
    isDate(century + numberAt(digits, 0, 2), month % 20, numberAt(digits, 4, 2)) &&
    weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
  );
};

/** Polish NIP: modulus 11 (Ministerstwo Finansów). */
export const plNip = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 10 &&
    numberAt(digits, 0, 3) >= 100 &&
    weightedSum(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digits[9]
  );
};

/** Polish REGON of nine or fourteen digits: modulus 11, ten as 0 (GUS). */
export const plRegon = (match: string): boolean => {
  const digits = digitsOf(match);
  const short = (weightedSum(digits, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10 === digits[8];
  const long = (weightedSum(digits, [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11) % 10 === digits[13];
  return numberAt(digits, 0, 8) > 0 && short && (digits.length === 9 || (digits.length === 14 && long));
};

const lettersAndDigits = (text: string): readonly number[] =>
  [...text].map((char) => (char >= 'A' ? char.charCodeAt(0) - 55 : char.charCodeAt(0) - 48));

/** Polish identity card: three letters, the first digit checks the rest with weights 7, 3, 1 (MSWiA). */
export const plDowod = (match: string): boolean => {
  const values = lettersAndDigits(compact(match));
  return values.length === 9 && weightedSum(values, [7, 3, 1, 0, 7, 3, 1, 7, 3]) % 10 === values[3];
};

/** Polish passport: two letters, the first digit checks the rest with weights 7, 3, 1 (MSWiA). */
export const plPaszport = (match: string): boolean => {
  const values = lettersAndDigits(compact(match));
  return values.length === 9 && weightedSum(values, [7, 3, 0, 1, 7, 3, 1, 7, 3]) % 10 === values[2];
};

/** Czech and Slovak birth number: months + 20, 50 or 70; divisible by 11 since 1954 (Act 133/2000 Sb.). */
export const czRodneCislo = (match: string): boolean => {
  const digits = digitsOf(match);
  const year = numberAt(digits, 0, 2);
  const sexless = numberAt(digits, 2, 2) % 50;
  const month = sexless > 20 ? sexless - 20 : sexless;
  const day = numberAt(digits, 4, 2);
  if (digits.length === 9) return year < 54 && isDate(1900 + year, month, day) && numberAt(digits, 6, 3) > 0;
  const full = year < 54 ? 2000 + year : 1900 + year;
  const rest = numberAt(digits, 0, 9) % 11;
  const check = rest === digits[9] || (rest === 10 && digits[9] === 0 && full < 1986);
  return digits.length === 10 && isDate(full, month, day) && check;
};

/** Czech and Slovak company number (IČO): modulus 11 (ČSÚ, ŠÚ SR). */
export const czIco = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = weightedSum(digits, [8, 7, 6, 5, 4, 3, 2]) % 11;
  return digits.length === 8 && numberAt(digits, 0, 7) > 0 && (11 - rest) % 10 === digits[7];
};

/** Hungarian tax identification: begins with 8, weights 1 to 9, modulus 11 (NAV). */
export const huAdoazonosito = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 10 &&
    digits[0] === 8 &&
    weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digits[9]
  );
};

/** Hungarian social security number (TAJ): weights 3 and 7, modulo 10 (NEAK). */
export const huTaj = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 9 &&
    numberAt(digits, 0, 8) > 0 &&
    weightedSum(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digits[8]
  );
};

/** Hungarian personal number: sex and century, birth date, weights up to 1996 and down since, modulus 11 (Act XX of 1996). */
export const huSzemelyi = (match: string): boolean => {
  const digits = digitsOf(match);
  const up = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11;
  const down = weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
  return (
    digits.length === 11 &&
    (digits[0] ?? 0) >= 1 &&
    (digits[0] ?? 9) <= 8 &&
    isShortDate(numberAt(digits, 1, 2), numberAt(digits, 3, 2), numberAt(digits, 5, 2)) &&
    (up === digits[10] || down === digits[10])
  );
};

/** Hungarian company tax number: weights 9, 7, 3, 1 over eight digits, then VAT code and county (NAV). */
export const huAdoszam = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    (digits.length === 8 || (digits.length === 11 && (digits[8] ?? 0) >= 1 && (digits[8] ?? 9) <= 5)) &&
    numberAt(digits, 0, 8) > 0 &&
    weightedSum(digits, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0
  );
};

/** Romanian CNP: sex and century, birth date, county, modulus 11 (DEPABD). */
export const roCnp = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = weightedSum(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  const county = numberAt(digits, 7, 2);
  return (
    digits.length === 13 &&
    digits[0] !== 0 &&
    isShortDate(numberAt(digits, 1, 2), numberAt(digits, 3, 2), numberAt(digits, 5, 2)) &&
    county >= 1 &&
    (county <= 52 || county === 70 || county >= 80) &&
    (rest === 10 ? 1 : rest) === digits[12]
  );
};

/** Romanian fiscal code (CUI): modulus 11, weights from the right (ANAF). */
export const roCui = (match: string): boolean => {
  const printed = digitsOf(match);
  const digits = [...new Array<number>(Math.max(0, 10 - printed.length)).fill(0), ...printed];
  const sum = weightedSum(digits, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10;
  return printed.length >= 2 && printed.length <= 10 && printed[0] !== 0 && (sum % 11) % 10 === digits[9];
};

/** Bulgarian EGN: birth date with the century in the month, modulus 11 (GRAO). */
export const bgEgn = (match: string): boolean => {
  const digits = digitsOf(match);
  const printed = numberAt(digits, 2, 2);
  const [century, month] =
    printed > 40 ? [2000, printed - 40] : printed > 20 ? [1800, printed - 20] : [1900, printed];
  return (
    digits.length === 10 &&
    isDate((century ?? 0) + numberAt(digits, 0, 2), month ?? 0, numberAt(digits, 4, 2)) &&
    (weightedSum(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digits[9]
  );
};

/** Bulgarian personal number of a foreigner (LNCh): odd weights, modulo 10 (GRAO). */
export const bgLnch = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 10 &&
    numberAt(digits, 0, 9) > 0 &&
    weightedSum(digits, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 === digits[9]
  );
};

/** Bulgarian company id (EIK): modulus 11 in two passes, nine digits or the first nine of thirteen (Registry Agency). */
export const bgEik = (match: string): boolean => {
  const digits = digitsOf(match);
  const first = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
  const check = first === 10 ? (weightedSum(digits, [3, 4, 5, 6, 7, 8, 9, 10]) % 11) % 10 : first;
  return (digits.length === 9 || digits.length === 13) && numberAt(digits, 0, 8) > 0 && check === digits[8];
};

/** Ukrainian taxpayer card number (RNOKPP): days since 1899, modulus 11 (Order 822 of the Ministry of Finance). */
export const uaRnokpp = (match: string): boolean => {
  const digits = digitsOf(match);
  const sum = weightedSum(digits, [-1, 5, 7, 9, 4, 6, 10, 5, 7]);
  return digits.length === 10 && numberAt(digits, 0, 9) > 0 && (((sum % 11) + 11) % 11) % 10 === digits[9];
};

/** Ukrainian company code (EDRPOU): modulus 11 in two passes, weights by range (State Statistics Service). */
export const uaEdrpou = (match: string): boolean => {
  const digits = digitsOf(match);
  const middle = [3, 4, 5].includes(digits[0] ?? 0);
  const weights = middle ? [7, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7];
  const first = weightedSum(digits, weights) % 11;
  const second =
    weightedSum(
      digits,
      weights.map((weight) => weight + 2),
    ) % 11;
  return (
    digits.length === 8 && numberAt(digits, 0, 7) > 0 && (first < 10 ? first : second % 10) === digits[7]
  );
};

/** Ukrainian record number in the demographic register (UNZR): a birth date and a serial number (DMSU). */
export const uaUnzr = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 13 && isDate(numberAt(digits, 0, 4), numberAt(digits, 4, 2), numberAt(digits, 6, 2))
  );
};

/** Belarusian personal number: weights 7, 3, 1 over thirteen characters, letters from 10 (STB ISO 7501). */
export const byPersonalNumber = (match: string): boolean => {
  const values = lettersAndDigits(compact(match));
  const sum = values.slice(0, 13).reduce((total, value, i) => total + value * ([7, 3, 1][i % 3] ?? 0), 0);
  return (
    values.length === 14 &&
    isShortDate(numberAt(values, 5, 2), numberAt(values, 3, 2), numberAt(values, 1, 2)) &&
    sum % 10 === values[13]
  );
};

/** Belarusian taxpayer number (UNP): modulus 11, a second letter counted by its place in ABCEHKMOPT (MNS). */
export const byUnp = (match: string): boolean => {
  const text = compact(match);
  const values = lettersAndDigits(text).map((value, i) =>
    i === 1 && value > 9 ? 'ABCEHKMOPT'.indexOf(text[1] ?? '') : value,
  );
  const rest = weightedSum(values, [29, 23, 19, 17, 13, 7, 5, 3]) % 11;
  return values.length === 9 && numberAt(values, 1, 7) > 0 && rest === values[8];
};

/** Moldovan IDNP and IDNO: weights 7, 3, 1, modulo 10 (ASP). */
export const mdIdnp = (match: string): boolean => {
  const digits = digitsOf(match);
  return (
    digits.length === 13 && weightedSum(digits, [7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 === digits[12]
  );
};

/** Moldovan IDNO: a company's number, the check of the IDNP (ASP). */
export const mdIdno = (match: string): boolean => mdIdnp(match) && digitsOf(match)[0] === 1;

/** Russian INN of a company (10 digits) or a person (12): modulus 11, ten as 0 (FNS). */
export const ruInn = (match: string): boolean => {
  const digits = digitsOf(match);
  const check = (weights: readonly number[]): number => (weightedSum(digits, weights) % 11) % 10;
  if (numberAt(digits, 0, 2) === 0) return false;
  if (digits.length === 10) return check([2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[9];
  return (
    digits.length === 12 &&
    check([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[10] &&
    check([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[11]
  );
};

/** Russian SNILS: weights 9 to 1, modulus 101, a hundred as 0 (PFR). */
export const ruSnils = (match: string): boolean => {
  const digits = digitsOf(match);
  const check = (weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100;
  return digits.length === 11 && numberAt(digits, 0, 9) > 1_001_998 && check === numberAt(digits, 9, 2);
};

/** Russian OGRN (13 digits) and OGRNIP (15): the remainder modulo 11 or 13, its last digit (FNS). */
export const ruOgrn = (match: string): boolean => {
  const digits = digitsOf(match);
  const rest = remainder(digits.slice(0, -1), digits.length === 13 ? 11 : 13) % 10;
  return (
    (digits.length === 13 || digits.length === 15) &&
    [1, 2, 3, 5].includes(digits[0] ?? 0) &&
    rest === digits.at(-1)
  );
};

export const europeEastChecks: Checks = {
  'pl-pesel': plPesel,
  'pl-nip': plNip,
  'pl-regon': plRegon,
  'pl-dowod-osobisty': plDowod,
  'pl-paszport': plPaszport,
  'cz-rodne-cislo': czRodneCislo,
  'cz-ico': czIco,
  'hu-adoazonosito': huAdoazonosito,
  'hu-taj': huTaj,
  'hu-szemelyi-azonosito': huSzemelyi,
  'hu-adoszam': huAdoszam,
  'ro-cnp': roCnp,
  'ro-cui': roCui,
  'bg-egn': bgEgn,
  'bg-lnch': bgLnch,
  'bg-eik': bgEik,
  'ua-rnokpp': uaRnokpp,
  'ua-edrpou': uaEdrpou,
  'ua-unzr': uaUnzr,
  'by-personal-number': byPersonalNumber,
  'by-unp': byUnp,
  'md-idnp': mdIdnp,
  'md-idno': mdIdno,
  'ru-inn': ruInn,
  'ru-snils': ruSnils,
  'ru-ogrn': ruOgrn,
};
