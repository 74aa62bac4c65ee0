// Apply makes the configuration in force the declared one: once, as a whole, with a record of each change and no secret in any.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangedMeanwhile } from '../../src/changes/change.ts';
import { lastChange, listChanges } from '../../src/changes/table.ts';
import { listKeys, revokeKey } from '../../src/keys/table.ts';
import { applySetup } from '../../src/setup/table.ts';
import type { Store } from '../../src/stores/store.ts';
import { listVersions } from '../../src/usecases/table.ts';
import type { Bench } from '../kit/setup.ts';
import { benchOn, told } from '../kit/setup.ts';
import { kinds } from '../kit/stores.ts';

const LITERAL = 'sk-literal-backend-secret';
const OWN_KEY = 'a-key-that-we-brought-0123456789';
const FULL = `
teams: [{ name: hr }, { name: it }]
backends:
  - { name: lan, provider: ollama, url: "http://10.0.0.5:11434", zone: on_prem }
  - { name: cloud, provider: openai, zone: cloud, secret: ${LITERAL} }
  - { name: file, provider: openai, zone: cloud, secret: "\${file:/run/secrets/openai}" }
models:
  - { name: small, targets: [{ backend: lan, model: "llama3.2:latest" }, { backend: cloud, model: gpt-5-mini }], tier: standard }
use_cases:
  - { name: chat, team: hr, models: [small, "lan/*"], system_prompt: "Be \\"brief\\".\\n\\tÄ 漢 ", data_class: sensitive }
keys:
  - { name: own, use_case: chat, secret: "\${env:OWN_KEY}", expires_at: 2030-06-30T02:00:00+02:00 }
  - { name: made, use_case: chat }
`;

let bench: Bench;
const seed = (to: Bench): Bench => {
  to.env['OWN_KEY'] = OWN_KEY;
  to.files['/run/secrets/openai'] = 'sk-in-a-file';
  return to;
};
beforeEach(async () => {
  bench = seed(await benchOn());
});
afterEach(() => bench.stop());

describe.each(kinds)('on the $name store', ({ open }) => {
  it('an apply does what is declared, in order, each change recorded once; a second one changes nothing', async () => {
    const opened = await open();
    const own = seed(await benchOn(opened.store));
    const { changes, minted } = await own.apply(FULL);
    const all = [
      'team.created team/hr',
      'team.created team/it',
      'backend.created backend/lan',
      'backend.created backend/cloud',
      'backend.created backend/file',
      'model.created model/small',
      'use_case.created use_case/chat',
      'key.created key/key_',
      'key.created key/key_',
    ];
    expect(told(changes)).toEqual(all);
    expect(minted.map(({ name }) => name)).toEqual(['made']);
    const before = await own.dump();
    expect(await own.apply(FULL)).toEqual({ changes: [], notes: [], minted: [], dry_run: false });
    expect(await own.dump()).toBe(before);
    const log = await listChanges(own.store.db, 100);
    expect(told(log.toReversed())).toEqual(all);
    expect(log.toReversed().map(({ before, after }) => ({ before, after }))).toEqual(
      changes.map(({ before, after }) => ({ before, after })),
    );
    expect(log.map(({ seq }) => seq)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2]);
    // And what is exported changes nothing either.
    expect((await own.apply(await own.export())).changes).toEqual([]);
    await opened.stop();
  });
});

