// Saved prices in Postgres, in versions that never change; and all prices in force but the catalogue's, remembered for a moment.
import { sql } from 'kysely';
import { canonicalText } from '../audit/canonical.ts';
import type { Change } from '../changes/change.ts';
import { remember } from '../fresh.ts';
import { listModels, loadCatalogue } from '../models/table.ts';
import type { Ports } from '../ports.ts';
import type { Db, Statement } from '../stores/store.ts';
import { builtIn } from './built-in.ts';
import type { Book, Named } from './find.ts';
import { DIGEST_CHARS, findPrice, nearestFirst } from './find.ts';
import type { Price, Stated } from './price.ts';
import { priceSchema, storedSchema } from './price.ts';

/** A saved price in force. In a list of them `created_at` is the name's own. */
export type SavedPrice = {
  readonly name: string;
  readonly version: number;
  readonly created_at: string;
  readonly stated: Stated;
};

/** The saved prices in force, by name. */
export const listSavedPrices = async (db: Db): Promise<SavedPrice[]> => {
  const rows = await db
    .selectFrom('prices')
    .distinctOn('name')
    .select(['name', 'version', 'body'])
    // The name's, not the version's: a list that is being paged through keeps its order when something changes.
    .select(sql<Date>`min(created_at) over (partition by name)`.as('created_at'))
    .orderBy('name')
    .orderBy('version', 'desc')
    .execute();
  return rows
    .filter(({ body }) => body !== null)
    .map(({ name, version, body, created_at }) => ({
      ...{ name, version },
      created_at: created_at.toISOString(),
      stated: storedSchema.parse(body),
    }));
};

/** One version of a saved price; `price` is null where it was deleted. */
export type PriceVersion = {
  readonly version: number;
  readonly created_at: string;
  readonly price: Stated | null;
};

/** Every version a name ever had, newest first. */
export const listPriceVersions = async (db: Db, name: string): Promise<PriceVersion[]> => {
  const rows = await db
    .selectFrom('prices')
    .select(['version', 'body', 'created_at'])
    .where('name', '=', name)
    .orderBy('version', 'desc')
    .execute();
  return rows.map(({ version, body, created_at }) => ({
    version,
    created_at: created_at.toISOString(),
    price: body === null ? null : storedSchema.parse(body),
  }));
};

/** What is known of a name: its newest version (0: it never had one), and what that says (null: nothing, or no more). */
export type Standing = { readonly version: number; readonly price: Stated | null };

/** A name's next version, and the change it is. Without `after` it is deleted. */
export const pricePart = (
  db: Db,
  name: string,
  before: Standing,
  after: Stated | null,
  at: string,
): { change: Change; statements: Statement[] } => {
  const version = before.version + 1;
  const verb = after === null ? 'deleted' : before.price === null ? 'created' : 'changed';
  const change = {
    action: `price.${verb}`,
    subject: `price/${name}`,
    before: before.price === null ? null : { version: before.version, ...before.price },
    after: after === null ? null : { version, ...after },
  };
  const body = after === null ? null : JSON.stringify(after);
  const insert = db.insertInto('prices').values({ name, version, body, created_at: at }).compile();
  return { change, statements: [insert] };
};

/** A saved price by what a record calls it. */
const named = ({ name, version, stated }: SavedPrice): Named => ({
  name,
  version: `saved/${name}@${version}`,
  stated,
});

type Means = {
  readonly db: Db;
  readonly prices: Ports['prices'];
  readonly hashes: Pick<Ports['hashes'], 'sha256Hex'>;
};

/** All prices in force but the catalogue's. */
export const loadBook = async ({ db, prices, hashes }: Means): Promise<Book> => {
  const [saved, models] = await Promise.all([
    listSavedPrices(db),
    db
      .selectFrom('models')
      .select(['name', sql<unknown>`body->'price'`.as('price')])
      .where(sql<boolean>`body ? 'price'`)
      .execute(),
  ]);
  return {
    models: new Map(
      models.map(({ name, price: stored }) => {
        const price = priceSchema.parse(stored);
        const digest = hashes.sha256Hex(canonicalText(price)).slice(0, DIGEST_CHARS);
        return [name, { version: `gatehouse.yaml/${name}#${digest}`, price }];
      }),
    ),
    saved: nearestFirst(saved.map(named)),
    file: nearestFirst(prices),
  };
};

/** The prices in force, remembered for a moment. */
export const rememberBook = (
  ports: Pick<Ports, 'store' | 'prices' | 'hashes' | 'now' | 'defer'>,
): { get(): Book | Promise<Book> } => {
  const { store, prices, hashes, now, defer } = ports;
  const ask = (): Promise<Book> => loadBook({ db: store.db, prices, hashes });
  const kept = remember<'all', Book>({ ask, now, defer, most: 1 });
  return { get: () => kept.get('all') };
};

/** What a target costs now; without a price `reason` says why it is not known. */
export type TargetPrice = {
  readonly backend: string;
  readonly model: string;
  readonly price: Price | null;
  readonly version: string | null;
  readonly reason: string | null;
};

/** Every model with the price in force for each of its targets, by name. */
export const listModelPrices = async (
  ports: Pick<Ports, 'store' | 'prices' | 'hashes' | 'now'>,
): Promise<{ name: string; created_at: string; targets: TargetPrice[] }[]> => {
  const { db } = ports.store;
  const means = { db, prices: ports.prices, hashes: ports.hashes };
  const [models, { backends }, book, catalogue] = await Promise.all([
    listModels(db),
    loadCatalogue(db),
    loadBook(means),
    builtIn(),
  ]);
  return models.map(({ name, created_at, targets }) => ({
    ...{ name, created_at },
    targets: targets.flatMap((target): TargetPrice[] => {
      const backend = backends.get(target.backend);
      if (backend === undefined) return [];
      const found = findPrice(book, catalogue, { asked: name, backend, model: target.model }, ports.now());
      return [
        'price' in found
          ? { ...target, ...found, reason: null }
          : { ...target, price: null, version: null, reason: found.unknown },
      ];
    }),
  }));
};
