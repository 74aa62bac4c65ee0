// A request of OpenAI's responses says the same in the neutral form; what cannot be said is refused by its name, or left out and told.
import { expect, it } from 'vitest';
import { understood } from './asked.ts';

const PNG = 'iVBORw0KGgo=';
const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] });
const call = (id: string, more: object = {}) => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: '{}',
  ...more,
});
const output = (id: string, said: unknown = 'done') => ({
  type: 'function_call_output',
  call_id: id,
  output: said,
});

it.each([
  ['a text is what a user says', { input: 'Hi' }, [user('Hi')]],
  [
    'instructions stand above everything, and later ones stay where they are',
    {
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Hi' },
        { role: 'developer', content: 'Now French.' },
      ],
    },
    [{ role: 'system', content: 'Be brief.' }, user('Hi'), { role: 'system', content: 'Now French.' }],
  ],
  [
    'images and files are carried, inline and by their address',
    {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'low' },
            { type: 'input_image', image_url: 'https://example.org/a.png' },
            { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PNG}` },
            { type: 'input_file', filename: 'a.csv', file_data: PNG },
            { type: 'input_file', file_url: 'https://example.org/a.pdf' },
          ],
        },
      ],
    },
    [
      {
        role: 'user',
        content: [
          {
            type: 'file',
            mediaType: 'image/png',
            data: { type: 'data', data: PNG },
            providerOptions: { openai: { imageDetail: 'low' } },
          },
          {
            type: 'file',
            mediaType: 'image/*',
            data: { type: 'url', url: new URL('https://example.org/a.png') },
          },
          {
            type: 'file',
            mediaType: 'application/pdf',
            data: { type: 'data', data: PNG },
            filename: 'a.pdf',
          },
          { type: 'file', mediaType: 'text/csv', data: { type: 'data', data: PNG }, filename: 'a.csv' },
          {
            type: 'file',
            mediaType: 'application/pdf',
            data: { type: 'url', url: new URL('https://example.org/a.pdf') },
          },
        ],
      },
    ],
  ],
  [
    'what an assistant thought, said, refused and called is one turn, and the results follow it in the order of the calls',
    {
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'Well' },
            { type: 'refusal', refusal: 'No' },
          ],
        },
        call('c1', { arguments: '{"a":[1]}' }),
        { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'any "text"' },
        { type: 'custom_tool_call_output', call_id: 'c2', output: 'two' },
        output('c1', [
          { type: 'input_text', text: 'one' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
        ]),
      ],
    },
    [
      user('Hi'),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm' },
          { type: 'text', text: 'Well' },
          { type: 'text', text: 'No', providerOptions: { openai: { refusal: true } } },
          { type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: { a: [1] } },
          { type: 'tool-call', toolCallId: 'c2', toolName: 'g', input: { input: 'any "text"' } },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            toolName: 'f',
            output: {
              type: 'content',
              value: [
                { type: 'text', text: 'one' },
                { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } },
              ],
            },
          },
          { type: 'tool-result', toolCallId: 'c2', toolName: 'g', output: { type: 'text', value: 'two' } },
        ],
      },
    ],
  ],
  [
    'calls that were made one after the other stay so',
    { input: [call('c1'), output('c1', '1'), call('c2'), output('c2', '2')] },
    ['c1', 'c2'].flatMap((id, index) => [
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: id, toolName: 'f', input: {} }] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: id,
            toolName: 'f',
            output: { type: 'text', value: String(index + 1) },
          },
        ],
      },
    ]),
  ],
  [
    'a result that comes after other words stands right after its call',
    { input: [call('c1'), { role: 'user', content: 'Wait' }, output('c1')] },
    [
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: {} }] },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'c1', toolName: 'f', output: { type: 'text', value: 'done' } },
        ],
      },
      user('Wait'),
    ],
  ],
  [
    'arguments that are no JSON object, as models write them, are put into one',
    {
      input: [
        call('c1', { arguments: '{"a":' }),
        output('c1'),
        call('c2', { arguments: '[1]' }),
        output('c2'),
      ],
    },
    [{ input: '{"a":' }, { input: [1] }].flatMap((input, index) => [
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: `c${index + 1}`, toolName: 'f', input }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: `c${index + 1}`,
            toolName: 'f',
            output: { type: 'text', value: 'done' },
          },
        ],
      },
    ]),
  ],
])('%s', (_, body, prompt) => {
  expect(understood(body).question.prompt).toEqual(prompt);
});

it('settings, reasoning, JSON schemas and limits are asked in neutral words', () => {
  const { question, notes } = understood({
    input: 'Hi',
    max_output_tokens: 64,
    temperature: 0.5,
    top_p: 0.9,
    reasoning: { effort: 'high', summary: 'auto' },
    parallel_tool_calls: false,
    service_tier: 'flex',
    safety_identifier: 'ann',
    text: {
      verbosity: 'low',
      format: {
        type: 'json_schema',
        name: 'answer',
        schema: { type: 'object' },
        strict: true,
        description: 'It',
      },
    },
  });
  expect(question).toEqual({
    prompt: [user('Hi')],
    maxOutputTokens: 64,
    temperature: 0.5,
    topP: 0.9,
    reasoning: 'high',
    responseFormat: { type: 'json', name: 'answer', schema: { type: 'object' }, description: 'It' },
    providerOptions: {
      openai: {
        parallelToolCalls: false,
        strictJsonSchema: true,
        serviceTier: 'flex',
        textVerbosity: 'low',
        reasoningSummary: 'auto',
        safetyIdentifier: 'ann',
      },
      anthropic: { disableParallelToolUse: true },
    },
  });
  expect(notes.header()).toBeUndefined();
});

it('what is asked of a store, of truncation or of fields that nobody knows is left out, and told', () => {
  const body = {
    input: 'Hi',
    store: true,
    truncation: 'auto',
    max_tool_calls: 3,
    later_thing: 1,
    other: false,
  };
  expect(understood(body).notes.header()).toBe(
    'max_tool_calls: dropped, later_thing: dropped, store: false, truncation: dropped',
  );
});
