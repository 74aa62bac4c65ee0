// Calls of tools are written as OpenAI writes them, under the names their client gave them, however the model cuts what it calls them with.
import { expect, it } from 'vitest';
import type { Part } from '../../../src/translate/neutral.ts';
import { finish, written } from './asked.ts';

const TOOLS = {
  input: 'Hi',
  tools: [
    { type: 'function', name: 'f', parameters: {} },
    { type: 'custom', name: 'patch' },
    {
      type: 'namespace',
      name: 'n',
      description: 'N',
      tools: [{ type: 'function', name: 'g', parameters: {} }],
    },
  ],
};

const begins = (id: string, toolName: string): Part => ({ type: 'tool-input-start', id, toolName });
const input = (id: string, delta: string): Part => ({ type: 'tool-input-delta', id, delta });
const calls = (toolCallId: string, toolName: string, whole: string): Part => ({
  type: 'tool-call',
  toolCallId,
  toolName,
  input: whole,
});
const namesOf = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type.replace('response.', ''));

it('parallel calls come interleaved, each at its own place and under the name its client gave it', () => {
  const { events } = written(TOOLS, [
    begins('a', 'f'),
    begins('b', 'n__g'),
    input('a', '{"x"'),
    input('b', '{"y":'),
    input('a', ':1}'),
    calls('a', 'f', '{"x":1}'),
    input('b', '2}'),
    calls('b', 'n__g', '{"y":2}'),
    finish('tool-calls'),
  ]);
  const deltas = events.filter(({ type }) => type === 'response.function_call_arguments.delta');
  expect(deltas.map(({ output_index, delta }) => [output_index, delta])).toEqual([
    [0, '{"x"'],
    [1, '{"y":'],
    [0, ':1}'],
    [1, '2}'],
  ]);
  expect(events.at(-1).response.output).toEqual([
    {
      id: 'fc_0123_0',
      type: 'function_call',
      status: 'completed',
      call_id: 'a',
      name: 'f',
      arguments: '{"x":1}',
    },
    {
      ...{ id: 'fc_0123_1', type: 'function_call', status: 'completed', call_id: 'b' },
      ...{ name: 'g', namespace: 'n', arguments: '{"y":2}' },
    },
  ]);
});

it('calls that only come whole are told like the others', () => {
  const { events } = written(TOOLS, [
    calls('a', 'f', ''),
    calls('b', 'patch', '{"input":"x"}'),
    finish('tool-calls'),
  ]);
  expect(namesOf(events).slice(2)).toEqual([
    ...[
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
    ],
    ...[
      'output_item.added',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
      'output_item.done',
    ],
    'completed',
  ]);
  expect(
    events
      .at(-1)
      .response.output.map((item: { arguments?: string; input?: string }) => item.arguments ?? item.input),
  ).toEqual(['{}', 'x']);
});

it('the input of a tool of any text is the text, wherever its JSON is cut', () => {
  const said = 'a "quoted" \\ \n\t/ é 東 🎈 \u2028 \u0000 end';
  const plain = JSON.stringify({ input: said });
  const escaped = `{ "input" : ${JSON.stringify(said).replace(/[^ -~]/gu, (char) =>
    [...char]
      .flatMap((each) => each.split(''))
      .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )} }`;
  for (const whole of [plain, escaped])
    for (let first = 0; first <= whole.length; first++)
      for (const second of [first, first + 1, whole.length]) {
        const { events } = written(TOOLS, [
          begins('a', 'patch'),
          ...[whole.slice(0, first), whole.slice(first, second), whole.slice(second)].map((piece) =>
            input('a', piece),
          ),
          calls('a', 'patch', whole),
          finish('tool-calls'),
        ]);
        const deltas = events.filter(({ type }) => type === 'response.custom_tool_call_input.delta');
        expect(deltas.map(({ delta }) => delta).join('')).toBe(said);
        for (const { delta } of deltas) expect(delta.isWellFormed()).toBe(true);
        expect(events.find(({ type }) => type === 'response.custom_tool_call_input.done')?.input).toBe(said);
        expect(events.at(-1).response.output[0]).toMatchObject({
          type: 'custom_tool_call',
          name: 'patch',
          input: said,
        });
      }
});

it.each([
  ['in no JSON', 'just so', 'just so'],
  ['under another name', '{"text":"x"}', '{"text":"x"}'],
  ['beside something else', '{"why":"so","input":"x"}', 'x'],
  ['with a line break that JSON does not have', '{"input":"a\nb"}', '{"input":"a\nb"}'],
])('what a model writes to such a tool %s arrives all the same', (_, whole, said) => {
  for (const pieces of [[whole], [...whole]]) {
    const parts = [
      begins('a', 'patch'),
      ...pieces.map((piece) => input('a', piece)),
      calls('a', 'patch', whole),
    ];
    expect(written(TOOLS, [...parts, finish()]).events.at(-1).response.output[0].input).toBe(said);
  }
});
