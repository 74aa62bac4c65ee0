// Identifiers of northern Europe as they are printed.
import { chance, chars, digits, number, pad, pick, whole } from './random.ts';
import { issued, luhn, sum } from './sums.ts';
import type { Make, Makes } from './value.ts';
import { birthday, dd, mm, printed, yy } from './value.ts';

const norwegian: Make = (random) => {
  for (;;) {
    const day = birthday(random);
    const head = dd(day) + mm(day) + yy(day) + pad(whole(random, 0, 499), 3);
    const first = (11 - (sum(head, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
    const second = (11 - (sum(head + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    if (first === 10 || second === 10 || day.y > 1999) continue;
    return printed(random, `${head}${first}${second}`, '', '###### #####');
  }
};

/** Estonian and Lithuanian numbers share their check. */
const baltic: Make = (random) => {
  const day = birthday(random);
  const sex = (day.y >= 2000 ? 5 : 3) + whole(random, 0, 1);
  const head = sex + yy(day) + mm(day) + dd(day) + digits(random, 3);
  const first = sum(head, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const second = sum(head, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return head + (first < 10 ? first : second % 10);
};

export const NORTH: Makes = {
  'dk-cpr': (random) => {
    const day = birthday(random);
    const head = dd(day) + mm(day) + yy(day);
    return `${head}${pick(random, ['-', '-', ''])}${day.y > 1999 ? whole(random, 4, 9) : whole(random, 0, 3)}${digits(random, 3)}`;
  },
  'dk-cvr': (random) =>
    issued(
      () => number(random, 7),
      (text) => (11 - (sum(text, [2, 7, 6, 5, 4, 3, 2]) % 11)) % 11,
    ),
  'se-personnummer': (random) => {
    const day = birthday(random);
    const head = yy(day) + mm(day) + dd(day);
    const tail = digits(random, 3);
    const value = `${head}${pick(random, ['-', '-', ''])}${tail}${luhn(head + tail)}`;
    return chance(random, 0.4) ? String(day.y).slice(0, 2) + value : value;
  },
  'se-organisationsnummer': (random) => {
    const head = `55${whole(random, 2, 9)}${digits(random, 6)}`;
    return printed(random, head + luhn(head), '######-####');
  },
  'no-fodselsnummer': norwegian,
  'no-orgnr': (random) =>
    printed(
      random,
      issued(
        () => chars(random, '89', 1) + digits(random, 7),
        (text) => (11 - (sum(text, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11,
      ),
      '',
      '### ### ###',
    ),
  'fi-hetu': (random) => {
    const day = birthday(random);
    const date = dd(day) + mm(day) + yy(day);
    const tail = pad(whole(random, 2, 899), 3);
    const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + tail) % 31] ?? '';
    return date + (day.y > 1999 ? 'A' : '-') + tail + check;
  },
  'fi-y-tunnus': (random) =>
    printed(
      random,
      issued(
        () => digits(random, 7),
        (text) => (11 - (sum(text, [7, 9, 10, 5, 8, 4, 2]) % 11)) % 11,
      ),
      '#######-#',
    ),
  'is-kennitala': (random) => {
    const day = birthday(random);
    const head = issued(
      () => dd(day) + mm(day) + yy(day) + pad(whole(random, 20, 99), 2),
      (text) => (11 - (sum(text, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11,
    );
    return printed(random, head + (day.y > 1999 ? '0' : '9'), '######-####');
  },
  'ee-isikukood': baltic,
  'lt-asmens-kodas': baltic,
  'lv-personas-kods': (random) => {
    for (;;) {
      const day = birthday(random);
      const head = `${dd(day)}${mm(day)}${yy(day)}${day.y > 1999 ? 2 : 1}${digits(random, 3)}`;
      const check = (1101 - sum(head, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11;
      if (check < 10) return printed(random, `${head}${check}`, '######-#####');
    }
  },
};
