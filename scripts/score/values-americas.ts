// Identifiers of the Americas.
import { chars, digits, letters, number, pad, pick, whole } from './random.ts';
import { issued, luhn, sum } from './sums.ts';
import type { Make, Makes } from './value.ts';
import { birthday, dd, mm, printed, yy } from './value.ts';

const down = (from: number, to: number): readonly number[] =>
  Array.from({ length: from - to + 1 }, (_, i) => from - i);
/** Eleven less the remainder, 0 for more than nine. */
const eleven = (text: string, weights: readonly number[]): number => {
  const check = 11 - (sum(text, weights) % 11);
  return check > 9 ? 0 : check;
};

const curp: Make = (random) => {
  const day = birthday(random);
  const name = chars(random, 'BCDFGHLMNPRST', 1) + chars(random, 'AEIO', 1) + chars(random, 'GHLMPRST', 2);
  const state = pick(random, ['DF', 'JC', 'NL', 'PL', 'VZ']);
  const head = `${name}${yy(day)}${mm(day)}${dd(day)}${pick(random, ['H', 'M'])}${state}${chars(random, 'BCDFGHLMNPRST', 3)}${day.y > 1999 ? 'A' : '0'}`;
  const set = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
  const total = [...head].reduce((all, char, i) => all + set.indexOf(char) * (18 - i), 0);
  return head + ((10 - (total % 10)) % 10);
};

const rfc: Make = (random) => {
  const day = birthday(random);
  const head = `${chars(random, 'BCDGHLMNPRST', 1)}${chars(random, 'AEIO', 1)}${chars(random, 'GHLMPRST', 2)}${yy(day)}${mm(day)}${dd(day)}${chars(random, 'ABCDEFGH123', 2)}`;
  const set = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ';
  const total = [...head].reduce((all, char, i) => all + set.indexOf(char) * (13 - i), 0);
  const check = 11 - (total % 11);
  return head + (check === 11 ? '0' : check === 10 ? 'A' : check);
};

