// The catalogue that comes with the program says what the package it is made of says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage as TheirUsage } from '@pydantic/genai-prices';
import { calcPrice, waitForUpdate } from '@pydantic/genai-prices';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtInText } from '../../scripts/prices.ts';
import type { BuiltIn } from '../../src/prices/built-in.ts';
import { builtIn, builtInPrice, vendorAt } from '../../src/prices/built-in.ts';
import { costMicros } from '../../src/prices/cost.ts';
import { priceSchema, ratesFor } from '../../src/prices/price.ts';

let catalogue: BuiltIn;
beforeAll(async () => {
  catalogue = await builtIn();
});

const NOW = Date.UTC(2026, 10, 21, 12);

it('is what the script makes of the package that is installed', async () => {
  const file = join(import.meta.dirname, '../../src/prices/built-in.json');
  expect(readFileSync(file, 'utf8')).toBe(await builtInText());
});

it('holds prices as an operator may state them, and nothing else', () => {
  for (const { models } of catalogue.providers)
    for (const { prices } of models)
      for (const { price } of prices) expect(priceSchema.parse(price)).toEqual(price);
});

it('is read once, and is there at once from then on', () => {
  expect(builtIn()).toBe(catalogue);
});

/** Our counts in the package's words. */
const theirs = (input: number, output: number, read: number, written: number, for1h: number): TheirUsage => ({
  input_tokens: input,
  output_tokens: output,
  ...(read === 0 ? {} : { cache_read_tokens: read }),
  ...(written === 0 ? {} : { cache_write_tokens: written }),
  ...(for1h === 0 ? {} : { cache_write_1h_tokens: for1h }),
});

describe('a price of the catalogue', () => {
  const COUNTS = [
    [1_234, 567, 0, 0, 0],
    [150_000, 4_321, 100_000, 20_000, 0],
    [199_999, 10, 0, 0, 0],
    [200_000, 10, 0, 0, 0],
    [200_001, 10, 1_000, 500, 0],
    [272_000, 10, 0, 0, 0],
    [300_000, 99_999, 250_000, 40_000, 30_000],
    [2_000_000, 1, 0, 0, 0],
  ] as const;
  const TIMES = [
    NOW,
    Date.UTC(2025, 0, 1),
    Date.UTC(2026, 2, 12, 23, 59),
    Date.UTC(2026, 2, 13),
    NOW + 5 * 3_600_000,
  ];

  it("is the package's own to the micro-dollar: every model, long and short, cached, then and now", async () => {
    const providers = (await waitForUpdate()) ?? [];
    let compared = 0;
    for (const { id, models } of providers) {
      for (const model of models) {
        for (const atMs of Array.isArray(model.prices) ? TIMES : [NOW]) {
          const ours = builtInPrice(catalogue, id, model.id, atMs);
          for (const [input, output, read, written, for1h] of COUNTS) {
            const usage = theirs(input, output, read, written, for1h);
            const told = await said(usage, model.id, id, atMs);
            if (ours === undefined || told === undefined) continue;
            // The rates of what is cached that the package does not know cost it nothing; here they cost as input does.
            if (read > 0 && told.model_price['cache_read_mtok'] === undefined) continue;
            if (written > 0 && told.model_price['cache_write_mtok'] === undefined) continue;
            if (for1h > 0 && told.model_price['cache_write_1h_mtok'] === undefined) continue;
            const micros = costMicros(
              {
                ...{ input_tokens: input, output_tokens: output, cached_input_tokens: read },
                ...{ cache_write_input_tokens: written, cache_write_1h_input_tokens: for1h },
              },
              ratesFor(ours.price, input),
            );
            if (micros === null) continue;
            // Per-request fees are none of ours; a rate with more decimals than ours is rounded up.
            const fees = told.model_price['requests_kcount'];
            const fee = typeof fees === 'number' ? fees / 1_000 : 0;
            const off = micros - (told.total_price - fee) * 1e6;
            expect(off, `${id}/${model.id} ${input}`).toBeGreaterThan(-0.01);
            expect(off, `${id}/${model.id} ${input}`).toBeLessThan(1.01 + (input + output) * 1e-6);
            compared++;
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(7_000);
  });

  it('is of a model that the package finds under the same name, and of no other', async () => {
    for (const [vendor, name] of [
      ['anthropic', 'claude-sonnet-4-20250514'],
      ['anthropic', 'CLAUDE-OPUS-4-1'],
      ['openai', 'gpt-4o-mini'],
      ['openai', 'gpt-5-mini-2025-08-07'],
      ['openai', 'gpt-5-of-somebody-else'],
      ['azure', 'gpt-5'],
      ['azure', 'claude-sonnet-4-5'],
      ['aws', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
      ['google', 'gemini-2.5-pro'],
      ['google', 'claude-sonnet-4@20250514'],
      ['openai', 'whisper-1'],
      ['openai', 'no-such-model'],
      ['groq', 'llama-3.3-70b-versatile'],
    ] as const) {
      const told = await said({ input_tokens: 1 }, name, vendor, NOW);
      const ours = builtInPrice(catalogue, vendor, name, NOW);
      const isPaidByTheToken = told?.model_price['input_mtok'] !== undefined;
      expect(ours?.model, `${vendor}/${name}`).toBe(isPaidByTheToken ? told.model.id : undefined);
    }
  });

  it('of a vendor nobody knows is not known', () => {
    expect(builtInPrice(catalogue, 'nobody', 'gpt-5', NOW)).toBeUndefined();
  });
});

/** What the package says; undefined: nothing, or that it cannot tell. */
const said = async (usage: TheirUsage, model: string, providerId: string, atMs: number) => {
  try {
    return calcPrice(usage, model, { providerId, timestamp: new Date(atMs) }) ?? undefined;
  } catch {
    return undefined;
  }
};

it.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://API.openai.com', 'openai'],
  ['https://api.groq.com/openai', 'groq'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.openai.com.example.org/v1', undefined],
  ['https://api.moonshot.ai/v1', 'moonshotai'],
  ['https://bedrock-runtime.eu-west-1.amazonaws.com', 'aws'],
  ['https://bedrock-runtime.eu-west-1.amazonaws.com/model', 'aws'],
  ['https://router.huggingface.co/groq/openai/v1', 'huggingface_groq'],
  ['https://proxy.example.org/https://api.openai.com', undefined],
  ['http://10.0.0.5:8000', undefined],
])('%s is an address of %s', (url, vendor) => {
  expect(vendorAt(catalogue, url)).toBe(vendor);
});
