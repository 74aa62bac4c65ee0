// How one of Anthropic's models, or of those that speak its dialect, is told to think, to draw and to stop: never what it refuses.
import { describe, expect, it } from 'vitest';
import type { ProviderName } from '../../../src/providers/provider.ts';
import { claudeOf } from '../../../src/translate/anthropic-messages/claude.ts';
import type { Message, Question } from '../../../src/translate/neutral.ts';
import { refusalOf, SAID_HI, sent } from './asked.ts';

const asked = (question: Partial<Question>, model: string, provider: ProviderName = 'anthropic') => {
  const { body, notes } = sent(question, { model, provider });
  const { thinking, output_config, temperature, top_p, top_k, max_tokens, stop_sequences } = body;
  return {
    thinking,
    effort: output_config?.effort,
    temperature,
    top_p,
    top_k,
    max_tokens,
    stop_sequences,
    notes,
  };
};
const thinking = (value: object): Partial<Question> => ({
  maxOutputTokens: 30_000,
  providerOptions: { anthropic: { thinking: { ...value } } },
});
const effort = (reasoning: NonNullable<Question['reasoning']>): Partial<Question> => ({
  maxOutputTokens: 30_000,
  reasoning,
});
const ADAPTIVE = { type: 'adaptive' };
const OFF = { type: 'disabled' };
const budget = (budget_tokens: number) => ({ type: 'enabled', budget_tokens });
const f = { type: 'function', name: 'f', inputSchema: { type: 'object' } } as const;

