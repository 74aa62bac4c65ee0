// What a completion says beside its text and its calls: texts of custom tools, reasoning and its proofs, sources, usage.
import { describe, expect, it } from 'vitest';
import type { Part } from '../../../src/translate/neutral.ts';
import { finish, HEAD, USAGE, understood, written } from './asked.ts';
import { CUSTOM, call, f, source, text, thought, wholeOf } from './parts.ts';

describe('a reply', () => {
  const input = '{"input":"ls -l \\"x\\"\\n"}';
  it.each([
    [
      'in JSON, piece by piece',
      call('a', 'shell', input, ['{"in', 'put": "ls ', '-l \\', '"x\\"\\', 'n"', '}']),
    ],
    ['in JSON, whole', [{ type: 'tool-call', toolCallId: 'a', toolName: 'shell', input } as const]],
    [
      'as it is',
      [
        { type: 'tool-input-start', id: 'a', toolName: 'shell', inputEncoding: 'text' },
        { type: 'tool-input-delta', id: 'a', delta: 'ls -l ' },
        { type: 'tool-input-delta', id: 'a', delta: '"x"\n' },
        { type: 'tool-call', toolCallId: 'a', toolName: 'shell', input: 'ls -l "x"\n' },
      ] as const,
    ],
  ])('has the text of a custom tool (%s)', (_, parts) => {
    const { chunks } = written(CUSTOM, [...parts, finish('tool-calls')]);
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(pieces[0]).toEqual({ index: 0, id: 'a', type: 'custom', custom: { name: 'shell', input: '' } });
    expect(pieces.slice(1).every((piece: object) => 'custom' in piece)).toBe(true);
    expect(pieces.map(({ custom }: { custom: { input: string } }) => custom.input).join('')).toBe(
      'ls -l "x"\n',
    );
  });

  it('has the text of a custom tool when it is whole', () => {
    expect(
      wholeOf(CUSTOM, [...call('a', 'shell', input), finish('tool-calls')]).choices[0].message.tool_calls,
    ).toEqual([{ id: 'a', type: 'custom', custom: { name: 'shell', input: 'ls -l "x"\n' } }]);
  });

  it('has reasoning as it comes, and what proves it all at once, to be sent back', () => {
    const parts: Part[] = [
      ...thought('0', 'hm', 'sig'),
      { type: 'reasoning-start', id: '1', providerMetadata: { anthropic: { redactedData: 'sealed' } } },
      { type: 'reasoning-end', id: '1' },
      ...thought('2', ' so', 'sig2'),
      ...thought('3', '!'),
      ...text('4', 'x'),
      finish(),
    ];
    const blocks = [
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'sealed' },
      { type: 'thinking', thinking: ' so', signature: 'sig2' },
    ];
    const deltas = written({}, parts).chunks.flatMap(({ choices }) =>
      choices.map(({ delta }: { delta: object }) => delta),
    );
    expect(deltas).toEqual([
      { role: 'assistant', content: null, refusal: null },
      ...[{ reasoning_content: 'hm' }, { reasoning_content: ' so' }, { reasoning_content: '!' }],
      ...[{ content: 'x' }, { thinking_blocks: blocks }, {}],
    ]);
    const { message } = wholeOf({}, parts).choices[0];
    expect(message).toEqual({
      ...{ role: 'assistant', content: 'x', refusal: null, reasoning_content: 'hm so!' },
      thinking_blocks: blocks,
    });
    const back = understood({
      messages: [{ role: 'user', content: 'Hi' }, message, { role: 'user', content: 'Hi' }],
    });
    expect(back.question.prompt[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm', providerOptions: { anthropic: { signature: 'sig' } } },
        { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData: 'sealed' } } },
        { type: 'reasoning', text: ' so', providerOptions: { anthropic: { signature: 'sig2' } } },
        { type: 'text', text: 'x' },
      ],
    });
  });

  it("has what proves Gemini's calls, to be sent back", () => {
    const providerMetadata = { google: { thoughtSignature: 'g' } };
    const parts: Part[] = [
      { type: 'tool-input-start', id: 'a', toolName: 'f', providerMetadata },
      { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{}', providerMetadata },
      finish('tool-calls'),
    ];
    const extra = { extra_content: { google: { thought_signature: 'g' } } };
    const [begun] = written({}, parts).chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(begun).toMatchObject(extra);
    expect(wholeOf({}, parts).choices[0].message.tool_calls).toEqual([{ ...f('a', '{}'), ...extra }]);
  });

  it('has the sources of its text, by their place in the whole of it', () => {
    const cited: Part = { type: 'text-end', id: '1', citations: [{ source, startIndex: 0, endIndex: 2 }] };
    const parts: Part[] = [source, ...text('0', 'abc'), ...text('1', 'de').slice(0, -1), cited, finish()];
    const said = (start: number, end: number) => ({
      type: 'url_citation',
      url_citation: { url: 'https://example.org/', title: 'T', start_index: start, end_index: end },
    });
    const told = written({}, parts).chunks.flatMap(({ choices }) => choices[0]?.delta.annotations ?? []);
    expect(told).toEqual([said(0, 0), said(3, 5)]);
    expect(wholeOf({}, parts).choices[0].message.annotations).toEqual(told);
  });

  it('tells usage in its stream only where it was asked for, and none that nobody counted', () => {
    const parts = [...text('0', 'x'), finish()];
    const unasked = written({}, parts, { ...HEAD, usage: false });
    expect(unasked.chunks.every((each) => !('usage' in each))).toBe(true);
    const uncounted: Part = {
      type: 'finish',
      finishReason: { unified: 'stop', raw: undefined },
      usage: {
        inputTokens: {
          ...USAGE.inputTokens,
          total: undefined,
          noCache: undefined,
          cacheRead: undefined,
          cacheWrite: undefined,
        },
        outputTokens: { total: undefined, text: undefined, reasoning: undefined },
      },
    };
    expect(written({}, [...text('0', 'x'), uncounted]).chunks.every((each) => each.usage === null)).toBe(
      true,
    );
    expect(wholeOf({}, [...text('0', 'x'), uncounted])).not.toHaveProperty('usage');
  });
});
