/**
 * Every store of the rack on an empty database of its own: PGlite in a folder, Postgres over TCP, Postgres over Neon's HTTP.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neonConfig } from '@neondatabase/serverless';
import { inject } from 'vitest';
import { neonStore } from '../../src/stores/neon.ts';
import { pgStore } from '../../src/stores/pg.ts';
import { pgliteStore } from '../../src/stores/pglite.ts';
import type { Store } from '../../src/stores/store.ts';
import { neonEndpoint, startNeonHttp } from './neon-http.ts';
import { freshDatabase } from './postgres.ts';

/** A store on an empty database. */
export interface Opened {
  readonly store: Store;
  /** Another replica's store on the same database; PGlite has one process and so one store. */
  again(): Promise<Store>;
  stop(): Promise<void>;
}

/** How to open a store of one kind. */
export interface Kind {
  readonly name: 'pglite' | 'pg' | 'neon';
  open(): Promise<Opened>;
}

/** Closes every store that was opened, then the rest. */
const opening = async (open: () => Promise<Store>, rest: () => Promise<void> | void): Promise<Opened> => {
  const stores = [await open()];
  const again = async (): Promise<Store> => {
    const store = await open();
    stores.push(store);
    return store;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(stores.map((store) => store.close()));
    await rest();
  };
  return { store: stores[0] as Store, again, stop };
};

/** Making the files takes two seconds, copying them a twentieth of one. */
let template: Promise<string> | undefined;
const makeTemplate = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-template-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const store = await pgliteStore(folder);
  await store.close();
  return folder;
};

/** A data folder with an empty embedded database in it. */
export const pgliteFolder = async (): Promise<string> => {
  template ??= makeTemplate();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-data-'));
  cpSync(join(await template, 'postgres'), join(folder, 'postgres'), { recursive: true });
  return folder;
};

const openPglite = async (): Promise<Opened> => {
  const folder = await pgliteFolder();
  const store = await pgliteStore(folder);
  return opening(
    async () => store,
    () => rmSync(folder, { recursive: true, force: true }),
  );
};

const openPg = async (): Promise<Opened> => {
  const url = await freshDatabase(inject('postgresUrl'));
  return opening(
    async () => pgStore(url, () => undefined),
    () => undefined,
  );
};

const openNeon = async (): Promise<Opened> => {
  const http = await startNeonHttp(await freshDatabase(inject('postgresUrl')));
  neonConfig.fetchEndpoint = neonEndpoint;
  return opening(
    async () => neonStore(http.connectionString),
    () => http.stop(),
  );
};

/** The rack. */
export const kinds: readonly Kind[] = [
  { name: 'pglite', open: openPglite },
  { name: 'pg', open: openPg },
  { name: 'neon', open: openNeon },
];
