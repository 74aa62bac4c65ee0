// How a target speaks chat completions: servers took over different years of OpenAI's dialect, and models differ in what they take.
// Sources: OpenAI's reference and model pages, the capability tables of @ai-sdk/openai, the request models of vLLM, SGLang,
// llama.cpp, TensorRT-LLM and Ollama.
import type { ProviderName } from '../../providers/provider.ts';
import type { Caps } from '../caps.ts';

/** What differs from target to target. */
export type Flavour = {
  /** Whether it is OpenAI's own API, which refuses what it does not know and has settings that nobody else has. */
  readonly own: boolean;
  /** The parameter that limits a reply. */
  readonly limit: 'max_tokens' | 'max_completion_tokens';
  /** Where the reasoning of earlier turns goes back, for templates that put it before the model again; undefined: nowhere. */
  readonly reasoningField: 'reasoning_content' | 'reasoning' | undefined;
  /** Whether `top_k` is taken. */
  readonly topK: boolean;
  /** The efforts the model may be told, least first; empty: none. */
  readonly efforts: readonly Effort[];
  /** When the model takes `temperature` and `top_p`. */
  readonly sampling: 'always' | 'without reasoning' | 'never';
  /** Whether the model reasons though it has tools. */
  readonly reasonsWithTools: boolean;
  /** Whether it can be told how many calls may be made at once; OpenAI's o-series makes one, and will not hear of it. */
  readonly parallel: boolean;
  /** The ids of calls it takes; any other is replaced. */
  readonly ids: Ids;
};

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
/** Which ids are taken, and another one by its number. */
export type Ids = { readonly fit: RegExp; made(number: number): string };

/** How `model` is asked there. */
export const flavourOf = ({ provider }: Pick<Caps, 'provider'>, model: string): Flavour => {
  const own = provider === 'openai' || provider === 'azure';
  const openais = openaisModel(model);
  return {
    own,
    limit: own || openais.reasons ? 'max_completion_tokens' : 'max_tokens',
    reasoningField: reasoningField(provider, model),
    topK: WITH_TOP_K.has(provider),
    efforts: effortsOf(provider, model, openais),
    sampling: !own || !openais.reasons ? 'always' : openais.samples ? 'without reasoning' : 'never',
    reasonsWithTools: !own || openais.reasonsWithTools,
    parallel: !own || openais.parallel,
    ids: MISTRAL.test(model) ? NINE : LONG,
  };
};

/** Servers of open models: they take what they know and leave the rest. */
const OPEN: ReadonlySet<ProviderName> = new Set(['vllm', 'sglang', 'trtllm', 'llamacpp', 'pretend']);
const WITH_TOP_K: ReadonlySet<ProviderName> = new Set(['vllm', 'sglang', 'trtllm', 'llamacpp']);

/** Models whose makers want their reasoning back, at least while they call tools. */
const WANTS_REASONING = /(?:^|\/)(?:deepseek|kimi|moonshot|glm|minimax|mimo)/i;
/** Models of others that can be told an effort wherever they are. */
const TAKES_EFFORT = /gpt-oss|(?:^|\/)gemini-(?:2\.5|[3-9])/i;
/** Families that Ollama lets think; any other it refuses to ask. */
const THINKS =
  /gpt-oss|qwen3|deepseek-(?:r1|v3)|magistral|glm-4\.[5-9]|kimi-k2-thinking|minimax-m2|nemotron/i;
/** Mistral's models take ids of nine letters and digits. */
const MISTRAL = /(?:^|\/)(?:mistral|ministral|magistral|codestral|devstral|pixtral|open-mixtral|mixtral)/i;
const NINE: Ids = { fit: /^[a-zA-Z0-9]{9}$/, made: (number) => `call${String(number).padStart(5, '0')}` };
/** OpenAI's limit; nobody else has a lower one. */
const LONG: Ids = { fit: /^.{1,40}$/s, made: (number) => `call_${number}` };

const reasoningField = (provider: ProviderName, model: string): Flavour['reasoningField'] => {
  if (provider === 'ollama') return 'reasoning';
  if (OPEN.has(provider)) return 'reasoning_content';
  return provider === 'compatible' && WANTS_REASONING.test(model) ? 'reasoning_content' : undefined;
};

const USUAL = ['low', 'medium', 'high'] as const;

const effortsOf = (provider: ProviderName, model: string, openais: Openais): readonly Effort[] => {
  if (openais.reasons) return openais.efforts;
  if (OPEN.has(provider) || TAKES_EFFORT.test(model)) return USUAL;
  return provider === 'ollama' && THINKS.test(model) ? ['none', ...USUAL] : [];
};

/** What is known of OpenAI's models by their names. */
type Openais = {
  readonly reasons: boolean;
  readonly efforts: readonly Effort[];
  readonly samples: boolean;
  readonly reasonsWithTools: boolean;
  readonly parallel: boolean;
};

const PLAIN: Openais = {
  reasons: false,
  efforts: [],
  samples: true,
  reasonsWithTools: true,
  parallel: true,
};

/** A name may stand behind its maker's: `openai/gpt-5`. */
const openaisModel = (model: string): Openais => {
  const name = model.toLowerCase().replace(/^openai\//, '');
  if (/^o\d/.test(name))
    return {
      ...PLAIN,
      reasons: true,
      samples: false,
      parallel: false,
      efforts: /^o1-(?:mini|preview)/.test(name) ? [] : USUAL,
    };
  const version = /^gpt-(\d+)(?:\.(\d+))?(?:-(.+))?$/.exec(name);
  const [major, minor, variant] = [Number(version?.[1]), Number(version?.[2] ?? 0), version?.[3] ?? ''];
  if (version === null || major < 5 || (version[2] === undefined && variant.startsWith('chat'))) return PLAIN;
  return {
    ...PLAIN,
    reasons: true,
    efforts: major > 5 ? ['low', 'medium', 'high', 'xhigh'] : gpt5Efforts(minor, variant),
    samples: major === 5 && minor >= 1,
    reasonsWithTools: !(major === 5 && minor >= 6),
  };
};

const gpt5Efforts = (minor: number, variant: string): readonly Effort[] => {
  if (/(?:^|-)pro/.test(variant)) return minor === 0 ? ['high'] : ['medium', 'high', 'xhigh'];
  if (/codex/.test(variant)) return minor < 2 && !/max/.test(variant) ? USUAL : [...USUAL, 'xhigh'];
  if (minor === 0) return ['minimal', ...USUAL];
  return minor === 1 ? ['none', ...USUAL] : ['none', ...USUAL, 'xhigh'];
};
