// Keys over the admin API: minted, rotated, revoked. A key's text is in the one answer that makes it and nowhere else.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { AdminRefusal, askable, endpoints, errors, json } from '../admin-shape.ts';
import { authorOf, commit, lastChange, settled } from '../changes/table.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import type { Db } from '../stores/store.ts';
import { listUseCases } from '../usecases/table.ts';
import type { KeyItem } from './table.ts';
import {
  findKey,
  freshKey,
  insertKey,
  isNameTaken,
  isRotated,
  listKeys,
  revokeKey,
  setExpiry,
} from './table.ts';

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
const id = z.object({ id: askable(64) });
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
  summary: 'Revoke a key for good; every replica refuses it within 5 seconds',
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
export const keyEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const keys = await listKeys(ports.store.db, limit + 1, cursor);
      return c.json(
        page(keys, limit, (key) => key.id),
        200,
      );
    })
    .openapi(mintRoute, async (c) => {
      const wanted = c.req.valid('json');
      return c.json(await settled(() => mint(ports, wanted)), 201);
    })
    .openapi(revokeRoute, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await settled(() => revoke(ports, id)), 200);
    })
    .openapi(rotateRoute, async (c) => {
      const { id } = c.req.valid('param');
      const wanted = c.req.valid('json');
      return c.json(await settled(() => rotate(ports, id, wanted)), 201);
    });

/** The actor of a change that came with the operator token. */
const ACTOR = 'admin-token';

const instant = (ms: number): string => new Date(ms).toISOString();

const mint = async (
  ports: Ports,
  wanted: { name: string; use_case: string; expires_at?: string | undefined },
): Promise<z.infer<typeof minted>> => {
  const { db } = ports.store;
  const seen = await lastChange(db);
  const { name, use_case } = wanted;
  const now = ports.now();
  const useCase = (await listUseCases(db)).find((item) => item.name === use_case);
  if (useCase === undefined) throw new AdminRefusal(404, 'not_found', 'There is no such use case.');
  if (await isNameTaken(db, name, instant(now)))
    throw new AdminRefusal(
      409,
      'name_taken',
      `A key named "${name}" counts already; rotate it, or choose another name.`,
    );
  const expiresAt = wanted.expires_at === undefined ? null : instant(Date.parse(wanted.expires_at));
  if (expiresAt !== null && Date.parse(expiresAt) <= now)
    throw new AdminRefusal(400, 'bad_request', 'expires_at: this time has passed.');
  const binding = {
    name,
    use_case,
    use_case_version: useCase.version,
    expires_at: expiresAt,
    rotated_from: null,
  };
  const { text, row } = freshKey(ports, binding);
  await commit(ports.store, authorOf(ports, ACTOR), seen, [
    {
      change: { action: 'key.created', subject: `key/${row.id}`, before: null, after: binding },
      statements: [insertKey(db, row, instant(now))],
    },
  ]);
  return { id: row.id, name, key: text };
};

const known = async (db: Db, id: string): Promise<KeyItem> => {
  const key = await findKey(db, id);
  if (key === undefined) throw new AdminRefusal(404, 'not_found', 'There is no such key.');
  return key;
};

const revoke = async (ports: Ports, id: string): Promise<KeyItem> => {
  const { db } = ports.store;
  const seen = await lastChange(db);
  const key = await known(db, id);
  if (key.revoked_at !== null) return key;
  const after = { revoked_at: instant(ports.now()) };
  await commit(ports.store, authorOf(ports, ACTOR), seen, [
    {
      change: { action: 'key.revoked', subject: `key/${id}`, before: { revoked_at: null }, after },
      statements: [revokeKey(db, id, after.revoked_at)],
    },
  ]);
  return { ...key, ...after };
};

/** Two changes in one transaction: the old key's end, and the new key. */
const rotate = async (
  ports: Ports,
  id: string,
  { overlap_s, latest }: { overlap_s: number; latest: boolean },
): Promise<z.infer<typeof minted>> => {
  const { db } = ports.store;
  const seen = await lastChange(db);
  const key = await known(db, id);
  const now = ports.now();
  const expiresAtMs = key.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(key.expires_at);
  if (key.revoked_at !== null || expiresAtMs <= now)
    throw new AdminRefusal(409, 'key_over', 'This key no longer counts; mint another.');
  if (await isRotated(db, id))
    throw new AdminRefusal(
      409,
      'key_rotated',
      'This key was rotated already; rotate the one that took its place.',
    );
  const binding = {
    name: key.name,
    use_case: key.use_case,
    use_case_version: latest ? await newestVersion(db, key) : key.use_case_version,
    expires_at: key.expires_at,
    rotated_from: id,
  };
  const { text, row } = freshKey(ports, binding);
  const endsAt = instant(Math.min(expiresAtMs, now + overlap_s * 1000));
  await commit(ports.store, authorOf(ports, ACTOR), seen, [
    {
      change: {
        action: 'key.rotated',
        subject: `key/${id}`,
        before: { expires_at: key.expires_at },
        after: { expires_at: endsAt, rotated_to: row.id },
      },
      statements: [setExpiry(db, id, endsAt)],
    },
    {
      change: { action: 'key.created', subject: `key/${row.id}`, before: null, after: binding },
      statements: [insertKey(db, row, instant(now))],
    },
  ]);
  return { id: row.id, name: key.name, key: text };
};

const newestVersion = async (db: Db, key: KeyItem): Promise<number> =>
  (await listUseCases(db)).find(({ name }) => name === key.use_case)?.version ?? key.use_case_version;