describe('secrets', () => {
  it('are nowhere in the database, the changes or the export, whatever became of them', async () => {
    const first = await bench.apply(FULL);
    bench.env['OWN_KEY'] = `${OWN_KEY}-rotated`;
    const second = await bench.apply(FULL.replace(LITERAL, 'sk-another-literal-0123'));
    const texts = [
      LITERAL,
      'sk-another-literal',
      OWN_KEY,
      'sk-in-a-file',
      first.minted[0]?.key ?? 'none',
      'gtk_',
    ];
    const places = [await bench.dump(), await bench.export(), JSON.stringify([first.changes, second])];
    for (const text of texts) for (const place of places) expect(place).not.toContain(text);
  });
  it('as literals are sealed once: what is stored already stays as it was', async () => {
    await bench.apply(FULL);
    const stored = async () =>
      (
        await sql<{ secret: string }>`select secret from backends where name = 'cloud'`.execute(
          bench.store.db,
        )
      ).rows[0]?.secret;
    const sealed = await stored();
    expect(sealed).toMatch(/^sealed:v1:/);
    await bench.apply(FULL);
    await bench.apply(FULL.replace(LITERAL, '"${sealed}"'));
    expect(await stored()).toBe(sealed);
    const { changes } = await bench.apply(FULL.replace(LITERAL, 'sk-another-literal-0123'));
    expect(changes).toMatchObject([
      {
        action: 'backend.changed',
        subject: 'backend/cloud',
        before: { secret: '${sealed}' },
        after: { secret: '${sealed}', secret_replaced: true },
      },
    ]);
    expect(await stored()).not.toBe(sealed);
  });
  it('that are left out are taken away, and that is recorded', async () => {
    await bench.apply(FULL);
    const { changes } = await bench.apply(FULL.replace(`, secret: ${LITERAL}`, ''));
    expect(changes).toMatchObject([
      { subject: 'backend/cloud', before: { secret: '${sealed}' }, after: { secret: null } },
    ]);
  });
  it('whose reference leads nowhere any more keep nobody from starting: a note, while a new such reference is a fault', async () => {
    await bench.apply(FULL);
    bench.clock.ms += 60_000;
    delete bench.files['/run/secrets/openai'];
    const { changes, notes } = await bench.apply(FULL);
    expect([changes, notes]).toEqual([
      [],
      [
        expect.stringContaining(
          'backend "file" has no secret now: the file /run/secrets/openai cannot be read',
        ),
      ],
    ]);
    expect(await bench.faults(FULL.replace('run/secrets/openai', 'run/secrets/gone'))).toHaveLength(1);
  });
});

describe('a dry run', () => {
  it('says what would change and changes nothing, and makes no key', async () => {
    const before = await bench.dump();
    const dry = await bench.apply(FULL, true);
    expect(await bench.dump()).toBe(before);
    expect([dry.dry_run, dry.minted]).toEqual([true, []]);
    expect(told((await bench.apply(FULL)).changes)).toEqual(told(dry.changes));
    expect((await bench.apply(FULL, true)).changes).toEqual([]);
  });
});

describe('a changed use case', () => {
  it('is a new version; the keys it has stay on theirs, and a note says how to move them', async () => {
    await bench.apply(FULL);
    const changed = FULL.replace('models: [small, "lan/*"]', 'models: [small]');
    const { changes, notes } = await bench.apply(changed);
    expect(changes).toMatchObject([
      {
        action: 'use_case.changed',
        before: { version: 1, models: ['small', 'lan/*'] },
        after: { version: 2, models: ['small'] },
      },
    ]);
    expect(notes).toEqual([
      'left as they are: keys "own", "made" on version 1 of "chat", whose newest is 2; "keys rotate ID --latest" moves to it',
    ]);
    expect(
      (await listVersions(bench.store.db, 'chat')).map(({ version, models }) => [version, models]),
    ).toEqual([
      [2, ['small']],
      [1, ['small', 'lan/*']],
    ]);
    expect((await listKeys(bench.store.db, 10)).map((key) => key.use_case_version)).toEqual([1, 1]);
    // A key that is new is bound to the newest; going back to what once was is a third version.
    await bench.apply('keys: [{ name: fresh, use_case: chat }]');
    expect((await bench.apply(FULL)).changes).toMatchObject([{ after: { version: 3 } }]);
    expect(
      (await listKeys(bench.store.db, 10))
        .map(({ name, use_case_version }) => [name, use_case_version])
        .toSorted(),
    ).toEqual([
      ['fresh', 2],
      ['made', 1],
      ['own', 1],
    ]);
  });
});

