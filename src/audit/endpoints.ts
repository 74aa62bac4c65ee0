// Records over the admin API: read only. They hold digests, never the text of a prompt or a reply.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { askable, endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { recordFilters } from './records.ts';
import { findRecord, listRecords } from './table.ts';

const shape = z
  .object({
    exchange: z.string(),
    opened_at: z.string(),
    sealed_at: z.string().nullable(),
    ending: z.enum(['complete', 'refused', 'failed', 'abandoned']).nullable(),
    status: z.number().int().nullable(),
    prompt_sha256: z.string().nullable(),
  })
  .loose();

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List records that meet all filters given, newest first',
  tags: ['records'],
  request: { query: pageQuery.extend(recordFilters.shape) },
  responses: { 200: json(pageShape(shape), 'A page') },
});

const oneRoute = createRoute({
  method: 'get',
  path: '/{exchange}',
  summary: 'One record by its exchange id',
  tags: ['records'],
  request: { params: z.object({ exchange: askable(64) }) },
  responses: { 200: json(shape, 'The record'), 404: errors[404] },
});

/** `/admin/v1/records` */
export const recordEndpoints = ({ store }: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => {
      const { limit, cursor, ...filters } = c.req.valid('query');
      const records = await listRecords(store.db, filters, limit + 1, cursor);
      return c.json(
        page(
          records.map((record) => shape.parse(record)),
          limit,
          ({ exchange }) => exchange,
        ),
        200,
      );
    })
    .openapi(oneRoute, async (c) => {
      const found = await findRecord(store.db, c.req.valid('param').exchange);
      if (found === undefined)
        return c.json(errorBody('not_found', 'There is no record of this exchange.'), 404);
      return c.json(shape.parse(found), 200);
    });
