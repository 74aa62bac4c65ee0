// An estimate is near what a tokenizer counts, whatever the text is made of, and takes no longer for a long one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { estimateTexts } from '../../src/tokens/estimate.ts';

/** Texts and how many tokens o200k has for them. */
const COUNTED = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/tokens/counted.json'), 'utf8'),
) as readonly { readonly what: string; readonly o200k: number; readonly text: string }[];

describe('the estimate of a text', () => {
  it.each(COUNTED)('of $what is within a quarter of its tokens', ({ text, o200k }) => {
    const estimated = estimateTexts([text]);
    expect(estimated).toBeGreaterThan(o200k * 0.75);
    expect(estimated).toBeLessThan(o200k * 1.25);
  });
  it('is within a tenth on average', () => {
    const off = COUNTED.map(({ text, o200k }) => Math.abs(estimateTexts([text]) / o200k - 1));
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(0.1);
  });
  it('of names, paths and words with capitals takes them for words', () => {
    for (const [text, tokens] of [
      ['getUserAccountSettingsFromDatabase', 6],
      ['customer_invoice_total_amount_due', 6],
      ['src/components/dashboard/settings-panel', 7],
      ['INTERNATIONALIZATION', 5],
    ] as const)
      expect(estimateTexts([text]), text).toBeLessThan(tokens * 2);
  });
  it('of nothing is nothing', () => {
    expect(estimateTexts([])).toBe(0);
    expect(estimateTexts(['', ''])).toBe(0);
  });
  it('of any characters is a number that is not below zero', () => {
    for (const text of [
      '\0',
      '\uD800',
      '\uFFFF'.repeat(50),
      ' '.repeat(9_999),
      '\n\t'.repeat(500),
      '🙂'.repeat(40),
    ]) {
      const estimated = estimateTexts([text]);
      expect(Number.isFinite(estimated) && estimated >= 0).toBe(true);
    }
  });
});

describe('the estimate of much text', () => {
  const prose = COUNTED.find(({ what }) => what === 'English prose');
  const { text = '', o200k = 0 } = prose ?? {};
  it('judges a long text by pieces all over it', () => {
    const chinese = COUNTED.find(({ what }) => what === 'Chinese, simplified') ?? { text: '', o200k: 0 };
    // Half of it is of another kind, and neither half is its beginning alone.
    const long = text.repeat(400) + chinese.text.repeat(400 * 4);
    const tokens = o200k * 400 + chinese.o200k * 400 * 4;
    expect(estimateTexts([long])).toBeGreaterThan(tokens * 0.75);
    expect(estimateTexts([long])).toBeLessThan(tokens * 1.25);
  });
  it('takes the rest of many texts for what the first of them are', () => {
    const estimated = estimateTexts(Array.from({ length: 5_000 }, () => text));
    expect(estimated).toBeGreaterThan(o200k * 5_000 * 0.8);
    expect(estimated).toBeLessThan(o200k * 5_000 * 1.2);
    expect(estimateTexts(Array.from({ length: 200_000 }, () => 'word'))).toBeCloseTo(200_000, -4);
  });
});
