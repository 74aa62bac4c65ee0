/**
 * Anthropic's messages as Anthropic speaks them: POST /v1/messages. Blocks come one after the other, with pings among them and odd
 * white space at the end of events.
 */
import type { Scripted } from '../upstream.ts';
import { json } from '../upstream.ts';
import type { Answer, Call, Json, Turn } from './turn.ts';
import {
  COUNTED,
  cutInto,
  Invalid,
  isJson,
  mustKnow,
  mustPair,
  objectsIn,
  SIGNATURE,
  textIn,
} from './turn.ts';

const KNOWN = new Set([
  ...['max_tokens', 'messages', 'model', 'cache_control', 'container', 'context_management', 'inference_geo'],
  ...['mcp_servers', 'metadata', 'output_config', 'output_format', 'service_tier', 'speed', 'stop_sequences'],
  ...['stream', 'system', 'temperature', 'thinking', 'tool_choice', 'tools', 'top_k', 'top_p'],
]);

type Media = { type: string; data: string }[];
type Parts = { texts: string[]; calls: Call[]; results: { id: string; text: string }[]; thoughts: string[] };

/** What a request says; throws Invalid as Anthropic answers 400. */
export const readMessages = (body: Json): Turn => {
  mustKnow(body, KNOWN);
  if (typeof body.max_tokens !== 'number' || body.max_tokens < 1)
    throw new Invalid('max_tokens', 'max_tokens: Field required');
  const said: { role: 'user' | 'assistant'; text: string }[] = [];
  const media: Media = [];
  const thoughts: string[] = [];
  let pending: Call[] = [];
  let calls: Call[] = [];
  let results: Parts['results'] = [];
  objectsIn(body.messages, 'messages').forEach((message, index) => {
    const where = `messages.${index}`;
    const { role } = message;
    if (role !== 'user' && role !== 'assistant') throw new Invalid(where, `${where}.role: not allowed`);
    if (index === 0 && role !== 'user') throw new Invalid(where, 'the first turn must be a user');
    const parts = partsOf(message.content, where, media);
    // Results stand in the very next turn, before everything else of it.
    mustPair(pending, parts.results, where);
    thoughts.push(...parts.thoughts);
    [calls, results, pending] = [pending, parts.results, parts.calls];
    if (parts.texts.length > 0) said.push({ role, text: parts.texts.join('') });
  });
  mustPair(pending, [], 'messages');
  const tools = body.tools === undefined ? [] : objectsIn(body.tools, 'tools').map(toolOf);
  return {
    ...{ said, media, calls, results, thoughts, tools, system: systemOf(body.system) },
    model: textIn(body.model, 'model'),
    stream: body.stream === true,
    usageAsked: true,
    choice: choiceOf(body.tool_choice, tools.length),
    schema: schemaOf(body),
    limit: body.max_tokens,
  };
};

const partsOf = (content: unknown, where: string, media: Media): Parts => {
  const parts: Parts = { texts: [], calls: [], results: [], thoughts: [] };
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content, where);
  if (blocks.length === 0) throw new Invalid(where, `${where}: content must not be empty`);
  for (const block of blocks) {
    if (block.type === 'text') {
      if (block.text === '') throw new Invalid(where, `${where}: text content blocks must be non-empty`);
      parts.texts.push(textIn(block.text, where));
    } else if (block.type === 'tool_use') {
      if (!isJson(block.input)) throw new Invalid(where, `${where}.input: Input should be an object`);
      const args = JSON.stringify(block.input);
      parts.calls.push({ id: idIn(block.id, where), name: textIn(block.name, where), args });
    } else if (block.type === 'tool_result') {
      if (parts.texts.length > 0) throw new Invalid(where, `${where}: results must come first`);
      parts.results.push({ id: idIn(block.tool_use_id, where), text: resultOf(block.content, where, media) });
    } else if (block.type === 'thinking') parts.thoughts.push(textIn(block.signature, where));
    else if (block.type === 'image' || block.type === 'document') media.push(sourceOf(block, where));
    else throw new Invalid(where, `${where}: Input tag '${String(block.type)}' found`);
  }
  return parts;
};

const idIn = (id: unknown, where: string): string => {
  if (!/^[a-zA-Z0-9_-]+$/.test(textIn(id, where))) throw new Invalid(where, `${where}.id: pattern`);
  return String(id);
};

const resultOf = (content: unknown, where: string, media: Media): string =>
  content === undefined ? '' : partsOf(content, where, media).texts.join('');

const sourceOf = ({ source }: Json, where: string): { type: string; data: string } => {
  if (!isJson(source)) throw new Invalid(where, `${where}.source: Field required`);
  if (source.type === 'url') return { type: textIn(source.url, where), data: '' };
  return { type: textIn(source.media_type, where), data: textIn(source.data, where) };
};

