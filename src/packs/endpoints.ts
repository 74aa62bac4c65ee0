// Packs over the admin API: those in force, wherever they are from; saved ones are put and deleted here, proved first.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { AdminRefusal, askable, endpoints, errorBody, errors, json } from '../admin-shape.ts';
import { canonicalText } from '../audit/canonical.ts';
import { authorOf, commit, lastChange, settled } from '../changes/table.ts';
import { readPack } from '../dlp/faults.ts';
import type { PackInForce } from '../dlp/live.ts';
import { packsInForce } from '../dlp/live.ts';
import { packFromYaml } from '../dlp/pack-text.ts';
import type { Pack } from '../dlp/pattern.ts';
import { packSchema } from '../dlp/pattern.ts';
import { page, pageQuery, pageShape } from '../page.ts';
import { listPolicies } from '../policies/table.ts';
import type { Ports } from '../ports.ts';
import type { Standing } from './saving.ts';
import { differences, faultsOfDeleting, faultsOfSaving, isSamePack, told } from './saving.ts';
import { highestPack, insertPack, insertPackEnd } from './table.ts';

const shape = z.object({
  name: z.string(),
  title: z.string().nullable(),
  version: z.number().int().nullable(),
  patterns: z.number().int().describe('How many'),
  from: z.enum(['built-in', 'folder', 'saved']),
  saved_at: z.string().nullable(),
  fault: z.string().optional().describe('Why this version of the gateway cannot read what was saved'),
});
const params = z.object({ name: askable(64) });

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List the packs in force: built-in, of the folder, and saved; saved ones first, newest first',
  tags: ['packs'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});
const getRoute = createRoute({
  method: 'get',
  path: '/{name}',
  summary: 'One pack in force with its patterns',
  tags: ['packs'],
  request: { params },
  responses: {
    200: json(shape.extend({ pack: packSchema.nullable() }), 'The pack'),
    404: errors[404],
  },
});
const putRoute = createRoute({
  method: 'put',
  path: '/{name}',
  summary: 'Save a pack, proved by its own examples; in force on every replica within 5 seconds',
  description:
    'JSON, or the same as YAML (`content-type: text/yaml`). A saved pack stands in place of a built-in one of its name. ' +
    'Another form of a pack needs a higher version, for records name it.',
  tags: ['packs'],
  request: {
    params,
    body: {
      content: {
        'application/json': { schema: packSchema },
        'text/yaml': { schema: z.string() },
        'application/yaml': { schema: z.string() },
      },
    },
  },
  responses: { 200: json(shape, 'The pack as it is in force'), 400: errors[400], 409: errors[409] },
});
const deleteRoute = createRoute({
  method: 'delete',
  path: '/{name}',
  summary: 'Delete a saved pack; a built-in one of its name comes back into force',
  tags: ['packs'],
  request: { params },
  responses: {
    200: json(z.object({ name: z.string() }), 'It is deleted'),
    400: errors[400],
    404: errors[404],
    409: errors[409],
  },
});

const badPack = (faults: readonly string[]): AdminRefusal =>
  new AdminRefusal(400, 'bad_pack', 'The packs in force stay as they are.', faults);

/** `/admin/v1/packs` */
export const packEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => c.json(listed(await packsInForce(ports), c.req.valid('query')), 200))
    .openapi(getRoute, async (c) => {
      const { name } = c.req.valid('param');
      const found = (await packsInForce(ports)).find((one) => one.name === name);
      if (found === undefined) return c.json(errorBody('not_found', 'There is no such pack.'), 404);
      return c.json({ ...itemOf(found), pack: found.pack ?? null }, 200);
    })
    .openapi(
      putRoute,
      async (c) => {
        const { name } = c.req.valid('param');
        const isYaml = /^(?:text|application)\/yaml\b/i.test(c.req.header('content-type') ?? '');
        const { pack, faults } = isYaml
          ? packFromYaml(await c.req.text(), `${name}.yaml`)
          : readPack(await c.req.json());
        if (pack === undefined) throw badPack(faults.map(told));
        return c.json(await settled(() => save(ports, name, pack)), 200);
      },
      (result, c) => (result.success || result.target !== 'json' ? undefined : refused(c.req.json())),
    )
    .openapi(deleteRoute, async (c) => {
      const { name } = c.req.valid('param');
      await settled(() => end(ports, name));
      return c.json({ name }, 200);
    });

