/**
 * Ollama's API on the wire: lines of JSON that end with `done`.
 */
import { expect } from 'vitest';
import type { Spoken } from './spoken.ts';
import { PNG, valuesIn } from './spoken.ts';

const COUNTS = {
  total_duration: 5_043_500_667,
  load_duration: 5_025_959,
  prompt_eval_count: 26,
  prompt_eval_duration: 325_953_000,
  eval_count: 290,
  eval_duration: 4_709_213_000,
};

const head = { model: 'upstream-small', created_at: '2026-08-04T08:52:19.385406455-07:00' };
const line = (value: object): string => `${JSON.stringify({ ...head, ...value })}\n`;

const mustBeError: Spoken['mustBeError'] = (text) => {
  const body = JSON.parse(text);
  expect(Object.keys(body)).toEqual(['error']);
  expect(body.error).toEqual(expect.any(String));
};

/** What all of them have alike. */
const family = {
  headers: {},
  keyHeader: 'authorization',
  streamed: {},
  unstreamed: { stream: false },
  streamType: 'application/x-ndjson',
  usage: { input_tokens: 26, output_tokens: 290 },
  error: '{"error":"model \'x\' not found"}',
  mustBeError,
  errorIn: (stream: string) => /^ *(\{"error":.*\})\n$/m.exec(stream.split('\n').slice(-2).join('\n'))?.[1],
  ends: (stream: string) => /"done":true/.test(stream),
  unreadable: [],
} as const;

const call = (text: string) => ({ tool_calls: [{ function: { name: 'f', arguments: { deep: [text] } } }] });

const textsIn = (values: readonly ReturnType<typeof JSON.parse>[]): string[] => {
  const pieces: Record<string, string> = {};
  const calls: string[] = [];
  for (const { message, response, thinking } of values) {
    for (const [name, text] of Object.entries({ ...message, response, thinking }))
      if (['content', 'thinking', 'response', 'later'].includes(name) && typeof text === 'string')
        pieces[name] = (pieces[name] ?? '') + text;
    for (const { function: made } of message?.tool_calls ?? []) calls.push(...made.arguments.deep);
  }
  return [...Object.values(pieces).filter((text) => text !== ''), ...calls];
};

export const ollamaChat: Spoken = {
  ...family,
  dialect: 'ollama-chat',
  path: '/api/chat',
  upstreamPath: '/api/chat',
  endpoint: 'chat',
  body: (text, more = {}) => ({
    model: 'small',
    messages: [{ role: 'user', content: text }],
    options: { temperature: 0.5 },
    ...more,
  }),
  whole: (text) =>
    JSON.stringify({
      ...head,
      message: { role: 'assistant', content: text, thinking: text, ...call(text) },
      done: true,
      done_reason: 'stop',
      ...COUNTS,
    }),
  stream: (pieces) => [
    ...pieces.map((thinking) =>
      line({ message: { role: 'assistant', content: '', thinking, later: thinking }, done: false }),
    ),
    line({ message: { role: 'assistant', content: '', ...call(pieces.join('')) }, done: false }),
    ...pieces.map((content) => line({ message: { role: 'assistant', content }, done: false })),
    line({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', ...COUNTS }),
  ],
  said: (reply) => textsIn([JSON.parse(reply)]),
  saidIn: (stream) => textsIn(valuesIn(stream)),
  unreadable: [['an image', { messages: [{ role: 'user', content: 'x', images: [PNG] }] }]],
  malformed: [
    ['no model', { messages: [{ role: 'user', content: 'x' }] }, 'model'],
    ['messages of text', { model: 'small', messages: 'x' }, 'messages'],
    ['a message of text', { model: 'small', messages: ['x'] }, 'message'],
    ['a role of a number', { model: 'small', messages: [{ role: 1, content: 'x' }] }, 'role'],
    ['a stream of text', { model: 'small', messages: [], stream: 'no' }, 'stream'],
  ],
};

export const ollamaGenerate: Spoken = {
  ...family,
  dialect: 'ollama-generate',
  path: '/api/generate',
  upstreamPath: '/api/generate',
  endpoint: 'completions',
  body: (text, more = {}) => ({ model: 'small', prompt: text, ...more }),
  whole: (text) =>
    JSON.stringify({ ...head, response: text, done: true, done_reason: 'stop', context: [1, 2], ...COUNTS }),
  stream: (pieces) => [
    ...pieces.map((thinking) => line({ response: '', thinking, done: false })),
    ...pieces.map((response) => line({ response, done: false })),
    line({ response: '', done: true, done_reason: 'stop', context: [1, 2, 3], ...COUNTS }),
  ],
  said: (reply) => textsIn([JSON.parse(reply)]),
  saidIn: (stream) => textsIn(valuesIn(stream)),
  unreadable: [['an image', { images: [PNG] }]],
  malformed: [
    ['no model', { prompt: 'x' }, 'model'],
    ['a prompt of a list', { model: 'small', prompt: ['x'] }, 'prompt'],
    ['a system of a list', { model: 'small', prompt: 'x', system: ['x'] }, 'system'],
    ['a template of an object', { model: 'small', prompt: 'x', template: {} }, 'template'],
    ['a stream of text', { model: 'small', prompt: 'x', stream: 'no' }, 'stream'],
  ],
};

export const ollamaEmbed: Spoken = {
  ...family,
  dialect: 'ollama-embed',
  path: '/api/embed',
  upstreamPath: '/api/embed',
  endpoint: 'embeddings',
  unstreamed: {},
  body: (text, more = {}) => ({ model: 'small', input: [text, 'another'], ...more }),
  whole: () =>
    JSON.stringify({
      model: 'upstream-small',
      embeddings: [[0.010071029, -0.0017594862]],
      prompt_eval_count: 8,
    }),
  stream: null,
  said: () => [],
  saidIn: () => [],
  usage: { input_tokens: 8, output_tokens: 0 },
  malformed: [
    ['no model', { input: 'x' }, 'model'],
    ['an input of a number', { model: 'small', input: 7 }, 'input'],
    ['an input of tokens', { model: 'small', input: [1, 2] }, 'input'],
  ],
};

export const ollamaEmbeddings: Spoken = {
  ...ollamaEmbed,
  dialect: 'ollama-embeddings',
  path: '/api/embeddings',
  upstreamPath: '/api/embeddings',
  body: (text, more = {}) => ({ model: 'small', prompt: text, ...more }),
  whole: () => '{"embedding":[0.5670403838157654,0.009260174818336964]}',
  // It tells none.
  usage: { output_tokens: 0, estimated: ['input_tokens'] },
  malformed: [
    ['no model', { prompt: 'x' }, 'model'],
    ['a prompt of a list', { model: 'small', prompt: ['x'] }, 'prompt'],
  ],
};
