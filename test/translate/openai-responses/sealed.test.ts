// What a provider needs back of a reply comes back as it was, by way of a client that keeps what it does not understand; what was
// changed on its way, or is another's, is left out and told.
import { expect, it } from 'vitest';
import type { Part } from '../../../src/translate/neutral.ts';
import { seal } from '../../../src/translate/openai-responses/envelope.ts';
import { finish, understood, written } from './asked.ts';

const ASKED = {
  input: 'Hi',
  include: ['reasoning.encrypted_content'],
  tools: [{ type: 'function', name: 'f', parameters: {} }],
};
const SIGNED = { anthropic: { signature: 'EqQBCgIYAhIkMGZi' } };
const HIDDEN = { anthropic: { redactedData: 'EmwKAhgBEgy3va3p' } };
const THOUGHT = { google: { thoughtSignature: 'CiQB4/H/XpJ2' } };

const PARTS: readonly Part[] = [
  { type: 'reasoning-start', id: '0' },
  { type: 'reasoning-delta', id: '0', delta: 'Let me ' },
  { type: 'reasoning-delta', id: '0', delta: 'think 🎈' },
  { type: 'reasoning-delta', id: '0', delta: '', providerMetadata: SIGNED },
  { type: 'reasoning-end', id: '0' },
  { type: 'reasoning-start', id: '1', providerMetadata: HIDDEN },
  { type: 'reasoning-end', id: '1' },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Well.' },
  { type: 'text-end', id: '0', providerMetadata: THOUGHT },
  { type: 'tool-input-start', id: 'c1', toolName: 'f', providerMetadata: THOUGHT },
  { type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: '{}', providerMetadata: THOUGHT },
  { type: 'tool-call', toolCallId: 'c2', toolName: 'f', input: '{}', providerMetadata: THOUGHT },
  finish('tool-calls'),
];

const outputs = ['c1', 'c2'].map((call_id) => ({ type: 'function_call_output', call_id, output: 'ok' }));
const sentBack = (items: readonly object[]) => understood({ ...ASKED, input: [...items, ...outputs] });

it.each([
  ['as they are', (item: object) => item],
  // Codex keeps neither ids nor the status.
  ['without their ids', ({ id: _, status: __, ...item }: Record<string, unknown>) => item],
])('items sent back %s have every proof at its place', (_, kept) => {
  const { output } = written(ASKED, PARTS).events.at(-1).response;
  const { question, notes } = sentBack(output.map(kept));
  expect(question.prompt[0]).toEqual({
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Let me think 🎈', providerOptions: SIGNED },
      { type: 'reasoning', text: '', providerOptions: HIDDEN },
      { type: 'text', text: 'Well.', providerOptions: THOUGHT },
      { type: 'tool-call', toolCallId: 'c1', toolName: 'f', input: {}, providerOptions: THOUGHT },
      { type: 'tool-call', toolCallId: 'c2', toolName: 'f', input: {}, providerOptions: THOUGHT },
    ],
  });
  expect(notes.header()).toBeUndefined();
});

it('who says that nothing is stored gets its proofs as well, whether it asks for them or not', () => {
  const { include: _, ...unasked } = ASKED;
  const sealed = (body: object) =>
    JSON.stringify(written(body, PARTS).events.at(-1)).includes('encrypted_content');
  expect([{ store: false }, { store: true }, {}].map((more) => sealed({ ...unasked, ...more }))).toEqual([
    ...[true, false, false],
  ]);
});

it('no word of a reply stands in what is sealed', () => {
  const { output } = written(ASKED, PARTS).events.at(-1).response;
  const sealed: string[] = output.flatMap(
    (item: { encrypted_content?: string }) => item.encrypted_content ?? [],
  );
  expect(sealed).toHaveLength(5);
  for (const each of sealed) {
    expect(Buffer.from(each, 'base64').toString()).not.toMatch(/think|Well/);
    // Shorter ones would be taken for text, and looked through for values.
    expect(each.length).toBeGreaterThanOrEqual(64);
  }
});

it.each([
  [
    'whose words were changed',
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me [REDACTED]' }] },
  ],
  ['whose words were left out', { type: 'reasoning', summary: [] }],
])('a proof of a reasoning %s proves nothing, and is left out and told', (_, item) => {
  const { output } = written(ASKED, PARTS).events.at(-1).response;
  const { question, notes } = sentBack([{ ...output[0], ...item }, ...output.slice(1)]);
  expect(JSON.stringify(question.prompt[0])).not.toContain('EqQBCgIYAhIkMGZi');
  expect(notes.header()).toBe('input[].encrypted_content: dropped');
});

it.each([
  [
    'of another provider',
    'gAAAAABpPDIUph8czEXzDePCV2lJ27wm7TsbCvazrvHSn0yWitN7RGWq8sjrPtfEYNkSVR8GZzB59nmPMV9haW4HIeHt',
  ],
  ['that is no base64', '{"gatehouse":1}'],
  ['of nothing', ''],
  ['of a later make', btoa('{"gatehouse":2,"of":"text","proofs":{"anthropic":{"signature":"x"}}}')],
])('a sealed block %s is left out and told, and its words are kept', (_, encrypted_content) => {
  const item = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content };
  const { question, notes } = understood({ input: [item, { role: 'user', content: 'Hi' }] });
  expect(question.prompt[0]).toEqual({ role: 'assistant', content: [{ type: 'reasoning', text: 'Hm' }] });
  expect(notes.header()).toBe('input[].encrypted_content: dropped');
});

it('a client that seals for itself can say proofs alone, as plain texts by plain names', () => {
  const proofs = {
    anthropic: { signature: 's', cacheControl: { type: 'ephemeral' }, 'a-b': 'x' },
    '': { x: 'y' },
  };
  const forged = btoa(JSON.stringify({ gatehouse: 1, of: 'call', call: 'c', proofs, openai: { user: 'x' } }));
  const { question } = understood({
    input: [
      { type: 'reasoning', summary: [], encrypted_content: forged },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: '' },
    ],
  });
  expect(question.prompt[0]).toEqual({
    role: 'assistant',
    content: [
      {
        type: 'tool-call',
        toolCallId: 'c',
        toolName: 'f',
        input: {},
        providerOptions: { anthropic: { signature: 's' } },
      },
    ],
  });
  expect(atob(seal({ of: 'text', proofs: { a: { b: 'c' } } }))).toBe(
    '{"gatehouse":1,"of":"text","proofs":{"a":{"b":"c"}}}',
  );
});