describe('thinking', () => {
  it.each<[string, Partial<Question>, object | undefined, string | undefined, string | undefined]>([
    ['claude-sonnet-4-5', {}, undefined, undefined, undefined],
    ['claude-sonnet-4-5', effort('provider-default'), undefined, undefined, undefined],
    ['claude-sonnet-4-5', effort('none'), OFF, undefined, undefined],
    ['claude-sonnet-4-5', effort('low'), budget(4_096), undefined, 'reasoning_effort: 4096 tokens'],
    ['claude-sonnet-4-5', effort('high'), budget(24_576), undefined, 'reasoning_effort: 24576 tokens'],
    // A longer reply than was asked for would be the price of more.
    ['claude-sonnet-4-5', effort('max'), budget(28_976), undefined, 'reasoning_effort: 28976 tokens'],
    ['claude-sonnet-4-5', thinking(budget(5_000)), budget(5_000), undefined, undefined],
    [
      'claude-sonnet-4-5',
      thinking(budget(50_000)),
      budget(28_976),
      undefined,
      'reasoning_effort: 28976 tokens',
    ],
    ['claude-sonnet-4-5', thinking(OFF), OFF, undefined, undefined],
    [
      'claude-sonnet-4-5',
      { ...effort('high'), maxOutputTokens: 2_000 },
      OFF,
      undefined,
      'reasoning_effort: off within so few tokens',
    ],
    ['claude-opus-4-6', effort('high'), ADAPTIVE, 'high', undefined],
    ['claude-opus-4-6', effort('xhigh'), ADAPTIVE, 'high', 'reasoning_effort: high'],
    ['claude-opus-4-6', effort('minimal'), ADAPTIVE, 'low', 'reasoning_effort: low'],
    ['claude-opus-4-6', effort('none'), OFF, undefined, undefined],
    ['claude-sonnet-5', effort('xhigh'), ADAPTIVE, 'xhigh', undefined],
    ['claude-sonnet-5', thinking(budget(12_000)), ADAPTIVE, 'medium', 'reasoning_effort: medium'],
    [
      'claude-sonnet-5',
      thinking({ ...ADAPTIVE, display: 'summarized' }),
      { ...ADAPTIVE, display: 'summarized' },
      undefined,
      undefined,
    ],
    ['claude-opus-5-5', effort('max'), ADAPTIVE, 'max', undefined],
    ['claude-opus-5-5', effort('none'), undefined, 'low', 'reasoning_effort: as little as the model can'],
    [
      'claude-sonnet-5-5',
      effort('none'),
      { type: 'between_tools' },
      undefined,
      'reasoning_effort: as little as the model can',
    ],
    ['claude-3-5-haiku-20241022', effort('high'), undefined, undefined, 'reasoning_effort: dropped'],
    ['claude-next-9', effort('high'), ADAPTIVE, 'high', undefined],
    ['eu.anthropic.claude-opus-4-6-v1:0', effort('high'), ADAPTIVE, 'high', undefined],
  ])('of %s asked for by %o is %o with effort %s', (model, question, told, level, notes) => {
    const said = asked(question, model);
    expect([said.thinking, said.effort]).toEqual([told, level]);
    expect(
      said.notes?.replace(/, max_tokens: clamped.*/, '').replace(/^max_tokens: clamped[^,]*, /, ''),
    ).toBe(notes);
  });

  it('never makes a reply longer than was asked for', () => {
    for (const reasoning of ['low', 'high', 'max'] as const)
      for (const most of [1, 1_024, 2_048, 9_000, 64_000]) {
        const told = asked({ reasoning, maxOutputTokens: most }, 'claude-sonnet-4-5');
        expect(told.max_tokens).toBe(most);
        if (told.thinking.type === 'enabled') expect(told.thinking.budget_tokens).toBeLessThan(most);
      }
  });

  it('is off where a tool is demanded, for the API takes not both', () => {
    const demanded: Partial<Question> = { ...effort('high'), tools: [f], toolChoice: { type: 'required' } };
    expect(asked(demanded, 'claude-opus-4-6')).toMatchObject({
      thinking: OFF,
      notes: 'reasoning_effort: off because a tool is demanded',
    });
    const schema: Partial<Question> = {
      ...effort('high'),
      responseFormat: { type: 'json', schema: { type: 'object' } },
    };
    expect(asked(schema, 'claude-3-7-sonnet-latest').thinking).toEqual(OFF);
    // It always thinks, and takes both.
    expect(asked(demanded, 'claude-fable-5').thinking).toEqual(ADAPTIVE);
  });

  it('of a number of tokens is off where results come without the thoughts before their calls', () => {
    const loop = (...thoughts: Extract<Message, { role: 'assistant' }>['content']): Partial<Question> => ({
      ...effort('high'),
      prompt: [
        SAID_HI,
        {
          role: 'assistant',
          content: [...thoughts, { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: {} }],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'a', toolName: 'f', output: { type: 'text', value: 'r' } },
          ],
        },
      ],
    });
    const proven = {
      type: 'reasoning',
      text: 'Hm',
      providerOptions: { anthropic: { signature: 'S' } },
    } as const;
    expect(asked(loop(), 'claude-sonnet-4-5').thinking).toEqual(OFF);
    expect(asked(loop({ type: 'reasoning', text: 'Hm' }), 'claude-sonnet-4-5').thinking).toEqual(OFF);
    expect(asked(loop(proven), 'claude-sonnet-4-5').thinking).toEqual(budget(24_576));
    expect(asked(loop(), 'claude-opus-4-6').thinking).toEqual(ADAPTIVE);
  });

  it('is shown where a summary of it is asked for', () => {
    const question: Partial<Question> = {
      reasoning: 'high',
      providerOptions: { openai: { reasoningSummary: 'auto' } },
    };
    expect(asked(question, 'claude-opus-4-6').thinking).toEqual({ ...ADAPTIVE, display: 'summarized' });
  });

  it("of another's model is what its client says in these words, and no more", () => {
    expect(asked(thinking(budget(5_000)), 'MiniMax-M2', 'compatible').thinking).toEqual(budget(5_000));
    expect(asked(effort('high'), 'MiniMax-M2', 'compatible')).toMatchObject({
      thinking: undefined,
      notes: 'reasoning_effort: dropped',
    });
    expect(asked(effort('none'), 'llama', 'vllm').notes).toBeUndefined();
  });
});

