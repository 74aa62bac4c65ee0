// What a pattern and a pack are, as written in YAML, in the admin API and in the database; ./compile.ts makes them run.
import { z } from 'zod';

/** The categories a policy speaks of. */
export const CATEGORIES = ['pii', 'secrets'] as const;
export type Category = (typeof CATEGORIES)[number];

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What may be done about a finding, mildest first. `off`: it is not looked for. */
export const ACTIONS = ['off', 'alert', 'mask', 'pseudonymise', 'redact', 'block'] as const;
export type Action = (typeof ACTIONS)[number];

/** A finding below it is none, unless the policy says otherwise. */
export const THRESHOLD = 0.5;

const KEYWORDS = 400;
const EXAMPLES = 100;

const id = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case: lower case letters, digits and single dashes');
const regex = z.string().min(1).max(2_000);
const words = z.array(z.string().min(2).max(64)).max(KEYWORDS);
const examples = z.array(z.string().min(1).max(8_000)).max(EXAMPLES);
const names = z.union([z.string().max(64), z.array(z.string().max(64)).max(8)]);

export const patternSchema = z.strictObject({
  id,
  title: z.string().min(1).max(200),
  category: z.enum(CATEGORIES),
  jurisdiction: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code, or EU')
    .optional(),
  regex: z.union([regex, z.array(regex).min(1).max(60)]),
  ignore_case: z.boolean().default(false),
  boundary: z.enum(['word', 'number', 'token', 'none']).default('word'),
  check: names.optional(),
  entropy: z.number().min(0).max(8).optional(),
  keywords: words.default([]),
  context: z.enum(['raises', 'required', 'assigned']).default('raises'),
  against: words.default([]),
  near: z.number().int().min(1).max(80).default(80),
  confidence: z.number().min(0.01).max(1).default(0.8),
  severity: z.enum(SEVERITIES).default('high'),
  until: regex.optional(),
  action: z.enum(ACTIONS).optional(),
  visible: z.number().int().min(0).max(8).default(4),
  default: z.enum(['on', 'off']).default('on'),
  hits: examples.min(1),
  misses: examples.default([]),
});

/** One pattern: what one type of finding looks like. */
export type Pattern = z.output<typeof patternSchema>;

export const packSchema = z.strictObject({
  pack: id,
  title: z.string().min(1).max(200),
  version: z.number().int().min(1),
  default: z.enum(['on', 'off']).default('on'),
  patterns: z.array(patternSchema).min(1).max(2_000),
});

/** A file of patterns. */
export type Pack = z.output<typeof packSchema>;
