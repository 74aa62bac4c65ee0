// What is read of Anthropic's dialect and written in it again says the same: nothing gets lost on the way, in a request or a reply.
import { describe, expect, it } from 'vitest';
import { sseBytes } from '../../../src/streams/sse.ts';
import { anthropicMessagesEgress } from '../../../src/translate/anthropic-messages/egress.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import type { Event } from './asked.ts';
import { eventsOf, HEAD, HI, MARK, sent, understood } from './asked.ts';

const TOOL = {
  name: 'f',
  description: 'F',
  input_schema: { type: 'object', properties: {} },
  cache_control: MARK,
};
const text = (said: string, more: object = {}) => ({ type: 'text', text: said, ...more });
const BODY = {
  model: 'claude-sonnet-4-5',
  max_tokens: 9_000,
  system: [text('A'), text('B', { cache_control: MARK })],
  messages: [
    {
      role: 'user',
      content: [
        text('Look'),
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' }, cache_control: MARK },
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
          title: 'T',
        },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'D' }, context: 'C' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'S' },
        { type: 'redacted_thinking', data: 'R' },
        text('Calling'),
        { type: 'tool_use', id: 'toolu_1', name: 'f', input: { x: 1 } },
        { type: 'tool_use', id: 'toolu_2', name: 'f', input: {}, cache_control: MARK },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'r' },
        {
          type: 'tool_result',
          tool_use_id: 'toolu_2',
          is_error: true,
          cache_control: MARK,
          content: [
            text('bad'),
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
          ],
        },
        text('Go on', { cache_control: MARK }),
      ],
    },
  ],
  tools: [TOOL],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  stop_sequences: ['END'],
  thinking: { type: 'enabled', budget_tokens: 2_000 },
  cache_control: MARK,
};

describe('a request', () => {
  it('comes out as it went in', () => {
    expect(sent(understood(BODY).question)).toEqual({ body: BODY, notes: undefined });
  });

  it('with its settings and its form, too', () => {
    const schema = {
      type: 'object',
      properties: { x: { type: 'string' } },
      required: ['x'],
      additionalProperties: false,
    };
    const body = {
      model: 'claude-sonnet-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: [text('Hi')] }],
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'xhigh', format: { type: 'json_schema', schema } },
    };
    expect(sent(understood(body).question, { model: body.model })).toEqual({ body, notes: undefined });
  });

  it('is the same each time that it grows, so that what is cached before stays so', () => {
    const grown = {
      ...BODY,
      messages: [...BODY.messages, { role: 'assistant', content: [text('Done')] }, HI],
    };
    const [before, after] = [BODY, grown].map((body) => sent(understood(body).question).body);
    expect(after.messages.slice(0, 3)).toEqual(before.messages);
    expect([after.system, after.tools]).toEqual([before.system, before.tools]);
  });
});

describe('a reply', () => {
  const usage = {
    input_tokens: 10,
    cache_creation_input_tokens: 3,
    cache_read_input_tokens: 8,
    output_tokens: 13,
    output_tokens_details: { thinking_tokens: 5 },
  };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'S' },
      { type: 'redacted_thinking', data: 'R' },
      text('Hello'),
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { x: 1 } },
      { type: 'tool_use', id: 'toolu_2', name: 'f', input: {} },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage,
  };

  it('comes out whole as it went in', () => {
    const writer = understood({}).writer(HEAD);
    expect(JSON.parse(writer.whole(anthropicMessagesEgress.answer(message)))).toEqual(message);
    const stopped = { ...message, content: [text('x')], stop_reason: 'stop_sequence', stop_sequence: 'END' };
    expect(JSON.parse(writer.whole(anthropicMessagesEgress.answer(stopped)))).toEqual(stopped);
  });

  it('comes out streamed as it went in, but for pings at their own pace and usage at the end', () => {
    const growing = (block: Event): Event[] => {
      if (block.type === 'thinking')
        return [
          { type: 'thinking_delta', thinking: block.thinking },
          { type: 'signature_delta', signature: block.signature },
        ];
      if (block.type === 'text') return [...block.text].map((char) => ({ type: 'text_delta', text: char }));
      if (block.type !== 'tool_use' || block.id === 'toolu_2') return [];
      return ['{"x"', ':1}'].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    };
    const begun = (block: Event): Event => {
      if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
      if (block.type === 'text') return { ...block, text: '' };
      return block.type === 'tool_use' ? { ...block, input: {} } : block;
    };
    const nothing = {
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 0,
    };
    const { id, type, role, model, stop_reason, stop_sequence } = message;
    const events = [
      {
        type: 'message_start',
        message: { id, type, role, model, content: [], stop_reason: null, stop_sequence, usage: nothing },
      },
      { type: 'ping' },
      ...message.content.flatMap((block, index) => [
        { type: 'content_block_start', index, content_block: begun(block) },
        ...growing(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
        { type: 'content_block_stop', index },
      ]),
      { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage },
      { type: 'message_stop' },
    ];
    const reader = anthropicMessagesEgress.reader();
    const writer = understood({}).writer(HEAD);
    const frames = events.flatMap((event) => {
      const bytes = sseBytes({ event: event.type, data: JSON.stringify(event) });
      return reader.parts({ bytes, last: false }).flatMap((part: Part) => writer.frames(part));
    });
    const [ping] = events.splice(1, 1);
    // The message begins with what it says first, and a call without input says so.
    expect(eventsOf(frames).filter(({ delta }) => delta?.partial_json !== '{}')).toEqual([ping, ...events]);
  });
});
