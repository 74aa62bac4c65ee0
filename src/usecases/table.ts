// Use cases in Postgres: a name, and versions that never change.
import type { Db, Statement } from '../stores/store.ts';
import type { UseCaseBody } from '../stores/tables.ts';

/** A version of a use case, as it is listed and exported. In a list of use cases `created_at` is the use case's own. */
export type UseCaseItem = {
  readonly name: string;
  readonly version: number;
  readonly created_at: string;
} & UseCaseBody;

/** Every use case in its newest version, by name. */
export const listUseCases = async (db: Db): Promise<UseCaseItem[]> => {
  const rows = await db
    .selectFrom('use_cases')
    .innerJoin('use_case_versions', (join) =>
      join
        .onRef('use_case_versions.use_case', '=', 'use_cases.name')
        .onRef('use_case_versions.version', '=', 'use_cases.latest'),
    )
    .select([
      'use_cases.name',
      'use_case_versions.version',
      'use_case_versions.body',
      // The name's, not the version's: a list that is being paged through keeps its order when something changes.
      'use_cases.created_at',
    ])
    .orderBy('use_cases.name')
    .execute();
  return rows.map(({ name, version, body, created_at }) => ({
    name,
    version,
    created_at: created_at.toISOString(),
    ...body,
  }));
};

/** Every version of one use case, newest first. */
export const listVersions = async (db: Db, name: string): Promise<UseCaseItem[]> => {
  const rows = await db
    .selectFrom('use_case_versions')
    .selectAll()
    .where('use_case', '=', name)
    .orderBy('version', 'desc')
    .execute();
  return rows.map(({ use_case, version, body, created_at }) => ({
    name: use_case,
    version,
    created_at: created_at.toISOString(),
    ...body,
  }));
};

/** A use case's next version: the name is made or moved on to it, then the version itself. */
export const putUseCase = (
  db: Db,
  name: string,
  version: number,
  body: UseCaseBody,
  at: string,
): Statement[] => [
  db
    .insertInto('use_cases')
    .values({ name, team: body.team, latest: version, created_at: at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ latest: version, team: body.team }))
    .compile(),
  db
    .insertInto('use_case_versions')
    .values({ use_case: name, version, body: JSON.stringify(body), created_at: at })
    .compile(),
];
