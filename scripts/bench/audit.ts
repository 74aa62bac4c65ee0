// What the audit costs: the same gateway with its audit and with a spool that keeps nothing, turn by turn, so that a busy
// moment of the machine falls on both; the file spool by itself; and the verifier.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOf, fineCpuMsOf } from './family.ts';
import type { Means } from './measure.ts';
import { median, order, warm } from './measure.ts';
import type { Target } from './report.ts';
import type { Stage, Subject } from './subjects.ts';
import { audited, NODE_FLAGS, told } from './subjects.ts';

/** What a run measures of the audit. */
export type AuditPlan = {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly spoolMs: number;
  /** In the export that is verified. */
  readonly records: number;
};

/** A figure over the rounds: its median, and where the middle half of them lies. */
export type Spread = { readonly median: number; readonly low: number; readonly high: number };

/** One turn of one of the two. CPU in microseconds a request: the gateway's own, and Postgres's. */
export type Turn = {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuUs: number;
  readonly postgresUs: number;
  /** How long after the last reply Postgres had everything. */
  readonly drainMs: number;
  readonly faults: number;
  readonly fault: string;
};

/** A number of connections, with the audit and without; `ratio` and `added` are taken round by round. */
export type AuditRow = {
  readonly connections: number;
  readonly rounds: number;
  readonly on: Readonly<Record<keyof Figures, Spread>>;
  readonly off: Readonly<Record<keyof Figures, Spread>>;
  readonly ratio: { readonly perSecond: Spread; readonly cpuUs: Spread };
  readonly added: { readonly p50: Spread; readonly p99: Spread; readonly cpuUs: Spread };
  readonly faults: number;
  readonly fault: string;
};
type Figures = Omit<Turn, 'faults' | 'fault'>;

/** The file spool, `atOnce` exchanges waiting at a time. */
export type SpoolRow = {
  readonly atOnce: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly cpuUs: number;
};

/** All that was found of the audit. */
export type AuditFound = {
  readonly rows: readonly AuditRow[];
  /** `syncMs`: what the disk takes for one line by itself. */
  readonly spool: { readonly syncMs: number; readonly rows: readonly SpoolRow[] };
  /** Records a second on one core. */
  readonly verify: { readonly records: number; readonly perSecond: Spread };
};

const BYTES = 2_048;
const AT = [1, 64] as const;
/** Postgres has a slice's entries long before this, or has fallen behind. */
const DRAIN_MS = 20_000;
const LOOK_MS = 20;
const SPOOL_MS = 60_000;
const VERIFY_MS = 180_000;
const THROUGHPUT_PERCENT = 10;
const ADDED_MS = 2;
const FIGURES = ['perSecond', 'p50', 'p99', 'cpuUs', 'postgresUs', 'drainMs'] as const;

/** Of no rounds: zeroes. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? 0;
  return { median: median(values), low: at(0.25), high: at(0.75) };
};

/** Rounds as a row. */
export const rowOf = (
  connections: number,
  rounds: readonly { readonly on: Turn; readonly off: Turn }[],
): AuditRow => {
  const over = (which: 'on' | 'off'): Record<keyof Figures, Spread> => {
    const of = (figure: keyof Figures): Spread => spreadOf(rounds.map((round) => round[which][figure]));
    const [perSecond, p50, p99, cpuUs, postgresUs, drainMs] = FIGURES;
    return {
      perSecond: of(perSecond),
      p50: of(p50),
      p99: of(p99),
      cpuUs: of(cpuUs),
      postgresUs: of(postgresUs),
      drainMs: of(drainMs),
    };
  };
  const ratio = (figure: keyof Figures): Spread =>
    spreadOf(rounds.flatMap(({ on, off }) => (off[figure] === 0 ? [] : [on[figure] / off[figure]])));
  const added = (figure: keyof Figures): Spread =>
    spreadOf(rounds.map(({ on, off }) => on[figure] - off[figure]));
  const turns = rounds.flatMap(({ on, off }) => [on, off]);
  return {
    connections,
    rounds: rounds.length,
    on: over('on'),
    off: over('off'),
    ratio: { perSecond: ratio('perSecond'), cpuUs: ratio('cpuUs') },
    added: { p50: added('p50'), p99: added('p99'), cpuUs: added('cpuUs') },
    faults: turns.reduce((sum, { faults }) => sum + faults, 0),
    fault: turns.map(({ fault }) => fault).find((fault) => fault !== '') ?? '',
  };
};

