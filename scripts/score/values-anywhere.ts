// What people everywhere are known by: addresses, numbers of accounts, cards and devices, days of birth.
import { createHash } from 'node:crypto';
import type { Random } from './random.ts';
import { chars, digits, letters, number, pad, pick, whole } from './random.ts';
import { issued, luhn, remainder, sum, value36 } from './sums.ts';
import type { Make, Makes } from './value.ts';
import { birthday, dd, mm, printed } from './value.ts';
import { iban } from './values-iban.ts';

const GIVEN =
  'anna maria.lopez jan-erik s.tanaka fatima piotr.nowak chloe m.rossi deniz olga.ivanova raj lucas li.wei kofi'.split(
    ' ',
  );
const FAMILY =
  'mueller dupont silva kowalska yilmaz sato haddad novak berg okafor fernandez moreau kaya janssen'.split(
    ' ',
  );
const HOSTS =
  'gmail.com outlook.com web.de orange.fr libero.it uol.com.br wp.pl yandex.ru naver.com qq.com t-online.de proton.me icloud.com bluewin.ch telia.se firma-berg.de nordwind.io acme-corp.co.uk contoso-logistics.eu'.split(
    ' ',
  );

const email: Make = (random) => {
  const name = pick(random, GIVEN);
  const family = pick(random, FAMILY);
  const user = pick(random, [
    name,
    `${name}.${family}`,
    `${name}_${family}`,
    `${family}${digits(random, 2)}`,
    `${name}+news`,
    `${name[0]}${family}`,
  ]);
  return `${user}@${pick(random, HOSTS)}`;
};

/** Printed forms of telephone numbers by country; `#` is a digit, `*` one of 2 to 9. */
const PHONES: Readonly<Record<string, readonly string[]>> = {
  de: [
    '+49 151 *#######',
    '+49 30 *#######',
    '0171 *######',
    '030 / *## ## ##',
    '+49 (0)89 *######',
    '0049 221 *######',
    '0160-*######',
  ],
  at: ['+43 664 *######', '0664 *######'],
  ch: ['+41 79 *## ## ##', '044 *## ## ##'],
  fr: ['+33 6 ## ## ## ##', '06 ## ## ## ##', '01.4#.##.##.##', '+33 (0)1 4# ## ## ##', '06########'],
  es: ['+34 6## ### ###', '6## ## ## ##', '91 *## ## ##', '+346########'],
  it: ['+39 34* ### ####', '34* #######', '06 *#######', '+39 02 *#######'],
  pt: ['+351 91# ### ###', '91# ### ###', '21# ### ###'],
  br: ['+55 11 9####-####', '(21) 9*###-####', '(11) *###-####', '+5511 9########'],
  nl: ['+31 6 *#######', '06-*#######', '020 *## ## ##'],
  pl: ['+48 60# ### ###', '50# ### ###', '22 *## ## ##'],
  en: [
    '+1 (415) *##-####',
    '(212) *##-####',
    '312-*##-####',
    '+1-646-*##-####',
    '503.*##.####',
    '+1 702 *## ####',
  ],
  gb: ['+44 7700 9#####', '07700 9#####', '020 7*## ####', '+44 (0)161 *## ####', '0121 *## ####'],
  ja: ['090-****-####', '03-****-####', '+81 90-****-####', '080********', '06-****-####'],
  zh: ['138 #### ####', '+86 139 #### ####', '1860*######', '010-*#######', '+8613*########'],
  ko: ['010-****-####', '+82 10-****-####', '02-***-####'],
  ar: ['+966 50 *## ####', '+971 50 *## ####', '+20 100 *## ####', '055*######'],
  hi: ['+91 98*## #####', '98*#######', '+91-9*########', '080-*### ####'],
  ru: ['+7 (916) *##-##-##', '8 (495) *##-##-##', '8-903-*##-##-##', '+7916*######'],
  tr: ['+90 532 *## ## ##', '0532 *## ## ##', '0 (212) *## ## ##'],
  au: ['+61 4## ### ###', '04## ### ###', '(02) 9### ####'],
};

