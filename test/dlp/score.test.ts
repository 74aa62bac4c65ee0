// A share of what `npm run score` measures, held to its floors: the corpus is made from a seed, and of values nobody has.
import { expect, test } from 'vitest';
import { corpusOf } from '../../scripts/score/corpus.ts';
import { KINDS, SECRETS } from '../../scripts/score/corpus-data.ts';
import { finder, measured } from '../../scripts/score/measure.ts';
import { figuresOf, holds } from '../../scripts/score/report.ts';

const SEED = 20_250_611;
/** Of the whole corpus: each kind of value once in prose, once in data and once in disguise. */
const SHARE = 0.08;

const corpus = corpusOf(SEED, SHARE, undefined);
const figures = figuresOf(measured(finder(), corpus), undefined);
const figure = (name: string) => figures.find((each) => each.name === name);

test('the corpus has 150 kinds of personal data and 200 of keys, and the same seed makes the same', () => {
  expect(KINDS.length).toBeGreaterThan(150);
  expect(SECRETS.vendor.length + SECRETS.contextual.length).toBeGreaterThan(200);
  expect(corpusOf(SEED, SHARE, undefined)).toEqual(corpus);
});

for (const [name, promise] of [
  [
    'PII span recall',
    'personal data is found in tickets, mails, tables, records, logs and code of fifteen languages',
  ],
  [
    'obfuscated PII recall',
    'personal data is found in other digits, invisible characters, entities, escapes and base64',
  ],
  ['PII precision', 'what is called personal data is'],
  [
    'look-alikes flagged as PII',
    'order numbers, versions, timestamps, hashes, books and parcels are not called personal data',
  ],
  ['vendor-shaped secrets recall', 'keys of a shape of their own are found'],
  ['contextual secrets recall', 'keys that only their names give away are found'],
  ['generic secrets recall', 'passwords and tokens are found where people and programs write them'],
  ['secrets precision', 'what is called a secret is'],
  ['look-alikes flagged as secrets', 'placeholders, hashes, ids and public keys are not called secrets'],
] as const)
  test(promise, () => {
    const is = figure(name);
    expect(is, name).toBeDefined();
    expect(is !== undefined && holds(is), JSON.stringify(is)).toBe(true);
  });
