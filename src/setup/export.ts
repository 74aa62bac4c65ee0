// The configuration in force in the shape of gatehouse.yaml. Applying an export changes nothing. Holds no secret.
import { stringify } from 'yaml';
import { spokenOf } from '../backends/secret.ts';
import type { InForce } from './plan.ts';

const without = <T extends object>(item: T): Partial<T> => {
  const kept: Partial<T> = {};
  for (const key of Object.keys(item) as (keyof T)[]) if (item[key] !== null) kept[key] = item[key];
  return kept;
};

/** YAML text. A secret that is stored sealed is written as `${sealed}`: keep what is there. */
export const exportSetup = (force: InForce): string =>
  stringify(
    {
      teams: force.teams.map(({ name }) => ({ name })),
      backends: force.backends.map(({ name, provider, zone, url, secret }) =>
        without({ name, provider, zone, url, secret: spokenOf(secret) }),
      ),
      models: force.models.map(({ name, targets, tier }) => without({ name, targets, tier })),
      use_cases: force.useCases.map(
        ({ name, team, system_prompt, caller_system, models, endpoints, data_class, policy }) =>
          without({ name, team, system_prompt, caller_system, models, endpoints, data_class, policy }),
      ),
      keys: force.keys
        .filter(({ revoked_at }) => revoked_at === null)
        .map(({ name, use_case, expires_at }) => without({ name, use_case, expires_at })),
    },
    { lineWidth: 0 },
  );
