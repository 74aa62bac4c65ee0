// A question in Anthropic's messages API, for Anthropic and for servers that speak it: the body, and its reply read back.
import type { Json, JsonObject } from '../../json/value.ts';
import type { Egress } from '../egress.ts';
import type { Question, Tool, ToolChoice } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { anthropicAnswer, anthropicReader } from './reader.ts';
import { saidIn } from './said.ts';

/** Where nothing is known of a model and nothing was asked: the API wants a number. */
const USUAL_TOKENS = 8_192;

export const anthropicMessagesEgress: Egress = {
  dialect: 'anthropic-messages',
  body: (question, asked, notes) => bodyOf(question, asked, notes),
  reader: anthropicReader,
  answer: anthropicAnswer,
};

const bodyOf = (
  question: Question,
  { model, stream, caps }: Parameters<Egress['body']>[1],
  notes: Notes,
): JsonObject => {
  const { temperature, topP, topK, stopSequences } = question;
  const { system, messages } = saidIn(question.prompt, notes);
  const anthropic = question.providerOptions?.anthropic ?? {};
  const config = configOf(question);
  return {
    model,
    max_tokens: question.maxOutputTokens ?? caps.maxOutputTokens ?? USUAL_TOKENS,
    ...(system === undefined ? {} : { system }),
    messages,
    ...toolsOf(question),
    ...(stream ? { stream } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(stopSequences === undefined || stopSequences.length === 0 ? {} : { stop_sequences: stopSequences }),
    ...json('thinking', anthropic.thinking as Json | undefined),
    ...(config === undefined ? {} : { output_config: config }),
  };
};

const json = (name: string, value: Json | undefined): JsonObject =>
  value === undefined ? {} : { [name]: value };

const configOf = ({ responseFormat, providerOptions }: Question): JsonObject | undefined => {
  const effort = providerOptions?.anthropic?.effort;
  const schema = responseFormat?.type === 'json' ? responseFormat.schema : undefined;
  const config = {
    ...(typeof effort === 'string' ? { effort } : {}),
    ...(schema === undefined ? {} : { format: { type: 'json_schema', schema: schema as JsonObject } }),
  };
  return Object.keys(config).length === 0 ? undefined : config;
};

const toolsOf = ({ tools = [], toolChoice, providerOptions }: Question): JsonObject => {
  if (tools.length === 0) return {};
  const one = providerOptions?.anthropic?.disableParallelToolUse === true;
  const choice = choiceOf(toolChoice, one);
  return { tools: tools.map(toolOf), ...(choice === undefined ? {} : { tool_choice: choice }) };
};

const toolOf = (tool: Tool, index: number): JsonObject => {
  if (tool.type !== 'function') throw cannotCarry(`tools[${index}]`);
  const { name, description, inputSchema, strict, providerOptions } = tool;
  const mark = providerOptions?.anthropic?.cacheControl as Json | undefined;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: inputSchema as JsonObject,
    ...(strict === true ? { strict } : {}),
    ...json('cache_control', mark),
  };
};

const choiceOf = (choice: ToolChoice | undefined, one: boolean): JsonObject | undefined => {
  const single = one ? { disable_parallel_tool_use: true } : {};
  switch (choice?.type) {
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any', ...single };
    case 'tool':
      return { type: 'tool', name: choice.toolName, ...single };
    default:
      return one ? { type: 'auto', ...single } : undefined;
  }
};
