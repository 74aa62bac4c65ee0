// gatehouse audit as a person runs it: against a gateway, and then with nothing but a file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatehouse } from '../kit/cli.ts';
import type { Started } from '../kit/gateway.ts';
import { ADMIN_TOKEN, setupFor, startGateway } from '../kit/gateway.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
let folder: string;
let exchange: string;
const online = () => ({ GATEHOUSE_URL: gateway.url, GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN });
const at = (name: string): string => join(folder, name);
const jsonOf = (text: string): Record<string, unknown> => JSON.parse(text);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setupFor(upstream.url) });
  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.keys['plain'] ?? '' });
  for (let n = 0; n < 3; n++) {
    const { response } = await openai.chat.completions
      .create({ model: 'small', messages: [{ role: 'user', content: 'Hello' }] })
      .withResponse();
    exchange = response.headers.get('x-gatehouse-exchange') ?? '';
    await gateway.record(exchange);
  }
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('an export', () => {
  it('is written, checked with an empty environment, and found altered when a byte is', async () => {
    const made = await gatehouse(['audit', 'export', '--out', at('all.ndjson')], online());
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const checked = await gatehouse(['audit', 'verify', at('all.ndjson'), '--json']);
    expect(checked.code).toBe(0);
    expect(jsonOf(checked.stdout)).toMatchObject({ ok: true, fault: null, records: 3, unsigned: 0 });
    const text = readFileSync(at('all.ndjson'), 'utf8');
    writeFileSync(at('altered.ndjson'), text.replace('"ending":"complete"', '"ending":"completf"'));
    const altered = await gatehouse(['audit', 'verify', at('altered.ndjson')]);
    expect(altered.code).toBe(1);
    expect(altered.stderr).toMatch(
      /^gatehouse: altered, line \d+: wr_\w+\/\d+ \(ex_\w+\) is not what its chain says\n$/,
    );
    writeFileSync(at('cut.ndjson'), text.slice(0, -200));
    expect(await gatehouse(['audit', 'verify', at('cut.ndjson'), '--json'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"ok": false'),
    });
  });

  it('is held against a key and a checkpoint that somebody kept', async () => {
    const keys = await gateway.admin('/signing_keys');
    writeFileSync(at('keys.json'), JSON.stringify(keys));
    const { items } = (await gateway.admin('/checkpoints?limit=1')) as {
      items: { text: string; signature: string }[];
    };
    const [newest] = items;
    writeFileSync(
      at('checkpoint.json'),
      JSON.stringify({ checkpoint: { text: newest?.text, signature: newest?.signature } }),
    );
    const held = await gatehouse([
      'audit',
      'verify',
      at('all.ndjson'),
      '--key',
      at('keys.json'),
      '--anchor',
      at('checkpoint.json'),
      '--not-before',
      '2020-01-01',
      '--json',
    ]);
    expect(jsonOf(held.stdout)).toMatchObject({ ok: true, notes: [] });
    const stranger = await gatehouse(['audit', 'verify', at('all.ndjson'), '--key', '0'.repeat(32)]);
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('key, line 1') });
    const old = await gatehouse([
      'audit',
      'verify',
      at('all.ndjson'),
      '--not-before',
      '2999-01-01T00:00:00Z',
    ]);
    expect(old).toMatchObject({ code: 1, stderr: expect.stringContaining('replayed') });
  });

  it('may be of some checkpoints only', async () => {
    const made = await gatehouse(
      ['audit', 'export', '--out', at('part.ndjson'), '--from', '2999-01-01'],
      online(),
    );
    expect(made.code).toBe(0);
    const checked = await gatehouse(['audit', 'verify', at('part.ndjson'), '--json']);
    expect(jsonOf(checked.stdout)).toMatchObject({ ok: true, records: 0, checkpoints: 0 });
  });
});

describe('a proof', () => {
  it('of one record is written and checked with an empty environment', async () => {
    const made = await gatehouse(['audit', 'prove', exchange, '--out', at('proof.json')], online());
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const checked = await gatehouse(['audit', 'verify', '--proof', at('proof.json')]);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toContain(`seal of ${exchange}`);
    expect(readFileSync(at('proof.json'), 'utf8')).not.toContain('"ending":"refused"');
    writeFileSync(at('forged.json'), readFileSync(at('proof.json'), 'utf8').replace('complete', 'completf'));
    expect((await gatehouse(['audit', 'verify', '--proof', at('forged.json')])).code).toBe(1);
  });

  it('of a record that there is not is refused', async () => {
    const refused = await gatehouse(['audit', 'prove', 'ex_none', '--out', at('none.json')], online());
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no record') });
  });
});

describe('the rest', () => {
  it('makes a checkpoint, and none where nothing is new', async () => {
    for (const made of [0, 0]) {
      const said = await gatehouse(['audit', 'checkpoint', '--json'], online());
      expect(jsonOf(said.stdout)).toMatchObject({ made });
    }
  });

  it('rotates the key, and an export verifies by the old one as by the new', async () => {
    const before = jsonOf(readFileSync(at('keys.json'), 'utf8'));
    const said = await gatehouse(['audit', 'rotate-key', '--json'], online());
    const after = jsonOf(said.stdout);
    expect(after['current']).not.toBe(before['current']);
    await gatehouse(['audit', 'export', '--out', at('rotated.ndjson')], online());
    for (const key of [before['current'], after['current']]) {
      const checked = await gatehouse([
        'audit',
        'verify',
        at('rotated.ndjson'),
        '--key',
        String(key),
        '--json',
      ]);
      expect(jsonOf(checked.stdout)).toMatchObject({ ok: true, notes: [] });
    }
  });

  it.each([
    [['audit']],
    [['audit', 'shred']],
    [['audit', 'verify']],
    [['audit', 'verify', 'none.ndjson']],
    [['audit', 'verify', 'a', 'b']],
    [['audit', 'verify', 'x', '--key', 'none.json']],
    [['audit', 'verify', 'x', '--not-before', 'soon']],
    [['audit', 'export']],
    [['audit', 'export', '--out', 'x', '--from', 'soon']],
    [['audit', 'prove', '--out', 'x']],
  ])('says how it is used: %j', async (args) => {
    expect((await gatehouse(args, {}, folder)).code).toBe(2);
  });
});
