// Configuration as code over the admin API: apply what is declared, export what is in force.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { changeShape } from '../changes/change.ts';
import type { Ports } from '../ports.ts';
import { exportSetup } from './export.ts';
import { SetupFault } from './fault.ts';
import { applySetup, readInForce } from './table.ts';

const applied = z.object({
  changes: z.array(changeShape).readonly(),
  notes: z.array(z.string()).readonly(),
  minted: z
    .array(z.object({ id: z.string(), name: z.string(), key: z.string().describe('Shown this once') }))
    .readonly(),
  dry_run: z.boolean(),
});

const applyRoute = createRoute({
  method: 'post',
  path: '/apply',
  summary: 'Apply a gatehouse.yaml: one transaction, every change recorded, nothing done twice',
  tags: ['setup'],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            text: z.string().describe('The YAML text'),
            file: z.string().max(256).default('gatehouse.yaml').describe('The name faults are told under'),
            dry_run: z.boolean().default(false),
          }),
        },
      },
    },
  },
  responses: { 200: json(applied, 'What changed, or would'), 400: errors[400], 409: errors[409] },
});

const exportRoute = createRoute({
  method: 'get',
  path: '/export',
  summary: 'The configuration in force as a gatehouse.yaml, without secrets',
  tags: ['setup'],
  responses: { 200: json(z.object({ text: z.string() }), 'YAML text') },
});

/** `/admin/v1/apply` and `/admin/v1/export` */
export const setupEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(applyRoute, async (c) => {
      const { text, file, dry_run } = c.req.valid('json');
      try {
        return c.json(await applySetup(ports, { text, file, actor: 'admin-token', dryRun: dry_run }), 200);
      } catch (error) {
        if (error instanceof SetupFault)
          return c.json(errorBody('bad_setup', 'The configuration is not valid.', error.faults), 400);
        throw error;
      }
    })
    .openapi(exportRoute, async (c) => {
      const force = await readInForce(ports.store.db);
      return c.json({ text: exportSetup(force) }, 200);
    });
