// What an exchange cost, from its tokens and the rates in force: whole micro-dollars, rounded up. Computed in integers, so that who
// has the record comes to the very same.
import type { Usage } from '../exchange.ts';
import type { AppliedRates, Rates } from './price.ts';
import { RATE_DECIMALS } from './price.ts';

/**
 * Why a cost was not computed from a price. Nothing was paid: `nothing_sent`; `not_charged` (counting tokens); `error_reply` (the
 * upstream refused). It is not known: `own_machine` (it has no price for a token unless the operator states one), `no_price`,
 * `no_output_price`.
 */
export type CostReason =
  | 'nothing_sent'
  | 'not_charged'
  | 'error_reply'
  | 'own_machine'
  | 'no_price'
  | 'no_output_price';

/** What an exchange cost. `micros` is null when it is not known, and zero only when it is known to be. */
export type Cost = {
  readonly micros: number | null;
  readonly reason: CostReason | null;
  /** Which price it is: the catalogue, row and version. */
  readonly version: string | null;
  readonly rates: AppliedRates | null;
};

/** Nothing was paid. */
export const free = (reason: 'nothing_sent' | 'not_charged' | 'error_reply'): Cost => ({
  ...{ micros: 0, reason },
  ...{ version: null, rates: null },
});

/** It is not known. */
export const unknown = (reason: 'own_machine' | 'no_price'): Cost => ({
  ...{ micros: null, reason },
  ...{ version: null, rates: null },
});

/** A rate as a whole number: dollars for a million tokens are micro-dollars for one. */
const scaled = (rate: number): bigint => BigInt(Math.round(rate * 10 ** RATE_DECIMALS));
const SCALE = 10n ** BigInt(RATE_DECIMALS);

/** More is no amount of money. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** Micro-dollars, rounded up; null: there was output, and its rate is not known. */
export const costMicros = (usage: Usage, rates: Rates): number | null => {
  const { input_usd_per_mtok: input, output_usd_per_mtok: output } = rates;
  const { cached_input_usd_per_mtok: cached = input, cache_write_usd_per_mtok: write = input } = rates;
  const { cache_write_1h_usd_per_mtok: write1h = write } = rates;
  if (output === undefined && usage.output_tokens > 0) return null;
  // Upstreams that count what is cached beside the input, against their own documents, must not make it less than nothing.
  const read = Math.min(usage.cached_input_tokens ?? 0, usage.input_tokens);
  const written = Math.min(usage.cache_write_input_tokens ?? 0, usage.input_tokens - read);
  const writtenForAnHour = Math.min(usage.cache_write_1h_input_tokens ?? 0, written);
  const parts: readonly (readonly [tokens: number, rate: number])[] = [
    [usage.input_tokens - read - written, input],
    [read, cached],
    [written - writtenForAnHour, write],
    [writtenForAnHour, write1h],
    [usage.output_tokens, output ?? 0],
  ];
  const sum = parts.reduce((total, [tokens, rate]) => total + BigInt(tokens) * scaled(rate), 0n);
  const micros = (sum + SCALE - 1n) / SCALE;
  return Number(micros > MOST ? MOST : micros);
};
