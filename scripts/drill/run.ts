// The drill: load, and everything that can go wrong with a gateway's records, one after the other.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../test/kit/postgres.ts';
import { chanceOf } from './chance.ts';
import type { Claim } from './check.ts';
import { claims } from './check.ts';
import type { Told } from './clients.ts';
import { readLedger } from './ledger.ts';
import type { Drill, Full, Plan } from './phases.ts';
import { diskFull, ended, killed, postgresAway, two } from './phases.ts';
import type { Replica } from './replica.ts';
import { replicaOf } from './replica.ts';
import { smallDisk } from './small-disk.ts';
import { startDrillUpstream } from './upstream.ts';

export const SHORT: Omit<Plan, 'seed' | 'log'> = {
  connections: 64,
  kills: 4,
  lifeMs: 700,
  awayMs: 3_500,
  boundS: 2,
  fullDiskMs: 1_000,
  twoMs: 1_000,
};
export const FULL: Omit<Plan, 'seed' | 'log'> = {
  connections: 64,
  kills: 20,
  lifeMs: 2_200,
  awayMs: 16_000,
  boundS: 8,
  fullDiskMs: 5_000,
  twoMs: 8_000,
};

/** What came of it. */
export type Report = {
  readonly claims: readonly Claim[];
  /** Counts of what clients were told, by phase. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly notes: readonly string[];
  readonly ok: boolean;
};

/** Runs it from start to end, and leaves nothing behind. */
export const drill = async (plan: Plan): Promise<Report> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'));
  const cleanUp: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    return await drilled(plan, folder, cleanUp);
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
};

const drilled = async (plan: Plan, folder: string, cleanUp: (() => unknown)[]): Promise<Report> => {
  const chance = chanceOf(plan.seed);
  const postgres = await startPostgres();
  cleanUp.push(() => postgres.stop());
  const upstream = await startDrillUpstream(chance);
  cleanUp.push(() => upstream.stop());
  const databaseUrl = await postgres.createDatabase();
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(config, JSON.stringify(setupFor(upstream.url)));
  const key = `drill-${randomBytes(24).toString('hex')}`;
  const env = {
    DATABASE_URL: databaseUrl,
    GATEHOUSE_SECRET: randomBytes(24).toString('hex'),
    GATEHOUSE_ADMIN_TOKEN: randomBytes(24).toString('hex'),
    GATEHOUSE_CONFIG: config,
    GATEHOUSE_LOG: 'warn',
    DRILL_KEY: key,
  };
  const replica: Drill['replica'] = async (name, place, more = {}) => {
    const made = await replicaOf(name, place, { ...env, ...more });
    cleanUp.push(() => made.kill());
    return made;
  };
  const run: Drill = { plan, chance, key, told: [], claims: [], notes: [], replica, folder };
  const { first, second, away, full } = await started(run, cleanUp);
  await killed(run, first);
  await postgresAway(run, away, postgres);
  if (full !== undefined) await diskFull(run, full);
  await two(run, first, second);
  run.claims.push(await verified(first, folder));
  for (const each of [first, second]) await ended(run, each);
  const entries = await readLedger(databaseUrl);
  run.claims.unshift(...claims(run.told, upstream.seen, entries));
  const ok = run.claims.every(({ breaches }) => breaches.length === 0);
  return { claims: run.claims, counts: countsOf(run.told), notes: run.notes, ok };
};

const setupFor = (url: string) => ({
  teams: [{ name: 'crew' }],
  backends: [{ name: 'lan', provider: 'compatible', url, zone: 'on_prem' }],
  models: [{ name: 'small', targets: [{ backend: 'lan', model: 'drilled' }] }],
  use_cases: [{ name: 'plain', team: 'crew', models: ['*'] }],
  keys: [{ name: 'plain', use_case: 'plain', secret: '${env:DRILL_KEY}' }],
});

/** All replicas, started together: most of what a start takes is waiting. */
const started = async (run: Drill, cleanUp: (() => unknown)[]) => {
  const disk = smallDisk(join(run.folder, 'disk'));
  if (typeof disk === 'string') run.notes.push(`the full disk was left out: ${disk}`);
  else cleanUp.push(() => disk.remove());
  const bound = { GATEHOUSE_SPOOL_AGE_S: String(run.plan.boundS) };
  const [first, second, away] = await Promise.all([
    run.replica('one', join(run.folder, 'one')),
    run.replica('two', join(run.folder, 'two')),
    run.replica('away', join(run.folder, 'away'), bound),
  ]);
  const full: Full | undefined =
    typeof disk === 'string'
      ? undefined
      : { disk, replica: await run.replica('full', join(disk.folder, 'data')) };
  await Promise.all([first, second, away, full?.replica].map((replica) => replica?.start()));
  return { first, second, away, full };
};

/** What the command line says of the whole of it. */
const verified = async (replica: Replica, folder: string): Promise<Claim> => {
  const claim = '"gatehouse audit export" and "audit verify" find all chains and checkpoints whole';
  const file = join(folder, 'export.jsonl');
  try {
    await replica.command(['audit', 'export', '--out', file]);
    await replica.command(['audit', 'verify', file]);
    return { claim, checked: 1, breaches: [] };
  } catch (error) {
    return { claim, checked: 1, breaches: [error instanceof Error ? error.message : String(error)] };
  }
};

const countsOf = (told: readonly Told[]): Map<string, Map<string, number>> => {
  const counts = new Map<string, Map<string, number>>();
  for (const { phase, status, full, code } of told) {
    const row = counts.get(phase) ?? new Map<string, number>();
    counts.set(phase, row);
    const what =
      status === 0 ? 'no reply' : `${status}${code === null ? '' : ` ${code}`}${full ? '' : ' cut'}`;
    row.set(what, (row.get(what) ?? 0) + 1);
  }
  return counts;
};
