// One run of the bench: sets the stage, measures, and clears it again, whatever happens in between.
import { mkdtemp, readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Postgres } from '../../test/kit/postgres.ts';
import { startPostgres } from '../../test/kit/postgres.ts';
import type { Running } from '../../test/kit/process.ts';
import { watchdog } from '../../test/kit/process.ts';
import type { AuditPlan } from './audit.ts';
import { auditFound, auditTargets } from './audit.ts';
import type { DlpFound } from './dlp-report.ts';
import { dlpTargets } from './dlp-report.ts';
import type { FramesFound } from './frames-report.ts';
import { framesTargets } from './frames-report.ts';
import type { Means, Plan } from './measure.ts';
import { DIRECT, memories, requestRows, streamRows, warm } from './measure.ts';
import type { Report } from './report.ts';
import { HELD_AT, targetsOf } from './report.ts';
import type { Stage, Subject } from './subjects.ts';
import {
  bundle,
  gateway,
  hull,
  NODE_FLAGS,
  nginx,
  PARTS,
  passThrough,
  portkey,
  script,
  strike,
  told,
} from './subjects.ts';

/** The gateway as it is shipped. */
export const PRODUCT = 'gatehouse';

/**
 * All that can be measured. `controls`: the gateway's steps less one control each. `audit`: the gateway with its audit and without.
 * `dlp`: what inspection costs by itself. `frames`: what one frame of a stream costs, passed through and translated.
 */
export const EVERYBODY = [
  'nginx',
  'bare hono',
  'parts',
  PRODUCT,
  'portkey',
  'controls',
  'audit',
  'dlp',
  'frames',
] as const;
export type Who = (typeof EVERYBODY)[number];

/** What a run is to measure. */
export type Wanted = {
  readonly plan: Plan;
  readonly audit: AuditPlan;
  readonly quick: boolean;
  readonly who: readonly Who[];
  readonly log: (line: string) => void;
  /** Hears of each process that was started; all of them have ended when the run is over. */
  readonly onStarted?: (running: Running) => void;
};

/** The pipeline's controls as hull.ts knows them: none off (what the hull itself costs), each one off, all off. */
const OFF = ['nothing', 'auth', 'scope', 'record', 'auth,scope,record'] as const;

