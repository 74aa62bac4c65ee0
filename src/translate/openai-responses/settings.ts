// What a request of OpenAI's responses asks for beside its items and tools, as the settings of a question.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isArray, isObject } from '../../json/value.ts';
import {
  flagOf,
  given,
  integerOf,
  listOf,
  maybe,
  nameOf,
  numberOf,
  objectOf,
  textOf,
  wordOf,
} from '../fields.ts';
import type { ProviderOptions, Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';

/** No model answers so long. */
const MAX_TOKENS = 1e9;
/** More than there are words for. */
const INCLUDES = 64;

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** Keys that are read, here or elsewhere, or say nothing to a target. */
const READ: ReadonlySet<string> = new Set([
  ...[
    'model',
    'input',
    'instructions',
    'stream',
    'stream_options',
    'tools',
    'tool_choice',
    'include',
    'text',
  ],
  ...['parallel_tool_calls', 'max_output_tokens', 'temperature', 'top_p', 'top_logprobs', 'reasoning'],
  ...['store', 'background', 'conversation', 'previous_response_id', 'prompt', 'metadata', 'moderation'],
  ...[
    'service_tier',
    'user',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_retention',
    'truncation',
  ],
  ...['client_metadata'],
]);

type Settings = Omit<Question, 'prompt' | 'tools' | 'toolChoice' | 'providerOptions'>;

/** The settings of a question. Throws `unsupported_parameter` for what changes what is asked and cannot be carried. */
export const settingsOf = (body: JsonObject, notes: Notes): Settings => {
  noteOthers(body, notes);
  if ((integerOf(body.top_logprobs, 'top_logprobs', [0, 20]) ?? 0) > 0) throw cannotCarry('top_logprobs');
  if (given(body.moderation) !== undefined) throw cannotCarry('moderation');
  // It is said back, and to nobody else.
  if (given(body.metadata) !== undefined) objectOf(body.metadata, 'metadata');
  const reasoning = given(body.reasoning) === undefined ? {} : objectOf(body.reasoning, 'reasoning');
  return {
    ...maybe('maxOutputTokens', integerOf(body.max_output_tokens, 'max_output_tokens', [1, MAX_TOKENS])),
    ...maybe('temperature', numberOf(body.temperature, 'temperature', [0, 2])),
    ...maybe('topP', numberOf(body.top_p, 'top_p', [0, 1])),
    ...maybe('reasoning', wordOf(reasoning.effort, 'reasoning.effort', EFFORTS)),
    ...maybe('responseFormat', formatOf(body)),
  };
};

const noteOthers = (body: JsonObject, notes: Notes): void => {
  for (const [key, value] of Object.entries(body))
    if (!READ.has(key) && says(value)) notes.dropped(key.slice(0, 100));
  // Nothing is ever stored; what leaves it open is not told so.
  if (flagOf(body.store, 'store') === true) notes.changed('store', 'false');
  if (wordOf(body.truncation, 'truncation', ['auto', 'disabled']) === 'auto') notes.dropped('truncation');
};

/** Whether a value asks for anything: what is off or empty is as good as absent. */
const says = (value: Json): boolean =>
  value !== null &&
  value !== false &&
  !(isArray(value) && value.length === 0) &&
  !(isObject(value) && Object.keys(value).length === 0);

const SEALED = 'reasoning.encrypted_content';
const LOGPROBS = 'message.output_text.logprobs';

/**
 * Whether the client keeps sealed reasoning: it asks for it, or says that nothing is stored, so that it can only come from there.
 * Throws for what a reply could not have.
 */
export const sealsIn = (body: JsonObject): boolean => {
  if (given(body.include) === undefined) return body.store === false;
  const words = listOf(body.include, 'include', INCLUDES).map((each, i) => textOf(each, `include[${i}]`));
  if (words.includes(LOGPROBS)) throw cannotCarry('include', 'No probabilities are told there.');
  // The others are about tools that only the provider runs.
  return body.store === false || words.includes(SEALED);
};

/** What only some providers know of. */
export const optionsOf = (body: JsonObject): ProviderOptions => {
  const parallel = flagOf(body.parallel_tool_calls, 'parallel_tool_calls');
  const text = given(body.text) === undefined ? {} : objectOf(body.text, 'text');
  const format = given(text.format) === undefined ? {} : objectOf(text.format, 'text.format');
  const reasoning = given(body.reasoning) === undefined ? {} : objectOf(body.reasoning, 'reasoning');
  const openai = {
    ...maybe('parallelToolCalls', parallel),
    ...maybe('strictJsonSchema', flagOf(format.strict, 'text.format.strict')),
    ...maybe('serviceTier', optionalText(body.service_tier, 'service_tier')),
    ...maybe('textVerbosity', wordOf(text.verbosity, 'text.verbosity', ['low', 'medium', 'high'])),
    ...maybe('reasoningSummary', optionalText(reasoning.summary, 'reasoning.summary')),
    ...maybe('promptCacheKey', optionalText(body.prompt_cache_key, 'prompt_cache_key')),
    ...maybe('promptCacheRetention', optionalText(body.prompt_cache_retention, 'prompt_cache_retention')),
    ...maybe('user', optionalText(body.user, 'user')),
    ...maybe('safetyIdentifier', optionalText(body.safety_identifier, 'safety_identifier')),
  };
  return {
    ...(Object.keys(openai).length === 0 ? {} : { openai }),
    ...(parallel === false ? { anthropic: { disableParallelToolUse: true } } : {}),
  };
};

const optionalText = (value: Json | undefined, param: string): string | undefined =>
  given(value) === undefined ? undefined : textOf(value, param);

const formatOf = (body: JsonObject): Question['responseFormat'] => {
  const text = given(body.text);
  const said = text === undefined ? undefined : given(objectOf(text, 'text').format);
  if (said === undefined) return undefined;
  const where = 'text.format';
  const format = objectOf(said, where);
  const type = wordOf(format.type, `${where}.type`, ['text', 'json_object', 'json_schema']);
  if (type === undefined) throw bad(`${where}.type`, 'It must be a text.');
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type: 'json' };
  return {
    type: 'json',
    name: nameOf(format.name, `${where}.name`),
    ...maybe('description', optionalText(format.description, `${where}.description`)),
    schema: objectOf(format.schema, `${where}.schema`),
  };
};
