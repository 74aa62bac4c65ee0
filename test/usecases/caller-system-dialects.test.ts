// In every dialect whose requests have something above the conversation, a bound system prompt stands above it, and what a caller
// puts there is refused, demoted or left below. What counts is what the upstream received.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import { answered } from '../kit/spoken/calls.ts';
import { SPOKEN } from '../kit/spoken/index.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import type { Binding } from './bindings.ts';
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

const send = async ({ dialect }: Binding, key: string, body: unknown) => {
  const spoken = SPOKEN.find((known) => known.dialect === dialect);
  if (spoken === undefined) throw new Error(`nobody speaks ${dialect}`);
  const reply = { body: spoken.whole('x') };
  const { reply: given, seen } = await answered(gateway, upstream, spoken, { key, body, reply });
  if (given.status >= 400) spoken.mustBeError(given.text, given.status);
  return { status: given.status, text: given.text, seen: seen?.json };
};

describe.each(BINDINGS)('$dialect', (binding) => {
  it('has the bound prompt above everything, whatever a caller may say', async () => {
    for (const key of ['refuse', 'demote', 'allow']) {
      const { status, seen } = await send(binding, key, binding.plain);
      expect([key, status, seen]).toEqual([key, 200, binding.bound]);
    }
    for (const key of ['unbound-refuse', 'unbound-demote', 'unbound-allow'])
      expect((await send(binding, key, binding.plain)).seen).toEqual(binding.plain);
  });

  it.each(binding.attacks)('refuse: $name is refused, naming where it stands', async ({ body, param }) => {
    for (const key of ['refuse', 'unbound-refuse']) {
      const { status, text, seen } = await send(binding, key, body);
      expect([status, seen]).toEqual([403, undefined]);
      if (!binding.dialect.startsWith('ollama')) expect(text).toContain(param);
    }
  });

  it.each(binding.attacks)('demote: $name is a word of the user at most', async ({ body, demoted }) => {
    const { status, seen } = await send(binding, 'demote', body);
    expect([status, seen]).toEqual(demoted === null ? [403, undefined] : [200, demoted]);
  });

  it.each(binding.attacks)('allow: $name stays, below ours', async ({ body, allowed }) => {
    const { status, seen } = await send(binding, 'allow', body);
    expect([status, seen]).toEqual(allowed === null ? [403, undefined] : [200, allowed]);
    expect(await send(binding, 'unbound-allow', body)).toMatchObject({ status: 200, seen: body });
  });

  it.each(binding.ambiguous.map((body) => ({ body })))(
    'reads $body in one way or not at all',
    async ({ body }) => {
      for (const key of ['refuse', 'demote', 'allow']) {
        const { status, seen } = await send(binding, key, body);
        expect([status, seen]).toEqual([400, undefined]);
      }
    },
  );
});
