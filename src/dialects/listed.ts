// One model out of a listing.
import { Refusal } from '../refusal.ts';
import type { Listed } from './dialect.ts';

/** The model of that name; throws `model_not_found`, whether there is none or it may not be used. */
export const listedAs = (models: readonly Listed[], name: string | undefined): Listed => {
  const found = models.find((model) => model.name === name);
  if (found === undefined)
    throw new Refusal('model_not_found', { param: 'model', ...(name === undefined ? {} : { model: name }) });
  return found;
};

/** The name in a path `/v1/models/...`; undefined: it asks for all of them. */
export const nameIn = (path: string): string | undefined => {
  const rest = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
  if (rest === undefined) return undefined;
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
};
