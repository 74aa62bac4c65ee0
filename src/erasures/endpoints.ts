// Erasure of kept content and legal holds over the admin API. Each is written down in the transaction that does it.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { askable, endpoints, errorBody, errorShape, errors, json } from '../admin-shape.ts';
import { pageOf, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { endUserHash } from '../vault/table.ts';
import type { Scope } from '../vault/vault.ts';
import { reasonShape } from '../vault/vault.ts';
import { erase, listHolds, setHold } from './table.ts';

/** Longest name of an end user that can be asked for; clients' own are shorter by far. */
const END_USER_CHARS = 4096;

const subject = {
  exchange: askable(64).min(1).optional(),
  key: askable(64).min(1).optional().describe("A key's id"),
  end_user: z
    .string()
    .min(1)
    .max(END_USER_CHARS)
    .optional()
    .describe('As the client names them; only a keyed hash of it is stored'),
};

type Named = { readonly [name in keyof typeof subject]?: string | undefined };

const isOne = (named: Named): boolean =>
  [named.exchange, named.key, named.end_user].filter((name) => name !== undefined).length === 1;
const ONE = { error: 'name one of "exchange", "key" and "end_user"' };

const scopeOf = ({ secrets }: Ports, { exchange, key, end_user: endUser }: Named): Scope => {
  if (exchange !== undefined) return { scope: 'exchange', subject: exchange };
  if (key !== undefined) return { scope: 'key', subject: key };
  return { scope: 'end_user', subject: endUserHash(secrets, endUser ?? '') };
};

/** The actor of what came with the operator token. */
const ACTOR = 'admin-token';

const eraseRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Erase the kept content of an exchange, a key or an end user; what is held stays',
  tags: ['vault'],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ ...subject, reason: reasonShape }).refine(isOne, ONE),
        },
      },
    },
  },
  responses: {
    200: json(
      z.object({
        count: z.number().int().describe('How many contents were erased'),
        held_back: z.number().int().describe('How many were not, because a legal hold is on them'),
      }),
      'What was erased',
    ),
    400: errors[400],
  },
});

/** `/admin/v1/erasures` */
export const erasureEndpoints = (ports: Ports) =>
  endpoints().openapi(eraseRoute, async (c) => {
    const { reason, ...named } = c.req.valid('json');
    return c.json(await erase(ports, scopeOf(ports, named), { actor: ACTOR, reason }), 200);
  });

const holdShape = z.object({
  scope: z.enum(['exchange', 'key', 'end_user']),
  subject: z.string().describe('Of an end user the keyed hash'),
  reason: z.string(),
  actor: z.string(),
  since: z.string(),
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List legal holds, newest first',
  tags: ['vault'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(holdShape), 'A page') },
});

const holdRoute = createRoute({
  method: 'post',
  path: '/',
  summary:
    'Set or lift a legal hold on what an exchange, a key or an end user has, and will have, in the vault',
  tags: ['vault'],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ ...subject, hold: z.boolean(), reason: reasonShape }).refine(isOne, ONE),
        },
      },
    },
  },
  responses: {
    200: json(
      z.object({
        hold: z.boolean(),
        count: z.number().int().describe('How many contents there are of the subject now'),
      }),
      'The hold was set or lifted',
    ),
    400: errors[400],
    409: json(errorShape, 'It was so already'),
  },
});

/** `/admin/v1/holds` */
export const holdEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => {
      const holds = await listHolds(ports.store.db);
      const named = holds.map((hold) => ({
        ...hold,
        name: `${hold.scope}/${hold.subject}`,
        created_at: hold.since,
      }));
      const { items, next_cursor } = pageOf(named, c.req.valid('query'));
      return c.json({ items: items.map((item) => holdShape.parse(item)), next_cursor }, 200);
    })
    .openapi(holdRoute, async (c) => {
      const { reason, hold, ...named } = c.req.valid('json');
      const count = await setHold(ports, scopeOf(ports, named), hold, { actor: ACTOR, reason });
      if (count !== undefined) return c.json({ hold, count }, 200);
      const words = hold ? 'There is such a hold already.' : 'There is no such hold.';
      return c.json(errorBody('already_so', words), 409);
    });
