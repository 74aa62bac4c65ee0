// What a policy says: what is done about findings, in each direction. Its versions are immutable, and every one is kept.
import { z } from 'zod';
import type { Action, Category } from '../dlp/pattern.ts';
import { ACTIONS, THRESHOLD } from '../dlp/pattern.ts';

/** The way a text goes: from the caller to the model, or back. */
export type Direction = 'request' | 'response';

const action = z.enum(ACTIONS);

/** What is done about an attempt at injection. */
export const INJECTION_ACTIONS = ['off', 'log', 'block'] as const;

const request = z.strictObject({
  pii: action.default('redact'),
  secrets: action.default('block'),
  injection: z.enum(INJECTION_ACTIONS).default('log'),
  /** What is done about content nobody can read here: images, audio, encrypted blocks. */
  uninspected: z.enum(['allow', 'refuse']).default('allow'),
});

const response = z.strictObject({
  pii: action.default('redact'),
  secrets: action.default('redact'),
  injection: z.enum(INJECTION_ACTIONS).default('log'),
  uninspected: z.enum(['allow', 'refuse']).default('allow'),
});

const override = z.union(
  [action, z.strictObject({ request: action.optional(), response: action.optional() })],
  { error: `one of ${ACTIONS.join(', ')}, or { request: one, response: one }` },
);

/** A value that is no finding: as it is, or with `*` at its start for any beginning (`*@example.org`). */
const allowed = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), {
    error: 'holds a character that cannot be stored (NUL, or half of a surrogate pair)',
  });

export const policyBodySchema = z.strictObject({
  request: request.prefault({}),
  response: response.prefault({}),
  /** By a pattern's id or a pack's name; the pattern's counts first. Naming a pattern that is off turns it on. */
  overrides: z.record(z.string().max(64), override).default({}),
  allow: z.array(allowed).max(1_000).default([]),
  /** A finding needs at least `confidence`. Of one type, only from the `count`-th on is more done than `alert`. */
  threshold: z
    .strictObject({
      confidence: z.number().min(0.01).max(1).default(THRESHOLD),
      count: z.number().int().min(1).max(1_000).default(1),
    })
    .prefault({}),
  /** An attempt at injection needs at least this score, 0 to 1. */
  injection_threshold: z.number().min(0.01).max(1).default(0.5),
});

/** What a version of a policy holds. */
export type PolicyBody = z.output<typeof policyBodySchema>;

/** What a policy may be called. */
export const policyName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'a name has 1 to 63 characters of a-z, 0-9, ".", "_" and "-", and starts with a letter or digit',
  );

/** What a use case without a policy of its own is held to. */
export const DEFAULT_POLICY: PolicyBody = policyBodySchema.parse({});

/** A stored body as the policy it is. What nobody can read throws. */
export const policyBodyOf = (stored: unknown): PolicyBody => {
  const text = JSON.stringify(stored);
  const known = bodies.get(text);
  if (known !== undefined) return known;
  const body = policyBodySchema.parse(stored);
  if (bodies.size >= BODIES) bodies.clear();
  bodies.set(text, body);
  return body;
};

/** Bodies by their stored text: one body is one object, which what is worked out of it can be kept by. */
const bodies = new Map<string, PolicyBody>();
const BODIES = 1_000;

/** Whether two bodies say the same, in whatever order their overrides were written; more than a body is not looked at. */
export const isSamePolicy = (a: PolicyBody, b: PolicyBody): boolean =>
  JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

const ordered = (policy: PolicyBody): PolicyBody => {
  const { request, response, overrides, allow, threshold, injection_threshold } = policy;
  const sorted = Object.fromEntries(Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { request, response, overrides: sorted, allow, threshold, injection_threshold };
};

/** The overrides that name nothing: `known` are the patterns and packs in force. */
export const strangersIn = (
  { overrides }: Pick<PolicyBody, 'overrides'>,
  known: ReadonlySet<string>,
): readonly string[] => Object.keys(overrides).filter((name) => !known.has(name));

/** What `policy` does about findings of a pattern: by its id, its pack, its own word, its category. */
export const actionOf = (
  body: PolicyBody,
  direction: Direction,
  pattern: { readonly id: string; readonly category: Category; readonly action?: Action | undefined },
  pack: string,
  asked: boolean,
): Action => {
  const named = overrideOf(body, direction, pattern.id) ?? overrideOf(body, direction, pack);
  if (named !== undefined) return named;
  if (asked) return 'off';
  const usual = body[direction][pattern.category];
  return usual === 'off' ? 'off' : (pattern.action ?? usual);
};

const overrideOf = (body: PolicyBody, direction: Direction, name: string): Action | undefined => {
  const said = Object.hasOwn(body.overrides, name) ? body.overrides[name] : undefined;
  return typeof said === 'object' ? said[direction] : said;
};
