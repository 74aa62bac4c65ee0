// Records over the admin API: read only. They hold digests, never the text of a prompt or a reply.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { askable, endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import type { Db } from '../stores/store.ts';
import { streamOf } from '../text-stream.ts';
import type { RecordFilters } from './records.ts';
import { CSV_COLUMNS, csvLine, csvRecord, recordFilters } from './records.ts';
import { findRecord, listRecords } from './table.ts';

const shape = z
  .object({
    exchange: z.string(),
    opened_at: z.string(),
    sealed_at: z.string().nullable(),
    ending: z.enum(['complete', 'refused', 'failed', 'abandoned']).nullable(),
    status: z.number().int().nullable(),
    prompt_sha256: z.string().nullable(),
    usage: z
      .looseObject({
        input_tokens: z.number().int(),
        output_tokens: z.number().int(),
        estimated: z
          .array(z.enum(['input_tokens', 'output_tokens']))
          .optional()
          .describe('The counts that are estimates, for nobody reported them'),
      })
      .nullable()
      .optional(),
    cost_micros: z
      .number()
      .int()
      .nullable()
      .optional()
      .describe('Micro-dollars, rounded up; null: not known. Zero only when it is known to be'),
    cost_reason: z
      .string()
      .nullable()
      .optional()
      .describe(
        'Why no price was applied: nothing_sent, not_charged, error_reply; or why the cost is not known',
      ),
    price_version: z.string().nullable().optional().describe('Which price was in force'),
    price: z
      .looseObject({})
      .nullable()
      .optional()
      .describe('The rates it was computed from, in dollars for a million tokens'),
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

const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;
/** A plain string to the compiler, which then takes the answer for what it is: text. */
const PLAIN: string = 'text/plain';
/** Records read at once for an export. */
const EXPORT_PAGE = 500;

const exportRoute = createRoute({
  method: 'get',
  path: '/export',
  summary: 'Export the records that meet all filters given, newest first, as CSV or NDJSON',
  description: 'For spreadsheets and other tools; the export with its proof is /audit/export.',
  tags: ['records'],
  request: { query: recordFilters.extend({ format: z.enum(['csv', 'ndjson']).default('ndjson') }) },
  responses: {
    200: { content: { [PLAIN]: { schema: z.string() } }, description: 'A line a record' },
  },
});

/** The lines of an export, page by page, so that it is never in memory as a whole. */
async function* lines(db: Db, filters: RecordFilters, format: keyof typeof TYPES): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(CSV_COLUMNS);
  let before: string | undefined;
  for (let more = true; more; ) {
    const records = await listRecords(db, filters, EXPORT_PAGE, before);
    if (records.length > 0)
      yield records.map((one) => (format === 'csv' ? csvRecord(one) : `${JSON.stringify(one)}\n`)).join('');
    before = records.at(-1)?.exchange;
    more = records.length === EXPORT_PAGE;
  }
}

/** `/admin/v1/records` */
export const recordEndpoints = ({ store, log }: Ports) =>
  endpoints()
    .openapi(exportRoute, (c) => {
      const { format, ...filters } = c.req.valid('query');
      const body = streamOf(lines(store.db, filters, format), (error) =>
        log('error', 'record_export_failed', { error: error instanceof Error ? error.name : 'unknown' }),
      );
      return c.body(body, 200, {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="records.${format}"`,
        'cache-control': 'no-store',
      });
    })
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