/** What the audit may cost, and what it does. */
export const auditTargets = (rows: readonly AuditRow[]): Target[] => {
  const target = (name: string, limit: number, spread: Spread | undefined): Target => ({
    name,
    limit,
    figure: spread?.median ?? null,
    met: spread === undefined ? null : spread.median <= limit,
    ...(spread === undefined ? {} : { low: spread.low, high: spread.high }),
  });
  const at = (connections: number): AuditRow | undefined =>
    rows.find((row) => row.connections === connections);
  const ratio = at(64)?.ratio.perSecond;
  const percent = (part: number): number => (1 - part) * 100;
  return [
    target(
      'throughput that the audit takes at 64 connections, %',
      THROUGHPUT_PERCENT,
      ratio === undefined
        ? undefined
        : { median: percent(ratio.median), low: percent(ratio.high), high: percent(ratio.low) },
    ),
    ...AT.map((connections) => {
      const where = connections === 1 ? '1 connection' : `${connections} connections`;
      return target(`p50 that the audit adds at ${where}, ms`, ADDED_MS, at(connections)?.added.p50);
    }),
  ];
};

/** Waits until Postgres has all that this turn wrote: the next turn must not pay for it. Gives how long that took. */
const drained = async ({ name, port }: Subject): Promise<number> => {
  const begun = performance.now();
  for (;;) {
    const reply = await fetch(`http://127.0.0.1:${port}/readyz`);
    const { audit } = (await reply.json()) as { audit?: { waiting_entries?: number } }; // our own shape
    const ms = performance.now() - begun;
    if (audit?.waiting_entries === 0) return ms;
    if (ms > DRAIN_MS) throw new Error(`${name}: ${audit?.waiting_entries} entries do not reach Postgres`);
    await sleep(LOOK_MS);
  }
};

const turn = async (means: Means, subject: Subject, connections: number, ms: number): Promise<Turn> => {
  const { pid, port, headers } = subject;
  const spent = (): number => (pid === null ? 0 : fineCpuMsOf(pid));
  const postgres = (): number => (means.postgresPid === null ? 0 : cpuMsOf(means.postgresPid));
  const before = { own: spent(), postgres: postgres() };
  const seen = await order(means.loadPort, { port, headers, connections, bytes: BYTES, ms });
  // What is still to be shipped belongs to the requests that made it.
  const drainMs = await drained(subject);
  const each = 1_000 / Math.max(1, seen.requests);
  return {
    perSecond: (seen.requests * 1_000) / seen.ms,
    p50: seen.p50,
    p99: seen.p99,
    cpuUs: (spent() - before.own) * each,
    postgresUs: (postgres() - before.postgres) * each,
    drainMs,
    faults: seen.faults,
    fault: seen.fault,
  };
};

const rowsOf = async (means: Means, on: Subject, off: Subject, plan: AuditPlan): Promise<AuditRow[]> => {
  const rows: AuditRow[] = [];
  for (const connections of AT) {
    means.log(`the audit on and off, ${connections} connections ...`);
    const rounds: { on: Turn; off: Turn }[] = [];
    const measure = (subject: Subject): Promise<Turn> => turn(means, subject, connections, plan.sliceMs);
    for (let round = 0; round < plan.rounds; round++) {
      // Who goes first changes, so that nothing that drifts is on one's side.
      if (round % 2 === 0) rounds.push({ on: await measure(on), off: await measure(off) });
      else {
        const without = await measure(off);
        rounds.push({ on: await measure(on), off: without });
      }
    }
    rows.push(rowOf(connections, rounds));
  }
  return rows;
};

/** Measures it. */
export const auditFound = async (
  stage: Stage,
  upstream: string,
  means: Means,
  plan: AuditPlan,
  warmMs: number,
): Promise<AuditFound> => {
  const on = await audited(stage, upstream, 'on');
  const off = await audited(stage, upstream, 'off');
  means.log('the audit on and off, warming up ...');
  await warm(means, [on, off], warmMs);
  for (const subject of [on, off]) await drained(subject);
  const rows = await rowsOf(means, on, off, plan);
  means.log('the file spool ...');
  const spool = await told(stage, 'spool.ts', [stage.folder, String(plan.spoolMs)], NODE_FLAGS, SPOOL_MS);
  means.log('the verifier ...');
  const file = join(stage.folder, 'export.ndjson');
  const rates = await told(stage, 'verify.ts', [String(plan.records), file], [], VERIFY_MS);
  return {
    rows,
    spool: spool as AuditFound['spool'], // our own script's line
    verify: { records: plan.records, perSecond: spreadOf(rates as number[]) }, // likewise
  };
};
