// Teams in Postgres.
import type { Db, Statement } from '../stores/store.ts';

export type TeamItem = { readonly name: string; readonly created_at: string };

/** Every team, by name. */
export const listTeams = async (db: Db): Promise<TeamItem[]> => {
  const rows = await db.selectFrom('teams').selectAll().orderBy('name').execute();
  return rows.map(({ name, created_at }) => ({ name, created_at: created_at.toISOString() }));
};

export const insertTeam = (db: Db, name: string, at: string): Statement =>
  db.insertInto('teams').values({ name, created_at: at }).compile();
