/**
 * What is no message of Anthropic's, nor to be counted.
 */
import type { Json } from '../spoken.ts';
import { isNotHere } from '../spoken.ts';
import type { Bad, Faults } from './bad.ts';
import { byGateway, byProvider, many } from './bad.ts';

const user = (content: unknown): Json => ({ role: 'user', content });
const said = (...content: readonly unknown[]): Json => ({ role: 'assistant', content });
const conversation = (...messages: readonly unknown[]): Json => ({
  model: 'small',
  max_tokens: 100,
  messages,
});
const asking = (more: Json): Json => ({ ...conversation(user('x')), ...more });
const text = { type: 'text', text: 'x' };
const use = (id: unknown, more: Json = {}): Json => ({ type: 'tool_use', id, name: 'f', input: {}, ...more });
const result = (tool_use_id: unknown): Json => ({ type: 'tool_result', tool_use_id, content: 'y' });
const block = (more: unknown): Json => conversation(user([more]));
const tool = (more: unknown): Json => asking({ tools: [more] });
const image = (source: Json): Json => block({ type: 'image', source });

export const badMessages: Faults = {
  'missing fields': [
    byGateway('no messages', { model: 'small', max_tokens: 1 }, 'messages'),
    byGateway('no max_tokens', { model: 'small', messages: [user('x')] }, 'max_tokens'),
    byGateway('a message without a role', conversation({ content: 'x' }), 'messages[0].role'),
    byProvider('a message without content', conversation({ role: 'user' }), 'messages[0].content'),
    byProvider('a block without a type', block({ text: 'x' }), 'messages[0].content'),
    byProvider('a text block without text', block({ type: 'text' }), 'messages[0].content'),
    byProvider('an image without a source', block({ type: 'image' }), 'messages[0].content'),
    byProvider(
      'a use without a name',
      conversation(user('x'), said(use('a', { name: null })), user([result('a')])),
      'messages[1]',
    ),
    byProvider(
      'a use without an id',
      conversation(user('x'), said(use(undefined)), user([result('a')])),
      'messages[1]',
    ),
    byProvider(
      'a result without its id',
      conversation(user('x'), said(use('a')), user([result(undefined)])),
      'messages',
    ),
    byProvider('a tool without a name', tool({ input_schema: { type: 'object' } }), 'tools'),
    byProvider('a tool without a schema', tool({ name: 'f' }), 'tools'),
  ],
  'wrong types': [
    byGateway('messages of an object', asking({ messages: {} }), 'messages'),
    byGateway('a max_tokens of text', asking({ max_tokens: '1' }), 'max_tokens'),
    byGateway('a system of a number', asking({ system: 7 }), 'system'),
    byProvider('content of a number', conversation(user(7)), 'messages[0].content'),
    byProvider('a block of text', conversation(user(['x'])), 'messages[0].content'),
    byProvider('a block of a later kind', block({ type: 'later' }), 'messages[0].content'),
    byProvider(
      'an input of text',
      conversation(user('x'), said(use('a', { input: '{}' })), user([result('a')])),
      'messages[1]',
    ),
    byProvider('tools of an object', asking({ tools: {} }), 'tools'),
    byProvider('a tool of text', tool('f'), 'tools'),
    byProvider('a schema of text', tool({ name: 'f', input_schema: 'x' }), 'tools'),
    byProvider(
      'a choice of text',
      asking({ tools: [{ name: 'f', input_schema: { type: 'object' } }], tool_choice: 'f' }),
      'tool_choice',
    ),
    byProvider('a temperature of text', asking({ temperature: 'hot' }), 'temperature'),
    byProvider('stops of text', asking({ stop_sequences: 'x' }), 'stop_sequences'),
    byProvider('thinking of text', asking({ thinking: 'yes' }), 'thinking'),
    byProvider('a system of a later kind', asking({ system: [{ type: 'later' }] }), 'system'),
  ],
  'lists too long': [
    byGateway('messages', conversation(...many(user(''))), 'messages'),
    byProvider('tools', asking({ tools: many({ name: 'f', input_schema: { type: 'object' } }) }), 'tools'),
    byProvider('blocks', conversation(user(many(text))), 'messages[0].content'),
    byProvider('stops', asking({ stop_sequences: many('x') }), 'stop_sequences'),
  ],
  'ids of calls twice': [
    byProvider(
      'in one message',
      conversation(user('x'), said(use('a'), use('a')), user([result('a')])),
      'messages[1]',
    ),
    byProvider(
      'in two results',
      conversation(user('x'), said(use('a')), user([result('a'), result('a')])),
      'messages[2]',
    ),
  ],
  'results without a call': [
    byProvider('first of all', conversation(user([result('a')])), 'messages[0]'),
    byProvider(
      'of another call',
      conversation(user('x'), said(use('a')), user([result('b')])),
      'messages[2]',
    ),
    byProvider(
      'after another turn',
      conversation(user('x'), said(use('a')), user([result('a')]), said(text), user([result('a')])),
      'messages[4]',
    ),
  ],
  'calls without a result': [
    byProvider('before another turn', conversation(user('x'), said(use('a')), user('y')), 'messages'),
    byProvider(
      'one of two',
      conversation(user('x'), said(use('a'), use('b')), user([result('a')])),
      'messages',
    ),
  ],
  'base64 that is none': [
    byProvider(
      'of an image',
      image({ type: 'base64', media_type: 'image/png', data: '@@@' }),
      'messages[0].content',
    ),
    byProvider(
      'of a number',
      image({ type: 'base64', media_type: 'image/png', data: 7 }),
      'messages[0].content',
    ),
    byProvider(
      'of a document',
      block({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'a' } }),
      'messages[0].content',
    ),
  ],
  'roles nobody knows': [
    byProvider('of a wizard', conversation({ role: 'wizard', content: 'x' }), 'messages[0].role'),
    byProvider('in capitals', conversation({ role: 'User', content: 'x' }), 'messages[0].role'),
    byProvider('of a tool', conversation(user('x'), { role: 'tool', content: 'x' }), 'messages[1].role'),
  ],
};

/** What generates nothing is not asked for what is generated. */
const GENERATES = new Set(['max_tokens', 'temperature', 'stop_sequences']);

const counted = ({ body: { max_tokens: _, ...body }, ...bad }: Bad): Bad => ({ ...bad, body });

export const badCounts: Faults = Object.fromEntries(
  Object.entries(badMessages).map(([fault, all]) => [
    fault,
    isNotHere(all) ? all : all.filter(({ param }) => !GENERATES.has(param)).map(counted),
  ]),
) as Faults; // the same faults
