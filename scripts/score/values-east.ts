// Identifiers of eastern Europe, the United Kingdom and Ireland.
import { chars, digits, letters, number, pad, pick, whole } from './random.ts';
import { hybrid, issued, sum, value36 } from './sums.ts';
import type { Make, Makes } from './value.ts';
import { birthday, dd, mm, printed, yy } from './value.ts';

const birthNumber: Make = (random) => {
  for (;;) {
    const day = birthday(random);
    const head = yy(day) + pad(day.m + (random() < 0.5 ? 50 : 0), 2) + dd(day) + digits(random, 3);
    const check = Number(head) % 11;
    if (check < 10) return printed(random, `${head}${check}`, '######/####', '######/####', '##########');
  }
};

/** Numbers of the former Yugoslav republics. */
const jmbg =
  (region: () => string): Make =>
  (random) =>
    issued(
      () => {
        const day = birthday(random);
        return dd(day) + mm(day) + String(day.y).slice(1) + region() + digits(random, 3);
      },
      (text) => (11 - (sum(text, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11,
    );

const inn: Make = (random) => {
  if (random() < 0.4) {
    const head = `77${digits(random, 7)}`;
    return head + ((sum(head, [2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10);
  }
  const head = `77${digits(random, 8)}`;
  const first = (sum(head, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10;
  return `${head}${first}${(sum(head + first, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10}`;
};

const snils: Make = (random) => {
  const head = number(random, 9);
  const total = sum(head, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
  return printed(random, head + pad(total === 100 ? 0 : total, 2), '###-###-### ##', '###########');
};

const idCard: Make = (random) => {
  for (;;) {
    const value = `${letters(random, 2)}${letters(random, 1)}${digits(random, 6)}`;
    const weights = [7, 3, 1, 9, 7, 3, 1, 7, 3];
    const total = [...value].reduce((all, char, i) => all + value36(char) * (weights[i] ?? 0), 0);
    if (total % 10 === 0) return printed(random, value, '', '### ######');
  }
};

export const EAST: Makes = {
  'pl-pesel': (random) => {
    const day = birthday(random);
    const head = yy(day) + pad(day.m + (day.y > 1999 ? 20 : 0), 2) + dd(day) + digits(random, 4);
    return head + ((10 - (sum(head, [1, 3, 7, 9]) % 10)) % 10);
  },
  'pl-nip': (random) =>
    printed(
      random,
      issued(
        () => number(random, 3) + digits(random, 6),
        (text) => sum(text, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11,
      ),
      '###-###-##-##',
      '###-##-##-###',
      '##########',
    ),
  'pl-regon': (random) => {
    const head = number(random, 8);
    return head + ((sum(head, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10);
  },
  'pl-dowod-osobisty': idCard,
  'cz-rodne-cislo': birthNumber,
  'sk-rodne-cislo': birthNumber,
  'cz-ico': (random) => {
    const head = number(random, 7);
    return head + ((11 - (sum(head, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 10);
  },
  'hu-adoazonosito': (random) =>
    issued(
      () => `8${digits(random, 8)}`,
      (text) => sum(text, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11,
    ),
  'hu-taj': (random) => {
    const head = digits(random, 8);
    return printed(random, head + (sum(head, [3, 7]) % 10), '### ### ###', '###-###-###');
  },
  'ro-cnp': (random) => {
    const day = birthday(random);
    const sex = (day.y > 1999 ? 5 : 1) + whole(random, 0, 1);
    const head =
      sex + yy(day) + mm(day) + dd(day) + pad(whole(random, 1, 46), 2) + pad(whole(random, 1, 999), 3);
    const check = sum(head, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    return head + (check === 10 ? 1 : check);
  },
  'ro-cui': (random) => {
    const head = number(random, 7);
    const check = ((sum(head, [3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10;
    return pick(random, ['', 'RO']) + head + check;
  },
  'bg-egn': (random) => {
    const day = birthday(random);
    const head = yy(day) + pad(day.m + (day.y > 1999 ? 40 : 0), 2) + dd(day) + digits(random, 3);
    return head + ((sum(head, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10);
  },
  'hr-oib': (random) => {
    const head = digits(random, 10);
    return head + hybrid(head);
  },
  'si-emso': (random) => jmbg(() => '50')(random),
  'rs-jmbg': (random) => jmbg(() => pick(random, ['71', '73', '80']))(random),
  'si-davcna-stevilka': (random) => {
    const head = number(random, 7);
    const check = 11 - (sum(head, [8, 7, 6, 5, 4, 3, 2]) % 11);
    return check === 11 ? '15012557' : (random() < 0.4 ? 'SI' : '') + head + (check === 10 ? 0 : check);
  },
  'ua-rnokpp': (random) => {
    const head = pad(whole(random, 15_500, 38_000), 5) + digits(random, 4);
    const total = sum(head, [0, 5, 7, 9, 4, 6, 10, 5, 7]) - Number(head[0]);
    return head + ((((total % 11) + 11) % 11) % 10);
  },
  'md-idnp': (random) => {
    const head = `2${digits(random, 11)}`;
    return head + (sum(head, [7, 3, 1]) % 10);
  },
  'ru-inn': inn,
  'ru-snils': snils,
  'ru-passport': (random) => `${pick(random, ['45 ', '40', '46 '])}${digits(random, 2)} ${digits(random, 6)}`,
  'ru-ogrn': (random) => {
    const head = `1${digits(random, 11)}`;
    return head + ((Number(head) % 11) % 10);
  },
};

const mod11 = (head: () => string): string =>
  issued(head, (text) => (11 - (sum(text, [10, 9, 8, 7, 6, 5, 4, 3, 2].slice(-text.length)) % 11)) % 11);

export const UK: Makes = {
  'uk-nino': (random) => {
    const value = `${pick(random, ['AB', 'CE', 'JG', 'NX', 'PW', 'SL', 'YT'])}${digits(random, 6)}${chars(random, 'ABCD', 1)}`;
    return printed(random, value, '', '## ## ## ## #');
  },
  'uk-nhs-number': (random) =>
    printed(
      random,
      mod11(() => chars(random, '4679', 1) + digits(random, 8)),
      '### ### ####',
      '',
    ),
  'uk-chi': (random) =>
    mod11(() => {
      const day = birthday(random);
      return dd(day) + mm(day) + yy(day) + digits(random, 3);
    }),
  'uk-utr': (random) => {
    const body = digits(random, 9);
    const check = '21987654321'[sum(body, [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11] ?? '';
    return printed(random, check + body, '', '##### #####');
  },
  'uk-driving-licence': (random) => {
    const day = birthday(random);
    const year = yy(day);
    const name = pick(random, ['MORGA', 'SMITH', 'JONES', 'TAYLO', 'EVANS', 'LEE99']);
    const month = pad(day.m + (random() < 0.5 ? 50 : 0), 2);
    return `${name}${year[0]}${month}${dd(day)}${year[1]}${letters(random, 1)}${pick(random, ['A', '9'])}${whole(random, 2, 9)}${letters(random, 2)}`;
  },
  'uk-vat': (random) => {
    const head = number(random, 7);
    const total = sum(head, [8, 7, 6, 5, 4, 3, 2]);
    const value = `GB${head}${pad(97 - (total % 97), 2)}`;
    return printed(random, value, '', '## ### #### ##');
  },
  'uk-sort-code': (random) =>
    printed(random, pick(random, ['20', '40', '30', '09', '60']) + digits(random, 4), '##-##-##'),
  'uk-bank-account': (random) => digits(random, 8),
  'uk-company-number': (random) => pick(random, ['0', '1', 'SC', 'OC']).concat(digits(random, 7)).slice(0, 8),
  'uk-passport': (random) => number(random, 9),
  'uk-vehicle-registration': (random) =>
    `${chars(random, 'ABDFGKLMNSV', 1)}${chars(random, 'ABCDEFGHJKLMN', 1)}${pick(random, ['19', '21', '68', '73'])} ${chars(random, 'ABCDEFGHJKLMNOPRSTUVWXYZ', 3)}`,
  'ie-pps': (random) => {
    const head = digits(random, 7);
    const total = sum(head, [8, 7, 6, 5, 4, 3, 2]);
    const second = pick(random, ['', 'A', 'W']);
    const extra = second === 'A' ? 9 : 0;
    return `${head}${'WABCDEFGHIJKLMNOPQRSTUV'[(total + extra) % 23]}${second}`;
  },
};
