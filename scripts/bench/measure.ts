// The measuring: the same work for every subject in turn, round after round, so that a busy moment of the machine falls on all.
import { cpuMsOf, fineCpuMsOf, memoryOf } from './family.ts';
import type { Seen, Work } from './load.ts';
import type { Subject } from './subjects.ts';

/** One subject's figures for one piece of work: of each the median over the rounds. Times in ms, CPU in microseconds. */
export type Row = {
  readonly subject: string;
  readonly bytes: number;
  readonly connections: number;
  /** CPU per request; of a streamed row: per frame. Null: not ours to measure. */
  readonly cpuUs: number | null;
  /** What Postgres spent on it, per request; null where there is none. */
  readonly postgresUs: number | null;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Latency above what the upstream alone answers in; of a streamed row: to the first frame. */
  readonly addedP50: number;
  readonly addedP99: number;
  /** CPU as a multiple of another subject's in the same round. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly faults: number;
  readonly fault: string;
};

/**
 * What a run measures. `rounds` of each; `warmMs` of work beforehand for a subject that compiles as it runs; `idleMs` with
 * nothing to do before its idle memory is read.
 */
export type Plan = {
  readonly requests: readonly { readonly bytes: number; readonly connections: number }[];
  readonly streams: readonly number[];
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmMs: number;
  readonly idleMs: number;
};

/** Where the load and Postgres are, and which subject is the upstream itself. */
export type Means = {
  readonly loadPort: number;
  readonly postgresPid: number | null;
  readonly log: (line: string) => void;
};

/** The upstream asked directly: what everybody's latency is compared with. */
export const DIRECT = 'direct';
/** The subjects that ratios are told to. */
export const REFERENCES = ['nginx', 'portkey', 'bare hono'] as const;
/** A stream's request is short; what is measured is its frames. */
const STREAM_BYTES = 2_048;
const WARM_CONNECTIONS = 16;

type Slice = { readonly seen: Seen; readonly cpuUs: number | null; readonly postgresUs: number };

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

/** Orders work from the load and waits for what it saw. */
export const order = async (loadPort: number, work: Work): Promise<Seen> => {
  const reply = await fetch(`http://127.0.0.1:${loadPort}/`, { method: 'POST', body: JSON.stringify(work) });
  if (!reply.ok) throw new Error(`the load failed: ${await reply.text()}`);
  return (await reply.json()) as Seen; // our own process's answer
};

const slice = async (
  means: Means,
  subject: Subject,
  work: Omit<Work, 'port' | 'headers'>,
): Promise<Slice> => {
  const { pid, port, headers } = subject;
  const before = pid === null ? 0 : fineCpuMsOf(pid);
  const postgresBefore = means.postgresPid === null ? 0 : cpuMsOf(means.postgresPid);
  const seen = await order(means.loadPort, { ...work, port, headers });
  const units = Math.max(1, work.streams === undefined ? seen.requests : seen.frames);
  const spent = pid === null ? null : fineCpuMsOf(pid) - before;
  const postgresMs = means.postgresPid === null ? 0 : cpuMsOf(means.postgresPid) - postgresBefore;
  return {
    seen,
    cpuUs: spent === null ? null : (spent * 1_000) / units,
    postgresUs: (postgresMs * 1_000) / units,
  };
};

const rowOf = (
  subject: Subject,
  work: Omit<Work, 'port' | 'headers'>,
  slices: ReadonlyMap<string, readonly Slice[]>,
): Row => {
  const own = slices.get(subject.name) ?? [];
  const streamed = work.streams !== undefined;
  const over = (figure: (slice: Slice) => number): number => median(own.map(figure));
  const added = (figure: (seen: Seen) => number): number =>
    median(
      own.map(({ seen }, round) => {
        const base = slices.get(DIRECT)?.[round]?.seen;
        return figure(seen) - (base === undefined ? 0 : figure(base));
      }),
    );
  const ratioTo = (name: string): readonly (readonly [string, number])[] => {
    const other = slices.get(name) ?? [];
    const ratios = own.flatMap(({ cpuUs }, round) => {
      const base = other[round]?.cpuUs ?? null;
      return cpuUs === null || base === null || base === 0 ? [] : [cpuUs / base];
    });
    return ratios.length === 0 ? [] : [[name, median(ratios)]];
  };
  return {
    subject: subject.name,
    bytes: work.bytes,
    connections: work.connections,
    cpuUs: subject.pid === null ? null : over(({ cpuUs }) => cpuUs ?? 0),
    postgresUs: subject.usesPostgres === true ? over(({ postgresUs }) => postgresUs) : null,
    perSecond: over(({ seen }) => ((streamed ? seen.frames : seen.requests) * 1_000) / seen.ms),
    p50: over(({ seen }) => (streamed ? seen.first50 : seen.p50)),
    p99: over(({ seen }) => (streamed ? seen.first99 : seen.p99)),
    addedP50: added((seen) => (streamed ? seen.first50 : seen.p50)),
    addedP99: added((seen) => (streamed ? seen.first99 : seen.p99)),
    ratios: Object.fromEntries(REFERENCES.flatMap(ratioTo)),
    faults: own.reduce((sum, { seen }) => sum + seen.faults, 0),
    fault: own.map(({ seen }) => seen.fault).find((fault) => fault !== '') ?? '',
  };
};

const table = async (
  means: Means,
  subjects: readonly Subject[],
  rounds: number,
  works: readonly Omit<Work, 'port' | 'headers'>[],
): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const work of works) {
    const what = work.streams === undefined ? `${work.bytes / 1024} KB` : 'streams';
    means.log(`${what} on ${work.connections} connections ...`);
    const slices = new Map<string, Slice[]>(subjects.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const subject of subjects) slices.get(subject.name)?.push(await slice(means, subject, work));
    }
    rows.push(...subjects.map((subject) => rowOf(subject, work, slices)));
  }
  return rows;
};

/** Lets every subject work until it has compiled what it will. */
export const warm = async (means: Means, subjects: readonly Subject[], warmMs: number): Promise<void> => {
  for (const { pid, port, headers, cold } of subjects) {
    if (pid === null || cold === true) continue;
    const work = { port, headers, connections: WARM_CONNECTIONS, bytes: STREAM_BYTES };
    await order(means.loadPort, { ...work, ms: warmMs });
    await order(means.loadPort, { ...work, streams: 1 });
  }
};

/** Whole requests, at each size and number of connections. */
export const requestRows = (means: Means, subjects: readonly Subject[], plan: Plan): Promise<Row[]> =>
  table(
    means,
    subjects,
    plan.rounds,
    plan.requests.map((work) => ({ ...work, ms: plan.sliceMs })),
  );

/** Streams, at each number of them at once. */
export const streamRows = (means: Means, subjects: readonly Subject[], plan: Plan): Promise<Row[]> =>
  table(
    means,
    subjects,
    plan.rounds,
    plan.streams.map((connections) => ({ connections, bytes: STREAM_BYTES, streams: 1 })),
  );

/** What each subject holds now. */
export const memories = (subjects: readonly Subject[]) =>
  subjects.flatMap(({ name, pid }) => (pid === null ? [] : [{ subject: name, ...memoryOf(pid) }]));
