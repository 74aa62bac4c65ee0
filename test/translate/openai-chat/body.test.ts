// What a question asks beside its prompt, in a chat completion: what every server takes, and what only some do.
import { describe, expect, it } from 'vitest';
import type { ProviderName } from '../../../src/providers/provider.ts';
import type { Message, Question } from '../../../src/translate/neutral.ts';
import { sent } from './asked.ts';

const hi: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const asks = (more: Partial<Question> = {}): Question => ({ prompt: [hi], ...more });
const f = { type: 'function', name: 'f', inputSchema: { type: 'object' } } as const;

describe('settings', () => {
  it('have the names of this dialect', () => {
    const { body, notes } = sent(
      asks({
        ...{
          maxOutputTokens: 9,
          temperature: 0.5,
          topP: 0.9,
          presencePenalty: 1,
          frequencyPenalty: 0.5,
          seed: 3,
        },
        stopSequences: ['x'],
        responseFormat: { type: 'json', schema: { type: 'object' }, name: 'n', description: 'd' },
        tools: [{ ...f, description: 'd', strict: true }],
        toolChoice: { type: 'tool', toolName: 'f' },
        providerOptions: { openai: { parallelToolCalls: true, strictJsonSchema: true, user: 'u' } },
      }),
      { stream: true },
    );
    expect(body).toEqual({
      ...{ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], stream: true },
      stream_options: { include_usage: true },
      ...{
        max_completion_tokens: 9,
        temperature: 0.5,
        top_p: 0.9,
        presence_penalty: 1,
        frequency_penalty: 0.5,
      },
      ...{ seed: 3, stop: ['x'], user: 'u', parallel_tool_calls: true },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
      },
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'd',
            strict: true,
            parameters: { type: 'object', properties: {} },
          },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
    });
    expect(notes).toBe(undefined);
  });

  it.each([
    [{ responseFormat: { type: 'json' } }, { response_format: { type: 'json_object' } }],
    [{ tools: [], toolChoice: { type: 'auto' } }, {}],
    [
      {
        tools: [f],
        toolChoice: { type: 'required' },
        providerOptions: { anthropic: { disableParallelToolUse: true } },
      },
      { tools: expect.anything(), tool_choice: 'required', parallel_tool_calls: false },
    ],
  ] as const)('%j are said', (more, said) => {
    const { body } = sent(asks(more as never));
    expect(body).toEqual({ model: 'gpt-4o', messages: expect.anything(), ...said });
  });

  it("refuse a provider's own tool by its place", () => {
    const tools = [{ type: 'provider', id: 'anthropic.bash', name: 'bash', args: {} }] as const;
    expect(() => sent(asks({ tools: [...tools] }))).toThrow(
      expect.objectContaining({
        code: 'unsupported_parameter',
        extra: expect.objectContaining({ param: 'tools' }),
      }),
    );
  });

  const everything = asks({
    ...{ maxOutputTokens: 9, temperature: 0.5, topK: 4, presencePenalty: 1, reasoning: 'xhigh' },
    providerOptions: {
      openai: {
        user: 'u',
        promptCacheKey: 'k',
        serviceTier: 'flex',
        textVerbosity: 'low',
        serviceTiers: 'x',
      },
    },
  });
  const asked = (provider: ProviderName, model: string) => {
    const { body, notes } = sent(everything, { provider, model });
    const { model: _, messages: __, ...settings } = body;
    return [settings, notes];
  };
  const dropped = (...names: string[]): string => names.map((name) => `${name}: dropped`).join(', ');
  const own = {
    user: 'u',
    prompt_cache_key: 'k',
    service_tier: 'flex',
    verbosity: 'low',
  };
  const owns = ['user', 'service_tier', 'verbosity', 'service_tiers'];
  const usual = { temperature: 0.5, presence_penalty: 1 };
  it.each([
    [
      'openai',
      'gpt-4o',
      { max_completion_tokens: 9, ...usual, ...own },
      dropped('reasoning_effort', 'top_k', 'service_tiers'),
    ],
    [
      ...(['openai', 'gpt-5', { max_completion_tokens: 9, reasoning_effort: 'high', ...own }] as const),
      `reasoning_effort: high, ${dropped('temperature', 'presence_penalty', 'top_k', 'service_tiers')}`,
    ],
    [
      ...(['azure', 'o4-mini', { max_completion_tokens: 9, reasoning_effort: 'high', ...own }] as const),
      `reasoning_effort: high, ${dropped('temperature', 'presence_penalty', 'top_k', 'service_tiers')}`,
    ],
    [
      ...(['openai', 'gpt-5.2', { max_completion_tokens: 9, reasoning_effort: 'xhigh', ...own }] as const),
      dropped('temperature', 'presence_penalty', 'top_k', 'service_tiers'),
    ],
    [
      ...(['vllm', 'qwen3', { max_tokens: 9, ...usual, top_k: 4, reasoning_effort: 'high' }] as const),
      `reasoning_effort: high, ${dropped(...owns)}`,
    ],
    ['ollama', 'llama3.2:latest', { max_tokens: 9, ...usual }, dropped('reasoning_effort', 'top_k', ...owns)],
    [
      ...(['ollama', 'gpt-oss:20b', { max_tokens: 9, ...usual, reasoning_effort: 'high' }] as const),
      `reasoning_effort: high, ${dropped('top_k', ...owns)}`,
    ],
    ['compatible', 'llama-3.3', { max_tokens: 9, ...usual }, dropped('reasoning_effort', 'top_k', ...owns)],
    [
      ...([
        'compatible',
        'openai/gpt-5.1',
        { max_completion_tokens: 9, ...usual, reasoning_effort: 'high' },
      ] as const),
      `reasoning_effort: high, ${dropped('top_k', ...owns)}`,
    ],
  ] as const)('to %s for %s are those it takes', (provider, model, settings, notes) => {
    expect(asked(provider, model)).toEqual([settings, notes]);
  });

  it('that name a user or a cache are no longer than OpenAI takes', () => {
    const anthropic = { metadata: { userId: 'u'.repeat(65) } };
    expect(sent(asks({ providerOptions: { anthropic } }))).toMatchObject({ notes: 'user: dropped' });
    const short = { metadata: { userId: 'u'.repeat(64) } };
    expect(sent(asks({ providerOptions: { anthropic: short } })).body.user).toBe('u'.repeat(64));
  });
});

