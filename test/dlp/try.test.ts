// Patterns and policies tried over the admin API and on the command line: what the pipeline would do, and nothing is kept.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { gatehouse } from '../kit/cli.ts';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import { employee, simple, written } from '../kit/packs.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

// A command without what was parsed before takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const POLICIES = [
  {
    name: 'pseudonyms',
    request: { pii: 'pseudonymise' },
    overrides: { 'acme-employee': { response: 'block' } },
  },
  { name: 'counting', request: { pii: 'mask' }, threshold: { count: 2 } },
];

let folder: string;
let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-try-'));
  writeFileSync(join(folder, 'acme.yaml'), stringify(written('acme', [employee])));
  writeFileSync(
    join(folder, 'gatehouse.txt'),
    stringify({ teams: [], policies: [{ name: 'default', request: { pii: 'mask' } }] }),
  );
  upstream = await startUpstream();
  const setup = {
    ...JSON.parse(
      setupFor(
        upstream.url,
        POLICIES.map(({ name }) => ({ name, policy: name })),
      ),
    ),
    policies: POLICIES,
  };
  gateway = await startGateway({ setup: JSON.stringify(setup), env: { GATEHOUSE_PACKS: folder } });
  writeFileSync(join(folder, 'policy.txt'), stringify({ request: { pii: 'block' } }));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true });
});

type Result = {
  text: string;
  blocked: boolean;
  findings: { type: string; start: number; end: number; action: string }[];
};
const tried = async (body: Record<string, unknown>) => {
  const reply = await gateway.post('/dlp/try', body);
  expect(reply.status).toBe(200);
  return reply.body as { results: Result[]; took_ms: number };
};

describe('POST /admin/v1/dlp/try', () => {
  it('tells of each text what was found where, and what it would become', async () => {
    const texts = ['no. EMP-004711, or EMP-004712', 'nothing', '', '👩‍🔧 EMP-00\u200b4711'];
    const { results, took_ms } = await tried({ texts });
    expect(took_ms).toBeGreaterThan(0);
    expect(results.map(({ text }) => text)).toEqual([
      'no. [acme-employee], or [acme-employee]',
      'nothing',
      '',
      '👩‍🔧 [acme-employee]',
    ]);
    expect(results[0]).toEqual({
      text: 'no. [acme-employee], or [acme-employee]',
      blocked: false,
      findings: [
        {
          type: 'acme-employee',
          category: 'pii',
          pattern: 'acme-employee',
          pack: 'acme',
          start: 4,
          end: 14,
          confidence: 0.8,
          action: 'redact',
        },
        {
          type: 'acme-employee',
          category: 'pii',
          pattern: 'acme-employee',
          pack: 'acme',
          start: 19,
          end: 29,
          confidence: 0.8,
          action: 'redact',
        },
      ],
    });
    // Of the text as given, disguise and all.
    const [found] = results[3]?.findings ?? [];
    expect(texts[3]?.slice(found?.start, found?.end)).toBe('EMP-00\u200b4711');
  });
  it('by any policy, in either direction; what would be refused is blocked', async () => {
    const texts = ['EMP-004711 and EMP-004712 and EMP-004711'];
    expect((await tried({ texts, policy: 'pseudonyms' })).results[0]?.text).toBe(
      '<ACME_EMPLOYEE_1> and <ACME_EMPLOYEE_2> and <ACME_EMPLOYEE_1>',
    );
    expect((await tried({ texts, policy: 'pseudonyms', direction: 'response' })).results[0]).toMatchObject({
      blocked: true,
    });
  });
  it('takes each text for an exchange of its own: pseudonyms and counts begin anew', async () => {
    const texts = ['EMP-000001', 'EMP-000002'];
    expect((await tried({ texts, policy: 'pseudonyms' })).results.map(({ text }) => text)).toEqual([
      '<ACME_EMPLOYEE_1>',
      '<ACME_EMPLOYEE_1>',
    ]);
    expect((await tried({ texts, policy: 'counting' })).results.map(({ text }) => text)).toEqual(texts);
    const both = (await tried({ texts: [texts.join(' ')], policy: 'counting' })).results[0];
    expect(both?.findings.map(({ action }) => action)).toEqual(['alert', 'mask']);
  });
  it('says what the pipeline does: the same text reaches the model', async () => {
    for (const { name } of POLICIES) {
      const content = 'EMP-004711, jane.roe@example.com, EMP-004712 and EMP-004711';
      const before = upstream.requests.length;
      await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.keys[name]}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content }] }),
      }).then((reply) => reply.text());
      const sent = upstream.requests[before]?.json as { messages: { content: string }[] };
      expect(sent.messages[0]?.content).toBe(
        (await tried({ texts: [content], policy: name })).results[0]?.text,
      );
    }
  });
  it.each([
    ['a policy that is not there', { texts: ['x'], policy: 'ghost' }, 404, 'There is no such policy.'],
    ['too many texts', { texts: Array(1_001).fill('x') }, 400, 'texts'],
    [
      'too long texts',
      { texts: ['x'.repeat(1_000_001)] },
      400,
      'texts: longer than 1000000 characters together',
    ],
    ['a direction that is none', { texts: ['x'], direction: 'sideways' }, 400, 'direction'],
    ['a text that is none', { texts: [1] }, 400, 'texts.0'],
    ['no texts', {}, 400, 'texts'],
  ])('refuses %s', async (_, body, status, words) => {
    const reply = await gateway.post('/dlp/try', body);
    expect(reply.status).toBe(status);
    expect(JSON.stringify(reply.body)).toContain(words);
  });
  it('takes a thousand texts at once', async () => {
    const texts = Array.from({ length: 1_000 }, (_, i) => `EMP-00${1000 + i} wrote`);
    expect((await tried({ texts })).results.every(({ text }) => text === '[acme-employee] wrote')).toBe(true);
  });
});

