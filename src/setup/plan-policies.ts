// Policies as declared against those in force: a new version only where the body says something else.
import type { PolicyBody } from '../policies/policy.ts';
import { isSamePolicy, strangersIn } from '../policies/policy.ts';
import type { PolicyItem } from '../policies/table.ts';
import type { Setup } from './document.ts';
import type { Places } from './fault.ts';

/** A policy's next version. */
export type PolicyMove = {
  readonly kind: 'policy';
  readonly name: string;
  readonly before: PolicyItem | undefined;
  readonly after: PolicyBody;
};

/** `names` are the patterns and packs in force, which overrides may name. */
export const planPolicies = (
  setup: Setup,
  force: readonly PolicyItem[],
  names: ReadonlySet<string>,
  places: Places,
): { moves: readonly PolicyMove[]; notes: readonly string[]; faults: readonly string[] } => {
  const there = new Map(force.map((item) => [item.name, item]));
  const moves: PolicyMove[] = [];
  const notes: string[] = [];
  const faults: string[] = [];
  setup.policies.forEach(({ name, ...after }, index) => {
    const before = there.get(name);
    const strangers = strangersIn(after, names);
    if (before !== undefined && isSamePolicy(before, after)) {
      // What is in force already must not keep a gateway from starting.
      for (const stranger of strangers)
        notes.push(
          `policy "${name}" has an override for "${stranger}", and there is no such pattern or pack now`,
        );
      return;
    }
    for (const stranger of strangers)
      faults.push(
        places.at(['policies', index, 'overrides', stranger], 'there is no pattern or pack of this name'),
      );
    moves.push({ kind: 'policy', name, before, after });
  });
  return { moves, notes, faults };
};
