// What has to change for the configuration in force to become the declared one. Pure: everything secret was resolved before.
import type { Head } from '../audit/chain.ts';
import type { BackendItem } from '../backends/table.ts';
import type { HashedKey } from '../keys/table.ts';
import type { ModelItem } from '../models/table.ts';
import type { PolicyItem } from '../policies/table.ts';
import type { Price } from '../prices/price.ts';
import { priceSchema } from '../prices/price.ts';
import type { ModelBody, UseCaseBody } from '../stores/tables.ts';
import type { TeamItem } from '../teams/table.ts';
import type { UseCaseItem } from '../usecases/table.ts';
import { CAPTURE_DAYS } from '../vault/vault.ts';
import type { Setup } from './document.ts';
import type { Places } from './fault.ts';
import type { PolicyMove } from './plan-policies.ts';
import { planPolicies } from './plan-policies.ts';

/** The configuration in force. Of every name of a key the newest, with its hash, whether or not it still counts. */
export type InForce = {
  /** The end of the chain of changes when this was read. */
  readonly seen: Head;
  readonly teams: readonly TeamItem[];
  readonly backends: readonly BackendItem[];
  readonly models: readonly ModelItem[];
  readonly policies: readonly PolicyItem[];
  readonly useCases: readonly UseCaseItem[];
  readonly keys: readonly HashedKey[];
};

/** The declared configuration with its secrets ready to be stored: sealed, or hashed. */
export type Wanted = {
  readonly setup: Setup;
  /** By backend: what is to be stored. */
  readonly secrets: ReadonlyMap<string, string | null>;
  /** By key: the hash and hint of the secret that was declared. */
  readonly hashes: ReadonlyMap<string, { readonly hash: string; readonly hint: string }>;
  /** Whose a declared hash is already, revoked or not: hash -> the key's name. */
  readonly owners: ReadonlyMap<string, string>;
  /** The patterns and packs in force. */
  readonly names: ReadonlySet<string>;
  /** What was seen on the way that changes nothing. */
  readonly notes: readonly string[];
};

/** One thing to do. */
export type Move =
  | { readonly kind: 'team'; readonly name: string }
  | {
      readonly kind: 'backend';
      readonly before: BackendItem | undefined;
      readonly after: Omit<BackendItem, 'created_at'>;
    }
  | {
      readonly kind: 'model';
      readonly name: string;
      readonly before: ModelBody | undefined;
      readonly after: ModelBody;
    }
  | PolicyMove
  | {
      readonly kind: 'use_case';
      readonly name: string;
      readonly before: UseCaseItem | undefined;
      readonly version: number;
      readonly after: UseCaseBody;
    }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly useCase: string;
      readonly version: number;
      readonly secret: { readonly hash: string; readonly hint: string } | undefined;
      readonly expiresAt: string | null;
      readonly replaces: string | undefined;
    }
  | {
      readonly kind: 'key_expiry';
      readonly id: string;
      readonly before: string | null;
      readonly after: string | null;
    };

export type Plan = {
  readonly moves: readonly Move[];
  readonly notes: readonly string[];
  readonly faults: readonly string[];
};

/** Compares by value; both sides are plain JSON with their keys in the same order. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const byName = <T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.name, item]));

/** Plans every move, in an order in which each finds what it refers to. */
export const planSetup = (wanted: Wanted, force: InForce, places: Places): Plan => {
  const { setup } = wanted;
  const faults = danglingReferences(setup, force, places);
  const teams = byName(force.teams);
  const moves: Move[] = setup.teams
    .filter(({ name }) => !teams.has(name))
    .map(({ name }) => ({ kind: 'team', name }));
  const policies = planPolicies(setup, force.policies, wanted.names, places);
  moves.push(...backendMoves(wanted, force), ...modelMoves(setup, force));
  moves.push(...policies.moves, ...useCaseMoves(setup, force));
  const keys = keyMoves(wanted, force, moves, places);
  const notes = [...wanted.notes, ...policies.notes, ...keys.notes, ...undeclared(setup, force)];
  return {
    moves: [...moves, ...keys.moves],
    notes,
    faults: [...faults, ...policies.faults, ...keys.faults],
  };
};

