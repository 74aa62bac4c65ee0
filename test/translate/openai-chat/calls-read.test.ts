// Calls of tools are read from the pieces of a stream, however a server cuts them.
import { expect, it } from 'vitest';
import type { Part } from '../../../src/translate/neutral.ts';
import { chunk, readParts } from './asked.ts';

const call = (index: number | undefined, id: string | undefined, name?: string, args?: unknown) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id, type: 'function' }),
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});
/** What is read after the metadata, without the finish. */
const said = (...deltas: object[]): Part[] =>
  readParts([...deltas.map((delta) => chunk(delta)), '[DONE]']).slice(1, -1);
const made = (id: string, toolName: string, ...deltas: string[]) => [
  { type: 'tool-input-start', id, toolName },
  ...deltas.map((delta) => ({ type: 'tool-input-delta', id, delta })),
];
const ended = (toolCallId: string, toolName: string, input: string) => [
  { type: 'tool-input-end', id: toolCallId },
  { type: 'tool-call', toolCallId, toolName, input },
];

const two = [...made('a', 'f', '{"x":', '1}'), ...ended('a', 'f', '{"x":1}')];
it.each([
  [
    'by their numbers',
    [call(0, 'a', 'f', ''), call(0, undefined, undefined, '{"x":'), call(0, undefined, undefined, '1}')],
    two,
  ],
  ['whose id and name are said each time', [call(0, 'a', 'f', '{"x":'), call(0, 'a', 'f', '1}')], two],
  ['whose id and name are said and then empty', [call(0, 'a', 'f', '{"x":'), call(0, '', '', '1}')], two],
  ['without numbers', [call(undefined, 'a', 'f', '{"x":'), call(undefined, undefined, undefined, '1}')], two],
  [
    'interleaved',
    [
      call(0, 'a', 'f', ''),
      call(1, 'b', 'g', ''),
      call(0, undefined, undefined, '{'),
      call(1, undefined, undefined, '[]'),
      call(0, undefined, undefined, '}'),
    ],
    [
      ...[...made('a', 'f'), ...made('b', 'g')],
      { type: 'tool-input-delta', id: 'a', delta: '{' },
      { type: 'tool-input-delta', id: 'b', delta: '[]' },
      { type: 'tool-input-delta', id: 'a', delta: '}' },
      ...[...ended('a', 'f', '{}'), ...ended('b', 'g', '[]')],
    ],
  ],
  [
    'at once, under one number',
    [call(0, 'a', 'f', '{}'), call(0, 'b', 'f', '{}')],
    [...made('a', 'f', '{}'), ...made('b', 'f', '{}'), ...ended('a', 'f', '{}'), ...ended('b', 'f', '{}')],
  ],
  [
    'at once, without numbers and ids',
    [call(undefined, undefined, 'f', '{}'), call(undefined, undefined, 'f', { x: 1 })],
    [
      ...[...made('call_chatcmpl-10', 'f', '{}'), ...made('call_chatcmpl-11', 'f', '{"x":1}')],
      ...[...ended('call_chatcmpl-10', 'f', '{}'), ...ended('call_chatcmpl-11', 'f', '{"x":1}')],
    ],
  ],
  [
    'of one id',
    [call(0, 'a', 'f', '{}'), call(1, 'a', 'f', '{}')],
    [
      ...[...made('a', 'f', '{}'), ...made('call_chatcmpl-11', 'f', '{}')],
      ...[...ended('a', 'f', '{}'), ...ended('call_chatcmpl-11', 'f', '{}')],
    ],
  ],
  ['without input', [call(0, 'a', 'f')], [...made('a', 'f'), ...ended('a', 'f', '{}')]],
  ['without a name', [call(0, 'a', undefined, '{}')], []],
  [
    "of Gemini's, with what proves them",
    [{ ...call(0, 'a', 'f', '{}'), extra_content: { google: { thought_signature: 's' } } }],
    [
      {
        type: 'tool-input-start',
        id: 'a',
        toolName: 'f',
        providerMetadata: { google: { thoughtSignature: 's' } },
      },
      { type: 'tool-input-delta', id: 'a', delta: '{}' },
      { type: 'tool-input-end', id: 'a' },
      {
        type: 'tool-call',
        toolCallId: 'a',
        toolName: 'f',
        input: '{}',
        providerMetadata: { google: { thoughtSignature: 's' } },
      },
    ],
  ],
  [
    'of custom tools',
    [
      { index: 0, id: 'a', type: 'custom', custom: { name: 'c', input: '' } },
      { index: 0, custom: { input: 'ls' } },
    ],
    [
      { type: 'tool-input-start', id: 'a', toolName: 'c', inputEncoding: 'text' },
      { type: 'tool-input-delta', id: 'a', delta: 'ls' },
      ...ended('a', 'c', 'ls'),
    ],
  ],
])('a stream has calls %s', (_, pieces, parts) => {
  expect(said(...pieces.map((piece) => ({ tool_calls: [piece] })))).toEqual(parts);
  // Without numbers, pieces of one event are calls beside each other.
  if (pieces.every((piece) => 'index' in piece)) expect(said({ tool_calls: pieces })).toEqual(parts);
});

it('a stream has several calls of one event apart', () => {
  const calls = [call(undefined, 'a', 'f', '{}'), call(undefined, 'b', 'g', '{}')];
  expect(said({ content: 'x', tool_calls: calls }).map(({ type }) => type)).toEqual([
    ...['text-start', 'text-delta', 'text-end', 'tool-input-start', 'tool-input-delta'],
    ...['tool-input-start', 'tool-input-delta', 'tool-input-end', 'tool-call', 'tool-input-end', 'tool-call'],
  ]);
});

it('a stream has a function call of the old kind', () => {
  const parts = said({ function_call: { name: 'f', arguments: '{' } }, { function_call: { arguments: '}' } });
  expect(parts).toEqual([
    ...made('call_chatcmpl-10', 'f', '{', '}'),
    ...ended('call_chatcmpl-10', 'f', '{}'),
  ]);
});
