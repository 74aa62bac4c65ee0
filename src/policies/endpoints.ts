// Policies over the admin API: each with all its versions; a put makes the next one.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { AdminRefusal, askable, endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { authorOf, commit, lastChange, settled } from '../changes/table.ts';
import { namesIn, packsInForce } from '../dlp/live.ts';
import { pageOf, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import type { PolicyBody } from './policy.ts';
import { isSamePolicy, policyBodySchema, policyName, strangersIn } from './policy.ts';
import type { PolicyItem } from './table.ts';
import { listPolicies, listPolicyVersions, policyPart } from './table.ts';

const shape = z.object({
  name: z.string(),
  version: z.number().int(),
  created_at: z.string(),
  ...policyBodySchema.shape,
});
const versionShape = z.object({
  version: z.number().int(),
  created_at: z.string(),
  body: policyBodySchema.nullable().describe('Null: older than what a policy can say'),
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List policies in their newest version, newest name first',
  tags: ['policies'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});
const getRoute = createRoute({
  method: 'get',
  path: '/{name}',
  summary: 'One policy with every version, newest first',
  tags: ['policies'],
  request: { params: z.object({ name: askable(64) }) },
  responses: {
    200: json(shape.extend({ versions: z.array(versionShape) }), 'The policy'),
    404: errors[404],
  },
});
const putRoute = createRoute({
  method: 'put',
  path: '/{name}',
  summary: 'Make the next version of a policy; in force on every replica within 5 seconds',
  description:
    'What is left out has its default. A body that says what is in force already makes no version. Overrides name a ' +
    'pattern or a pack in force.',
  tags: ['policies'],
  request: {
    params: z.object({ name: policyName }),
    body: { required: true, content: { 'application/json': { schema: policyBodySchema } } },
  },
  responses: { 200: json(shape, 'The policy in force'), 400: errors[400], 409: errors[409] },
});

/** `/admin/v1/policies` */
export const policyEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) =>
      c.json(pageOf(await listPolicies(ports.store.db), c.req.valid('query')), 200),
    )
    .openapi(getRoute, async (c) => {
      const { name } = c.req.valid('param');
      const { db } = ports.store;
      const [all, versions] = await Promise.all([listPolicies(db), listPolicyVersions(db, name)]);
      const policy = all.find((item) => item.name === name);
      if (policy === undefined) return c.json(errorBody('not_found', 'There is no such policy.'), 404);
      return c.json({ ...policy, versions }, 200);
    })
    .openapi(putRoute, async (c) => {
      const { name } = c.req.valid('param');
      const body = c.req.valid('json');
      return c.json(await settled(() => put(ports, name, body)), 200);
    });

/** The actor of a change that came with the operator token. */
const ACTOR = 'admin-token';

const put = async (ports: Ports, name: string, body: PolicyBody): Promise<PolicyItem> => {
  const { store } = ports;
  const seen = await lastChange(store.db);
  const [all, packs] = await Promise.all([listPolicies(store.db), packsInForce(ports)]);
  const before = all.find((item) => item.name === name);
  if (before !== undefined && isSamePolicy(before, body)) return before;
  const faults = strangersIn(body, namesIn(packs)).map(
    (override) => `overrides.${override}: there is no pattern or pack "${override}"`,
  );
  if (faults.length > 0) throw new AdminRefusal(400, 'bad_policy', 'The policy stays as it is.', faults);
  const author = authorOf(ports, ACTOR);
  await commit(store, author, seen, [policyPart(store.db, name, before, body, author.at)]);
  const version = (before?.version ?? 0) + 1;
  return { name, version, created_at: before?.created_at ?? author.at, ...body };
};
