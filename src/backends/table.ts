// Backends in Postgres. Their secrets are references or sealed literals.
import type { BackendDialect, Preference } from '../providers/names.ts';
import type { Zone } from '../routing/target.ts';
import type { Db, Statement } from '../stores/store.ts';

export type BackendItem = {
  readonly name: string;
  readonly provider: string;
  readonly url: string | null;
  readonly zone: Zone;
  readonly secret: string | null;
  /** Null: those of its provider. */
  readonly dialects: readonly BackendDialect[] | null;
  /** Null: a dialect that it speaks passes through. */
  readonly prefer: Preference | null;
  readonly created_at: string;
};

/** Every backend, by name, with its secret as it is stored: for the diff alone, never for a reply. */
export const listBackends = async (db: Db): Promise<BackendItem[]> => {
  const rows = await db.selectFrom('backends').selectAll().orderBy('name').execute();
  return rows.map(({ created_at, ...row }) => ({ ...row, created_at: created_at.toISOString() }));
};

/** Writes a backend, new or not. */
export const putBackend = (db: Db, item: Omit<BackendItem, 'created_at'>, at: string): Statement => {
  const { provider, url, zone, secret, prefer } = item;
  const dialects = item.dialects === null ? null : JSON.stringify(item.dialects);
  return db
    .insertInto('backends')
    .values({ ...item, dialects, created_at: at })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ provider, url, zone, secret, dialects, prefer }),
    )
    .compile();
};
