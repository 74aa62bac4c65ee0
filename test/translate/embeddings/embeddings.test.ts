// Embeddings asked in one dialect of a server of another: the same texts, the same vectors in their order, in the form that was asked for.
import { expect, it } from 'vitest';
import type { CallDialectName } from '../../../src/dialects/dialect.ts';
import type { Json } from '../../../src/json/value.ts';
import { UpstreamFault } from '../../../src/ports.ts';
import { Refusal } from '../../../src/refusal.ts';
import { directAmong } from '../../../src/translate/index.ts';
import { Notes } from '../../../src/translate/notes.ts';

const between = (from: CallDialectName, to: CallDialectName) => {
  const direct = directAmong([to], from);
  if (direct === undefined) throw new Error(`none from ${from} to ${to}`);
  return direct;
};

const refusal = (run: () => unknown): readonly unknown[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.extra.param];
    throw error;
  }
  throw new Error('it was taken');
};

const VECTORS = [
  [0.5, -0.25, 1],
  [0, 2, -3],
];
/** Four bytes a number, the least first. */
const BASE64 = ['AAAAPwAAgL4AAIA/', 'AAAAAAAAAEAAAEDA'];
const openai = (embeddings: readonly Json[], tokens = 7) => ({
  object: 'list',
  data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })).reverse(),
  model: 'answering',
  usage: { prompt_tokens: tokens, total_tokens: tokens },
});

it.each([
  [
    ...(['ollama-embed', 'openai-embeddings'] as const),
    { model: 'm', input: ['a', 'b'], dimensions: 3, keep_alive: 0, options: { num_ctx: 1 }, truncate: true },
    { model: 'up', input: ['a', 'b'], dimensions: 3, encoding_format: 'float' },
    'options: dropped, truncate: dropped',
  ],
  [
    ...(['ollama-embeddings', 'openai-embeddings'] as const),
    { model: 'm', prompt: 'a' },
    { model: 'up', input: 'a', encoding_format: 'float' },
    undefined,
  ],
  [
    ...(['ollama-embeddings', 'ollama-embed'] as const),
    { model: 'm', prompt: 'a', options: { num_ctx: 1 }, keep_alive: '5m' },
    { model: 'up', input: 'a', options: { num_ctx: 1 }, keep_alive: '5m' },
    undefined,
  ],
  [
    ...(['openai-embeddings', 'ollama-embed'] as const),
    { model: 'm', input: 'a', dimensions: 3, encoding_format: 'base64', user: 'ann', later: 1 },
    { model: 'up', input: ['a'], dimensions: 3, truncate: false },
    'user: dropped, later: dropped',
  ],
  [
    ...(['openai-embeddings', 'ollama-embeddings'] as const),
    { model: 'm', input: ['a'] },
    { model: 'up', prompt: 'a' },
    undefined,
  ],
])('a request from %s to %s asks for the same', (from, to, body, sent, told) => {
  const notes = new Notes();
  expect(between(from, to).body(body, 'up', notes)).toEqual(sent);
  expect(notes.header()).toBe(told);
});

it.each([
  ['numbers', VECTORS],
  ['base64, which some servers send unasked', BASE64],
])("a reply of OpenAI's with %s is one of Ollama's, in the order of the texts", (_, embeddings) => {
  const embed = between('ollama-embed', 'openai-embeddings');
  expect(JSON.parse(embed.reply(openai(embeddings), { model: 'm', input: ['a', 'b'] }))).toEqual({
    model: 'answering',
    embeddings: VECTORS,
    prompt_eval_count: 7,
  });
  const old = between('ollama-embeddings', 'openai-embeddings');
  expect(JSON.parse(old.reply(openai(embeddings.slice(0, 1)), { prompt: 'a' }))).toEqual({
    embedding: VECTORS[0],
  });
});

it.each([
  ['float', VECTORS],
  ['base64', BASE64],
])(
  "a reply of Ollama's is one of OpenAI's, as %s where that was asked for",
  (encoding_format, embeddings) => {
    const asked = { model: 'm', input: ['a', 'b'], encoding_format };
    const embed = between('openai-embeddings', 'ollama-embed');
    const reply = { model: 'answering', embeddings: VECTORS, prompt_eval_count: 7 };
    expect(JSON.parse(embed.reply(reply, asked))).toEqual({
      ...openai(embeddings),
      data: openai(embeddings).data.reverse(),
    });
    const old = between('openai-embeddings', 'ollama-embeddings');
    expect(JSON.parse(old.reply({ embedding: [0.5, -0.25, 1] }, { ...asked, input: 'a' }))).toMatchObject({
      model: 'm',
      data: [{ object: 'embedding', index: 0, embedding: embeddings[0] }],
    });
  },
);

it.each([
  ['ollama-embed', 'openai-embeddings', {}, 'unsupported_parameter', 'input'],
  ['ollama-embed', 'openai-embeddings', { input: 'a', dimensions: 'x' }, 'bad_request', 'dimensions'],
  ['ollama-embeddings', 'openai-embeddings', { prompt: '' }, 'unsupported_parameter', 'prompt'],
  ['openai-embeddings', 'ollama-embed', { input: [1, 2] }, 'unsupported_parameter', 'input'],
  ['openai-embeddings', 'ollama-embed', { input: [[1, 2]] }, 'unsupported_parameter', 'input'],
  [
    'openai-embeddings',
    'ollama-embed',
    { input: 'a', encoding_format: 'hex' },
    'bad_request',
    'encoding_format',
  ],
  ['openai-embeddings', 'ollama-embeddings', { input: ['a', 'b'] }, 'unsupported_parameter', 'input'],
] as const)('from %s to %s %j is refused by name', (from, to, body, code, param) => {
  expect(refusal(() => between(from, to).body(body, 'up', new Notes()))).toEqual([code, param]);
});

it.each([
  ['none', {}],
  ['fewer than were asked for', openai(VECTORS.slice(0, 1))],
  ['more', openai([...VECTORS, ...VECTORS])],
  ['two of one place', { data: VECTORS.map((embedding) => ({ index: 0, embedding })) }],
  [
    'none at its place',
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 9, embedding: [1] },
      ],
    },
  ],
  ['words in them', openai([['x'], [1]])],
  ['half a number', openai(['AAAA', 'AAAA'])],
  ['no base64', openai(['!', '!'])],
  ['no objects', { data: [1, 2] }],
] satisfies readonly (readonly [string, Json])[])(
  'a reply with embeddings of %s is no reply',
  (_, reply: Json) => {
    const direct = between('ollama-embed', 'openai-embeddings');
    expect(() => direct.reply(reply, { input: ['a', 'b'] })).toThrow(UpstreamFault);
  },
);

it.each([{}, { embeddings: [[1]] }, { embeddings: [[1], ['x']] }, { embeddings: 'x' }, []])(
  "a reply of Ollama's like %j is no reply",
  (reply) => {
    const direct = between('openai-embeddings', 'ollama-embed');
    expect(() => direct.reply(reply, { input: ['a', 'b'] })).toThrow(UpstreamFault);
  },
);
