// Messages of a chat completion say the same in the neutral form.
import { expect, it } from 'vitest';
import { understood } from './asked.ts';

const PNG = 'iVBORw0KGgo=';
const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] });
const call = (id: string, more: object = {}) => ({
  ...{ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
  ...more,
});
const assistant = (...calls: object[]) => ({ role: 'assistant', content: null, tool_calls: calls });
const result = (id: string, content: unknown = 'done') => ({ role: 'tool', tool_call_id: id, content });
const hi = { role: 'user', content: 'Hi' };
const cached = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const marked = { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } };

it.each([
  [
    'system words stay where they are, whatever they are called',
    [
      { role: 'developer', content: 'Be brief.' },
      hi,
      {
        role: 'system',
        content: [
          { type: 'text', text: 'Now ' },
          { type: 'text', text: 'French.' },
        ],
      },
    ],
    [
      { role: 'system', content: 'Be brief.' },
      user('Hi'),
      { role: 'system', content: 'Now ' },
      { role: 'system', content: 'French.' },
    ],
  ],
  [
    'images, sounds and files are carried, inline and by their address',
    [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } },
          { type: 'image_url', image_url: 'https://example.org/a.png' },
          { type: 'input_audio', input_audio: { data: PNG, format: 'mp3' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PNG}` } },
        ],
      },
    ],
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
          { type: 'file', mediaType: 'audio/mpeg', data: { type: 'data', data: PNG } },
          {
            type: 'file',
            mediaType: 'application/pdf',
            filename: 'a.pdf',
            data: { type: 'data', data: PNG },
          },
        ],
      },
    ],
  ],
  [
    'calls made at once have their results together, in the order of the results',
    [
      hi,
      assistant(call('c1'), call('c2', { function: { name: 'g', arguments: '' } })),
      result('c2', 'two'),
      result('c1', [
        { type: 'text', text: 'one' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
      ]),
      hi,
    ],
    [
      user('Hi'),
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: { a: 1 } },
          { type: 'tool-call', toolCallId: 'c2', toolName: 'g', input: {} },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'c2', toolName: 'g', output: { type: 'text', value: 'two' } },
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
        ],
      },
      user('Hi'),
    ],
  ],
  [
    'an id may come again in a later turn',
    [hi, assistant(call('c')), result('c'), assistant(call('c')), result('c')],
    expect.objectContaining({ length: 5 }),
  ],
  [
    'calls of custom tools, and arguments that are no JSON or no object, are objects',
    [
      hi,
      assistant(
        { id: 'c1', type: 'custom', custom: { name: 'shell', input: 'ls\n"x"' } },
        call('c2', { function: { name: 'f', arguments: '{"a":' } }),
        call('c3', { function: { name: 'f', arguments: '[1]' } }),
      ),
      ...['c1', 'c2', 'c3'].map((id) => result(id)),
    ],
    expect.arrayContaining([
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', toolCallId: 'c1', toolName: 'shell', input: { input: 'ls\n"x"' } },
          { type: 'tool-call', toolCallId: 'c2', toolName: 'f', input: { input: '{"a":' } },
          { type: 'tool-call', toolCallId: 'c3', toolName: 'f', input: { input: [1] } },
        ],
      },
    ]),
  ],
  [
    'functions of the old kind are calls and results',
    [
      hi,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '3' },
    ],
    [
      user('Hi'),
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'f', input: {} }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'call_1',
            toolName: 'f',
            output: { type: 'text', value: '3' },
          },
        ],
      },
    ],
  ],
  [
    'what an assistant refused with, and what it said, come back',
    [
      hi,
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'A' },
          { type: 'refusal', refusal: 'B' },
        ],
      },
      hi,
      { role: 'assistant', content: null, refusal: 'C' },
      hi,
    ],
    [
      user('Hi'),
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'A' },
          { type: 'text', text: 'B', providerOptions: { openai: { refusal: true } } },
        ],
      },
      user('Hi'),
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'C', providerOptions: { openai: { refusal: true } } }],
      },
      user('Hi'),
    ],
  ],
  [
    'reasoning comes back with what proves it',
    [
      hi,
      {
        role: 'assistant',
        content: 'x',
        reasoning_content: 'told twice',
        thinking_blocks: [
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'sealed' },
        ],
      },
      hi,
      { role: 'assistant', content: '', reasoning: 'alone' },
      hi,
      assistant(call('c', { extra_content: { google: { thought_signature: 'g' } } })),
      result('c'),
    ],
    expect.arrayContaining([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', providerOptions: { anthropic: { signature: 'sig' } } },
          { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData: 'sealed' } } },
          { type: 'text', text: 'x' },
        ],
      },
      { role: 'assistant', content: [{ type: 'reasoning', text: 'alone' }] },
      {
        role: 'assistant',
        content: [
          {
            type: 'tool-call',
            toolCallId: 'c',
            toolName: 'f',
            input: { a: 1 },
            providerOptions: { google: { thoughtSignature: 'g' } },
          },
        ],
      },
    ]),
  ],
  [
    'marks of the cache stay where they are',
    [
      { role: 'system', content: [{ type: 'text', text: 'S', ...cached }] },
      { role: 'user', content: [{ type: 'text', text: 'U', ...cached }] },
      { ...assistant(call('c')), ...cached },
      { ...result('c'), ...cached },
    ],
    [
      { role: 'system', content: 'S', providerOptions: marked },
      { role: 'user', content: [{ type: 'text', text: 'U', providerOptions: marked }] },
      expect.objectContaining({ role: 'assistant', providerOptions: marked }),
      { role: 'tool', content: [expect.objectContaining({ providerOptions: marked })] },
    ],
  ],
])('%s', (_, messages, prompt) => {
  expect(understood({ messages }).question.prompt).toEqual(prompt);
});
