// Migrations: once each, whoever starts when.
import { describe, expect, it } from 'vitest';
import { migrations } from '../../../migrations/index.ts';
import type { Migration } from '../../../migrations/migration.ts';
import { DatabaseIsNewer, migrate, missingMigrations } from '../../../src/stores/migrate.ts';
import type { Store } from '../../../src/stores/store.ts';
import { failure, rowsOf, stateOf } from './shared.ts';

const next: Migration = {
  id: '9998-next',
  statements: ['create table counted (n int)', 'insert into counted values (1)'],
};

/** On an empty database; `replicas` are other stores on it where there can be any. */
export const migrating = (
  store: () => Store,
  replicas: (count: number) => Promise<readonly Store[]>,
): void => {
  describe('migrations', () => {
    it('run once each however many replicas start at once on an empty database, and not again', async () => {
      expect(await missingMigrations(store().db, migrations)).toEqual(migrations.map(({ id }) => id));
      const stores = await replicas(5);
      const ran = await Promise.all(stores.map((store) => migrate(store, [...migrations, next])));
      expect(ran.flat().toSorted()).toEqual([...migrations, next].map(({ id }) => id));
      expect(await rowsOf(store(), 'select n from counted')).toEqual([{ n: 1 }]);
      expect(await rowsOf(store(), 'select name, version from policies')).toEqual([
        { name: 'default', version: 1 },
        { name: 'default', version: 2 },
      ]);
      expect(await migrate(store(), [...migrations, next])).toEqual([]);
      expect(await missingMigrations(store().db, [...migrations, next])).toEqual([]);
    });
    it('refuse a database that a newer version has migrated, and change nothing in it', async () => {
      const error = await failure(migrate(store(), migrations));
      expect(error).toBeInstanceOf(DatabaseIsNewer);
      expect(error.message).toContain(next.id);
      expect(await failure(missingMigrations(store().db, migrations))).toBeInstanceOf(DatabaseIsNewer);
    });
    it('leave nothing of one that fails, and run it when it is mended', async () => {
      const broken: Migration = {
        id: '9999-broken',
        statements: ['create table half (id int)', 'insert into half values (1)', 'select 1 / 0'],
      };
      expect(await stateOf(migrate(store(), [...migrations, next, broken]))).toBe('22012');
      expect(await rowsOf(store(), `select 1 from pg_class where relname = 'half'`)).toEqual([]);
      const mended = { ...broken, statements: broken.statements.slice(0, 2) };
      expect(await migrate(store(), [...migrations, next, mended])).toEqual([broken.id]);
    });
  });
};
