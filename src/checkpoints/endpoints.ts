// Checkpoints over the admin API: listed, and made on demand.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { saidIn, statement } from '../audit/checkpoint.ts';
import { ChainBroken } from '../audit/cover.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import type { CheckpointRow } from './table.ts';
import { lastCheckpoint, listCheckpoints, makeCheckpoints } from './table.ts';

const shape = z.object({
  number: z.number().int(),
  at: z.string().nullable().describe('Null: the text cannot be read'),
  size: z.number().int().nullable().describe('How many entries it covers'),
  text: z.string().describe('The statement, as signed'),
  signature: z.string().describe('Ed25519 over the text, in base 64'),
});

const shown = ({ number, text, signature }: CheckpointRow): z.infer<typeof shape> => {
  const said = saidIn(statement, { text });
  return { number, at: said?.at ?? null, size: said?.size ?? null, text, signature };
};

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List checkpoints of the audit, newest first',
  tags: ['audit'],
  request: { query: pageQuery.extend({ cursor: z.coerce.number().int().min(1).optional() }) },
  responses: { 200: json(pageShape(shape), 'A page') },
});

const makeRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Make a checkpoint over everything that no checkpoint covers',
  tags: ['audit'],
  responses: {
    200: json(
      z.object({
        made: z.number().int().describe('How many were made; 0: there was nothing new'),
        newest: shape.nullable(),
      }),
      'The newest checkpoint',
    ),
    409: errors[409],
  },
});

/** `/admin/v1/checkpoints` */
export const checkpointEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const rows = await listCheckpoints(ports.store.db, limit + 1, cursor);
      return c.json(
        page(rows.map(shown), limit, ({ number }) => String(number)),
        200,
      );
    })
    .openapi(makeRoute, async (c) => {
      try {
        const made = await makeCheckpoints(ports);
        const newest = await lastCheckpoint(ports.store.db);
        return c.json({ made: made.length, newest: newest === undefined ? null : shown(newest) }, 200);
      } catch (error) {
        if (!(error instanceof ChainBroken)) throw error;
        ports.log('error', 'audit_chain_broken', { words: error.message });
        return c.json(errorBody('chain_broken', `The audit does not hold: ${error.message}.`), 409);
      }
    });
