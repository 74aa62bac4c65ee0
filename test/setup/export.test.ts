// What is exported is what was declared: it can be applied again, here and elsewhere.
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_POLICY } from '../../src/policies/policy.ts';
import { demoSetup } from '../../src/setup/demo.ts';
import { readSetup } from '../../src/setup/document.ts';
import type { Bench } from '../kit/setup.ts';
import { benchOn } from '../kit/setup.ts';

const benches: Bench[] = [];
const fresh = async (): Promise<Bench> => {
  const bench = await benchOn();
  benches.push(bench);
  return bench;
};
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.stop()));
});

/** A generator that gives the same run for the same seed (mulberry32). */
const dice = (seed: number) => {
  let state = seed;
  const roll = (sides: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
  return { roll, pick: <T>(items: readonly T[]): T => items[roll(items.length)] as T };
};

type Item = { name: string } & Record<string, unknown>;
type Declared = Record<'teams' | 'backends' | 'models' | 'policies' | 'use_cases' | 'keys', Item[]>;
const NOUNS = ['teams', 'backends', 'models', 'policies', 'use_cases', 'keys'] as const;

const PROMPTS = [
  'Be brief.',
  'a: b\n- c\n\n  d \n',
  '"${env:HOME}" # \t\\ \'',
  '漢 \u{1F512}\u2028 é',
  '|\n>\n%YAML 1.1',
  ' leading and trailing ',
  'null',
  '0x10',
  '\r\n',
  '---\n',
];

/** A valid configuration over a few names, so that one is often declared again with other values. */
const random = (seed: number): Declared => {
  const { roll, pick } = dice(seed);
  const some = (most: number, make: (name: string) => Item): Item[] =>
    Array.from({ length: roll(most + 1) }, (_, i) => make('abcdef'.charAt(i)));
  return {
    teams: ['t0', 't1'].map((name) => ({ name })),
    backends: [
      { name: 'base', provider: 'vllm', zone: 'on_prem' },
      ...some(3, (name) => ({
        name,
        provider: pick(['vllm', 'openai', 'compatible']),
        zone: pick(['on_prem', 'cloud']),
        url: `http://host-${roll(3)}/v1`,
        ...(roll(2) === 0 ? {} : { secret: '${env:SOME}' }),
      })),
    ],
    models: some(4, (name) => ({
      name: `M/${name}:1`,
      targets: [{ backend: 'base', model: pick(['x', 'y:latest', 'déjà vu']) }],
      ...(roll(2) === 0 ? {} : { tier: pick(['economy', 'frontier']) }),
    })),
    policies: ['default', 'strict'].map((name) => ({
      name,
      ...DEFAULT_POLICY,
      ...{ overrides: undefined, allow: undefined },
      request: { ...DEFAULT_POLICY.request, pii: pick(['block', 'mask', 'redact']) },
      ...(roll(2) === 0
        ? {}
        : { overrides: { 'us-ssn': pick(['off', { request: 'block' }]), identity: 'mask' } }),
      ...(roll(2) === 0 ? {} : { allow: ['*@example.org', '漢 "x"'] }),
    })),
    use_cases: [
      {
        name: 'base',
        team: 't0',
        caller_system: 'allow',
        models: ['*'],
        endpoints: ['chat'],
        data_class: 'sensitive',
        policy: 'default',
      },
      ...some(3, (name) => ({
        name,
        team: pick(['t0', 't1']),
        ...(roll(2) === 0 ? {} : { system_prompt: pick(PROMPTS) }),
        caller_system: pick(['refuse', 'demote', 'allow']),
        models: [pick(['*', 'M/*', 'a?c'])],
        endpoints: ['chat'],
        data_class: pick(['sensitive', 'non_sensitive']),
        policy: pick(['default', 'strict']),
      })),
    ],
    keys: some(4, (name) => ({
      name,
      use_case: 'base',
      ...(roll(2) === 0
        ? {}
        : {
            expires_at: pick([
              '2030-01-01T00:00:00.000Z',
              '2031-02-03T04:05:06.789Z',
              '2026-01-01T00:00:00.000Z',
            ]),
          }),
    })),
  };
};

const byName = (items: readonly Item[]): Item[] => items.toSorted((a, b) => (a.name < b.name ? -1 : 1));

describe('export', () => {
  it.each([1, 2, 3, 4])(
    'after any sequence of applies is all that was declared, each as it was last (seed %i)',
    async (seed) => {
      const bench = await fresh();
      bench.env['SOME'] = 'some-secret';
      const declared: Declared = {
        teams: [],
        backends: [],
        models: [],
        policies: [],
        use_cases: [],
        keys: [],
      };
      for (let step = 0; step < 12; step++) {
        const next = random(seed * 1000 + step);
        for (const noun of NOUNS)
          declared[noun] = byName([
            ...declared[noun].filter(({ name }) => next[noun].every((item) => item.name !== name)),
            ...next[noun],
          ]);
        await bench.apply(JSON.stringify(next));
        expect(parse(await bench.export())).toEqual(declared);
        expect((await bench.apply(JSON.stringify(next))).changes).toEqual([]);
        expect((await bench.apply(await bench.export())).changes).toEqual([]);
      }
      // And elsewhere it makes the same.
      const other = await fresh();
      other.env['SOME'] = 'some-secret';
      const text = await bench.export();
      await other.apply(text);
      expect(await other.export()).toBe(text);
    },
  );
  it('speaks of a stored literal as ${sealed}: kept here, and to be supplied where there is none', async () => {
    const text = 'backends:\n  - { name: b, provider: openai, zone: cloud, secret: sk-a-literal }\n';
    const [here, there] = [await fresh(), await fresh()];
    await here.apply(text);
    const exported = await here.export();
    expect(exported).toContain('secret: ${sealed}');
    expect((await here.apply(exported)).changes).toEqual([]);
    expect(await there.faults(exported)).toEqual([
      expect.stringContaining('backends[0].secret: no secret is stored to be kept'),
    ]);
    await there.apply(exported.replace('${sealed}', 'sk-a-literal'));
    expect(await there.export()).toBe(exported);
  });
});

describe('the demo', () => {
  it('is a configuration that can be taken, whatever models an Ollama on the machine has', () => {
    const models = [
      'llama3.2:latest',
      'hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M',
      'pretend',
      'twice',
      'twice',
      'with space',
      '',
      'x'.repeat(200),
      '../../etc',
      '"; drop',
    ];
    const { setup } = readSetup(demoSetup({ url: 'http://127.0.0.1:11434', models }), 'the demo');
    expect(setup.models.map(({ name }) => name)).toEqual([
      'pretend',
      'llama3.2:latest',
      'hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M',
      'twice',
    ]);
    const many = Array.from({ length: 20_000 }, (_, i) => `m${i}`);
    expect(
      readSetup(demoSetup({ url: 'http://127.0.0.1:11434', models: many }), 'the demo').setup.models.length,
    ).toBeLessThan(2_000);
  });
});
