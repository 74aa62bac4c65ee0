// OpenAI's chat completions: POST /v1/chat/completions. Spoken by nearly every server (OpenAI, Azure, vLLM, Ollama, llama.cpp).

import type { Usage } from '../exchange.ts';
import type { Json, JsonDocument, JsonObject } from '../json/document.ts';
import { ambiguousKey } from '../json/fold.ts';
import { parseJson } from '../json/parse.ts';
import { at, isArray, isObject } from '../json/value.ts';
import { Refusal } from '../refusal.ts';
import { sseBytes, sseData } from '../streams/sse.ts';
import type { Asked, CallDialect, Seen } from './dialect.ts';
import { choosesElsewhere } from './openai-chat-fields.ts';
import { openaiChatLens } from './openai-chat-lens.ts';
import { openaiErrorBody, openaiRefusal } from './openai-error.ts';
import { bindSystem, mustHaveTurns } from './openai-turns.ts';

/** Longer than any model's name, and than any `backend/model`. */
const MODEL_CHARS = 256;

/** Top-level keys of a body; each is looked at in every spelling. OpenAI's API has fewer than fifty. */
const KEYS = 1_000;

/** No model has them in its name, and no store keeps all of them. */
const CONTROL = /\p{Cc}/u;

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
  if (Object.keys(value).length > KEYS)
    throw new Refusal('bad_request', { detail: `The body has at most ${KEYS} top-level keys.` });
  const odd = ambiguousKey(value, GOVERNED_KEYS);
  if (odd !== undefined)
    throw new Refusal('ambiguous_body', {
      detail: 'A top-level key has an odd spelling.',
      param: odd.slice(0, 64),
    });
  const elsewhere = Object.keys(value).find(choosesElsewhere);
  if (elsewhere !== undefined)
    throw new Refusal('model_not_allowed', {
      detail: 'A field would choose another model or backend.',
      param: elsewhere.slice(0, 64),
    });
  const { model, messages, stream = null, stream_options: options = null } = value;
  if (typeof model !== 'string' || model === '') throw bad('model', '"model" must be a model\'s name.');
  if (model.length > MODEL_CHARS) throw bad('model', `"model" has at most ${MODEL_CHARS} characters.`);
  if (!model.isWellFormed() || CONTROL.test(model))
    throw bad('model', '"model" must be printable characters.');
  if (stream !== null && typeof stream !== 'boolean') throw bad('stream', '"stream" must be true or false.');
  if (options !== null && (typeof options !== 'object' || Array.isArray(options)))
    throw bad('stream_options', '"stream_options" must be an object.');
  mustHaveTurns(messages);
  const endUsers = endUsersIn(value);
  return {
    model,
    stream: stream === true,
    usage: includesUsage(options),
    ...(endUsers.length === 0 ? {} : { endUsers }),
  };
};

/** `safety_identifier` takes the place of `user`; during the change clients send both, and they may differ. */
const endUsersIn = ({ user, safety_identifier: identifier }: JsonObject): readonly string[] => [
  ...new Set([identifier, user].filter((name) => typeof name === 'string').filter((name) => name !== '')),
];

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

const count = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

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

const parsed = (text: string | undefined): Json | undefined => {
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
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
  refusal: openaiRefusal,
  read,
  rename: (document, model) => {
    if (document.value.model !== model) document.set(['model'], model);
  },
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
