// gatehouse audit drop, on an embedded database and on a Postgres: what it shows, what it drops, what it keeps, and that an
// export verifies after; and what `audit verify` says of a break that was acknowledged.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { acknowledge } from '../../src/acknowledgements/table.ts';
import { monthOf } from '../../src/audit/chain.ts';
import { makeCheckpoints } from '../../src/checkpoints/table.ts';
import { setHold } from '../../src/erasures/table.ts';
import { listMonths } from '../../src/retention/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import { pgliteStore } from '../../src/stores/pglite.ts';
import type { Store } from '../../src/stores/store.ts';
import { appendOwn, entryOf, exchangeId, exported, meansOn, ownerOf } from '../kit/audit-store.ts';
import { gatehouse } from '../kit/cli.ts';
import { ROOT_SECRET } from '../kit/gateway.ts';
import { freshDatabase } from '../kit/postgres.ts';
import { pgliteFolder } from '../kit/stores.ts';

vi.setConfig({ testTimeout: 60_000 });

/** The first of the month so many months before this one, noon. */
const monthsAgo = (count: number): number => {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1, 12);
};
const month = (count: number): string => monthOf(new Date(monthsAgo(count)).toISOString());
const short = (count: number): string => month(count).slice(0, 7);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-drop-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A record a month over the last four, this one included; a checkpoint over all but the last. */
const fourMonths = async (store: Store): Promise<void> => {
  const means = meansOn(store, ROOT_SECRET);
  means.clock.ms = Date.now();
  await migrate(store, migrations);
  for (let ago = 3; ago >= 0; ago--) {
    const at = monthsAgo(ago);
    const exchange = exchangeId(ago);
    await appendOwn(store, 'wr_a', [entryOf('open', exchange, at, { key: `key_${ago}` })]);
    await appendOwn(store, 'wr_a', [entryOf('seal', exchange, at, { key: `key_${ago}` })]);
    if (ago === 1) await makeCheckpoints(means);
  }
};

const kinds = [
  {
    name: 'an embedded database',
    open: async () => {
      const data = await pgliteFolder();
      const env = { GATEHOUSE_DATA: data, GATEHOUSE_SECRET: ROOT_SECRET };
      return { env, store: () => pgliteStore(data) };
    },
  },
  {
    name: 'a Postgres',
    open: async () => {
      const url = await freshDatabase(inject('postgresUrl'));
      const env = { DATABASE_URL: url, GATEHOUSE_SECRET: ROOT_SECRET };
      return { env, store: async () => pgStore(url, () => undefined) };
    },
  },
];

