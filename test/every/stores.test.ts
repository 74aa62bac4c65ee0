// What every store of the rack promises.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { migrate } from '../../src/stores/migrate.ts';
import type { Kind, Opened } from '../kit/stores.ts';
import { kinds } from '../kit/stores.ts';
import { appendOnly } from './stores/append-only.ts';
import { atomicallyAndValues } from './stores/atomically.ts';
import { audit } from './stores/audit.ts';
import { changes } from './stores/changes.ts';
import { migrating } from './stores/migrations.ts';

describe.each(kinds)('the $name store', ({ name, open }: Kind) => {
  let opened: Opened;
  let empty: Opened;
  const store = () => opened.store;
  const replicasOf = (of: () => Opened) => (count: number) =>
    Promise.all(Array.from({ length: count }, () => (name === 'pglite' ? of().store : of().again())));
  beforeAll(async () => {
    [opened, empty] = await Promise.all([open(), open()]);
    await migrate(opened.store, migrations);
    await sql`create table scratch (id bigint primary key, t text, j jsonb, at timestamptz)`.execute(
      store().db,
    );
  });
  afterAll(async () => {
    await Promise.all([opened.stop(), empty.stop()]);
  });

  atomicallyAndValues(store);
  appendOnly(store);
  audit(store);
  changes(
    store,
    replicasOf(() => opened),
  );
  migrating(
    () => empty.store,
    replicasOf(() => empty),
  );
});
