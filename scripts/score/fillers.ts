// What stands in texts and is nobody's: order numbers, versions, hashes, times, prices. `{name}` or `{name:count}` in a template.
import type { Random } from './random.ts';
import { chance, chars, digits, letters, number, pad, pick, whole } from './random.ts';
import { luhn, sum } from './sums.ts';

const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const WORD = 'abcdefghijklmnopqrstuvwxyz0123456789';

type Fill = (random: Random, count: number) => string;

const hex = (random: Random, count: number): string => chars(random, HEX, count);
const uuid = (random: Random): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${pick(random, ['8', '9', 'a', 'b'])}${hex(random, 3)}-${hex(random, 12)}`;
const clock = (random: Random): string => `${pad(whole(random, 0, 23), 2)}:${pad(whole(random, 0, 59), 2)}`;
const seconds = (random: Random): string => `${clock(random)}:${pad(whole(random, 0, 59), 2)}`;
const day = (random: Random): string =>
  `${whole(random, 2019, 2026)}-${pad(whole(random, 1, 12), 2)}-${pad(whole(random, 1, 28), 2)}`;
const thirteen = (head: string): string => head + ((10 - (sum(head, [1, 3]) % 10)) % 10);

const order: Fill = (random) =>
  pick(random, [
    () => `#${number(random, 6)}`,
    () => `ORD-${whole(random, 2023, 2026)}-${digits(random, 5)}`,
    () => number(random, 9),
    () => number(random, 10),
    () => `${number(random, 3)}-${digits(random, 7)}-${digits(random, 7)}`,
    () => `SO${digits(random, 8)}`,
    () => `RE-${digits(random, 4)}/${digits(random, 3)}`,
    () => number(random, 12),
    () => `${letters(random, 2)}${digits(random, 7)}`,
  ])();

const tracking: Fill = (random) =>
  pick(random, [
    () => `1Z${chars(random, 'ABCDEFGHX0123456789', 6)}${digits(random, 10)}`,
    () => `${digits(random, 12)}`,
    () => `JD0${digits(random, 17)}`,
    () => `00340434${digits(random, 12)}`,
    () => `RR${digits(random, 9)}DE`,
    () =>
      `9400 1${digits(random, 3)} ${digits(random, 4)} ${digits(random, 4)} ${digits(random, 4)} ${digits(random, 2)}`,
    () => `SF${digits(random, 13)}`,
    () => `420${digits(random, 5)}92${digits(random, 20)}`,
    () => number(random, 14),
  ])();

const amount: Fill = (random) =>
  pick(random, [
    `${whole(random, 5, 9999)}.${digits(random, 2)} EUR`,
    `€${whole(random, 1, 99)},${digits(random, 3)}.${digits(random, 2)}`,
    `$${whole(random, 10, 9999)}.${digits(random, 2)}`,
    `${whole(random, 1, 99)}.${digits(random, 3)},${digits(random, 2)} €`,
    `${whole(random, 1, 99)} ${digits(random, 3)},${digits(random, 2)} zł`,
    `¥${whole(random, 1, 99)},${digits(random, 3)}`,
  ]);

const version: Fill = (random) =>
  pick(random, [
    `${whole(random, 0, 19)}.${whole(random, 0, 40)}.${whole(random, 0, 30)}`,
    `v${whole(random, 1, 9)}.${whole(random, 0, 20)}.${whole(random, 0, 9)}-rc.${whole(random, 1, 4)}`,
    `${whole(random, 10, 130)}.0.${whole(random, 1000, 6999)}.${whole(random, 10, 250)}`,
    `${whole(random, 1, 9)}.${whole(random, 0, 12)}.${whole(random, 0, 9)}.${whole(random, 0, 9)}`,
    `${whole(random, 1, 9)}.${whole(random, 0, 30)}.${whole(random, 0, 30)}+build.${digits(random, 4)}`,
  ]);

