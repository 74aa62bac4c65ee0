// However a text is made, the work of inspecting it grows as its length does. Told by eighths, as what is linear takes 8 times as long for
// the whole and what is quadratic 64 times: no mood of a machine makes one look like the other.
import { describe, expect, it } from 'vitest';
import { inspectText } from '../../src/dlp/text.ts';
import { seeded } from './disguise.ts';
import type { Chance } from './streams.ts';
import { packs, pick, pseudonymsOf, replyPlan } from './streams.ts';

const PLAN = replyPlan({ response: { pii: 'redact', secrets: 'redact' } });
const CHARS = 160_000;
const PARTS = 8;
/** Between 8 and 64. */
const LIMIT = 24;
/** Shorter times say nothing. */
const LEAST_MS = 4;
const TURNS = 3;

const patterns = packs.flatMap((pack) => pack.patterns);
const hits = patterns.flatMap((pattern) => pattern.hits.map((hit) => hit.replace(/[«»]/g, '')));
const keywords = patterns.flatMap((pattern) => pattern.keywords.map((word) => word.replaceAll('*', '')));
const named = patterns
  .filter(({ context }) => context === 'assigned')
  .flatMap((pattern) => pattern.keywords.map((word) => word.replaceAll('*', '')));

const until = (chars: number, next: () => string): string => {
  let text = '';
  while (text.length < chars) text += next();
  return text.slice(0, chars);
};

const SHAPES = [
  'A',
  'a',
  'AB',
  '1',
  '12',
  '1234',
  '-',
  '.',
  '/',
  ' ',
  ':',
  '_',
  '+',
  '(',
  ')',
  '#',
  '$',
  '@',
];
const KEY = '-----BEGIN RSA PRIVATE KEY-----\n';

/** Texts made to be slow, by what they are full of. */
const MADE: Readonly<Record<string, (chance: Chance, chars: number) => string>> = {
  digits: (_, chars) => until(chars, () => '1234567890'),
  'letters and dots': (_, chars) => until(chars, () => 'a.a.a.'),
  'at signs': (_, chars) => until(chars, () => '@@@a'),
  'addresses without an end': (_, chars) => until(chars, () => 'a@a.a@'),
  'openings of keys': (_, chars) => until(chars, () => `${KEY}ABC`),
  'one key that never ends': (_, chars) => KEY + until(chars, () => `${'A'.repeat(64)}\n`),
  'tokens without an end': (_, chars) => until(chars, () => 'eyJhbGciOiJIUzI1NiJ9.'),
  'prefixes of keys': (_, chars) => until(chars, () => 'sk-'),
  keywords: (chance, chars) => until(chars, () => `${pick(chance, keywords)} `),
  'one keyword': (_, chars) => until(chars, () => 'ssn '),
  'keywords and numbers': (chance, chars) =>
    until(chars, () => `${pick(chance, keywords)} ${Math.floor(chance() * 1e9)} `),
  'names without a value': (chance, chars) => until(chars, () => `${pick(chance, named)}=`),
  'names and words': (chance, chars) => until(chars, () => `${pick(chance, named)} is `),
  'objects in objects': (chance, chars) => until(chars, () => `{"${pick(chance, named)}": {"key": `),
  shapes: (chance, chars) => until(chars, () => pick(chance, SHAPES)),
  base64: (chance, chars) => until(chars, () => Math.floor(chance() * 2 ** 40).toString(36)),
  'a table with many columns': (_, chars) =>
    `${Array(190).fill('passport no').join(',')}\n${until(chars, () => `${Array(190).fill('123456').join(',')}\n`)}`,
  'one line of many cells': (_, chars) => until(chars, () => '1,'),
  'addresses of networks': (_, chars) => until(chars, () => '10.0.0.1.'),
  mails: (_, chars) => until(chars, () => 'ann@example.com '),
  cards: (_, chars) => until(chars, () => '4111 1111 1111 1111 '),
  'all examples': (chance, chars) => until(chars, () => `${pick(chance, hits)} `),
  'escapes in escapes': (_, chars) => until(chars, () => '%2525&amp;amp;\\u0041'),
  brackets: (_, chars) => until(chars, () => '<'),
};

const msOf = (text: string): number => {
  const begun = performance.now();
  inspectText(PLAN, text, { counts: new Map(), pseudonym: pseudonymsOf().hideReply });
  return performance.now() - begun;
};

/** How many times longer a text takes than its eighth: the least of some turns. */
const growth = (text: string): number => {
  const part = text.slice(0, text.length / PARTS);
  msOf(part);
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS && least > LIMIT; turn++) {
    const partMs = Math.min(msOf(part), msOf(part));
    least = Math.min(least, msOf(text) / Math.max(partMs, LEAST_MS));
  }
  return least;
};

describe('the work of inspection grows as the text does', () => {
  const chance = seeded(11);
  for (const [name, make] of Object.entries(MADE))
    it(`of ${name}`, () => {
      expect(growth(make(chance, CHARS))).toBeLessThan(LIMIT);
    }, 60_000);

  it('of stretches of all of these in turn', () => {
    const makers = Object.values(MADE);
    for (let i = 0; i < 6; i++) {
      const text = until(CHARS, () => pick(chance, makers)(chance, 200 + Math.floor(chance() * 2_000)));
      expect(growth(text)).toBeLessThan(LIMIT);
    }
  }, 120_000);
});
