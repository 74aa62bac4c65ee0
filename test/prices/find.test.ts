// The nearest price counts: gatehouse.yaml's, then the saved, then the file's, then the catalogue's; and what nobody states is unknown.
import { beforeAll, describe, expect, it } from 'vitest';
import type { BuiltIn } from '../../src/prices/built-in.ts';
import { builtIn } from '../../src/prices/built-in.ts';
import { readPriceFile } from '../../src/prices/file.ts';
import type { Book, Named, Wanted } from '../../src/prices/find.ts';
import { findPrice, nearestFirst } from '../../src/prices/find.ts';
import type { Stated } from '../../src/prices/price.ts';
import { PROVIDER_NAMES } from '../../src/providers/names.ts';
import { SetupFault } from '../../src/setup/fault.ts';

let catalogue: BuiltIn;
beforeAll(async () => {
  catalogue = await builtIn();
});

const NOW = Date.UTC(2026, 10, 21, 12);
const EMPTY: Book = { models: new Map(), saved: [], file: [] };

const stated = (name: string, input: number, of: Partial<Stated> & { model: string }): Named => ({
  ...{ name, version: `test/${name}` },
  stated: { ...of, input_usd_per_mtok: input },
});

const wanted = (backend: Partial<Wanted['backend']> = {}, model = 'gpt-5', asked = 'big'): Wanted => ({
  ...{ asked, model },
  backend: { name: 'vendor', provider: 'openai', zone: 'cloud', url: null, ...backend },
});

const found = (book: Book, of: Wanted) => {
  const price = findPrice(book, catalogue, of, NOW);
  return 'price' in price ? [price.price.input_usd_per_mtok, price.version] : price.unknown;
};

describe('the layers of prices', () => {
  const file = [stated('f', 2, { model: 'gpt-5' })];
  const saved = [stated('s', 3, { model: 'gpt-5' })];
  const models = new Map([['big', { version: 'test/yaml', price: { input_usd_per_mtok: 4 } }]]);

  it('stand one over the other: the catalogue, the file, what was saved, gatehouse.yaml', () => {
    const version = `${catalogue.source}#${catalogue.sha256.slice(0, 12)}/openai/gpt-5`;
    expect(found(EMPTY, wanted())).toEqual([1.25, version]);
    expect(found({ ...EMPTY, file }, wanted())).toEqual([2, 'test/f']);
    expect(found({ ...EMPTY, file, saved }, wanted())).toEqual([3, 'test/s']);
    expect(found({ file, saved, models }, wanted())).toEqual([4, 'test/yaml']);
  });
  it('are of the models they name: another goes on to the next layer', () => {
    const of = wanted({}, 'gpt-5-mini', 'small');
    expect(found({ file, saved, models }, of)).toEqual([0.25, expect.stringContaining('openai/gpt-5-mini')]);
    expect(found({ file, saved, models }, wanted({}, 'no-such-model', 'other'))).toBe('no_price');
  });
  it('hold back no older price of the catalogue: it is that of the day', () => {
    const of = wanted({ provider: 'anthropic' }, 'claude-opus-4-6');
    const before = findPrice(EMPTY, catalogue, of, Date.UTC(2026, 2, 12));
    const after = findPrice(EMPTY, catalogue, of, Date.UTC(2026, 2, 14));
    expect('price' in before && before.price.tiers?.[0]?.above_input_tokens).toBe(200_000);
    expect('price' in after && after.price.tiers).toBeUndefined();
  });
});

it('the nearest of a layer counts: a backend before its provider before any, a name before a pattern, a long one first', () => {
  const layers = [
    stated('any', 1, { model: '*' }),
    stated('any-gpt', 2, { model: 'gpt-*' }),
    stated('any-gpt-5', 3, { model: 'gpt-5' }),
    stated('openai', 4, { provider: 'openai', model: '*' }),
    stated('openai-gpt-5', 5, { provider: 'openai', model: 'gpt-5' }),
    stated('vendor', 6, { backend: 'vendor', model: '*' }),
    stated('vendor-gpt', 7, { backend: 'vendor', model: 'gpt-?' }),
    stated('vendor-gpt-5', 8, { backend: 'vendor', model: 'gpt-5' }),
  ];
  for (let left = layers.length; left > 0; left--) {
    const some = layers.slice(0, left);
    // Whatever order they stand in.
    for (const order of [some, some.toReversed()])
      expect(found({ ...EMPTY, saved: nearestFirst(order) }, wanted())).toEqual([left, expect.anything()]);
  }
  expect(found({ ...EMPTY, saved: nearestFirst(layers) }, wanted({ name: 'other' }))).toEqual([
    5,
    'test/openai-gpt-5',
  ]);
  const elsewhere = wanted({ name: 'other', provider: 'azure' });
  expect(found({ ...EMPTY, saved: nearestFirst(layers) }, elsewhere)).toEqual([3, 'test/any-gpt-5']);
});

