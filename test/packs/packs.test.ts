// Packs over the admin API: proved before they are saved, versions that mean one thing, and nothing taken away that is needed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { operator, send } from '../kit/admin.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import { employee, simple, written } from '../kit/packs.ts';

let gateway: Started;
beforeAll(async () => {
  gateway = await startGateway({ setup: '{}' });
});
afterAll(() => gateway.stop());

const get = (path: string) => send(`${gateway.url}/admin/v1${path}`, { headers: operator });
const put = (name: string, body: unknown, type = 'application/json') =>
  send(`${gateway.url}/admin/v1/packs/${name}`, {
    method: 'PUT',
    headers: { ...operator, 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const remove = (name: string) =>
  send(`${gateway.url}/admin/v1/packs/${name}`, { method: 'DELETE', headers: operator });
const faultsOf = ({ body }: { body: unknown }) => (body as { error: { faults: string[] } }).error.faults;
const changes = async () =>
  ((await get('/changes?limit=200')).body as { items: Record<string, unknown>[] }).items;

type Item = { name: string; from: string; patterns: number; version: number };
const all = async () => ((await get('/packs?limit=200')).body as { items: Item[] }).items;

describe('packs', () => {
  it('are listed with where they are from, and shown with their patterns', async () => {
    const items = await all();
    expect(items.find(({ name }) => name === 'identity-uk')).toMatchObject({
      from: 'built-in',
      saved_at: null,
    });
    expect(await get('/packs/identity-uk')).toMatchObject({
      status: 200,
      body: {
        from: 'built-in',
        pack: {
          pack: 'identity-uk',
          patterns: expect.arrayContaining([expect.objectContaining({ id: 'uk-nino' })]),
        },
      },
    });
    expect((await get('/packs/ghost')).status).toBe(404);
  });
  it('are saved as JSON or YAML with the record of the change, and the same again changes nothing', async () => {
    const before = (await changes()).length;
    const pack = written('acme', [employee]);
    const first = await put('acme', stringify(pack), 'text/yaml; charset=utf-8');
    expect(first).toMatchObject({
      status: 200,
      body: { name: 'acme', from: 'saved', version: 1, patterns: 1 },
    });
    expect((await put('acme', pack)).body).toEqual(first.body);
    const next = written('acme', [employee, simple('acme-site', 'site')], 2);
    expect(await put('acme', next)).toMatchObject({ status: 200, body: { version: 2, patterns: 2 } });
    expect((await changes()).slice(0, -before || undefined)).toMatchObject([
      {
        action: 'pack.changed',
        subject: 'pack/acme',
        before: { version: 1, patterns: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        after: { version: 2, patterns: 2, added: ['acme-site'], removed: [], changed: [] },
      },
      { action: 'pack.created', before: null, after: { version: 1, added: ['acme-employee'] } },
    ]);
    expect((await all())[0]).toMatchObject({ name: 'acme', from: 'saved' });
  });
  it('saved under the name of a built-in one stand in its place until they are deleted', async () => {
    const { version, patterns } = (await all()).find(({ name }) => name === 'identity-uk') ?? { version: 0 };
    const own = written('identity-uk', [simple('uk-nino', 'nino')], version + 1);
    expect(await put('identity-uk', { ...own, version })).toMatchObject({ status: 400 });
    expect((await put('identity-uk', own)).status).toBe(200);
    expect(await get('/packs/identity-uk')).toMatchObject({ body: { from: 'saved', patterns: 1 } });
    expect((await remove('identity-uk')).status).toBe(200);
    expect(await get('/packs/identity-uk')).toMatchObject({ body: { from: 'built-in', patterns, version } });
  });
  it('that are deleted may come back as they were, and in another form only with another version', async () => {
    const pack = written('coming', [simple('going', 'go')]);
    expect((await put('coming', pack)).status).toBe(200);
    expect((await remove('coming')).status).toBe(200);
    expect((await remove('coming')).status).toBe(404);
    expect(faultsOf(await put('coming', written('coming', [simple('going', 'gone')])))).toEqual([
      'version: 1 is taken by another form of this pack, so this one is 2 or higher',
    ]);
    expect((await put('coming', pack)).status).toBe(200);
  });
  it('that are files are not deleted here', async () => {
    expect(await remove('identity-uk')).toMatchObject({
      status: 409,
      body: { error: { code: 'not_saved' } },
    });
  });
});

describe('a pack is refused, and nothing changes,', () => {
  const missed = { ...simple('late', 'late'), hits: ['late-1'] };
  it.each([
    ['whose hit is not found', [missed], 'late: not found in its hit "late-1"'],
    [
      'whose miss is found',
      [{ ...simple('late', 'late'), misses: ['late-12'] }],
      /^late: found "late-12" in its miss/,
    ],
    ['with a look-behind', [{ ...simple('late', 'late'), regex: '(?<=x)a' }], /^late: /],
    ['with a back reference', [{ ...simple('late', 'late'), regex: '(a)\\1' }], /^late: /],
    [
      'with a check nobody knows',
      [{ ...simple('late', 'late'), check: 'mine' }],
      'late: no check is called mine',
    ],
    [
      'with a type of a built-in pack',
      [simple('uk-nino', 'late')],
      'uk-nino: the pack identity-uk has a pattern of this id',
    ],
    [
      'with one type twice',
      [simple('late', 'late'), simple('late', 'lat')],
      'late: two patterns have this id',
    ],
    ['without patterns', [], /patterns/],
    ['with an unknown key', [{ ...simple('late', 'late'), colour: 'red' }], /^late: patterns\.0: .*colour/],
    [
      'with a NUL in it',
      [{ ...simple('late', 'late'), misses: ['\u0000'] }],
      /^holds a character that cannot be stored/,
    ],
  ])('%s', async (_, patterns, fault) => {
    const before = [(await changes()).length, await all()];
    const pack = written('late', patterns);
    for (const reply of [await put('late', pack), await put('late', stringify(pack), 'text/yaml')]) {
      expect(reply).toMatchObject({ status: 400, body: { error: { code: 'bad_pack' } } });
      const [first] = faultsOf(reply);
      if (typeof fault === 'string') expect(first).toBe(fault);
      else expect(first).toMatch(fault);
    }
    expect([(await changes()).length, await all()]).toEqual(before);
  });
  it('whose name is another than where it is put', async () => {
    expect(faultsOf(await put('one', written('another', [simple('late', 'late')])))).toEqual([
      'pack: is "another", and is saved as "one"',
    ]);
  });
  it('whose YAML is none: the line is named', async () => {
    expect(faultsOf(await put('late', 'pack: late\npack: later', 'application/yaml'))).toEqual([
      'late.yaml:2: the key "pack" stands twice in one mapping',
    ]);
    expect((await put('late', '[', 'application/json')).status).toBe(400);
    expect((await put('late', 'x', 'text/plain')).status).toBe(400);
  });
  it('that would take away what another saved pack needs', async () => {
    const { version } = (await all()).find(({ name }) => name === 'identity-uk') ?? { version: 0 };
    expect(
      (await put('identity-uk', written('identity-uk', [simple('other', 'oth')], version + 5))).status,
    ).toBe(200);
    expect((await put('taken', written('taken', [simple('uk-nino', 'nin')]))).status).toBe(200);
    expect(faultsOf(await remove('identity-uk'))).toEqual([
      'uk-nino: the pack identity-uk that would come back into force has this id, and taken has it too',
    ]);
    expect((await remove('taken')).status).toBe(200);
    expect((await remove('identity-uk')).status).toBe(200);
  });
});
