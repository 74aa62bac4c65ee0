// What the engine finds in the corpus, counted: spans found, findings that are of nothing, look-alikes that were flagged.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePacks } from '../../src/dlp/compile.ts';
import { detect } from '../../src/dlp/detect.ts';
import { findingsOf } from '../../src/dlp/finding.ts';
import { packFromYaml } from '../../src/dlp/pack-text.ts';
import type { Category } from '../../src/dlp/pattern.ts';
import { planOf } from '../../src/dlp/plan.ts';
import { Scanner } from '../../src/dlp/scan.ts';
import { DEFAULT_POLICY } from '../../src/policies/policy.ts';
import { hashOf } from './random.ts';
import type { Gold, Sample } from './text.ts';

const PACKS = join(import.meta.dirname, '../../dlp-patterns');

/** What was found: a span, and of which type. */
export type Found = {
  readonly type: string;
  readonly category: Category;
  readonly start: number;
  readonly end: number;
};

export type Find = (text: string) => readonly Found[];

/** The engine with the packs of the repository and the policy of who has none. */
export const finder = (): Find => {
  const packs = readdirSync(PACKS)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => packFromYaml(readFileSync(join(PACKS, name), 'utf8'), name).pack ?? []);
  const plan = planOf(compilePacks(packs), DEFAULT_POLICY, 'request');
  const scanner = new Scanner(plan.rules);
  return (text) => findingsOf(plan, detect(scanner, text, false, plan.wanted).matches, new Map(), () => '');
};

/** Counts of one row: spans, those found and those found exactly, findings and those of nothing, texts and those flagged. */
export type Row = {
  n: number;
  found: number;
  exact: number;
  findings: number;
  wrong: number;
  texts: number;
  flagged: number;
};

export type Rows = Map<string, Row>;

const rowOf = (rows: Rows, name: string): Row => {
  const known = rows.get(name);
  if (known !== undefined) return known;
  const row: Row = { n: 0, found: 0, exact: 0, findings: 0, wrong: 0, texts: 0, flagged: 0 };
  rows.set(name, row);
  return row;
};

/** One thing that went wrong, to be looked at. */
export type Slip = {
  readonly sample: Sample;
  readonly missed: readonly Gold[];
  readonly wrong: readonly Found[];
};

/** The two halves of the corpus: one to mend patterns by, one to see whether that was learnt or only remembered. */
export type Half = 'tune' | 'held-out';
export const halfOf = ({ text }: Sample): Half => (hashOf(text) % 2 === 0 ? 'tune' : 'held-out');

export type Measured = { readonly halves: Readonly<Record<Half, Rows>>; readonly slips: readonly Slip[] };

const overlap = (gold: Gold, found: Found): number =>
  Math.min(gold.end, found.end) - Math.max(gold.start, found.start);

/** At least half of the span and of the finding are one. */
const meets = (gold: Gold, found: Found): boolean => {
  const common = overlap(gold, found);
  return common * 2 >= gold.end - gold.start && common * 2 >= found.end - found.start && common > 0;
};

/** Rows that a text counts in. */
const rowsFor = ({ group, part, carrier, language }: Sample): readonly string[] => {
  if (group === 'hard') return [`hard/${part}`];
  return [`${group}/${part}`, `carrier ${carrier}`, ...(group === 'pii' ? [`language ${language}`] : [])];
};

/** Measures `find` on the corpus. */
export const measured = (find: Find, corpus: readonly Sample[]): Measured => {
  const halves: Record<Half, Rows> = { tune: new Map(), 'held-out': new Map() };
  const slips: Slip[] = [];
  for (const sample of corpus) {
    const rows = halves[halfOf(sample)];
    const found = find(sample.text);
    const slip = sample.group === 'hard' ? countHard(rows, sample, found) : countSpans(rows, sample, found);
    if (slip.missed.length + slip.wrong.length > 0) slips.push(slip);
  }
  return { halves, slips };
};

const countHard = (rows: Rows, sample: Sample, found: readonly Found[]): Slip => {
  for (const category of ['pii', 'secrets'] as const) {
    const here = found.filter((each) => each.category === category);
    for (const name of [`hard ${category}`, `hard ${category}/${sample.part}`]) {
      const row = rowOf(rows, name);
      row.texts += 1;
      row.flagged += here.length > 0 ? 1 : 0;
    }
    rowOf(rows, `precision ${category}`).findings += here.length;
    rowOf(rows, `precision ${category}`).wrong += here.length;
  }
  for (const { type } of found) {
    rowOf(rows, `finding ${type}`).findings += 1;
    rowOf(rows, `finding ${type}`).wrong += 1;
  }
  return { sample, missed: [], wrong: found };
};

const countSpans = (rows: Rows, sample: Sample, found: readonly Found[]): Slip => {
  const named = rowsFor(sample).map((name) => rowOf(rows, name));
  const missed: Gold[] = [];
  for (const gold of sample.golds.filter((each) => !each.neutral && each.end > each.start)) {
    const is = found.filter((each) => meets(gold, each));
    const exact = is.some(({ start, end }) => start === gold.start && end === gold.end);
    for (const row of [...named, rowOf(rows, `type ${gold.type}`)]) {
      row.n += 1;
      row.found += is.length > 0 ? 1 : 0;
      row.exact += exact ? 1 : 0;
    }
    if (is.length === 0) missed.push(gold);
  }
  const wrong: Found[] = [];
  for (const each of found) {
    if (sample.golds.some((gold) => gold.neutral && overlap(gold, each) > 0)) continue;
    // What covers part of a value is of it: a name and password beside each other are two findings of one span.
    const right = sample.golds.some(
      (gold) => overlap(gold, each) * 2 >= Math.min(each.end - each.start, gold.end - gold.start),
    );
    for (const row of [
      ...named,
      rowOf(rows, `precision ${each.category}`),
      rowOf(rows, `finding ${each.type}`),
    ]) {
      row.findings += 1;
      row.wrong += right ? 0 : 1;
    }
    if (!right) wrong.push(each);
  }
  return { sample, missed, wrong };
};