describe("a machine of one's own", () => {
  const own = ['ollama', 'vllm', 'sglang', 'trtllm', 'llamacpp', 'pretend'] as const;
  it.each(own)('%s has no price of a vendor, in whatever zone', (provider) => {
    for (const zone of ['on_prem', 'cloud'] as const)
      expect(found(EMPTY, wanted({ provider, zone, url: 'https://api.openai.com/v1' }))).toBe('own_machine');
  });
  it.each(PROVIDER_NAMES)('%s on-prem has none either, whatever it speaks', (provider) => {
    expect(found(EMPTY, wanted({ provider, zone: 'on_prem' }))).toBe('own_machine');
  });
  it('has the price that the operator states, zero included', () => {
    const lan = wanted({ name: 'lan', provider: 'ollama', zone: 'on_prem' }, 'llama3.2:latest');
    const saved = [stated('power', 0.08, { backend: 'lan', model: 'llama*' })];
    expect(found({ ...EMPTY, saved }, lan)).toEqual([0.08, 'test/power']);
    expect(found({ ...EMPTY, saved: [stated('free', 0, { backend: 'lan', model: '*' })] }, lan)).toEqual([
      0,
      'test/free',
    ]);
    const models = new Map([['big', { version: 'y', price: { input_usd_per_mtok: 0.5 } }]]);
    expect(found({ ...EMPTY, models }, lan)).toEqual([0.5, 'y']);
  });
});

describe("a vendor's price", () => {
  it('is for its own addresses: who speaks like it elsewhere is somebody else', () => {
    expect(found(EMPTY, wanted({ url: 'https://api.openai.com/v1' }))).toEqual([1.25, expect.anything()]);
    expect(found(EMPTY, wanted({ url: 'https://eu.api.openai.com/v1' }))).toEqual([1.25, expect.anything()]);
    expect(found(EMPTY, wanted({ url: 'https://api.openai.com.example.org/v1' }))).toBe('no_price');
    expect(found(EMPTY, wanted({ url: 'https://llm.example.org/v1' }))).toBe('no_price');
    expect(
      found(EMPTY, wanted({ url: 'https://llm.example.org', provider: 'anthropic' }, 'claude-sonnet-4-5')),
    ).toBe('no_price');
  });
  it('is found by the address of a server that only speaks compatibly', () => {
    const groq = { provider: 'compatible', url: 'https://api.groq.com/openai' } as const;
    expect(found(EMPTY, wanted(groq, 'llama-3.3-70b-versatile'))).toEqual([
      0.59,
      expect.stringContaining('/groq/'),
    ]);
    expect(found(EMPTY, wanted({ ...groq, url: 'http://10.0.0.9:8000' }, 'llama-3.3-70b-versatile'))).toBe(
      'no_price',
    );
  });
  it.each([
    ['bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 3.3, '/aws/'],
    ['vertex', 'claude-sonnet-4@20250514', 3, '/google/'],
    ['google', 'gemini-2.5-pro', 1.25, '/google/'],
  ] as const)('of %s is that of its own list', (provider, model, input, place) => {
    const url = 'https://private.example.org';
    for (const at of [null, url])
      expect(found(EMPTY, wanted({ provider, url: at }, model))).toEqual([
        input,
        expect.stringContaining(place),
      ]);
  });
  it('at Azure is for whatever address a resource has', () => {
    const azure = { provider: 'azure', url: 'https://anything.example.org' } as const;
    expect(found(EMPTY, wanted(azure))).toEqual([1.25, expect.anything()]);
  });
});

describe("the operator's file", () => {
  const DIGEST = 'ab'.repeat(32);
  it('may be YAML or JSON, and is named by its digest', () => {
    const yaml = 'prices:\n  - { name: ours, provider: openai, model: "gpt-*", input_usd_per_mtok: 1 }\n';
    const json = '{"prices":[{"name":"ours","provider":"openai","model":"gpt-*","input_usd_per_mtok":1}]}';
    const [one] = readPriceFile(yaml, 'prices.yaml', DIGEST);
    expect(one).toEqual({
      name: 'ours',
      version: 'file/ours#abababababab',
      stated: { provider: 'openai', model: 'gpt-*', input_usd_per_mtok: 1 },
    });
    expect(readPriceFile(json, 'prices.json', DIGEST)).toEqual([one]);
    expect(readPriceFile('prices: []', 'x', DIGEST)).toEqual([]);
  });
  it('that is wrong is told every fault with its line', () => {
    const text = [
      'prices:',
      '  - { name: a, model: m, input_usd_per_mtok: -1 }',
      '  - { name: a, model: m, input_usd_per_mtok: 1 }',
      '  - { name: b, input_usd_per_mtok: 1 }',
      '  - { name: c, model: m, input: 1, input_usd_per_mtok: 1 }',
    ].join('\n');
    const faults = faultsOf(() => readPriceFile(text, 'p.yaml', DIGEST));
    expect(faults.map((fault) => fault.slice(0, 9))).toEqual([
      'p.yaml:2:',
      'p.yaml:3:',
      'p.yaml:4:',
      'p.yaml:5:',
    ]);
    expect(faults[1]).toContain('"a" stands twice');
  });
  it.each([
    '',
    'prices: 1',
    '[]',
    'price: []',
    'prices: [1]',
    'prices:\n - name: A\n   model: m',
    'prices: [',
  ])('that is none (%j) is refused', (text) => {
    expect(faultsOf(() => readPriceFile(text, 'p.yaml', DIGEST)).length).toBeGreaterThan(0);
  });
});

const faultsOf = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof SetupFault) return error.faults;
    throw error;
  }
  return [];
};
