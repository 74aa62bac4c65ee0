// How long replies of well-known models may be, by their names. Sources: the makers' model pages. Only what is known stands here.
import { claudeOf } from './anthropic-messages/claude.ts';

/** The first that fits. A maker's name may stand before: `openai/gpt-5`, `us.amazon.nova-pro-v1:0`. */
const MOST: readonly (readonly [names: RegExp, tokens: number])[] = [
  [/(?:^|\/)gpt-(?:[5-9](?:\.\d+)?|\d\d)(?:\.\d+)?-chat/, 16_384],
  [/(?:^|\/)gpt-(?:[5-9]|\d\d)/, 128_000],
  [/(?:^|\/)o\d(?:-|$)/, 100_000],
  [/(?:^|\/)gpt-4\.1/, 32_768],
  [/(?:^|\/)gpt-4o-2024-05-13$/, 4_096],
  [/(?:^|\/)(?:chatgpt|gpt)-4o/, 16_384],
  [/(?:^|\/)gpt-4-(?:turbo|1106|0125)/, 4_096],
  [/(?:^|\/)gpt-4(?:-0\d{3})?$/, 8_192],
  [/(?:^|\/)gpt-3\.5/, 4_096],
  [/(?:^|\/)gemini-(?:1\.5|2\.0)/, 8_192],
  [/(?:^|\/)gemini-(?:2\.5|[3-9])/, 65_536],
  [/(?:^|\.)amazon\.nova-(?:micro|lite|pro|premier)-v1/, 10_000],
];

/** The most tokens a model's reply may have; null: not known. */
export const mostTokensOf = (model: string): number | null =>
  claudeOf(model)?.most ?? MOST.find(([names]) => names.test(model))?.[1] ?? null;