describe.each(kinds)('on $name', ({ open }) => {
  it('shows the months, drops them under signed tombstones, and an export verifies', async () => {
    const { env, store } = await open();
    const using = async <T>(work: (opened: Store) => Promise<T>): Promise<T> => {
      const opened = await store();
      return work(opened).finally(() => opened.close());
    };
    await using(fourMonths);
    const drop = (...args: string[]) => gatehouse(['audit', 'drop', '--before', ...args], env);
    const dry = await drop(short(1), '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toContain(`${short(3)}: 2 entries, signed up to checkpoint 1\n`);
    expect(dry.stdout).toContain('Dry run: nothing was done.');
    expect(await using(({ db }) => listMonths(db))).toHaveLength(4);
    const told = await drop(short(1), '--json');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    const plan = { entries: 2, covered_by: 1, held: 0, dropped: true };
    expect(JSON.parse(told.stdout)).toEqual({
      dry_run: false,
      months: [
        { month: month(3), ...plan },
        { month: month(2), ...plan },
      ],
    });
    expect(await using(({ db }) => listMonths(db))).toEqual([month(1), month(0)]);
    expect((await drop(short(1))).stdout).toContain('There is nothing to drop.');
    writeFileSync(
      join(folder, 'all.ndjson'),
      await using((opened) => exported({ ...meansOn(opened, ROOT_SECRET), now: Date.now })),
    );
    const checked = await gatehouse(['audit', 'verify', join(folder, 'all.ndjson')]);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toContain(`the month ${short(3)} was dropped under retention at `);
    expect(checked.stdout).toContain('2 records in 4 entries');
  });

  it('keeps what is held, never drops the month under way, and changes nothing where the audit is broken', async () => {
    const { env, store } = await open();
    const opened = await store();
    await fourMonths(opened);
    const means = { store: opened, now: Date.now };
    const scope = { scope: 'key', subject: 'key_3' } as const;
    await setHold(means, scope, true, { actor: 'tester', reason: 'a court asked' });
    await opened.close();
    const drop = (...args: string[]) => gatehouse(['audit', 'drop', '--before', ...args], env);
    const held = await drop(short(0));
    expect(held).toMatchObject({ code: 1, stderr: expect.stringContaining('a legal hold is on them') });
    expect(held.stdout).toContain(`${short(3)}: 2 entries, signed up to checkpoint 1; kept: a legal hold`);
    expect(held.stdout).toContain('2 of 3 months were dropped');
    expect((await drop(short(-1))).code).toBe(2);
    const again = await store();
    expect(await listMonths(again.db)).toEqual([month(3), month(0)]);
    await again.close();
  });
});

describe('audit drop', () => {
  it.each([
    [[]],
    [['--before', 'soon']],
    [['--before', '2026-13']],
    [['--before', '2026-08-01']],
    [['--before', '2999-01']],
    [['2026-08']],
    [['--before', '2026-08', '--force']],
  ])('%j is wrong use', async (args) => {
    expect((await gatehouse(['audit', 'drop', ...args], {}, folder)).code).toBe(2);
  });

  it('makes no database where there is none, and needs one that is migrated, with its root secret', async () => {
    const before = ['audit', 'drop', '--before', short(0)];
    const none = await gatehouse(before, { GATEHOUSE_DATA: join(folder, 'none') });
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no database in') });
    const url = await freshDatabase(inject('postgresUrl'));
    const empty = await gatehouse(before, { DATABASE_URL: url });
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('is to be migrated first') });
    expect((await gatehouse(['migrate'], { DATABASE_URL: url })).code).toBe(0);
    const secretless = await gatehouse(before, { DATABASE_URL: url });
    expect(secretless).toMatchObject({ code: 1, stderr: expect.stringContaining('GATEHOUSE_SECRET') });
  });
});

describe('a break', () => {
  it('stops a drop, and once acknowledged is named by audit verify with who and why, which ends with 1', async () => {
    const url = await freshDatabase(inject('postgresUrl'));
    const store = pgStore(url, () => undefined);
    await fourMonths(store);
    const owner: pg.Client = await ownerOf(url);
    await owner.query(`update audit_entries set text = replace(text, '"key_0"', '"key_1"') where seq = 7`);
    await owner.end();
    const env = { DATABASE_URL: url, GATEHOUSE_SECRET: ROOT_SECRET };
    const stopped = await gatehouse(['audit', 'drop', '--before', short(0)], env);
    expect(stopped).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the audit does not hold: wr_a/7'),
    });
    expect(await listMonths(store.db)).toHaveLength(4);
    const means = { ...meansOn(store, ROOT_SECRET), now: Date.now };
    await acknowledge(means, { writer: 'wr_a', seq: 7, actor: 'anna', reason: 'a bad restore' });
    await makeCheckpoints(means);
    writeFileSync(join(folder, 'all.ndjson'), await exported(means));
    const said = await gatehouse(['audit', 'verify', join(folder, 'all.ndjson')]);
    expect(said.code).toBe(1);
    expect(said.stdout).toMatch(
      /^altered, line \d+: wr_a\/7 \(ex_\w+\) is not what its chain says; acknowledged at \S+ by anna: a bad restore$/m,
    );
    expect(said.stderr).toContain('is broken in 1 place, as acknowledged; the rest holds');
    const json = JSON.parse(
      (await gatehouse(['audit', 'verify', '--json', join(folder, 'all.ndjson')])).stdout,
    );
    expect(json).toMatchObject({ ok: false, fault: null, acknowledged: [{ writer: 'wr_a', seq: 7 }] });
    await store.close();
  });
});
