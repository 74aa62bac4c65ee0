// A neutral reply as a completion: what OpenAI's own client makes of the chunks is what is said in the whole one.
import { describe, expect, it } from 'vitest';
import type { Part } from '../../../src/translate/neutral.ts';
import { finish, HEAD, readParts, understood, written } from './asked.ts';
import { assembled, call, f, meta, OLD, text, thought, usage, wholeOf } from './parts.ts';

describe('a reply', () => {
  it.each<[string, object, Part[], object, string?]>([
    ['of text', {}, [meta, ...text('0', 'Hel', 'lo "\n😀'), finish()], { content: 'Hello "\n😀' }],
    [
      'of several texts',
      {},
      [...text('0', 'a'), ...text('1', 'b'), finish('length')],
      { content: 'ab' },
      'length',
    ],
    ['of nothing', {}, [finish('other')], { content: null }],
    [
      'of calls at once',
      {},
      [
        ...text('0', 'See.'),
        ...call('a', 'f', '{"x":1}', ['{"x"', ':1}']),
        ...call('b', 'f', '{}'),
        finish('tool-calls'),
      ],
      { content: 'See.', tool_calls: [f('a', '{"x":1}'), f('b', '{}')] },
      'tool_calls',
    ],
    [
      'of interleaved calls',
      {},
      [
        { type: 'tool-input-start', id: 'a', toolName: 'f' },
        { type: 'tool-input-start', id: 'b', toolName: 'f' },
        { type: 'tool-input-delta', id: 'b', delta: '[' },
        { type: 'tool-input-delta', id: 'a', delta: '{}' },
        { type: 'tool-input-delta', id: 'b', delta: ']' },
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{}' },
        { type: 'tool-call', toolCallId: 'b', toolName: 'f', input: '[]' },
        finish('stop'),
      ],
      { content: null, tool_calls: [f('a', '{}'), f('b', '[]')] },
      'tool_calls',
    ],
    [
      'of calls that come whole alone, and without input',
      {},
      [
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
        ...call('b', 'f', '', []),
        finish('tool-calls'),
      ],
      { content: null, tool_calls: [f('a', '{"x":1}'), f('b', '{}')] },
      'tool_calls',
    ],
    [
      'of calls that the provider made itself',
      {},
      [
        { type: 'tool-input-start', id: 'a', toolName: 'f', providerExecuted: true },
        { type: 'tool-input-delta', id: 'a', delta: '{}' },
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{}', providerExecuted: true },
        ...text('0', 'x'),
        finish(),
      ],
      { content: 'x' },
    ],
    [
      'of a refusal',
      {},
      [
        { type: 'text-start', id: '0', providerMetadata: { openai: { refusal: true } } },
        { type: 'text-delta', id: '0', delta: 'No.' },
        { type: 'text-end', id: '0' },
        finish('content-filter', 'refusal'),
      ],
      { content: null, refusal: 'No.' },
    ],
    [
      'that was cut off by a filter',
      {},
      [...text('0', 'x'), finish('content-filter')],
      { content: 'x' },
      'content_filter',
    ],
    [
      'of a function of the old kind, of which there is one',
      OLD,
      [...call('a', 'f', '{}'), ...call('b', 'f', '[]'), finish('tool-calls')],
      { content: null, function_call: { name: 'f', arguments: '{}' } },
      'function_call',
    ],
  ])('%s', async (_, body, parts, message, reason = 'stop') => {
    const { frames, chunks } = written(body, parts);
    const first = chunks[0];
    expect(first).toMatchObject({
      id: parts[0] === meta ? 'msg_1' : 'chatcmpl-ex_0123',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: parts[0] === meta ? 'claude' : 'target',
      choices: [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }],
    });
    expect(new Set(chunks.map(({ id, model, created }) => `${id} ${model} ${created}`)).size).toBe(1);
    const whole = wholeOf(body, parts);
    const expected = { role: 'assistant', refusal: null, ...message };
    expect(whole).toEqual({
      ...{ id: first.id, object: 'chat.completion', created: 1_700_000_000, model: first.model, usage },
      choices: [{ index: 0, message: expected, logprobs: null, finish_reason: reason }],
    });
    const completion = await assembled(frames);
    expect(completion.choices[0]?.finish_reason).toBe(reason);
    // The client leaves out what a message has not.
    const { content, refusal, tool_calls, function_call } = {
      ...completion.choices[0]?.message,
    } as typeof expected & {
      [name: string]: unknown;
    };
    expect({ content: content || null, refusal: refusal ?? null, tool_calls, function_call }).toEqual({
      content: null,
      tool_calls: undefined,
      function_call: undefined,
      ...{ refusal: null, ...message },
    });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(chunks.slice(0, -1).every((each) => each.usage === null)).toBe(true);
  });

  it('read and written again is the same reply', () => {
    const parts: Part[] = [
      meta,
      ...thought('0', 'hm'),
      ...text('1', 'a', 'b'),
      ...call('a', 'f', '{"x":1}', ['{"x":', '1}']),
      finish('tool-calls', 'tool_calls'),
    ];
    const { chunks } = written({}, parts);
    expect(readParts([...chunks, '[DONE]'])).toEqual(parts);
  });

  it('says nothing before there is something to say, so that an error keeps its status', () => {
    const writer = understood({}).writer(HEAD);
    const silent: Part[] = [
      { type: 'stream-start', warnings: [] },
      meta,
      { type: 'ping' },
      { type: 'raw', rawValue: {} },
      ...[{ type: 'text-start', id: '0' } as const, { type: 'text-delta', id: '0', delta: '' } as const],
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
    ];
    expect(silent.flatMap((part) => writer.frames(part))).toEqual([]);
  });
});
