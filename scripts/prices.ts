// The catalogue of prices that comes with the program, made from the package of prices that is installed: `node scripts/prices.ts`.
// What changed is a diff of src/prices/built-in.json, to be read before it is taken.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConditionalPrice, ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices';
import { waitForUpdate } from '@pydantic/genai-prices';
import type { BuiltInModel, BuiltInProvider, Dated } from '../src/prices/built-in.ts';
import type { Price, Rates } from '../src/prices/price.ts';
import { RATE_DECIMALS } from '../src/prices/price.ts';

const ROOT = join(import.meta.dirname, '..');
const PACKAGE = '@pydantic/genai-prices';

/** The rates we know of, by the package's names for them. */
const NAMES = {
  input_mtok: 'input_usd_per_mtok',
  output_mtok: 'output_usd_per_mtok',
  cache_read_mtok: 'cached_input_usd_per_mtok',
  cache_write_mtok: 'cache_write_usd_per_mtok',
  cache_write_1h_mtok: 'cache_write_1h_usd_per_mtok',
} as const satisfies Readonly<Record<string, keyof Rates>>;

/** Rounded up, as costs are. */
const rounded = (rate: number): number =>
  Math.ceil(Number((rate * 10 ** RATE_DECIMALS).toFixed(3))) / 10 ** RATE_DECIMALS;

/** The steps of a rate; a plain one has none. The package's data are not of the class that its types name. */
const tiersOf = (rate: ModelPrice[string]): readonly { readonly start: number; readonly price: number }[] =>
  typeof rate === 'object' ? rate.tiers.toSorted((a, b) => a.start - b.start) : [];

/** The rates of requests with more input than `above` tokens. */
const ratesAbove = (price: ModelPrice, above: number): Rates | undefined => {
  const known: Partial<Record<keyof Rates, number>> = {};
  for (const [theirs, ours] of Object.entries(NAMES)) {
    const rate = price[theirs];
    if (rate === undefined) continue;
    const reached = tiersOf(rate).findLast(({ start }) => start <= above);
    known[ours] = rounded(reached?.price ?? (typeof rate === 'object' ? rate.base : rate));
  }
  const { input_usd_per_mtok: input, ...others } = known;
  return input === undefined ? undefined : { input_usd_per_mtok: input, ...others };
};

/** Undefined: it has no price for tokens. */
const priceOf = (price: ModelPrice): Price | undefined => {
  const flat = ratesAbove(price, -1);
  if (flat === undefined) return undefined;
  const starts = Object.keys(NAMES).flatMap((name) => tiersOf(price[name]).map(({ start }) => start));
  const tiers = [...new Set(starts)]
    .sort((a, b) => a - b)
    .flatMap((start) => {
      const above = ratesAbove(price, start);
      return above === undefined ? [] : [{ above_input_tokens: start, ...above }];
    });
  return tiers.length === 0 ? flat : { ...flat, tiers };
};

const dated = ({ constraint, prices }: ConditionalPrice): Dated | undefined => {
  const price = priceOf(prices);
  if (price === undefined) return undefined;
  if (constraint === undefined) return { price };
  return constraint.type === 'start_date'
    ? { from: constraint.start_date, price }
    : { daily: [constraint.start_time, constraint.end_time], price };
};

const modelOf = ({ id, match, prices }: ModelInfo): BuiltInModel => {
  const all = (Array.isArray(prices) ? prices : [{ prices }]).map(dated);
  const known = all.filter((each) => each !== undefined);
  // Without a price for tokens it is there all the same: its name must not be taken for a later one's.
  return { id, match, prices: known.length < all.length ? [] : known };
};

const providerOf = (provider: Provider): BuiltInProvider => ({
  id: provider.id,
  urls: provider.api_pattern,
  ...(provider.fallback_model_providers === undefined ? {} : { others: provider.fallback_model_providers }),
  models: provider.models.map(modelOf),
});

/** The catalogue as text: a line a model, so that a change of one is a line of a diff. */
export const builtInText = async (): Promise<string> => {
  const providers = ((await waitForUpdate()) ?? []).map(providerOf);
  const manifest = join(ROOT, 'node_modules', PACKAGE, 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const sha256 = createHash('sha256').update(JSON.stringify(providers)).digest('hex');
  const lines = providers.map(({ models, ...provider }) => {
    const listed = models.map((model) => JSON.stringify(model)).join(',\n');
    return `${JSON.stringify(provider).slice(0, -1)},"models":[\n${listed}\n]}`;
  });
  const head = JSON.stringify({ source: `genai-prices@${version}`, sha256 }).slice(0, -1);
  return `${head},"providers":[\n${lines.join(',\n')}\n]}\n`;
};

if (import.meta.main) {
  const text = await builtInText();
  writeFileSync(join(ROOT, 'src/prices/built-in.json'), text);
  console.log(`src/prices/built-in.json: ${Math.round(text.length / 1024)} KiB`);
}
