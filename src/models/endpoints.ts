// Models over the admin API: read only; gatehouse.yaml declares them.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, json } from '../admin-shape.ts';
import { pageOf, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { priceSchema } from '../prices/price.ts';
import { listModels } from './table.ts';

const shape = z.object({
  name: z.string(),
  created_at: z.string(),
  targets: z.array(z.object({ backend: z.string(), model: z.string() })).readonly(),
  tier: z.string().nullable(),
  price: priceSchema
    .optional()
    .describe('As gatehouse.yaml declares it; what is in force is under /model_prices'),
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List models, newest first',
  tags: ['models'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});

/** `/admin/v1/models` */
export const modelEndpoints = ({ store }: Ports) =>
  endpoints().openapi(listRoute, async (c) =>
    c.json(pageOf(await listModels(store.db), c.req.valid('query')), 200),
  );
