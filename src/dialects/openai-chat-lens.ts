// The lens of OpenAI's chat completions: every string of a request, a whole reply and a chunk, but ids, enums and names of models.
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import { at, isArray } from '../json/value.ts';
import { sseBytes, sseData, sseEvent } from '../streams/sse.ts';
import type { CallDialect } from './dialect.ts';
import type { FrameTexts } from './lens.ts';
import { channelOf, structureOf, textsOf, Unreadable } from './lens.ts';

const request = structureOf(
  ...['model', 'service_tier', 'reasoning_effort', 'verbosity', 'prompt_cache_key', 'prompt_cache_retention'],
  ...['tool_choice', 'tool_choice.type', 'function_call', 'modalities[]', 'audio.format', 'audio.voice'],
  ...['response_format.type', 'tools[].type', 'messages[].role', 'messages[].tool_call_id'],
  ...['messages[].tool_calls[].id', 'messages[].tool_calls[].type', 'messages[].content[].type'],
  ...['messages[].content[].image_url.detail', 'messages[].content[].input_audio.format'],
  ...['messages[].content[].cache_control.type', 'messages[].content[].cache_control.ttl'],
  // JSON Schema's own words, wherever a schema is.
  '**.$schema',
);

const reply = structureOf(
  ...['id', 'object', 'model', 'system_fingerprint', 'service_tier', 'provider'],
  ...['choices[].finish_reason', 'choices[].message.role', 'choices[].message.tool_calls[].id'],
  ...['choices[].message.tool_calls[].type', 'choices[].delta.role', 'choices[].delta.tool_calls[].id'],
  ...['choices[].delta.tool_calls[].type', 'error.type', 'error.code', 'error.param'],
  ...['choices[].logprobs.content[].token', 'choices[].logprobs.refusal[].token'],
  ...[
    'choices[].logprobs.content[].top_logprobs[].token',
    'choices[].logprobs.refusal[].top_logprobs[].token',
  ],
);

/** Reads a chunk; `[DONE]`, comments and empty events have no text. */
const frameTexts = (bytes: Uint8Array): FrameTexts | undefined => {
  const data = sseData(bytes);
  if (data === undefined || data.trim() === '' || data.trimStart().startsWith('[DONE]')) return undefined;
  let value: Json;
  try {
    value = parseJson(data);
  } catch {
    throw new Unreadable('an event is no JSON');
  }
  const texts = [...textsOf(value, reply)]
    .filter(({ key, text }) => !key && text !== '')
    .map(({ path, text }) => ({ path, text, channel: channelOf(value, path) }));
  return { value, texts, closes: closedBy(value) };
};

/** A choice with a reason for its end says no more. */
const closedBy = (value: Json): readonly string[] => {
  const choices = at(value, 'choices');
  if (!isArray(choices)) return [];
  return choices.flatMap((choice, i) => {
    if ((at(choice, 'finish_reason') ?? null) === null) return [];
    const index = at(choice, 'index');
    return [`choices/${typeof index === 'number' ? index : i}/`];
  });
};

const NO_TOKENS = /"logprobs":\s*\{/;

/** The chunk with another body. Its tokens' probabilities spell the text that was there, so they go. */
const withBody = (bytes: Uint8Array, body: Json): Uint8Array => {
  const event = sseEvent(bytes);
  const text = JSON.stringify(body);
  const data = NO_TOKENS.test(text)
    ? JSON.stringify(body, (key, value: unknown) => (key === 'logprobs' ? null : value))
    : text;
  return sseBytes({ ...(event === undefined ? {} : { event }), data });
};

/** What every step sees of a chat. */
export const openaiChatLens: Pick<CallDialect, 'structure' | 'frameTexts' | 'withBody' | 'keepAlive'> = {
  structure: { request, reply },
  frameTexts,
  withBody,
  keepAlive: new TextEncoder().encode(': waiting\n\n'),
};
