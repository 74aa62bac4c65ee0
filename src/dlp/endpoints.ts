// The patterns in force tried on texts over the admin API. Nothing of it is kept.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { AdminRefusal, askable, endpoints, errors, json } from '../admin-shape.ts';
import { newestPolicy } from '../policies/table.ts';
import type { Ports } from '../ports.ts';
import { rulesInForce } from './live.ts';
import { ACTIONS, CATEGORIES } from './pattern.ts';
import { planOf } from './plan.ts';
import { tried } from './trial.ts';

/** Texts of one try, and their characters together: about a second's work. */
const TEXTS = 1_000;
const CHARS = 1_000_000;
/** After so many characters others have their turn: some ten milliseconds' work. */
const TURN_CHARS = 20_000;

const finding = z.object({
  type: z.string(),
  category: z.enum(CATEGORIES),
  pattern: z.string().describe('The id of the pattern'),
  pack: z.string(),
  start: z.number().int().describe('Offsets in UTF-16 units of the text as given'),
  end: z.number().int(),
  confidence: z.number(),
  action: z.enum(ACTIONS),
});

const tryRoute = createRoute({
  method: 'post',
  path: '/try',
  summary: 'Try the patterns in force, under a policy, on texts; nothing is kept',
  description: 'Each text is taken for an exchange of its own: its pseudonyms and counts begin anew.',
  tags: ['dlp'],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            texts: z
              .array(z.string())
              .max(TEXTS)
              .refine((texts) => texts.reduce((sum, { length }) => sum + length, 0) <= CHARS, {
                error: `longer than ${CHARS} characters together`,
              }),
            direction: z.enum(['request', 'response']).default('request'),
            policy: askable(64).default('default').describe('Its newest version'),
          }),
        },
      },
    },
  },
  responses: {
    200: json(
      z.object({
        results: z.array(
          z.object({
            text: z.string().describe('As it would go on'),
            blocked: z.boolean().describe('Whether it would be refused'),
            findings: z.array(finding),
          }),
        ),
        took_ms: z.number(),
      }),
      'What was found, text by text',
    ),
    400: errors[400],
    404: errors[404],
  },
});

/** `/admin/v1/dlp` */
export const dlpEndpoints = (ports: Ports) => {
  const rules = rulesInForce(ports);
  return endpoints().openapi(tryRoute, async (c) => {
    const { texts, direction, policy: name } = c.req.valid('json');
    const policy = await newestPolicy(ports.store.db, name);
    if (policy === undefined) throw new AdminRefusal(404, 'not_found', 'There is no such policy.');
    const plan = planOf(await rules.get(), policy.body, direction);
    const results = [];
    let tookMs = 0;
    let turn = 0;
    for (const text of texts) {
      const began = performance.now();
      results.push(tried(plan, text));
      tookMs += performance.now() - began;
      turn += text.length;
      if (turn < TURN_CHARS) continue;
      turn = 0;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return c.json({ results, took_ms: Math.round(tookMs * 100) / 100 }, 200);
  });
};
