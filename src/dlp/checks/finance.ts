// Banks' and markets' numbers: accounts, routing, securities, legal entities.
import type { Check, Checks } from './check.ts';
import { compact, digitsOf } from './check.ts';
import { numberAt } from './dates.ts';
import { luhn, mod97, weightedSum } from './generic.ts';
import { IBAN_FORMS } from './iban.ts';

/** IBAN: the country's length and structure, ISO 7064 MOD 97-10 (ISO 13616-1; SWIFT IBAN registry). */
export const iban: Check = (match) => {
  const text = compact(match);
  const form = IBAN_FORMS[text.slice(0, 2)];
  return form?.test(text.slice(4)) === true && mod97(text.slice(4) + text.slice(0, 4)) === 1;
};

/** SEPA creditor identifier: modulo 97 without the three characters of the business code (EPC262-08). */
export const sepaCreditor: Check = (match) => {
  const text = compact(match);
  return IBAN_FORMS[text.slice(0, 2)] !== undefined && mod97(text.slice(7) + text.slice(0, 4)) === 1;
};

/** RF creditor reference: modulo 97 (ISO 11649). */
export const creditorReference: Check = (match) => {
  const text = compact(match);
  return mod97(text.slice(4) + text.slice(0, 4)) === 1;
};

/** Words in capitals near a BIC that have a country where it has one. */
const NO_BIC = new Set(
  (
    'ACCEPTED ADVANCED ASSIGNED ATTACHED ATTEMPTS BARCLAYS BENEFICIARY BUSINESS CHANNELS COMBINED COMPARED CONFLICT CONSUMER ' +
    'CONTAINS CONTINUE CONTROLS CUSTOMER DATABASE DELIVERY DESTINATION DETAILED DEUTSCHE DISABLED DIVISION DOCUMENT EUROPEAN ' +
    'EXCHANGE FRAGMENT IMPORTANT INCOMING INSTRUCTION INTEGERS LANGUAGE MESSAGES ORIGINAL OFFICIAL OVERVIEW PLATFORM POLICIES ' +
    'PREPARED PREVIOUS PROGRESS PROJECTS PROPERTY PROVIDED PROVIDER PURCHASE RECOMMENDED REGISTER RELEASED REMITTER REQUESTS ' +
    'REQUIRED REQUIREMENT REQUIRES RESEARCH RESOLVED SESSIONS SETTINGS SHIPMENT TEMPLATE TERMINAL TRACKING TRANSACTION UNAVAILABLE ' +
    'UNSPECIFIED UPSTREAM USERNAME VERIFIER VERSIONS WARNINGS'
  ).split(' '),
);

/** BIC: its country is one, its location no test, and it is no word or bank's name (ISO 9362). */
export const bic: Check = (match) => {
  const text = compact(match);
  return COUNTRIES.has(text.slice(4, 6)) && text[7] !== '0' && !NO_BIC.has(text) && !/^.{4}BANK$/.test(text);
};

/** ABA routing number: a Federal Reserve district, weights 3, 7, 1 (American Bankers Association). */
export const abaRouting: Check = (match) => {
  const digits = digitsOf(match);
  const district = numberAt(digits, 0, 2);
  const known =
    (district >= 1 && district <= 12) ||
    (district >= 21 && district <= 32) ||
    (district >= 61 && district <= 72);
  return (
    digits.length === 9 &&
    (known || district === 80 || (district === 0 && numberAt(digits, 0, 4) > 0)) &&
    weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0
  );
};

const valueOfChar = (char: string): number => {
  if (char >= '0' && char <= '9') return Number(char);
  const special = '*@#'.indexOf(char);
  return special < 0 ? char.charCodeAt(0) - 55 : 36 + special;
};

