/**
 * What is no chat completion of OpenAI's.
 */
import type { Json } from '../spoken.ts';
import type { Faults } from './bad.ts';
import { byGateway, byProvider, many } from './bad.ts';

const user = (content: unknown): Json => ({ role: 'user', content });
const chat = (...messages: readonly unknown[]): Json => ({ model: 'small', messages });
const asking = (more: Json): Json => ({ ...chat(user('x')), ...more });
const call = (id: unknown): Json => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const calls = (...tool_calls: readonly unknown[]): Json => ({ role: 'assistant', content: null, tool_calls });
const result = (tool_call_id: unknown): Json => ({ role: 'tool', tool_call_id, content: 'y' });
const part = (more: Json): Json => chat(user([more]));
const tool = (more: unknown): Json => asking({ tools: [more] });

export const badChats: Faults = {
  'missing fields': [
    byGateway('no messages', { model: 'small' }, 'messages'),
    byGateway('a message without a role', chat({ content: 'x' }), 'messages[0].role'),
    byProvider('a message without content', chat({ role: 'user' }), 'messages[0].content'),
    byProvider('an assistant that says nothing', chat(user('x'), { role: 'assistant' }), 'messages[1]'),
    byProvider('a part without a type', part({ text: 'x' }), 'messages[0].content'),
    byProvider('a text part without text', part({ type: 'text' }), 'messages[0].content'),
    byProvider('an image without a URL', part({ type: 'image_url', image_url: {} }), 'messages[0].content'),
    byProvider('a tool without a function', tool({ type: 'function' }), 'tools[0]'),
    byProvider('a function without a name', tool({ type: 'function', function: {} }), 'tools[0]'),
    byProvider(
      'a result without its id',
      chat(user('x'), calls(call('a')), { role: 'tool', content: 'y' }),
      'messages[2]',
    ),
    byProvider(
      'a schema without a schema',
      asking({ response_format: { type: 'json_schema' } }),
      'response_format',
    ),
  ],
  'wrong types': [
    byGateway('messages of an object', asking({ messages: {} }), 'messages'),
    byGateway('a stream of text', asking({ stream: 'true' }), 'stream'),
    byProvider('content of a number', chat(user(7)), 'messages[0].content'),
    byProvider('content of an object', chat(user({ text: 'x' })), 'messages[0].content'),
    byProvider('a part of text', chat(user(['x'])), 'messages[0].content'),
    byProvider('a part of a later kind', part({ type: 'later' }), 'messages[0].content'),
    byProvider('tools of an object', asking({ tools: {} }), 'tools'),
    byProvider('a tool of text', tool('f'), 'tools[0]'),
    byProvider(
      'parameters of a list',
      tool({ type: 'function', function: { name: 'f', parameters: [] } }),
      'tools[0]',
    ),
    byProvider('a choice of a number', asking({ tool_choice: 7 }), 'tool_choice'),
    byProvider('a choice of no tool', asking({ tool_choice: 'required' }), 'tool_choice'),
    byProvider('a temperature of text', asking({ temperature: 'hot' }), 'temperature'),
    byProvider('a limit of text', asking({ max_tokens: '7' }), 'max_tokens'),
    byProvider('a limit of a half', asking({ max_completion_tokens: 7.5 }), 'max_completion_tokens'),
    byProvider('a stop of a number', asking({ stop: 7 }), 'stop'),
    byProvider('a format of text', asking({ response_format: 'json' }), 'response_format'),
    byProvider(
      'arguments of an object',
      chat(user('x'), calls({ ...call('a'), function: { name: 'f', arguments: {} } }), result('a')),
      'messages[1]',
    ),
    byProvider(
      'calls of an object',
      chat(user('x'), { role: 'assistant', content: 'y', tool_calls: {} }),
      'messages[1]',
    ),
  ],
  'lists too long': [
    byGateway('messages', chat(...many(user(''))), 'messages'),
    byProvider('tools', asking({ tools: many({ type: 'function', function: { name: 'f' } }) }), 'tools'),
    byProvider('parts', chat(user(many({ type: 'text', text: '' }))), 'messages[0].content'),
    byProvider('stops', asking({ stop: many('x') }), 'stop'),
  ],
  'ids of calls twice': [
    byProvider('in one message', chat(user('x'), calls(call('a'), call('a')), result('a')), 'messages[1]'),
    byProvider('in two results', chat(user('x'), calls(call('a')), result('a'), result('a')), 'messages[3]'),
  ],
  'results without a call': [
    byProvider('first of all', chat(result('a')), 'messages[0]'),
    byProvider('of another call', chat(user('x'), calls(call('a')), result('b')), 'messages[2]'),
    byProvider(
      'after another turn',
      chat(user('x'), calls(call('a')), result('a'), user('y'), result('a')),
      'messages[4]',
    ),
  ],
  'calls without a result': [
    byProvider('last of all', chat(user('x'), calls(call('a'))), 'messages'),
    byProvider(
      'before another turn',
      chat(user('x'), calls(call('a'), call('b')), result('a'), user('y')),
      'messages',
    ),
  ],
  'base64 that is none': [
    byProvider(
      'of an image',
      part({ type: 'image_url', image_url: { url: 'data:image/png;base64,@@@' } }),
      'messages[0].content',
    ),
    byProvider(
      'of a file',
      part({ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,a' } }),
      'messages[0].content',
    ),
    byProvider(
      'of sound',
      part({ type: 'input_audio', input_audio: { data: '@@@', format: 'wav' } }),
      'messages[0].content',
    ),
  ],
  'roles nobody knows': [
    byProvider('of a wizard', chat({ role: 'wizard', content: 'x' }), 'messages[0].role'),
    byProvider('in capitals', chat({ role: 'User', content: 'x' }), 'messages[0].role'),
    byProvider('of nothing', chat({ role: '', content: 'x' }), 'messages[0].role'),
  ],
};
