// What a key's use case includes. Pure.
import type { Endpoint } from '../dialects/dialect.ts';
import type { Grant } from '../keys/key.ts';
import { Refusal } from '../refusal.ts';
import { globMatches } from './glob.ts';

/** Whether the use case's allowlist has this model, by the name the caller uses. */
export const mayUseModel = (grant: Grant, model: string): boolean =>
  grant.models.some((glob) => globMatches(glob, model));

/** Throws `endpoint_not_allowed`. Listing models is part of every use case; the list shows only what it may use. */
export const mustIncludeEndpoint = (grant: Grant, endpoint: Endpoint): void => {
  if (endpoint !== 'models' && !grant.endpoints.includes(endpoint)) {
    throw new Refusal('endpoint_not_allowed', { detail: `The endpoint is "${endpoint}".` });
  }
};

/** Throws `model_not_allowed`. */
export const mustIncludeModel = (grant: Grant, model: string): void => {
  if (!mayUseModel(grant, model)) throw new Refusal('model_not_allowed', { param: 'model' });
};