const danglingReferences = (setup: Setup, force: InForce, places: Places): string[] => {
  const known = (declared: readonly { name: string }[], there: readonly { name: string }[]) =>
    new Set([...declared, ...there].map(({ name }) => name));
  const teams = known(setup.teams, force.teams);
  const backends = known(setup.backends, force.backends);
  const policies = known(setup.policies, force.policies);
  const useCases = known(setup.use_cases, force.useCases);
  return [
    ...setup.use_cases.flatMap(({ team, policy }, i) => [
      ...(teams.has(team) ? [] : [places.at(['use_cases', i, 'team'], `there is no team "${team}"`)]),
      ...(policies.has(policy)
        ? []
        : [places.at(['use_cases', i, 'policy'], `there is no policy "${policy}"`)]),
    ]),
    ...setup.models.flatMap(({ targets }, i) =>
      targets.flatMap(({ backend }, j) =>
        backends.has(backend)
          ? []
          : [places.at(['models', i, 'targets', j, 'backend'], `there is no backend "${backend}"`)],
      ),
    ),
    ...setup.keys.flatMap(({ use_case }, i) =>
      useCases.has(use_case)
        ? []
        : [places.at(['keys', i, 'use_case'], `there is no use case "${use_case}"`)],
    ),
  ];
};

const backendMoves = (wanted: Wanted, force: InForce): Move[] => {
  const there = byName(force.backends);
  return wanted.setup.backends.flatMap(
    ({ name, provider, zone, url, dialects = null, prefer = null }): Move[] => {
      const before = there.get(name);
      const secret = wanted.secrets.get(name) ?? null;
      const after = { name, provider, url: url ?? null, zone, secret, dialects, prefer };
      const { created_at: _, ...stored } = before ?? { created_at: '' };
      return same({ ...after, ...stored }, after) && before !== undefined
        ? []
        : [{ kind: 'backend', before, after }];
    },
  );
};

const modelMoves = (setup: Setup, force: InForce): Move[] => {
  const there = byName(force.models);
  return setup.models.flatMap(({ name, targets, tier, price }): Move[] => {
    const item = there.get(name);
    const before = item === undefined ? undefined : modelBody(item.targets, item.tier, item.price);
    const after = modelBody(targets, tier ?? null, price);
    return same(before, after) ? [] : [{ kind: 'model', name, before, after }];
  });
};

const modelBody = (
  targets: ModelBody['targets'],
  tier: string | null,
  price: Price | undefined,
): ModelBody => ({
  targets: targets.map(({ backend, model }) => ({ backend, model })),
  tier,
  // Read anew: the store keeps no order of keys.
  ...(price === undefined ? {} : { price: priceSchema.parse(price) }),
});

/** A use case as a version stores it. A bound prompt is defended unless the operator says otherwise. */
const bodyOf = (useCase: Setup['use_cases'][number]): UseCaseBody => ({
  team: useCase.team,
  system_prompt: useCase.system_prompt ?? null,
  caller_system: useCase.caller_system ?? (useCase.system_prompt === undefined ? 'allow' : 'refuse'),
  models: useCase.models,
  endpoints: useCase.endpoints,
  data_class: useCase.data_class,
  policy: useCase.policy,
  capture: useCase.capture,
  capture_days: useCase.capture_days,
  caller_credential: useCase.caller_credential,
});

const useCaseMoves = (setup: Setup, force: InForce): Move[] => {
  const there = byName(force.useCases);
  return setup.use_cases.flatMap((useCase): Move[] => {
    const before = there.get(useCase.name);
    const after = bodyOf(useCase);
    if (before !== undefined) {
      const { team, system_prompt, caller_system, models, endpoints, data_class, policy } = before;
      const { capture = 'none', capture_days = CAPTURE_DAYS.usual, caller_credential = 'refuse' } = before;
      const kept = { capture, capture_days, caller_credential };
      if (same({ team, system_prompt, caller_system, models, endpoints, data_class, policy, ...kept }, after))
        return [];
    }
    return [{ kind: 'use_case', name: useCase.name, before, version: (before?.version ?? 0) + 1, after }];
  });
};

