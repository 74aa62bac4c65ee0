// A configuration that cannot be taken says where and why: file, line, key.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { PROVIDERS_WITHOUT_URL } from '../../src/providers/names.ts';
import { readSetup } from '../../src/setup/document.ts';
import { SetupFault } from '../../src/setup/fault.ts';
import type { Bench } from '../kit/setup.ts';
import { benchOn } from '../kit/setup.ts';

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

/** What, the text, the line, and the rest of the fault. */
const table: readonly (readonly [what: string, text: string, line: number, words: string | RegExp])[] = [
  ['an unknown key at the top', 'teams: []\nteam: []', 2, 'team: is not a known key'],
  [
    'an unknown key of an item',
    'teams:\n  - name: hr\n    colour: red',
    3,
    'teams[0].colour: is not a known key',
  ],
  [
    'an unknown key of a target',
    'models:\n - name: m\n   targets:\n   - backend: lan\n     model: x\n     price: 1',
    6,
    'models[0].targets[0].price: is not a known key',
  ],
  ['a key to come at the top', '\n\npolicies: []', 3, 'policies: is not supported yet'],
  [
    'a key to come of a backend',
    'backends:\n  - { name: b, provider: vllm, zone: cloud,\n      discover: true }',
    3,
    'backends[0].discover: is not supported yet',
  ],
  [
    'a key to come of a model',
    'models:\n- name: m\n  price: {}\n  targets: [{ backend: lan, model: m }]',
    3,
    'models[0].price: is not supported yet',
  ],
  [
    'a key to come of a use case',
    'use_cases:\n- name: u\n  team: hr\n  models: [m]\n  budgets: []',
    5,
    'use_cases[0].budgets: is not supported yet',
  ],
  [
    'a missing key',
    'teams: []\nuse_cases:\n  - name: u\n    models: [m]',
    3,
    'use_cases[0].team: is missing',
  ],
  ['a number for a name', 'teams:\n  - name: 12', 2, /^teams\[0\]\.name: .*expected string/],
  ['a text for a list', 'teams: hr', 1, /^teams: .*expected array/],
  ['a name with capitals', 'teams:\n  - name: HR', 2, /^teams\[0\]\.name: a name has 1 to 63/],
  [
    'a name declared twice',
    'teams:\n  - name: a\n  - name: b\n  - name: a',
    4,
    'teams[2].name: "a" is declared twice',
  ],
  ['a YAML key twice', 'teams: []\nmodels: []\nteams: []', 3, 'the key "teams" stands twice in one mapping'],
  [
    'a YAML key twice in an item',
    'teams:\n  - { name: a,\n      name: b }',
    3,
    'the key "name" stands twice in one mapping',
  ],
  ['a key that is a list', 'teams: []\n? [a]\n: b', 2, 'a key is a plain word'],
  [
    'a key that would be seen by nobody',
    'teams: []\n__proto__: { backends: [] }',
    2,
    'a key is a plain word',
  ],
  ['a flow mapping that does not end', 'teams:\n  - { name: a', 2, /Flow map/],
  ['a tab as indentation', 'teams:\n\t- name: a', 2, /Tabs are not allowed/],
  ['a second document', 'teams: []\n---\nteams: []', 2, /multiple documents/],
  ['a tag nobody resolves', 'backends:\n  - name: b\n    secret: !env KEY', 3, /Unresolved tag: !env/],
  [
    'a list at the top',
    '- name: hr',
    1,
    'a configuration is a mapping of teams, backends, models, use_cases and keys',
  ],
  [
    'a text at the top',
    'hello',
    1,
    'a configuration is a mapping of teams, backends, models, use_cases and keys',
  ],
  [
    'a provider to come',
    'backends:\n  - name: b\n    provider: bedrock\n    zone: cloud',
    3,
    'backends[0].provider: "bedrock" is not supported yet',
  ],
  [
    'no provider at all',
    'backends:\n  - name: b\n    provider: skynet\n    zone: cloud',
    3,
    /^backends\[0\]\.provider: "skynet" is not one of openai, /,
  ],
  [
    'a zone that is none',
    'backends:\n  - name: b\n    provider: vllm\n    zone: moon',
    4,
    /^backends\[0\]\.zone: .*on_prem/,
  ],
  [
    'an endpoint to come',
    'use_cases:\n  - name: u\n    team: hr\n    models: [m]\n    endpoints: [chat, embeddings]',
    5,
    'use_cases[0].endpoints[1]: "embeddings" is not supported yet',
  ],
  [
    'a policy that is not there',
    'use_cases:\n  - name: u\n    team: hr\n    models: [m]\n    policy: strict',
    5,
    'use_cases[0].policy: only the policy "default" exists yet',
  ],
  [
    'no model at all',
    'use_cases:\n  - name: u\n    team: hr\n    models: []',
    4,
    /^use_cases\[0\]\.models: /,
  ],
  [
    'a team that is not there',
    'use_cases:\n  - name: u\n    team: ghosts\n    models: [m]',
    3,
    'use_cases[0].team: there is no team "ghosts"',
  ],
  [
    'a backend that is not there',
    'models:\n  - name: m\n    targets:\n      - { backend: lan, model: a }\n      - { backend: ghost, model: a }',
    5,
    'models[0].targets[1].backend: there is no backend "ghost"',
  ],
  [
    'a use case that is not there',
    'keys:\n  - name: k\n    use_case: ghost',
    3,
    'keys[0].use_case: there is no use case "ghost"',
  ],
  [
    'a URL with credentials',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    url: http://me:hunter22@lan',
    5,
    'backends[0].url: a URL holds no credentials; use "secret"',
  ],
  [
    'a URL with a query',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    url: http://lan/?key=hunter22',
    5,
    'backends[0].url: a URL has no query or fragment here',
  ],
  [
    'a URL that is a file',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    url: file:///etc/passwd',
    5,
    'backends[0].url: a URL begins with http:// or https://',
  ],
  [
    'no URL where the provider has none',
    'backends:\n  - name: b\n    provider: compatible\n    zone: cloud',
    2,
    /^backends\[0\]\.url: this provider has no address of its own/,
  ],
  [
    'a malformed reference',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${env:A B}"',
    5,
    /^backends\[0\]\.secret: a secret is "\$\{env:NAME\}"/,
  ],
  [
    'a reference in the middle of a text',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "Bearer ${env:A}"',
    5,
    /^backends\[0\]\.secret: a secret is/,
  ],
  [
    'a reference as a shell writes it',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: $OPENAI_API_KEY',
    5,
    /^backends\[0\]\.secret: a secret is/,
  ],
  [
    'a relative file',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${file:secrets/key}"',
    5,
    /^backends\[0\]\.secret: a secret is/,
  ],
  [
    'an environment without the variable',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${env:NOT_THERE}"',
    5,
    'backends[0].secret: the environment has no NOT_THERE',
  ],
  [
    'a file that is not there',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${file:/not/there}"',
    5,
    /^backends\[0\]\.secret: the file \/not\/there cannot be read/,
  ],
  [
    "the gateway's own secret",
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${env:GATEHOUSE_SECRET}"',
    5,
    /^backends\[0\]\.secret: GATEHOUSE_SECRET is the gateway's own/,
  ],
  [
    'a secret to keep where there is none',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${sealed}"',
    5,
    'backends[0].secret: no secret is stored to be kept',
  ],
  [
    'a secret to keep where there is a reference',
    'backends:\n  - name: lan\n    provider: vllm\n    zone: cloud\n    secret: "${sealed}"',
    5,
    'backends[0].secret: no secret is stored to be kept',
  ],
  [
    'a sealed key',
    'keys:\n  - name: k\n    use_case: chat\n    secret: "${sealed}"',
    4,
    /^keys\[0\]\.secret: a secret is/,
  ],
  [
    'a key that is too short',
    'keys:\n  - name: k\n    use_case: chat\n    secret: ${env:SHORT}',
    4,
    'keys[0].secret: a key needs at least 24 characters',
  ],
  [
    'a key that no header can carry',
    'keys:\n  - name: k\n    use_case: chat\n    secret: ${env:SPACED}',
    4,
    /^keys\[0\]\.secret: a key has printable ASCII/,
  ],
  [
    'a key that is another already',
    'keys:\n  - name: k\n    use_case: chat\n    secret: a-text-of-its-own-0123456789',
    4,
    'keys[0].secret: this is the key "told" already; every key has its own secret',
  ],
  [
    'one text for two keys',
    'keys:\n  - { name: k, use_case: chat, secret: two-of-one-text-0123456789 }\n  - { name: l, use_case: chat,\n      secret: two-of-one-text-0123456789 }',
    4,
    'keys[1].secret: the key "k" has the same; every key has its own secret',
  ],
  [
    'a key repurposed',
    'keys:\n  - name: bound\n    use_case: other',
    3,
    /^keys\[0\]\.use_case: the key "bound" is bound to "chat"; a key cannot be repurposed/,
  ],
  [
    'a date without a time',
    'keys:\n  - name: k\n    use_case: chat\n    expires_at: 2027-06-30',
    4,
    'keys[0].expires_at: a time with its offset, like 2027-06-30T00:00:00Z',
  ],
  [
    'a year no database has',
    'keys:\n  - name: k\n    use_case: chat\n    expires_at: 0000-01-01T00:00:00Z',
    4,
    'keys[0].expires_at: a time between the years 2000 and 9999',
  ],
  [
    'a NUL',
    'use_cases:\n  - name: u\n    team: hr\n    models: [m]\n    system_prompt: "a\\0b"',
    5,
    /^use_cases\[0\]\.system_prompt: holds a character that cannot be stored/,
  ],
  [
    'half a surrogate pair',
    'models:\n  - name: m\n    targets:\n      - backend: lan\n        model: "\\ud800"',
    5,
    /^models\[0\]\.targets\[0\]\.model: holds a character that cannot/,
  ],
];

it.each(table)('%s: the fault names file, line and key', async (_, text, line, words) => {
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
      'has a hundred thousand keys in one mapping',
      Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join('\n'),
      /is not a known key/,
    ],
  ])('that %s is refused in seconds', async (_, text, words) => {
    const started = performance.now();
    expect((await bench.faults(text))[0]).toMatch(words);
    expect(performance.now() - started).toBeLessThan(5_000);
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
