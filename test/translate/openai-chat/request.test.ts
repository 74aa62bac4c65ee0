// What a chat completion asks beside its messages is the same in the neutral form; what may be left out is told.
import { describe, expect, it } from 'vitest';
import { understood } from './asked.ts';

const hi = { role: 'user', content: 'Hi' };
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
  ...more,
});
const cached = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const marked = { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } };

describe('settings', () => {
  it.each([
    [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 4 }, { maxOutputTokens: 4 }],
    [
      { temperature: 0.5, top_p: 0.9, top_k: 40 },
      { temperature: 0.5, topP: 0.9, topK: 40 },
    ],
    [
      { presence_penalty: 1, frequency_penalty: -1, seed: 7 },
      { presencePenalty: 1, frequencyPenalty: -1, seed: 7 },
    ],
    [{ stop: 'x' }, { stopSequences: ['x'] }],
    [{ stop: ['x', 'y'] }, { stopSequences: ['x', 'y'] }],
    [{ stop: null, temperature: null, n: null, logprobs: false, modalities: ['text'] }, {}],
    [{ reasoning_effort: 'xhigh' }, { reasoning: 'xhigh' }],
    [{ response_format: { type: 'text' } }, {}],
    [{ response_format: { type: 'json_object' } }, { responseFormat: { type: 'json' } }],
    [
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'n', schema: { type: 'object' }, strict: true },
        },
      },
      {
        responseFormat: { type: 'json', name: 'n', schema: { type: 'object' } },
        providerOptions: { openai: { strictJsonSchema: true } },
      },
    ],
    [
      { parallel_tool_calls: false, user: 'u', thinking: { type: 'enabled', budget_tokens: 2000 } },
      {
        providerOptions: {
          openai: { parallelToolCalls: false, user: 'u' },
          anthropic: {
            disableParallelToolUse: true,
            thinking: { type: 'enabled', budget_tokens: 2000 },
          },
        },
      },
    ],
  ])('%j are carried', (body, carried) => {
    const { prompt: _, ...question } = understood(body).question;
    expect(question).toEqual(carried);
  });

  it('that change nothing that is asked are left out and told, unless they say nothing', () => {
    const { notes } = understood({
      ...{
        logit_bias: { 5: 1 },
        store: true,
        metadata: { a: 'b' },
        prediction: { type: 'content' },
        novel: 1,
      },
      ...{ prompt_cache_key: 'k', service_tier: 'flex', 'od d\n': 1 },
      messages: [{ ...hi, name: 'Ada' }],
    });
    expect(notes.header()).toBe(
      'logit_bias: dropped, store: dropped, metadata: dropped, prediction: dropped, novel: dropped, prompt_cache_key: dropped, service_tier: dropped, a parameter: dropped, messages[].name: dropped',
    );
    expect(
      understood({
        logit_bias: {},
        store: false,
        metadata: null,
        stop: [],
        service_tier: 'auto',
      }).notes.header(),
    ).toBe(undefined);
  });
});

describe('tools', () => {
  const schema = { type: 'object' };
  it.each([
    [
      'functions',
      {
        tools: [
          tool('f', cached),
          { type: 'function', function: { name: 'g', description: 'd', strict: true } },
        ],
      },
      {
        tools: [
          { type: 'function', name: 'f', inputSchema: schema, providerOptions: marked },
          {
            type: 'function',
            name: 'g',
            description: 'd',
            strict: true,
            inputSchema: { type: 'object', properties: {} },
          },
        ],
      },
    ],
    [
      'a custom tool is a function of one text, with its grammar in words',
      {
        tools: [
          {
            type: 'custom',
            custom: {
              name: 'c',
              description: 'd',
              format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } },
            },
          },
        ],
        tool_choice: { type: 'custom', custom: { name: 'c' } },
      },
      {
        tools: [
          {
            type: 'function',
            name: 'c',
            description: 'd\n\nThe input must match this grammar (lark):\nstart: "x"',
            inputSchema: {
              type: 'object',
              properties: { input: { type: 'string' } },
              required: ['input'],
              additionalProperties: false,
            },
          },
        ],
        toolChoice: { type: 'tool', toolName: 'c' },
      },
    ],
    [
      'the allowed ones alone',
      {
        tools: [tool('f'), tool('g')],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
        },
      },
      { tools: [{ type: 'function', name: 'g', inputSchema: schema }], toolChoice: { type: 'required' } },
    ],
    [
      'a choice by its name',
      { tools: [tool('f')], tool_choice: { type: 'function', function: { name: 'f' } } },
      { tools: [expect.anything()], toolChoice: { type: 'tool', toolName: 'f' } },
    ],
    [
      'a choice of none',
      { tools: [tool('f')], tool_choice: 'none' },
      { tools: [expect.anything()], toolChoice: { type: 'none' } },
    ],
    ['a choice among no tools', { tools: [], tool_choice: 'auto' }, {}],
    [
      'functions of the old kind, one at a time',
      { functions: [{ name: 'f', parameters: schema }], function_call: { name: 'f' } },
      {
        tools: [{ type: 'function', name: 'f', inputSchema: schema }],
        toolChoice: { type: 'tool', toolName: 'f' },
        providerOptions: {
          openai: { parallelToolCalls: false },
          anthropic: { disableParallelToolUse: true },
        },
      },
    ],
  ])('%s', (_, body, carried) => {
    const { prompt: __, ...question } = understood(body).question;
    expect(question).toEqual(carried);
  });
});
