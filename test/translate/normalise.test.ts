// A question as its target can take it: system messages where they may stand, and no more tokens than the model has.
import { describe, expect, it } from 'vitest';
import type { CallDialectName } from '../../src/dialects/dialect.ts';
import type { ProviderName } from '../../src/providers/provider.ts';
import { capsOf } from '../../src/translate/caps.ts';
import type { Message, Question } from '../../src/translate/neutral.ts';
import { normalise } from '../../src/translate/normalise.ts';
import { Notes } from '../../src/translate/notes.ts';

const target = (provider: ProviderName, model: string) => ({
  backend: { name: 'b', provider, url: null, zone: 'cloud', secret: null } as const,
  model,
});
const within = (
  question: Partial<Question>,
  provider: ProviderName,
  model: string,
  dialect: CallDialectName | null,
) => {
  const notes = new Notes();
  const asked = normalise({ prompt: [], ...question }, capsOf(target(provider, model), dialect), notes);
  return { asked, notes: notes.header() };
};
const system = (content: string): Message => ({ role: 'system', content });
const user = (...texts: string[]): Message => ({
  role: 'user',
  content: texts.map((text) => ({ type: 'text', text })),
});
const assistant: Message = { role: 'assistant', content: [{ type: 'text', text: 'a' }] };
const call: Message = {
  role: 'assistant',
  content: [{ type: 'tool-call', toolCallId: 'i', toolName: 'f', input: {} }],
};
const result: Message = {
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId: 'i', toolName: 'f', output: { type: 'text', value: 'r' } }],
};
const reminder = (text: string) => `<system-reminder>\n${text}\n</system-reminder>`;

describe('system messages', () => {
  const prompt = [system('A'), system('B'), user('u'), system('C'), assistant, system('D'), user('v')];
  const promptFor = (
    provider: ProviderName,
    dialect: CallDialectName | null,
    said: readonly Message[] = prompt,
  ) => within({ prompt: [...said] }, provider, 'm', dialect).asked.prompt;

  it('stay where they are where they may stand anywhere', () => {
    expect(promptFor('openai', 'openai-chat')).toEqual(prompt);
  });

  const rest = [user('u', reminder('C')), assistant, user(reminder('D'), 'v')];

  it('are said by the user beside them where they may only come first', () => {
    for (const [provider, dialect] of [
      ['anthropic', 'anthropic-messages'],
      ['google', null],
      ['bedrock', null],
    ] as const)
      expect(promptFor(provider, dialect)).toEqual([system('A'), system('B'), ...rest]);
  });

  it('are one where there may be but one', () => {
    expect(promptFor('vllm', 'openai-chat')).toEqual([system('A\n\nB'), ...rest]);
  });

  it('keep their marks', () => {
    const providerOptions = { anthropic: { cacheControl: { type: 'ephemeral' } } };
    const marked = { ...system('C'), providerOptions };
    expect(promptFor('anthropic', 'anthropic-messages', [user('u'), marked])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'u' },
          { type: 'text', text: reminder('C'), providerOptions },
        ],
      },
    ]);
  });

  it('never come between roles that take turns', () => {
    expect(
      promptFor('vllm', 'openai-chat', [user('u'), call, result, system('C'), system('D'), assistant]),
    ).toEqual([user('u'), call, result, user(reminder('C'), reminder('D')), assistant]);
    expect(promptFor('vllm', 'openai-chat', [user('u'), call, result, system('C')]).at(-1)).toEqual(
      user(reminder('C')),
    );
  });

  it('alone are left alone', () => {
    expect(promptFor('anthropic', 'anthropic-messages', [system('A')])).toEqual([system('A')]);
  });
});

describe('a limit', () => {
  it.each<[ProviderName, string, number | undefined, number | undefined]>([
    ['openai', 'gpt-4o', 128_000, 16_384],
    ['openai', 'gpt-4o-mini', 9, 9],
    ['openai', 'gpt-5.2', 128_000, 128_000],
    ['openai', 'gpt-5-chat-latest', 128_000, 16_384],
    ['openai', 'gpt-4.1-mini', 128_000, 32_768],
    ['openai', 'o4-mini', 128_000, 100_000],
    ['compatible', 'openai/gpt-4-turbo', 128_000, 4_096],
    ['google', 'gemini-2.5-pro', 128_000, 65_536],
    ['bedrock', 'us.amazon.nova-pro-v1:0', 128_000, 10_000],
    ['vertex', 'claude-sonnet-4@20250514', 128_000, 64_000],
    // Of a model that nobody knows it is lowered too, and never raised or left out.
    ['vllm', 'some-model', 128_000, 32_768],
    ['vllm', 'some-model', 32_768, 32_768],
    ['vllm', 'some-model', undefined, undefined],
  ])('for %s %s, asked %s, is %s', (provider, model, maxOutputTokens, most) => {
    const { asked, notes } = within(
      maxOutputTokens === undefined ? {} : { maxOutputTokens },
      provider,
      model,
      'openai-chat',
    );
    expect(asked.maxOutputTokens).toBe(most);
    expect(notes).toBe(maxOutputTokens === most ? undefined : `max_tokens: clamped to ${most}`);
  });
});

it('a note speaks of a parameter by the name that the client has for it', () => {
  const notes = new Notes();
  notes.called({ stop: 'stop_sequences' });
  for (const param of ['stop', 'seed', 'constructor', 'a "b"']) notes.dropped(param);
  expect(notes.header()).toBe(
    'stop_sequences: dropped, seed: dropped, constructor: dropped, a parameter: dropped',
  );
});
