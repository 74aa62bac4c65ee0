// Why a reply ended, in the words of chat completions and in neutral ones.
import type { FinishReason } from '../neutral.ts';

type Unified = FinishReason['unified'];

/** OpenAI's words, and those of servers that took the rest of its dialect. */
const MEANT: Readonly<Record<string, Unified>> = {
  stop: 'stop',
  eos: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
};

/** What `finish_reason` means. Servers say `stop` to calls that the request forced, and to refusals. */
export const finishMeant = (
  said: string | undefined,
  reply: { readonly calls: boolean; readonly refused: boolean },
): FinishReason => {
  if (reply.refused) return { unified: 'content-filter', raw: 'refusal' };
  const unified = said !== undefined && Object.hasOwn(MEANT, said) ? MEANT[said] : undefined;
  if (reply.calls && unified === 'stop') return { unified: 'tool-calls', raw: said };
  return { unified: unified ?? 'other', raw: said };
};

const SAID: Readonly<Partial<Record<Unified, string>>> = {
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
};

/** The `finish_reason` of a reply. */
export const finishSaid = (
  { unified }: FinishReason,
  reply: { readonly calls: boolean; readonly refused: boolean },
): string => {
  // A model that refuses has ended well; the refusal stands in a field of its own.
  if (reply.refused && unified === 'content-filter') return 'stop';
  return SAID[unified] ?? (reply.calls ? 'tool_calls' : 'stop');
};