export const AMERICAS: Makes = {
  'us-ssn': (random) => {
    const area = whole(random, 1, 772);
    const value =
      pad(area === 666 ? 667 : area, 3) + pad(whole(random, 1, 99), 2) + pad(whole(random, 1, 9999), 4);
    return printed(random, value, '###-##-####', '###-##-####', '### ## ####');
  },
  'us-itin': (random) =>
    printed(random, `9${digits(random, 2)}${whole(random, 70, 88)}${digits(random, 4)}`, '###-##-####'),
  'us-ein': (random) =>
    printed(random, `${pick(random, ['12', '27', '45', '83'])}${digits(random, 7)}`, '##-#######'),
  'us-aba-routing': (random) => {
    const head = pick(random, ['0210', '1220', '0611', '2710']) + digits(random, 4);
    return head + ((10 - (sum(head, [3, 7, 1]) % 10)) % 10);
  },
  'us-bank-account': (random) => number(random, whole(random, 9, 12)),
  'us-npi': (random) => {
    const head = `1${digits(random, 8)}`;
    return head + luhn(`80840${head}`);
  },
  'us-dea': (random) => {
    const body = digits(random, 6);
    return `${chars(random, 'ABFGM', 1)}${letters(random, 1)}${body}${(sum(body, [1, 2]) % 10).toString()}`;
  },
  'us-mbi': (random) => {
    const letter = () => chars(random, 'ACDEFGHJKMNPQRTUVWXY', 1);
    const both = () => chars(random, 'ACDEFGHJKMNPQRTUVWXY0123456789', 1);
    const value = `${whole(random, 1, 9)}${letter()}${both()}${digits(random, 1)}${letter()}${both()}${digits(random, 1)}${letter()}${letter()}${digits(random, 2)}`;
    return printed(random, value, '', '####-###-####');
  },
  'us-passport': (random) => pick(random, ['', 'A']).concat(number(random, 9)).slice(0, 9),
  'us-drivers-license': (random) =>
    pick(random, [`${letters(random, 1)}${digits(random, 7)}`, `${letters(random, 1)}${digits(random, 12)}`]),
  'us-alien-number': (random) => `A${pick(random, ['-', ''])}${number(random, 9)}`,
  'ca-sin': (random) => {
    const head = chars(random, '1234567', 1) + digits(random, 7);
    return printed(random, head + luhn(head), '### ### ###', '###-###-###');
  },
  'ca-health-on': (random) => {
    const head = number(random, 9);
    return `${printed(random, head + luhn(head), '####-###-###', '#### ### ###')}${pick(random, ['', '-AB'])}`.replace(
      /-AB$/,
      '',
    );
  },
  'br-cpf': (random) => {
    const head = digits(random, 9);
    const first = eleven(head, down(10, 2));
    return printed(
      random,
      `${head}${first}${eleven(head + first, down(11, 2))}`,
      '###.###.###-##',
      '###########',
    );
  },
  'br-cnpj': (random) => {
    const head = `${number(random, 8)}0001`;
    const first = eleven(head, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    const second = eleven(head + first, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    return printed(random, `${head}${first}${second}`, '##.###.###/####-##', '');
  },
  'br-pis': (random) => {
    const head = `1${digits(random, 9)}`;
    return printed(random, head + eleven(head, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]), '###.#####.##-#', '');
  },
  'br-cnh': (random) => {
    const head = digits(random, 9);
    const first = sum(head, down(9, 1)) % 11;
    const less = first > 9 ? 2 : 0;
    const second = (sum(head, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11) - less;
    return `${head}${first > 9 ? 0 : first}${second < 0 ? second + 11 : second > 9 ? 0 : second}`;
  },
  'ar-cuit': (random) => {
    const value = issued(
      () => pick(random, ['20', '27', '30']) + digits(random, 8),
      (text) => {
        const check = 11 - (sum(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
        return check === 11 ? 0 : check;
      },
    );
    return printed(random, value, '##-########-#', '');
  },
  'ar-dni': (random) => printed(random, pad(whole(random, 11, 46), 2) + digits(random, 6), '##.###.###', ''),
  'cl-rut': (random) => {
    const body = pad(whole(random, 7, 25), 2) + digits(random, 6);
    const check = 11 - (sum([...body].reverse().join(''), [2, 3, 4, 5, 6, 7]) % 11);
    const digit = check === 11 ? '0' : check === 10 ? 'K' : String(check);
    return printed(random, body + digit, '##.###.###-#', '########-#');
  },
  'co-nit': (random) => {
    const body = `9${digits(random, 8)}`;
    const left = sum([...body].reverse().join(''), [3, 7, 13, 17, 19, 23, 29, 37, 41]) % 11;
    return printed(random, body + (left > 1 ? 11 - left : left), '###.###.###-#', '#########-#');
  },
  'co-cedula': (random) => printed(random, `10${digits(random, 8)}`, '#.###.###.###', ''),
  'mx-curp': curp,
  'mx-rfc': rfc,
  'mx-clabe': (random) => {
    const head = `${pick(random, ['002', '012', '072'])}180${digits(random, 11)}`;
    const total = [...head].reduce(
      (all, digit, i) => all + ((Number(digit) * ([3, 7, 1][i % 3] ?? 0)) % 10),
      0,
    );
    return head + ((10 - (total % 10)) % 10);
  },
  'pe-ruc': (random) => {
    const head = pick(random, ['10', '20']) + digits(random, 8);
    return head + ((11 - (sum(head, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 10);
  },
  'ec-cedula': (random) => {
    const head = `${pad(whole(random, 1, 24), 2)}${whole(random, 0, 5)}${digits(random, 6)}`;
    return head + luhn(head);
  },
  'uy-ci': (random) => {
    const head = number(random, 7);
    return printed(random, head + ((10 - (sum(head, [2, 9, 8, 7, 6, 3, 4]) % 10)) % 10), '#.###.###-#');
  },
  'do-cedula': (random) => {
    const head = `0${digits(random, 9)}`;
    return printed(random, head + luhn(head), '###-#######-#');
  },
};
