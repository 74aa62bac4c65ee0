// How a target speaks chat completions: servers took over different years of OpenAI's dialect.
import type { ProviderName } from '../../providers/provider.ts';
import type { Caps } from '../caps.ts';

/** What differs from server to server. */
export type Flavour = {
  /** The parameter that limits a reply. */
  readonly limit: 'max_tokens' | 'max_completion_tokens';
  /** Whether it is OpenAI's own API, which refuses what it does not know and has settings that nobody else has. */
  readonly own: boolean;
  /** Whether reasoning goes back with an assistant's turn: templates of open models put it where the model expects it. */
  readonly keepsReasoning: boolean;
  readonly topK: boolean;
  /** The efforts a model may be told, least first; empty: none. */
  readonly efforts: readonly Effort[];
  /** Whether the model takes temperature and the like. */
  readonly sampling: boolean;
};

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** Servers of open models: they take what they know and leave the rest. */
const OPEN: ReadonlySet<ProviderName> = new Set([
  'vllm',
  'sglang',
  'trtllm',
  'llamacpp',
  'ollama',
  'pretend',
]);
const WITH_TOP_K: ReadonlySet<ProviderName> = new Set(['vllm', 'sglang', 'trtllm', 'llamacpp']);

/** OpenAI's models that reason. */
const REASONING = /^(?:openai\/)?(?:o\d|gpt-(?:[5-9]|\d\d)(?!\d*-chat))/;

/** How `model` is asked there. */
export const flavourOf = ({ provider }: Caps, model: string): Flavour => {
  const own = provider === 'openai' || provider === 'azure';
  const reasons = REASONING.test(model);
  return {
    limit: own || reasons ? 'max_completion_tokens' : 'max_tokens',
    own,
    keepsReasoning: OPEN.has(provider),
    topK: WITH_TOP_K.has(provider),
    efforts: reasons || !own ? ['low', 'medium', 'high'] : [],
    sampling: !(own && reasons),
  };
};
