// How a reply of Anthropic's API ended, and a whole one: read as a stream is.
import { describe, expect, it } from 'vitest';
import { UpstreamFault } from '../../../src/ports.ts';
import { REPLY_TOOL } from '../../../src/translate/anthropic-messages/called.ts';
import { anthropicMessagesEgress } from '../../../src/translate/anthropic-messages/egress.ts';
import { begins, ends, finished, grows, readParts, STOP, start, stops } from './asked.ts';

describe('an end', () => {
  it.each([
    [{ stop_reason: 'end_turn' }, 'stop'],
    [{ stop_reason: 'pause_turn' }, 'stop'],
    [{ stop_reason: 'max_tokens' }, 'length'],
    [{ stop_reason: 'model_context_window_exceeded' }, 'length'],
    [{ stop_reason: 'tool_use' }, 'stop'],
    [{ stop_reason: 'constructor' }, 'other'],
  ])('by %o is %s', ({ stop_reason: raw }, unified) => {
    const finishReason = { unified, raw };
    expect(finished(stops({ stop_reason: raw, stop_sequence: null }), STOP)).toMatchObject({ finishReason });
    expect(anthropicMessagesEgress.answer({ content: [], stop_reason: raw })).toMatchObject({ finishReason });
  });

  it('by a stop sequence says which', () => {
    const delta = { stop_reason: 'stop_sequence', stop_sequence: 'END' };
    const end = {
      finishReason: { unified: 'stop' },
      providerMetadata: { anthropic: { stopSequence: 'END' } },
    };
    expect(finished(stops(delta), STOP)).toMatchObject(end);
    expect(anthropicMessagesEgress.answer({ content: [], ...delta })).toMatchObject(end);
  });

  it('by a refusal says why', () => {
    const stop_details = { type: 'refusal', category: 'cyber', explanation: 'No.' };
    const delta = { stop_reason: 'refusal', stop_sequence: null, stop_details };
    const end = {
      finishReason: { unified: 'content-filter', raw: 'refusal' },
      providerMetadata: { anthropic: { stopDetails: stop_details } },
    };
    const providerMetadata = { openai: { refusal: true } };
    const parts = readParts([start(), stops(delta), STOP]).slice(2);
    expect(parts.slice(0, 2)).toEqual([
      { type: 'text-start', id: 'refusal', providerMetadata },
      { type: 'text-delta', id: 'refusal', delta: 'No.' },
    ]);
    expect(parts.at(-1)).toMatchObject(end);
    expect(anthropicMessagesEgress.answer({ content: [], ...delta })).toMatchObject({
      ...end,
      content: [{ type: 'text', text: 'No.', providerMetadata }],
    });
  });

  it('without a reason is one of its own', () => {
    expect(finished(STOP)).toMatchObject({ finishReason: { unified: 'other' } });
  });
});

describe('a reply that is JSON by way of a tool', () => {
  it('is text, and ends like one', () => {
    const block = { type: 'tool_use', id: 'a', name: REPLY_TOOL, input: {} };
    const stop = stops({ stop_reason: 'tool_use', stop_sequence: null });
    expect(
      readParts([
        start(),
        begins(0, block),
        grows(0, { type: 'input_json_delta', partial_json: '{"x":1}' }),
        ends(0),
        stop,
        STOP,
      ]).slice(2),
    ).toMatchObject([
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: '{"x":1}' },
      { type: 'text-end', id: '0' },
      { type: 'finish', finishReason: { unified: 'stop' } },
    ]);
    const answer = anthropicMessagesEgress.answer({
      content: [{ ...block, input: { x: 1 } }],
      stop_reason: 'tool_use',
    });
    expect(answer).toMatchObject({
      content: [{ type: 'text', text: '{"x":1}' }],
      finishReason: { unified: 'stop' },
    });
  });
});

describe('a whole message', () => {
  it('is read with all that it has', () => {
    expect(
      anthropicMessagesEgress.answer({
        id: 'msg_1',
        model: 'claude',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'S' },
          { type: 'redacted_thinking', data: 'R' },
          { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          { type: 'text', text: 'Hi' },
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tomorrows' },
          'x',
        ],
        stop_reason: 'tool_use',
        usage: { input_tokens: 10, output_tokens: 13 },
      }),
    ).toMatchObject({
      response: { id: 'msg_1', modelId: 'claude' },
      content: [
        { type: 'reasoning', text: 'Hm', providerMetadata: { anthropic: { signature: 'S' } } },
        { type: 'reasoning', text: '', providerMetadata: { anthropic: { redactedData: 'R' } } },
        { type: 'text', text: 'Hi' },
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
      ],
      finishReason: { unified: 'tool-calls', raw: 'tool_use' },
      usage: { inputTokens: { total: 10 }, outputTokens: { total: 13 } },
    });
  });

  it('that is none is a fault', () => {
    for (const reply of [null, 'x', [], {}, { content: 'x' }, { content: [{ type: 'tool_use' }] }])
      expect(() => anthropicMessagesEgress.answer(reply)).toThrow(UpstreamFault);
  });
});
