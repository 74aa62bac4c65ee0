// Tokens as chat completions count them, and as the neutral form does: cached tokens are input, reasoning is output in both.
import { count } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isObject } from '../../json/value.ts';
import type { NeutralUsage } from '../neutral.ts';

/** What a reply says of its tokens; every count undefined where it says nothing. */
export const neutralUsage = (said: Json | undefined): NeutralUsage => {
  const usage = isObject(said) ? said : undefined;
  const input = count(at(usage, 'prompt_tokens'));
  const output = count(at(usage, 'completion_tokens'));
  const details = at(usage, 'prompt_tokens_details');
  // DeepSeek counts them beside the details.
  const read = count(at(details, 'cached_tokens')) ?? count(at(usage, 'prompt_cache_hit_tokens'));
  const written = count(at(details, 'cache_write_tokens'));
  const reasoning = count(at(at(usage, 'completion_tokens_details'), 'reasoning_tokens'));
  return {
    inputTokens: {
      total: input,
      noCache: input === undefined ? undefined : Math.max(0, input - (read ?? 0) - (written ?? 0)),
      cacheRead: read,
      cacheWrite: written,
    },
    outputTokens: {
      total: output,
      text: output === undefined ? undefined : Math.max(0, output - (reasoning ?? 0)),
      reasoning,
    },
  };
};

/** The `usage` of a reply; undefined: nobody counted. */
export const chatUsage = ({ inputTokens, outputTokens }: NeutralUsage): JsonObject | undefined => {
  const { noCache, cacheRead, cacheWrite } = inputTokens;
  const parts = [noCache, cacheRead, cacheWrite].filter((each) => each !== undefined);
  const input = inputTokens.total ?? (parts.length === 0 ? undefined : parts.reduce((a, b) => a + b));
  const output = outputTokens.total ?? outputTokens.text;
  if (input === undefined && output === undefined) return undefined;
  return {
    prompt_tokens: input ?? 0,
    completion_tokens: output ?? 0,
    total_tokens: (input ?? 0) + (output ?? 0),
    prompt_tokens_details: {
      cached_tokens: cacheRead ?? 0,
      ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }),
    },
    completion_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
  };
};
