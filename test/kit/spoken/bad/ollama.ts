/**
 * What is no request of Ollama's.
 */
import type { Json } from '../spoken.ts';
import { notHere } from '../spoken.ts';
import type { Faults } from './bad.ts';
import { byGateway, byProvider, many, TEXT_ALONE } from './bad.ts';

const user = { role: 'user', content: 'x' };
const chat = (...messages: readonly unknown[]): Json => ({ model: 'small', messages });
const asking = (more: Json): Json => ({ ...chat(user), ...more });
const generate = (more: Json): Json => ({ model: 'small', prompt: 'x', ...more });
const embed = (more: Json): Json => ({ model: 'small', input: 'x', ...more });
const tool = (more: unknown): Json => asking({ tools: [more] });
const calls = (made: unknown): Json => ({ role: 'assistant', content: '', tool_calls: made });

export const badOllamaChats: Faults = {
  'missing fields': [
    byGateway('a message without a role', chat({ content: 'x' }), 'messages[0].role'),
    byProvider('a tool without a function', tool({ type: 'function' }), 'tools'),
    byProvider('a call without a function', chat(user, calls([{}])), 'messages[1]'),
  ],
  'wrong types': [
    byGateway('messages of an object', asking({ messages: {} }), 'messages'),
    byGateway('a stream of text', asking({ stream: 'no' }), 'stream'),
    byProvider('content of a number', chat({ role: 'user', content: 7 }), 'messages[0].content'),
    byProvider(
      'content of a list',
      chat({ role: 'user', content: [{ type: 'text', text: 'x' }] }),
      'messages[0].content',
    ),
    byProvider('images of text', chat({ ...user, images: 'x' }), 'messages[0].images'),
    byProvider('tools of an object', asking({ tools: {} }), 'tools'),
    byProvider('a tool of text', tool('f'), 'tools'),
    byProvider('calls of an object', chat(user, calls({})), 'messages[1]'),
    byProvider(
      'arguments of text',
      chat(user, calls([{ function: { name: 'f', arguments: '{}' } }])),
      'messages[1]',
    ),
    byProvider('options of text', asking({ options: 'x' }), 'options'),
    byProvider('a temperature of text', asking({ options: { temperature: 'hot' } }), 'options'),
    byProvider('a format of a number', asking({ format: 7 }), 'format'),
  ],
  'lists too long': [
    byGateway('messages', chat(...many(user)), 'messages'),
    byProvider('tools', asking({ tools: many({ type: 'function', function: { name: 'f' } }) }), 'tools'),
  ],
  'ids of calls twice': notHere('its results go by the order of the calls, or by the name of the tool'),
  'results without a call': notHere('it asks for no call before a result'),
  'calls without a result': notHere('it asks for no result after a call'),
  'base64 that is none': [
    byProvider('of an image', chat({ ...user, images: ['@@@'] }), 'messages[0].images'),
  ],
  'roles nobody knows': [
    byProvider('of a wizard', chat({ role: 'wizard', content: 'x' }), 'messages[0].role'),
    byGateway('of a number', chat({ role: 1, content: 'x' }), 'messages[0].role'),
  ],
};

export const badGenerates: Faults = {
  ...TEXT_ALONE,
  'missing fields': notHere('without a prompt a model is only loaded'),
  'wrong types': [
    byGateway('a prompt of a list', generate({ prompt: ['x'] }), 'prompt'),
    byGateway('a system of a list', generate({ system: ['x'] }), 'system'),
    byGateway('a suffix of a number', generate({ suffix: 7 }), 'suffix'),
    byGateway('a stream of text', generate({ stream: 'no' }), 'stream'),
    byProvider('options of text', generate({ options: 'x' }), 'options'),
    byProvider('a format of a number', generate({ format: 7 }), 'format'),
    byProvider('images of text', generate({ images: 'x' }), 'images'),
  ],
  'lists too long': notHere('its prompt is one text'),
  'base64 that is none': [byProvider('of an image', generate({ images: ['@@@'] }), 'images')],
};

export const badEmbeds: Faults = {
  ...TEXT_ALONE,
  'missing fields': notHere('without an input a model is only loaded'),
  'wrong types': [
    byGateway('an input of a number', embed({ input: 7 }), 'input'),
    byGateway('an input of objects', embed({ input: [{}] }), 'input'),
    byProvider('dimensions of text', embed({ dimensions: 'many' }), 'dimensions'),
    byProvider('options of text', embed({ options: 'x' }), 'options'),
    byProvider('a truncate of text', embed({ truncate: 'x' }), 'truncate'),
  ],
  'lists too long': [byGateway('inputs', embed({ input: many('x') }), 'input')],
};

export const badOldEmbeddings: Faults = {
  ...TEXT_ALONE,
  'missing fields': notHere('without a prompt a model is only loaded'),
  'wrong types': [
    byGateway('a prompt of a list', generate({ prompt: ['x'] }), 'prompt'),
    byProvider('options of text', generate({ options: 'x' }), 'options'),
  ],
  'lists too long': notHere('its prompt is one text'),
};
