// The lens of OpenAI's chat completions: every string of a request, a whole reply and a chunk, but ids, enums and names of models.
import type { Json, Path } from '../json/value.ts';
import { at, isArray, isObject } from '../json/value.ts';
import type { Lens } from './dialect.ts';
import type { FrameText, FrameTexts } from './lens.ts';
import { channelOf, structureOf, textsOf } from './lens.ts';
import { SSE_COMMENT, sseValue, sseWith } from './sse-lens.ts';

const request = structureOf(
  ...['model', 'service_tier', 'reasoning_effort', 'verbosity', 'prompt_cache_retention'],
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
const frameTexts = (bytes: Uint8Array, data?: string): FrameTexts | undefined => {
  const value = sseValue(bytes, data);
  if (value === undefined) return undefined;
  const texts: FrameText[] = [];
  const closes: string[] = [];
  for (const { path, text, key } of textsOf(value, reply)) {
    if (key || text === '') continue;
    const channel = channelOf(value, path);
    texts.push({ path, text, channel });
    if (standsAlone(path)) closes.push(channel);
  }
  const pieces = piecesOf(value);
  return {
    value,
    texts,
    closes: [...closes, ...pieces.named],
    owners: pieces.owners.length === 0 ? [''] : pieces.owners,
    isStructure: reply,
  };
};

/** Fields beside the growing text; each time they are said whole. */
const ALONE = new Set(['obfuscation', 'error', 'usage', 'prompt_filter_results', 'warning', 'warnings']);
const ALONE_IN_CHOICE = new Set(['content_filter_results', 'native_finish_reason', 'message']);

const standsAlone = ([first, , second, third]: Path): boolean =>
  first === 'choices'
    ? ALONE_IN_CHOICE.has(String(second)) || (second === 'delta' && third === 'annotations')
    : ALONE.has(String(first));

/** What a chunk is a piece of: a choice's content, its reasoning, each of its tool calls. Each grows by itself. */
const piecesOf = (value: Json): { readonly owners: readonly string[]; readonly named: readonly string[] } => {
  const owners: string[] = [];
  const named: string[] = [];
  for (const [i, choice] of listAt(value, 'choices').entries()) {
    const place = `choices/${indexOf(choice, i)}/`;
    const delta = at(choice, 'delta');
    const before = owners.length;
    for (const name of isObject(delta) ? Object.keys(delta) : [])
      if (typeof at(delta, name) === 'string' && name !== 'role') owners.push(`${place}delta/${name}/`);
    for (const [j, call] of listAt(delta, 'tool_calls').entries()) {
      const owner = `${place}delta/tool_calls/${indexOf(call, j)}/`;
      owners.push(owner);
      // Its arguments have begun, so its name is whole.
      if ((at(at(call, 'function'), 'arguments') ?? '') !== '') named.push(`${owner}function/name`);
    }
    if (owners.length === before || (at(choice, 'finish_reason') ?? null) !== null) owners.push(place);
  }
  return { owners, named };
};

const listAt = (value: Json | undefined, name: string): readonly Json[] => {
  const list = at(value, name);
  return isArray(list) ? list : [];
};

const indexOf = (value: Json, place: number): number => {
  const index = at(value, 'index');
  return typeof index === 'number' ? index : place;
};

/** What every step sees of a chat. */
export const openaiChatLens: Lens = {
  structure: { request, reply },
  // `text` is where completions have it.
  isWritten: ([first, , third]) =>
    first === 'choices' && (third === 'message' || third === 'delta' || third === 'text'),
  frameTexts,
  withBody: sseWith,
  keepAlive: SSE_COMMENT,
};
