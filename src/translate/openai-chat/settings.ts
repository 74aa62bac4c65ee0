// What a chat completion asks for beside its messages and tools, as the settings of a question.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
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

/** More than any API takes. */
const STOPS = 64;
/** No model answers so long. */
const MAX_TOKENS = 1e9;

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** Keys that are read here or by the files beside this one. */
const READ: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'stream', 'stream_options', 'tools', 'tool_choice', 'functions', 'function_call'],
  ...['parallel_tool_calls', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'top_k'],
  ...['presence_penalty', 'frequency_penalty', 'stop', 'seed', 'response_format', 'reasoning_effort'],
  ...['user', 'safety_identifier', 'n', 'logprobs', 'top_logprobs', 'modalities', 'audio'],
  ...['web_search_options', 'thinking'],
]);

/** The settings of a question. Throws `unsupported_parameter` for what changes what is asked and cannot be carried. */
export const settingsOf = (
  body: JsonObject,
  notes: Notes,
): Omit<Question, 'prompt' | 'tools' | 'toolChoice' | 'providerOptions'> => {
  mustBeCarried(body);
  for (const [key, value] of Object.entries(body))
    if (!READ.has(key) && says(value)) notes.dropped(key.slice(0, 100));
  const limits = ['max_completion_tokens', 'max_tokens']
    .map((name) => integerOf(body[name], name, [1, MAX_TOKENS]))
    .filter((limit) => limit !== undefined);
  return {
    ...maybe('maxOutputTokens', limits.length === 0 ? undefined : Math.min(...limits)),
    ...maybe('temperature', numberOf(body.temperature, 'temperature', [0, 2])),
    ...maybe('topP', numberOf(body.top_p, 'top_p', [0, 1])),
    ...maybe('topK', integerOf(body.top_k, 'top_k', [-1, 1e6])),
    ...maybe('presencePenalty', numberOf(body.presence_penalty, 'presence_penalty', [-2, 2])),
    ...maybe('frequencyPenalty', numberOf(body.frequency_penalty, 'frequency_penalty', [-2, 2])),
    ...maybe('seed', integerOf(body.seed, 'seed', [-(2 ** 63), 2 ** 63])),
    ...maybe('stopSequences', stopsOf(body.stop)),
    ...maybe('reasoning', wordOf(body.reasoning_effort, 'reasoning_effort', EFFORTS)),
    ...maybe('responseFormat', formatOf(body.response_format)),
  };
};

/** What only some providers know of. */
export const optionsOf = (body: JsonObject): ProviderOptions => {
  const parallel = flagOf(body.parallel_tool_calls, 'parallel_tool_calls');
  const strict = flagOf(
    at(at(body.response_format, 'json_schema'), 'strict'),
    'response_format.json_schema.strict',
  );
  const thinking = given(body.thinking);
  const user = optionalText(body.safety_identifier, 'safety_identifier') ?? optionalText(body.user, 'user');
  const openai = {
    ...maybe('parallelToolCalls', parallel),
    ...maybe('strictJsonSchema', strict),
    ...maybe('user', user),
  };
  const anthropic = {
    ...(parallel === false ? { disableParallelToolUse: true } : {}),
    ...(thinking === undefined ? {} : { thinking: objectOf(thinking, 'thinking') }),
  };
  return {
    ...(Object.keys(openai).length === 0 ? {} : { openai }),
    ...(Object.keys(anthropic).length === 0 ? {} : { anthropic }),
  };
};

const optionalText = (value: Json | undefined, param: string): string | undefined =>
  given(value) === undefined ? undefined : textOf(value, param);

/** Whether a value asks for anything: what is off or empty is as good as absent. */
const says = (value: Json): boolean =>
  value !== null &&
  value !== false &&
  value !== 'auto' &&
  !(isArray(value) && value.length === 0) &&
  !(isObject(value) && Object.keys(value).length === 0);

const mustBeCarried = (body: JsonObject): void => {
  const n = integerOf(body.n, 'n', [1, 128]) ?? 1;
  if (n !== 1) throw cannotCarry('n');
  if (flagOf(body.logprobs, 'logprobs') === true) throw cannotCarry('logprobs');
  if ((integerOf(body.top_logprobs, 'top_logprobs', [0, 20]) ?? 0) > 0) throw cannotCarry('top_logprobs');
  const modalities = given(body.modalities) === undefined ? [] : listOf(body.modalities, 'modalities', 8);
  if (modalities.some((each) => each !== 'text')) throw cannotCarry('modalities');
  for (const name of ['audio', 'web_search_options'])
    if (given(body[name]) !== undefined) throw cannotCarry(name);
};

const stopsOf = (value: Json | undefined): string[] | undefined => {
  const stop = given(value);
  if (stop === undefined) return undefined;
  if (typeof stop === 'string') return [stop];
  const stops = listOf(stop, 'stop', STOPS).map((each, index) => textOf(each, `stop[${index}]`));
  return stops.length === 0 ? undefined : stops;
};

const formatOf = (value: Json | undefined): Question['responseFormat'] => {
  const format = given(value);
  if (format === undefined) return undefined;
  const type = wordOf(at(objectOf(format, 'response_format'), 'type'), 'response_format.type', [
    'text',
    'json_object',
    'json_schema',
  ]);
  if (type === undefined) throw bad('response_format.type', 'It must be a text.');
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type: 'json' };
  const where = 'response_format.json_schema';
  const { name, description, schema } = objectOf(at(format, 'json_schema'), where);
  return {
    type: 'json',
    name: nameOf(name, `${where}.name`),
    ...maybe('description', optionalText(description, `${where}.description`)),
    ...(given(schema) === undefined ? {} : { schema: objectOf(schema, `${where}.schema`) }),
  };
};
