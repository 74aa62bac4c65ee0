// Models in Postgres: a name callers use, and the targets that serve it.
import { remember } from '../fresh.ts';
import { isProvider } from '../providers/names.ts';
import type { Catalogue } from '../routing/choose.ts';
import type { Db, Statement } from '../stores/store.ts';
import type { ModelBody } from '../stores/tables.ts';

/** A model as it is listed and exported. */
export type ModelItem = { readonly name: string; readonly created_at: string } & ModelBody;

/** Every model, by name. */
export const listModels = async (db: Db): Promise<ModelItem[]> => {
  const rows = await db.selectFrom('models').selectAll().orderBy('name').execute();
  return rows.map(({ name, body, created_at }) => ({ name, created_at: created_at.toISOString(), ...body }));
};

/** Writes a model, new or not. */
export const putModel = (db: Db, name: string, body: ModelBody, at: string): Statement =>
  db
    .insertInto('models')
    .values({ name, body: JSON.stringify(body), created_at: at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ body: JSON.stringify(body) }))
    .compile();

/** Everything that can be called. */
export const loadCatalogue = async (db: Db): Promise<Catalogue> => {
  const [backends, models] = await Promise.all([
    db
      .selectFrom('backends')
      .select(['name', 'provider', 'url', 'zone', 'secret', 'dialects', 'prefer'])
      .execute(),
    db.selectFrom('models').selectAll().execute(),
  ]);
  return {
    models: new Map(
      models.map(({ name, body, created_at }) => [
        name,
        { name, createdAtMs: created_at.getTime(), targets: body.targets },
      ]),
    ),
    backends: new Map(
      backends.flatMap(({ name, provider, ...backend }) =>
        isProvider(provider) ? [[name, { name, provider, ...backend }] as const] : [],
      ),
    ),
  };
};

/** The catalogue, remembered for a moment. */
export const rememberCatalogue = (
  db: Db,
  means: { readonly now: () => number; readonly defer: (work: Promise<unknown>) => void },
): { get(): Catalogue | Promise<Catalogue> } => {
  const kept = remember<'all', Catalogue>({
    ask: () => loadCatalogue(db),
    now: means.now,
    defer: means.defer,
    most: 1,
  });
  return { get: () => kept.get('all') };
};
