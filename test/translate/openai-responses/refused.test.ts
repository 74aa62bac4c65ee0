// What of a request of OpenAI's responses no other dialect can say is refused by its name, and what is no request at all by its place.
import { expect, it } from 'vitest';
import { refused } from './asked.ts';

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
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  name,
  parameters: { type: 'object' },
  ...more,
});

it.each([
  ['probabilities', { top_logprobs: 2 }, 'top_logprobs'],
  ['probabilities by include', { include: ['message.output_text.logprobs'] }, 'include'],
  [
    'files kept by the provider',
    { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] },
    'input[0].content[0].file_id',
  ],
  [
    'images kept by the provider',
    { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] },
    'input[0].content[0].file_id',
  ],
  ['a search of files', { tools: [{ type: 'file_search', vector_store_ids: ['v'] }] }, 'tools[0]'],
  ['code that the provider runs', { tools: [{ type: 'code_interpreter', container: {} }] }, 'tools[0]'],
  ['a computer', { tools: [{ type: 'computer_use_preview' }] }, 'tools[0]'],
  ['a server of tools', { tools: [tool('f'), { type: 'mcp', server_label: 'x' }] }, 'tools[1]'],
  ['images to be made', { tools: [{ type: 'image_generation' }] }, 'tools[0]'],
  ['a shell', { tools: [{ type: 'local_shell' }] }, 'tools[0]'],
  [
    'what a computer showed',
    { input: [{ type: 'computer_call_output', call_id: 'c', output: {} }] },
    'input[0].type',
  ],
  [
    'a conversation that was sealed',
    { input: [{ type: 'compaction', encrypted_content: 'x' }] },
    'input[0].type',
  ],
  ['moderation', { moderation: { model: 'x' } }, 'moderation'],
])('%s cannot be carried and is refused by name', (_, body, param) => {
  expect(refused({ input: 'Hi', ...body })).toEqual(['unsupported_parameter', param]);
});

it.each([
  ['an empty input', { input: [] }, 'input'],
  ['a role that nobody has', { input: [{ role: 'critic', content: 'x' }] }, 'input[0].role'],
  ['an item that nobody knows', { input: [{ type: 'telepathy' }] }, 'input[0].type'],
  ['content of a number', { input: [{ role: 'user', content: 7 }] }, 'input[0].content'],
  [
    'a part that nobody knows',
    { input: [{ role: 'user', content: [{ type: 'smell' }] }] },
    'input[0].content[0].type',
  ],
  [
    'an image that is no base64',
    { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,!' }] }] },
    'input[0].content[0].image_url',
  ],
  [
    'an image that is a page',
    {
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:text/html;base64,aGk=' }] }],
    },
    'input[0].content[0].image_url',
  ],
  [
    'an image on a disk',
    { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'file:///etc/passwd' }] }] },
    'input[0].content[0].image_url',
  ],
  [
    'an image for a developer',
    { input: [{ role: 'developer', content: [{ type: 'input_image', image_url: 'https://x.example/' }] }] },
    'input[0].content[0].type',
  ],
  ['two calls of one id', { input: [call('c'), call('c'), output('c')] }, 'input[1].call_id'],
  ['a result of no call', { input: [output('c')] }, 'input[0].call_id'],
  ['a result before its call', { input: [output('c'), call('c')] }, 'input[0].call_id'],
  ['two results of one call', { input: [call('c'), output('c'), output('c')] }, 'input[2].call_id'],
  ['a call without a result', { input: [call('c'), { role: 'user', content: 'x' }] }, 'input'],
  [
    'a call without arguments',
    { input: [{ type: 'function_call', call_id: 'c', name: 'f' }] },
    'input[0].arguments',
  ],
  ['tools of a text', { input: 'x', tools: 'f' }, 'tools'],
  ['too many tools', { input: 'x', tools: Array.from({ length: 2001 }, (_, i) => tool(`f${i}`)) }, 'tools'],
  ['two tools of one name', { input: 'x', tools: [tool('f'), tool('f')] }, 'tools[1].name'],
  ['a tool with an odd name', { input: 'x', tools: [tool('f g')] }, 'tools[0].name'],
  ['a tool that nobody knows', { input: 'x', tools: [{ type: 'teleport' }] }, 'tools[0].type'],
  ['parameters of a text', { input: 'x', tools: [tool('f', { parameters: '{}' })] }, 'tools[0].parameters'],
  ['a choice that is none', { input: 'x', tools: [tool('f')], tool_choice: 'maybe' }, 'tool_choice'],
  [
    'a choice of a tool that is not there',
    { input: 'x', tools: [tool('f')], tool_choice: { type: 'function', name: 'g' } },
    'tool_choice.name',
  ],
  ['a tool required of none', { input: 'x', tool_choice: 'required' }, 'tool_choice'],
  ['a temperature of a text', { input: 'x', temperature: '1' }, 'temperature'],
  ['a temperature of three', { input: 'x', temperature: 3 }, 'temperature'],
  ['a limit of half a token', { input: 'x', max_output_tokens: 0.5 }, 'max_output_tokens'],
  ['an effort that is none', { input: 'x', reasoning: { effort: 'huge' } }, 'reasoning.effort'],
  ['a format that nobody knows', { input: 'x', text: { format: { type: 'yaml' } } }, 'text.format.type'],
  [
    'a schema of a text',
    { input: 'x', text: { format: { type: 'json_schema', name: 'a', schema: '{}' } } },
    'text.format.schema',
  ],
  ['metadata of a list', { input: 'x', metadata: [] }, 'metadata'],
  ['an include of a text', { input: 'x', include: 'reasoning.encrypted_content' }, 'include'],
])('%s is a bad request, and its place is named', (_, body, param) => {
  expect(refused(body)).toEqual(['bad_request', param]);
});
