// The patterns in force: those that came with the program, those of the operator's folder, and those saved through the admin API.
import type { Ports } from '../ports.ts';
import type { Rules } from './compile.ts';
import { compilePacks } from './compile.ts';
import type { Pack } from './pattern.ts';

/** The rules in force, compiled once for all who ask. */
export const rulesInForce = (ports: Pick<Ports, 'packs'>): { get(): Rules | Promise<Rules> } => {
  return { get: () => compiled(ports.packs.current()) };
};

const known = new WeakMap<readonly Pack[], Rules>();

const compiled = (packs: readonly Pack[]): Rules => {
  const rules = known.get(packs) ?? compilePacks(packs);
  known.set(packs, rules);
  return rules;
};
