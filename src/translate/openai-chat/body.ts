// A question as the body of a chat completion, in the flavour of its target.
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isObject } from '../../json/value.ts';
import { maybe } from '../fields.ts';
import type { Question, Tool } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { snake } from '../packaged.ts';
import { effortOf } from './effort.ts';
import type { Effort, Flavour } from './flavour.ts';
import { messagesOf } from './said.ts';

/** OpenAI's limit of what names a user or a cache. */
const NAME_CHARS = 64;

/** The body to send. */
export const chatBody = (
  question: Question,
  { model, stream, flavour }: { readonly model: string; readonly stream: boolean; readonly flavour: Flavour },
  notes: Notes,
): JsonObject => {
  const effort = effortOf(question, flavour, notes);
  return {
    model,
    messages: messagesOf(question.prompt, flavour, notes),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...maybe(flavour.limit, question.maxOutputTokens),
    ...samplingOf(question, flavour, effort, notes),
    ...maybe('stop', question.stopSequences),
    ...maybe('seed', question.seed),
    ...maybe('reasoning_effort', effort),
    ...maybe('response_format', formatOf(question)),
    ...toolsOf(question, flavour),
    ...openaisOwn(question, flavour, notes),
  };
};

const samplingOf = (
  question: Question,
  { sampling, topK, own }: Flavour,
  effort: Effort | undefined,
  notes: Notes,
): JsonObject => {
  const warm = sampling === 'always' || (sampling === 'without reasoning' && effort === 'none');
  const penalised = !own || sampling === 'always';
  const asked = [
    ['temperature', question.temperature, warm, 1],
    ['top_p', question.topP, warm, 1],
    ['presence_penalty', question.presencePenalty, penalised, 0],
    ['frequency_penalty', question.frequencyPenalty, penalised, 0],
    ['top_k', question.topK, topK, undefined],
  ] as const;
  const said: { [name: string]: number } = {};
  for (const [name, value, taken, usual] of asked) {
    // OpenAI's own defaults say nothing, and models that take no such parameter refuse them too.
    if (value === undefined || (own && value === usual)) continue;
    if (taken) said[name] = value;
    else notes.dropped(name);
  }
  return said;
};

const formatOf = ({ responseFormat, providerOptions }: Question): Json | undefined => {
  if (responseFormat?.type !== 'json') return undefined;
  const { schema, name, description } = responseFormat;
  if (schema === undefined) return { type: 'json_object' };
  const strict = providerOptions?.openai?.strictJsonSchema;
  return {
    type: 'json_schema',
    json_schema: {
      name: name ?? 'response',
      ...maybe('description', description),
      schema: jsonOf(schema),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  };
};

const toolsOf = ({ tools = [], toolChoice, providerOptions }: Question, flavour: Flavour): JsonObject => {
  if (tools.length === 0) return {};
  const parallel = providerOptions?.openai?.parallelToolCalls;
  const single = parallel === false || providerOptions?.anthropic?.disableParallelToolUse === true;
  const choice =
    toolChoice?.type === 'tool'
      ? { type: 'function', function: { name: toolChoice.toolName } }
      : toolChoice?.type;
  return {
    tools: tools.map(toolOf),
    ...maybe('tool_choice', choice),
    ...(flavour.parallel && (single || parallel === true) ? { parallel_tool_calls: !single } : {}),
  };
};

const toolOf = (tool: Tool): Json => {
  if (tool.type !== 'function') throw cannotCarry('tools', "One of them is a provider's own.");
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...maybe('description', tool.description),
      parameters: parametersOf(jsonOf(tool.inputSchema)),
      ...maybe('strict', tool.strict),
    },
  };
};

/** OpenAI refuses an object that says nothing of its properties. */
const parametersOf = (schema: Json): Json =>
  isObject(schema) && schema.type === 'object' && schema.properties === undefined
    ? { ...schema, properties: {} }
    : schema;

/** Settings that OpenAI alone knows, as texts; by what they are called in options. */
const OWN: Readonly<Record<string, string>> = {
  serviceTier: 'service_tier',
  textVerbosity: 'verbosity',
  user: 'user',
  safetyIdentifier: 'safety_identifier',
  promptCacheKey: 'prompt_cache_key',
};
/** Of them, those that OpenAI wants short. */
const NAMES: ReadonlySet<string> = new Set(['user', 'safetyIdentifier', 'promptCacheKey']);
/** Options that are carried otherwise, or without which nothing is missed. */
const SILENT: ReadonlySet<string> = new Set([
  ...['parallelToolCalls', 'strictJsonSchema', 'systemMessageMode', 'reasoningSummary', 'store', 'include'],
  ...['promptCacheKey', 'promptCacheRetention'],
]);

const openaisOwn = ({ providerOptions }: Question, { own }: Flavour, notes: Notes): JsonObject => {
  const { openai = {}, anthropic = {} } = providerOptions ?? {};
  const user = openai.user ?? at(jsonOf(anthropic.metadata), 'userId');
  const all = user === undefined ? openai : { ...openai, user };
  const said: { [name: string]: string } = {};
  for (const [option, value] of Object.entries(all)) {
    const name = Object.hasOwn(OWN, option) ? OWN[option] : undefined;
    const fits = typeof value === 'string' && (!NAMES.has(option) || value.length <= NAME_CHARS);
    if (own && fits && name !== undefined) said[name] = value;
    else if (!SILENT.has(option) && value !== 'auto' && value !== 'default')
      notes.dropped(name ?? snake(option));
  }
  return said;
};

/** What came out of a body as JSON is JSON still. */
const jsonOf = (value: unknown): Json => value as Json;