describe('drawing', () => {
  it.each<[string, Partial<Question>, object, string | undefined]>([
    ['claude-sonnet-4-5', { temperature: 0.5, topK: 5 }, { temperature: 0.5, top_k: 5 }, undefined],
    ['claude-sonnet-4-5', { temperature: 1.7 }, { temperature: 1 }, 'temperature: clamped to 1'],
    ['claude-sonnet-4-5', { temperature: 0.5, topP: 0.9 }, { temperature: 0.5 }, 'top_p: dropped'],
    ['claude-sonnet-4-5', { temperature: 0.5, topP: 1 }, { temperature: 0.5 }, undefined],
    ['claude-sonnet-4-5', { temperature: 1, topP: 0.9 }, { top_p: 0.9 }, undefined],
    ['claude-sonnet-4-5', { topK: -1 }, {}, undefined],
    ['claude-sonnet-4-5', { temperature: 0.5, ...effort('high') }, {}, 'temperature: dropped'],
    ['claude-sonnet-4-5', { temperature: 1, topP: 1, ...effort('high') }, {}, undefined],
    [
      'claude-opus-5',
      { temperature: 0.5, topP: 0.9, topK: 1 },
      {},
      'temperature: dropped, top_p: dropped, top_k: dropped',
    ],
    [
      'claude-sonnet-4-5',
      { seed: 1, presencePenalty: 1, frequencyPenalty: 0 },
      {},
      'seed: dropped, presence_penalty: dropped',
    ],
  ])('by %s, asked %o, is %o', (model, question, told, notes) => {
    const { temperature, top_p, top_k, notes: said } = asked(question, model);
    expect(JSON.parse(JSON.stringify({ temperature, top_p, top_k }))).toEqual(told);
    expect(said?.replace(/,? ?reasoning_effort: [^,]+/, '').replace(/^, /, '') || undefined).toBe(notes);
  });

  it('by models of others takes what their servers take', () => {
    expect(asked({ temperature: 1.7, topP: 0.9 }, 'qwen3', 'vllm')).toMatchObject({
      temperature: 1.7,
      top_p: 0.9,
    });
    expect(asked({ temperature: 1.7 }, 'MiniMax-M2', 'compatible').temperature).toBe(1);
  });
});

describe('a limit', () => {
  it.each<[string, number | undefined, number, string | undefined]>([
    ['claude-sonnet-4-5', 9, 9, undefined],
    ['claude-sonnet-4-5', undefined, 64_000, 'max_tokens: set to 64000'],
    ['claude-sonnet-4-5', 100_000, 64_000, 'max_tokens: clamped to 64000'],
    ['claude-opus-5-5', undefined, 128_000, 'max_tokens: set to 128000'],
    ['claude-3-haiku-20240307', undefined, 4_096, 'max_tokens: set to 4096'],
    ['claude-next-9', undefined, 32_000, 'max_tokens: set to 32000'],
    ['some-model', undefined, 8_192, 'max_tokens: set to 8192'],
    ['some-model', 128_000, 32_768, 'max_tokens: clamped to 32768'],
  ])('of %s, asked %s, is %i, and what was not asked is said', (model, maxOutputTokens, most, notes) => {
    // The helper asks for one where none is given.
    const question = maxOutputTokens === undefined ? { maxOutputTokens: undefined } : { maxOutputTokens };
    const said = asked(question as Partial<Question>, model);
    expect([said.max_tokens, said.notes]).toEqual([most, notes]);
  });
});

describe('stopping', () => {
  it('is at the sequences that are asked for', () => {
    expect(asked({ stopSequences: ['END'] }, 'claude-sonnet-4-5').stop_sequences).toEqual(['END']);
    expect(asked({ stopSequences: ['\n'] }, 'qwen3', 'vllm').stop_sequences).toEqual(['\n']);
  });

  it('at white space is refused where the API refuses it, for the reply would be another', () => {
    expect(refusalOf(() => asked({ stopSequences: ['END', '\n'] }, 'claude-sonnet-4-5'))).toEqual([
      'unsupported_parameter',
      'stop',
    ]);
  });
});

it('models are known by their names, wherever they are', () => {
  const names = [
    'claude-sonnet-4-20250514',
    'claude-sonnet-4@20250514',
    'us.anthropic.claude-sonnet-4-20250514-v1:0',
  ];
  for (const name of names)
    expect(claudeOf(name)).toMatchObject({ most: 64_000, budget: true, schemas: false });
  expect(claudeOf('gpt-5')).toBeUndefined();
});
