// Check digits and fields of South Asia: India, Pakistan, Bangladesh, Sri Lanka.
import type { Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { numberAt } from './dates.ts';
import { verhoeff, weightedSum } from './generic.ts';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Whether a number reads the same backwards: UIDAI issues none such. */
const palindrome = (digits: readonly number[]): boolean =>
  digits.every((digit, i) => digit === digits[digits.length - 1 - i]);

/** Aadhaar number or virtual id of so many digits: not from 0 or 1, Verhoeff (UIDAI, "A UID Numbering Scheme"). */
const uidai = (match: string, length: number): boolean => {
  const digits = digitsOf(match);
  return digits.length === length && (digits[0] ?? 0) > 1 && !palindrome(digits) && verhoeff(digits);
};

/** GSTIN: state, PAN, registration count, Z, and a Luhn check character over base 36 (Goods and Services Tax Network). */
const gstin = (match: string): boolean => {
  const text = compact(match);
  if (text.length !== 15) return false;
  const state = Number(text.slice(0, 2));
  if (!((state >= 1 && state <= 38) || state === 97 || state === 99)) return false;
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const product = ALPHANUMERIC.indexOf(text.charAt(i)) * (i % 2 === 1 ? 2 : 1);
    sum += i === 14 ? ALPHANUMERIC.indexOf(text.charAt(i)) : Math.floor(product / 36) + (product % 36);
  }
  return sum % 36 === 0;
};

/** Sri Lanka's NIC, nine digits with V or X, or twelve: a day of the year, 500 more for women (Department for Registration of Persons). */
const nic = (match: string): boolean => {
  const digits = digitsOf(match);
  const long = digits.length === 12;
  if (!long && digits.length !== 9) return false;
  const year = long ? numberAt(digits, 0, 4) : 1900;
  const day = numberAt(digits, long ? 4 : 2, 3);
  return year >= 1900 && year <= 2030 && ((day >= 1 && day <= 366) || (day >= 501 && day <= 866));
};

/** Sri Lanka's old NIC; nine digits and X that hold as ISBN-10 are taken for a book. */
const oldNic = (match: string): boolean =>
  nic(match) &&
  !(/x/i.test(match) && (weightedSum(digitsOf(match), [10, 9, 8, 7, 6, 5, 4, 3, 2]) + 10) % 11 === 0);

/** Pakistan's CNIC: a province of 1 to 7, and a last digit that tells the sex and is never 0 (NADRA). */
const cnic = (match: string): boolean => {
  const digits = digitsOf(match);
  const [province = 0] = digits;
  return digits.length === 13 && province >= 1 && province <= 7 && digits.at(-1) !== 0;
};

/** Bangladesh's 17-digit NID and birth registration numbers begin with the year of birth (Election Commission, 2008 on). */
const nid = (match: string): boolean => {
  const digits = digitsOf(match);
  if (digits.length !== 17) return digits.length === 10 ? digits[0] !== 0 : digits.length === 13;
  const year = numberAt(digits, 0, 4);
  return year >= 1900 && year <= 2030;
};

export const apacSouthChecks: Checks = {
  'in-aadhaar': (match) => uidai(match, 12),
  'in-aadhaar-vid': (match) => uidai(match, 16),
  'in-gstin': gstin,
  'lk-nic': nic,
  'lk-nic-old': oldNic,
  'pk-cnic': cnic,
  'bd-nid': nid,
};
