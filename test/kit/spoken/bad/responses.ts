/**
 * What is no request of OpenAI's responses.
 */
import type { Json } from '../spoken.ts';
import type { Faults } from './bad.ts';
import { byGateway, byProvider, many } from './bad.ts';

const message = (role: unknown, content: unknown): Json => ({ type: 'message', role, content });
const user = message('user', [{ type: 'input_text', text: 'x' }]);
const input = (...items: readonly unknown[]): Json => ({ model: 'small', input: items });
const asking = (more: Json): Json => ({ ...input(user), ...more });
const part = (more: unknown): Json => input(message('user', [more]));
const call = (call_id: unknown, more: Json = {}): Json => ({
  type: 'function_call',
  call_id,
  name: 'f',
  arguments: '{}',
  ...more,
});
const output = (call_id: unknown): Json => ({ type: 'function_call_output', call_id, output: 'y' });
const tool = (more: unknown): Json => asking({ tools: [more] });

export const badResponses: Faults = {
  'missing fields': [
    byGateway('no input', { model: 'small' }, 'input'),
    byGateway('an item without type and role', input({ content: 'x' }), 'input[0].type'),
    byProvider('a message without content', input({ type: 'message', role: 'user' }), 'input[0]'),
    byProvider('a message without a role', input({ type: 'message', content: 'x' }), 'input[0]'),
    byProvider('a part without a type', part({ text: 'x' }), 'input[0].content'),
    byProvider('a text part without text', part({ type: 'input_text' }), 'input[0].content'),
    byProvider('an image without an image', part({ type: 'input_image' }), 'input[0].content'),
    byProvider('a call without its id', input(user, call(undefined)), 'input[1]'),
    byProvider('a call without a name', input(user, call('a', { name: undefined }), output('a')), 'input[1]'),
    byProvider('an output without its id', input(user, call('a'), output(undefined)), 'input[2]'),
    byProvider(
      'an output without output',
      input(user, call('a'), { type: 'function_call_output', call_id: 'a' }),
      'input[2]',
    ),
    byProvider('a function without a name', tool({ type: 'function', parameters: {} }), 'tools[0]'),
    byProvider(
      'a schema without a schema',
      asking({ text: { format: { type: 'json_schema', name: 'a' } } }),
      'text',
    ),
  ],
  'wrong types': [
    byGateway('input of a number', asking({ input: 7 }), 'input'),
    byGateway('an item of text', input('x'), 'input[0]'),
    byGateway('instructions of a list', asking({ instructions: ['x'] }), 'instructions'),
    byGateway('a stream of text', asking({ stream: 'true' }), 'stream'),
    byProvider('content of a number', input(message('user', 7)), 'input[0].content'),
    byProvider('a part of text', part('x'), 'input[0].content'),
    byProvider('a part of a later kind', part({ type: 'later' }), 'input[0].content'),
    byProvider('an item of a later kind', input(user, { type: 'later' }), 'input[1]'),
    byProvider('arguments of an object', input(user, call('a', { arguments: {} }), output('a')), 'input[1]'),
    byProvider('tools of an object', asking({ tools: {} }), 'tools'),
    byProvider('a tool of text', tool('f'), 'tools[0]'),
    byProvider('parameters of a list', tool({ type: 'function', name: 'f', parameters: [] }), 'tools[0]'),
    byProvider('a choice of a number', asking({ tool_choice: 7 }), 'tool_choice'),
    byProvider('a temperature of text', asking({ temperature: 'hot' }), 'temperature'),
    byProvider('a limit of text', asking({ max_output_tokens: '7' }), 'max_output_tokens'),
    byProvider('reasoning of text', asking({ reasoning: 'high' }), 'reasoning'),
    byProvider('a format of text', asking({ text: { format: 'json' } }), 'text'),
  ],
  'lists too long': [
    byGateway('items', input(...many(user)), 'input'),
    byProvider('tools', asking({ tools: many({ type: 'function', name: 'f', parameters: {} }) }), 'tools'),
    byProvider('parts', input(message('user', many({ type: 'input_text', text: '' }))), 'input[0].content'),
  ],
  'ids of calls twice': [
    byProvider('of two calls', input(user, call('a'), call('a'), output('a')), 'input[2]'),
    byProvider('of two outputs', input(user, call('a'), output('a'), output('a')), 'input[3]'),
  ],
  'results without a call': [
    byProvider('first of all', input(output('a')), 'input[0]'),
    byProvider('of another call', input(user, call('a'), output('b')), 'input'),
  ],
  'calls without a result': [
    byProvider('last of all', input(user, call('a')), 'input'),
    byProvider('before another turn', input(user, call('a'), user), 'input'),
  ],
  'base64 that is none': [
    byProvider(
      'of an image',
      part({ type: 'input_image', image_url: 'data:image/png;base64,@@@' }),
      'input[0].content',
    ),
    byProvider(
      'of a file',
      part({ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,a' }),
      'input[0].content',
    ),
  ],
  'roles nobody knows': [
    byProvider('of a wizard', input(message('wizard', 'x')), 'input[0].role'),
    byProvider('in capitals', input(message('User', 'x')), 'input[0].role'),
    byGateway('of a number', input(message(1, 'x')), 'input[0].role'),
  ],
};
