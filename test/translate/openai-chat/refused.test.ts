// What no server takes, or what cannot be carried, is refused by its name.
import { expect, it } from 'vitest';
import { refused } from './asked.ts';

const PNG = 'iVBORw0KGgo=';
const call = (id: string, more: object = {}) => ({
  ...{ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
  ...more,
});
const assistant = (...calls: object[]) => ({ role: 'assistant', content: null, tool_calls: calls });
const result = (id: string, content: unknown = 'done') => ({ role: 'tool', tool_call_id: id, content });
const hi = { role: 'user', content: 'Hi' };
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
  ...more,
});

const odd = (content: unknown) => ({ messages: [{ role: 'user', content }] });
it.each([
  [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
  [odd(3), 'messages[0].content'],
  [odd([]), 'messages[0].content'],
  [odd(null), 'messages[0].content'],
  [odd([{ type: 'text' }]), 'messages[0].content[0].text'],
  [odd([{ type: 'video' }]), 'messages[0].content[0].type'],
  [odd(['x']), 'messages[0].content[0]'],
  [odd([{ type: 'image_url', image_url: { url: 'ftp://x/' } }]), 'messages[0].content[0].image_url.url'],
  [
    odd([{ type: 'image_url', image_url: { url: 'data:image/png;base64,@@' } }]),
    'messages[0].content[0].image_url.url',
  ],
  [
    odd([{ type: 'image_url', image_url: { url: 'data:image/png,x' } }]),
    'messages[0].content[0].image_url.url',
  ],
  [
    odd([{ type: 'input_audio', input_audio: { data: PNG, format: 'ogg' } }]),
    'messages[0].content[0].input_audio.format',
  ],
  [
    odd([{ type: 'input_audio', input_audio: { data: '?', format: 'wav' } }]),
    'messages[0].content[0].input_audio.data',
  ],
  [odd([{ type: 'file', file: { file_data: PNG } }]), 'messages[0].content[0].file.file_data'],
  [{ messages: [{ role: 'system', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0].type'],
  [{ messages: [{ role: 'assistant', content: null }] }, 'messages[0].content'],
  [{ messages: [hi, assistant(call('c'), call('c')), result('c')] }, 'messages[1].tool_calls[1].id'],
  [{ messages: [hi, assistant(call('c'))] }, 'messages'],
  [{ messages: [hi, assistant(call('c')), hi, result('c')] }, 'messages[2]'],
  [{ messages: [hi, assistant(call('c')), result('d')] }, 'messages[2].tool_call_id'],
  [{ messages: [hi, assistant(call('c')), result('c'), result('c')] }, 'messages[3].tool_call_id'],
  [{ messages: [hi, result('c')] }, 'messages[1].tool_call_id'],
  [{ messages: [hi, { role: 'function', name: 'f', content: 'x' }] }, 'messages[1].name'],
  [{ messages: [hi, assistant({ id: '', type: 'function' })] }, 'messages[1].tool_calls[0].id'],
  [{ messages: [hi, assistant({ id: 'c', type: 'magic' })] }, 'messages[1].tool_calls[0].type'],
  [
    { messages: [hi, assistant(call('c', { function: { name: 'f', arguments: {} } }))] },
    'messages[1].tool_calls[0].function.arguments',
  ],
  [
    { messages: [hi, { ...assistant(), tool_calls: Array(2_000).fill(call('c')) }] },
    'messages[1].tool_calls',
  ],
  [
    { messages: [hi, { role: 'assistant', content: 'x', thinking_blocks: [{ type: 'x' }] }] },
    'messages[1].thinking_blocks[0].type',
  ],
])('messages that no server takes are a bad request (%#: %j)', (body, param) => {
  expect(refused(body)).toEqual(['bad_request', param]);
});

it.each([
  [{ n: 2 }, 'n'],
  [{ logprobs: true }, 'logprobs'],
  [{ top_logprobs: 3 }, 'top_logprobs'],
  [{ modalities: ['text', 'audio'] }, 'modalities'],
  [{ audio: { voice: 'x', format: 'wav' } }, 'audio'],
  [{ web_search_options: {} }, 'web_search_options'],
  [
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
    'messages[0].content[0].file.file_id',
  ],
  [{ messages: [hi, { role: 'assistant', audio: { id: 'a' } }] }, 'messages[1].audio'],
])('%j would be missed, so they are refused by their name', (body, param) => {
  expect(refused(body)).toEqual(['unsupported_parameter', param]);
});

it.each([
  [{ max_tokens: 0 }, 'max_tokens'],
  [{ max_tokens: 1.5 }, 'max_tokens'],
  [{ max_completion_tokens: '5' }, 'max_completion_tokens'],
  [{ temperature: 3 }, 'temperature'],
  [{ top_p: -1 }, 'top_p'],
  [{ n: 0 }, 'n'],
  [{ stop: [1] }, 'stop[0]'],
  [{ stop: Array(100).fill('x') }, 'stop'],
  [{ reasoning_effort: 'extreme' }, 'reasoning_effort'],
  [{ response_format: 'json' }, 'response_format'],
  [{ response_format: { type: 'xml' } }, 'response_format.type'],
  [{ response_format: {} }, 'response_format.type'],
  [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
  [
    { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
    'response_format.json_schema.name',
  ],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: [] } } },
    'response_format.json_schema.schema',
  ],
  [{ parallel_tool_calls: 'no' }, 'parallel_tool_calls'],
  [{ thinking: 'hard' }, 'thinking'],
  [{ user: 3 }, 'user'],
])('the settings %j are a bad request', (body, param) => {
  expect(refused(body)).toEqual(['bad_request', param]);
});

it.each([
  [{ tools: {} }, 'tools'],
  [{ tools: ['f'] }, 'tools[0]'],
  [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
  [{ tools: [{ function: { name: 'f' } }] }, 'tools[0].type'],
  [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
  [{ tools: [{ type: 'function', function: { name: '' } }] }, 'tools[0].function.name'],
  [
    { tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] },
    'tools[0].function.parameters',
  ],
  [{ tools: [{ type: 'function', function: { name: 'f', strict: 1 } }] }, 'tools[0].function.strict'],
  [{ tools: Array(3_000).fill(tool('f')) }, 'tools'],
  [{ tool_choice: 'required' }, 'tool_choice'],
  [{ tools: [tool('f')], tool_choice: 'always' }, 'tool_choice'],
  [{ tools: [tool('f')], tool_choice: { type: 'function', function: { name: 'g' } } }, 'tool_choice'],
  [{ tools: [tool('f')], tool_choice: { type: 'web_search' } }, 'tool_choice.type'],
  [
    { tools: [tool('f')], tool_choice: { type: 'allowed_tools', allowed_tools: { tools: [{}] } } },
    'tool_choice.allowed_tools.tools[0].function',
  ],
  [{ functions: [{ name: 'f' }], function_call: { name: 'g' } }, 'function_call'],
])('tools that no server takes are a bad request (%#)', (body, param) => {
  expect(refused(body)).toEqual(['bad_request', param]);
});
