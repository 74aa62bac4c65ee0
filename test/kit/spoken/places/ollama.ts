/**
 * Where text stands in Ollama's API.
 */
import type { Answering, Json, Places, Trouble } from '../spoken.ts';
import { notHere } from '../spoken.ts';
import { logprobsOf, schemaOf } from './shared.ts';

const user = (content: string, more: Json = {}): Json => ({ role: 'user', content, ...more });
const said = (content: string, more: Json = {}): Json => ({ role: 'assistant', content, ...more });
const chat = (...messages: readonly Json[]): Json => ({ model: 'small', messages });
const asking = (more: Json): Json => ({ ...chat(user('x')), ...more });
const call = (args: Json): Json => ({ tool_calls: [{ function: { name: 'f', arguments: args } }] });
const result = (content: string): Json => ({ role: 'tool', content, tool_name: 'f' });
const tool = (more: Json): Json =>
  asking({ tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, ...more } }] });
const generate = (more: Json): Json => ({ model: 'small', prompt: 'x', ...more });
const embed = (more: Json): Json => ({ model: 'small', input: 'x', ...more });
const embedOne = (more: Json): Json => ({ model: 'small', prompt: 'x', ...more });

const head = { model: 'upstream-small', created_at: '2026-08-04T08:52:19.385406455-07:00' };
const DONE = { done: true, done_reason: 'stop', total_duration: 5, prompt_eval_count: 26, eval_count: 290 };
const line = (value: Json): string => `${JSON.stringify({ ...head, done: false, ...value })}\n`;

/** A reply whose lines are made by `line`; its last says nothing. */
const lined = (said: (words: string) => Json, last: Json): Answering => ({
  whole: (words) => JSON.stringify({ ...head, ...said(words), ...DONE }),
  stream: (pieces) => [...pieces.map((piece) => line(said(piece))), line({ ...last, ...DONE })],
});
const SILENT = { message: said('') };
const message = (more: (words: string) => Json): Answering =>
  lined((words) => ({ message: said('', more(words)) }), SILENT);

const trouble: Trouble = {
  error: (_, message) => JSON.stringify({ error: message }),
  // It has no word for what kind of error it is.
  frame: { status: 502, text: (message) => `${JSON.stringify({ error: message })}\n` },
};

const noTools = notHere('it knows no tools');
const noMessages = notHere('it has no messages');
const noReply = notHere('its reply is made of numbers');
const nothingMade = notHere('nothing is generated');
const noUser = notHere('it does not ask who uses it');

export const ollamaChatPlaces: Places = {
  asks: {
    system: (words) => [
      chat({ role: 'system', content: words }, user('x')),
      chat(user('x'), said('y'), { role: 'system', content: words }, user('z')),
    ],
    text: (words) => [chat(user(words))],
    'other parts': (words) => [chat(user('x', { later_part: { words } }))],
    assistant: (words) => [chat(user('x'), said(words), user('y'))],
    reasoning: (words) => [chat(user('x'), said('y', { thinking: words }), user('z'))],
    'tool definitions': (words) => [tool({ description: words }), tool({ parameters: schemaOf(words) })],
    'tool arguments': (words) => [chat(user('x'), said('', call({ a: [words] })), result('y'))],
    'tool results': (words) => [chat(user('x'), said('', call({})), result(words))],
    schema: (words) => [asking({ format: schemaOf(words) })],
    lists: notHere('its texts stand in messages'),
    suffix: notHere('it takes nothing that an answer should end with'),
    'names of files': notHere('its images have no names'),
    metadata: notHere('it takes none'),
    'end user': noUser,
    stop: (words) => [asking({ options: { stop: [words] } })],
    'unknown fields': (words) => [
      asking({ later: { deep: [words] } }),
      asking({ options: { later: words } }),
    ],
    keys: (words) => [
      asking({ later: { [words]: 'x' } }),
      chat(user('x'), said('', call({ [words]: 'x' })), result('y')),
    ],
  },
  answers: {
    content: lined((words) => ({ message: said(words) }), SILENT),
    reasoning: message((thinking) => ({ thinking })),
    refusal: notHere('a refusal is a text like any other'),
    'tool arguments': {
      whole: (words) => JSON.stringify({ ...head, message: said('', call({ a: words })), ...DONE }),
      stream: (pieces) => [
        line({ message: said('', call({ a: pieces.join('') })) }),
        line({ ...SILENT, ...DONE }),
      ],
    },
    logprobs: lined((words) => ({ message: said(words), logprobs: logprobsOf([...words]) }), SILENT),
    annotations: notHere('it has none'),
    'unknown fields': message((words) => ({ later: words })),
  },
  trouble,
};