export const phone = (random: Random, country: string): string =>
  pick(random, PHONES[country] ?? PHONES.en ?? [])
    .replace(/#/g, () => digits(random, 1))
    .replace(/\*/g, () => chars(random, '23456789', 1));

const PREFIXES: readonly (readonly [string, number])[] = [
  ['4539', 16],
  ['4716', 16],
  ['4929', 16],
  ['5204', 16],
  ['5412', 16],
  ['5577', 16],
  ['2221', 16],
  ['3714', 15],
  ['3782', 15],
  ['6011', 16],
  ['3530', 16],
  ['3056', 14],
  ['6200', 16],
];
const card: Make = (random) => {
  const [prefix, length] = pick(random, PREFIXES);
  const head = prefix + digits(random, length - prefix.length - 1);
  const value = head + luhn(head);
  if (length === 15) return printed(random, value, '', '#### ###### #####', '####-######-#####');
  if (length === 14) return printed(random, value, '', '#### ###### ####');
  return printed(random, value, '', '#### #### #### ####', '####-####-####-####');
};

const vin: Make = (random) => {
  const set = '0123456789ABCDEFGHJKLMNPRSTUVWXYZ';
  const worth = (char: string) =>
    /\d/.test(char)
      ? Number(char)
      : Number('12345678_12345_7_9_23456789'.replace(/_/g, '0')[char.charCodeAt(0) - 65]);
  const head = pick(random, ['WVWZZZ1K', '1HGCM826', 'WBA3A5C5', 'JTDKB20U']);
  const tail = chars(random, 'ABCDEFGH12345678', 1) + chars(random, 'ABCDEFGPRS', 1) + digits(random, 6);
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const total = [...`${head}0${tail}`].reduce((all, char, i) => all + worth(char) * (weights[i] ?? 0), 0);
  return set.length > 0 ? `${head}${total % 11 === 10 ? 'X' : total % 11}${tail}` : head;
};

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const bitcoin: Make = (random) => {
  const body = Buffer.from([0, ...Array.from({ length: 20 }, () => whole(random, 0, 255))]);
  const sha = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  let rest = BigInt(`0x${Buffer.concat([body, sha(sha(body)).subarray(0, 4)]).toString('hex')}`);
  let out = '';
  for (; rest > 0n; rest /= 58n) out = BASE58[Number(rest % 58n)] + out;
  return `1${out}`;
};

const isin: Make = (random) => {
  const head = `${pick(random, ['US', 'DE', 'FR', 'GB'])}000${number(random, 6)}`;
  return head + luhn([...head].map((char) => value36(char)).join(''));
};

const lei: Make = (random) => {
  const head = `529900${chars(random, 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789', 12)}`;
  return head + pad(98 - remainder(`${head}00`, 97), 2);
};

const cusip: Make = (random) => {
  const head = number(random, 3) + chars(random, '0123456789', 3) + digits(random, 2);
  const total = [...head].reduce((all, char, i) => {
    const product = value36(char) * (i % 2 === 0 ? 1 : 2);
    return all + Math.floor(product / 10) + (product % 10);
  }, 0);
  return head + ((10 - (total % 10)) % 10);
};

const sedol: Make = (random) => {
  const head = `B${chars(random, '0123456789BCDFGHJKLMNPQRSTVWXYZ', 5)}`;
  const total = [...head].reduce((all, char, i) => all + value36(char) * ([1, 3, 1, 7, 3, 9][i] ?? 0), 0);
  return head + ((10 - (total % 10)) % 10);
};

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const mrz: Make = (random) => {
  const check = (text: string): number =>
    [...text].reduce(
      (all, char, i) => all + (char === '<' ? 0 : value36(char)) * ([7, 3, 1][i % 3] ?? 0),
      0,
    ) % 10;
  const passport = `C01${letters(random, 1)}${digits(random, 5)}`;
  const born = `${pad(whole(random, 60, 99), 2)}0412`;
  const until = '300815';
  const optional = '<<<<<<<<<<<<<<';
  const body = `${passport}${check(passport)}D<<${born}${check(born)}F${until}${check(until)}${optional}`;
  const all = `${passport}${check(passport)}${born}${check(born)}${until}${check(until)}${optional}<`;
  return `${body}<${check(all)}`;
};

export const ANYWHERE: Makes = {
  email,
  'payment-card': card,
  'card-verification-code': (random) => digits(random, 3),
  'card-expiry': (random) => `${pad(whole(random, 1, 12), 2)}/${whole(random, 26, 31)}`,
  iban,
  bic: (random) =>
    `${pick(random, ['DEUTDEFF', 'COBADEFF', 'BNPAFRPP', 'INGBNL2A', 'UNCRITMM', 'BARCGB22', 'CHASUS33'])}${pick(random, ['', 'XXX'])}`,
  'birth-date': (random) => {
    const day = birthday(random);
    return pick(random, [
      `${day.y}-${mm(day)}-${dd(day)}`,
      `${dd(day)}.${mm(day)}.${day.y}`,
      `${dd(day)}/${mm(day)}/${day.y}`,
      `${day.d} ${MONTHS[day.m - 1]} ${day.y}`,
      `${MONTHS[day.m - 1]} ${day.d}, ${day.y}`,
    ]);
  },
  ipv4: (random) =>
    `${pick(random, [81, 93, 185, 203, 46, 78])}.${whole(random, 1, 254)}.${whole(random, 0, 255)}.${whole(random, 1, 254)}`,
  ipv6: (random) =>
    `2a02:${chars(random, '123456789abcdef', 4)}:${chars(random, '123456789abcdef', 4)}::${chars(random, '123456789abcdef', 4)}`,
  'mac-address': (random) => chars(random, '0123456789abcdef', 12).replace(/..(?=.)/g, '$&:'),
  imei: (random) => {
    const head = `35${digits(random, 12)}`;
    return head + luhn(head);
  },
  imsi: (random) => `26201${digits(random, 10)}`,
  iccid: (random) => {
    const head = `8949${digits(random, 14)}`;
    return head + luhn(head);
  },
  vin,
  'bitcoin-address': bitcoin,
  'ethereum-address': (random) => `0x${chars(random, '0123456789abcdef', 40)}`,
  isin,
  lei,
  cusip,
  sedol,
  coordinates: (random) =>
    `${whole(random, 36, 59)}.${digits(random, 6)}, ${whole(random, 2, 40)}.${digits(random, 6)}`,
  passport: (random) =>
    pick(random, [
      `${letters(random, 2)}${number(random, 7)}`,
      `${letters(random, 1)}${number(random, 8)}`,
      number(random, 9),
    ]),
  'medical-record-number': (random) =>
    pick(random, [
      number(random, 8),
      `MRN${number(random, 7)}`.replace(/^MRN/, ''),
      `${number(random, 3)}-${digits(random, 3)}-${digits(random, 2)}`,
    ]),
  'travel-document-mrz': mrz,
  'bank-account-number': (random) => number(random, whole(random, 8, 10)),
  'drivers-license': (random) => `${letters(random, 1)}${number(random, 8)}`,
  'ch-passport': (random) => `${pick(random, ['X', 'S'])}${number(random, 7)}`,
  medicaid: (random) => `${letters(random, 2)}${digits(random, 5)}${letters(random, 1)}`,
  'creditor-reference': (random) => {
    const body = number(random, 10);
    return `RF${pad(98 - remainder(`${body}RF00`, 97), 2)}${body}`;
  },
  'sepa-creditor-id': (random) => {
    const body = `0${number(random, 10)}`;
    return `DE${pad(98 - remainder(`${body}DE00`, 97), 2)}ZZZ${body}`;
  },
  'pl-krs': (random) => `0000${number(random, 6)}`,
  'au-acn': (random) =>
    printed(
      random,
      issued(
        () => number(random, 8),
        (text) => (10 - (sum(text, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10,
      ),
      '### ### ###',
    ),
};
