// Identifiers of western and southern Europe as they are printed.
import { chance, chars, digits, letters, number, pad, pick, whole } from './random.ts';
import { crossSum, hybrid, issued, luhn, remainder, sum, value36, verhoeff } from './sums.ts';
import type { Make, Makes } from './value.ts';
import { birthday, dd, mm, printed, yy } from './value.ts';

const steuerId: Make = (random) => {
  for (;;) {
    const text = number(random, 10);
    const counts = new Map<string, number>();
    for (const digit of text) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    const many = [...counts.values()].filter((count) => count > 1);
    if (many.length !== 1 || (many[0] ?? 0) > 2) continue;
    return printed(random, text + hybrid(text), '', '## ### ### ###', '## ### ### ###', '###########');
  }
};

const pension: Make = (random) => {
  const day = birthday(random);
  const letter = letters(random, 1);
  const head = pick(random, ['12', '13', '15', '24', '53', '65']) + dd(day) + mm(day) + yy(day);
  const serial = digits(random, 2);
  const all = head + pad(value36(letter) - 9, 2) + serial;
  const check = crossSum(all, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10;
  const value = head + letter + serial + check;
  return printed(random, value, '', '## ###### # ###', '## ## ## ## # ## #');
};

const kvnr: Make = (random) => {
  const letter = letters(random, 1);
  const body = digits(random, 8);
  return letter + body + (crossSum(pad(value36(letter) - 9, 2) + body, [1, 2]) % 10);
};

const CODE_FISCAL_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16].concat([
  10, 22, 25, 24, 23,
]);
const codiceFiscale: Make = (random) => {
  const day = birthday(random);
  const consonants = () => chars(random, 'BCDFGLMNPRSTVZ', 3);
  const born = pad(day.d + (chance(random, 0.5) ? 40 : 0), 2);
  const month = 'ABCDEHLMPRST'[day.m - 1] ?? 'A';
  const head = `${consonants()}${consonants()}${yy(day)}${month}${born}${pick(random, ['H501', 'F205', 'L219', 'G273'])}`;
  const total = [...head].reduce((all, char, i) => {
    const at = value36(char) > 9 ? value36(char) - 10 : value36(char);
    return all + (i % 2 === 0 ? (CODE_FISCAL_ODD[at] ?? 0) : at);
  }, 0);
  const value = head + String.fromCharCode(65 + (total % 26));
  return printed(random, value, '', '', '### ### ##### ####X'.replace('X', '#'), '');
};

const cif: Make = (random) => {
  const letter = chars(random, 'ABEH', 1);
  const body = digits(random, 7);
  return letter + body + luhn(body);
};

