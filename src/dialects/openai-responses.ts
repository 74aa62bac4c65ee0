// OpenAI's responses: POST /v1/responses. Spoken by OpenAI, Azure, vLLM, SGLang, llama.cpp and Ollama. What it would store at the
// provider cannot be referred to: all keys of the gateway share one credential there.
import type { Usage } from '../exchange.ts';
import type { Json, JsonDocument } from '../json/document.ts';
import { at, isObject } from '../json/value.ts';
import type { Refusal } from '../refusal.ts';
import { sseBytes, sseData, sseEvent } from '../streams/sse.ts';
import type { Asked, CallDialect, Seen } from './dialect.ts';
import { OPENAI_ID_HEADER, OPENAI_LIMIT_HEADERS, openaiErrorBody, openaiRefusal } from './openai-error.ts';
import { bindResponses, mustHaveItems } from './openai-responses-items.ts';
import { openaiResponsesLens } from './openai-responses-lens.ts';
import { count, endUsersAmong, modelIn, mustBeClear, parsed, renameModel, streamIn } from './outline.ts';

/** Top-level keys whose meaning the gateway decides on: another spelling of one is refused. */
const GOVERNED_KEYS = new Set([
  ...['model', 'input', 'instructions', 'stream', 'tools', 'text', 'store', 'background'],
  ...['previous_response_id', 'conversation', 'prompt'],
]);

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const model = modelIn(value.model);
  const stream = streamIn(value.stream);
  mustHaveItems(value);
  return { model, stream, usage: true, ...endUsersAmong(value.safety_identifier, value.user) };
};

const usageOf = (usage: Json | undefined): Usage | undefined => {
  const input = count(at(usage, 'input_tokens'));
  const output = count(at(usage, 'output_tokens'));
  if (input === undefined && output === undefined) return undefined;
  const cached = count(at(at(usage, 'input_tokens_details'), 'cached_tokens'));
  const reasoning = count(at(at(usage, 'output_tokens_details'), 'reasoning_tokens'));
  return {
    input_tokens: input ?? 0,
    output_tokens: output ?? 0,
    ...(cached === undefined ? {} : { cached_input_tokens: cached }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  };
};

/** What a response says of itself. */
const seenIn = (response: Json | undefined): Seen => {
  const usage = usageOf(at(response, 'usage'));
  const failed = at(response, 'status') === 'failed' || (at(response, 'error') ?? null) !== null;
  return { ...(usage === undefined ? {} : { usage }), ...(failed ? { failed } : {}) };
};

const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed']);
const MATTERS = /response\.(?:completed|incomplete|failed)|"error"|^event: ?error/m;

const decoder = new TextDecoder();

/** An event is parsed only when it can matter. Whichever of its two names says that it is the last, some client believes it. */
const inspect: CallDialect['inspect'] = (bytes) => {
  if (!MATTERS.test(decoder.decode(bytes))) return { last: false };
  const name = sseEvent(bytes) ?? '';
  const event = parsed(sseData(bytes)) ?? null;
  const type = String(at(event, 'type'));
  const last = LAST.has(name) || LAST.has(type);
  const failed =
    name === 'error' || type === 'error' || name === 'response.failed' || type === 'response.failed';
  return { last, ...(last ? seenIn(at(event, 'response')) : {}), ...(failed ? { failed } : {}) };
};

/** The documented event is flat, the real one has an `error` inside; clients look for either. */
const faultData = (refusal: Refusal, exchange: string): string => {
  const { error } = JSON.parse(openaiErrorBody(refusal, exchange));
  const { message, code, param } = error;
  return JSON.stringify({ type: 'error', code, message, param, error });
};

export const openaiResponses: CallDialect = {
  ...openaiResponsesLens,
  kind: 'call',
  name: 'openai-responses',
  framing: 'sse',
  routes: [{ method: 'POST', path: '/v1/responses', endpoint: 'chat' }],
  idHeader: OPENAI_ID_HEADER,
  limitHeaders: OPENAI_LIMIT_HEADERS,
  refusal: openaiRefusal,
  read,
  rename: renameModel,
  bindPrompt: bindResponses,
  // It is always told.
  askUsage: () => undefined,
  inspect,
  inspectWhole: (body) => {
    const value = parsed(decoder.decode(body));
    return isObject(value) ? seenIn(value) : undefined;
  },
  fault: (refusal, exchange) => ({
    bytes: sseBytes({ event: 'error', data: faultData(refusal, exchange) }),
    last: true,
  }),
};
