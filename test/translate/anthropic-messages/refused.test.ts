// What is no request of Anthropic's API, and what cannot be carried from it: each is refused with its place.
import { describe, expect, it } from 'vitest';
import { HI, refusalOf, understood } from './asked.ts';

const use = (id: string, more: object = {}) => ({ type: 'tool_use', id, name: 'f', input: {}, ...more });
const result = (id: string, more: object = {}) => ({ type: 'tool_result', tool_use_id: id, ...more });
const tool = { name: 'f', input_schema: { type: 'object' } };
const user = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] });
const calling = (content: unknown[], ...more: object[]) => ({
  messages: [HI, { role: 'assistant', content }, ...more],
});
const image = (source: object) => user({ type: 'image', source });
const document = (source: object, more: object = {}) => user({ type: 'document', source, ...more });
const png = { type: 'base64', media_type: 'image/png', data: 'aGk=' };
const at = 'messages[0].content[0]';

describe('a request is no request', () => {
  it.each<[string, object, string]>([
    ['with a role that is none', { messages: [{ role: 'developer', content: 'x' }] }, 'messages[0].role'],
    ['with content that is none', { messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    ['without content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    ['with a block that is none', user('x'), at],
    ['with a block of no type', user({ text: 'x' }), `${at}.type`],
    ['with a block of no known type', user({ type: 'song' }), `${at}.type`],
    ['with a text that is none', user({ type: 'text', text: 1 }), `${at}.text`],
    ['with a call in a user turn', user(use('a')), `${at}.type`],
    ['with a mark that is none', user({ type: 'text', text: 'x', cache_control: 1 }), `${at}.cache_control`],
    ['with too many blocks', user(...Array(10_001).fill({ type: 'text', text: 'x' })), 'messages[0].content'],
    ['with an image of no bytes', image({ ...png, data: '' }), `${at}.source.data`],
    ['with an image that is no base64', image({ ...png, data: 'a+b*' }), `${at}.source.data`],
    ['with an image cut short', image({ ...png, data: 'aGk' }), `${at}.source.data`],
    ['with an image of another type', image({ ...png, media_type: 'image/bmp' }), `${at}.source.media_type`],
    ['with an image of no type', image({ type: 'base64', data: 'aGk=' }), `${at}.source.media_type`],
    ['with an image from nowhere', image({ type: 'url', url: 'file:///etc/passwd' }), `${at}.source.url`],
    ['with a source that is none', image({ type: 'ether' }), `${at}.source.type`],
    ['with a document of another type', document({ ...png }), `${at}.source.media_type`],
    [
      'with a title that is none',
      document({ type: 'text', media_type: 'text/plain', data: 'x' }, { title: 1 }),
      `${at}.title`,
    ],
    ['with a system prompt of images', { system: [{ type: 'image', source: png }] }, 'system[0].type'],
    ['with a result of no call', user(result('a')), `${at}.tool_use_id`],
    ['with a call without its result', calling([use('a')], HI), 'messages[2].content'],
    ['with a call that is the last', calling([use('a')]), 'messages[1].content[0]'],
    [
      'with a result too late',
      calling([use('a')], { role: 'assistant', content: 'x' }, HI, { role: 'user', content: [result('a')] }),
      'messages[3].content',
    ],
    [
      'with two results of a call',
      calling([use('a')], { role: 'user', content: [result('a'), result('a')] }),
      'messages[2].content[1].tool_use_id',
    ],
    ['with two calls of an id', calling([use('a'), use('a')]), 'messages[1].content[1].id'],
    ['with a call of no id', calling([use('')]), 'messages[1].content[0].id'],
    ['with an input that is no object', calling([use('a', { input: 'x' })]), 'messages[1].content[0].input'],
    [
      'with an image the assistant shows',
      calling([{ type: 'image', source: png }]),
      'messages[1].content[0].type',
    ],
    ['with tools that are none', { tools: {} }, 'tools'],
    ['with a tool without a name', { tools: [{ input_schema: {} }] }, 'tools[0].name'],
    ['with a tool without a schema', { tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
    ['with two tools of a name', { tools: [tool, tool] }, 'tools[1].name'],
    ['with too many tools', { tools: Array(2_001).fill(tool) }, 'tools'],
    ['with a choice that is none', { tools: [tool], tool_choice: { type: 'maybe' } }, 'tool_choice.type'],
    [
      'with a choice of no tool',
      { tools: [tool], tool_choice: { type: 'tool', name: 'g' } },
      'tool_choice.name',
    ],
    ['with a choice among none', { tool_choice: { type: 'any' } }, 'tool_choice'],
    ['with a temperature that is none', { temperature: 'hot' }, 'temperature'],
    ['with a temperature too high', { temperature: 1.1 }, 'temperature'],
    ['with stop sequences that are none', { stop_sequences: ['a', 1] }, 'stop_sequences[1]'],
    ['with thinking that is none', { thinking: { type: 1 } }, 'thinking.type'],
    [
      'with thinking of too little',
      { thinking: { type: 'enabled', budget_tokens: 1 } },
      'thinking.budget_tokens',
    ],
    ['with thinking of no measure', { thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [
      'with a format that is none',
      { output_config: { format: { type: 'xml' } } },
      'output_config.format.type',
    ],
    ['with a user that is none', { metadata: { user_id: 7 } }, 'metadata.user_id'],
  ])('%s', (_, body, param) => {
    expect(refusalOf(() => understood(body))).toEqual(['bad_request', param]);
  });
});

describe('what cannot be carried', () => {
  it.each<[string, object, string]>([
    [
      'a tool that runs at the provider',
      { tools: [{ type: 'web_search_20260318', name: 'web_search' }] },
      'tools[0].type',
    ],
    [
      'a tool that Claude knows by heart',
      { tools: [{ type: 'bash_20250124', name: 'bash' }] },
      'tools[0].type',
    ],
    [
      'what such a tool did',
      calling([{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }]),
      'messages[1].content[0]',
    ],
    [
      'what such a tool found',
      calling([{ type: 'web_search_tool_result', tool_use_id: 's', content: [] }]),
      'messages[1].content[0]',
    ],
    ['a file for a container', user({ type: 'container_upload', file_id: 'f' }), at],
    ['servers', { mcp_servers: [{ type: 'url', url: 'https://example.org', name: 'x' }] }, 'mcp_servers'],
    ['a place', { inference_geo: 'us' }, 'inference_geo'],
    ['a check', { safeguards: [{ type: 'dangerous_tool_use' }] }, 'safeguards'],
    ['a summary', { compaction: { type: 'summarize' } }, 'compaction'],
    ['skills', { container: { skills: [{ skill_id: 'x' }] } }, 'container'],
    ['a reply that is begun', { messages: [HI, { role: 'assistant', content: '{' }] }, 'messages[1]'],
    ['a reply of nothing', { max_tokens: 0 }, 'max_tokens'],
    ['thinking of tomorrow', { thinking: { type: 'tomorrows' } }, 'thinking.type'],
    [
      'images in a document',
      document({ type: 'content', content: [{ type: 'image', source: png }] }),
      `${at}.source.content[0]`,
    ],
  ])('is %s', (_, body, param) => {
    expect(refusalOf(() => understood(body))).toEqual(['unsupported_parameter', param]);
  });

  it('is what is stored at the provider', () => {
    const body = image({ type: 'file', file_id: 'file_1' });
    expect(refusalOf(() => understood(body))).toEqual(['stored_state_refused', `${at}.source.file_id`]);
  });
});
