// OpenAI's chat completions: POST /v1/chat/completions. Spoken by nearly every server (OpenAI, Azure, vLLM, Ollama, llama.cpp).

import type { Usage } from '../exchange.ts';
import type { Json, JsonDocument } from '../json/document.ts';
import { at, isArray, isObject } from '../json/value.ts';
import { sseBytes, sseData } from '../streams/sse.ts';
import type { Asked, CallDialect, Seen } from './dialect.ts';
import { openaiChatLens } from './openai-chat-lens.ts';
import { OPENAI_ID_HEADER, OPENAI_LIMIT_HEADERS, openaiErrorBody, openaiRefusal } from './openai-error.ts';
import { bindSystem, mustHaveTurns } from './openai-turns.ts';
import { bad, count, endUsersAmong, modelIn, mustBeClear, parsed, renameModel, streamIn } from './outline.ts';

/** Top-level keys whose meaning the gateway decides on: another spelling of one is refused. */
const GOVERNED_KEYS = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'functions',
  'response_format',
  'n',
]);

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const { messages, stream_options: options = null } = value;
  const model = modelIn(value.model);
  const stream = streamIn(value.stream);
  if (options !== null && (typeof options !== 'object' || Array.isArray(options)))
    throw bad('stream_options', '"stream_options" must be an object.');
  mustHaveTurns(messages);
  // `safety_identifier` takes the place of `user`; during the change clients send both, and they may differ.
  return {
    model,
    stream,
    usage: includesUsage(options),
    ...endUsersAmong(value.safety_identifier, value.user),
  };
};

const includesUsage = (options: Json): boolean =>
  typeof options === 'object' &&
  options !== null &&
  'include_usage' in options &&
  options.include_usage === true;

const askUsage = (document: JsonDocument): void => {
  const options = document.value.stream_options ?? null;
  if (includesUsage(options)) return;
  if (options === null) document.add([], 'stream_options', { include_usage: true });
  else document.add(['stream_options'], 'include_usage', true);
};

/** The `usage` of a body or chunk, in our words. */
const usageOf = (body: Json): Usage | undefined => {
  const usage = at(body, 'usage');
  const input = count(at(usage, 'prompt_tokens'));
  const output = count(at(usage, 'completion_tokens'));
  if (input === undefined && output === undefined) return undefined;
  const cached = count(at(at(usage, 'prompt_tokens_details'), 'cached_tokens'));
  const reasoning = count(at(at(usage, 'completion_tokens_details'), 'reasoning_tokens'));
  return {
    input_tokens: input ?? 0,
    output_tokens: output ?? 0,
    ...(cached === undefined ? {} : { cached_input_tokens: cached }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  };
};

const seenIn = (body: Json): Seen => {
  const usage = usageOf(body);
  const failed = (at(body, 'error') ?? null) !== null;
  return { ...(usage === undefined ? {} : { usage }), ...(failed ? { failed } : {}) };
};

const decoder = new TextDecoder();

/** A frame is parsed only when it can matter: it has an error, or a usage other than `null`. */
const inspect: CallDialect['inspect'] = (bytes, asked) => {
  const text = decoder.decode(bytes);
  // Clients take any data that begins so for the end.
  if (text.includes('[DONE]') && sseData(bytes)?.trimStart().startsWith('[DONE]') === true)
    return { last: true };
  const matters = hasUsage(text) || text.includes('"error"');
  const chunk = matters ? parsed(sseData(bytes)) : undefined;
  if (chunk === undefined) return { last: false };
  const seen = seenIn(chunk);
  const choices = at(chunk, 'choices');
  const ours = seen.usage !== undefined && !asked.usage && isArray(choices) && choices.length === 0;
  return { last: false, ...seen, ours };
};

const NO_USAGE = '"usage":null';

/** Once we ask for usage, most servers write `"usage":null` into every other frame. */
const hasUsage = (text: string): boolean => {
  const first = text.indexOf('"usage"');
  return first >= 0 && (!text.startsWith(NO_USAGE, first) || text.includes('"usage"', first + 1));
};

export const openaiChat: CallDialect = {
  ...openaiChatLens,
  kind: 'call',
  name: 'openai-chat',
  framing: 'sse',
  routes: [{ method: 'POST', path: '/v1/chat/completions', endpoint: 'chat' }],
  idHeader: OPENAI_ID_HEADER,
  limitHeaders: OPENAI_LIMIT_HEADERS,
  refusal: openaiRefusal,
  read,
  rename: renameModel,
  bindPrompt: bindSystem,
  askUsage,
  inspect,
  inspectWhole: (body) => {
    const value = parsed(decoder.decode(body));
    return isObject(value) ? seenIn(value) : undefined;
  },
  fault: (refusal, exchange) => ({
    bytes: sseBytes({ data: openaiErrorBody(refusal, exchange) }),
    last: true,
  }),
};
