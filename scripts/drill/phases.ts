// What the drill does to gateways under load, one thing after the other, and what it claims of each.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Claim } from './check.ts';
import { UNRECORDED } from './check.ts';
import type { Told } from './clients.ts';
import { startClients } from './clients.ts';
import type { Replica } from './replica.ts';
import { caughtUp, serves } from './replica.ts';
import type { SmallDisk } from './small-disk.ts';

/** How long, how often. */
export type Plan = {
  readonly seed: number;
  readonly connections: number;
  readonly kills: number;
  /** Longest life between two kills. */
  readonly lifeMs: number;
  /** Postgres is away for so long. */
  readonly awayMs: number;
  /** The bound of the replica that Postgres leaves: some of its absence is within, some past it. */
  readonly boundS: number;
  readonly fullDiskMs: number;
  readonly twoMs: number;
  /** Longer, and it has failed. */
  readonly limitMs: number;
  readonly log: (line: string) => void;
};

/** A drill under way. */
export type Drill = {
  readonly plan: Plan;
  readonly chance: Chance;
  readonly key: string;
  readonly told: Told[];
  readonly claims: Claim[];
  readonly notes: string[];
  readonly replica: (
    name: string,
    folder: string,
    env?: Readonly<Record<string, string>>,
  ) => Promise<Replica>;
  readonly folder: string;
};

/** A replica on a disk that can be filled. */
export type Full = { readonly replica: Replica; readonly disk: SmallDisk };

const CATCH_UP_MS = 30_000;
/** Answers are looked for from half a second after Postgres is back. */
const BACK_MS = 700;

/** Sends load at replicas while something is done to them. */
const under = async (
  run: Drill,
  phase: string,
  replicas: readonly Replica[],
  work: () => Promise<void>,
): Promise<readonly Told[]> => {
  const { connections } = run.plan;
  const started = Date.now();
  const clients = startClients({ phase, replicas, key: run.key, connections }, run.chance);
  let told: readonly Told[] = [];
  try {
    await work();
  } finally {
    told = await clients.stop();
    run.told.push(...told);
  }
  run.plan.log(`${phase}: ${told.length} requests in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return told;
};

/** Killed in the middle of everything, again and again; each time it goes on with its chain. */
export const killed = async (run: Drill, replica: Replica): Promise<void> => {
  const { plan, chance } = run;
  await under(run, 'killed', [replica], async () => {
    for (let kill = 0; kill < plan.kills; kill++) {
      await sleep(chance.between(50, plan.lifeMs));
      await replica.kill();
      await replica.start();
    }
    await sleep(plan.lifeMs);
  });
  expectIt(
    run,
    'after the kills everything reaches Postgres',
    await caughtUp(replica, CATCH_UP_MS),
    'something still waits',
  );
};

/** Postgres stops; requests are served from the spool up to its bound, refused past it, and served again once it is back. */
export const postgresAway = async (
  run: Drill,
  replica: Replica,
  postgres: { halt(): Promise<void>; resume(): Promise<void> },
): Promise<void> => {
  const { plan } = run;
  let awayAtMs = 0;
  let backAtMs = 0;
  let pastBound = '';
  const told = await under(run, 'postgres away', [replica], async () => {
    // A replica that has just started knows no key yet.
    await serves(replica, CATCH_UP_MS);
    await sleep(plan.lifeMs);
    await postgres.halt();
    awayAtMs = Date.now();
    await sleep(plan.awayMs);
    pastBound = (await replica.ready()).refuses ?? '';
    await postgres.resume();
    backAtMs = Date.now();
    await serves(replica, CATCH_UP_MS);
    await sleep(Math.max(plan.lifeMs, BACK_MS));
  });
  const answered = (from: number, to: number): number =>
    told.filter(({ endedAtMs, full, status }) => full && status === 200 && endedAtMs > from && endedAtMs < to)
      .length;
  const boundMs = plan.boundS * 1000;
  // Whoever was sealed before Postgres stopped has its answer by then.
  const within = answered(awayAtMs + 100, backAtMs);
  expectIt(run, 'requests are answered while Postgres is away', within > 0, 'none was', within);
  // Whoever was under way at the bound still ends; a second is far more than that takes.
  const past = answered(awayAtMs + boundMs + 1_200, backAtMs);
  expectIt(
    run,
    'past the bound none is, and /readyz says why',
    past === 0 && pastBound === 'too_old',
    `${past} were; ${pastBound}`,
  );
  const refused = told.filter(({ status, code }) => status === 503 && UNRECORDED.includes(code)).length;
  expectIt(run, 'they are refused with 503', refused > 0, 'none was', refused);
  const after = answered(backAtMs + 500, Number.POSITIVE_INFINITY);
  expectIt(run, 'and answered again when Postgres is back', after > 0, 'none was', after);
  await ended(run, replica);
};

/** The disk is full for a while: requests are refused, not served without a record; then it goes on by itself. */
export const diskFull = async (run: Drill, { replica, disk }: Full): Promise<void> => {
  const { plan } = run;
  let fullAtMs = 0;
  let emptyAtMs = 0;
  let said = '';
  const told = await under(run, 'disk full', [replica], async () => {
    await sleep(plan.fullDiskMs / 2);
    disk.fill();
    fullAtMs = Date.now();
    await sleep(plan.fullDiskMs);
    said = (await replica.ready()).refuses ?? '';
    emptyAtMs = Date.now();
    disk.empty();
    await sleep(plan.fullDiskMs);
  });
  const during = told.filter(({ endedAtMs }) => endedAtMs > fullAtMs + 500 && endedAtMs < emptyAtMs);
  const served = during.filter(({ full, status }) => full && status === 200).length;
  expectIt(
    run,
    'with a full disk requests are refused',
    // A few may still find room for their record in a page that the file has already.
    served * 10 < during.length,
    `${served} of ${during.length} were answered`,
    during.length,
  );
  expectIt(run, 'and /readyz says so', said === 'broken', `it said "${said}"`);
  const after = told.filter(
    ({ endedAtMs, full, status }) => endedAtMs > emptyAtMs + 500 && full && status === 200,
  ).length;
  expectIt(run, 'with room again they are answered, without a restart', after > 0, 'none was', after);
  await ended(run, replica);
};

/** Two replicas write at once, and one of them is killed. */
export const two = async (run: Drill, first: Replica, second: Replica): Promise<void> => {
  await under(run, 'two at once', [first, second], async () => {
    await sleep(run.plan.twoMs);
    await second.kill();
    await second.start();
    await sleep(run.plan.twoMs);
  });
  for (const replica of [first, second]) {
    expectIt(
      run,
      `replica ${replica.name} has handed over everything`,
      await caughtUp(replica, CATCH_UP_MS),
      'something still waits',
    );
  }
};

/** Waits until all is in Postgres, and ends the replica as an operator would. */
export const ended = async (run: Drill, replica: Replica): Promise<void> => {
  const waits = !(await caughtUp(replica, CATCH_UP_MS));
  const code = await replica.stop();
  if (waits || code !== 0) {
    const log = replica.log().split('\n').slice(-8).join('\n');
    expectIt(
      run,
      `replica ${replica.name} ends as it should`,
      false,
      `${waits ? 'entries still wait; ' : ''}exit ${code}\n${log}`,
    );
  }
};

const expectIt = (run: Drill, claim: string, holds: boolean, breach: string, checked = 1): void => {
  run.claims.push({ claim, checked, breaches: holds ? [] : [breach] });
};
