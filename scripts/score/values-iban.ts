// International bank account numbers, with the check digits that some countries have inside.
import type { Random } from './random.ts';
import { digits, number, pad, pick } from './random.ts';
import { issued, remainder, sum } from './sums.ts';
import type { Make } from './value.ts';

/** The check digits of an IBAN: what makes the rest leave 1 over 97. */
const ibanOf = (country: string, bban: string): string =>
  `${country}${pad(98 - remainder(`${bban}${country}00`, 97), 2)}${bban}`;

const BELGIAN = (random: Random): string => {
  const head = number(random, 10);
  return head + pad(Number(head) % 97 || 97, 2);
};

const frenchKey = (head: string): string => pad(97 - ((Number(remainder(head, 97)) * 100) % 97), 2);

const BBANS: readonly (readonly [string, (random: Random) => string])[] = [
  [
    'DE',
    (random) => `${pick(random, ['37040044', '50010517', '10011001', '20050550'])}${digits(random, 10)}`,
  ],
  ['AT', (random) => digits(random, 16)],
  ['CH', (random) => `00762${digits(random, 12)}`],
  [
    'NL',
    (random) =>
      `${pick(random, ['ABNA', 'INGB', 'RABO'])}${issued(
        () => `0${digits(random, 8)}`,
        (text) => (11 - (sum(text, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11,
      )}`,
  ],
  ['BE', BELGIAN],
  [
    'FR',
    (random) => {
      const head = `30006000011${digits(random, 10)}`;
      return head + frenchKey(head);
    },
  ],
  ['GB', (random) => `${pick(random, ['BARC', 'NWBK', 'LOYD'])}${digits(random, 14)}`],
  ['IE', (random) => `AIBK${digits(random, 14)}`],
  ['LU', (random) => `001${digits(random, 13)}`],
  ['SA', (random) => `80${digits(random, 18)}`],
  ['AE', (random) => `033${digits(random, 16)}`],
  ['TR', (random) => `000620${digits(random, 16)}`],
  ['BR', (random) => `00360305${digits(random, 15)}P1`],
  ['DK', (random) => `0040${digits(random, 10)}`],
  ['LT', (random) => digits(random, 16)],
];

export const iban: Make = (random) => {
  const [country, bban] = pick(random, BBANS);
  const value = ibanOf(country, bban(random));
  return random() < 0.5 ? value : value.replace(/(.{4})(?=.)/g, '$1 ');
};
