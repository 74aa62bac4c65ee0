// Texts tried for injection over the admin API: nothing of them is kept, and nothing is called.
import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { endpoints, errors, json } from '../admin-shape.ts';
import type { Scored } from './reason.ts';
import { score } from './score.ts';

/** Texts of one request, and the length of all of them in characters: a second of work at most. */
const MOST_TEXTS = 1_000;
const ALL_CHARS = 2_000_000;

const scoredShape = z.object({
  score: z.number().min(0).max(1),
  verdict: z.enum(['clean', 'suspect', 'attack']).describe('suspect from 0.25, attack from 0.5'),
  reasons: z.array(
    z.object({
      name: z.string(),
      weight: z.number(),
      start: z.number().int().describe('In UTF-16 code units'),
      end: z.number().int(),
    }),
  ),
});

const route = createRoute({
  method: 'post',
  path: '/try',
  summary: 'Say of each text how much it looks like an attempt at injection, and why',
  tags: ['injection'],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            texts: z
              .array(z.string())
              .min(1)
              .max(MOST_TEXTS)
              .refine((texts) => texts.reduce((sum, text) => sum + text.length, 0) <= ALL_CHARS, {
                error: `longer than ${ALL_CHARS} characters in all`,
              }),
            source: z
              .enum(['user', 'tool'])
              .default('user')
              .describe('tool: what a tool returned, or a document; orders weigh more there'),
          }),
        },
      },
    },
  },
  responses: {
    200: json(z.object({ results: z.array(scoredShape) }), 'One result a text, in the same order'),
    400: errors[400],
  },
});

const told = ({ score: sure, verdict, reasons }: Scored): z.infer<typeof scoredShape> => ({
  score: sure,
  verdict,
  reasons: reasons.map((reason) => ({ ...reason })),
});

/** `/admin/v1/injection` */
export const injectionEndpoints = () =>
  endpoints().openapi(route, (c) => {
    const { texts, source } = c.req.valid('json');
    return c.json({ results: texts.map((text) => told(score(text, source))) }, 200);
  });