export const ollamaGeneratePlaces: Places = {
  asks: {
    system: (words) => [generate({ system: words }), generate({ template: words })],
    text: (words) => [generate({ prompt: words })],
    'other parts': noMessages,
    assistant: noMessages,
    reasoning: noMessages,
    'tool definitions': noTools,
    'tool arguments': noTools,
    'tool results': noTools,
    schema: (words) => [generate({ format: schemaOf(words) })],
    lists: notHere('its prompt is one text'),
    suffix: (words) => [generate({ suffix: words })],
    'names of files': notHere('its images have no names'),
    metadata: notHere('it takes none'),
    'end user': noUser,
    stop: (words) => [generate({ options: { stop: [words] } })],
    'unknown fields': (words) => [generate({ later: { deep: [words] } })],
    keys: (words) => [generate({ later: { [words]: 'x' } })],
  },
  answers: {
    content: lined((response) => ({ response }), { response: '' }),
    reasoning: lined((thinking) => ({ response: '', thinking }), { response: '' }),
    refusal: notHere('a refusal is a text like any other'),
    'tool arguments': noTools,
    logprobs: lined((response) => ({ response, logprobs: logprobsOf([...response]) }), { response: '' }),
    annotations: notHere('it has none'),
    'unknown fields': lined((later) => ({ response: '', later }), { response: '' }),
  },
  trouble,
};

const silent = {
  content: noReply,
  reasoning: noReply,
  refusal: noReply,
  'tool arguments': noReply,
  logprobs: noReply,
  annotations: noReply,
} as const;

const numbersAsked = {
  system: noMessages,
  'other parts': noMessages,
  assistant: noMessages,
  reasoning: noMessages,
  'tool definitions': noTools,
  'tool arguments': noTools,
  'tool results': noTools,
  schema: nothingMade,
  suffix: nothingMade,
  'names of files': noMessages,
  metadata: notHere('it takes none'),
  'end user': noUser,
  stop: nothingMade,
} as const;

export const ollamaEmbedPlaces: Places = {
  asks: {
    ...numbersAsked,
    text: (words) => [embed({ input: words })],
    lists: (words) => [embed({ input: [words] }), embed({ input: ['x', words] })],
    'unknown fields': (words) => [embed({ later: { deep: [words] } })],
    keys: (words) => [embed({ later: { [words]: 'x' } })],
  },
  answers: {
    ...silent,
    'unknown fields': {
      whole: (words) =>
        JSON.stringify({
          model: 'upstream-small',
          embeddings: [[0.01, -0.0017]],
          prompt_eval_count: 8,
          later: words,
        }),
      stream: null,
    },
  },
  trouble: { ...trouble, frame: null },
  vectors: (texts) =>
    JSON.stringify({
      model: 'upstream-small',
      embeddings: Array.from({ length: texts }, () => [0.01, -0.0017]),
      prompt_eval_count: 8,
    }),
};

export const ollamaEmbeddingsPlaces: Places = {
  asks: {
    ...numbersAsked,
    text: (words) => [embedOne({ prompt: words })],
    lists: notHere('its prompt is one text'),
    'unknown fields': (words) => [embedOne({ later: { deep: [words] } })],
    keys: (words) => [embedOne({ later: { [words]: 'x' } })],
  },
  answers: {
    ...silent,
    'unknown fields': {
      whole: (words) => JSON.stringify({ embedding: [0.56, 0.009], later: words }),
      stream: null,
    },
  },
  trouble: { ...trouble, frame: null },
};
