// One text, inspected by a plan: what was found in it, and the text as it goes on. The pipeline, the admin API and the command line
// all come through here.
import type { Rules } from './compile.ts';
import { detect } from './detect.ts';
import type { Counts, Finding, Pseudonym } from './finding.ts';
import { findingsOf, rewritten } from './finding.ts';
import type { Plan } from './plan.ts';
import { Scanner } from './scan.ts';

/** A rewritten text is looked at again; what is still found after so many rewritings is refused. */
const REWRITINGS = 3;

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
  /** As it goes on. */
  readonly text: string;
  /** What was found in the text as given, and then in each rewriting of it that still had something to hide. */
  readonly rounds: readonly (readonly Finding[])[];
  /** What could not be rewritten away: then the text may not go on. */
  readonly stubborn: readonly Finding[];
};

/** Inspects `text` and rewrites what the plan says, until nothing is left to hide. */
export const inspectText = (plan: Plan, text: string, counts: Counts, pseudonym: Pseudonym): Inspected => {
  const scanner = scannerOf(plan.rules);
  const rounds: (readonly Finding[])[] = [];
  let now = text;
  for (let rewriting = 0; ; rewriting++) {
    const { matches } = detect(scanner, now, false, plan.wanted);
    const findings = matches.length === 0 ? [] : findingsOf(plan, matches, counts, pseudonym);
    const hidden = findings.filter(({ replacement }) => replacement !== undefined);
    if (findings.length > 0 && (rewriting === 0 || hidden.length > 0)) rounds.push(findings);
    if (hidden.length === 0) return { text: now, rounds, stubborn: [] };
    if (rewriting === REWRITINGS) return { text: now, rounds, stubborn: hidden };
    now = rewritten(now, findings);
  }
};
