// Anthropic's messages: POST /v1/messages. Spoken by Anthropic, vLLM, SGLang, llama.cpp and Ollama.
import type { Usage } from '../exchange.ts';
import type { Json } from '../json/document.ts';
import { at, isObject } from '../json/value.ts';
import { sseBytes, sseData, sseEvent } from '../streams/sse.ts';
import {
  ANTHROPIC_ID_HEADER,
  ANTHROPIC_LIMIT_HEADERS,
  anthropicErrorBody,
  anthropicRefusal,
} from './anthropic-error.ts';
import { anthropicMessagesLens } from './anthropic-messages-lens.ts';
import { bindAnthropic, readAnthropic } from './anthropic-request.ts';
import type { CallDialect, Seen } from './dialect.ts';
import { count, parsed, renameModel } from './outline.ts';

/** What is read from the cache, and written to it, is no part of Anthropic's `input_tokens`; of ours it is. */
const usageOf = (usage: Json | undefined): Partial<Usage> | undefined => {
  const counts = {
    fresh: count(at(usage, 'input_tokens')),
    read: count(at(usage, 'cache_read_input_tokens')),
    written: count(at(usage, 'cache_creation_input_tokens')),
    writtenForAnHour: count(at(at(usage, 'cache_creation'), 'ephemeral_1h_input_tokens')),
    output: count(at(usage, 'output_tokens')),
    reasoning: count(at(at(usage, 'output_tokens_details'), 'thinking_tokens')),
  };
  const { fresh, read, written, writtenForAnHour, output, reasoning } = counts;
  if (fresh === undefined && output === undefined) return undefined;
  return {
    ...(fresh === undefined ? {} : { input_tokens: fresh + (read ?? 0) + (written ?? 0) }),
    ...(output === undefined ? {} : { output_tokens: output }),
    ...(read === undefined ? {} : { cached_input_tokens: read }),
    ...(written === undefined ? {} : { cache_write_input_tokens: written }),
    ...(writtenForAnHour === undefined ? {} : { cache_write_1h_input_tokens: writtenForAnHour }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  };
};

const seenIn = (body: Json, usage: Json | undefined): Seen => {
  const used = usageOf(usage);
  const failed = at(body, 'type') === 'error';
  return { ...(used === undefined ? {} : { usage: used }), ...(failed ? { failed } : {}) };
};

const decoder = new TextDecoder();
const MATTERS = /"usage"|message_stop|error/;

/** An event is parsed only when it can matter. Whichever of its two names says that it is the last, some client believes it. */
const inspect: CallDialect['inspect'] = (bytes) => {
  if (!MATTERS.test(decoder.decode(bytes))) return { last: false };
  const name = sseEvent(bytes);
  const event = parsed(sseData(bytes)) ?? null;
  const last = name === 'message_stop' || at(event, 'type') === 'message_stop';
  const seen = seenIn(event, at(event, 'usage') ?? at(at(event, 'message'), 'usage'));
  return { last, ...seen, ...(name === 'error' ? { failed: true } : {}) };
};

export const anthropicMessages: CallDialect = {
  ...anthropicMessagesLens,
  kind: 'call',
  name: 'anthropic-messages',
  framing: 'sse',
  routes: [{ method: 'POST', path: '/v1/messages', endpoint: 'chat' }],
  queryKept: ['beta=true'],
  idHeader: ANTHROPIC_ID_HEADER,
  limitHeaders: ANTHROPIC_LIMIT_HEADERS,
  refusal: anthropicRefusal,
  read: (document) => readAnthropic(document, false),
  rename: renameModel,
  bindPrompt: bindAnthropic,
  // It is always told.
  askUsage: () => undefined,
  inspect,
  inspectWhole: (body) => {
    const value = parsed(decoder.decode(body));
    return isObject(value) ? seenIn(value, value.usage) : undefined;
  },
  fault: (refusal, exchange) => ({
    // Clients skip an event without a name.
    bytes: sseBytes({ event: 'error', data: anthropicErrorBody(refusal, exchange) }),
    last: true,
  }),
};
