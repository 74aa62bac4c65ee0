// Breaks of the audit, acknowledged over the admin API. What is acknowledged is shown for good, as every export shows it.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { askable, endpoints, errorBody, errorShape, errors, json } from '../admin-shape.ts';
import type { Acknowledgement } from '../audit/breaks.ts';
import { broken } from '../audit/breaks.ts';
import { ChainBroken } from '../audit/cover.ts';
import { pageOf, pageQuery, pageShape } from '../page.ts';
import type { Ports } from '../ports.ts';
import { reasonShape } from '../vault/vault.ts';
import { acknowledge, listAcknowledgements, NoSuchBreak } from './table.ts';

const shape = z.object({
  writer: z.string(),
  seq: z.number().int().describe('The first number that is not as it should be'),
  kind: z.string().describe('What a verifier calls it: altered, missing, forked ...'),
  words: z.string(),
  at: z.string(),
  actor: z.string(),
  reason: z.string(),
  broken: broken.describe('What was found, by its digests: nothing else is acknowledged'),
});

const shown = ({ at, actor, reason, fault, broken: one }: Acknowledgement): z.infer<typeof shape> => ({
  ...{ writer: one.writer, seq: one.seq, kind: fault.kind, words: fault.words },
  ...{ at, actor, reason, broken: one },
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List the breaks of the audit that were acknowledged, newest first',
  tags: ['audit'],
  request: { query: pageQuery },
  responses: { 200: json(pageShape(shape), 'A page') },
});

const makeRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Acknowledge a break of the audit, as it stands, so that checkpoints are signed again',
  description:
    'It repairs nothing and hides nothing: an export names the break for good, with who acknowledged it and why. Another break, or another change at the same place, stops checkpoints again.',
  tags: ['audit'],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            writer: askable(200).min(1),
            seq: z.number().int().describe('As the checkpoint or the verifier names it: WRITER/SEQ'),
            reason: reasonShape,
          }),
        },
      },
    },
  },
  responses: {
    200: json(shape, 'It is acknowledged'),
    400: errors[400],
    409: json(errorShape, 'There is no such break, or the keys or checkpoints themselves do not hold'),
  },
});

/** The actor of what came with the operator token. */
const ACTOR = 'admin-token';

/** `/admin/v1/acknowledgements` */
export const acknowledgementEndpoints = (ports: Ports) =>
  endpoints()
    .openapi(listRoute, async (c) => {
      const all = (await listAcknowledgements(ports.store.db)).flatMap(({ said }) =>
        said === undefined
          ? []
          : [{ ...shown(said), name: `${said.broken.writer}/${said.broken.seq}`, created_at: said.at }],
      );
      const { items, next_cursor } = pageOf(all, c.req.valid('query'));
      return c.json({ items: items.map((item) => shape.parse(item)), next_cursor }, 200);
    })
    .openapi(makeRoute, async (c) => {
      try {
        const said = await acknowledge(ports, { ...c.req.valid('json'), actor: ACTOR });
        const { writer, seq } = said.broken;
        ports.log('warn', 'audit_break_acknowledged', { writer, seq, words: said.fault.words });
        return c.json(shown(said), 200);
      } catch (error) {
        if (error instanceof NoSuchBreak) return c.json(errorBody('no_such_break', `${error.message}.`), 409);
        if (!(error instanceof ChainBroken)) throw error;
        return c.json(errorBody('chain_broken', `The audit does not hold: ${error.message}.`), 409);
      }
    });
