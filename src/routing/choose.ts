// Which targets serve a model, best first, and why others are passed over. Pure.
import type { Backend, Candidate, DataClass, Target } from './target.ts';
import { mayReach } from './target.ts';

/** A model's name and the targets that serve it, in order of preference. */
export type Served = {
  readonly name: string;
  readonly createdAtMs: number;
  readonly targets: readonly { readonly backend: string; readonly model: string }[];
};

/** All that can be called: configured models, and the backends by name. */
export type Catalogue = {
  readonly models: ReadonlyMap<string, Served>;
  readonly backends: ReadonlyMap<string, Backend>;
};

/** The targets that serve `model`: a configured model's, or those of an explicit `backend/model`. Empty: no such model. */
const targetsOf = (catalogue: Catalogue, model: string): Target[] => {
  const served = catalogue.models.get(model);
  if (served !== undefined) {
    return served.targets.flatMap((target) => {
      const backend = catalogue.backends.get(target.backend);
      return backend === undefined ? [] : [{ backend, model: target.model }];
    });
  }
  const slash = model.indexOf('/');
  if (slash <= 0 || slash === model.length - 1) return [];
  const backend = catalogue.backends.get(model.slice(0, slash));
  return backend === undefined ? [] : [{ backend, model: model.slice(slash + 1) }];
};

/** Every target of `model` with the verdict on it. `reaches`: whether the client's dialect has a way to it. */
export const candidatesFor = (
  catalogue: Catalogue,
  model: string,
  dataClass: DataClass,
  reaches: (target: Target) => boolean = () => true,
): Candidate[] =>
  targetsOf(catalogue, model).map((target) => {
    const { backend } = target;
    if (!mayReach(dataClass, backend.zone)) return { target, passedOver: 'zone' };
    return { target, passedOver: reaches(target) ? null : 'dialect' };
  });
