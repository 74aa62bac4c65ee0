// The rules in force are what is at hand and what is saved, whole or not at all.
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { authorOf, commit, lastChange } from '../../src/changes/table.ts';
import { rulesInForce } from '../../src/dlp/live.ts';
import type { Pack } from '../../src/dlp/pattern.ts';
import { insertPack, insertPackEnd } from '../../src/packs/table.ts';
import type { PackAtHand } from '../../src/ports.ts';
import { Refusal } from '../../src/refusal.ts';
import { hashes } from '../../src/runtimes/hashes.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Statement, Store } from '../../src/stores/store.ts';
import { packOf, simple } from '../kit/packs.ts';
import type { Line } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import { freshDatabase } from '../kit/postgres.ts';

let store: Store;
let nowMs: number;
let atHand: readonly PackAtHand[];
let log: Line[];
let behind: Promise<unknown>[];
beforeEach(async () => {
  store = pgStore(await freshDatabase(inject('postgresUrl')), () => undefined);
  await migrate(store, migrations);
  nowMs = Date.UTC(2026, 10, 1);
  log = [];
  behind = [];
  shelve(packOf('a', [simple('one', 'one')]));
});
afterEach(() => store.close());

const shelve = (...packs: readonly Pack[]): void => {
  atHand = packs.map((pack) => ({ pack, from: 'built-in' }));
};
const live = () =>
  rulesInForce({
    store,
    packs: { current: () => atHand },
    now: () => nowMs,
    defer: (work) => void behind.push(work),
    log: (level, event, fields = {}) => void log.push({ level, event, fields }),
  });
const write = async (statement: Statement): Promise<void> => {
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const author = authorOf({ now: () => nowMs, random, hashes }, 'tester');
  const change = { action: 'pack.changed', subject: 'pack/x', before: null, after: null };
  await commit(store, author, await lastChange(store.db), [{ change, statements: [statement] }]);
};
const save = (pack: Pack) => write(insertPack(store.db, pack, new Date(nowMs).toISOString()));
const end = (name: string) => write(insertPackEnd(store.db, name, new Date(nowMs).toISOString()));
/** As another version of the program would: what this one cannot use. */
const saveRaw = (pack: Pack, over: object) => save({ ...pack, ...over } as Pack); // that is the point
const types = async (rules: ReturnType<typeof live>) =>
  (await rules.get()).rules.map(({ pattern, version }) => `${pattern.id} ${version}`);

describe('the rules in force', () => {
  it('are the same, asked of nobody, for a second; then what is saved is worked out behind a reply', async () => {
    const rules = live();
    const first = await rules.get();
    await save(packOf('b', [simple('two', 'two')]));
    nowMs += 900;
    expect(rules.get()).toBe(first);
    expect(behind).toEqual([]);
    nowMs += 200;
    expect(rules.get()).toBe(first);
    await Promise.all(behind);
    expect(await types(rules)).toEqual(['one 1', 'two 1']);
  });
  it('are never older than five seconds: then whoever asks waits for the new ones', async () => {
    const rules = live();
    await rules.get();
    await save(packOf('a', [simple('one', 'uno')], 2));
    nowMs += 5_000;
    expect(await types(rules)).toEqual(['one 2']);
    await end('a');
    nowMs += 5_000;
    expect(await types(rules)).toEqual(['one 1']);
  });
  it('are worked out once for all who ask at the same time', async () => {
    const rules = live();
    const all = await Promise.all(Array.from({ length: 20 }, () => rules.get()));
    expect(new Set(all).size).toBe(1);
    await save(packOf('b', [simple('two', 'two')]));
    nowMs += 6_000;
    const next = await Promise.all(Array.from({ length: 20 }, () => rules.get()));
    expect(new Set(next).size).toBe(1);
    expect(next[0]).not.toBe(all[0]);
  });
  it.each([
    [
      'a check this version does not have',
      { patterns: [{ ...simple('two', 'two'), check: 'gone' }] },
      'two: no check is called gone',
    ],
    ['a form this version cannot read', { colour: 'red' }, /^the saved pack b: .*colour/],
    [
      'a type that another pack has',
      { patterns: [simple('one', 'two')] },
      'one: packs a and b both have this id',
    ],
  ])(
    'are none at all when a saved pack has %s: refused, with the reason in the log, until it is put right',
    async (_, over, reason) => {
      const rules = live();
      await rules.get();
      await saveRaw(packOf('b', [simple('two', 'two')]), over);
      nowMs += 6_000;
      await expect(async () => rules.get()).rejects.toThrow(Refusal);
      await expect(async () => rules.get()).rejects.toMatchObject({
        code: 'patterns_unavailable',
        status: 503,
      });
      expect(await rules.fault()).toEqual(
        typeof reason === 'string' ? reason : expect.stringMatching(reason),
      );
      expect(log.filter(({ level }) => level === 'error')).toMatchObject([{ event: 'packs_unusable' }]);
      await end('b');
      nowMs += 6_000;
      expect(await types(rules)).toEqual(['one 1']);
      expect(await rules.fault()).toBeUndefined();
    },
  );
  it('stay when files change so that they do not go with what is saved, which is told', async () => {
    await save(packOf('b', [simple('two', 'two')]));
    const rules = live();
    expect(await types(rules)).toEqual(['one 1', 'two 1']);
    shelve(packOf('a', [simple('one', 'one'), simple('two', 'three')], 2));
    nowMs += 6_000;
    expect(await types(rules)).toEqual(['one 1', 'two 1']);
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([
      { event: 'packs_refused', fields: { fault: 'two: packs a and b both have this id' } },
    ]);
    await save(packOf('c', [simple('four', 'four')]));
    nowMs += 6_000;
    expect(await types(rules)).toEqual(['one 1', 'two 1', 'four 1']);
    await end('b');
    nowMs += 6_000;
    expect(await types(rules)).toEqual(['one 2', 'two 2', 'four 1']);
  });
});

it('a gateway whose packs cannot be used says so at /readyz and lets nothing through', async () => {
  const setup = JSON.stringify({
    teams: [{ name: 't' }],
    backends: [{ name: 'pretend', provider: 'pretend', zone: 'on_prem' }],
    use_cases: [{ name: 'u', team: 't', models: ['*'] }],
    keys: [{ name: 'k', use_case: 'u' }],
  });
  const broken = await startParts(setup, (real) => ({
    ...real,
    packs: {
      current: () => [{ pack: packOf('z', [{ ...simple('zed', 'zed'), check: 'gone' }]), from: 'folder' }],
    },
  }));
  const ready = await fetch(`${broken.url}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([
    503,
    {
      status: 'not ready',
      waiting_for: 'patterns',
      message: expect.stringContaining('zed: no check is called gone'),
    },
  ]);
  const reply = await fetch(`${broken.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${broken.keys['k']}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'pretend/pretend', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect([reply.status, await reply.json()]).toMatchObject([
    503,
    { error: { code: 'patterns_unavailable' } },
  ]);
  const [, seal] = await broken.entries(reply.headers.get('x-gatehouse-exchange') ?? '');
  expect(seal?.body).toMatchObject({ ending: 'refused', code: 'patterns_unavailable' });
  await broken.stop();
});
