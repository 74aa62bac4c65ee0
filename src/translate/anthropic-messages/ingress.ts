// A request of Anthropic's messages API as a question, and its reply written in that API's events or as its message.
import type { JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import type { Ingress } from '../ingress.ts';
import type { ProviderOptions, Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { countIn, field, listIn, mustText, numberIn, objectIn, textIn } from './fields.ts';
import { cachedBy } from './marks.ts';
import { choiceIn, formatIn, toolsIn } from './tools.ts';
import { conversationIn } from './turns.ts';
import { anthropicWriter } from './writer.ts';

/** More than any API takes. */
const STOPS = 10_000;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

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
/** Fields without which the reply means the same. */
const UNMISSED = [
  ...['context_management', 'service_tier', 'speed', 'diagnostics', 'user_profile_id', 'workspace_id'],
  ...['betas', 'anthropic_beta', 'anthropic_version'],
];

export const anthropicMessagesIngress: Ingress = {
  dialect: 'anthropic-messages',
  understand: (body, notes) => ({
    question: questionIn(body, notes),
    writer: anthropicWriter,
  }),
};

const questionIn = (body: JsonObject, notes: Notes): Question => {
  mustBeCarried(body, notes);
  const config = objectIn(field(body, 'output_config'));
  if (config !== undefined && field(config, 'task_budget').value !== undefined)
    notes.dropped('output_config.task_budget');
  const { prompt, effort, ...changes } = conversationIn(body, notes);
  const tools = toolsIn(body, changes);
  const { toolChoice, parallel } = choiceIn(body);
  const reasoning = effortIn(effort ?? (config && textIn(field(config, 'effort', 'output_config'))));
  const responseFormat = formatIn(body, config);
  const options = optionsIn(body, parallel);
  return {
    prompt: [...prompt],
    ...samplingIn(body),
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(options === undefined ? {} : { providerOptions: options }),
  };
};

/** Whether nothing is asked for: nothing, or an empty list. */
const asksNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === 'global' || (Array.isArray(value) && value.length === 0);

const mustBeCarried = (body: JsonObject, notes: Notes): void => {
  for (const name of MISSED) if (!asksNothing(field(body, name).value)) throw cannotCarry(name);
  for (const name of UNMISSED) if (!asksNothing(field(body, name).value)) notes.dropped(name);
};

const samplingIn = (body: JsonObject): Omit<Question, 'prompt'> => {
  const stops = listIn(field(body, 'stop_sequences'), STOPS)?.map((value, index) =>
    mustText({ value: value ?? undefined, path: `stop_sequences[${index}]` }),
  );
  const [most, topK] = [countIn(field(body, 'max_tokens')), countIn(field(body, 'top_k'))];
  const temperature = numberIn(field(body, 'temperature'), 0, 1);
  const topP = numberIn(field(body, 'top_p'), 0, 1);
  if (most === 0) throw cannotCarry('max_tokens', 'A reply of no tokens cannot be asked for there.');
  return {
    ...(most === undefined ? {} : { maxOutputTokens: most }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stops === undefined || stops.length === 0 ? {} : { stopSequences: stops }),
  };
};

const effortIn = (effort: string | undefined): Question['reasoning'] => {
  if (effort === undefined) return undefined;
  // A word of next year's is the most there is today.
  return EFFORTS.find((each) => each === effort) ?? 'high';
};

const optionsIn = (body: JsonObject, parallel: boolean | undefined): ProviderOptions | undefined => {
  const thinking = objectIn(field(body, 'thinking'));
  if (thinking !== undefined) mustText(field(thinking, 'type', 'thinking'));
  const metadata = objectIn(field(body, 'metadata'));
  const userId = metadata && textIn(field(metadata, 'user_id', 'metadata'));
  const anthropic = {
    ...(thinking === undefined ? {} : { thinking }),
    ...(userId === undefined ? {} : { metadata: { userId } }),
    ...(parallel === false ? { disableParallelToolUse: true } : {}),
    ...cachedBy(body, '').providerOptions?.anthropic,
  };
  return isObject(anthropic) && Object.keys(anthropic).length > 0 ? { anthropic } : undefined;
};
