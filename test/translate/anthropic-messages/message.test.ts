// A neutral reply as a message of Anthropic's API, how it ended, and what is said back of another provider's proofs.
import { describe, expect, it } from 'vitest';
import { UpstreamFault } from '../../../src/ports.ts';
import type { Answer, Content, Part } from '../../../src/translate/neutral.ts';
import type { Event } from './asked.ts';
import { finish, HEAD, HI, refusalOf, USAGE, understood, written } from './asked.ts';
import { begins, blocksOf, call, ends, text, told, used } from './parts.ts';

describe('a reply', () => {
  const whole = (answer: Partial<Answer>, body: object = {}) =>
    JSON.parse(
      understood(body)
        .writer(HEAD)
        .whole({ content: [], finishReason: { unified: 'stop', raw: undefined }, usage: USAGE, ...answer }),
    );

  it('is a message with all of its blocks', () => {
    const content: Content[] = [
      { type: 'reasoning', text: 'Hm', providerMetadata: { anthropic: { signature: 'S' } } },
      { type: 'reasoning', text: '', providerMetadata: { anthropic: { redactedData: 'R' } } },
      { type: 'reasoning', text: '' },
      { type: 'text', text: '' },
      { type: 'text', text: 'Hi' },
      call('a'),
      call('b', ''),
      { ...call('c'), providerExecuted: true },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } },
    ];
    expect(
      whole({
        content,
        response: { id: 'i', modelId: 'm' },
        finishReason: { unified: 'tool-calls', raw: 'x' },
      }),
    ).toEqual({
      id: 'i',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'S' },
        { type: 'redacted_thinking', data: 'R' },
        { type: 'text', text: 'Hi' },
        used('a'),
        used('b', {}),
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 3,
        cache_read_input_tokens: 8,
        output_tokens: 13,
        output_tokens_details: { thinking_tokens: 5 },
      },
    });
  });

  it('with a call whose input is no object is a fault', () => {
    for (const input of ['[1]', '{"x":', 'x'])
      expect(() => whole({ content: [call('a', input)] })).toThrow(UpstreamFault);
  });

  it.each<[Parameters<typeof finish>, object, Part[], string, string | null]>([
    [['stop', 'stop'], {}, [], 'end_turn', null],
    [['length', 'length'], {}, [], 'max_tokens', null],
    [['content-filter', 'content_filter'], {}, [], 'refusal', null],
    [['other', 'x'], {}, [], 'end_turn', null],
    [['stop', 'stop'], { anthropic: { stopSequence: 'END' } }, [], 'stop_sequence', 'END'],
    [['stop', 'stop_sequence'], {}, [], 'stop_sequence', null],
    // Some servers end a reply with calls as they end any other, or say that there are some and there are none.
    [['stop', 'stop'], {}, [call('a')], 'tool_use', null],
    [['tool-calls', 'tool_calls'], {}, [], 'end_turn', null],
    [['length', 'length'], {}, [call('a')], 'max_tokens', null],
  ])(
    'that ends by %o %o is told so, streamed or whole',
    ([unified = 'stop', raw], providerMetadata, parts, reason, sequence) => {
      const end = { ...finish(unified, raw), providerMetadata } as Part;
      const streamed = written([...parts, end]).at(-2).delta;
      const { stop_reason, stop_sequence } = whole({
        content: parts as Content[],
        finishReason: { unified, raw },
        providerMetadata: providerMetadata as NonNullable<Answer['providerMetadata']>,
      });
      expect([streamed.stop_reason, streamed.stop_sequence]).toEqual([reason, sequence]);
      expect([stop_reason, stop_sequence]).toEqual([reason, sequence]);
    },
  );

  it('that its upstream did not finish is none', () => {
    for (const unified of ['error', 'interrupted'] as const) {
      expect(refusalOf(() => written([...text('0', 'x'), finish(unified)]))[0]).toBe('upstream_failed');
      expect(refusalOf(() => whole({ finishReason: { unified, raw: undefined } }))[0]).toBe(
        'upstream_failed',
      );
    }
  });

  it('calls tools by the names its client has for them', () => {
    const name = `mcp__${'x'.repeat(90)}`;
    const body = { tools: [{ name, input_schema: { type: 'object' } }] };
    const toolName = understood(body).question.tools?.[0]?.name ?? '';
    const part = { ...call('a'), toolName };
    expect(blocksOf(written([part, finish()], body))).toEqual([used('a', { x: 1 }, name)]);
    expect(whole({ content: [part] }, body).content).toEqual([used('a', { x: 1 }, name)]);
  });

  it('has ids that fit and that no call before had', () => {
    const body = {
      messages: [
        HI,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1' }] },
      ],
    };
    const content = [call('call_1'), call('functions.f:0'), call('')];
    const ids = ['call_1_2', 'functions_f_0', 'call'];
    expect(blocksOf(written([...content, finish()], body)).map(({ id }) => id)).toEqual(ids);
    expect(whole({ content }, body).content.map(({ id }: { id: string }) => id)).toEqual(ids);
  });
});

describe("another provider's proofs", () => {
  const proofs = { google: { thoughtSignature: 'T' } };
  const parts: Part[] = [
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', delta: 'Hm' },
    { type: 'reasoning-end', id: 'r', providerMetadata: proofs },
    { ...begins('a'), providerMetadata: proofs } as Part,
    ends('a'),
    { ...call('a', '{}'), providerMetadata: proofs },
  ];
  const back = (content: Event[]) =>
    understood({
      messages: [
        HI,
        { role: 'assistant', content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
      ],
    }).question.prompt[1]?.content;
  const said = [
    { type: 'reasoning', text: 'Hm', providerOptions: proofs },
    { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: {}, providerOptions: proofs },
  ];

  it('come back with what they prove', () => {
    expect(back(told(...parts))).toEqual(said);
    const content: Content[] = [
      { type: 'reasoning', text: 'Hm', providerMetadata: proofs },
      { ...call('a', '{}'), providerMetadata: proofs },
    ];
    const message = understood({})
      .writer(HEAD)
      .whole({ content, finishReason: { unified: 'tool-calls', raw: undefined }, usage: USAGE });
    expect(back(JSON.parse(message).content)).toEqual(said);
  });

  it('do not come back with what they do not prove', () => {
    const content = told(...parts).map((block) =>
      block.type === 'thinking' ? { ...block, thinking: 'Hum' } : block,
    );
    const [thought] = back(content) as Content[];
    expect(thought).not.toHaveProperty('providerOptions.google');
  });
});
