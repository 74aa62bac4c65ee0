/**
 * OpenAI's chat completions on the wire.
 */
import { completions } from './plain.ts';
import type { Spoken } from './spoken.ts';
import { PNG, valuesIn } from './spoken.ts';

const USAGE = {
  prompt_tokens: 19,
  completion_tokens: 10,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 0 },
};

const head = {
  id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
  created: 1741569952,
  model: 'upstream-small',
  service_tier: 'default',
  system_fingerprint: 'fp_scripted',
};

/** One event with a delta. */
export const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }],
    usage: null,
  })}\n\n`;

/** What every stream ends with. */
export const ENDING: readonly string[] = [
  chunk({}, { finish_reason: 'stop' }),
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage: USAGE })}\n\n`,
  'data: [DONE]\n\n',
];

/** A whole reply with that message. */
export const completion = (message: object, more: object = {}): string =>
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, annotations: [], ...message },
        logprobs: null,
        finish_reason: 'stop',
        ...more,
      },
    ],
    usage: USAGE,
  });

const call = (text: string) => ({ id: 'call_1', type: 'function', function: { name: 'f', arguments: text } });

const user = (content: unknown, more: object = {}) => ({ messages: [{ role: 'user', content }], ...more });
const plain = (more: object) => ({ model: 'small', ...user('x'), ...more });

export const chat: Spoken = {
  dialect: 'openai-chat',
  path: '/v1/chat/completions',
  upstreamPath: '/v1/chat/completions',
  endpoint: 'chat',
  headers: {},
  keyHeader: 'authorization',
  body: (text, more = {}) => ({ model: 'small', ...user(text), temperature: 0.5, ...more }),
  // Usage is asked for already, so that the body stays as it is.
  streamed: { stream: true, stream_options: { include_usage: true } },
  unstreamed: {},
  whole: (text) => completion({ content: text, reasoning_content: text, tool_calls: [call(text)] }),
  stream: (pieces) => [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...pieces.map((reasoning_content) => chunk({ reasoning_content })),
    chunk({ tool_calls: [{ index: 0, ...call('') }] }),
    // A text and a call side by side, and a field nobody knew yesterday.
    ...pieces.flatMap((text) => [
      chunk({ content: text }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
      chunk({ later: text }),
    ]),
    ...ENDING,
  ],
  streamType: 'text/event-stream; charset=utf-8',
  said: (reply) =>
    JSON.parse(reply).choices.flatMap(({ message }: { message: Said }) =>
      [
        message.content,
        message.reasoning_content,
        ...(message.tool_calls ?? []).map((made) => made.function.arguments),
      ].filter((text) => typeof text === 'string'),
    ),
  saidIn: (stream) => {
    const texts: Record<string, string> = {};
    for (const { choices } of valuesIn(stream)) {
      const delta = choices?.[0]?.delta ?? {};
      for (const name of ['content', 'reasoning_content', 'later'])
        if (delta[name]) texts[name] = (texts[name] ?? '') + delta[name];
      const made = delta.tool_calls?.[0]?.function?.arguments;
      if (made) texts.made = (texts.made ?? '') + made;
    }
    return Object.values(texts);
  },
  usage: { input_tokens: 19, output_tokens: 10, cached_input_tokens: 4, reasoning_tokens: 3 },
  error: completions.error,
  mustBeError: completions.mustBeError,
  errorIn: completions.errorIn,
  ends: completions.ends,
  unreadable: [
    [
      'an image',
      user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } }]),
    ],
    ['sound', user([{ type: 'input_audio', input_audio: { data: PNG, format: 'wav' } }])],
    [
      'a file',
      user([{ type: 'file', file: { filename: 'a', file_data: `data:application/pdf;base64,${PNG}` } }]),
    ],
  ],
  malformed: [
    ['no model', user('x'), 'model'],
    ['a model of a number', plain({ model: 7 }), 'model'],
    ['no messages', { model: 'small' }, 'messages'],
    ['messages of text', plain({ messages: 'x' }), 'messages'],
    ['no message at all', plain({ messages: [] }), 'messages'],
    ['a message of text', plain({ messages: ['x'] }), 'messages[0]'],
    ['a message without a role', plain({ messages: [{ content: 'x' }] }), 'messages[0].role'],
    ['a role of a number', plain({ messages: [{ role: 1, content: 'x' }] }), 'messages[0].role'],
    ['a stream of text', plain({ stream: 'true' }), 'stream'],
    ['stream_options of text', plain({ stream_options: 'x' }), 'stream_options'],
  ],
};

type Said = {
  readonly content?: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[];
};
