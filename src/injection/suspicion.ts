// What a record says of attempts at injection: where, how sure, and what gave them away; never their words.
import type { Direction } from '../policies/policy.ts';
import type { Scored, Verdict } from './reason.ts';

/** One text that looks like an attempt. */
export type Attempt = {
  readonly direction: Direction;
  readonly place: string;
  /** 0 to 1. */
  readonly score: number;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
};

/** What was looked at, and what was found in it. */
export type Suspicion = { readonly inspected: readonly Direction[]; readonly attempts: readonly Attempt[] };

/** Attempts that a record lists, the surest ones, and how much of a place's path. */
export const ATTEMPTS = 20;
const PLACE_CHARS = 200;

export const attemptOf = (
  direction: Direction,
  place: string,
  { score, verdict, reasons }: Scored,
): Attempt => ({
  direction,
  place: place.slice(0, PLACE_CHARS),
  score,
  verdict,
  reasons: [...new Set(reasons.map(({ name }) => name))],
});
