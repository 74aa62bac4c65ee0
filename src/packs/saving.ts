// Whether a pack may be saved, or deleted: it is proved by its own examples, goes with the packs in force, and takes away nothing that
// a policy names.
import type { Fault } from '../dlp/faults.ts';
import { faultsOf, readPack } from '../dlp/faults.ts';
import type { PackInForce } from '../dlp/live.ts';
import type { Pack } from '../dlp/pattern.ts';

/** More are of no help. */
const FAULTS = 50;

/** What of the store and the runtime a decision needs. */
export type Standing = {
  /** The packs in force. */
  readonly packs: readonly PackInForce[];
  /** The pack that came with the program or the folder, if there is one of this name. */
  readonly atHand: Pack | undefined;
  /** The highest version ever saved under the name. */
  readonly highest: { readonly version: number; readonly body: unknown } | undefined;
  /** The newest version of every policy: which names it overrides. */
  readonly policies: readonly {
    readonly name: string;
    readonly overrides: Readonly<Record<string, unknown>>;
  }[];
};

/** Why `pack` may not be saved; empty: it may. */
export const faultsOfSaving = (pack: Pack, standing: Standing): readonly string[] => {
  const others = standing.packs.filter(({ name }) => name !== pack.pack);
  const known = typesOf(others);
  const twice = pack.patterns.flatMap(({ id }) => {
    const other = known.get(id);
    return other === undefined ? [] : [{ pattern: id, fault: `the pack ${other} has a pattern of this id` }];
  });
  const own = twoOfOne(pack);
  return [
    ...(isStorable(pack)
      ? []
      : ['holds a character that cannot be stored (NUL, or half of a surrogate pair)']),
    ...versionFaults(pack, standing),
    // With one id twice nothing can be proved.
    ...[...twice, ...(own.length > 0 ? own : faultsOf(pack))].map(told),
    ...losses(standing, [...others, inForce(pack)]),
  ].slice(0, FAULTS);
};

/** Why the saved pack `name` may not be deleted; what was at hand of this name comes back into force. */
export const faultsOfDeleting = (name: string, standing: Standing): readonly string[] => {
  const others = standing.packs.filter((pack) => pack.name !== name);
  const known = typesOf(others);
  const back = standing.atHand;
  const twice = (back?.patterns ?? []).flatMap(({ id }) => {
    const other = known.get(id);
    return other === undefined
      ? []
      : [`${id}: the pack ${name} that would come back into force has this id, and ${other} has it too`];
  });
  return [...twice, ...losses(standing, [...others, ...(back === undefined ? [] : [inForce(back)])])];
};

/** A fault as it is told. */
export const told = ({ pattern, fault }: Fault): string =>
  pattern === null || fault.startsWith(`${pattern}: `) ? fault : `${pattern}: ${fault}`;

/** Types that a change names, of each kind. */
const TYPES = 100;

/** The types that came, went or changed, for the record of a change. */
export const differences = (before: Pack | undefined, after: Pack) => {
  const was = new Map((before?.patterns ?? []).map((pattern) => [pattern.id, JSON.stringify(pattern)]));
  const will = new Map(after.patterns.map((pattern) => [pattern.id, JSON.stringify(pattern)]));
  const [old, now] = [[...was.keys()], [...will.keys()]];
  return {
    added: now.filter((id) => !was.has(id)).slice(0, TYPES),
    removed: old.filter((id) => !will.has(id)).slice(0, TYPES),
    changed: now.filter((id) => was.has(id) && was.get(id) !== will.get(id)).slice(0, TYPES),
  };
};

/** Whether both say the same: what is stored is read first, for a store has an order of its own. */
export const isSamePack = (pack: Pack, stored: unknown): boolean =>
  JSON.stringify(readPack(stored).pack) === JSON.stringify(pack);

/** Records name a pack's version, so one version is one pack. */
const versionFaults = (pack: Pack, { atHand, highest }: Standing): readonly string[] => {
  const taken = [
    ...(highest === undefined || isSamePack(pack, highest.body) ? [] : [highest.version]),
    ...(atHand === undefined || isSamePack(pack, atHand) ? [] : [atHand.version]),
  ];
  const least = Math.max(0, ...taken) + 1;
  return pack.version >= least
    ? []
    : [`version: ${least - 1} is taken by another form of this pack, so this one is ${least} or higher`];
};

const typesOf = (packs: readonly PackInForce[]): ReadonlyMap<string, string> =>
  new Map(packs.flatMap(({ name, pack }) => (pack?.patterns ?? []).map(({ id }) => [id, name] as const)));

const twoOfOne = ({ patterns }: Pack): readonly Fault[] => {
  const seen = new Set<string>();
  return patterns.flatMap(({ id }) => {
    if (seen.has(id)) return [{ pattern: id, fault: 'two patterns have this id' }];
    seen.add(id);
    return [];
  });
};

const inForce = (pack: Pack): PackInForce => ({
  ...{ name: pack.pack, pack, from: 'saved', saved_at: null, fault: undefined },
});

/** What policies name and would no longer be there. */
const losses = ({ packs, policies }: Standing, after: readonly PackInForce[]): readonly string[] => {
  const [was, will] = [namesOf(packs), namesOf(after)];
  return policies.flatMap(({ name, overrides }) =>
    Object.keys(overrides)
      .filter((override) => was.has(override) && !will.has(override))
      .map((override) => `the policy "${name}" has an override for ${override}: take that out first`),
  );
};

const namesOf = (packs: readonly PackInForce[]): ReadonlySet<string> =>
  new Set(packs.flatMap(({ name, pack }) => [name, ...(pack?.patterns ?? []).map(({ id }) => id)]));

const isStorable = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  return typeof value !== 'object' || value === null || Object.values(value).every(isStorable);
};
