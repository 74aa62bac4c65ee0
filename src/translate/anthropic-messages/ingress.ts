// A request of Anthropic's messages API as a question, and its reply written in that API's events or as its message.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isArray } from '../../json/value.ts';
import { given, integerOf, listOf, maybe, numberOf, objectOf, textOf } from '../fields.ts';
import type { Ingress, Understood } from '../ingress.ts';
import type { ProviderOptions, Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { CallIds } from './ids.ts';
import { markedBy } from './marks.ts';
import { ToolNames } from './tool-names.ts';
import { choiceIn, formatIn, toolsIn } from './tools.ts';
import { conversationIn } from './turns.ts';
import { AnthropicWriter } from './writer.ts';

/** More than any API takes. */
const STOPS = 10_000;
/** No model answers so long. */
const MOST_TOKENS = 1e9;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
const THINKING = ['adaptive', 'enabled', 'disabled', 'between_tools'] as const;

/** Fields that ask for what the neutral form has no word for, and that would be missed; unless they ask for nothing. */
const MISSED = [
  'mcp_servers',
  'container',
  'thread',
  'compaction',
  'safeguards',
  'fallbacks',
  'inference_geo',
];

/** Fields that are read here or beside, and those that say nothing of the reply. */
const READ: ReadonlySet<string> = new Set([
  ...['model', 'max_tokens', 'messages', 'system', 'stream', 'tools', 'tool_choice', 'metadata'],
  ...['temperature', 'top_p', 'top_k', 'stop_sequences', 'thinking', 'output_config', 'output_format'],
  ...['cache_control', ...MISSED],
]);

export const anthropicMessagesIngress: Ingress = {
  dialect: 'anthropic-messages',
  understand: (body, notes) => {
    notes.called(NAMES);
    return understood(body, notes);
  },
};

/** What this API calls the parameters that are spoken of by the names most others have for them. */
const NAMES: Readonly<Record<string, string>> = {
  stop: 'stop_sequences',
  reasoning_effort: 'thinking',
  response_format: 'output_config.format',
  max_completion_tokens: 'max_tokens',
  parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
  user: 'metadata.user_id',
};

const understood = (body: JsonObject, notes: Notes): Understood => {
  mustBeCarried(body, notes);
  const config = given(body.output_config) === undefined ? {} : objectOf(body.output_config, 'output_config');
  if (given(body.metadata) !== undefined)
    notes.others(objectOf(body.metadata, 'metadata'), METADATA, 'metadata');
  if (given(config.task_budget) !== undefined) notes.dropped('output_config.task_budget');
  const names = new ToolNames();
  const { prompt, ids, effort, ...changes } = conversationIn(body, names, notes);
  const tools = toolsIn(body, changes, names);
  const { toolChoice, single } = choiceIn(body, tools, names);
  const question: Question = {
    prompt: [...prompt],
    ...samplingIn(body),
    ...(tools.length === 0 ? {} : { tools }),
    ...maybe('toolChoice', toolChoice),
    ...maybe('reasoning', effortIn(effort ?? config.effort)),
    ...maybe('responseFormat', formatIn(body, config)),
    ...maybe('providerOptions', optionsIn(body, single)),
  };
  return { question, writer: (head) => new AnthropicWriter(head, names, new CallIds(ids)) };
};

/** Whether a value asks for anything: what is off, empty or usual is as good as absent. */
const says = (value: Json | undefined): boolean =>
  given(value) !== undefined &&
  value !== false &&
  value !== 'global' &&
  value !== 'auto' &&
  value !== 'standard' &&
  !(isArray(value) && value.length === 0);

const mustBeCarried = (body: JsonObject, notes: Notes): void => {
  for (const name of MISSED) if (says(body[name])) throw cannotCarry(name);
  for (const [name, value] of Object.entries(body))
    if (!READ.has(name) && says(value)) notes.dropped(name.slice(0, 100));
};

const samplingIn = (body: JsonObject): Omit<Question, 'prompt'> => {
  const most = integerOf(body.max_tokens, 'max_tokens', [0, MOST_TOKENS]);
  if (most === 0) throw cannotCarry('max_tokens', 'A reply of no tokens cannot be asked for there.');
  const stops =
    given(body.stop_sequences) === undefined
      ? []
      : listOf(body.stop_sequences, 'stop_sequences', STOPS).map((value, index) =>
          textOf(value, `stop_sequences[${index}]`),
        );
  return {
    ...maybe('maxOutputTokens', most),
    ...maybe('temperature', numberOf(body.temperature, 'temperature', [0, 1])),
    ...maybe('topP', numberOf(body.top_p, 'top_p', [0, 1])),
    ...maybe('topK', integerOf(body.top_k, 'top_k', [0, MOST_TOKENS])),
    ...(stops.length === 0 ? {} : { stopSequences: stops }),
  };
};

/** A word of next year's is the most there is today. */
const effortIn = (effort: Json | undefined): Question['reasoning'] => {
  if (given(effort) === undefined) return undefined;
  const word = textOf(effort, 'output_config.effort');
  return EFFORTS.find((each) => each === word) ?? 'max';
};

/** What is read of `metadata`. */
const METADATA: ReadonlySet<string> = new Set(['user_id']);

const optionsIn = (body: JsonObject, single: boolean): ProviderOptions | undefined => {
  const thinking = given(body.thinking) === undefined ? undefined : objectOf(body.thinking, 'thinking');
  if (thinking !== undefined) mustBeThinking(thinking);
  const metadata = given(body.metadata) === undefined ? {} : objectOf(body.metadata, 'metadata');
  const userId =
    given(metadata.user_id) === undefined ? undefined : textOf(metadata.user_id, 'metadata.user_id');
  return markedBy(body, '', {
    ...maybe('thinking', thinking),
    ...(userId === undefined ? {} : { metadata: { userId } }),
    ...(single ? { disableParallelToolUse: true } : {}),
  }).providerOptions;
};

const mustBeThinking = (thinking: JsonObject): void => {
  const type = textOf(thinking.type, 'thinking.type');
  if (!THINKING.some((each) => each === type)) throw cannotCarry('thinking.type', 'It is not known here.');
  const budget = integerOf(thinking.budget_tokens, 'thinking.budget_tokens', [1_024, MOST_TOKENS]);
  if (type === 'enabled' && budget === undefined) throw bad('thinking.budget_tokens', 'It is missing.');
};
