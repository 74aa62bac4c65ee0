/**
 * Where text stands in Anthropic's messages, and in what is counted of them.
 */
import type { Answering, Asking, Json, Places } from '../spoken.ts';
import { isNotHere, named, notHere, PNG } from '../spoken.ts';
import { PDF, schemaOf } from './shared.ts';

const user = (content: unknown): Json => ({ role: 'user', content });
const said = (content: unknown): Json => ({ role: 'assistant', content });
const conversation = (...messages: readonly unknown[]): Json => ({
  model: 'small',
  max_tokens: 100,
  messages,
});
const asking = (more: Json): Json => ({ ...conversation(user('x')), ...more });
const text = (words: string): Json => ({ type: 'text', text: words });
const use = (input: Json): Json => ({ type: 'tool_use', id: 'toolu_1', name: 'f', input });
const result = (content: unknown, more: Json = {}): Json => ({
  type: 'tool_result',
  tool_use_id: 'toolu_1',
  content,
  ...more,
});
const document = (source: Json, more: Json = {}): Json => ({ type: 'document', source, ...more });
const pdf = { type: 'base64', media_type: 'application/pdf', data: PDF };

const usage = { input_tokens: 3, output_tokens: 11 };
const message = (content: readonly Json[], more: Json = {}): Json => ({
  id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
  type: 'message',
  role: 'assistant',
  model: 'claude-upstream',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
  ...more,
});

const streamed = (inner: readonly string[], last: Json = {}): readonly string[] => [
  named('message_start', {
    message: message([], { stop_reason: null, usage: { ...usage, output_tokens: 1 } }),
  }),
  ...inner,
  named('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null, ...last },
    usage: { output_tokens: 11 },
  }),
  named('message_stop', {}),
];

const block = (start: Json, deltas: readonly Json[]): readonly string[] => [
  named('content_block_start', { index: 0, content_block: start }),
  ...deltas.map((delta) => named('content_block_delta', { index: 0, delta })),
  named('content_block_stop', { index: 0 }),
];

/** A block that grows by its deltas. */
const growing = (whole: (words: string) => Json, start: Json, delta: (piece: string) => Json): Answering => ({
  whole: (words) => JSON.stringify(message([whole(words)])),
  stream: (pieces) => streamed(block(start, pieces.map(delta))),
});

const citation = (words: string): Json => ({
  type: 'char_location',
  cited_text: words,
  document_index: 0,
  document_title: words,
  start_char_index: 0,
  end_char_index: 5,
});
const details = (words: string): Json => ({
  stop_reason: 'refusal',
  stop_details: { type: 'refusal', category: null, explanation: words },
});
const signature = 'Ab+/'.repeat(40);

const asks: Places['asks'] = {
  system: (words) => [
    asking({ system: words }),
    asking({ system: [text(words)] }),
    conversation(user('x'), said('y'), { role: 'system', content: words }, user('z')),
  ],
  text: (words) => [conversation(user(words)), conversation(user([text(words)]))],
  'other parts': (words) => [
    conversation(user([document({ type: 'text', media_type: 'text/plain', data: words })])),
    conversation(user([document({ type: 'content', content: [text(words)] }), text('x')])),
    conversation(user([{ type: 'search_result', source: words, title: words, content: [text(words)] }])),
    conversation(user([{ type: 'image', source: { type: 'url', url: `https://example.com/${words}` } }])),
    conversation(user([{ type: 'later_block', later: { words } }, text('x')])),
  ],
  assistant: (words) => [
    conversation(user('x'), said(words), user('y')),
    conversation(user('x'), said([{ ...text(words), citations: [citation(words)] }]), user('y')),
  ],
  reasoning: (words) => [
    conversation(
      user('x'),
      said([{ type: 'thinking', thinking: words, signature: PNG }, text('y')]),
      user('z'),
    ),
  ],
  'tool definitions': (words) => [
    asking({ tools: [{ name: 'f', description: words, input_schema: { type: 'object' } }] }),
    asking({ tools: [{ name: 'f', input_schema: schemaOf(words) }] }),
    asking({
      tools: [
        {
          type: 'web_search_20250305',
          name: 'web_search',
          user_location: { type: 'approximate', city: words },
        },
      ],
    }),
  ],
  'tool arguments': (words) => [conversation(user('x'), said([use({ a: [words] })]), user([result('y')]))],
  'tool results': (words) => [
    conversation(user('x'), said([use({})]), user([result(words)])),
    conversation(user('x'), said([use({})]), user([result([text(words)], { is_error: true }), text('y')])),
  ],
  schema: (words) => [
    asking({ output_config: { format: { type: 'json_schema', schema: schemaOf(words) } } }),
    asking({ output_format: { type: 'json_schema', schema: schemaOf(words) } }),
  ],
  lists: notHere('its texts stand in messages'),
  suffix: notHere('it takes nothing that an answer should end with'),
  'names of files': (words) => [
    conversation(user([document(pdf, { title: words, context: words }), text('x')])),
  ],
  metadata: (words) => [asking({ metadata: { later: words } })],
  'end user': (words) => [asking({ metadata: { user_id: words } })],
  stop: (words) => [asking({ stop_sequences: [words] })],
  'unknown fields': (words) => [
    asking({ later: { deep: [words] } }),
    conversation(user([{ ...text('x'), later: { deep: [words] } }])),
  ],
  keys: (words) => [
    asking({ later: { [words]: 'x' } }),
    conversation(user('x'), said([use({ [words]: 'x' })]), user([result('y')])),
  ],
};