describe('a declared key', () => {
  const own = (rest: string) => `keys: [{ name: own, use_case: chat, secret: "\${env:OWN_KEY}"${rest} }]`;
  const keys = async () => (await listKeys(bench.store.db, 10)).filter(({ name }) => name === 'own');
  beforeEach(async () => {
    await bench.apply(FULL.replace(/keys:[\s\S]*/, ''));
    await bench.apply(own(', expires_at: 2026-07-01T00:00:00Z'));
  });
  it('that has expired is not made again, and a later time brings it back', async () => {
    bench.clock.ms = Date.UTC(2027, 0);
    expect((await bench.apply(own(', expires_at: 2026-07-01T00:00:00Z'))).changes).toEqual([]);
    const { changes } = await bench.apply(own(', expires_at: 2028-01-01T00:00:00Z'));
    expect(changes).toMatchObject([
      {
        action: 'key.changed',
        before: { expires_at: '2026-07-01T00:00:00.000Z' },
        after: { expires_at: '2028-01-01T00:00:00.000Z' },
      },
    ]);
    expect(await keys()).toHaveLength(1);
  });
  it('that was revoked stays revoked: a note, no change, no new key; another text is another key', async () => {
    const [key] = await keys();
    await bench.store.db.executeQuery(revokeKey(bench.store.db, key?.id ?? '', '2026-06-02T00:00:00Z'));
    for (const text of [own(''), 'keys: [{ name: own, use_case: chat }]'])
      expect(await bench.apply(text)).toMatchObject({
        changes: [],
        minted: [],
        notes: [expect.stringContaining('key "own" is revoked and stays so')],
      });
    expect(await bench.export()).not.toContain('own');
    bench.env['OWN_KEY'] = 'another-text-altogether-0123456789';
    expect(told((await bench.apply(own(''))).changes)).toEqual(['key.created key/key_']);
    expect((await bench.apply(own(''))).changes).toEqual([]);
  });
  it('whose text changes is replaced: the old one is revoked and that is recorded', async () => {
    const [old] = await keys();
    bench.clock.ms += 1;
    bench.env['OWN_KEY'] = 'another-text-altogether-0123456789';
    const { changes, minted } = await bench.apply(own(''));
    expect(told(changes)).toEqual(['key.revoked key/key_', 'key.created key/key_']);
    expect(changes[0]?.subject).toBe(`key/${old?.id}`);
    expect(minted).toEqual([]);
    expect((await keys()).map(({ revoked_at, rotated_from }) => [revoked_at === null, rotated_from])).toEqual(
      [
        [true, old?.id],
        [false, null],
      ],
    );
    // The old text is spent: declared again, it brings nothing back.
    bench.env['OWN_KEY'] = OWN_KEY;
    expect(await bench.apply(own(''))).toMatchObject({
      changes: [],
      notes: [expect.stringContaining('was rotated since')],
    });
  });
  it('left out of a list that is there stays, and a note says so', async () => {
    const { changes, notes } = await bench.apply('keys: [{ name: made, use_case: chat }]');
    expect(told(changes)).toEqual(['key.created key/key_']);
    expect(notes).toEqual(['not declared here and left as they are: keys "own"']);
  });
});

describe('one transaction', () => {
  it('leaves nothing and records nothing when its last statement fails', async () => {
    const before = await bench.dump();
    const broken: Store = {
      ...bench.store,
      atomically: (statements) =>
        bench.store.atomically([...statements, sql`select 1 / 0`.compile(bench.store.db)]),
    };
    await expect(
      applySetup(
        { ...bench.means, store: broken },
        { text: FULL, file: 'f', actor: 'tester', dryRun: false },
      ),
    ).rejects.toMatchObject({ code: '22012' });
    expect(await bench.dump()).toBe(before);
    expect((await lastChange(bench.store.db)).seq).toBe(0);
  });
  it('five applies of one file at once make one set of changes, and all five succeed', async () => {
    const applied = await Promise.all([1, 2, 3, 4, 5].map(() => bench.apply(FULL)));
    expect(applied.map(({ changes }) => changes.length).toSorted()).toEqual([0, 0, 0, 0, 9]);
    expect(applied.flatMap(({ minted }) => minted)).toHaveLength(1);
    // Nine, and the start of their chain.
    expect((await lastChange(bench.store.db)).seq).toBe(10);
    expect(await listKeys(bench.store.db, 10)).toHaveLength(2);
  });
  it('five different applies at once are all done, one after the other', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => bench.apply(`teams: [{ name: ${name} }]`)));
    expect((await lastChange(bench.store.db)).seq).toBe(6);
  });
  it('a writer who is always late is told so instead of trying for ever', async () => {
    let tries = 0;
    const busy: Store = {
      ...bench.store,
      atomically: async (statements) => {
        await bench.apply(`teams: [{ name: other${tries++} }]`);
        return bench.store.atomically(statements);
      },
    };
    const late = applySetup(
      { ...bench.means, store: busy },
      { text: 'teams: [{ name: late }]', file: 'f', actor: 'tester', dryRun: false },
    );
    await expect(late).rejects.toBeInstanceOf(ChangedMeanwhile);
    expect(await bench.export()).not.toContain('late');
    expect(tries).toBe(10);
  });
});
