// Backends over the admin API: read only; gatehouse.yaml declares them.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, json } from '../admin-shape.ts';
import { pageOf, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { CALL_DIALECTS, PREFERENCES } from '../providers/names.ts';
import { spokenOf } from './secret.ts';
import { listBackends } from './table.ts';

const shape = z.object({
  name: z.string(),
  created_at: z.string(),
  provider: z.string(),
  url: z.string().nullable(),
  zone: z.enum(['on_prem', 'cloud']),
  secret: z
    .string()
    .nullable()
    .describe('The reference, or ${sealed} for a stored literal; never the secret'),
  dialects: z
    .array(z.enum(CALL_DIALECTS))
    .readonly()
    .nullable()
    .describe('What it speaks, where that differs from what its provider does'),
  prefer: z
    .enum(PREFERENCES)
    .nullable()
    .describe(
      'Whether what it speaks passes through (null: yes) or is translated into another dialect of its own',
    ),
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List backends, newest first',
  tags: ['backends'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});

/** `/admin/v1/backends` */
export const backendEndpoints = ({ store }: Ports) =>
  endpoints().openapi(listRoute, async (c) => {
    const shown = pageOf(await listBackends(store.db), c.req.valid('query'));
    return c.json(
      { ...shown, items: shown.items.map((item) => ({ ...item, secret: spokenOf(item.secret) })) },
      200,
    );
  });
