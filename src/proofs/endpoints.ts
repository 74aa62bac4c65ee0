// The proof of one record over the admin API.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { ChainBroken } from '../audit/cover.ts';
import { auditProof } from '../audit/proof.ts';
import type { Ports } from '../ports.ts';
import { proveRecord } from './table.ts';

const proofRoute = createRoute({
  method: 'get',
  path: '/{exchange}/proof',
  summary: 'Prove one record: its entries with their way to a signed root',
  tags: ['records', 'audit'],
  request: { params: z.object({ exchange: z.string().max(64) }) },
  responses: { 200: json(auditProof, 'The proof'), 404: errors[404], 409: errors[409] },
});

/** Beside `/admin/v1/records` */
export const proofEndpoints = (ports: Ports) =>
  endpoints().openapi(proofRoute, async (c) => {
    try {
      const proof = await proveRecord(ports, c.req.valid('param').exchange);
      if (proof === 'not_found') return c.json(errorBody(proof, 'There is no record of this exchange.'), 404);
      if (proof === 'not_covered')
        return c.json(
          errorBody(proof, 'No checkpoint covers all of this record yet: make one and ask again.'),
          409,
        );
      if (proof === 'dropped')
        return c.json(
          errorBody(
            proof,
            'Entries beside this record were dropped under retention; it cannot be proven alone.',
          ),
          409,
        );
      return c.json(proof, 200);
    } catch (error) {
      if (!(error instanceof ChainBroken)) throw error;
      return c.json(errorBody('chain_broken', `The audit does not hold: ${error.message}.`), 409);
    }
  });
