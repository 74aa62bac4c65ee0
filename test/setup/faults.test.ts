// A configuration that cannot be taken says where and why: file, line, key.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { PROVIDERS_WITHOUT_URL } from '../../src/providers/names.ts';
import { readSetup } from '../../src/setup/document.ts';
import { SetupFault } from '../../src/setup/fault.ts';
import type { Bench } from '../kit/setup.ts';
import { benchOn } from '../kit/setup.ts';
import { references } from './faults/references.ts';
import { shape } from './faults/shape.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await benchOn();
  bench.env['SHORT'] = 'short';
  bench.env['SPACED'] = 'a key with spaces in it is none';
  bench.files['/run/secrets/ok'] = 'a-credential-in-a-file-0123456789';
  await bench.apply(`
teams: [{ name: hr }]
backends: [{ name: lan, provider: vllm, zone: on_prem, secret: "\${file:/run/secrets/ok}" }]
use_cases: [{ name: chat, team: hr, models: ["*"] }, { name: other, team: hr, models: ["*"] }]
keys: [{ name: bound, use_case: chat }, { name: told, use_case: chat, secret: a-text-of-its-own-0123456789 }]`);
});
afterAll(() => bench.stop());

it.each([...shape, ...references])('%s: the fault names file, line and key', async (_, text, line, words) => {
  const before = await bench.dump();
  const faults = await bench.faults(text);
  const [first = ''] = faults;
  expect(faults).toHaveLength(1);
  expect(first.startsWith(`gatehouse.yaml:${line}: `)).toBe(true);
  const rest = first.slice(`gatehouse.yaml:${line}: `.length);
  if (typeof words === 'string') expect(rest).toBe(words);
  else expect(rest).toMatch(words);
  // Neither the password of a URL nor the text of a key is repeated.
  expect(first).not.toMatch(/hunter22|0123456789/);
  expect(await bench.dump()).toBe(before);
});

describe('a configuration', () => {
  it('is told every fault at once, in the order of the text', async () => {
    const faults = await bench.faults(
      'teams:\n  - name: A\n  - {}\nbackend: 1\nkeys:\n  - name: k\n    use_case: ghost',
    );
    expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
      'gatehouse.yaml:2',
      'gatehouse.yaml:3',
      'gatehouse.yaml:4',
    ]);
  });
  it('with a fault in every line is told the first hundred', async () => {
    const faults = await bench.faults(
      `teams:\n${Array.from({ length: 5_000 }, (_, i) => `  - name: A${i}\n`).join('')}`,
    );
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toBe('and 4900 more');
  });
  it.each([
    [
      'is an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map(([from, to]) => `${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]\n`).join('')}`,
      /alias/,
    ],
    ['has an alias to nothing', 'teams: *nobody', /[Uu]nresolved alias.*nobody/],
    ['is nested without end', '['.repeat(200_000), /: nested too deeply$/],
    [
      'is longer than two million characters',
      `# ${'x'.repeat(2 * 1024 * 1024)}`,
      /longer than 2097152 characters/,
    ],
    [
      'has fifty thousand keys in one mapping',
      Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n'),
      /is not a known key/,
    ],
  ])('that %s is refused soon', async (_, text, words) => {
    const started = performance.now();
    expect((await bench.faults(text))[0]).toMatch(words);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
  it.each(['', '\n', '# nothing yet\n', '{}', 'teams:\nkeys:\n', '---\n...\n'])(
    'that declares nothing (%j) changes nothing',
    async (text) => {
      expect(await bench.apply(text)).toEqual({ changes: [], notes: [], minted: [], dry_run: false });
    },
  );
  it('may be JSON, and may use anchors', () => {
    const { setup } = readSetup('{"teams":[{"name":"a"}]}', 'x.json');
    expect(setup.teams).toEqual([{ name: 'a' }]);
    expect(
      readSetup(
        'use_cases:\n- &u { name: a, team: t, models: &m [x] }\n- { name: b, team: t, models: *m }',
        'x',
      ).setup.use_cases[1]?.models,
    ).toEqual(['x']);
  });
  it('is told the line of what an anchor holds, or of the list it stands in', () => {
    expect(() => readSetup('x: &x [{ name: A }]\nteams: *x', 'x.yaml')).toThrow(SetupFault);
  });
});

it('knows which providers have no address of their own as the providers do', () => {
  const without = Object.values(providers).filter(({ defaultUrl }) => defaultUrl === null);
  expect(without.map(({ name }) => name).toSorted()).toEqual([...PROVIDERS_WITHOUT_URL].toSorted());
});