/** CUSIP: every second value doubled, the cross sums modulo 10 (ANSI X9.6); no leading letter but a CINS country's, some digit. */
export const cusip: Check = (match) => {
  const text = match.toUpperCase().replace(/[ -]/g, '');
  const sum = [...text.slice(0, 8)].reduce((total, char, i) => {
    const value = valueOfChar(char) * (i % 2 === 0 ? 1 : 2);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return text.length === 9 && (10 - (sum % 10)) % 10 === Number(text[8]) && /[1-9]/.test(text.slice(0, 8));
};

/** ISIN: a country or X-prefix, letters as two digits, Luhn (ISO 6166). */
export const isin: Check = (match) => {
  const text = compact(match);
  const prefix = text.slice(0, 2);
  const digits = [...text].flatMap((char) => [...String(valueOfChar(char))].map(Number));
  return (
    text.length === 12 &&
    (COUNTRIES.has(prefix) || /^(?:EU|EZ|QS|QT|X[ABCDFKS])$/.test(prefix)) &&
    /\d/.test(text.slice(2, 11)) &&
    luhn(digits)
  );
};

/** SEDOL: weights 1, 3, 1, 7, 3, 9, 1; digits alone, or beginning with a letter (London Stock Exchange). */
export const sedol: Check = (match) => {
  const text = compact(match);
  const values = [...text].map(valueOfChar);
  return (
    text.length === 7 &&
    numberAt(digitsOf(text), 0, 7) > 0 &&
    (/^\d+$/.test(text) || /^[A-Z]/.test(text)) &&
    weightedSum(values, [1, 3, 1, 7, 3, 9, 1]) % 10 === 0
  );
};

/** German securities number (WKN): six letters and digits, some digit. */
export const wkn: Check = (match) => /\d/.test(match) && !/^0+$/.test(match);

/** LEI: ISO 7064 MOD 97-10 over twenty letters and digits (ISO 17442). */
export const lei: Check = (match) => {
  const text = compact(match);
  return text.length === 20 && /[A-Z]/.test(text) && mod97(text) === 1;
};

/** FIGI: its consonants and digits, G third, Luhn over letters' values (OMG FIGI). */
export const figi: Check = (match) => {
  const text = compact(match);
  if (/^(?:BS|BM|GG|GB|GH|KY|VG)/.test(text)) return false;
  const sum = [...text.slice(0, 11)].reduce((total, char, i) => {
    const value = valueOfChar(char) * (i % 2 === 0 ? 1 : 2);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return text.length === 12 && (10 - (sum % 10)) % 10 === Number(text[11]);
};

/** Spanish account (CCC): two check digits over bank and account, modulus 11 (Banco de España). */
export const esCcc: Check = (match) => {
  const digits = digitsOf(match);
  const check = (part: readonly number[]): number => {
    const rest = weightedSum(part, [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11;
    return rest < 2 ? rest : 11 - rest;
  };
  return (
    digits.length === 20 &&
    numberAt(digits, 0, 8) > 0 &&
    check([0, 0, ...digits.slice(0, 8)]) === digits[8] &&
    check(digits.slice(10)) === digits[9]
  );
};

/** Belgian account of before IBAN: ten digits modulo 97, 97 for none. */
export const beAccount: Check = (match) => {
  const digits = digitsOf(match);
  return digits.length === 12 && (numberAt(digits, 0, 10) % 97 || 97) === numberAt(digits, 10, 2);
};

/** Norwegian account: modulus 11, weights 5, 4, 3, 2, 7, 6 (Bits). */
export const noAccount: Check = (match) => {
  const digits = digitsOf(match);
  return digits.length === 11 && weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
};

/** Polish account (NRB): twenty-six digits, as an IBAN of Poland. */
export const plAccount: Check = (match) => {
  const text = compact(match);
  return text.length === 26 && mod97(`${text.slice(2)}PL${text.slice(0, 2)}`) === 1;
};

/** French account (RIB): bank, branch, account and key, modulo 97 with letters as digits (Banque de France). */
export const frRib: Check = (match) => {
  const digits = [...compact(match)].map((char) => {
    const letter = char.charCodeAt(0) - 65;
    return letter < 0 ? Number(char) : letter < 18 ? (letter % 9) + 1 : letter - 16;
  });
  const part = (from: number, count: number): number => numberAt(digits, from, count) % 97;
  const sum = 89 * part(0, 5) + 15 * part(5, 5) + 3 * part(10, 11) + part(21, 2);
  return digits.length === 23 && numberAt(digits, 0, 5) > 0 && sum % 97 === 0;
};

/** Czech and Slovak account: prefix and number by modulus 11 (ČNB decree 169/2011). */
export const czAccount: Check = (match) => {
  const [account = '', bank = ''] = match.replace(/\s/g, '').split('/');
  const parts = account.split('-');
  return (
    bank.length === 4 &&
    bank > '0099' &&
    parts.every(
      (part) => weightedSum(digitsOf(part.padStart(10, '0')), [6, 3, 7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0,
    ) &&
    Number(parts.at(-1)) > 0
  );
};

/** Hungarian account of sixteen or twenty-four digits: weights 9, 7, 3, 1 over the first eight and over the rest (MNB). */
export const huAccount: Check = (match) => {
  const digits = digitsOf(match);
  const sum = (part: readonly number[]): number =>
    part.reduce((total, digit, i) => total + digit * ([9, 7, 3, 1][i % 4] ?? 0), 0) % 10;
  return (
    (digits.length === 16 || digits.length === 24) &&
    numberAt(digits, 0, 8) > 0 &&
    sum(digits.slice(0, 8)) === 0 &&
    sum(digits.slice(8)) === 0
  );
};

const COUNTRIES = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC ' +
    'CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD ' +
    'GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH ' +
    'KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW ' +
    'MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC ' +
    'SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY ' +
    'UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
  ).split(' '),
);

export const financeChecks: Checks = {
  iban,
  'sepa-creditor-id': sepaCreditor,
  'creditor-reference': creditorReference,
  bic,
  'aba-routing': abaRouting,
  cusip,
  isin,
  sedol,
  wkn,
  lei,
  figi,
  'es-ccc': esCcc,
  'be-account': beAccount,
  'no-account': noAccount,
  'pl-account': plAccount,
  'fr-rib': frRib,
  'cz-account': czAccount,
  'hu-account': huAccount,
};
