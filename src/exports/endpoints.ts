// The audit's export over the admin API, as a stream.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, errorBody, errors } from '../admin-shape.ts';
import { ChainBroken } from '../audit/cover.ts';
import type { Ports } from '../ports.ts';
import { streamOf } from '../text-stream.ts';
import { exportText } from './table.ts';

const instant = z.iso.datetime({ offset: true }).optional();

/** A plain string to the compiler: it would take any other type that ends in `json` for JSON. */
const NDJSON: string = 'application/x-ndjson';

const exportRoute = createRoute({
  method: 'get',
  path: '/export',
  summary: 'Export the audit with its proof: entries, checkpoints and public keys',
  description:
    'NDJSON for "gatehouse audit verify". Whole checkpoints only: from the first after the last one made at or before `from`, to the first made at or after `to`. An export without its last line, the signed end, was cut off.',
  tags: ['audit'],
  request: { query: z.object({ from: instant, to: instant }) },
  responses: {
    200: { content: { [NDJSON]: { schema: z.string() } }, description: 'The export' },
    409: errors[409],
  },
});

/** `/admin/v1/audit` */
export const exportEndpoints = (ports: Ports) =>
  endpoints().openapi(exportRoute, async (c) => {
    const text = exportText(ports, c.req.valid('query'));
    // The head is made before the status is sent, so that what stops an export is told as such.
    const first = await text.next().catch((error: unknown) => {
      if (error instanceof ChainBroken) return error;
      throw error;
    });
    if (first instanceof ChainBroken)
      return c.json(errorBody('chain_broken', `The audit cannot be exported: ${first.message}.`), 409);
    const rest = (async function* () {
      if (first.done !== true) yield first.value;
      yield* text;
    })();
    const body = streamOf(rest, (error) =>
      ports.log('error', 'audit_export_failed', {
        error: error instanceof Error ? error.constructor.name : 'unknown',
      }),
    );
    return c.body(body, 200, { 'content-type': NDJSON, 'cache-control': 'no-store' });
  });
