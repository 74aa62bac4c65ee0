// In every dialect whose requests have something above the conversation, a bound system prompt stands above it, and what a caller
// puts there is refused, demoted or left below. What counts is what the upstream received.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallDialectName } from '../../src/dialects/dialect.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import { answered } from '../kit/spoken/calls.ts';
import { SPOKEN } from '../kit/spoken/index.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import { BINDINGS, PROMPT } from './bindings.ts';

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const useCases = ['refuse', 'demote', 'allow'].flatMap((mode) => [
    { name: mode, system_prompt: PROMPT, caller_system: mode },
    { name: `unbound-${mode}`, caller_system: mode },
  ]);
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: [
        {
          name: 'lan',
          provider: 'compatible',
          url: upstream.url,
          zone: 'on_prem',
          dialects: SPOKEN.map(({ dialect }) => dialect),
        },
      ],
      models: [{ name: 'small', targets: [{ backend: 'lan', model: 'small' }] }],
      use_cases: useCases.map((useCase) => ({
        ...useCase,
        team: 'crew',
        models: ['*'],
        endpoints: ['chat', 'completions', 'embeddings'],
      })),
      keys: useCases.map(({ name }) => ({ name, use_case: name })),
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const send = async (dialect: CallDialectName, key: string, body: unknown) => {
  const spoken = SPOKEN.find((known) => known.dialect === dialect);
  if (spoken === undefined) throw new Error(`nobody speaks ${dialect}`);
  const reply = { body: spoken.whole('x') };
  const { reply: given, seen } = await answered(gateway, upstream, spoken, { key, body, reply });
  if (given.status >= 400) spoken.mustBeError(given.text, given.status);
  return { status: given.status, text: given.text, seen: seen?.json };
};

describe('with a bound prompt, whatever a caller may say,', () => {
  const echo = { model: 'small', prompt: 'x', echo: true };
  it.each([
    ['openai-completions', 'an echo of the prompt', echo],
    ['openai-completions', 'a prompt of tokens', { model: 'small', prompt: [1, 2] }],
    ['openai-completions', 'prompts of tokens', { model: 'small', prompt: [[1], [2]] }],
    ['ollama-generate', 'a suffix', { model: 'small', prompt: 'x', suffix: 'y', stream: false }],
  ] as const)('%s refuses %s', async (dialect, _, body) => {
    for (const key of ['refuse', 'demote', 'allow'])
      expect(await send(dialect, key, body)).toMatchObject({ status: 403, seen: undefined });
    expect(await send(dialect, 'unbound-allow', body)).toMatchObject({ status: 200, seen: body });
  });

  it('an embedding has nothing above it, and loading a model nothing at all', async () => {
    for (const [dialect, body] of [
      ['openai-embeddings', { model: 'small', input: 'x' }],
      ['ollama-embed', { model: 'small', input: 'x' }],
      ['ollama-embeddings', { model: 'small', prompt: 'x' }],
      ['ollama-chat', { model: 'small' }],
      ['ollama-chat', { model: 'small', messages: [] }],
    ] as const)
      for (const key of ['refuse', 'demote', 'allow'])
        expect(await send(dialect, key, body)).toMatchObject({ status: 200, seen: body });
  });

  it('every text of a list of prompts begins with it', async () => {
    const { seen } = await send('openai-completions', 'refuse', { model: 'small', prompt: ['a', 'b'] });
    expect(seen).toEqual({ model: 'small', prompt: [`${PROMPT}\n\na`, `${PROMPT}\n\nb`] });
  });
});

describe.each(BINDINGS)('$dialect', (binding) => {
  it('has the bound prompt above everything, whatever a caller may say', async () => {
    for (const key of ['refuse', 'demote', 'allow']) {
      const { status, seen } = await send(binding.dialect, key, binding.plain);
      expect([key, status, seen]).toEqual([key, 200, binding.bound]);
    }
    for (const key of ['unbound-refuse', 'unbound-demote', 'unbound-allow'])
      expect((await send(binding.dialect, key, binding.plain)).seen).toEqual(binding.plain);
  });

  it.each(binding.attacks)('refuse: $name is refused, naming where it stands', async ({ body, param }) => {
    for (const key of ['refuse', 'unbound-refuse']) {
      const { status, text, seen } = await send(binding.dialect, key, body);
      expect([status, seen]).toEqual([403, undefined]);
      if (!binding.dialect.startsWith('ollama')) expect(text).toContain(param);
    }
  });

  it.each(binding.attacks)('demote: $name is a word of the user at most', async ({ body, demoted }) => {
    const { status, seen } = await send(binding.dialect, 'demote', body);
    expect([status, seen]).toEqual(demoted === null ? [403, undefined] : [200, demoted]);
  });

  it.each(binding.attacks)('allow: $name stays, below ours', async ({ body, allowed }) => {
    const { status, seen } = await send(binding.dialect, 'allow', body);
    expect([status, seen]).toEqual(allowed === null ? [403, undefined] : [200, allowed]);
    expect(await send(binding.dialect, 'unbound-allow', body)).toMatchObject({ status: 200, seen: body });
  });

  it.each(binding.ambiguous.map((body) => ({ body })))(
    'reads $body in one way or not at all',
    async ({ body }) => {
      for (const key of ['refuse', 'demote', 'allow']) {
        const { status, seen } = await send(binding.dialect, key, body);
        expect([status, seen]).toEqual([400, undefined]);
      }
    },
  );
});
