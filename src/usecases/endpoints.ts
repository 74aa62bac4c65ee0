// Use cases over the admin API: read only; gatehouse.yaml declares them.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { askable, endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { pageOf, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { CAPTURES } from '../vault/vault.ts';
import { CALLER_CREDENTIALS } from './caller-credential.ts';
import { listUseCases, listVersions } from './table.ts';

const shape = z.object({
  name: z.string(),
  version: z.number().int(),
  created_at: z.string(),
  team: z.string(),
  system_prompt: z.string().nullable(),
  caller_system: z.enum(['refuse', 'demote', 'allow']),
  models: z.array(z.string()).readonly(),
  endpoints: z.array(z.string()).readonly(),
  data_class: z.enum(['sensitive', 'non_sensitive']),
  policy: z.string(),
  capture: z.enum(CAPTURES).optional().describe('Absent: nothing is kept'),
  capture_days: z.number().int().optional(),
  caller_credential: z
    .enum(CALLER_CREDENTIALS)
    .optional()
    .describe(
      "Whether a provider's token that a caller brings takes the place of the backend's secret; absent: no",
    ),
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List use cases, newest first',
  tags: ['use_cases'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});

const versionsRoute = createRoute({
  method: 'get',
  path: '/{name}/versions',
  summary: 'Every version of one use case, newest first',
  tags: ['use_cases'],
  request: { params: z.object({ name: askable(64) }) },
  responses: {
    200: json(z.object({ items: z.array(shape), next_cursor: z.null() }), 'All versions'),
    404: errors[404],
  },
});

/** `/admin/v1/use_cases` */
export const useCaseEndpoints = ({ store }: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => c.json(pageOf(await listUseCases(store.db), c.req.valid('query')), 200))
    .openapi(versionsRoute, async (c) => {
      const items = await listVersions(store.db, c.req.valid('param').name);
      if (items.length === 0) return c.json(errorBody('not_found', 'There is no such use case.'), 404);
      return c.json({ items, next_cursor: null }, 200);
    });
