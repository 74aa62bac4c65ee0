// One text, inspected by a plan: what was found in it, and the text as it goes on. The pipeline, the admin API and the command line
// all come through here.
import { detectAgain } from './again.ts';
import type { Rules } from './compile.ts';
import type { Counts, Finding, Pseudonym } from './finding.ts';
import { findingsOf } from './finding.ts';
import type { Plan } from './plan.ts';
import type { Restore, Restored } from './pseudonyms.ts';
import { looksJson } from './pseudonyms.ts';
import type { Match } from './scan.ts';
import { Scanner } from './scan.ts';

const scanners = new WeakMap<Rules, Scanner>();

/** The scanner of a set of rules. A scan is synchronous, so one serves all exchanges. */
export const scannerOf = (rules: Rules): Scanner => {
  const known = scanners.get(rules);
  if (known !== undefined) return known;
  const scanner = new Scanner(rules);
  scanners.set(rules, scanner);
  return scanner;
};

/** What became of a text. */
export type Inspected = {
  /** As it goes on, and what was changed for that, in order. */
  readonly text: string;
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** What hides behind what hides, too deep to be sure: then the text may not go on. */
  readonly stubborn: readonly Match[];
};

/** How values are hidden, and how those that stand behind placeholders are shown again. */
export type Hiding = { readonly counts: Counts; readonly pseudonym: Pseudonym; readonly restore?: Restore };

/** Inspects `text` and rewrites what the plan says. */
export const inspectText = (plan: Plan, text: string, { counts, pseudonym, restore }: Hiding): Inspected => {
  const { matches, stubborn } = detectAgain(scannerOf(plan.rules), plan, text, false);
  const findings = matches.length === 0 ? [] : findingsOf(plan, matches, counts, pseudonym);
  const hidden: Change[] = findings.flatMap(({ start, end, replacement }) =>
    replacement === undefined ? [] : [{ start, end, replacement }],
  );
  const shown = restore?.(text, false, looksJson(text)).values ?? [];
  const changes = shown.length === 0 ? hidden : merged(hidden, shown);
  return { text: changed(text, changes), changes, findings, stubborn };
};

/** What is hidden, and what is shown again where nothing is hidden; each in the order of the text, and apart. */
const merged = (hidden: readonly Change[], shown: Restored['values']): readonly Change[] => {
  const changes: Change[] = [];
  let next = 0;
  for (const { start, end, value } of shown) {
    for (let change = hidden[next]; change !== undefined && change.end <= start; change = hidden[next]) {
      changes.push(change);
      next += 1;
    }
    const change = hidden[next];
    if (change === undefined || change.start >= end) changes.push({ start, end, replacement: value });
  }
  return [...changes, ...hidden.slice(next)];
};

/** A stretch of a text, and what stands in its place. */
export type Change = { readonly start: number; readonly end: number; readonly replacement: string };

const changed = (text: string, changes: readonly Change[]): string => {
  let out = '';
  let at = 0;
  for (const { start, end, replacement } of changes) {
    out += text.slice(at, start) + replacement;
    at = end;
  }
  return at === 0 ? text : out + text.slice(at);
};
