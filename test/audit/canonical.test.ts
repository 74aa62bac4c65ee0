// Canonical text is RFC 8785's, whoever writes it.
import canonicalize from 'canonicalize';
import { expect, it } from 'vitest';
import { chanceOf } from '../../scripts/drill/chance.ts';
import { canonicalText } from '../../src/audit/canonical.ts';

const LETTERS = [
  'a',
  'B',
  '1',
  '10',
  '9',
  '_',
  '"',
  '\\',
  '/',
  '\n',
  '\u0000',
  '\u007f',
  '\u0080',
  'é',
  'ﬀ',
  '\u2028',
  '😀',
  '\ue000',
  '\ufb33',
  ' ',
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  1e21,
  1e-7,
  0.1,
  5e-324,
  1.7976931348623157e308,
  2 ** 53,
  333333333.3333333,
  4.5,
  2e-3,
];

it('is what the library says, for any value that JSON has', () => {
  const chance = chanceOf(7);
  const text = (): string =>
    Array.from({ length: chance.between(0, 6) }, () => LETTERS[chance.between(0, LETTERS.length - 1)]).join(
      '',
    );
  const value = (depth: number): unknown => {
    const kind = chance.between(0, depth > 4 ? 4 : 6);
    if (kind === 0) return null;
    if (kind === 1) return chance.next() < 0.5;
    if (kind === 2) return NUMBERS[chance.between(0, NUMBERS.length - 1)] ?? chance.next();
    if (kind <= 4) return text();
    if (kind === 5) return Array.from({ length: chance.between(0, 5) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: chance.between(0, 8) }, () => [text(), value(depth + 1)]));
  };
  for (let round = 0; round < 20_000; round++) {
    const any = value(0);
    expect(canonicalText(any)).toBe(canonicalize(any));
  }
});

it('leaves to the library what is not plain', () => {
  class Point {
    readonly y = 2;
    readonly x = 1;
  }
  const odd = [
    { at: new Date(0), more: undefined, on: () => 1 },
    [undefined, Symbol('s'), new Point()],
    { boxed: [Object(1), Object('a'), Object(true)] },
    { toJSON: () => ({ b: 1, a: 2 }) },
    Object.create(null, { a: { value: 1, enumerable: true } }),
    Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], 'deep'),
  ];
  for (const value of odd) expect(canonicalText(value)).toBe(canonicalize(value));
});

it('does not exist for what JSON cannot say', () => {
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    { a: '\ud800' },
    { '\udfff': 1 },
    [Number.NaN],
    undefined,
  ])
    expect(() => canonicalText(value)).toThrow();
  const round: Record<string, unknown> = {};
  round.self = round;
  expect(() => canonicalText(round)).toThrow();
});