/** The server's first process, which all its others come from. */
const pidOf = async (postgres: Postgres): Promise<number> => {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return Number.parseInt(await readFile(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8'), 10);
  } finally {
    await client.end();
  }
};

/** Starts those who are wanted and can be had; says of the others why not. */
const cast = async (
  stage: Stage,
  upstream: string,
  who: readonly Who[],
): Promise<{ subjects: Subject[]; skipped: { subject: string; why: string }[] }> => {
  const starts: Readonly<
    Record<Exclude<Who, 'controls' | 'audit' | 'dlp' | 'frames'>, () => Promise<Subject | string>>
  > = {
    nginx: () => nginx(stage, upstream),
    'bare hono': () => passThrough(stage, upstream),
    parts: () => hull(stage, upstream, 'none'),
    [PRODUCT]: async () => gateway(stage, upstream, await bundle(stage)),
    portkey: () => portkey(stage, upstream).catch((error: unknown) => reasonOf(error)),
  };
  const subjects: Subject[] = [];
  const skipped: { subject: string; why: string }[] = [];
  for (const name of who) {
    if (name === 'controls' || name === 'audit' || name === 'dlp' || name === 'frames') continue;
    const subject = await starts[name]();
    if (typeof subject === 'string') skipped.push({ subject: name, why: subject });
    else subjects.push(subject);
  }
  return { subjects, skipped };
};

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? '';

const onStage = async (stage: Stage, postgresPid: number | null, wanted: Wanted): Promise<Report> => {
  const { plan, who, log } = wanted;
  const [busyBefore = 0] = loadavg();
  const upstream = await script(stage, 'upstream.ts');
  const load = await script(stage, 'load.ts');
  const url = `http://127.0.0.1:${upstream.port}`;
  const means: Means = { loadPort: load.port, postgresPid, log };
  log('starting ...');
  const { subjects, skipped } = await cast(stage, url, who);
  const direct: Subject = { name: DIRECT, port: upstream.port, pid: null, headers: {} };
  const all = [direct, ...subjects];
  // The upstream alone would be compared with nobody.
  const some = subjects.length > 0;
  if (some) await sleep(plan.idleMs);
  const idle = memories(subjects);
  log('warming up ...');
  await warm(means, subjects, plan.warmMs);
  const requests = some ? await requestRows(means, all, plan) : [];
  const streams = some ? await streamRows(means, all, plan) : [];
  const loaded = memories(subjects);
  const controls: Subject[] = [];
  if (who.includes('controls')) {
    log('controls on and off ...');
    for (const off of OFF) controls.push(await hull(stage, url, off));
    await warm(means, controls, plan.warmMs);
  }
  const audit = who.includes('audit') ? await auditFound(stage, url, means, wanted.audit, plan.warmMs) : null;
  const dlp = who.includes('dlp') ? await dlpFound(stage, wanted) : null;
  const frames = who.includes('frames') ? await framesFound(stage, wanted) : null;
  const besides = subjects.filter(({ name }) => name === 'nginx' || name === PARTS);
  return {
    at: new Date().toISOString(),
    quick: wanted.quick,
    machine: {
      system: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? '',
      cores: availableParallelism(),
      node: process.version,
      // Others' work on the machine is in every figure.
      load: Math.round(busyBefore * 100) / 100,
    },
    flags: NODE_FLAGS,
    skipped,
    requests,
    controls:
      controls.length === 0
        ? []
        : await requestRows(means, [direct, ...besides, ...controls], { ...plan, requests: [HELD_AT] }),
    streams,
    idle,
    loaded,
    audit,
    dlp,
    frames,
    targets: [
      ...(some ? targetsOf(requests, idle, PRODUCT) : []),
      ...(audit === null ? [] : auditTargets(audit.rows)),
      ...(dlp === null ? [] : dlpTargets(dlp)),
      ...(frames === null ? [] : framesTargets(frames)),
    ],
  };
};

const DLP_MS = 600_000;

const dlpFound = async (stage: Stage, { quick, log }: Wanted): Promise<DlpFound> => {
  log('inspection ...');
  const found = await told(stage, 'dlp.ts', [quick ? '500' : '1500'], ['--expose-gc'], DLP_MS);
  return found as DlpFound; // our own script's line
};

const FRAMES_MS = 600_000;

const framesFound = async (stage: Stage, { quick, log }: Wanted): Promise<FramesFound> => {
  log('frames ...');
  const folder = await mkdtemp(join(stage.folder, 'frames-'));
  const found = await told(stage, 'frames.ts', [quick ? '300' : '1500', folder], NODE_FLAGS, FRAMES_MS);
  return found as FramesFound; // our own script's line
};

/** Runs the bench. All that it started has ended when this settles, also when it rejects. */
export const run = async (wanted: Wanted): Promise<Report> => {
  const stored = [PRODUCT, 'controls', 'audit'].some((name) => wanted.who.some((who) => who === name));
  const postgres = stored ? await startPostgres() : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const guard = watchdog('rm -rf "$1"', folder);
  try {
    const stage: Stage = {
      folder,
      database: async () => {
        if (postgres === undefined) throw new Error('this run has no Postgres');
        return postgres.createDatabase();
      },
      running: [],
      onStarted: wanted.onStarted ?? (() => undefined),
    };
    try {
      return await onStage(stage, postgres === undefined ? null : await pidOf(postgres), wanted);
    } finally {
      await strike(stage);
    }
  } finally {
    await postgres?.stop();
    guard.release();
  }
};
