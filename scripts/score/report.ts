// The figures, against what they must be.
import type { Half, Measured, Row, Rows } from './measure.ts';

/** One figure: what it is of both halves, its floor and its aim, in percent. */
export type Figure = {
  readonly name: string;
  readonly tune: number;
  readonly heldOut: number;
  readonly floor: number;
  readonly aim: number;
  /** Whether less is better. */
  readonly least: boolean;
};

const NONE: Row = { n: 0, found: 0, exact: 0, findings: 0, wrong: 0, texts: 0, flagged: 0 };

const percent = (part: number, all: number, empty: number): number =>
  all === 0 ? empty : (100 * part) / all;
export const recall = ({ found, n }: Row): number => percent(found, n, 100);
export const precision = ({ findings, wrong }: Row): number => percent(findings - wrong, findings, 100);
export const flagged = ({ flagged: is, texts }: Row): number => percent(is, texts, 0);

type Measure = readonly [string, (row: Row) => number, string, number, number];

const PII: readonly Measure[] = [
  ['PII span recall', recall, 'pii/plain', 92, 96],
  ['PII precision', precision, 'precision pii', 97, 99],
  ['look-alikes flagged as PII', flagged, 'hard pii', 1, 0.3],
  ['obfuscated PII recall', recall, 'pii/disguised', 85, 95],
];
const SECRETS: readonly Measure[] = [
  ['vendor-shaped secrets recall', recall, 'secrets/vendor', 95, 98],
  ['contextual secrets recall', recall, 'secrets/contextual', 82, 90],
  ['generic secrets recall', recall, 'secrets/generic', 65, 80],
  ['secrets precision', precision, 'precision secrets', 97, 99],
  ['look-alikes flagged as secrets', flagged, 'hard secrets', 0.5, 0.2],
];

export const figuresOf = ({ halves }: Measured, only: 'pii' | 'secrets' | undefined): readonly Figure[] =>
  [...(only === 'secrets' ? [] : PII), ...(only === 'pii' ? [] : SECRETS)].map(
    ([name, measure, row, floor, aim]) => {
      const of = (half: Half): number => measure(halves[half].get(row) ?? NONE);
      return { name, tune: of('tune'), heldOut: of('held-out'), floor, aim, least: floor > aim };
    },
  );

/** Whether a figure is what it must be, in both halves. */
export const holds = ({ tune, heldOut, floor, least }: Figure): boolean =>
  least ? Math.max(tune, heldOut) <= floor : Math.min(tune, heldOut) >= floor;

const shown = (value: number): string => value.toFixed(2).padStart(7);

const detail = (halves: Readonly<Record<Half, Rows>>): readonly string[] => {
  const names = [...new Set([...halves.tune.keys(), ...halves['held-out'].keys()])].sort();
  return names.map((name) => {
    const cells = (['tune', 'held-out'] as const).map((half) => {
      const row = halves[half].get(name) ?? NONE;
      const parts = [
        row.n > 0
          ? `n ${String(row.n).padStart(5)} recall ${shown(recall(row))} exact ${shown(percent(row.exact, row.n, 100))}`
          : '',
        row.findings > 0
          ? `findings ${String(row.findings).padStart(5)} precision ${shown(precision(row))}`
          : '',
        row.texts > 0 ? `texts ${String(row.texts).padStart(5)} flagged ${shown(flagged(row))}` : '',
      ];
      return parts.filter((part) => part !== '').join('  ');
    });
    return `${name.padEnd(34)} ${cells.join('  |  ')}`;
  });
};

/** The report as lines. */
export const linesOf = (measured: Measured, figures: readonly Figure[]): readonly string[] => [
  ...detail(measured.halves),
  '',
  `${'figure'.padEnd(34)}    tune held-out   floor     aim`,
  ...figures.map(
    (figure) =>
      `${figure.name.padEnd(34)} ${shown(figure.tune)}  ${shown(figure.heldOut)} ${shown(figure.floor)} ${shown(figure.aim)}  ${holds(figure) ? 'holds' : 'BELOW'}`,
  ),
];
