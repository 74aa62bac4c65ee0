// Prices over the admin API: those an operator states, each saved one with all its versions; and what is in force for each model.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { AdminRefusal, askable, endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { listBackends } from '../backends/table.ts';
import { authorOf, commit, lastChange, settled } from '../changes/table.ts';
import { page, pageOf, pageQuery, pageShape } from '../page.ts';
import { policyName } from '../policies/policy.ts';
import type { Ports } from '../ports.ts';
import type { Stated } from './price.ts';
import { priceSchema, statedSchema, storedSchema } from './price.ts';
import type { Standing } from './table.ts';
import { listModelPrices, listPriceVersions, listSavedPrices, pricePart } from './table.ts';

/** Every exchange looks through them. */
const SAVED_PRICES = 2_000;

const shape = z.object({
  name: z.string(),
  from: z.enum(['saved', 'file']),
  version: z.number().int().nullable().describe('Of a saved price'),
  created_at: z.string().nullable(),
  price: storedSchema,
});
const versionShape = z.object({
  version: z.number().int(),
  created_at: z.string(),
  price: storedSchema.nullable().describe('Null: deleted'),
});
const params = z.object({ name: askable(64) });

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary:
    "List the prices that were saved here and those of the operator's file, saved ones first, newest first",
  tags: ['prices'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});
const getRoute = createRoute({
  method: 'get',
  path: '/{name}',
  summary: 'One saved price with every version, newest first',
  tags: ['prices'],
  request: { params },
  responses: {
    200: json(z.object({ name: z.string(), versions: z.array(versionShape) }), 'The price'),
    404: errors[404],
  },
});
const putRoute = createRoute({
  method: 'put',
  path: '/{name}',
  summary: 'Save the next version of a price; in force on every replica within 5 seconds',
  description:
    'In dollars for a million tokens. A price counts for models of one backend, of one provider, or of any; the nearest does. ' +
    "It stands over the operator's file and the catalogue, and under a price that gatehouse.yaml gives the model.",
  tags: ['prices'],
  request: {
    params: z.object({ name: policyName }),
    body: { required: true, content: { 'application/json': { schema: statedSchema } } },
  },
  responses: { 200: json(shape, 'The price in force'), 400: errors[400], 409: errors[409] },
});
const deleteRoute = createRoute({
  method: 'delete',
  path: '/{name}',
  summary: 'Delete a saved price; what stood under it comes back into force',
  tags: ['prices'],
  request: { params },
  responses: {
    200: json(z.object({ name: z.string() }), 'It is deleted'),
    404: errors[404],
    409: errors[409],
  },
});

type Item = z.infer<typeof shape>;

/** `/admin/v1/prices` */
export const priceEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => c.json(await listed(ports, c.req.valid('query')), 200))
    .openapi(getRoute, async (c) => {
      const { name } = c.req.valid('param');
      const versions = await listPriceVersions(ports.store.db, name);
      if (versions.length === 0) return c.json(errorBody('not_found', 'There is no such saved price.'), 404);
      return c.json({ name, versions }, 200);
    })
    .openapi(putRoute, async (c) => {
      const { name } = c.req.valid('param');
      const stated = c.req.valid('json');
      return c.json(await settled(() => save(ports, name, stated)), 200);
    })
    .openapi(deleteRoute, async (c) => {
      const { name } = c.req.valid('param');
      await settled(() => end(ports, name));
      return c.json({ name }, 200);
    });

const modelPriceShape = z.object({
  name: z.string(),
  created_at: z.string(),
  targets: z.array(
    z.object({
      backend: z.string(),
      model: z.string(),
      price: priceSchema.nullable(),
      version: z.string().nullable().describe('As records name it'),
      reason: z.string().nullable().describe('Why there is none'),
    }),
  ),
});

const listRouteInForce = createRoute({
  method: 'get',
  path: '/',
  summary: 'The price in force for each target of each model, newest model first',
  description: 'A price that is null is not known, and so is the cost of what the target is asked.',
  tags: ['prices'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(modelPriceShape), 'A page') },
});

/** `/admin/v1/model_prices` */
export const modelPriceEndpoints = (ports: Ports) =>
  endpoints().openapi(listRouteInForce, async (c) =>
    c.json(pageOf(await listModelPrices(ports), c.req.valid('query')), 200),
  );

const listed = async (
  { store, prices }: Ports,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) => {
  const saved = (await listSavedPrices(store.db)).map(
    ({ name, version, created_at, stated }): Item => ({
      ...{ name, from: 'saved', version, created_at },
      price: stated,
    }),
  );
  const file = prices.map(
    ({ name, stated }): Item => ({
      ...{ name, from: 'file', version: null, created_at: null },
      price: stated,
    }),
  );
  const keyOf = ({ from, created_at, name }: Item): string => `${created_at ?? '0'}~${from}~${name}`;
  const ordered = [...saved, ...file]
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
    .filter((one) => cursor === undefined || keyOf(one) < cursor);
  return page(ordered.slice(0, limit + 1), limit, keyOf);
};

/** The actor of a change that came with the operator token. */
const ACTOR = 'admin-token';

const standingOf = async ({ store }: Ports, name: string): Promise<Standing> => {
  const [newest] = await listPriceVersions(store.db, name);
  return newest ?? { version: 0, price: null };
};

const badPrice = (fault: string): AdminRefusal =>
  new AdminRefusal(400, 'bad_price', 'The prices in force stay as they are.', [fault]);

const save = async (ports: Ports, name: string, stated: Stated): Promise<Item> => {
  const { store } = ports;
  const seen = await lastChange(store.db);
  const [before, all, backends] = await Promise.all([
    standingOf(ports, name),
    listSavedPrices(store.db),
    stated.backend === undefined ? [] : listBackends(store.db),
  ]);
  const inForce = all.find((one) => one.name === name);
  if (inForce !== undefined && JSON.stringify(inForce.stated) === JSON.stringify(storedSchema.parse(stated)))
    return { name, from: 'saved', version: before.version, created_at: inForce.created_at, price: stated };
  if (stated.backend !== undefined && !backends.some((backend) => backend.name === stated.backend))
    throw badPrice(`backend: there is no backend "${stated.backend}"`);
  if (inForce === undefined && all.length >= SAVED_PRICES)
    throw badPrice(`there are ${SAVED_PRICES} saved prices already; a pattern may take the place of many`);
  const author = authorOf(ports, ACTOR);
  await commit(store, author, seen, [pricePart(store.db, name, before, stated, author.at)]);
  return {
    ...{ name, from: 'saved', version: before.version + 1 },
    created_at: inForce?.created_at ?? author.at,
    price: stated,
  };
};

const end = async (ports: Ports, name: string): Promise<void> => {
  const { store } = ports;
  const seen = await lastChange(store.db);
  const before = await standingOf(ports, name);
  if (before.price === null) throw new AdminRefusal(404, 'not_found', 'There is no such saved price.');
  const author = authorOf(ports, ACTOR);
  await commit(store, author, seen, [pricePart(store.db, name, before, null, author.at)]);
};
