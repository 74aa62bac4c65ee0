// Why a reply ended, in Anthropic's words and in the neutral form's; and what it used.
import { count } from '../../dialects/outline.ts';
import type { Json } from '../../json/value.ts';
import { at, isObject } from '../../json/value.ts';
import type { FinishReason, NeutralUsage, ProviderOptions } from '../neutral.ts';

const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

/** How a reply ended, from what has its `stop_reason`. `called`: whether it has calls of tools; a reply that was told as one has none. */
export const stoppedAs = (
  said: Json,
  called: boolean,
): { readonly finishReason: FinishReason; readonly providerMetadata?: ProviderOptions } => {
  const reason = at(said, 'stop_reason');
  const raw = typeof reason === 'string' ? reason : undefined;
  const known = raw !== undefined && Object.hasOwn(UNIFIED, raw) ? UNIFIED[raw] : undefined;
  const unified = known === 'tool-calls' && !called ? 'stop' : (known ?? 'other');
  const [stopSequence, details] = [at(said, 'stop_sequence'), at(said, 'stop_details')];
  const anthropic = {
    ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
    ...(isObject(details) ? { stopDetails: details } : {}),
  };
  return {
    finishReason: { unified, raw },
    ...(Object.keys(anthropic).length === 0 ? {} : { providerMetadata: { anthropic } }),
  };
};

/** Marks a text as the model's refusal. */
export const REFUSAL: ProviderOptions = { openai: { refusal: true } };

/** Why a model refused, in its provider's words; undefined: it did not, or none are said. */
export const refusalIn = (said: Json): string | undefined => {
  if (at(said, 'stop_reason') !== 'refusal') return undefined;
  const why = at(at(said, 'stop_details'), 'explanation');
  return typeof why === 'string' && why !== '' ? why : undefined;
};

/** The `stop_reason` of a reply. `called`: whether it has calls of tools; `stopped`: the stop sequence that matched, where that is known. */
export const stopReasonOf = (
  { unified, raw }: FinishReason,
  called: boolean,
  stopped: string | undefined,
): string => {
  switch (unified) {
    case 'length':
      return 'max_tokens';
    case 'content-filter':
      return 'refusal';
    default:
      // Some servers end a reply with calls as they end any other.
      if (called) return 'tool_use';
      return stopped !== undefined || raw === 'stop_sequence' ? 'stop_sequence' : 'end_turn';
  }
};

/** Usage as the API tells it: what is read from the cache and written to it is no part of `input_tokens`. */
export const usageWritten = ({ inputTokens, outputTokens }: NeutralUsage): string => {
  const { cacheRead = 0, cacheWrite = 0, total = 0 } = inputTokens;
  const fresh = inputTokens.noCache ?? Math.max(total - cacheRead - cacheWrite, 0);
  const thinking =
    outputTokens.reasoning === undefined
      ? ''
      : `,"output_tokens_details":{"thinking_tokens":${outputTokens.reasoning}}`;
  return `{"input_tokens":${fresh},"cache_creation_input_tokens":${cacheWrite},"cache_read_input_tokens":${cacheRead},"output_tokens":${outputTokens.total ?? 0}${thinking}}`;
};

/** Usage as events or a message tell it, what was told last over what was told before. */
export const usageRead = (told: readonly (Json | undefined)[]): NeutralUsage => {
  const last = (...path: readonly string[]): number | undefined =>
    told
      .map((usage) => count(path.reduce<Json | undefined>(at, usage)))
      .findLast((each) => each !== undefined);
  const [fresh, output] = [last('input_tokens'), last('output_tokens')];
  const [cacheRead, cacheWrite] = [last('cache_read_input_tokens'), last('cache_creation_input_tokens')];
  const thought = last('output_tokens_details', 'thinking_tokens');
  const raw = told.findLast(isObject);
  return {
    inputTokens: {
      total: fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
      noCache: fresh,
      cacheRead,
      cacheWrite,
    },
    outputTokens: {
      total: output,
      text: output === undefined || thought === undefined ? undefined : Math.max(output - thought, 0),
      reasoning: thought,
    },
    ...(raw === undefined ? {} : { raw }),
  };
};
