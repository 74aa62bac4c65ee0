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
import type { OnStarted, Replica } from './replica.ts';
import { replicaOf } from './replica.ts';
import { smallDisk } from './small-disk.ts';
import type { Stage } from './stage.ts';
import { inTime, newStage } from './stage.ts';
import { startDrillUpstream } from './upstream.ts';

type Given = 'seed' | 'log';
/** Part of `npm test`: each thing that can go wrong, for as long as it takes to see what comes of it. */
export const SHORT: Omit<Plan, Given> = {
  connections: 64,
  kills: 3,
  lifeMs: 300,
  awayMs: 2_700,
  boundS: 1,
  fullDiskMs: 800,
  twoMs: 400,
  limitMs: 120_000,
};
export const FULL: Omit<Plan, Given> = {
  connections: 64,
  kills: 20,
  lifeMs: 2_200,
  awayMs: 16_000,
  boundS: 8,
  fullDiskMs: 5_000,
  twoMs: 8_000,
  limitMs: 600_000,
};

/** What came of it. */
export type Report = {
  readonly claims: readonly Claim[];
  /** Counts of what clients were told, by phase. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly notes: readonly string[];
  readonly ok: boolean;
};

/** What is still under way when the stage is cleared comes to nothing within this. */
const SETTLE_MS = 45_000;

/** Runs it from start to end. All that it started has ended when this settles, also when it fails or takes too long. */
export const drill = async (plan: Plan, onStarted?: OnStarted): Promise<Report> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'));
  const stage = newStage();
  await stage.add(() => rmSync(folder, { recursive: true, force: true }));
  const work = drilled(plan, folder, stage, onStarted);
  try {
    return await inTime(work, plan.limitMs);
  } finally {
    await stage.clear();
    // Whatever it was about to start found the stage cleared.
    await inTime(work, SETTLE_MS).catch(() => undefined);
  }
};

const drilled = async (
  plan: Plan,
  folder: string,
  stage: Stage,
  onStarted: OnStarted | undefined,
): Promise<Report> => {
  const chance = chanceOf(plan.seed);
  const postgres = await startPostgres();
  await stage.add(() => postgres.stop());
  const upstream = await startDrillUpstream(chance);
  await stage.add(() => upstream.stop());
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
    const made = replicaOf(name, place, { ...env, ...more }, onStarted);
    await stage.add(() => made.end());
    return made;
  };
  const run: Drill = { plan, chance, key, told: [], claims: [], notes: [], replica, folder };
  const { first, second, away, full } = await started(run, stage);
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
const started = async (run: Drill, stage: Stage) => {
  const disk = smallDisk(join(run.folder, 'disk'));
  if (typeof disk === 'string') run.notes.push(`the full disk was left out: ${disk}`);
  else await stage.add(() => disk.remove());
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
