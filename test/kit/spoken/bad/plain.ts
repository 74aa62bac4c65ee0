/**
 * What is no completion and no embedding of OpenAI's.
 */
import type { Json } from '../spoken.ts';
import type { Faults } from './bad.ts';
import { byGateway, byProvider, many, TEXT_ALONE } from './bad.ts';

const asking = (more: Json): Json => ({ model: 'small', prompt: 'x', ...more });
const embedding = (more: Json): Json => ({ model: 'small', input: 'x', ...more });

export const badCompletions: Faults = {
  ...TEXT_ALONE,
  'missing fields': [byGateway('no prompt', { model: 'small' }, 'prompt')],
  'wrong types': [
    byGateway('a prompt of a number', asking({ prompt: 7 }), 'prompt'),
    byGateway('a prompt of nothing', asking({ prompt: [] }), 'prompt'),
    byGateway('a prompt of objects', asking({ prompt: [{}] }), 'prompt[0]'),
    byGateway('a prompt of texts and tokens', asking({ prompt: ['x', 7] }), 'prompt[1]'),
    byGateway('a stream of text', asking({ stream: 'true' }), 'stream'),
    byProvider('a suffix of a number', asking({ suffix: 7 }), 'suffix'),
    byProvider('a limit of text', asking({ max_tokens: '7' }), 'max_tokens'),
    byProvider('a temperature of text', asking({ temperature: 'hot' }), 'temperature'),
    byProvider('a stop of a number', asking({ stop: 7 }), 'stop'),
  ],
  'lists too long': [byGateway('prompts', asking({ prompt: many('x') }), 'prompt')],
};

export const badEmbeddings: Faults = {
  ...TEXT_ALONE,
  'missing fields': [byGateway('no input', { model: 'small' }, 'input')],
  'wrong types': [
    byGateway('an input of a number', embedding({ input: 7 }), 'input'),
    byGateway('an input of nothing', embedding({ input: [] }), 'input'),
    byGateway('an input of objects', embedding({ input: [{}] }), 'input[0]'),
    byProvider('dimensions of text', embedding({ dimensions: 'many' }), 'dimensions'),
    byProvider('a format of a number', embedding({ encoding_format: 7 }), 'encoding_format'),
  ],
  'lists too long': [byGateway('inputs', embedding({ input: many('x') }), 'input')],
};
