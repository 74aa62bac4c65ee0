/**
 * OpenAI's completions and embeddings on the wire.
 */
import { responses } from './responses.ts';
import type { Spoken } from './spoken.ts';
import { PNG, valuesIn } from './spoken.ts';

const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };

const completion = (text: string, finish: string | null, more: object = {}) => ({
  id: 'cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7',
  object: 'text_completion',
  created: 1589478378,
  model: 'upstream-small',
  choices: [{ text, index: 0, logprobs: null, finish_reason: finish }],
  ...more,
});
const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

/** The same errors as those of responses. */
const { keyHeader, error, mustBeError } = responses;

export const completions: Spoken = {
  dialect: 'openai-completions',
  path: '/v1/completions',
  upstreamPath: '/v1/completions',
  endpoint: 'completions',
  headers: {},
  keyHeader,
  body: (text, more = {}) => ({ model: 'small', prompt: text, max_tokens: 7, ...more }),
  // Usage is asked for already, so that the body stays as it is.
  streamed: { stream: true, stream_options: { include_usage: true } },
  unstreamed: {},
  whole: (text) => JSON.stringify(completion(text, 'length', { usage: USAGE })),
  stream: (pieces) => [
    ...pieces.map((text) => event(completion(text, null, { usage: null }))),
    event(completion('', 'stop', { usage: null })),
    event({ ...completion('', null), choices: [], usage: USAGE }),
    'data: [DONE]\n\n',
  ],
  streamType: 'text/event-stream',
  said: (reply) => JSON.parse(reply).choices.map(({ text }: { text: string }) => text),
  saidIn: (stream) => [
    valuesIn(stream)
      .map(({ choices }) => choices?.[0]?.text ?? '')
      .join(''),
  ],
  usage: { input_tokens: 5, output_tokens: 7 },
  error,
  mustBeError,
  errorIn: (stream) => /data: (\{"error".*)\n\n$/.exec(stream)?.[1],
  ends: (stream) => stream.includes('[DONE]'),
  unreadable: [
    ['tokens', { prompt: [15339, 1917] }],
    ['lists of tokens', { prompt: [[15339], [1917]] }],
  ],
  malformed: [
    ['no model', { prompt: 'x' }, 'model'],
    ['no prompt', { model: 'small' }, 'prompt'],
    ['a prompt of nothing', { model: 'small', prompt: [] }, 'prompt'],
    ['a prompt of objects', { model: 'small', prompt: [{}] }, 'prompt'],
    ['a stream of text', { model: 'small', prompt: 'x', stream: 'true' }, 'stream'],
    ['stream_options of text', { model: 'small', prompt: 'x', stream_options: 'x' }, 'stream_options'],
  ],
};

export const embeddings: Spoken = {
  ...completions,
  dialect: 'openai-embeddings',
  path: '/v1/embeddings',
  upstreamPath: '/v1/embeddings',
  endpoint: 'embeddings',
  body: (text, more = {}) => ({ model: 'small', input: [text], encoding_format: 'base64', ...more }),
  streamed: {},
  whole: () =>
    JSON.stringify({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: PNG },
        { object: 'embedding', index: 1, embedding: [0.0023064255, -0.009327292] },
      ],
      model: 'upstream-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    }),
  stream: null,
  said: () => [],
  usage: { input_tokens: 8, output_tokens: 0 },
  unreadable: [
    ['tokens', { input: [15339, 1917] }],
    ['lists of tokens', { input: [[15339], [1917]] }],
  ],
  malformed: [
    ['no model', { input: 'x' }, 'model'],
    ['no input', { model: 'small' }, 'input'],
    ['an input of a number', { model: 'small', input: 7 }, 'input'],
    ['an input of objects', { model: 'small', input: [{}] }, 'input'],
  ],
};
