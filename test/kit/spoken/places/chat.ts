/**
 * Where text stands in OpenAI's chat completions.
 */
import { chunk, completion, ENDING } from '../chat.ts';
import type { Answering, Json, Places } from '../spoken.ts';
import { notHere } from '../spoken.ts';
import { logprobsOf, openaiTrouble, PDF, schemaOf } from './shared.ts';

const user = (content: unknown): Json => ({ role: 'user', content });
const chat = (...messages: readonly unknown[]): Json => ({ model: 'small', messages });
const asking = (more: Json): Json => ({ ...chat(user('x')), ...more });
const tool = (more: Json): Json =>
  asking({ tools: [{ type: 'function', function: { name: 'f', ...more } }] });
const call = (args: string): Json => ({
  id: 'call_1',
  type: 'function',
  function: { name: 'f', arguments: args },
});
const result = (content: unknown): Json => ({ role: 'tool', tool_call_id: 'call_1', content });
const custom = { id: 'call_1', type: 'custom', custom: { name: 'f', input: 'x' } };

const streamed = (pieces: readonly string[], delta: (piece: string) => string): readonly string[] => [
  chunk({ role: 'assistant', content: '' }),
  ...pieces.map(delta),
  ...ENDING,
];

/** A text that grows under one name in the message and its deltas. */
const growing = (...names: readonly string[]): Answering => {
  const said = (text: string): Json => Object.fromEntries(names.map((name) => [name, text]));
  return {
    whole: (text) => completion({ content: 'x', ...said(text) }),
    stream: (pieces) => streamed(pieces, (piece) => chunk(said(piece))),
  };
};

const annotation = (text: string): Json => ({
  type: 'url_citation',
  url_citation: { start_index: 0, end_index: 1, title: text, url: 'https://example.com/' },
});

export const chatPlaces: Places = {
  asks: {
    system: (text) => [
      chat({ role: 'system', content: text }, user('x')),
      chat({ role: 'developer', content: [{ type: 'text', text }] }, user('x')),
      chat(user('x'), { role: 'assistant', content: 'y' }, { role: 'system', content: text }, user('z')),
    ],
    text: (text) => [chat(user(text)), chat(user([{ type: 'text', text }]))],
    'other parts': (text) => [
      chat(
        user([
          { type: 'text', text: 'x' },
          { type: 'later_part', later: { text } },
        ]),
      ),
      chat(user([{ type: 'image_url', image_url: { url: `https://example.com/${text}` } }])),
      chat(user([{ type: 'file', file: { filename: 'a.txt', file_data: `data:text/plain,${text}` } }])),
    ],
    assistant: (text) => [
      chat(user('x'), { role: 'assistant', content: text }, user('y')),
      chat(user('x'), { role: 'assistant', content: [{ type: 'refusal', refusal: text }] }, user('y')),
      chat(user('x'), { role: 'assistant', content: null, refusal: text }, user('y')),
    ],
    reasoning: (text) => [
      chat(user('x'), { role: 'assistant', content: 'y', reasoning_content: text }, user('z')),
      chat(
        user('x'),
        {
          role: 'assistant',
          content: 'y',
          thinking_blocks: [{ type: 'thinking', thinking: text, signature: 'c2lnbmF0dXJl' }],
        },
        user('z'),
      ),
    ],
    'tool definitions': (text) => [
      tool({ description: text, parameters: { type: 'object', properties: {} } }),
      tool({ parameters: schemaOf(text) }),
      asking({
        functions: [{ name: 'f', description: text, parameters: { type: 'object', properties: {} } }],
      }),
      asking({ tools: [{ type: 'custom', custom: { name: 'f', description: text } }] }),
    ],
    'tool arguments': (text) => [
      chat(
        user('x'),
        { role: 'assistant', content: null, tool_calls: [call(JSON.stringify({ a: [text] }))] },
        result('y'),
      ),
      chat(
        user('x'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ ...custom, custom: { name: 'f', input: text } }],
        },
        result('y'),
      ),
    ],
    'tool results': (text) => [
      chat(user('x'), { role: 'assistant', content: null, tool_calls: [call('{}')] }, result(text)),
      chat(
        user('x'),
        { role: 'assistant', content: null, tool_calls: [call('{}')] },
        result([{ type: 'text', text }]),
      ),
    ],
    schema: (text) => [
      asking({
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'a', description: text, schema: schemaOf(text) },
        },
      }),
    ],
    lists: notHere('its texts stand in messages'),
    suffix: (text) => [asking({ prediction: { type: 'content', content: text } })],
    'names of files': (text) => [
      chat(
        user([{ type: 'file', file: { filename: text, file_data: `data:application/pdf;base64,${PDF}` } }]),
      ),
    ],
    metadata: (text) => [
      asking({ metadata: { about: text } }),
      asking({ prompt_cache_key: text.split(' ')[2] ?? text }),
      chat({ ...user('x'), name: text }),
    ],
    'end user': (text) => [asking({ user: text }), asking({ safety_identifier: text })],
    stop: (text) => [asking({ stop: [text] }), asking({ stop: text })],
    'unknown fields': (text) => [
      asking({ later: { deep: [text] } }),
      chat({ ...user('x'), later: { deep: [text] } }),
    ],
    keys: (text) => [asking({ metadata: { [text]: 'x' } }), asking({ later: { [text]: 'x' } })],
  },
  answers: {
    content: growing('content'),
    reasoning: growing('reasoning_content', 'reasoning'),
    refusal: growing('refusal'),
    'tool arguments': {
      whole: (text) => completion({ tool_calls: [call(JSON.stringify({ a: text }))] }),
      stream: (pieces) => [
        chunk({ role: 'assistant', content: null, tool_calls: [{ index: 0, ...call('{"a":"') }] }),
        ...[...pieces, '"}'].map((args) =>
          chunk({ tool_calls: [{ index: 0, function: { arguments: args } }] }),
        ),
        ...ENDING,
      ],
    },
    logprobs: {
      whole: (text) =>
        completion({ content: text }, { logprobs: { content: logprobsOf([...text]), refusal: null } }),
      stream: (pieces) =>
        streamed(pieces, (content) =>
          chunk({ content }, { logprobs: { content: logprobsOf([content]), refusal: null } }),
        ),
    },
    annotations: {
      whole: (text) => completion({ content: 'x', annotations: [annotation(text)] }),
      stream: (pieces) =>
        streamed(['x'], (content) => chunk({ content, annotations: [annotation(pieces.join(''))] })),
    },
    'unknown fields': growing('later'),
  },
  trouble: openaiTrouble(
    (message) =>
      `data: ${JSON.stringify({ error: { message, type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } })}\n\n`,
  ),
};
