/**
 * Anthropic's messages on the wire: what Claude Code sends, what the API answers.
 */
import { expect } from 'vitest';
import type { Spoken } from './spoken.ts';
import { named, PNG, valuesIn } from './spoken.ts';

const USAGE = {
  input_tokens: 3,
  cache_creation_input_tokens: 5,
  cache_read_input_tokens: 7,
  output_tokens: 11,
  service_tier: 'standard',
};

const message = (content: readonly object[], more: object = {}) => ({
  id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
  type: 'message',
  role: 'assistant',
  model: 'claude-upstream',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: USAGE,
  ...more,
});

const mustBeError: Spoken['mustBeError'] = (text, status) => {
  const body = JSON.parse(text);
  expect(body).toMatchObject({ type: 'error', request_id: expect.any(String) });
  expect(body.error.type).toMatch(/^[a-z_]+(?:_error|_too_large)$/);
  expect(body.error.message).toEqual(expect.any(String));
  const types: Record<number, string> = { 401: 'authentication_error', 403: 'permission_error' };
  if (types[status] !== undefined) expect(body.error.type).toBe(types[status]);
};

export const messages: Spoken = {
  dialect: 'anthropic-messages',
  path: '/v1/messages',
  upstreamPath: '/v1/messages',
  endpoint: 'chat',
  headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'effort-2025-11-24' },
  keyHeader: 'x-api-key',
  body: (text, more = {}) => ({
    model: 'small',
    max_tokens: 100,
    messages: [{ role: 'user', content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] }],
    ...more,
  }),
  streamed: { stream: true },
  unstreamed: {},
  whole: (text) => JSON.stringify(message([{ type: 'text', text }])),
  stream: (pieces) => [
    named('message_start', {
      message: message([], { stop_reason: null, usage: { ...USAGE, output_tokens: 1 } }),
    }),
    named('content_block_start', {
      index: 0,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    }),
    named('ping', {}),
    ...pieces.map((thinking) =>
      named('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking } }),
    ),
    named('content_block_delta', {
      index: 0,
      delta: { type: 'signature_delta', signature: 'Ab+/'.repeat(40) },
    }),
    named('content_block_stop', { index: 0 }),
    named('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
    named('content_block_start', {
      index: 2,
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} },
    }),
    // Two blocks at once, and one of a kind nobody knew yesterday.
    ...pieces.flatMap((text) => [
      named('content_block_delta', { index: 1, delta: { type: 'text_delta', text } }),
      named('content_block_delta', { index: 2, delta: { type: 'input_json_delta', partial_json: text } }),
      named('content_block_delta', { index: 3, delta: { type: 'later_delta', later: text } }),
    ]),
    named('content_block_stop', { index: 1 }),
    named('content_block_stop', { index: 2 }),
    named('content_block_stop', { index: 3 }),
    named('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 11 },
    }),
    named('message_stop', {}),
  ],
  streamType: 'text/event-stream; charset=utf-8',
  said: (reply) => JSON.parse(reply).content.map(({ text }: { text: string }) => text),
  saidIn: (stream) => {
    const texts: Record<string, string> = {};
    for (const event of valuesIn(stream))
      for (const name of ['thinking', 'text', 'partial_json', 'later'])
        if (event.delta?.[name] !== undefined) texts[name] = (texts[name] ?? '') + event.delta[name];
    return Object.values(texts);
  },
  usage: { input_tokens: 15, cached_input_tokens: 7, cache_write_input_tokens: 5, output_tokens: 11 },
  error: JSON.stringify({
    type: 'error',
    error: { type: 'invalid_request_error', message: 'max_tokens: too many' },
    request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
  }),
  mustBeError,
  errorIn: (stream) => /event: error\ndata: (.*)\n\n$/.exec(stream)?.[1],
  ends: (stream) => stream.includes('message_stop'),
  unreadable: [
    ['an image', said({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } })],
    ['hidden thinking', said({ type: 'redacted_thinking', data: PNG })],
    ['a signature', said({ type: 'thinking', thinking: 'so', signature: PNG })],
  ],
  malformed: [
    ['no model', { max_tokens: 1, messages: [{ role: 'user', content: 'x' }] }, 'model'],
    ['no max_tokens', { model: 'small', messages: [{ role: 'user', content: 'x' }] }, 'max_tokens'],
    ['a max_tokens of text', { ...plain(), max_tokens: '1' }, 'max_tokens'],
    ['no messages', { model: 'small', max_tokens: 1 }, 'messages'],
    ['messages of text', { ...plain(), messages: 'x' }, 'messages'],
    ['a message of text', { ...plain(), messages: ['x'] }, 'messages[0]'],
    ['a role of a number', { ...plain(), messages: [{ role: 1, content: 'x' }] }, 'messages[0].role'],
    ['a system of a number', { ...plain(), system: 7 }, 'system'],
    ['a system of an object', { ...plain(), system: { text: 'x' } }, 'system'],
    ['a system block of text', { ...plain(), system: ['x'] }, 'system[0]'],
    ['a stream of text', { ...plain(), stream: 'true' }, 'stream'],
    ['a thread', { ...plain(), thread: { type: 'create' } }, 'thread'],
    ['a container of before', { ...plain(), container: 'container_1' }, 'container'],
  ],
};

function said(block: object) {
  return { messages: [{ role: 'user', content: [block, { type: 'text', text: 'x' }] }] };
}

function plain() {
  return { model: 'small', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] };
}

/** Its count of tokens, which is no text at all. */
export const countTokens: Spoken = {
  ...messages,
  dialect: 'anthropic-count-tokens',
  path: '/v1/messages/count_tokens',
  upstreamPath: '/v1/messages/count_tokens',
  body: (text, more = {}) => ({ model: 'small', messages: [{ role: 'user', content: text }], ...more }),
  streamed: {},
  whole: () => '{"input_tokens": 2095}',
  stream: null,
  said: () => [],
  usage: null,
  malformed: messages.malformed.filter(([, , param]) => param !== 'max_tokens' && param !== 'stream'),
};