/** Tells the faults of a pack with the names of its patterns, which the schema's own lack. */
const refused = async (body: Promise<unknown>): Promise<never> => {
  throw badPack(readPack(await body).faults.map(told));
};

const itemOf = ({ name, from, saved_at, pack, fault }: PackInForce): z.infer<typeof shape> => ({
  name,
  title: pack?.title ?? null,
  version: pack?.version ?? null,
  patterns: pack?.patterns.length ?? 0,
  from,
  saved_at,
  ...(fault === undefined ? {} : { fault }),
});

/** Saved ones first, newest first; the others after them. */
const listed = (
  packs: readonly PackInForce[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) => {
  const keyOf = ({ saved_at, name }: Pick<PackInForce, 'saved_at' | 'name'>) => `${saved_at ?? '0'}~${name}`;
  const ordered = packs
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
    .filter((one) => cursor === undefined || keyOf(one) < cursor);
  return page(ordered.slice(0, limit + 1).map(itemOf), limit, keyOf);
};

/** The actor of a change that came with the operator token. */
const ACTOR = 'admin-token';

const standingOf = async (ports: Ports, name: string): Promise<Standing> => {
  const { db } = ports.store;
  const [packs, highest, policies] = await Promise.all([
    packsInForce(ports),
    highestPack(db, name),
    listPolicies(db),
  ]);
  return {
    packs,
    highest,
    policies,
    atHand: ports.packs.current().find(({ pack }) => pack.pack === name)?.pack,
  };
};

const save = async (ports: Ports, name: string, pack: Pack): Promise<z.infer<typeof shape>> => {
  const { store } = ports;
  const seen = await lastChange(store.db);
  const standing = await standingOf(ports, name);
  const before = standing.packs.find((one) => one.name === name);
  if (name !== pack.pack) throw badPack([`pack: is "${pack.pack}", and is saved as "${name}"`]);
  if (before?.from === 'saved' && before.pack !== undefined && isSamePack(pack, before.pack))
    return itemOf(before);
  const faults = faultsOfSaving(pack, standing);
  if (faults.length > 0) throw badPack(faults);
  const author = authorOf(ports, ACTOR);
  const was = before?.from === 'saved' ? before.pack : undefined;
  const change = {
    action: was === undefined ? 'pack.created' : 'pack.changed',
    subject: `pack/${name}`,
    before: spokenOf(ports, was),
    after: { ...spokenOf(ports, pack), ...differences(was, pack) },
  };
  await commit(store, author, seen, [{ change, statements: [insertPack(store.db, pack, author.at)] }]);
  return itemOf({ name, from: 'saved', saved_at: author.at, pack, fault: undefined });
};

/** A pack as a change names it: its whole text stands in its own row, and is known again by its digest. */
const spokenOf = (ports: Ports, pack: Pack | undefined) =>
  pack === undefined
    ? null
    : {
        version: pack.version,
        patterns: pack.patterns.length,
        sha256: ports.hashes.sha256Hex(canonicalText(pack)),
      };

const end = async (ports: Ports, name: string): Promise<void> => {
  const { store } = ports;
  const seen = await lastChange(store.db);
  const standing = await standingOf(ports, name);
  const before = standing.packs.find((one) => one.name === name);
  if (before === undefined) throw new AdminRefusal(404, 'not_found', 'There is no such pack.');
  if (before.from !== 'saved')
    throw new AdminRefusal(409, 'not_saved', 'This pack was not saved here: it is a file.');
  const faults = faultsOfDeleting(name, standing);
  if (faults.length > 0) throw badPack(faults);
  const author = authorOf(ports, ACTOR);
  const change = {
    action: 'pack.deleted',
    subject: `pack/${name}`,
    before: spokenOf(ports, before.pack),
    after: null,
  };
  await commit(store, author, seen, [{ change, statements: [insertPackEnd(store.db, name, author.at)] }]);
};
