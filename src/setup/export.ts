// The configuration in force in the shape of gatehouse.yaml. Applying an export changes nothing. Holds no secret.
import { stringify } from 'yaml';
import { spokenOf } from '../backends/secret.ts';
import type { UseCaseBody } from '../stores/tables.ts';
import { CAPTURE_DAYS } from '../vault/vault.ts';
import type { InForce } from './plan.ts';

const without = <T extends object>(item: T): Partial<T> => {
  const kept: Partial<T> = {};
  for (const key of Object.keys(item) as (keyof T)[]) if (item[key] !== null) kept[key] = item[key];
  return kept;
};

/** A use case of which nothing is kept says nothing of it. */
const capturing = ({ capture, capture_days }: Pick<UseCaseBody, 'capture' | 'capture_days'>) =>
  capture === undefined || (capture === 'none' && capture_days === CAPTURE_DAYS.usual)
    ? {}
    : { capture, capture_days };

/** YAML text. A secret that is stored sealed is written as `${sealed}`: keep what is there. */
export const exportSetup = (force: InForce): string =>
  stringify(
    {
      teams: force.teams.map(({ name }) => ({ name })),
      backends: force.backends.map(({ name, provider, zone, url, secret, dialects, prefer }) =>
        without({ name, provider, zone, url, secret: spokenOf(secret), dialects, prefer }),
      ),
      models: force.models.map(({ name, targets, tier, price = null }) =>
        without({ name, targets, tier, price }),
      ),
      policies: force.policies.map(
        ({ name, request, response, overrides, allow, threshold, injection_threshold }) => ({
          ...{ name, request, response },
          ...(Object.keys(overrides).length === 0 ? {} : { overrides }),
          ...(allow.length === 0 ? {} : { allow }),
          ...{ threshold, injection_threshold },
        }),
      ),
      use_cases: force.useCases.map(
        ({ name, team, system_prompt, caller_system, models, endpoints, data_class, policy, ...kept }) =>
          without({
            ...{ name, team, system_prompt, caller_system, models, endpoints, data_class, policy },
            ...capturing(kept),
            ...(kept.caller_credential === 'forward' ? { caller_credential: 'forward' } : {}),
          }),
      ),
      keys: force.keys
        .filter(({ revoked_at }) => revoked_at === null)
        .map(({ name, use_case, expires_at }) => without({ name, use_case, expires_at })),
    },
    { lineWidth: 0 },
  );