const keyMoves = (wanted: Wanted, force: InForce, moves: readonly Move[], places: Places): Plan => {
  const there = byName(force.keys);
  const versions = new Map(force.useCases.map(({ name, version }) => [name, version]));
  for (const move of moves) if (move.kind === 'use_case') versions.set(move.name, move.version);
  const plan = { moves: [] as Move[], notes: [] as string[], faults: [] as string[] };
  const behind = new Map<string, string[]>();
  wanted.setup.keys.forEach(({ name, use_case: useCase, expires_at }, index) => {
    const before = there.get(name);
    const secret = wanted.hashes.get(name);
    const owner = secret === undefined ? undefined : wanted.owners.get(secret.hash);
    const expiresAt = expires_at === undefined ? null : new Date(expires_at).toISOString();
    const version = versions.get(useCase) ?? 1;
    const isNewText = secret !== undefined && owner === undefined;
    const made = { kind: 'key', name, useCase, version, secret, expiresAt } as const;
    if (owner !== undefined && owner !== name) {
      plan.faults.push(
        places.at(
          ['keys', index, 'secret'],
          `this is the key "${owner}" already; every key has its own secret`,
        ),
      );
    } else if (before === undefined) {
      plan.moves.push({ ...made, replaces: undefined });
    } else if (before.revoked_at !== null) {
      if (isNewText) plan.moves.push({ ...made, replaces: undefined });
      else
        plan.notes.push(
          `key "${name}" is revoked and stays so; to have another, declare another secret or name`,
        );
    } else if (before.use_case !== useCase) {
      plan.faults.push(
        places.at(
          ['keys', index, 'use_case'],
          `the key "${name}" is bound to "${before.use_case}"; a key cannot be repurposed, so give this one another name`,
        ),
      );
    } else if (isNewText) {
      plan.moves.push({ ...made, replaces: before.id });
    } else if (secret !== undefined && secret.hash !== before.hash) {
      plan.notes.push(`key "${name}" was rotated since; the secret declared here is an earlier key's`);
    } else {
      if (before.expires_at !== expiresAt)
        plan.moves.push({ kind: 'key_expiry', id: before.id, before: before.expires_at, after: expiresAt });
      if (before.use_case_version !== version) {
        const words = `on version ${before.use_case_version} of "${useCase}", whose newest is ${version}; "keys rotate ID --latest" moves to it`;
        behind.set(words, [...(behind.get(words) ?? []), name]);
      }
    }
  });
  for (const [words, names] of behind) plan.notes.push(`left as they are: keys ${named(names)} ${words}`);
  return plan;
};

/** Leaving something out does not end it, and the operator should know. A list that is not there speaks of nothing. */
const undeclared = (setup: Setup, force: InForce): string[] => {
  const left = (
    noun: string,
    declared: readonly { name: string }[],
    there: readonly { name: string }[],
  ): string[] => {
    const names = new Set(declared.map(({ name }) => name));
    const others = there.map(({ name }) => name).filter((name) => !names.has(name));
    if (declared.length === 0 || others.length === 0) return [];
    return [`not declared here and left as they are: ${noun} ${named(others)}`];
  };
  return [
    ...left('teams', setup.teams, force.teams),
    ...left('backends', setup.backends, force.backends),
    ...left('models', setup.models, force.models),
    ...left(
      'policies',
      setup.policies,
      // The one that is there from the start need not be declared.
      force.policies.filter(({ name }) => name !== 'default'),
    ),
    ...left('use cases', setup.use_cases, force.useCases),
    ...left(
      'keys',
      setup.keys,
      force.keys.filter(({ revoked_at }) => revoked_at === null),
    ),
  ];
};

/** Names in one note. */
const NAMED = 10;

const named = (names: readonly string[]): string => {
  const told = names.slice(0, NAMED).map((name) => `"${name}"`);
  return told.join(', ') + (names.length > NAMED ? ` and ${names.length - NAMED} more` : '');
};
