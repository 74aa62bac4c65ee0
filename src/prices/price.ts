// What a price is: rates for kinds of tokens, as an operator states them and as the record keeps them. A rate nobody knows is left out,
// which is not the same as zero.
import { z } from 'zod';
import { policyName } from '../policies/policy.ts';
import { PROVIDER_NAMES } from '../providers/names.ts';

/** Decimals of a rate: millionths of a dollar for a million tokens, so that a rate is a whole number of millionths of a micro-dollar. */
export const RATE_DECIMALS = 6;
/** A hundred times the dearest model there ever was; more is a slip of the unit. In dollars for a million tokens. */
const RATE_LIMIT = 100_000;
/** No vendor has more than two steps. */
const TIERS = 8;
/** Longer than any context window. */
const TIER_TOKENS = 1_000_000_000;

const rate = z
  .number()
  .min(0)
  .max(RATE_LIMIT)
  .refine((value) => Number(value.toFixed(RATE_DECIMALS)) === value, {
    error: `a rate has at most ${RATE_DECIMALS} decimals`,
  });

/** Dollars for a million tokens. What is left out costs as input does, but for output, whose price is then not known. */
const rates = {
  input_usd_per_mtok: rate.describe('Input that was neither read from a cache nor written to one'),
  output_usd_per_mtok: rate.optional().describe('Output, reasoning included; left out: not known'),
  cached_input_usd_per_mtok: rate.optional().describe('Input read from a cache; left out: as input'),
  cache_write_usd_per_mtok: rate.optional().describe('Input written to a cache; left out: as input'),
  cache_write_1h_usd_per_mtok: rate
    .optional()
    .describe('Input written to a cache for an hour; left out: as input written to a cache'),
};

const ratesSchema = z.strictObject(rates);

/** Dollars for a million tokens of each kind. */
export type Rates = z.infer<typeof ratesSchema>;

const tier = z.strictObject({ above_input_tokens: z.number().int().min(1).max(TIER_TOKENS), ...rates });

/** A price: rates, and other rates for requests whose input is longer than so many tokens. A tier's rates hold for the whole request. */
export const priceSchema = z.strictObject({
  ...rates,
  tiers: z
    .array(tier)
    .max(TIERS)
    .refine((all) => new Set(all.map((each) => each.above_input_tokens)).size === all.length, {
      error: 'two tiers begin at the same number of tokens',
    })
    .optional()
    .describe('Rates of longer requests; the one that begins highest counts'),
});

export type Price = z.infer<typeof priceSchema>;

const stated = z.strictObject({
  backend: policyName.optional().describe('Of this backend only'),
  provider: z.string().optional(),
  model: z
    .string()
    .min(1)
    .max(256)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), {
      error: 'holds a character that cannot be stored (NUL, or half of a surrogate pair)',
    })
    .describe("The model's name at the backend; `*` stands for any characters, `?` for one"),
  ...priceSchema.shape,
});

/** A stated price as it is stored: a newer program may know more providers. */
export const storedSchema = stated;

/** A price somebody states, and what it is the price of. */
export const statedSchema = stated
  .extend({ provider: z.enum(PROVIDER_NAMES).optional().describe('Of backends of this provider only') })
  .refine(({ backend, provider }) => backend === undefined || provider === undefined, {
    path: ['provider'],
    error: 'a price is of a backend or of a provider, not of both',
  });

/** What a version of a stated price holds. */
export type Stated = z.infer<typeof storedSchema>;

/** The price alone. */
export const priceOf = ({ backend: _, provider: __, model: ___, ...price }: Stated): Price => price;

/** The rates in force for a request with so much input: flat, as the record keeps them. `above_input_tokens`: the tier they are of. */
export const ratesFor = (price: Price, inputTokens: number): AppliedRates => {
  const { tiers = [], ...flat } = price;
  const reached = tiers
    .filter(({ above_input_tokens: above }) => inputTokens > above)
    .sort((a, b) => b.above_input_tokens - a.above_input_tokens);
  return reached[0] ?? flat;
};

/** The rates a cost was computed from. */
export type AppliedRates = Rates & { readonly above_input_tokens?: number };