const date: Fill = (random) =>
  pick(random, [
    () => day(random),
    () => `${pad(whole(random, 1, 28), 2)}.${pad(whole(random, 1, 12), 2)}.${whole(random, 2019, 2026)}`,
    () => `${pad(whole(random, 1, 12), 2)}/${pad(whole(random, 1, 28), 2)}/${whole(random, 2019, 2026)}`,
    () => `${whole(random, 1, 28)} March ${whole(random, 2019, 2026)}`,
  ])();

export const FILLS: Readonly<Record<string, Fill>> = {
  O: order,
  K: tracking,
  A: amount,
  R: version,
  D: date,
  T: clock,
  uuid,
  hex,
  HEX: (random, count) => hex(random, count).toUpperCase(),
  sha1: (random) => hex(random, 40),
  short: (random) => hex(random, 7),
  sha256: (random) => hex(random, 64),
  md5: (random) => hex(random, 32),
  b64: (random, count) => chars(random, BASE64, count),
  word: (random, count) => chars(random, WORD, count || 6),
  upper: letters,
  d: digits,
  n: number,
  int: (random, most) => String(whole(random, 0, most)),
  epoch: (random) => String(whole(random, 1_560_000_000, 1_790_000_000)),
  epochms: (random) => String(whole(random, 1_560_000_000, 1_790_000_000)) + digits(random, 3),
  epochns: (random) => String(whole(random, 1_560_000_000, 1_790_000_000)) + digits(random, 9),
  iso: (random) => `${day(random)}T${seconds(random)}.${digits(random, 3)}Z`,
  stamp: (random) => `${day(random)} ${seconds(random)},${digits(random, 3)}`,
  compact: (random) => `${day(random).replaceAll('-', '')}${seconds(random).replaceAll(':', '')}`,
  clock: seconds,
  isbn13: (random) => {
    const value = thirteen(`978${digits(random, 9)}`);
    return chance(random, 0.6)
      ? `978-${value[3]}-${value.slice(4, 8)}-${value.slice(8, 12)}-${value[12]}`
      : value;
  },
  isbn10: (random) => {
    const head = digits(random, 9);
    const check = (11 - (sum(head, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    return `${head[0]}-${head.slice(1, 4)}-${head.slice(4)}-${check === 10 ? 'X' : check}`;
  },
  issn: (random) => `${digits(random, 4)}-${digits(random, 4)}`,
  ean: (random) => thirteen(pick(random, ['400', '541', '871', '590', '301']) + digits(random, 9)),
  upc: (random) => {
    const head = `0${digits(random, 10)}`;
    return head + ((10 - (sum(head, [3, 1]) % 10)) % 10);
  },
  doi: (random) =>
    `10.${number(random, 4)}/${chars(random, WORD, 4)}.${whole(random, 2001, 2025)}.${digits(random, 5)}`,
  arxiv: (random) => `${digits(random, 2)}0${whole(random, 1, 9)}.${digits(random, 5)}`,
  float: (random) => `${whole(random, 0, 999)}.${digits(random, 6)}`,
  flight: (random) => `${pick(random, ['LH', 'BA', 'AF', 'KL', 'UA', 'TK', 'QF'])}${whole(random, 10, 4999)}`,
  sku: (random) => `${letters(random, 3)}-${digits(random, 4)}-${letters(random, 2)}`,
  serial: (random) => chars(random, 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789', 12),
  luhn16: (random) => {
    const head = pick(random, ['70', '98', '10']) + digits(random, 13);
    return head + luhn(head);
  },
};

/** A template with its placeholders filled. */
export const filled = (random: Random, template: string): string =>
  template.replace(/\{([A-Za-z0-9]+)(?::(\d+))?\}/g, (all, name: string, count: string | undefined) => {
    const fill = FILLS[name];
    return fill === undefined ? all : fill(random, Number(count ?? 0));
  });
