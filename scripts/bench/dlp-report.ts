// The words for what inspection costs, and what was promised of it.
import { columns } from './columns.ts';
import type { Target } from './report.ts';

/** All that was found of inspection, on one core with all packs. */
export type DlpFound = {
  readonly patterns: number;
  /** Patterns that JavaScript's regular expressions cannot say, so that they are not in the comparison. */
  readonly untranslated: number;
  /** By kind of text: MB a second; how much longer its patterns take one by one; how much longer it takes than a search does. */
  readonly rows: readonly {
    readonly kind: string;
    readonly perSecond: number;
    readonly toSingles: number;
    readonly toSearch: number;
  }[];
  /** A prompt of so many bytes, in microseconds. */
  readonly messages: readonly { readonly bytes: number; readonly p50: number }[];
  /** A frame of a reply, in microseconds, what it takes to read it included. */
  readonly frame: { readonly median: number; readonly mean: number };
  /** Milliseconds in a process that has just begun, and in one that has done it before. */
  readonly compile: { readonly first: number; readonly best: number };
  /** MB of the rules as they are made, and when all these texts have been scanned. */
  readonly memory: { readonly compiled: number; readonly used: number };
};

const MB_PER_SECOND = 50;
const SINGLES = 20;
const DENSE = 'hit-dense';
const MESSAGE_US: Readonly<Record<number, number>> = { 512: 25, 2048: 60, 262144: 6_000 };
const FRAME_US = 5;

const sizeOf = (bytes: number): string => `${bytes / 1_024} KB`;

/** What inspection may cost, and what it does. Rates are told by their inverse, so that less is better of all. */
export const dlpTargets = ({ rows, messages, frame }: DlpFound): Target[] => {
  const target = (name: string, limit: number, figure: number): Target => ({
    name,
    limit,
    figure,
    met: figure <= limit,
  });
  const slowest = rows
    .filter(({ kind }) => kind !== DENSE)
    .reduce((a, b) => (a.perSecond < b.perSecond ? a : b));
  const least = rows.reduce((a, b) => (a.toSingles < b.toSingles ? a : b));
  return [
    target(`inspection, us per KB of ${slowest.kind}`, 1_024 / MB_PER_SECOND, 1_024 / slowest.perSecond),
    target(`inspection to its patterns one by one, % (${least.kind})`, 100 / SINGLES, 100 / least.toSingles),
    ...messages.map(({ bytes, p50 }) =>
      target(`inspection of ${sizeOf(bytes)}, p50 us`, MESSAGE_US[bytes] ?? 0, p50),
    ),
    target('inspection of a frame, p50 us', FRAME_US, frame.median),
  ];
};

/** The tables of inspection. */
export const dlpLines = ({
  patterns,
  untranslated,
  rows,
  messages,
  frame,
  compile,
  memory,
}: DlpFound): string[] => [
  '',
  ...columns([
    [`inspection, ${patterns} patterns`, 'MB/s', 'x faster than one by one', 'x one search'],
    ...rows.map(({ kind, perSecond, toSingles, toSearch }) => [
      kind,
      perSecond.toFixed(0),
      toSingles.toFixed(0),
      toSearch.toFixed(0),
    ]),
  ]),
  `one by one: ${untranslated} patterns are left out, which JavaScript's regular expressions cannot say`,
  '',
  ...columns([
    ['inspection', ...messages.map(({ bytes }) => sizeOf(bytes)), 'frame', 'frame mean'],
    ['us', ...messages.map(({ p50 }) => p50.toFixed(1)), frame.median.toFixed(1), frame.mean.toFixed(1)],
  ]),
  '',
  ...columns([
    ['rules', 'first compile ms', 'compile ms', 'MB', 'MB after use'],
    [
      '',
      compile.first.toFixed(0),
      compile.best.toFixed(0),
      memory.compiled.toFixed(1),
      memory.used.toFixed(1),
    ],
  ]),
];
