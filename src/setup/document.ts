// gatehouse.yaml: what an operator declares. Unknown keys, and keys whose part is not built yet, are errors that name the line.
import * as z from 'zod';
import { SEALED } from '../backends/secret.ts';
import { policyBodySchema, policyName } from '../policies/policy.ts';
import { priceSchema } from '../prices/price.ts';
import { missingSecret, secretFault } from '../providers/credentials.ts';
import {
  CALL_DIALECTS,
  CALL_ENDPOINTS,
  PREFERENCES,
  PROVIDER_NAMES,
  PROVIDERS_WITHOUT_URL,
} from '../providers/names.ts';
import type { ProviderName } from '../providers/provider.ts';
import { CALLER_CREDENTIALS } from '../usecases/caller-credential.ts';
import { CAPTURE_DAYS, CAPTURES } from '../vault/vault.ts';
import type { Found, Places } from './fault.ts';
import { faultOf } from './fault.ts';
import { readYaml } from './yaml.ts';

/** Prompts are sent with every call. */
const PROMPT_CHARS = 100_000;
const LIST = 10_000;

/** Parts of the documented shape that are not built yet; naming one is an error that says so. */
const NOT_YET: Readonly<Record<string, readonly string[]>> = {
  backends: ['discover'],
  use_cases: ['limits', 'budgets'],
};

/** Names of all nouns but models have one shape. */
const name = policyName;
/** A name callers may use for a model. */
export const modelName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/,
    'a model\'s name has 1 to 128 letters, digits and "._:/@-"',
  );
const oneOf = <const T extends readonly [string, ...string[]]>(known: T, toCome: readonly string[]) =>
  z
    .string()
    .superRefine((value, check) => {
      if (known.some((entry) => entry === value)) return;
      const words = toCome.includes(value)
        ? `"${value}" is not supported yet`
        : `"${value}" is not one of ${known.join(', ')}`;
      check.addIssue({ code: 'custom', message: words });
    })
    .transform((value): T[number] => known.find((entry) => entry === value) ?? known[0]);

/** Text as Postgres can keep it. */
const text = z
  .string()
  .min(1)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), {
    error: 'holds a character that cannot be stored (NUL, or half of a surrogate pair)',
  });

const REFERENCE = /^\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\/[^}]+)\}$/;
/** `$NAME` is how a shell writes it, not a literal anybody means. */
const LOOKS_LIKE_REFERENCE = /\$\{|^\$[A-Za-z_]\w*$|^(?:env|file):/;

/** `${env:NAME}`, `${file:/absolute/path}`, one of `words`, or a literal. */
const secretOr = (...words: readonly string[]) =>
  text
    .max(8192)
    .refine((value) => REFERENCE.test(value) || words.includes(value) || !LOOKS_LIKE_REFERENCE.test(value), {
      error: 'a secret is "${env:NAME}", "${file:/absolute/path}" or a literal',
    });

/** An instant that every store can hold. */
const instant = z.preprocess(
  // A file that says `%YAML 1.1` has dates of its own.
  (value) => (value instanceof Date ? value.toISOString() : value),
  z.iso
    .datetime({ offset: true, error: 'a time with its offset, like 2027-06-30T00:00:00Z' })
    .refine((value) => Date.parse(value) >= Date.UTC(2000, 0) && Date.parse(value) < Date.UTC(10_000, 0), {
      error: 'a time between the years 2000 and 9999',
    }),
);
const url = z
  .string()
  .max(2048)
  .superRefine((value, check) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol))
      check.addIssue({ code: 'custom', message: 'a URL begins with http:// or https://' });
    else if (parsed.username !== '' || parsed.password !== '')
      check.addIssue({ code: 'custom', message: 'a URL holds no credentials; use "secret"' });
    else if (parsed.search !== '' || parsed.hash !== '')
      check.addIssue({ code: 'custom', message: 'a URL has no query or fragment here' });
  });

const backend = z
  .strictObject({
    name,
    provider: oneOf(PROVIDER_NAMES, []),
    zone: z.enum(['on_prem', 'cloud']),
    url: url.optional(),
    secret: secretOr(SEALED).optional(),
    dialects: z.array(oneOf(CALL_DIALECTS, [])).optional(),
    prefer: z.enum(PREFERENCES).optional(),
  })
  .refine(({ provider, url: given }) => given !== undefined || !needsUrl(provider), {
    path: ['url'],
    error: 'this provider has no address of its own, so a backend names one',
  })
  .superRefine(({ provider, url: given = null, secret }, check) => {
    const words = secret === undefined ? missingSecret(provider) : secretFaultOf(provider, secret, given);
    if (words !== undefined) check.addIssue({ code: 'custom', message: words, path: ['secret'] });
  });
