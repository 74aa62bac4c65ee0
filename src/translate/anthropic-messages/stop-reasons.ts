// Why a reply ended, in Anthropic's words and in the neutral form's; and what it used.
import { count } from '../../dialects/outline.ts';
import type { Json } from '../../json/value.ts';
import { at, isObject } from '../../json/value.ts';
import type { FinishReason, NeutralUsage } from '../neutral.ts';

const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

/** A `stop_reason`; null or a new one is `other`. */
export const finishReasonOf = (raw: string | undefined): FinishReason => ({
  unified: (raw === undefined ? undefined : UNIFIED[raw]) ?? 'other',
  raw,
});

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

/** Usage as events and messages tell it, the later ones of a stream over the earlier. */
export const usageRead = (...told: readonly (Json | undefined)[]): NeutralUsage => {
  const last = (name: string): number | undefined =>
    told.map((usage) => count(at(usage, name))).findLast((each) => each !== undefined);
  const [fresh, output] = [last('input_tokens'), last('output_tokens')];
  const [read, written] = [last('cache_read_input_tokens'), last('cache_creation_input_tokens')];
  const thought = told
    .map((usage) => count(at(at(usage, 'output_tokens_details'), 'thinking_tokens')))
    .findLast((each) => each !== undefined);
  const raw = told.findLast(isObject);
  return {
    inputTokens: {
      total: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
      noCache: fresh,
      cacheRead: read,
      cacheWrite: written,
    },
    outputTokens: {
      total: output,
      text: output === undefined || thought === undefined ? undefined : Math.max(output - thought, 0),
      reasoning: thought,
    },
    ...(raw === undefined ? {} : { raw }),
  };
};
