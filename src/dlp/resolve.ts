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
    let left: readonly Settled[] = [match];
    for (const other of taken) left = left.flatMap((piece) => without(piece, other));
    if (match.action !== 'alert' || left[0] === match) taken.push(...left);
  }
  return taken.sort((a, b) => a.start - b.start);
};

/** What of a match another leaves open: all of it, one piece, or what is on both sides. */
const without = (match: Settled, other: Settled): readonly Settled[] => {
  if (other.end <= match.start || other.start >= match.end) return [match];
  const pieces: Settled[] = [];
  if (match.start < other.start) pieces.push({ ...match, end: other.start });
  if (other.end < match.end) pieces.push({ ...match, start: other.end });
  return pieces;
};
