// Keys over the admin API: minted, rotated, revoked. A key's text is in the one answer that makes it and nowhere else.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, errorBody, errors, json } from '../admin-shape.ts';
import type { Change } from '../changes/change.ts';
import { authorOf, commit, lastSeq } from '../changes/table.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import type { Statement } from '../stores/store.ts';
import { listUseCases } from '../usecases/table.ts';
import { expireKey, findKey, freshKey, insertKey, listKeys, revokeKey } from './table.ts';

const shape = z.object({
  id: z.string(),
  name: z.string(),
  use_case: z.string(),
  use_case_version: z.number().int(),
  hint: z.string().describe('The last characters of the key'),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  rotated_from: z.string().nullable(),
});
const minted = z.object({ id: z.string(), name: z.string(), key: z.string().describe('Shown this once') });
const id = z.object({ id: z.string().max(64) });
/** Longest time two keys of a rotation count side by side. */
const OVERLAP_LIMIT_S = 90 * 24 * 3600;

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List keys, newest first',
  tags: ['keys'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});
const mintRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Mint a key bound to the newest version of a use case',
  tags: ['keys'],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
            use_case: z.string().max(64),
            expires_at: z.iso.datetime({ offset: true }).optional(),
          }),
        },
      },
    },
  },
  responses: { 201: json(minted, 'The key'), 400: errors[400], 404: errors[404], 409: errors[409] },
});
const revokeRoute = createRoute({
  method: 'post',
  path: '/{id}/revoke',
  summary: 'Revoke a key, at once and for good',
  tags: ['keys'],
  request: { params: id },
  responses: { 200: json(shape, 'The revoked key'), 400: errors[400], 404: errors[404], 409: errors[409] },
});
const rotateRoute = createRoute({
  method: 'post',
  path: '/{id}/rotate',
  summary: 'Replace a key; both count until the overlap has passed',
  tags: ['keys'],
  request: {
    params: id,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            overlap_s: z
              .number()
              .int()
              .min(0)
              .max(OVERLAP_LIMIT_S)
              .default(24 * 3600),
            latest: z
              .boolean()
              .default(false)
              .describe('Bind the new key to the newest version of the use case'),
          }),
        },
      },
    },
  },
  responses: { 201: json(minted, 'The new key'), 400: errors[400], 404: errors[404], 409: errors[409] },
});

/** `/admin/v1/keys` */
export const keyEndpoints = (ports: Ports) => {
  const { db } = ports.store;
  const write = async (change: Change, statements: readonly Statement[]): Promise<void> =>
    commit(ports.store, authorOf(ports, 'admin-token'), await lastSeq(db), [{ change, statements }]);
  const at = (ms: number): string => new Date(ms).toISOString();
  return endpoints()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      return c.json(
        page(await listKeys(db, limit + 1, cursor), limit, (key) => key.id),
        200,
      );
    })
    .openapi(mintRoute, async (c) => {
      const { name, use_case, expires_at } = c.req.valid('json');
      const useCase = (await listUseCases(db)).find((item) => item.name === use_case);
      if (useCase === undefined) return c.json(errorBody('not_found', 'There is no such use case.'), 404);
      const expiresAt = expires_at === undefined ? null : at(Date.parse(expires_at));
      const { text, row } = freshKey(ports, {
        name,
        use_case,
        use_case_version: useCase.version,
        expires_at: expiresAt,
        rotated_from: null,
      });
      const after = { name, use_case, use_case_version: useCase.version, expires_at: expiresAt };
      await write({ action: 'key.created', subject: `key/${row.id}`, before: null, after }, [
        insertKey(db, row, at(ports.now())),
      ]);
      return c.json({ id: row.id, name, key: text }, 201);
    })
    .openapi(revokeRoute, async (c) => {
      const key = await findKey(db, c.req.valid('param').id);
      if (key === undefined) return c.json(errorBody('not_found', 'There is no such key.'), 404);
      if (key.revoked_at !== null) return c.json(key, 200);
      const revokedAt = at(ports.now());
      await write(
        {
          action: 'key.revoked',
          subject: `key/${key.id}`,
          before: { revoked_at: null },
          after: { revoked_at: revokedAt },
        },
        [revokeKey(db, key.id, revokedAt)],
      );
      return c.json({ ...key, revoked_at: revokedAt }, 200);
    })
    .openapi(rotateRoute, async (c) => {
      const { overlap_s, latest } = c.req.valid('json');
      const key = await findKey(db, c.req.valid('param').id);
      if (key === undefined) return c.json(errorBody('not_found', 'There is no such key.'), 404);
      const now = ports.now();
      const over = key.revoked_at !== null || (key.expires_at !== null && Date.parse(key.expires_at) <= now);
      if (over) return c.json(errorBody('key_over', 'This key no longer counts; mint another.'), 409);
      const newest =
        (await listUseCases(db)).find((item) => item.name === key.use_case)?.version ?? key.use_case_version;
      const version = latest ? newest : key.use_case_version;
      const { text, row } = freshKey(ports, {
        name: key.name,
        use_case: key.use_case,
        use_case_version: version,
        expires_at: key.expires_at,
        rotated_from: key.id,
      });
      const endsAt = at(now + overlap_s * 1000);
      await write(
        {
          action: 'key.rotated',
          subject: `key/${row.id}`,
          before: { key: key.id },
          after: { use_case_version: version, old_key_expires_at: endsAt },
        },
        [expireKey(db, key.id, endsAt), insertKey(db, row, at(now))],
      );
      return c.json({ id: row.id, name: key.name, key: text }, 201);
    });
};