/** What a literal must look like is told now, what a reference leads to when it is resolved. */
const secretFaultOf = (provider: ProviderName, secret: string, given: string | null): string | undefined =>
  REFERENCE.test(secret) || secret === SEALED ? undefined : secretFault(provider, secret, given);
const needsUrl = (provider: string): boolean => PROVIDERS_WITHOUT_URL.some((name) => name === provider);
const model = z.strictObject({
  name: modelName,
  targets: z
    .array(z.strictObject({ backend: name, model: text.max(256) }))
    .min(1)
    .max(32),
  tier: z.enum(['economy', 'standard', 'frontier']).optional(),
  price: priceSchema.optional(),
});
const policy = z.strictObject({ name: policyName, ...policyBodySchema.shape });
const useCase = z.strictObject({
  name,
  team: name,
  system_prompt: text.max(PROMPT_CHARS).optional(),
  caller_system: z.enum(['refuse', 'demote', 'allow']).optional(),
  models: z.array(text.max(256)).min(1).max(1000),
  endpoints: z.array(oneOf(CALL_ENDPOINTS, [])).min(1).default(['chat']),
  data_class: z.enum(['sensitive', 'non_sensitive']).default('sensitive'),
  policy: name.default('default'),
  capture: z.enum(CAPTURES).default('none'),
  capture_days: z.number().int().min(CAPTURE_DAYS.least).max(CAPTURE_DAYS.most).default(CAPTURE_DAYS.usual),
  caller_credential: z.enum(CALLER_CREDENTIALS).default('refuse'),
});
const key = z.strictObject({
  name,
  use_case: name,
  secret: secretOr().optional(),
  expires_at: instant.optional(),
});

/** A list whose items have names of their own. An empty `teams:` declares none. */
const unique = <T extends { name: string }>(item: z.ZodType<T>) =>
  z.preprocess(
    (value) => value ?? [],
    z
      .array(item)
      .max(LIST)
      .superRefine((items, check) => {
        const seen = new Set<string>();
        items.forEach(({ name: own }, index) => {
          if (seen.has(own))
            check.addIssue({ code: 'custom', message: `"${own}" is declared twice`, path: [index, 'name'] });
          seen.add(own);
        });
      }),
  );

const setup = z.strictObject(
  {
    teams: unique(z.strictObject({ name })),
    backends: unique(backend),
    models: unique(model),
    policies: unique(policy),
    use_cases: unique(useCase),
    keys: unique(key),
  },
  {
    error: (issue) =>
      issue.code === 'invalid_type'
        ? 'a configuration is a mapping of teams, backends, models, policies, use_cases and keys'
        : undefined,
  },
);

/** What a configuration declares, its defaults filled in. */
export type Setup = z.infer<typeof setup>;

/** Reads a configuration; throws SetupFault with every fault found. `file` is the name faults are told under. */
export const readSetup = (yaml: string, file: string): { setup: Setup; places: Places } => {
  const { value, places } = readYaml(yaml, file);
  const result = setup.safeParse(value ?? {});
  if (!result.success)
    throw faultOf(
      result.error.issues.flatMap((issue) => foundIn(issue, value)),
      places,
    );
  return { setup: result.data, places };
};

const foundIn = (issue: z.core.$ZodIssue, value: unknown): Found[] => {
  if (issue.code !== 'unrecognized_keys') {
    const missing = issue.code !== 'custom' && valueAt(value, issue.path) === undefined;
    return [{ path: issue.path, words: missing ? 'is missing' : issue.message }];
  }
  // Of the whole, or of one item of a list: what is deeper has no keys to come.
  const noun = issue.path.length === 0 ? '' : issue.path.length === 2 ? String(issue.path[0]) : undefined;
  const toCome = noun === undefined ? [] : (NOT_YET[noun] ?? []);
  return issue.keys.map((unknown) => ({
    path: [...issue.path, unknown],
    words: toCome.includes(unknown) ? 'is not supported yet' : 'is not a known key',
  }));
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined,
    value,
  );
