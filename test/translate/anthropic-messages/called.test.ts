// What a question asks of tools and of its reply's form, in Anthropic's dialect: what the API takes, and nothing that it refuses.
import { describe, expect, it } from 'vitest';
import { REPLY_TOOL } from '../../../src/translate/anthropic-messages/called.ts';
import type { Message, Question } from '../../../src/translate/neutral.ts';
import { MARK, refusalOf, SAID_HI, sent } from './asked.ts';

const system = (content: string): Message => ({ role: 'system', content });
const block = (text: string) => ({ type: 'text', text });
const bodyOf = (...asked: Parameters<typeof sent>) => sent(...asked).body;

describe('tools', () => {
  const tool = (name: string, more: object = {}): NonNullable<Question['tools']>[number] => ({
    type: 'function',
    name,
    inputSchema: { type: 'object', properties: { x: { type: 'number', minimum: 1 } } },
    ...more,
  });

  it('have all that is said of them', () => {
    const marked = { description: 'F', providerOptions: { anthropic: { cacheControl: MARK } } };
    expect(bodyOf({ tools: [tool('f', marked), tool('g', { inputSchema: {} })] }).tools).toEqual([
      {
        name: 'f',
        description: 'F',
        input_schema: { type: 'object', properties: { x: { type: 'number', minimum: 1 } } },
        cache_control: MARK,
      },
      { name: 'g', input_schema: { type: 'object' } },
    ]);
  });

  it('are strict where the model can be, with a schema that can be kept', () => {
    const input_schema = {
      type: 'object',
      properties: { x: { type: 'number', description: 'minimum: 1.' } },
      additionalProperties: false,
    };
    expect(bodyOf({ tools: [tool('f', { strict: true })] }).tools[0]).toEqual({
      name: 'f',
      strict: true,
      input_schema,
    });
    const { body, notes } = sent(
      { tools: [tool('f', { strict: true })] },
      { model: 'claude-opus-4-20250514' },
    );
    expect(body.tools[0]).not.toHaveProperty('strict');
    expect(notes).toBe('tools.strict: dropped');
  });

  it.each<[Question['toolChoice'], boolean, object | undefined]>([
    [undefined, false, undefined],
    [{ type: 'auto' }, false, undefined],
    [{ type: 'auto' }, true, { type: 'auto', disable_parallel_tool_use: true }],
    [{ type: 'none' }, true, { type: 'none' }],
    [{ type: 'required' }, false, { type: 'any' }],
    [{ type: 'tool', toolName: 'f' }, true, { type: 'tool', name: 'f', disable_parallel_tool_use: true }],
  ])('chosen by %o, one at a time: %s, are %o', (toolChoice, single, choice) => {
    for (const providerOptions of [
      { openai: { parallelToolCalls: !single } },
      { anthropic: { disableParallelToolUse: single } },
    ])
      expect(
        bodyOf({ tools: [tool('f')], ...(toolChoice && { toolChoice }), providerOptions }).tool_choice,
      ).toEqual(choice);
  });

  it('that are not there are not chosen from', () => {
    expect(
      bodyOf({ toolChoice: { type: 'auto' }, providerOptions: { openai: { parallelToolCalls: false } } }),
    ).not.toHaveProperty('tool_choice');
  });

  it.each<[string, Parameters<typeof sent>[1]]>([
    ['a model', { model: 'claude-opus-5-5' }],
    ['a server', { provider: 'trtllm', model: 'llama' }],
    ['another server', { provider: 'ollama', model: 'llama3.2' }],
  ])('are not demanded where %s cannot be made to call one', (_, target) => {
    const asked: Partial<Question> = { tools: [tool('f')], toolChoice: { type: 'required' } };
    expect(refusalOf(() => sent(asked, target))).toEqual(['unsupported_parameter', 'tool_choice']);
  });
});

describe('a form of the reply', () => {
  const schema = {
    type: 'object',
    properties: { x: { type: 'string', maxLength: 3, format: 'color' } },
    required: ['x'],
  } as const;
  const asked: Partial<Question> = { responseFormat: { type: 'json', name: 'r', schema } };
  const f = { type: 'function', name: 'f', inputSchema: { type: 'object' } } as const;

  it('is asked for by the API itself, as far as it can be kept to', () => {
    expect(bodyOf(asked).output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          required: ['x'],
          properties: { x: { type: 'string', description: 'maxLength: 3; format: color.' } },
          additionalProperties: false,
        },
      },
    });
  });

  it.each<[string, Parameters<typeof sent>[1]]>([
    ['an early model', { model: 'claude-3-7-sonnet-20250219' }],
    ['a server that has no such thing', { provider: 'vllm', model: 'qwen3' }],
    ['a cloud that has no such thing', { provider: 'bedrock', model: 'us.anthropic.claude-sonnet-4-5-v1:0' }],
  ])('is a tool that must be called for %s', (_, target) => {
    const reply = { name: REPLY_TOOL, description: 'Gives the answer.', input_schema: schema };
    expect(bodyOf(asked, target)).toMatchObject({
      tools: [reply],
      tool_choice: { type: 'tool', name: REPLY_TOOL, disable_parallel_tool_use: true },
    });
    expect(bodyOf({ ...asked, tools: [f] }, target)).toMatchObject({
      tools: [{ name: 'f' }, reply],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    });
    expect(bodyOf({ ...asked, tools: [f], toolChoice: { type: 'none' } }, target).tools).toEqual([reply]);
  });

  it('is refused where neither can be had', () => {
    const target = { provider: 'ollama', model: 'llama3.2' } as const;
    expect(refusalOf(() => sent(asked, target))).toEqual(['unsupported_parameter', 'response_format']);
    const list: Partial<Question> = { responseFormat: { type: 'json', schema: { type: 'array' } } };
    expect(refusalOf(() => sent(list, { provider: 'vllm', model: 'qwen3' }))).toEqual([
      'unsupported_parameter',
      'response_format',
    ]);
  });

  it('is asked for in words where any JSON will do', () => {
    const { body, notes } = sent({ prompt: [system('A'), SAID_HI], responseFormat: { type: 'json' } });
    expect(body.system).toEqual([block('A'), block('Answer with one JSON object and nothing else.')]);
    expect(notes).toBe('response_format: asked for in words');
  });
});

describe('options', () => {
  it('tell who the user is, where that tells nobody who they are', () => {
    const told = (user: string, provider: 'anthropic' | 'vertex' = 'anthropic') => {
      const { body, notes } = sent({ providerOptions: { openai: { user } } }, { provider });
      return body.metadata?.user_id ?? notes;
    };
    expect(told('user-1')).toBe('user-1');
    for (const user of ['a@example.org', '+49 30 1234567', 'x'.repeat(257)])
      expect(told(user)).toBe('user: dropped');
    expect(told('user-1', 'vertex')).toBe('user: dropped');
  });

  it('of others are left out, and that is said', () => {
    const openai = {
      serviceTier: 'flex',
      textVerbosity: 'low',
      parallelToolCalls: true,
      strictJsonSchema: true,
    };
    expect(sent({ providerOptions: { openai } }).notes).toBe(
      'service_tier: dropped, text_verbosity: dropped',
    );
    expect(sent({ providerOptions: { openai: { serviceTier: 'auto' } } }).notes).toBeUndefined();
  });

  it('mark the whole request for the cache', () => {
    expect(bodyOf({ providerOptions: { anthropic: { cacheControl: MARK } } }).cache_control).toEqual(MARK);
  });
});
