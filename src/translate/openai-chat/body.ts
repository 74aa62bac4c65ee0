// A question as the body of a chat completion, in the flavour of its target.
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import { maybe } from '../fields.ts';
import type { Question, Tool } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Effort, Flavour } from './flavour.ts';
import { messagesOf } from './said.ts';

/** The body to send. */
export const chatBody = (
  question: Question,
  { model, stream, flavour }: { readonly model: string; readonly stream: boolean; readonly flavour: Flavour },
  notes: Notes,
): JsonObject => ({
  model,
  messages: messagesOf(question.prompt, flavour, notes),
  ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  ...maybe(flavour.limit, question.maxOutputTokens),
  ...samplingOf(question, flavour, notes),
  ...maybe('stop', question.stopSequences),
  ...maybe('seed', question.seed),
  ...maybe('reasoning_effort', effortOf(question.reasoning, flavour, notes)),
  ...maybe('response_format', formatOf(question)),
  ...toolsOf(question),
  ...openaisOwn(question, flavour, notes),
});

const samplingOf = (question: Question, { sampling, topK }: Flavour, notes: Notes): JsonObject => {
  const asked = {
    ...maybe('temperature', question.temperature),
    ...maybe('top_p', question.topP),
    ...maybe('presence_penalty', question.presencePenalty),
    ...maybe('frequency_penalty', question.frequencyPenalty),
  };
  if (question.topK !== undefined && !topK) notes.dropped('top_k');
  const topped = topK ? maybe('top_k', question.topK) : {};
  if (sampling) return { ...asked, ...topped };
  for (const name of Object.keys(asked)) notes.dropped(name);
  return topped;
};

const ORDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** The effort nearest to the one asked for that the model knows. */
const effortOf = (asked: Question['reasoning'], { efforts }: Flavour, notes: Notes): Effort | undefined => {
  if (asked === undefined || asked === 'provider-default') return undefined;
  const wanted = ORDER.indexOf(asked);
  const [first, ...others] = efforts;
  if (first === undefined) {
    notes.dropped('reasoning_effort');
    return undefined;
  }
  const distance = (effort: Effort): number => Math.abs(ORDER.indexOf(effort) - wanted);
  const nearest = others.reduce((best, each) => (distance(each) < distance(best) ? each : best), first);
  if (nearest !== asked) notes.changed('reasoning_effort', nearest);
  return nearest;
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

const toolsOf = ({ tools = [], toolChoice, providerOptions }: Question): JsonObject => {
  if (tools.length === 0) return {};
  const parallel = providerOptions?.openai?.parallelToolCalls;
  const single = parallel === false || providerOptions?.anthropic?.disableParallelToolUse === true;
  return {
    tools: tools.map(toolOf),
    ...(toolChoice === undefined
      ? {}
      : {
          tool_choice:
            toolChoice.type === 'tool'
              ? { type: 'function', function: { name: toolChoice.toolName } }
              : toolChoice.type,
        }),
    ...(single ? { parallel_tool_calls: false } : parallel === true ? { parallel_tool_calls: true } : {}),
  };
};

const toolOf = (tool: Tool): Json => {
  if (tool.type !== 'function')
    throw cannotCarry('tools', `It is the provider's own tool "${tool.name.slice(0, 64)}".`);
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...maybe('description', tool.description),
      parameters: jsonOf(tool.inputSchema),
      ...maybe('strict', tool.strict),
    },
  };
};

/** Settings that OpenAI alone knows. */
const openaisOwn = ({ providerOptions }: Question, { own }: Flavour, notes: Notes): JsonObject => {
  const asked = providerOptions?.openai ?? {};
  const named = {
    ...textNamed('service_tier', asked.serviceTier),
    ...textNamed('verbosity', asked.textVerbosity ?? asked.verbosity),
    ...textNamed('user', asked.user),
    ...textNamed('safety_identifier', asked.safetyIdentifier),
    ...textNamed('prompt_cache_key', asked.promptCacheKey),
    ...(isObject(jsonOf(asked.logitBias)) ? { logit_bias: jsonOf(asked.logitBias) } : {}),
  };
  if (own) return named;
  for (const name of Object.keys(named)) notes.dropped(name);
  return {};
};

const textNamed = (name: string, value: unknown): JsonObject =>
  typeof value === 'string' ? { [name]: value } : {};

/** What came out of a body as JSON is JSON still. */
const jsonOf = (value: unknown): Json => value as Json;
