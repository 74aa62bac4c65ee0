// Which of several matches that overlap is the finding: what is hidden stays hidden, then severity, then length, then confidence.
import type { Action } from './pattern.ts';
import { SEVERITIES } from './pattern.ts';
import type { Match } from './scan.ts';

/** A match and what is done about it. */
export type Settled = Match & { readonly action: Action };

const rank = ({ action, rule, start, end, confidence }: Settled): readonly number[] => [
  action === 'alert' ? 0 : 1,
  SEVERITIES.indexOf(rule.pattern.severity),
  end - start,
  confidence,
];

const byRank = (a: Settled, b: Settled): number => {
  const [left, right] = [rank(a), rank(b)];
  for (let i = 0; i < left.length; i++) {
    const difference = (right[i] ?? 0) - (left[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.start - b.start || a.rule.index - b.rule.index;
};

/**
 * The findings among `matches`, apart from each other and in order. Of a match that loses, what the winner leaves open is still a
 * finding if it is to be hidden: half a value is a value.
 */
export const resolve = (matches: readonly Settled[]): readonly Settled[] => {
  if (matches.length < 2) return matches;
  const taken: Settled[] = [];
  for (const match of matches.toSorted(byRank)) {
    let { start, end } = match;
    for (const other of taken) {
      if (other.end <= start || other.start >= end) continue;
      if (other.start <= start) start = Math.min(end, other.end);
      else end = other.start;
    }
    const whole = start === match.start && end === match.end;
    if (start < end && (whole || match.action !== 'alert'))
      taken.push(whole ? match : { ...match, start, end });
  }
  return taken.sort((a, b) => a.start - b.start);
};
