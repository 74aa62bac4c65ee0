// Tools of OpenAI's responses as plain functions: groups, tools of any text, choices, and those that only the provider would run.
import { expect, it } from 'vitest';
import { refused, understood } from './asked.ts';

const call = (id: string, more: object = {}) => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: '{}',
  ...more,
});
const output = (id: string, said: unknown = 'done') => ({
  type: 'function_call_output',
  call_id: id,
  output: said,
});
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  name,
  parameters: { type: 'object' },
  ...more,
});

it('a search of the web, which clients offer whatever they ask, is left out and told unless it is forced', () => {
  const search = { type: 'web_search' };
  const { question, notes } = understood({
    input: 'Hi',
    tools: [tool('f'), search],
    tool_choice: 'required',
  });
  expect(question.tools?.map(({ name }) => name)).toEqual(['f']);
  expect(question.toolChoice).toEqual({ type: 'required' });
  expect(notes.header()).toBe('tools.web_search: dropped');
  expect(understood({ input: 'Hi', tools: [search] }).question.tools).toBeUndefined();
  const forced = { input: 'Hi', tools: [search], tool_choice: 'required' };
  expect(refused(forced)).toEqual(['unsupported_parameter', 'tool_choice']);
  expect(refused({ ...forced, tool_choice: search })).toEqual(['unsupported_parameter', 'tool_choice']);
});

it('tools that take any text become functions of one text, with their grammar in words', () => {
  const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' };
  const { question } = understood({
    input: 'Hi',
    tools: [{ type: 'custom', name: 'patch', description: 'Patches.', format }],
  });
  expect(question.tools).toEqual([
    {
      type: 'function',
      name: 'patch',
      description: 'Patches.\n\nThe input must follow this grammar (lark):\nstart: "x"',
      inputSchema: {
        type: 'object',
        properties: { input: { type: 'string' } },
        required: ['input'],
        additionalProperties: false,
      },
    },
  ]);
});

it('groups of tools are told by plain names of their own, each another, and calls of before by the same', () => {
  const group = {
    type: 'namespace',
    name: 'mcp__docs',
    description: 'Docs.',
    tools: [tool('find'), tool('a'.repeat(80))],
  };
  const { question } = understood({
    input: [
      call('c1', { name: 'find', namespace: 'mcp__docs' }),
      output('c1'),
      {
        type: 'additional_tools',
        role: 'developer',
        tools: [tool('late'), tool('find', { description: 'anew' })],
      },
    ],
    tools: [tool('find'), group, tool('mcp__docs__find')],
  });
  const names = question.tools?.map(({ name }) => name) ?? [];
  expect(names.slice(0, 2)).toEqual(['find', 'mcp__docs__find']);
  expect(names.slice(3)).toEqual(['mcp__docs__find_2', 'late']);
  for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/);
  expect(new Set(names).size).toBe(5);
  expect(question.tools?.[0]).toMatchObject({ description: 'anew' });
  expect(question.prompt[0]).toMatchObject({ content: [{ toolName: 'mcp__docs__find' }] });
});

it('a choice of tools leaves those that are allowed, by their own names or their group', () => {
  const tools = [
    tool('f'),
    tool('g'),
    { type: 'namespace', name: 'n', description: '', tools: [tool('h'), tool('i')] },
  ];
  const chosen = (tool_choice: unknown) => {
    const { question } = understood({ input: 'Hi', tools, tool_choice });
    return [question.tools?.map(({ name }) => name).join(), question.toolChoice];
  };
  const all = 'f,g,n__h,n__i';
  expect(chosen('none')).toEqual([all, { type: 'none' }]);
  expect(chosen({ type: 'function', name: 'g' })).toEqual([all, { type: 'tool', toolName: 'g' }]);
  expect(chosen({ type: 'function', name: 'n.h' })).toEqual([all, { type: 'tool', toolName: 'n__h' }]);
  const allowed = [
    { type: 'function', name: 'f' },
    { type: 'namespace', name: 'n' },
  ];
  expect(chosen({ type: 'allowed_tools', mode: 'required', tools: allowed })).toEqual([
    'f,n__h,n__i',
    { type: 'required' },
  ]);
});
