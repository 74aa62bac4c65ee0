// A policy applied to the patterns in force: what is done about each, in one direction.
import type { Direction, PolicyBody } from '../policies/policy.ts';
import { actionOf } from '../policies/policy.ts';
import type { Rules } from './compile.ts';
import type { Action } from './pattern.ts';
import { HOLD, LOOK, SKIP } from './scan.ts';

/** What is done about each rule's findings, by its index. */
export type Plan = {
  readonly rules: Rules;
  readonly actions: readonly Action[];
  /** SKIP, LOOK or HOLD for the scanner. */
  readonly wanted: Uint8Array;
  /** The same without LOOK, and whether any HOLD is left. */
  readonly held: Uint8Array;
  readonly holds: boolean;
  readonly confidence: number;
  /** Of one type, only from this finding on is more done than `alert`. */
  readonly count: number;
  readonly allows: (value: string) => boolean;
};

type Both = Readonly<Record<Direction, Plan>>;

const plans = new WeakMap<Rules, WeakMap<PolicyBody, Both>>();

/** The plan of a policy; the same one for the same rules and policy. */
export const planOf = (rules: Rules, body: PolicyBody, direction: Direction): Plan => {
  const known = plans.get(rules)?.get(body);
  if (known !== undefined) return known[direction];
  const both: Both = { request: newPlan(rules, body, 'request'), response: newPlan(rules, body, 'response') };
  const byBody = plans.get(rules) ?? new WeakMap<PolicyBody, Both>();
  byBody.set(body, both);
  plans.set(rules, byBody);
  return both[direction];
};

const newPlan = (rules: Rules, body: PolicyBody, direction: Direction): Plan => {
  const actions = rules.rules.map(({ pattern, pack, asked }) =>
    actionOf(body, direction, pattern, pack, asked),
  );
  const wanted = Uint8Array.from(actions, (action) =>
    action === 'off' ? SKIP : action === 'alert' ? LOOK : HOLD,
  );
  return {
    rules,
    actions,
    wanted,
    held: wanted.map((what) => (what === HOLD ? HOLD : SKIP)),
    holds: wanted.includes(HOLD),
    confidence: body.threshold.confidence,
    count: body.threshold.count,
    allows: allowance(body.allow),
  };
};

/** Whether a value is on the list: in any case, and `*...` by its end. */
const allowance = (allow: readonly string[]): ((value: string) => boolean) => {
  const whole = new Set(allow.map((value) => value.toLowerCase()));
  const ends = [...whole].filter((value) => value.startsWith('*')).map((value) => value.slice(1));
  if (whole.size === 0) return () => false;
  return (value) => {
    const lower = value.toLowerCase();
    return whole.has(lower) || ends.some((end) => lower.endsWith(end));
  };
};