const systemOf = (system: unknown): string => {
  if (system === undefined) return '';
  if (typeof system === 'string') return system;
  return objectsIn(system, 'system')
    .map(({ text }) => textIn(text, 'system'))
    .join('\n');
};

const toolOf = (tool: Json) => {
  if (!isJson(tool.input_schema)) throw new Invalid('tools', 'tools: input_schema: Field required');
  const description = String(tool.description ?? '');
  return { name: textIn(tool.name, 'tools'), description, schema: tool.input_schema };
};

const choiceOf = (choice: unknown, tools: number): string => {
  if (choice === undefined || !isJson(choice)) return '';
  if (tools === 0)
    throw new Invalid('tool_choice', 'tool_choice may only be specified while providing tools');
  if (choice.type === 'tool') return textIn(choice.name, 'tool_choice');
  if (choice.type === 'none') return 'none';
  if (choice.type !== 'auto' && choice.type !== 'any')
    throw new Invalid('tool_choice', 'tool_choice: Input tag');
  return '';
};

const schemaOf = (body: Json): Json | undefined => {
  const format = isJson(body.output_config)
    ? (body.output_config.format ?? body.output_format)
    : body.output_format;
  if (!isJson(format)) return undefined;
  if (format.type !== 'json_schema' || !isJson(format.schema))
    throw new Invalid('output_config', 'no schema');
  return format.schema;
};

/** What is read from the cache, and written to it, is no part of Anthropic's `input_tokens`. */
const usage = {
  input_tokens: COUNTED.input - COUNTED.cacheRead - COUNTED.cacheWritten,
  cache_creation_input_tokens: COUNTED.cacheWritten,
  cache_read_input_tokens: COUNTED.cacheRead,
  cache_creation: { ephemeral_5m_input_tokens: COUNTED.cacheWritten, ephemeral_1h_input_tokens: 0 },
  output_tokens: COUNTED.output,
  output_tokens_details: { thinking_tokens: COUNTED.reasoning },
  service_tier: 'standard',
  inference_geo: 'global',
};

const headOf = (turn: Turn) => ({
  model: turn.model,
  id: 'msg_01CD3XaZfhNabxRt1SG5ybtK',
  type: 'message',
  role: 'assistant',
});

const stopOf = ({ calls, short }: Answer) => ({
  stop_reason: calls.length > 0 ? 'tool_use' : short === true ? 'max_tokens' : 'end_turn',
  stop_sequence: null,
  stop_details: null,
});

const blocksOf = ({ thinking, words, calls }: Answer): Json[] => [
  ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: SIGNATURE }]),
  ...(words.length === 0 ? [] : [{ type: 'text', text: words.join('') }]),
  ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: JSON.parse(args) })),
];

/** The answer on the wire. */
export const writeMessages = (turn: Turn, answer: Answer): Scripted =>
  turn.stream
    ? { sse: messageEvents(turn, answer) }
    : json({ ...headOf(turn), content: blocksOf(answer), ...stopOf(answer), usage });

const named = (type: string, value: Json = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...value }).slice(0, -1)}      }\n\n`;

/** The events of a stream to its end. */
export const messageEvents = (turn: Turn, answer: Answer): string[] => {
  const delta = (index: number, value: Json): string => named('content_block_delta', { index, delta: value });
  const started = (index: number, block: Json): string =>
    named('content_block_start', { index, content_block: block });
  const first = { ...usage, output_tokens: 1, output_tokens_details: undefined };
  const message = { ...headOf(turn), content: [], ...stopOf(answer), stop_reason: null, usage: first };
  const blocks = blocksOf(answer).flatMap((block, index) => {
    const done = named('content_block_stop', { index });
    if (block.type === 'thinking') {
      const pieces = answer.thinking.split(/(?<=\s)/u);
      return [
        started(index, { type: 'thinking', thinking: '', signature: '' }),
        named('ping'),
        ...pieces.map((thinking) => delta(index, { type: 'thinking_delta', thinking })),
        delta(index, { type: 'signature_delta', signature: SIGNATURE }),
        done,
      ];
    }
    if (block.type === 'text')
      return [
        started(index, { type: 'text', text: '' }),
        named('ping'),
        ...answer.words.map((text) => delta(index, { type: 'text_delta', text })),
        done,
      ];
    const pieces = ['', ...cutInto(JSON.stringify(block.input), 6)];
    return [
      started(index, { ...block, input: {} }),
      ...pieces.map((partial_json) => delta(index, { type: 'input_json_delta', partial_json })),
      done,
    ];
  });
  return [
    named('message_start', { message }),
    ...blocks,
    named('message_delta', { delta: stopOf(answer), usage }),
    named('message_stop'),
  ];
};
