// The keys that sign the audit over the admin API; and, for everybody, the public ones.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { publicKey, signedText } from '../audit/checkpoint.ts';
import type { Ports } from '../ports.ts';
import { ensureSigningKey, publishedKeys, RotatedMeanwhile, rotateKey } from './table.ts';

const shape = z.object({
  current: z.string().describe('The id of the key in use now'),
  keys: z.array(publicKey).describe('All keys, oldest first'),
  rotations: z.array(signedText).describe('How each was handed on to the next'),
});

type Shown = z.infer<typeof shape>;

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'The public keys that sign the audit, and their rotations',
  tags: ['audit'],
  responses: { 200: json(shape, 'The keys') },
});

const rotateRoute = createRoute({
  method: 'post',
  path: '/rotate',
  summary: 'Hand the signing key on to a new one',
  tags: ['audit'],
  responses: { 200: json(shape, 'The keys after that'), 409: errors[409] },
});

/** What `/.well-known/gatehouse-audit-key` shows: public keys, oldest first, and how each was handed on. */
export const wellKnownKeys = async (ports: Ports): Promise<Shown> => {
  const { keys } = await ensureSigningKey(ports);
  const { rotations } = await publishedKeys(ports.store.db);
  return { current: keys.at(-1)?.id ?? '', keys: [...keys], rotations: [...rotations] };
};

/** `/admin/v1/signing_keys` */
export const signingKeyEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => c.json(await wellKnownKeys(ports), 200))
    .openapi(rotateRoute, async (c) => {
      try {
        await rotateKey(ports);
      } catch (error) {
        if (!(error instanceof RotatedMeanwhile)) throw error;
        return c.json(errorBody('changed_meanwhile', 'The keys changed at the same moment; try again.'), 409);
      }
      return c.json(await wellKnownKeys(ports), 200);
    });
