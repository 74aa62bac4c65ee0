// A cost is whole micro-dollars, rounded up, and the same whenever it is computed again.
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../src/exchange.ts';
import { costMicros } from '../../src/prices/cost.ts';
import type { Price, Rates } from '../../src/prices/price.ts';
import { priceSchema, ratesFor, statedSchema } from '../../src/prices/price.ts';

const RATES: Rates = {
  input_usd_per_mtok: 3,
  output_usd_per_mtok: 15,
  cached_input_usd_per_mtok: 0.3,
  cache_write_usd_per_mtok: 3.75,
  cache_write_1h_usd_per_mtok: 6,
};

const used = (input: number, output: number, more: Partial<Usage> = {}): Usage => ({
  input_tokens: input,
  output_tokens: output,
  ...more,
});

describe('the cost of tokens', () => {
  it.each<[what: string, usage: Usage, micros: number]>([
    ['nothing', used(0, 0), 0],
    ['one token of input', used(1, 0), 3],
    ['input and output', used(1_000, 100), 4_500],
    ['input, some of it from the cache', used(1_000, 0, { cached_input_tokens: 900 }), 570],
    ['input, some of it into the cache', used(1_000, 0, { cache_write_input_tokens: 900 }), 3_675],
    [
      'input, some of it into the cache for an hour',
      used(1_000, 0, { cache_write_input_tokens: 900, cache_write_1h_input_tokens: 400 }),
      300 + 500 * 3.75 + 400 * 6,
    ],
    [
      'input from the cache, into it, and neither',
      used(1_000, 10, { cached_input_tokens: 500, cache_write_input_tokens: 300 }),
      600 + 150 + 1_125 + 150,
    ],
    ['output, reasoning included', used(0, 100, { reasoning_tokens: 90 }), 1_500],
    ['a part of a micro-dollar', used(0, 0, {}), 0],
    ['a third of a micro-dollar, rounded up', used(1, 0, { cached_input_tokens: 1 }), 1],
  ])('%s', (_, usage, micros) => {
    expect(costMicros(usage, RATES)).toBe(micros);
  });

  it('has no error of binary fractions: a million tokens cost what a million tokens cost', () => {
    for (const rate of [0.1, 0.07, 0.000001, 1.1, 2.675, 0.029999, 99_999.999999])
      expect(costMicros(used(1_000_000, 0), { input_usd_per_mtok: rate })).toBe(Math.round(rate * 1e6));
    // 3 times 0.1 is more than 0.3 in binary, and would be rounded up to one micro-dollar more.
    expect(costMicros(used(30, 0), { input_usd_per_mtok: 0.1 })).toBe(3);
  });

  it('of a fraction of a micro-dollar is one micro-dollar, not none', () => {
    expect(costMicros(used(1, 0), { input_usd_per_mtok: 0.000001 })).toBe(1);
    expect(costMicros(used(0, 1), { input_usd_per_mtok: 0, output_usd_per_mtok: 0.5 })).toBe(1);
  });

  it('without the price of output is not known once there is output, and never as if it were free', () => {
    expect(costMicros(used(10, 0), { input_usd_per_mtok: 0.02 })).toBe(1);
    expect(costMicros(used(10, 1), { input_usd_per_mtok: 0.02 })).toBeNull();
  });

  it('of what is cached, where its price is not stated, is that of input', () => {
    const plain: Rates = { input_usd_per_mtok: 3, output_usd_per_mtok: 15 };
    const cached = {
      cached_input_tokens: 400,
      cache_write_input_tokens: 500,
      cache_write_1h_input_tokens: 9,
    };
    expect(costMicros(used(1_000, 0, cached), plain)).toBe(3_000);
    expect(costMicros(used(1_000, 0, cached), { ...plain, cache_write_usd_per_mtok: 6 })).toBe(4_500);
  });

  it('is never less than nothing, whatever an upstream counts into what', () => {
    const odd = { cached_input_tokens: 5_000, cache_write_input_tokens: 70, cache_write_1h_input_tokens: 80 };
    expect(costMicros(used(1_000, 0, odd), RATES)).toBe(300);
    const huge = used(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    expect(costMicros(huge, RATES)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('the rates of a price', () => {
  const price: Price = {
    ...RATES,
    tiers: [
      { above_input_tokens: 200_000, input_usd_per_mtok: 6, output_usd_per_mtok: 22.5 },
      { above_input_tokens: 500_000, input_usd_per_mtok: 9 },
    ],
  };
  it('are those of the highest tier that the input goes beyond, for the whole request', () => {
    expect(ratesFor(price, 200_000)).toEqual(RATES);
    expect(ratesFor(price, 200_001)).toEqual(price.tiers?.[0]);
    expect(ratesFor(price, 500_000)).toEqual(price.tiers?.[0]);
    expect(ratesFor(price, 9_000_000)).toEqual(price.tiers?.[1]);
    expect(costMicros(used(200_001, 10), ratesFor(price, 200_001))).toBe(200_001 * 6 + 225);
  });
});

describe('a stated price', () => {
  const fine = { model: 'm', input_usd_per_mtok: 1 };
  it.each<[what: string, body: unknown, place: string]>([
    ['below zero', { ...fine, input_usd_per_mtok: -1 }, 'input_usd_per_mtok'],
    ['dearer than anything', { ...fine, output_usd_per_mtok: 1e6 }, 'output_usd_per_mtok'],
    ['finer than records are', { ...fine, output_usd_per_mtok: 1.2345678 }, 'output_usd_per_mtok'],
    ['that is no number', { ...fine, output_usd_per_mtok: '10' }, 'output_usd_per_mtok'],
    ['without a model', { input_usd_per_mtok: 1 }, 'model'],
    ['of a backend and of a provider', { ...fine, backend: 'b', provider: 'openai' }, 'provider'],
    ['of a provider nobody knows', { ...fine, provider: 'elsewhere' }, 'provider'],
    ['with a key nobody knows', { ...fine, currency: 'EUR' }, ''],
    [
      'in a tier that begins nowhere',
      { ...fine, tiers: [{ input_usd_per_mtok: 1 }] },
      'tiers.0.above_input_tokens',
    ],
  ])('%s is no price', (_, body, place) => {
    const read = statedSchema.safeParse(body);
    expect(read.error?.issues.map(({ path }) => path.join('.'))).toEqual([place]);
  });
  it('may be zero, where somebody says so', () => {
    expect(priceSchema.parse({ input_usd_per_mtok: 0, output_usd_per_mtok: 0 })).toEqual({
      input_usd_per_mtok: 0,
      output_usd_per_mtok: 0,
    });
  });
});