export const messagesPlaces: Places = {
  asks,
  answers: {
    content: growing(text, text(''), (piece) => ({ type: 'text_delta', text: piece })),
    reasoning: growing(
      (thinking) => ({ type: 'thinking', thinking, signature }),
      { type: 'thinking', thinking: '', signature: '' },
      (thinking) => ({ type: 'thinking_delta', thinking }),
    ),
    refusal: {
      whole: (words) => JSON.stringify(message([text('x')], details(words))),
      stream: (pieces) =>
        streamed(block(text(''), [{ type: 'text_delta', text: 'x' }]), details(pieces.join(''))),
    },
    'tool arguments': {
      whole: (words) => JSON.stringify(message([use({ a: words })], { stop_reason: 'tool_use' })),
      stream: (pieces) =>
        streamed(
          block(
            use({}),
            ['{"a":"', ...pieces, '"}'].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
          ),
          { stop_reason: 'tool_use' },
        ),
    },
    logprobs: notHere('it gives no probabilities'),
    annotations: {
      whole: (words) => JSON.stringify(message([{ ...text('x'), citations: [citation(words)] }])),
      stream: (pieces) =>
        streamed(
          block({ ...text(''), citations: [] }, [
            { type: 'text_delta', text: 'x' },
            { type: 'citations_delta', citation: citation(pieces.join('')) },
          ]),
        ),
    },
    'unknown fields': growing(
      (words) => ({ type: 'later_block', later: { words } }),
      { type: 'later_block', later: '' },
      (later) => ({ type: 'later_delta', later }),
    ),
  },
  trouble: {
    error: (status, words) =>
      JSON.stringify({
        type: 'error',
        error: { type: status >= 500 ? 'api_error' : 'invalid_request_error', message: words },
        request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
      }),
    frame: {
      status: 529,
      text: (words) =>
        named('error', { error: { type: 'overloaded_error', message: words }, request_id: 'req_1' }),
    },
  },
};

const uncounted = ({ max_tokens: _, ...body }: Json): Json => body;

const counting =
  (asking: Asking): Asking =>
  (words) =>
    asking(words).map(uncounted);

const noReply = notHere('its reply is a number');

export const countPlaces: Places = {
  asks: Object.fromEntries(
    Object.entries(asks).map(([place, asking]) => [place, isNotHere(asking) ? asking : counting(asking)]),
  ) as Places['asks'], // the same places
  answers: {
    content: noReply,
    reasoning: noReply,
    refusal: noReply,
    'tool arguments': noReply,
    logprobs: noReply,
    annotations: noReply,
    'unknown fields': {
      whole: (words) => JSON.stringify({ input_tokens: 2095, later: { words } }),
      stream: null,
    },
  },
  trouble: { ...messagesPlaces.trouble, frame: null },
};
