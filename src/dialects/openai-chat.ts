// OpenAI's chat completions: POST /v1/chat/completions. Spoken by nearly every server (OpenAI, Azure, vLLM, Ollama, llama.cpp).

import type { Usage } from '../exchange.ts';
import type { Json, JsonDocument } from '../json/document.ts';
import { ambiguousKey } from '../json/fold.ts';
import { Refusal } from '../refusal.ts';
import { sseBytes, sseData } from '../streams/sse.ts';
import type { Asked, CallDialect } from './dialect.ts';
import { openaiErrorBody, openaiRefusal } from './openai-error.ts';
import { bindSystem, mustHaveTurns } from './openai-turns.ts';

/** Longer than any model's name, and than any `backend/model`. */
const MODEL_CHARS = 256;

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

const bad = (param: string, detail: string): Refusal => new Refusal('bad_request', { param, detail });

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  const odd = ambiguousKey(value, GOVERNED_KEYS);
  if (odd !== undefined)
    throw new Refusal('ambiguous_body', {
      detail: 'A top-level key has an odd spelling.',
      param: odd.slice(0, 64),
    });
  const { model, messages, stream = null, stream_options: options = null } = value;
  if (typeof model !== 'string' || model === '') throw bad('model', '"model" must be a model\'s name.');
  if (model.length > MODEL_CHARS) throw bad('model', `"model" has at most ${MODEL_CHARS} characters.`);
  if (stream !== null && typeof stream !== 'boolean') throw bad('stream', '"stream" must be true or false.');
  if (options !== null && (typeof options !== 'object' || Array.isArray(options)))
    throw bad('stream_options', '"stream_options" must be an object.');
  mustHaveTurns(messages);
  return { model, stream: stream === true, usage: includesUsage(options) };
};

const includesUsage = (options: Json): boolean =>
  typeof options === 'object' &&
  options !== null &&
  'include_usage' in options &&
  options['include_usage'] === true;

const askUsage = (document: JsonDocument): void => {
  const options = document.value['stream_options'] ?? null;
  if (includesUsage(options)) return;
  if (options === null) document.add([], 'stream_options', { include_usage: true });
  else document.add(['stream_options'], 'include_usage', true);
};

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/** The `usage` of a body or chunk, in our words. */
const usageOf = (body: unknown): Usage | undefined => {
  const usage = field(body, 'usage');
  const input = count(field(usage, 'prompt_tokens'));
  const output = count(field(usage, 'completion_tokens'));
  if (input === undefined && output === undefined) return undefined;
  const cached = count(field(field(usage, 'prompt_tokens_details'), 'cached_tokens'));
  const reasoning = count(field(field(usage, 'completion_tokens_details'), 'reasoning_tokens'));
  return {
    input_tokens: input ?? 0,
    output_tokens: output ?? 0,
    ...(cached === undefined ? {} : { cached_input_tokens: cached }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  };
};

const parsed = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const decoder = new TextDecoder();

/** A frame is parsed only when it can matter: it says `[DONE]`, or it has a usage that is not null. */
const inspect: CallDialect['inspect'] = (bytes, asked) => {
  const text = decoder.decode(bytes);
  if (text.includes('[DONE]') && sseData(bytes)?.trim() === '[DONE]') return { last: true };
  if (!text.includes('"usage"') || text.includes('"usage":null')) return { last: false };
  const chunk = parsed(sseData(bytes));
  const usage = usageOf(chunk);
  if (usage === undefined) return { last: false };
  const choices = field(chunk, 'choices');
  return { last: false, usage, ours: !asked.usage && Array.isArray(choices) && choices.length === 0 };
};

export const openaiChat: CallDialect = {
  kind: 'call',
  name: 'openai-chat',
  framing: 'sse',
  routes: [{ method: 'POST', path: '/v1/chat/completions', endpoint: 'chat' }],
  refusal: openaiRefusal,
  read,
  rename: (document, model) => {
    if (document.value['model'] !== model) document.set(['model'], model);
  },
  bindPrompt: bindSystem,
  askUsage,
  inspect,
  usage: (body) => usageOf(parsed(decoder.decode(body))),
  fault: (refusal, exchange) => ({
    bytes: sseBytes({ data: openaiErrorBody(refusal, exchange) }),
    last: true,
  }),
};