const cartaoCidadao: Make = (random) => {
  const head = issued(
    () => digits(random, 8),
    (text) => {
      const check = 11 - (sum(text, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
      return check > 9 ? 0 : check;
    },
  );
  const version = `${chars(random, 'ZYXW', 1)}${chars(random, 'ZYXWVUTS', 1)}`;
  const text = head + version;
  for (let check = 0; check < 10; check++) {
    const total = [...text, String(check)].reduce((all, char, i) => {
      const value = value36(char);
      const doubled = i % 2 === 0 ? value * 2 : value;
      return all + (i % 2 === 0 && doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    if (total % 10 === 0) return `${head.slice(0, 8)} ${head.slice(8)} ${version}${check}`;
  }
  return cartaoCidadao(random);
};

export const SOUTH: Makes = {
  'es-dni': (random) => {
    const body = digits(random, 8);
    return `${body}${pick(random, ['', '', '-'])}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(body) % 23]}`;
  },
  'es-nie': (random) => {
    const first = whole(random, 0, 2);
    const body = digits(random, 7);
    const letter = 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(first + body) % 23] ?? '';
    return printed(random, 'XYZ'[first] + body + letter, '', '#-#######-#');
  },
  'es-cif': cif,
  'es-nss': (random) => {
    const body = `28${number(random, 8)}`;
    return printed(random, body + pad(Number(body) % 97, 2), '', '##/########/##', '## ######## ##');
  },
  'pt-nif': (random) => {
    const head = chars(random, '125', 1) + digits(random, 7);
    const check = 11 - (sum(head, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    return printed(random, head + (check > 9 ? 0 : check), '', '### ### ###');
  },
  'pt-niss': (random) => {
    const head = chars(random, '12', 1) + digits(random, 9);
    return head + (9 - (sum(head, [29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10));
  },
  'pt-cartao-cidadao': cartaoCidadao,
  'it-codice-fiscale': codiceFiscale,
  'it-partita-iva': (random) => {
    const head = `0${digits(random, 6)}${pick(random, ['058', '015', '063'])}`;
    return (chance(random, 0.3) ? 'IT' : '') + head + luhn(head);
  },
  'gr-afm': (random) => {
    const head = pick(random, ['0', '1', '9']) + digits(random, 7);
    return head + ((sum(head, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10);
  },
  'gr-amka': (random) => {
    const day = birthday(random);
    const head = dd(day) + mm(day) + yy(day) + digits(random, 4);
    return head + luhn(head);
  },
};

export const WEST: Makes = {
  'de-steuer-id': steuerId,
  'de-steuernummer': (random) =>
    pick(random, [`${number(random, 3)}/${digits(random, 3)}/${digits(random, 5)}`]).replace(/^/, ''),
  'de-rentenversicherungsnummer': pension,
  'de-kvnr': kvnr,
  'de-personalausweis': (random) => {
    const set = '0123456789CFGHJKLMNPRTVWXYZ';
    const head = chars(random, 'LMNPRTVWXYZ', 1) + digits(random, 1) + chars(random, set, 7);
    const total = [...head].reduce((all, char, i) => all + value36(char) * ([7, 3, 1][i % 3] ?? 0), 0);
    return head + (chance(random, 0.5) ? '' : total % 10);
  },
  'de-vat': (random) => {
    const head = number(random, 8);
    return printed(random, `DE${head}${hybrid(head)}`, '', '## ### ### ###');
  },
  'at-svnr': (random) => {
    for (;;) {
      const day = birthday(random);
      const date = dd(day) + mm(day) + yy(day);
      const head = number(random, 3);
      const check = (sum(head, [3, 7, 9]) + sum(date, [5, 8, 4, 2, 1, 6])) % 11;
      if (check < 10) return printed(random, head + check + date, '', '#### ######');
    }
  },
  'at-vat': (random) => {
    const head = digits(random, 7);
    return `ATU${head}${(10 - ((crossSum(head, [1, 2]) + 4) % 10)) % 10}`;
  },
  'ch-ahv': (random) => {
    const head = `756${digits(random, 9)}`;
    const check = (10 - (sum(head, [1, 3]) % 10)) % 10;
    return printed(random, head + check, '###.####.####.##', '###.####.####.##', '#############');
  },
  'ch-uid': (random) => {
    const value = issued(
      () => number(random, 8),
      (text) => (11 - (sum(text, [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11,
    );
    return `CHE-${printed(random, value, '###.###.###')}${pick(random, ['', ' MWST', ''])}`.replace(
      / MWST$/,
      '',
    );
  },
  'fr-nir': (random) => {
    const day = birthday(random);
    const place = pick(random, ['75', '13', '69', '33', '59']) + digits(random, 3);
    const head = chars(random, '12', 1) + yy(day) + mm(day) + place + digits(random, 3);
    return printed(random, head + pad(97 - remainder(head, 97), 2), '', '# ## ## ## ### ### ##');
  },
  'fr-siren': (random) => {
    const head = number(random, 8);
    return printed(random, head + luhn(head), '', '### ### ###');
  },
  'fr-siret': (random) => {
    const siren = number(random, 8);
    const head = `${siren}${luhn(siren)}000${digits(random, 1)}`;
    return printed(random, head + luhn(head), '', '### ### ### #####');
  },
  'fr-vat': (random) => {
    const head = number(random, 8);
    const siren = head + luhn(head);
    const value = `FR${pad((12 + 3 * (Number(siren) % 97)) % 97, 2)}${siren}`;
    return printed(random, value, '', '## ## ### ### ###', '#### ### ### ###');
  },
  'fr-numero-fiscal': (random) => {
    const head = chars(random, '0123', 1) + digits(random, 9);
    return printed(random, head + pad(Number(head) % 511, 3), '', '## ## ### ### ###');
  },
  'nl-bsn': (random) =>
    printed(
      random,
      issued(
        () => number(random, 8),
        (text) => sum(text, [9, 8, 7, 6, 5, 4, 3, 2]) % 11,
      ),
      '',
      '####.##.###',
      '#########',
    ),
  'nl-vat': (random) =>
    `NL${issued(
      () => number(random, 8),
      (text) => sum(text, [9, 8, 7, 6, 5, 4, 3, 2]) % 11,
    )}B01`,
  'nl-kvk': (random) => number(random, 8),
  'be-national-number': (random) => {
    const day = birthday(random);
    const head = yy(day) + mm(day) + dd(day) + digits(random, 3);
    const check = 97 - (Number((day.y > 1999 ? '2' : '') + head) % 97);
    return printed(random, head + pad(check, 2), '##.##.##-###.##', '##.##.##-###.##', '###########');
  },
  'be-enterprise-number': (random) => {
    const head = `0${number(random, 7)}`;
    return printed(random, head + pad(97 - (Number(head) % 97), 2), '####.###.###', 'BE####.###.###');
  },
  'lu-matricule': (random) => {
    const day = birthday(random);
    const head = day.y + mm(day) + dd(day) + digits(random, 3);
    return printed(random, head + luhn(head) + verhoeff(head), '', '#### ## ## ### ##');
  },
};
