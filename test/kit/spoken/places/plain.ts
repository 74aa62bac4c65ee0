/**
 * Where text stands in OpenAI's completions and embeddings.
 */
import type { Json, Places } from '../spoken.ts';
import { notHere } from '../spoken.ts';
import { openaiTrouble } from './shared.ts';

const asking = (more: Json): Json => ({ model: 'small', prompt: 'x', max_tokens: 7, ...more });
const embedding = (more: Json): Json => ({ model: 'small', input: 'x', ...more });

const event = (value: Json): string => `data: ${JSON.stringify(value)}\n\n`;
const completion = (choice: Json, more: Json = {}): Json => ({
  id: 'cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7',
  object: 'text_completion',
  created: 1589478378,
  model: 'upstream-small',
  choices: [{ text: '', index: 0, logprobs: null, finish_reason: null, ...choice }],
  usage: null,
  ...more,
});
const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const whole = (choice: Json): string =>
  JSON.stringify(completion({ finish_reason: 'length', ...choice }, { usage: USAGE }));
const streamed = (choices: readonly Json[]): readonly string[] => [
  ...choices.map((choice) => event(completion(choice))),
  event(completion({ finish_reason: 'stop' })),
  event({ ...completion({}), choices: [], usage: USAGE }),
  'data: [DONE]\n\n',
];

/** Tokens with their probabilities as they were before chat. */
const logprobs = (tokens: readonly string[]): Json => ({
  tokens,
  token_logprobs: tokens.map(() => -0.1),
  top_logprobs: tokens.map((token) => ({ [token]: -0.1, ' and': -3.2 })),
  text_offset: tokens.map((_, at) => at),
});

const noTools = notHere('it knows no tools');
const noMessages = notHere('it has one text, and no messages');
const noReply = notHere('its reply is made of numbers');

export const completionsPlaces: Places = {
  asks: {
    system: noMessages,
    text: (words) => [asking({ prompt: words })],
    'other parts': noMessages,
    assistant: noMessages,
    reasoning: noMessages,
    'tool definitions': noTools,
    'tool arguments': noTools,
    'tool results': noTools,
    schema: notHere('it knows no schema'),
    lists: (words) => [asking({ prompt: [words] }), asking({ prompt: ['x', words] })],
    suffix: (words) => [asking({ suffix: words })],
    'names of files': noMessages,
    metadata: (words) => [asking({ metadata: { about: words } })],
    'end user': (words) => [asking({ user: words })],
    stop: (words) => [asking({ stop: [words] }), asking({ stop: words })],
    'unknown fields': (words) => [asking({ later: { deep: [words] } })],
    keys: (words) => [asking({ later: { [words]: 'x' } }), asking({ logit_bias: { [words]: 1 } })],
  },
  answers: {
    content: {
      whole: (text) => whole({ text }),
      stream: (pieces) => streamed(pieces.map((text) => ({ text }))),
    },
    reasoning: notHere('it tells of no reasoning'),
    refusal: notHere('a refusal is a text like any other'),
    'tool arguments': noTools,
    logprobs: {
      whole: (text) => whole({ text, logprobs: logprobs([...text]) }),
      stream: (pieces) => streamed(pieces.map((text) => ({ text, logprobs: logprobs([...text]) }))),
    },
    annotations: notHere('it has none'),
    'unknown fields': {
      whole: (words) => whole({ text: 'x', later: { words } }),
      stream: (pieces) => streamed(pieces.map((later) => ({ later }))),
    },
  },
  trouble: openaiTrouble((message) =>
    event({ error: { message, type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } }),
  ),
};

export const embeddingsPlaces: Places = {
  asks: {
    system: noMessages,
    text: (words) => [embedding({ input: words })],
    'other parts': noMessages,
    assistant: noMessages,
    reasoning: noMessages,
    'tool definitions': noTools,
    'tool arguments': noTools,
    'tool results': noTools,
    schema: notHere('it knows no schema'),
    lists: (words) => [embedding({ input: [words] }), embedding({ input: ['x', words] })],
    suffix: notHere('nothing is generated'),
    'names of files': noMessages,
    metadata: notHere('it takes none'),
    'end user': (words) => [embedding({ user: words })],
    stop: notHere('nothing is generated'),
    'unknown fields': (words) => [embedding({ later: { deep: [words] } })],
    keys: (words) => [embedding({ later: { [words]: 'x' } })],
  },
  answers: {
    content: noReply,
    reasoning: noReply,
    refusal: noReply,
    'tool arguments': noReply,
    logprobs: noReply,
    annotations: noReply,
    'unknown fields': {
      whole: (words) =>
        JSON.stringify({
          object: 'list',
          data: [{ object: 'embedding', index: 0, embedding: [0.0023, -0.0093], later: { words } }],
          model: 'upstream-small',
          usage: { prompt_tokens: 8, total_tokens: 8 },
        }),
      stream: null,
    },
  },
  trouble: openaiTrouble(null),
  vectors: (texts) =>
    JSON.stringify({
      object: 'list',
      data: Array.from({ length: texts }, (_, index) => ({
        object: 'embedding',
        index,
        embedding: [0.0023, -0.0093],
      })),
      model: 'upstream-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    }),
};
