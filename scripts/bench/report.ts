// The bench's words: tables of figures with their ratios, and what became of the targets.
import type { AuditFound } from './audit.ts';
import { auditLines } from './audit-report.ts';
import { columns } from './columns.ts';
import type { DlpFound } from './dlp-report.ts';
import { dlpLines } from './dlp-report.ts';
import type { Memory } from './family.ts';
import type { FramesFound } from './frames-report.ts';
import { framesLines } from './frames-report.ts';
import type { Row } from './measure.ts';
import { DIRECT, REFERENCES } from './measure.ts';

/** A figure that was promised. `figure` null: there was nothing to compare with. */
export type Target = {
  readonly name: string;
  readonly limit: number;
  readonly figure: number | null;
  readonly met: boolean | null;
  /** Where the middle half of the rounds lies, where that is told. */
  readonly low?: number;
  readonly high?: number;
};

/** One subject's memory at a moment, in MB. */
export type Held = { readonly subject: string } & Memory;

/** All that a run found; what is written as JSON. */
export type Report = {
  readonly at: string;
  readonly quick: boolean;
  /** `load`: the machine's over the minute before the run. */
  readonly machine: {
    readonly system: string;
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly load: number;
  };
  readonly flags: readonly string[];
  readonly skipped: readonly { readonly subject: string; readonly why: string }[];
  readonly requests: readonly Row[];
  readonly controls: readonly Row[];
  readonly streams: readonly Row[];
  readonly idle: readonly Held[];
  readonly loaded: readonly Held[];
  /** Null: not asked for. */
  readonly audit: AuditFound | null;
  readonly dlp: DlpFound | null;
  readonly frames: FramesFound | null;
  readonly targets: readonly Target[];
};

/** Where the CPU targets are held: the size and load of an ordinary day. */
export const HELD_AT = { bytes: 2_048, connections: 16 } as const;
const NGINX_LIMIT = 6;
const PORTKEY_LIMIT = 0.25;
const IDLE_RSS_MB = 75;

/** The targets and whether they are met. */
export const targetsOf = (requests: readonly Row[], idle: readonly Held[], product: string): Target[] => {
  const row = requests.find(
    ({ subject, bytes, connections }) =>
      subject === product && bytes === HELD_AT.bytes && connections === HELD_AT.connections,
  );
  const where = `${HELD_AT.bytes / 1024} KB, ${HELD_AT.connections} connections`;
  const target = (name: string, limit: number, figure: number | undefined): Target => ({
    name,
    limit,
    figure: figure ?? null,
    met: figure === undefined ? null : figure <= limit,
  });
  return [
    target(`CPU per request to nginx's (${where})`, NGINX_LIMIT, row?.ratios['nginx']),
    target(`CPU per request to Portkey's (${where})`, PORTKEY_LIMIT, row?.ratios['portkey']),
    target(
      'idle memory on Postgres, MB of VmRSS',
      IDLE_RSS_MB,
      idle.find(({ subject }) => subject === product)?.rss,
    ),
  ];
};

const number = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined ? '-' : value.toFixed(digits);

const tableOf = (title: string, unit: 'request' | 'frame', rows: readonly Row[]): string[] => {
  const first = unit === 'frame' ? 'first frame ' : '';
  const head = [
    title,
    `us/${unit}`,
    ...REFERENCES.map((name) => `x ${name}`),
    `${unit}s/s`,
    `${first}p50 ms`,
    `${first}p99 ms`,
    '+p50 ms',
    '+p99 ms',
    'postgres us',
    'faults',
  ];
  const lines = rows.map((row) => [
    row.subject,
    number(row.cpuUs, 1),
    ...REFERENCES.map((name) => number(row.ratios[name], 2)),
    number(row.perSecond, 0),
    number(row.p50, 2),
    number(row.p99, 2),
    row.subject === DIRECT ? '-' : number(row.addedP50, 2),
    row.subject === DIRECT ? '-' : number(row.addedP99, 2),
    number(row.postgresUs, 1),
    row.faults === 0 ? '0' : `${row.faults}: ${row.fault.slice(0, 60).replaceAll(/\s+/g, ' ')}`,
  ]);
  return ['', ...columns([head, ...lines])];
};

const grouped = (
  rows: readonly Row[],
  title: (row: Row) => string,
): readonly (readonly [string, Row[]])[] => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(title(row), [...(groups.get(title(row)) ?? []), row]);
  return [...groups];
};

const memoryTable = ({ idle, loaded }: Report): string[] => {
  const lines = idle.map((held) => {
    const after = loaded.find(({ subject }) => subject === held.subject);
    return [
      held.subject,
      number(held.rss, 1),
      number(held.pss, 1),
      number(held.anon, 1),
      number(after?.rss, 1),
      number(after?.pss, 1),
      number(after?.anon, 1),
    ];
  });
  const head = [
    'memory, MB',
    'idle VmRSS',
    'idle PSS',
    'idle anon',
    'loaded VmRSS',
    'loaded PSS',
    'loaded anon',
  ];
  return ['', ...columns([head, ...lines])];
};

const verdict = ({ name, limit, figure, met, low, high }: Target): string => {
  if (figure === null || met === null) return `not measured: ${name}, at most ${limit}`;
  const rounds =
    low === undefined || high === undefined
      ? ''
      : `, half of the rounds within ${low.toFixed(2)}..${high.toFixed(2)}`;
  return `${met ? 'met' : 'NOT met'}: ${name}, ${figure.toFixed(2)} (at most ${limit}${rounds})`;
};

/** The report as lines for a terminal. */
export const lines = (report: Report): string[] => [
  ...grouped(
    report.requests,
    ({ bytes, connections }) => `${bytes / 1024} KB, ${connections} connections`,
  ).flatMap(([title, rows]) => tableOf(title, 'request', rows)),
  ...(report.controls.length === 0
    ? []
    : tableOf('controls on and off, 2 KB, 16 connections', 'request', report.controls)),
  ...grouped(report.streams, ({ connections }) => `${connections} streams`).flatMap(([title, rows]) =>
    tableOf(title, 'frame', rows),
  ),
  ...(report.idle.length === 0 ? [] : memoryTable(report)),
  ...(report.audit === null ? [] : auditLines(report.audit)),
  ...(report.dlp === null ? [] : dlpLines(report.dlp)),
  ...(report.frames === null ? [] : framesLines(report.frames)),
  '',
  `${report.machine.cores} cores, ${report.machine.cpu}; load before the run ${report.machine.load}`,
  ...report.skipped.map(({ subject, why }) => `skipped: ${subject}: ${why}`),
  ...report.targets.map(verdict),
];
