// Kept content over the admin API: listed without it, and read one exchange at a time, for a reason that is written down first.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { askable, endpoints, errorBody, errorShape, errors, json } from '../admin-shape.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { open } from './sealing.ts';
import type { KeptItem } from './table.ts';
import { findContent, listVault } from './table.ts';
import type { Part } from './vault.ts';
import { PARTS, reasonShape, textOf } from './vault.ts';
import { DoesNotOpen } from './wrapping.ts';

const shape = z.object({
  exchange: z.string(),
  use_case: z.string(),
  use_case_version: z.number().int(),
  team: z.string(),
  key: z.string(),
  end_users: z.array(z.string()).readonly().describe('Keyed hashes of what the client calls the end user'),
  capture: z.enum(['redacted', 'full']),
  cut: z
    .object({ prompt: z.number().int().optional(), reply: z.number().int().optional() })
    .describe('Bytes that a part had, where not all of them are kept'),
  kept_at: z.string(),
  expires_at: z.string(),
  held: z.boolean().describe('Whether a legal hold stops its erasure'),
  erased_at: z.string().nullable(),
});

const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List exchanges whose content is or was kept, newest first; the content itself is not shown',
  tags: ['vault'],
  request: {
    query: pageQuery.extend({
      use_case: askable(64).optional(),
      team: askable(64).optional(),
      key: askable(64).optional(),
      held: flag,
      erased: flag,
    }),
  },
  responses: { 200: json(pageShape(shape), 'A page') },
});

/** `/admin/v1/vault` */
export const vaultEndpoints = ({ store }: Ports) =>
  endpoints().openapi(listRoute, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid('query');
    const items = await listVault(store.db, filters, limit + 1, cursor);
    return c.json(
      page(items, limit, ({ exchange }) => exchange),
      200,
    );
  });

const partShape = z.object({
  text: z.string(),
  bytes: z.number().int().describe('Bytes that were kept'),
  whole_bytes: z.number().int().describe('Bytes that there were: more than were kept if it was cut'),
  cut: z.boolean(),
});

const contentShape = z.object({
  exchange: z.string(),
  capture: z.enum(['redacted', 'full']),
  kept_at: z.string(),
  expires_at: z.string(),
  prompt: partShape.nullable().describe('Null: there was none to keep'),
  reply: partShape.nullable(),
});

const readRoute = createRoute({
  method: 'post',
  path: '/{exchange}/content',
  summary: 'Read the prompt and the reply of an exchange; who reads and why is recorded first',
  tags: ['vault'],
  request: {
    params: z.object({ exchange: askable(64) }),
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ reason: reasonShape }) } },
    },
  },
  responses: {
    200: json(contentShape, 'The content'),
    400: errors[400],
    404: errors[404],
    409: json(errorShape, 'The content does not open with this root secret'),
    410: json(errorShape, 'The content has been erased, or its time is over'),
    503: json(errorShape, 'The reading cannot be recorded, so nothing is shown'),
  },
});

/** The actor of what came with the operator token. */
const ACTOR = 'admin-token';

/** `/admin/v1/records/{exchange}/content` */
export const contentEndpoints = (ports: Ports) =>
  endpoints().openapi(readRoute, async (c) => {
    const { exchange } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    const found = await findContent(ports.store.db, exchange);
    if (found === undefined)
      return c.json(errorBody('not_found', 'No content of this exchange was kept.'), 404);
    const { item, sealed } = found;
    if (sealed === undefined || isOver(item, ports.now()))
      return c.json(errorBody('erased', 'The content of this exchange is no longer there.'), 410);
    const opened = await open(ports, exchange, sealed).catch((error: unknown) => {
      if (error instanceof DoesNotOpen) return undefined;
      throw error;
    });
    if (opened === undefined) {
      const words = 'The content does not open with this GATEHOUSE_SECRET.';
      return c.json(errorBody('does_not_open', words), 409);
    }
    const parts = PARTS.filter((part) => opened[part] !== null);
    try {
      const body = { actor: ACTOR, reason, parts };
      await ports.spool.append({ kind: 'reading', exchange, atMs: ports.now(), body });
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      ports.log('error', 'reading_not_recorded', { exchange, error: name });
      const words = 'The reading cannot be recorded, so nothing is shown.';
      return c.json(errorBody('audit_unavailable', words), 503);
    }
    c.header('cache-control', 'no-store');
    const { capture, kept_at, expires_at } = item;
    const shown = (part: Part): z.infer<typeof partShape> | null => partOf(item, part, opened[part]);
    return c.json(
      { exchange, capture, kept_at, expires_at, prompt: shown('prompt'), reply: shown('reply') },
      200,
    );
  });

/** Retention counts at its very millisecond, also where no timer has come by yet. */
const isOver = ({ expires_at, held }: KeptItem, nowMs: number): boolean =>
  !held && Date.parse(expires_at) <= nowMs;

const partOf = (
  { cut }: KeptItem,
  part: Part,
  bytes: Uint8Array<ArrayBuffer> | null,
): z.infer<typeof partShape> | null => {
  if (bytes === null) return null;
  const wholeBytes = cut[part] ?? bytes.length;
  return {
    text: textOf({ bytes, wholeBytes }),
    bytes: bytes.length,
    whole_bytes: wholeBytes,
    cut: bytes.length < wholeBytes,
  };
};
