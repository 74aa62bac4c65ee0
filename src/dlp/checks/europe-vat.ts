// Check digits of VAT numbers, by the country prefix they are printed with (VIES, annex of algorithms).
import type { Check, Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { numberAt, remainder } from './dates.ts';
import { bgEgn, bgEik, bgLnch, czIco, czRodneCislo, huAdoszam, plNip, roCui } from './europe-east.ts';
import { dkCvr, fiYTunnus, lvPersonasKods, lvRegistracija, noOrgnr } from './europe-north.ts';
import { cyTic, esCif, esDni, grAfm, itPartitaIva, ptNif, siDavcna } from './europe-south.ts';
import { ukVat } from './europe-uk.ts';
import { beEnterprise, frSiren, nlBsn } from './europe-west.ts';
import { iso7064Mod1110, luhn, mod97, weightedSum } from './generic.ts';

/** Austria: Luhn over seven digits, the sum raised by four. */
const at: Check = (text) => {
  const digits = digitsOf(text);
  const sum = [1, 2, 1, 2, 1, 2, 1].reduce((total, weight, i) => {
    const product = weight * (digits[i] ?? 0);
    return total + (product > 9 ? product - 9 : product);
  }, 4);
  return digits.length === 8 && (10 - (sum % 10)) % 10 === digits[7];
};

/** Bulgaria: a company's EIK, a person's EGN or LNCh, or the weights for others. */
const bg: Check = (text) => {
  const digits = digitsOf(text);
  if (digits.length === 9) return bgEik(text);
  const other = 11 - (weightedSum(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return bgEgn(text) || bgLnch(text) || (other !== 10 && other % 11 === digits[9]);
};

/** Czechia: a company's IČO, a person's birth number, or nine digits beginning with 6. */
const cz: Check = (text) => {
  const digits = digitsOf(text);
  if (digits.length === 8) return digits[0] !== 9 && czIco(text);
  if (czRodneCislo(text)) return true;
  const rest = weightedSum(digits.slice(1), [8, 7, 6, 5, 4, 3, 2]) % 11;
  return (
    digits.length === 9 && digits[0] === 6 && (((8 - ((10 - rest + 11) % 11)) % 10) + 10) % 10 === digits[8]
  );
};

/** Germany: ISO 7064 MOD 11,10. */
const de: Check = (text) => digitsOf(text)[0] !== 0 && iso7064Mod1110(digitsOf(text));

/** Estonia: weights 3, 7, 1. */
const ee: Check = (text) => {
  const digits = digitsOf(text);
  return numberAt(digits, 0, 8) > 0 && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
};

const FRENCH = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** France: a SIREN and its key, in digits or with letters; Monaco's begin with 000. */
const fr: Check = (text) => {
  const [first = '', second = ''] = text;
  const siren = text.slice(2);
  if (!siren.startsWith('000') && !frSiren(siren)) return false;
  const digits = digitsOf(siren);
  if (/\d/.test(first) && /\d/.test(second))
    return remainder([...digits, 1, 2], 97) === Number(first) * 10 + Number(second);
  const key = /\d/.test(first)
    ? FRENCH.indexOf(first) * 24 + FRENCH.indexOf(second) - 10
    : FRENCH.indexOf(first) * 34 + FRENCH.indexOf(second) - 100;
  return (numberAt(digits, 0, 9) + 1 + Math.floor(key / 11)) % 11 === key % 11;
};

const IRISH = 'WABCDEFGHIJKLMNOPQRSTUV';

/** Ireland: modulus 23; the old form has a letter or sign second and its first digit last. */
const ie: Check = (text) => {
  const old = !/\d/.test(text[1] ?? '');
  const digits = digitsOf(old ? `0${text.slice(2, 7)}${text[0] ?? ''}` : text.slice(0, 7));
  const extra = Math.max(0, IRISH.indexOf(text[8] ?? 'W'));
  return IRISH[(weightedSum(digits, [8, 7, 6, 5, 4, 3, 2]) + 9 * extra) % 23] === text[7];
};

/** Lithuania: nine or twelve digits with a 1 before the check digit, modulus 11 in two passes. */
const lt: Check = (text) => {
  const digits = digitsOf(text);
  const body = digits.slice(0, -1);
  const pass = (shift: number): number =>
    body.reduce((sum, digit, i) => sum + digit * (1 + ((i + shift) % 9)), 0) % 11;
  const first = pass(0);
  return body.at(-1) === 1 && (first === 10 ? pass(2) % 10 : first) === digits.at(-1);
};

/** Luxembourg: the first six digits modulo 89. */
const lu: Check = (text) => {
  const digits = digitsOf(text);
  return numberAt(digits, 0, 6) > 0 && numberAt(digits, 0, 6) % 89 === numberAt(digits, 6, 2);
};

/** Malta: modulus 37. */
const mt: Check = (text) => {
  const digits = digitsOf(text);
  return digits[0] !== 0 && weightedSum(digits, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0;
};

/** The Netherlands: the eleven test, or since 2020 modulus 97 over NL and the whole. */
const nl: Check = (text) => nlBsn(text.slice(0, 9)) || mod97(`NL${text}`) === 1;

/** Slovakia: divisible by 11, or a birth number. */
const sk: Check = (text) => {
  const digits = digitsOf(text);
  return digits[0] !== 0 && [2, 3, 4, 7, 8, 9].includes(digits[2] ?? 0) && remainder(digits, 11) === 0;
};

/** Sweden: an organisationsnummer or personnummer and 01. */
const se: Check = (text) => {
  const digits = digitsOf(text);
  return digits.length === 12 && numberAt(digits, 10, 2) > 0 && luhn(digits.slice(0, 10));
};

const BY_PREFIX: Readonly<Record<string, Check>> = {
  AT: at,
  BE: beEnterprise,
  BG: bg,
  CY: cyTic,
  CZ: cz,
  DE: de,
  DK: dkCvr,
  EE: ee,
  EL: grAfm,
  ES: (text) => esDni(text) || esCif(text),
  FI: fiYTunnus,
  FR: fr,
  GB: ukVat,
  GR: grAfm,
  HR: (text) => iso7064Mod1110(digitsOf(text)),
  HU: huAdoszam,
  IE: ie,
  IT: itPartitaIva,
  LT: lt,
  LU: lu,
  LV: (text) => lvRegistracija(text) || lvPersonasKods(text),
  MT: mt,
  NL: nl,
  NO: noOrgnr,
  PL: plNip,
  PT: ptNif,
  RO: roCui,
  SE: se,
  SI: siDavcna,
  SK: sk,
  XI: ukVat,
};

/** A VAT number printed with its country's prefix. */
export const euVat: Check = (match) => {
  const text = match.replace(/[^0-9A-Za-z+*]+/g, '').toUpperCase();
  return BY_PREFIX[text.slice(0, 2)]?.(text.slice(2)) ?? false;
};

/** Croatian OIB: ISO 7064 MOD 11,10 (Porezna uprava). */
export const hrOib: Check = (match) => iso7064Mod1110(digitsOf(match)) && compact(match).length === 11;

export const europeVatChecks: Checks = { 'eu-vat': euVat, 'hr-oib': hrOib, 'sk-dic': sk };
