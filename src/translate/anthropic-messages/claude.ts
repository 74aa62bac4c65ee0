// What is known of models and servers that are asked in Anthropic's dialect. Sources: Anthropic's model pages and API reference, the
// model catalogue of @ai-sdk/anthropic, the adapters of vLLM, TensorRT-LLM and Ollama.
import type { ProviderName } from '../../providers/provider.ts';

/** One of Anthropic's models. */
export type Claude = {
  /** Most tokens of a reply; null: not known. */
  readonly most: number | null;
  /** Whether it thinks as much as it finds right, within an effort. */
  readonly adaptive: boolean;
  /** Whether thinking may be given a number of tokens. */
  readonly budget: boolean;
  /** What thinking is turned off with, or nearly so; null: nothing. */
  readonly off: 'disabled' | 'between_tools' | null;
  readonly xhigh: boolean;
  /** Whether `temperature`, `top_p` and `top_k` are taken. */
  readonly sampling: boolean;
  /** Whether a call of a tool may be demanded. */
  readonly forced: boolean;
  /** Whether a JSON schema is kept to. */
  readonly schemas: boolean;
};

const EARLY: Claude = {
  ...{ most: 4_096, adaptive: false, budget: false, off: 'disabled', xhigh: false },
  ...{ sampling: true, forced: true, schemas: false },
};
const BUDGETED: Claude = { ...EARLY, most: 64_000, budget: true };
const ADAPTIVE: Claude = { ...BUDGETED, most: 128_000, adaptive: true, schemas: true };
const CURRENT: Claude = { ...ADAPTIVE, sampling: false, xhigh: true };
/** It always thinks. */
const THINKER: Claude = { ...CURRENT, budget: false, off: null };

/** The first that fits. Names may stand between a maker's and a version's: `eu.anthropic.claude-opus-5-5-v1:0`. Some write 4.5 for 4-5. */
const MODELS: readonly (readonly [names: RegExp, claude: Claude])[] = [
  [/claude-sonnet-5-5/, { ...THINKER, off: 'between_tools', forced: false }],
  [/claude-opus-5-5|claude-fable-5-[12]/, { ...THINKER, forced: false }],
  [/claude-haiku-5-5/, { ...CURRENT, budget: false }],
  [/claude-fable-5/, THINKER],
  [/claude-(?:opus-5|sonnet-5|opus-4-[78])/, CURRENT],
  [/claude-(?:sonnet|opus)-4-6/, ADAPTIVE],
  [/claude-(?:sonnet|opus|haiku)-4-5/, { ...BUDGETED, schemas: true }],
  [/claude-opus-4-1/, { ...BUDGETED, most: 32_000, schemas: true }],
  [/claude-opus-4(?:[-@]|$)/, { ...BUDGETED, most: 32_000 }],
  [/claude-sonnet-4(?:[-@]|$)|claude-3-7-sonnet/, BUDGETED],
  [/claude-3-5-/, { ...EARLY, most: 8_192 }],
  [/claude-(?:3-|v?2|instant)/, EARLY],
  // One that is newer than this table, of which little may be taken for granted.
  [/claude-/, { ...CURRENT, most: null, budget: false }],
];

/** What is known of a model by its name; undefined: it is none of Anthropic's. */
export const claudeOf = (model: string): Claude | undefined =>
  MODELS.find(([names]) => names.test(model.replaceAll('.', '-')))?.[1];

/** What a server makes of the dialect. */
export type Server = {
  /** Whether it takes a JSON schema; null: as the model does. */
  readonly schemas: boolean | null;
  readonly forced: boolean;
  /** Whether it fetches what is named by its address. */
  readonly urls: boolean;
  /** The highest temperature of models that are not Anthropic's. */
  readonly hottest: number;
  /** Whether it is told who the user is. */
  readonly users: boolean;
};

const ANY: Server = { schemas: false, forced: true, urls: true, hottest: 1, users: false };
const OPEN: Server = { ...ANY, hottest: 2 };

const SERVERS: Partial<Readonly<Record<ProviderName, Server>>> = {
  anthropic: { ...ANY, schemas: null, users: true },
  pretend: { ...ANY, schemas: true },
  vertex: { ...ANY, urls: false },
  bedrock: { ...ANY, urls: false },
  vllm: OPEN,
  sglang: OPEN,
  llamacpp: OPEN,
  trtllm: { ...OPEN, forced: false },
  ollama: { ...OPEN, forced: false, urls: false },
};

/** How a provider's servers speak it. */
export const serverOf = (provider: ProviderName): Server => SERVERS[provider] ?? ANY;
