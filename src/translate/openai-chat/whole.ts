// A whole neutral reply as a chat completion.
import type { Json, JsonObject } from '../../json/value.ts';
import type { Head } from '../ingress.ts';
import type { Answer, Content } from '../neutral.ts';
import { customText } from '../openai-responses/custom-input.ts';
import { finishSaid } from './finish.ts';
import { annotationsOf } from './spoken.ts';
import type { Tools } from './tools.ts';
import { chatUsage } from './usage.ts';

type Text = Extract<Content, { type: 'text' }>;
type Call = Extract<Content, { type: 'tool-call' }>;

/** Its JSON text. */
export const wholeChat = (answer: Answer, head: Head, tools: Pick<Tools, 'custom' | 'old'>): string => {
  const { content, finishReason, usage, response } = answer;
  const texts = content.filter((each) => each.type === 'text');
  const isRefusal = (each: (typeof texts)[number]): boolean =>
    each.providerMetadata?.openai?.refusal === true;
  const refusals = texts.filter(isRefusal);
  const said = texts.filter((each) => !isRefusal(each));
  const calls = content
    .filter((each) => each.type === 'tool-call')
    .filter((call) => call.providerExecuted !== true);
  const reason = finishSaid(finishReason, { calls: calls.length > 0, refused: refusals.length > 0 });
  const message = {
    role: 'assistant',
    content: said.length === 0 ? null : said.map(({ text }) => text).join(''),
    refusal: refusals.length === 0 ? null : refusals.map(({ text }) => text).join(''),
    ...annotationsIn(content, said),
    ...thoughtsIn(content),
    ...callsSaid(calls, tools),
  };
  const finish = tools.old && reason === 'tool_calls' ? 'function_call' : reason;
  const counted = chatUsage(usage);
  return JSON.stringify({
    id: response?.id ?? `chatcmpl-${head.exchange}`,
    object: 'chat.completion',
    created: Math.floor(head.createdAtMs / 1000),
    model: response?.modelId ?? head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    ...(counted === undefined ? {} : { usage: counted }),
  });
};

const annotationsIn = (content: readonly Content[], texts: readonly Text[]): JsonObject => {
  const annotations = content
    .filter((each) => each.type === 'source')
    .flatMap((source) => annotationsOf([{ source }]));
  let chars = 0;
  for (const { text, citations = [] } of texts) {
    annotations.push(...annotationsOf(citations, chars));
    chars += text.length;
  }
  return annotations.length === 0 ? {} : { annotations };
};

const thoughtsIn = (content: readonly Content[]): JsonObject => {
  const thoughts = content.filter((each) => each.type === 'reasoning');
  const text = thoughts.map((each) => each.text).join('');
  const blocks = thoughts.flatMap(({ text: thinking, providerMetadata }): Json[] => {
    const { signature, redactedData } = providerMetadata?.anthropic ?? {};
    if (typeof redactedData === 'string') return [{ type: 'redacted_thinking', data: redactedData }];
    return typeof signature === 'string' ? [{ type: 'thinking', thinking, signature }] : [];
  });
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(blocks.length === 0 ? {} : { thinking_blocks: blocks }),
  };
};

const callsSaid = (calls: readonly Call[], { custom, old }: Pick<Tools, 'custom' | 'old'>): JsonObject => {
  const [first] = calls;
  if (first === undefined) return {};
  if (old) return { function_call: { name: first.toolName, arguments: argumentsOf(first) } };
  return {
    tool_calls: calls.map((call) => (custom.has(call.toolName) ? customSaid(call) : functionSaid(call))),
  };
};

/** Clients parse them. */
const argumentsOf = ({ input }: Call): string => (input === '' ? '{}' : input);

const functionSaid = (call: Call): Json => {
  const { toolCallId, toolName, providerMetadata } = call;
  const signature = providerMetadata?.google?.thoughtSignature;
  return {
    id: toolCallId,
    type: 'function',
    function: { name: toolName, arguments: argumentsOf(call) },
    ...(typeof signature === 'string' ? { extra_content: { google: { thought_signature: signature } } } : {}),
  };
};

const customSaid = ({ toolCallId, toolName, input }: Call): Json => ({
  id: toolCallId,
  type: 'custom',
  custom: { name: toolName, input: customText(input) },
});
