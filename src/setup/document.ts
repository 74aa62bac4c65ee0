// gatehouse.yaml: what an operator declares. Unknown keys, and keys whose part is not built yet, are errors that name the line.
import type { Document } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { PROVIDER_NAMES, PROVIDERS_TO_COME } from '../providers/names.ts';

/** Longest configuration; a hundred use cases with long prompts stay under it. */
const TEXT_CHARS = 2 * 1024 * 1024;
/** Prompts are sent with every call. */
const PROMPT_CHARS = 100_000;
const LIST = 10_000;

/** Parts of the documented shape that are not built yet; naming one is an error that says so. */
const NOT_YET: Readonly<Record<string, readonly string[]>> = {
  '': ['policies'],
  backends: ['discover'],
  models: ['price'],
  use_cases: ['limits', 'budgets'],
};
const ENDPOINTS_TO_COME = ['completions', 'embeddings', 'responses', 'messages', 'generate', 'embed'];

const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'a name has 1 to 63 characters of a-z, 0-9, ".", "_" and "-", and starts with a letter or digit',
  );
const modelName = z
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

/** `${env:NAME}`, `${file:/absolute/path}`, `${sealed}` (keep what is stored), or a literal, which is sealed. */
const secret = z
  .string()
  .min(1)
  .max(8192)
  .superRefine((value, check) => {
    if (value.includes('${') && !/^\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\/[^}]+|sealed)\}$/.test(value)) {
      check.addIssue({
        code: 'custom',
        message: 'a secret is "${env:NAME}", "${file:/absolute/path}" or a literal',
      });
    }
  });
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

const backend = z.strictObject({
  name,
  provider: oneOf(PROVIDER_NAMES, PROVIDERS_TO_COME),
  zone: z.enum(['on_prem', 'cloud']),
  url: url.optional(),
  secret: secret.optional(),
});
const model = z.strictObject({
  name: modelName,
  targets: z
    .array(z.strictObject({ backend: name, model: z.string().min(1).max(256) }))
    .min(1)
    .max(32),
  tier: z.enum(['economy', 'standard', 'frontier']).optional(),
});
const useCase = z.strictObject({
  name,
  team: name,
  system_prompt: z.string().min(1).max(PROMPT_CHARS).optional(),
  caller_system: z.enum(['refuse', 'demote', 'allow']).optional(),
  models: z.array(z.string().min(1).max(256)).min(1).max(1000),
  endpoints: z
    .array(oneOf(['chat'], ENDPOINTS_TO_COME))
    .min(1)
    .default(['chat']),
  data_class: z.enum(['sensitive', 'non_sensitive']).default('sensitive'),
  policy: z.literal('default', { error: 'only the policy "default" exists yet' }).default('default'),
});
const key = z.strictObject({
  name,
  use_case: name,
  secret: secret.optional(),
  expires_at: z
    .union([z.iso.datetime({ offset: true }), z.date().transform((date) => date.toISOString())])
    .optional(),
});

const unique = <T extends { name: string }>(item: z.ZodType<T>) =>
  z
    .array(item)
    .max(LIST)
    .default([])
    .superRefine((items, check) => {
      const seen = new Set<string>();
      items.forEach(({ name: own }, index) => {
        if (seen.has(own))
          check.addIssue({ code: 'custom', message: `"${own}" is declared twice`, path: [index, 'name'] });
        seen.add(own);
      });
    });

const setup = z.strictObject({
  teams: unique(z.strictObject({ name })),
  backends: unique(backend),
  models: unique(model),
  use_cases: unique(useCase),
  keys: unique(key),
});

/** What a configuration declares, its defaults filled in. */
export type Setup = z.infer<typeof setup>;

/** A configuration that cannot be taken. `faults` say where: `gatehouse.yaml:12: backends[0].provider: ...` */
export class SetupFault extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Where things stand in the text, for faults found later than the reading. */
export type Places = { at(path: readonly PropertyKey[], words: string): string };

/** Reads a configuration; throws {@link SetupFault} with every fault found. `file` is the name faults are told under. */
export const readSetup = (text: string, file: string): { setup: Setup; places: Places } => {
  if (text.length > TEXT_CHARS) throw new SetupFault([`${file}: longer than ${TEXT_CHARS} characters`]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new SetupFault(
      document.errors.map(
        (error) => `${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`,
      ),
    );
  }
  const places = {
    at: (path: readonly PropertyKey[], words: string) =>
      `${file}:${lineOf(document, lines, path)}: ${pathText(path)}${words}`,
  };
  const result = setup.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (!result.success)
    throw new SetupFault(result.error.issues.flatMap((issue) => issueFaults(issue, places)));
  return { setup: result.data, places };
};

const issueFaults = (issue: z.core.$ZodIssue, places: Places): string[] => {
  if (issue.code !== 'unrecognized_keys') return [places.at(issue.path, issue.message)];
  const level = NOT_YET[String(issue.path[0] ?? '')] ?? [];
  return issue.keys.map((unknown) =>
    places.at(
      [...issue.path, unknown],
      level.includes(unknown) ? 'is not supported yet' : 'is not a known key',
    ),
  );
};

const pathText = (path: readonly PropertyKey[]): string => {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
};

/** The line of a path's key or value, or of the nearest part of it that stands in the text. */
const lineOf = (document: Document, lines: LineCounter, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
      : undefined;
    const node: unknown = pair === undefined ? document.getIn(path.slice(0, length), true) : pair.key;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
};
