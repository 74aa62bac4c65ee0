// Identifiers of Asia, Oceania, the Middle East and Africa.
import type { Random } from './random.ts';
import { chars, digits, letters, number, pad, pick, whole } from './random.ts';
import { issued, luhn, sum, value36, verhoeff } from './sums.ts';
import type { Make, Makes } from './value.ts';
import { birthday, dd, mm, printed, yy } from './value.ts';

const down = (from: number, to: number): readonly number[] =>
  Array.from({ length: from - to + 1 }, (_, i) => from - i);
const chinese: Make = (random) => {
  const day = birthday(random);
  const head =
    pick(random, ['110101', '310115', '440305', '510107']) + day.y + mm(day) + dd(day) + digits(random, 3);
  const total = sum(head, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return head + '10X98765432'[total % 11];
};

const gstin: Make = (random) => {
  const head = `${pick(random, ['27', '29', '07', '33'])}${letters(random, 3)}C${letters(random, 1)}${number(random, 4)}${letters(random, 1)}1Z`;
  const total = [...head].reduce((all, char, i) => {
    const product = value36(char) * (i % 2 === 0 ? 1 : 2);
    return all + Math.floor(product / 36) + (product % 36);
  }, 0);
  return head + ((36 - (total % 36)) % 36).toString(36).toUpperCase();
};

export const ASIA: Makes = {
  'in-aadhaar': (random) => {
    const head = chars(random, '23456789', 1) + digits(random, 10);
    return printed(
      random,
      head + verhoeff(head),
      '#### #### ####',
      '#### #### ####',
      '####-####-####',
      '############',
    );
  },
  'in-pan': (random) =>
    `${letters(random, 3)}P${letters(random, 1)}${number(random, 4)}${letters(random, 1)}`,
  'in-gstin': gstin,
  'in-voter-id': (random) => `${letters(random, 3)}${digits(random, 7)}`,
  'in-ifsc': (random) => `${pick(random, ['HDFC', 'ICIC', 'SBIN', 'UTIB'])}0${digits(random, 6)}`,
  'in-upi-id': (random) =>
    `${pick(random, ['asha', 'rahul.k', 'priya92'])}${digits(random, 2)}@${pick(random, ['okhdfcbank', 'ybl', 'paytm', 'okaxis'])}`,
  'in-passport': (random) => `${chars(random, 'JKLMNPRSTUVZ', 1)}${number(random, 7)}`,
  'pk-cnic': (random) =>
    printed(random, `${pick(random, ['35202', '42101', '61101'])}${digits(random, 8)}`, '#####-#######-#'),
  'lk-nic': (random) => `${whole(random, 1950, 2003)}${pad(whole(random, 1, 366), 3)}${digits(random, 5)}`,
  'cn-resident-id': chinese,
  'cn-uscc': (random) => {
    const set = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    const head = `91${pick(random, ['110108', '310115'])}MA${chars(random, set, 7)}`;
    const total = [...head].reduce((all, char, i) => all + set.indexOf(char) * (3 ** i % 31), 0);
    return head + set[(31 - (total % 31)) % 31];
  },
  'hk-hkid': (random) => {
    const head = chars(random, 'ABCDEGKMPRYZ', 1) + digits(random, 6);
    const total = [...head].reduce((all, char, i) => all + value36(char) * (8 - i), 36 * 9);
    const check = (11 - (total % 11)) % 11;
    return `${head}(${check === 10 ? 'A' : check})`;
  },
  'tw-national-id': (random) => {
    const order = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';
    const letter = chars(random, 'ABCDEFHKNT', 1);
    const code = order.indexOf(letter) + 10;
    const body = chars(random, '12', 1) + digits(random, 7);
    const total = Math.floor(code / 10) + (code % 10) * 9 + sum(body, [8, 7, 6, 5, 4, 3, 2, 1]);
    return letter + body + ((10 - (total % 10)) % 10);
  },
  'jp-my-number': (random) => {
    const head = digits(random, 11);
    const left = sum(head, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    return printed(random, head + (left < 2 ? 0 : 11 - left), '', '#### #### ####', '####-####-####');
  },
  'jp-corporate-number': (random) => {
    const body = digits(random, 12);
    return 9 - (sum([...body].reverse().join(''), [1, 2]) % 9) + body;
  },
  'jp-passport': (random) => `T${chars(random, 'KRSZ', 1)}${digits(random, 7)}`,
  'kr-rrn': (random) => {
    const day = birthday(random);
    const head = `${yy(day)}${mm(day)}${dd(day)}${(day.y > 1999 ? 3 : 1) + whole(random, 0, 1)}${digits(random, 5)}`;
    const check = (11 - (sum(head, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
    return printed(random, `${head}${check}`, '######-#######');
  },
  'kr-business-number': (random) => {
    const head = number(random, 9);
    const total = sum(head, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((Number(head[8]) * 5) / 10);
    return printed(random, head + ((10 - (total % 10)) % 10), '###-##-#####');
  },
  'kr-passport': (random) => `M${digits(random, 8)}`,
  'sg-nric': (random) => {
    const prefix = pick(random, ['S', 'T', 'F', 'G']);
    const body = digits(random, 7);
    const total = sum(body, [2, 7, 6, 5, 4, 3, 2]) + ('TG'.includes(prefix) ? 4 : 0);
    return prefix + body + ('ST'.includes(prefix) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[total % 11];
  },
  'my-nric': (random) => {
    const day = birthday(random);
    return `${yy(day)}${mm(day)}${dd(day)}-${pick(random, ['01', '08', '10', '14'])}-${digits(random, 4)}`;
  },
  'id-nik': (random) => {
    const day = birthday(random);
    return `${pick(random, ['317406', '327301', '357801'])}${dd(day)}${mm(day)}${yy(day)}${pad(whole(random, 1, 99), 4)}`;
  },
  'id-npwp': (random) => {
    const head = pick(random, ['01', '07', '09', '24']) + digits(random, 6);
    return printed(random, `${head}${luhn(head)}${digits(random, 3)}000`, '##.###.###.#-###.###');
  },
  'th-national-id': (random) => {
    const head = chars(random, '1235', 1) + digits(random, 11);
    return printed(random, head + ((11 - (sum(head, down(13, 2)) % 11)) % 10), '#-####-#####-##-#', '');
  },
  'vn-cccd': (random) =>
    `${pick(random, ['001', '079', '048'])}${whole(random, 0, 1)}${pad(whole(random, 60, 99), 2)}${digits(random, 6)}`,
  'ph-sss': (random) => printed(random, `3${digits(random, 9)}`, '##-#######-#'),
  'ph-tin': (random) => printed(random, `${number(random, 9)}000`, '###-###-###-###', '###-###-###'),
  'kz-iin': (random) =>
    issued(
      () => {
        const day = birthday(random);
        return `${yy(day)}${mm(day)}${dd(day)}${day.y > 1999 ? 5 : 3}${digits(random, 4)}`;
      },
      (text) => sum(text, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11,
    ),
  'au-tfn': (random) =>
    printed(random, weighted(random, [1, 4, 3, 7, 5, 8, 6, 9, 10], 11), '### ### ###', ''),
  'au-medicare': (random) => {
    const head = chars(random, '23456', 1) + digits(random, 7);
    return printed(
      random,
      `${head}${sum(head, [1, 3, 7, 9]) % 10}${whole(random, 1, 4)}`,
      '#### ##### #',
      '',
    );
  },
  'au-abn': (random) => {
    for (;;) {
      const text = number(random, 11);
      if ((sum(text, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0)
        return printed(random, text, '## ### ### ###', '');
    }
  },
  'nz-ird': (random) =>
    printed(
      random,
      issued(
        () => `${chars(random, '456789', 1) + digits(random, 6)}`,
        (text) => (11 - (sum(`0${text}`, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11,
      ),
      '##-###-###',
      '',
    ),
  'nz-nhi': (random) => {
    const set = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
    return issued(
      () => chars(random, set, 3) + digits(random, 3),
      (text) => {
        const total = [...text].reduce(
          (all, char, i) => all + (/\d/.test(char) ? Number(char) : set.indexOf(char) + 1) * (7 - i),
          0,
        );
        const left = total % 11;
        return left === 0 ? 'NONE' : (11 - left) % 10;
      },
    );
  },
};

const weighted = (random: Random, weights: readonly number[], by: number): string => {
  for (;;) {
    const text = number(random, weights.length);
    if (sum(text, weights) % by === 0) return text;
  }
};

const turkish: Make = (random) => {
  const head = number(random, 9);
  const odd = sum(head, [1, 0]);
  const even = sum(head, [0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return `${head}${tenth}${(sum(head, [1]) + tenth) % 10}`;
};

export const AFRICA: Makes = {
  'tr-tckn': turkish,
  'tr-vkn': (random) => {
    const head = number(random, 9);
    const total = [...head].reduce((all, digit, i) => {
      const moved = (Number(digit) + 9 - i) % 10;
      const value = (moved * 2 ** (9 - i)) % 9;
      return all + (moved !== 0 && value === 0 ? 9 : value);
    }, 0);
    return head + ((10 - (total % 10)) % 10);
  },
  'il-id': (random) => {
    const head = chars(random, '0123', 1) + digits(random, 7);
    return head + luhn(head);
  },
  'sa-national-id': (random) => luhned(`1${digits(random, 8)}`),
  'sa-iqama': (random) => luhned(`2${digits(random, 8)}`),
  'ae-emirates-id': (random) =>
    printed(random, luhned(`784${whole(random, 1955, 2003)}${digits(random, 7)}`), '###-####-#######-#', ''),
  'kw-civil-id': (random) =>
    issued(
      () => {
        const day = birthday(random);
        return `${day.y > 1999 ? 3 : 2}${yy(day)}${mm(day)}${dd(day)}${digits(random, 4)}`;
      },
      (text) => (11 - (sum(text, [2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11)) % 11,
    ),
  'qa-qid': (random) =>
    `${chars(random, '23', 1)}${pad(whole(random, 60, 99), 2)}${pick(random, ['634', '356', '586'])}${digits(random, 5)}`,
  'eg-national-id': (random) => {
    const day = birthday(random);
    const head = `${day.y > 1999 ? 3 : 2}${yy(day)}${mm(day)}${dd(day)}${pick(random, ['01', '02', '12', '21'])}${digits(random, 4)}`;
    return head + digits(random, 1);
  },
  'ir-national-code': (random) => {
    const head = `00${number(random, 7)}`;
    const left = sum(head, down(10, 2)) % 11;
    return head + (left < 2 ? left : 11 - left);
  },
  'za-id': (random) => {
    const day = birthday(random);
    return luhned(`${yy(day)}${mm(day)}${dd(day)}${digits(random, 4)}08`);
  },
  'ng-nin': (random) => number(random, 11),
  'ng-bvn': (random) => `22${digits(random, 9)}`,
  'ke-kra-pin': (random) => `A0${digits(random, 8)}${letters(random, 1)}`,
  'gh-ghana-card': (random) => `GHA-${digits(random, 9)}-${digits(random, 1)}`,
  'ma-cin': (random) => `${pick(random, ['AB', 'BE', 'K', 'JC'])}${digits(random, 6)}`,
};

const luhned = (head: string): string => head + luhn(head);
