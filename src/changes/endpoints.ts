// The log of configuration changes over the admin API.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, json } from '../admin-shape.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { changeShape } from './change.ts';
import { listChanges } from './table.ts';

const shape = changeShape.extend({
  seq: z.number().int(),
  id: z.string(),
  at: z.string(),
  actor: z.string(),
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List changes of configuration, newest first',
  tags: ['changes'],
  request: { query: pageQuery.extend({ cursor: z.coerce.number().int().min(1).optional() }) },
  responses: { 200: json(pageShape(shape), 'A page') },
});

/** `/admin/v1/changes` */
export const changeEndpoints = ({ store }: Ports) =>
  endpoints().openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    return c.json(
      page(await listChanges(store.db, limit + 1, cursor), limit, ({ seq }) => String(seq)),
      200,
    );
  });