describe('gatehouse dlp scan', () => {
  const run = (args: readonly string[]) =>
    gatehouse(['dlp', ...args], { GATEHOUSE_PACKS: folder, GATEHOUSE_DATA: folder });
  const file = () => {
    const path = join(folder, 'text.txt');
    writeFileSync(path, 'first\r\nno. EMP-004711 and\n\nEMP-004712');
    return path;
  };
  it('names line, column, type, action and confidence, and never the value', async () => {
    const said = await run(['scan', file()]);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toMatch(
      /text\.txt:2:5: acme-employee redact 0\.80\n.*text\.txt:4:1: acme-employee redact 0\.80\n2 findings in 37 characters, [\d.]+ ms\n$/,
    );
    expect(said.stdout).not.toContain('4711');
  });
  it('ends with 1 when the text would be blocked, by a policy of its own or that of a gatehouse.yaml', async () => {
    const blocked = await run(['scan', file(), '--policy', join(folder, 'policy.txt')]);
    expect(blocked).toMatchObject({ code: 1, stderr: 'gatehouse: this would be blocked\n' });
    const masked = await run(['scan', file(), '--policy', join(folder, 'gatehouse.txt'), '--rewrite']);
    expect(masked).toMatchObject({ code: 0, stdout: 'first\r\nno. ***-**4711 and\n\n***-**4712' });
  });
  it('says it all as JSON', async () => {
    const { code, stdout } = await run(['scan', file(), '--json', '--direction', 'response']);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        blocked: false,
        took_ms: expect.any(Number),
        findings: [
          { line: 2, column: 5, type: 'acme-employee', start: 11, end: 21 },
          { line: 4, column: 1 },
        ],
      },
    ]);
  });
  it.each([
    [['scan', 'nowhere.txt'], /cannot read nowhere\.txt/],
    [['scan', '-', '--direction', 'up'], /--direction is request or response/],
    [['scan', 'a', 'b'], /one file/],
    [['scan', '-', '--policy', 'nowhere.yaml'], /cannot read nowhere\.yaml/],
    [['sing'], /dlp faults/],
  ])('used wrongly (%j) says so and ends with 2', async (args, words) => {
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
  });
});

describe('gatehouse dlp faults', () => {
  const run = (args: readonly string[]) => gatehouse(['dlp', 'faults', ...args]);
  it('proves a pack of your own beside the built-in ones, and counts', async () => {
    const { code, stdout } = await run([join(folder, 'acme.yaml'), '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { packs: 1, patterns: 1, pii: 1, secrets: 0, faults: [], took_ms: expect.any(Number) },
    ]);
  });
  it('ends with 1 and names file, pattern and reason', async () => {
    const path = join(folder, 'broken.txt');
    writeFileSync(
      path,
      stringify(written('broken', [simple('uk-nino', 'x'), { ...simple('late', 'l'), hits: ['no'] }])),
    );
    const { code, stdout } = await run([path]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${path}: late: not found in its hit "no"`);
    expect(stdout).toMatch(/uk-nino: its type is claimed in the pack identity-uk too/);
  });
});
