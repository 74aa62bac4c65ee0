// What Anthropic's clients ask of tools, and their settings, in the neutral form: nothing that can be carried is lost.
import { describe, expect, it } from 'vitest';
import { HI, MARK, SAID_HI, understood } from './asked.ts';

const question = (body: object) => understood(body).question;
const use = (id: string, name = 'f', input: object = { x: 1 }) => ({ type: 'tool_use', id, name, input });
const result = (id: string, more: object = {}) => ({ type: 'tool_result', tool_use_id: id, ...more });
const tool = (name: string, more: object = {}) => ({ name, input_schema: { type: 'object' }, ...more });
const called = (...results: object[]) => [
  HI,
  { role: 'assistant', content: [use('a')] },
  { role: 'user', content: results },
];

describe('tools', () => {
  it('have all that is said of them', () => {
    const { tools } = question({
      tools: [
        tool('f', {
          type: 'custom',
          description: 'F',
          strict: true,
          cache_control: MARK,
          input_examples: [{ x: 1 }],
          eager_input_streaming: true,
        }),
      ],
    });
    expect(tools).toEqual([
      {
        type: 'function',
        name: 'f',
        description: 'F',
        inputSchema: { type: 'object' },
        strict: true,
        inputExamples: [{ input: { x: 1 } }],
        providerOptions: { anthropic: { cacheControl: MARK } },
      },
    ]);
  });

  const names = (body: object) => question({ tools: TOOLS, ...body }).tools?.map(({ name }) => name);
  const TOOLS = [
    tool('f'),
    tool('g'),
    tool('late', { defer_loading: true }),
    tool('never', { defer_loading: true }),
  ];
  const changes = (...content: object[]) => [HI, { role: 'system', content }];

  it.each([
    ['without those that are put off', { messages: [HI] }, ['f', 'g']],
    [
      'with those that a result names',
      { messages: called(result('a', { content: [{ type: 'tool_reference', tool_name: 'late' }] })) },
      ['f', 'g', 'late'],
    ],
    [
      'with those that are added by name',
      { messages: changes({ type: 'tool_addition', tool: { type: 'tool_reference', name: 'late' } }) },
      ['f', 'g', 'late'],
    ],
    [
      'with those that are defined on the way',
      { messages: changes({ type: 'tool_addition', tool: tool('new') }) },
      ['f', 'g', 'new'],
    ],
    [
      'without those that were taken away',
      { messages: changes({ type: 'tool_removal', tool: { type: 'tool_reference', name: 'g' } }) },
      ['f'],
    ],
    [
      'with those that came back',
      {
        messages: [
          ...changes({ type: 'tool_removal', tool: { type: 'tool_reference', name: 'g' } }),
          ...changes({ type: 'tool_addition', tool: { type: 'tool_reference', name: 'g' } }),
        ],
      },
      ['f', 'g'],
    ],
  ])('are there %s', (_, body, there) => {
    expect(names(body)).toEqual(there);
  });

  it.each([
    [{ type: 'auto' }, { type: 'auto' }],
    [{ type: 'any' }, { type: 'required' }],
    [{ type: 'none' }, { type: 'none' }],
    [
      { type: 'tool', name: 'f' },
      { type: 'tool', toolName: 'f' },
    ],
  ])('are chosen by %o', (tool_choice, toolChoice) => {
    expect(question({ tools: [tool('f')], tool_choice }).toolChoice).toEqual(toolChoice);
  });

  it('are called one at a time where that is asked', () => {
    const { providerOptions } = question({
      tools: [tool('f')],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
    expect(providerOptions?.anthropic).toEqual({ disableParallelToolUse: true });
  });

  it('have short names for a target, the same in every place', () => {
    const long = `mcp__${'a-long-name-of-a-server_'.repeat(4)}__f`;
    const { tools, toolChoice, prompt } = question({
      tools: [tool(long), tool(`${long}2`)],
      tool_choice: { type: 'tool', name: long },
      messages: [
        HI,
        { role: 'assistant', content: [use('a', long)] },
        { role: 'user', content: [result('a')] },
      ],
    });
    const [short, other] = (tools ?? []).map(({ name }) => name);
    expect(short?.length).toBeLessThanOrEqual(64);
    expect(other).not.toBe(short);
    expect(toolChoice).toEqual({ type: 'tool', toolName: short });
    expect(prompt.slice(1)).toMatchObject([
      { content: [{ toolName: short }] },
      { content: [{ toolName: short }] },
    ]);
  });
});

describe('settings', () => {
  it('are carried as they are', () => {
    expect(
      question({
        max_tokens: 9,
        temperature: 0.5,
        top_p: 0.9,
        top_k: 5,
        stop_sequences: ['END', '\n'],
        metadata: { user_id: 'u' },
        thinking: { type: 'enabled', budget_tokens: 2_000, display: 'summarized' },
        output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
        cache_control: MARK,
      }),
    ).toEqual({
      prompt: [SAID_HI],
      maxOutputTokens: 9,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      stopSequences: ['END', '\n'],
      reasoning: 'high',
      responseFormat: { type: 'json', schema: { type: 'object' } },
      providerOptions: {
        anthropic: {
          thinking: { type: 'enabled', budget_tokens: 2_000, display: 'summarized' },
          metadata: { userId: 'u' },
          cacheControl: MARK,
        },
      },
    });
  });

  it('have the effort that was set last, in the conversation or for all of it', () => {
    const effort = (word: string) => ({ role: 'system', output_config: { effort: word } });
    const messages = [HI, effort('max'), HI, effort('low')];
    expect(question({ output_config: { effort: 'medium' }, messages }).reasoning).toBe('low');
    expect(question({ output_config: { effort: 'medium' } }).reasoning).toBe('medium');
    expect(question({ output_config: { effort: 'beyond' } }).reasoning).toBe('max');
  });

  it('may have a format where betas put it', () => {
    const output_format = { type: 'json_schema', schema: { type: 'object' } };
    expect(question({ output_format }).responseFormat).toEqual({ type: 'json', schema: { type: 'object' } });
  });

  it('without which the reply means the same are left out, and that is said', () => {
    const { notes } = understood({
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
      service_tier: 'standard_only',
      output_config: { task_budget: { type: 'tokens', total: 20_000 } },
      tomorrows: 1,
      speed: 'standard',
      inference_geo: 'global',
      mcp_servers: [],
    });
    expect(notes.header()?.split(', ').sort()).toEqual([
      'context_management: dropped',
      'output_config.task_budget: dropped',
      'service_tier: dropped',
      'tomorrows: dropped',
    ]);
  });
});
