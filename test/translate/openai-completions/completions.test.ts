// A completion of the API before chat is a conversation of one turn; what goes past one is refused by its name.
import { expect, it } from 'vitest';
import { openaiCompletions } from '../../../src/dialects/openai-completions.ts';
import { openDocument } from '../../../src/json/document.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Head } from '../../../src/translate/ingress.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { Notes } from '../../../src/translate/notes.ts';
import { openaiCompletionsIngress } from '../../../src/translate/openai-completions/ingress.ts';
import { seeded } from '../../json/random.ts';
import { anyParts, changed } from '../fuzzed.ts';

const understood = (body: object) => {
  const document = openDocument(new TextEncoder().encode(JSON.stringify({ model: 'm', ...body })), {
    depth: 100,
  });
  openaiCompletions.read(document);
  const notes = new Notes();
  return { ...openaiCompletionsIngress.understand(document.value, notes), notes };
};
const refused = (body: object): readonly [string, string | undefined] => {
  try {
    understood(body);
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.extra.param];
    throw error;
  }
  throw new Error('it was understood');
};

const HEAD: Head = { exchange: 'ex_0123', model: 'target', createdAtMs: 1_700_000_000_000, usage: true };
const USAGE = {
  inputTokens: { total: 21, noCache: 13, cacheRead: 8, cacheWrite: undefined },
  outputTokens: { total: 13, text: 13, reasoning: undefined },
};

it('a prompt is what a user says, with its sampling', () => {
  const sampling = {
    temperature: 0.5,
    top_p: 0.9,
    seed: 7,
    stop: 'END',
    presence_penalty: 1,
    frequency_penalty: -1,
  };
  for (const prompt of ['Hi', ['Hi']]) {
    const { question, notes } = understood({
      prompt,
      max_tokens: 64,
      user: 'ann',
      logit_bias: { 5: 1 },
      ...sampling,
    });
    expect(question).toEqual({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      ...{ maxOutputTokens: 64, temperature: 0.5, topP: 0.9, seed: 7, stopSequences: ['END'] },
      ...{ presencePenalty: 1, frequencyPenalty: -1, providerOptions: { openai: { user: 'ann' } } },
    });
    expect(notes.header()).toBe('logit_bias: dropped');
  }
});

it("without a limit it has the API's own, and is told so", () => {
  const { question, notes } = understood({ prompt: 'Hi' });
  expect([question.maxOutputTokens, notes.header()]).toEqual([16, 'max_tokens: 16']);
});

it.each([
  ['more prompts', { prompt: ['a', 'b'] }, 'prompt'],
  ['tokens', { prompt: [1, 2] }, 'prompt'],
  ['more answers', { prompt: 'a', n: 2 }, 'n'],
  ['the best of more', { prompt: 'a', best_of: 2 }, 'best_of'],
  ['the prompt said back', { prompt: 'a', echo: true }, 'echo'],
  ['a gap to fill', { prompt: 'a', suffix: 'c' }, 'suffix'],
  ['probabilities', { prompt: 'a', logprobs: 0 }, 'logprobs'],
])('%s cannot be carried and is refused by name', (_, body, param) => {
  expect(refused(body)).toEqual(['unsupported_parameter', param]);
});

it.each([
  [{ prompt: '' }, 'prompt'],
  [{ prompt: 'a', max_tokens: 0 }, 'max_tokens'],
  [{ prompt: 'a', temperature: 'hot' }, 'temperature'],
  [{ prompt: 'a', stop: [7] }, 'stop[0]'],
  [{ prompt: 'a', n: 'many' }, 'n'],
])('%j is a bad request, and its place is named', (body, param) => {
  expect(refused(body)).toEqual(['bad_request', param]);
});

const PARTS: readonly Part[] = [
  { type: 'response-metadata', modelId: 'answering' },
  { type: 'reasoning-start', id: '0' },
  { type: 'reasoning-delta', id: '0', delta: 'Hm' },
  { type: 'reasoning-end', id: '0' },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Hel' },
  { type: 'text-delta', id: '0', delta: 'lo' },
  { type: 'text-end', id: '0' },
  { type: 'finish', finishReason: { unified: 'length', raw: 'max_tokens' }, usage: USAGE },
];

it.each([true, false])('a stream is its text in chunks, and its usage if that was asked for: %s', (usage) => {
  const writer = understood({ prompt: 'Hi', max_tokens: 9 }).writer({ ...HEAD, usage });
  const frames = PARTS.flatMap((part) => writer.frames(part));
  expect(frames.map(({ last }) => last).indexOf(true)).toBe(frames.length - 1);
  const data = frames.map(({ bytes }) => new TextDecoder().decode(bytes).slice('data: '.length).trim());
  expect(data.pop()).toBe('[DONE]');
  const head = { id: 'cmpl-0123', object: 'text_completion', created: 1_700_000_000, model: 'answering' };
  const chunk = (text: string, finish_reason: string | null) => ({
    ...head,
    choices: [{ text, index: 0, logprobs: null, finish_reason }],
    ...(usage ? { usage: null } : {}),
  });
  const told = {
    ...head,
    choices: [],
    usage: expect.objectContaining({ prompt_tokens: 21, completion_tokens: 13 }),
  };
  expect(data.map((each) => JSON.parse(each))).toEqual([
    ...[chunk('Hel', null), chunk('lo', null), chunk('', 'length')],
    ...(usage ? [told] : []),
  ]);
});

it('a whole reply is its text', () => {
  const whole = understood({ prompt: 'Hi', max_tokens: 9 })
    .writer(HEAD)
    .whole({
      content: [
        { type: 'reasoning', text: 'Hm' },
        { type: 'text', text: 'Hello' },
      ],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: USAGE,
    });
  expect(JSON.parse(whole)).toEqual({
    ...{ id: 'cmpl-0123', object: 'text_completion', created: 1_700_000_000, model: 'target' },
    choices: [{ text: 'Hello', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: {
      ...{ prompt_tokens: 21, completion_tokens: 13, total_tokens: 34 },
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  });
});

it('whatever is asked is understood or refused, and whatever is answered is written as chunks', () => {
  const random = seeded(20_261_124);
  const bodies = [
    { prompt: 'Hi', max_tokens: 9, temperature: 1, stop: ['x'], n: 1, echo: false, user: 'ann' },
    {
      prompt: ['Hi'],
      seed: 7,
      suffix: '',
      logprobs: null,
      stream: true,
      stream_options: { include_usage: true },
    },
  ];
  for (let round = 0; round < Number(process.env.FUZZ ?? 3_000); round++) {
    const body = changed(bodies, random);
    try {
      const writer = understood(body).writer(HEAD);
      const parts = anyParts(['f'], random);
      const data = parts
        .flatMap((part) => writer.frames(part))
        .map(({ bytes }) => new TextDecoder().decode(bytes).slice('data: '.length).trim());
      expect(data.pop()).toBe('[DONE]');
      const said = data.map((each) => JSON.parse(each).choices[0]?.text ?? '').join('');
      expect(said).toBe(parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join(''));
    } catch (error) {
      if (!(error instanceof Refusal))
        throw new Error(`round ${round}: ${JSON.stringify(body)}`, { cause: error });
    }
  }
});
