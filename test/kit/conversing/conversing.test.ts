// The scripted models refuse what real servers refuse: a client's loop that ends has carried everything both ways.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawPost } from '../clients.ts';
import type { Upstream } from '../upstream.ts';
import type { Talk } from './index.ts';
import { startConversing, TALKS } from './index.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startConversing();
});
afterAll(() => upstream.stop());

const post = async (talk: Talk, body: object) => {
  const { status, text } = await rawPost({ url: upstream.url, path: TALKS[talk], body }).done;
  return { status, text };
};

const user = { role: 'user', content: 'hello' };
const functionTool = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
const chatCall = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
const use = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' };
const anthropic = (messages: readonly object[], more: object = {}) => ({
  ...{ model: 'm', max_tokens: 10, messages },
  ...more,
});
const item = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };

const REFUSED: readonly [Talk, string, object][] = [
  ['openai-chat', 'a field it does not know', { model: 'm', messages: [user], system: 'x' }],
  ['openai-chat', 'a role it does not know', { model: 'm', messages: [{ role: 'bot', content: 'x' }] }],
  [
    'openai-chat',
    'a call without its result',
    { model: 'm', messages: [user, { role: 'assistant', content: null, tool_calls: [chatCall] }, user] },
  ],
  [
    'openai-chat',
    'a result without its call',
    { model: 'm', messages: [user, { role: 'tool', tool_call_id: 'call_1', content: 'x' }] },
  ],
  ['openai-chat', 'a tool of another API', { model: 'm', messages: [user], tools: [{ name: 'f' }] }],
  ['anthropic-messages', 'no limit', { model: 'm', messages: [user] }],
  ['anthropic-messages', 'a field it does not know', anthropic([user], { stream_options: {} })],
  [
    'anthropic-messages',
    'an empty text',
    anthropic([{ role: 'user', content: [{ type: 'text', text: '' }] }]),
  ],
  ['anthropic-messages', 'a system turn', anthropic([{ role: 'system', content: 'x' }, user])],
  [
    'anthropic-messages',
    'a call without its result in the next turn',
    anthropic([user, { role: 'assistant', content: [use] }, user]),
  ],
  ['anthropic-messages', 'a result without its call', anthropic([{ role: 'user', content: [result] }])],
  ['anthropic-messages', 'a choice of no tools', anthropic([user], { tool_choice: { type: 'auto' } })],
  ['openai-responses', 'a field it does not know', { model: 'm', input: 'x', messages: [] }],
  ['openai-responses', 'a call without its result', { model: 'm', input: [user, item] }],
  ['openai-responses', 'a tool of another API', { model: 'm', input: 'x', tools: [functionTool] }],
  [
    'ollama-chat',
    'arguments that are text',
    { model: 'm', messages: [user, { role: 'assistant', tool_calls: [chatCall] }] },
  ],
  [
    'ollama-chat',
    'a call without its result',
    {
      model: 'm',
      messages: [user, { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: {} } }] }],
    },
  ],
];

describe('a scripted model', () => {
  it.each(REFUSED)('%s: refuses %s', async (talk, _, body) => {
    expect((await post(talk, body)).status).toBe(400);
  });

  it('calls the tools it is offered, and answers with their results', async () => {
    const tools = [{ name: 'f', input_schema: { type: 'object' } }];
    const first = await post('anthropic-messages', anthropic([user], { tools }));
    expect(JSON.parse(first.text)).toMatchObject({ stop_reason: 'tool_use', content: [{ name: 'f' }] });
    const turns = [user, { role: 'assistant', content: [use] }, { role: 'user', content: [result] }];
    const second = await post('anthropic-messages', anthropic(turns, { tools }));
    expect(JSON.parse(second.text).content).toEqual([{ type: 'text', text: 'The tools said: done' }]);
  });
});
