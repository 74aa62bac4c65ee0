// Teams over the admin API: read only; gatehouse.yaml declares them.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, json } from '../admin-shape.ts';
import { pageOf, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { listTeams } from './table.ts';

const shape = z.object({ name: z.string(), created_at: z.string() });

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List teams, newest first',
  tags: ['teams'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});

/** `/admin/v1/teams` */
export const teamEndpoints = ({ store }: Ports) =>
  endpoints().openapi(listRoute, async (c) =>
    c.json(pageOf(await listTeams(store.db), c.req.valid('query')), 200),
  );