describe('the effort', () => {
  const effort = (model: string, more: Partial<Question>, provider: ProviderName = 'openai'): unknown =>
    sent(asks(more), { provider, model }).body.reasoning_effort;
  it.each([
    ['gpt-5', 'none', 'minimal'],
    ['gpt-5', 'max', 'high'],
    ['gpt-5-mini-2025-08-07', 'minimal', 'minimal'],
    ['gpt-5.1', 'none', 'none'],
    ['gpt-5.1', 'minimal', 'none'],
    ['gpt-5-pro', 'low', 'high'],
    ['gpt-5-codex', 'minimal', 'low'],
    ['gpt-5.1-codex-max', 'xhigh', 'xhigh'],
    ['gpt-5.4', 'xhigh', 'xhigh'],
    ['gpt-6.1', 'max', 'xhigh'],
    ['o3', 'xhigh', 'high'],
    ['o3', 'none', undefined],
    ['o1-mini', 'high', undefined],
    ['gpt-5-chat-latest', 'high', undefined],
    ['gpt-4.1', 'high', undefined],
    ['my-deployment', 'high', undefined],
  ] as const)('of %s that is asked for %s is %s', (model, reasoning, said) => {
    expect(effort(model, { reasoning })).toBe(said);
  });

  it.each([
    [{ type: 'disabled' }, 'none'],
    [{ type: 'enabled', budget_tokens: 2_000 }, 'low'],
    [{ type: 'enabled', budget_tokens: 20_000 }, 'medium'],
    [{ type: 'enabled', budget_tokens: 50_000 }, 'high'],
    [{ type: 'adaptive' }, undefined],
  ])('is what a budget comes to (%j)', (thinking, said) => {
    const providerOptions = { anthropic: { thinking } };
    expect(effort('gpt-5.1', { providerOptions })).toBe(said);
    expect(effort('gpt-5.1', { providerOptions, reasoning: 'medium' })).toBe('medium');
    expect(effort('gpt-4o', { providerOptions })).toBe(undefined);
  });

  it('is none where a model takes no tools otherwise', () => {
    expect(effort('gpt-5.6', { tools: [f], reasoning: 'high' })).toBe('none');
    expect(effort('gpt-5.6', { tools: [f] })).toBe('none');
    expect(effort('gpt-5.6', { reasoning: 'high' })).toBe('high');
    expect(effort('gpt-6', { tools: [f], reasoning: 'high' })).toBe('high');
  });

  it("is not disturbed by what is OpenAI's default anyway", () => {
    const usual = { temperature: 1, topP: 1, presencePenalty: 0, frequencyPenalty: 0 };
    const { body, notes } = sent(asks(usual), { provider: 'azure', model: 'my-deployment' });
    expect([Object.keys(body), notes]).toEqual([['model', 'messages'], undefined]);
    expect(sent(asks(usual), { provider: 'vllm', model: 'qwen3' }).body).toMatchObject({
      temperature: 1,
      top_p: 1,
    });
  });

  it("keeps OpenAI's o-series from being told how many calls to make", () => {
    const more = { tools: [f], providerOptions: { openai: { parallelToolCalls: false } } };
    const parallel = (model: string) => sent(asks(more), { model }).body.parallel_tool_calls;
    expect([parallel('o4-mini'), parallel('gpt-5')]).toEqual([undefined, false]);
  });

  it('lets a model be warm only while it does not think', () => {
    const warm = (reasoning: 'none' | 'low') =>
      sent(asks({ reasoning, temperature: 0.7 }), { model: 'gpt-5.2' }).body.temperature;
    expect([warm('none'), warm('low')]).toEqual([0.7, undefined]);
  });
});
