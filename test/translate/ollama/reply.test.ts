// A reply in the neutral form is written as Ollama writes one, line by line or whole; what proves it comes back on its calls.
import { expect, it } from 'vitest';
import type { Answer, Part } from '../../../src/translate/neutral.ts';
import { BEGUN_MS, finish, headOf, linesOf, USAGE, understood } from './asked.ts';

const ASKED = { messages: [{ role: 'user', content: 'Hi' }] };
const COUNTS = { prompt_eval_count: 21, eval_count: 13 };
const at = (ms: number) => new Date(BEGUN_MS + ms).toISOString();
const SIGNED = { anthropic: { signature: 'EqQBCgIYAhIkMGZi' } };
const HIDDEN = { anthropic: { redactedData: 'EmwKAhgBEgy3va3p' } };
const THOUGHT = { google: { thoughtSignature: 'CiQB4/H/XpJ2' } };

const PARTS: readonly Part[] = [
  { type: 'stream-start', warnings: [] },
  { type: 'response-metadata', modelId: 'answering' },
  { type: 'reasoning-start', id: '0' },
  { type: 'reasoning-delta', id: '0', delta: 'Let ' },
  { type: 'reasoning-delta', id: '0', delta: 'me' },
  { type: 'reasoning-end', id: '0', providerMetadata: SIGNED },
  { type: 'reasoning-start', id: '1', providerMetadata: HIDDEN },
  { type: 'reasoning-end', id: '1' },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Well "so"' },
  { type: 'text-end', id: '0' },
  { type: 'tool-input-start', id: 'c1', toolName: 'f', providerMetadata: THOUGHT },
  { type: 'tool-input-delta', id: 'c1', delta: '{"a":[1]}' },
  { type: 'tool-input-end', id: 'c1' },
  { type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: '{"a":[1]}' },
  { type: 'tool-call', toolCallId: 'c2', toolName: 'g', input: '' },
  finish('tool-calls'),
];

it('thinking and words come in pieces, calls whole in lines of their own, and the end counts tokens and true times', () => {
  const lines = linesOf('chat', ASKED, PARTS);
  const line = (ms: number, message: object) => ({
    ...{
      model: 'answering',
      created_at: at(ms),
      message: { role: 'assistant', content: '', ...message },
      done: false,
    },
  });
  expect(lines).toEqual([
    line(250, { thinking: 'Let ' }),
    line(500, { thinking: 'me' }),
    line(750, { content: 'Well "so"' }),
    line(1000, {
      tool_calls: [
        {
          id: 'c1',
          function: { index: 0, name: 'f', arguments: { a: [1] } },
          signature: expect.any(String),
          thought_signature: expect.any(String),
        },
      ],
    }),
    line(1250, { tool_calls: [{ id: 'c2', function: { index: 1, name: 'g', arguments: {} } }] }),
    {
      ...line(1500, {}),
      ...{ done: true, done_reason: 'stop', ...COUNTS },
      ...{ total_duration: 1.5e9, prompt_eval_duration: 0.25e9, eval_duration: 1.25e9 },
    },
  ]);
});

it('a completion says the same under its own names', () => {
  const lines = linesOf('generate', { prompt: 'Hi' }, [...PARTS.slice(0, 11), finish('length')]);
  expect(lines.map(({ response, thinking, done_reason }) => [response, thinking, done_reason])).toEqual([
    ['', 'Let ', undefined],
    ['', 'me', undefined],
    ['Well "so"', undefined, undefined],
    ['', undefined, 'length'],
  ]);
});

const ANSWER: Answer = {
  content: [
    { type: 'reasoning', text: 'Let me', providerMetadata: SIGNED },
    { type: 'reasoning', text: '', providerMetadata: HIDDEN },
    { type: 'text', text: 'Well "so"' },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: '{"a":[1]}', providerMetadata: THOUGHT },
    { type: 'tool-call', toolCallId: 'c2', toolName: 'g', input: '' },
  ],
  finishReason: { unified: 'tool-calls', raw: 'tool_use' },
  usage: USAGE,
  response: { modelId: 'answering' },
};

it('a whole reply says all of it at once, and of its times what can be known', () => {
  const reply = JSON.parse(understood('chat', ASKED).writer(headOf()).whole(ANSWER));
  expect(reply).toEqual({
    ...{
      model: 'answering',
      created_at: at(250),
      done: true,
      done_reason: 'stop',
      ...COUNTS,
      total_duration: 0.25e9,
    },
    message: {
      role: 'assistant',
      content: 'Well "so"',
      thinking: 'Let me',
      tool_calls: [
        expect.objectContaining({ id: 'c1', function: { index: 0, name: 'f', arguments: { a: [1] } } }),
        { id: 'c2', function: { index: 1, name: 'g', arguments: {} } },
      ],
    },
  });
});

it.each(['whole', 'streamed'])('a %s message sent back as it came has every proof at its place', (way) => {
  const lines = linesOf('chat', ASKED, PARTS).map(({ message }) => message);
  const message =
    way === 'whole'
      ? JSON.parse(understood('chat', ASKED).writer(headOf()).whole(ANSWER)).message
      : {
          role: 'assistant',
          content: lines.map(({ content }) => content).join(''),
          thinking: lines.map(({ thinking }) => thinking ?? '').join(''),
          tool_calls: lines.flatMap(({ tool_calls }) => tool_calls ?? []),
        };
  const results = ['f', 'g'].map((tool_name) => ({ role: 'tool', tool_name, content: 'ok' }));
  const sentBack = (more: object) =>
    understood('chat', { messages: [{ ...message, ...more }, ...results] }).question.prompt[0]?.content;
  const calls = [
    { type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: { a: [1] }, providerOptions: THOUGHT },
    { type: 'tool-call', toolCallId: 'c2', toolName: 'g', input: {} },
  ];
  expect(sentBack({})).toEqual([
    { type: 'reasoning', text: 'Let me', providerOptions: SIGNED },
    { type: 'reasoning', text: '', providerOptions: HIDDEN },
    { type: 'text', text: 'Well "so"' },
    ...calls,
  ]);
  // A thought that was changed on its way is no longer proven.
  expect(sentBack({ thinking: 'Let [NAME]' })).toEqual([
    { type: 'reasoning', text: 'Let [NAME]' },
    { type: 'text', text: 'Well "so"' },
    ...calls,
  ]);
});

it('arguments that are no object cannot be told, and are never made up', () => {
  for (const input of ['[1]', '{"a":', 'x'])
    expect(() =>
      linesOf('chat', ASKED, [{ type: 'tool-call', toolCallId: 'c', toolName: 'f', input }, finish()]),
    ).toThrow("a tool's arguments are no JSON object");
});

it('a reply whose tokens nobody counted is told without counts', () => {
  const none = { total: undefined };
  const usage = {
    inputTokens: { ...none, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { ...none, text: undefined, reasoning: undefined },
  };
  const [line] = linesOf('chat', ASKED, [
    { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage },
  ]);
  expect(Object.keys(line).sort()).toEqual([
    'created_at',
    'done',
    'done_reason',
    'message',
    'model',
    'total_duration',
  ]);
});
