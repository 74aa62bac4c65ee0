// The environment, read once through one schema that is also its documentation. Every secret may come as NAME_FILE.
import * as z from 'zod';
import { isAnchorUrl } from './anchors/webhook.ts';

const text = z.string().min(1).optional();

/** What each variable is for; `gatehouse doctor` prints this. */
export const environment = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(?:ql)?:\/\/./, 'a Postgres URL begins with postgres://')
    .optional()
    .describe('A Postgres. Absent: one embedded in the data folder'),
  DATABASE_HTTP_ENDPOINT: z
    .url()
    .optional()
    .describe("Where the database's HTTP face is, when it is not Neon's own (Workers)"),
  GATEHOUSE_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'The root key, 32 characters or more. Made and kept in the data folder when the database is embedded',
    ),
  GATEHOUSE_CONFIG: text.describe('A gatehouse.yaml applied at start'),
  GATEHOUSE_HOST: z.string().min(1).default('127.0.0.1').describe('Where to listen'),
  GATEHOUSE_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8787)
    .describe('Port to listen on; 0: any free one'),
  GATEHOUSE_DATA: z.string().min(1).default('.gatehouse').describe('The data folder'),
  GATEHOUSE_ADMIN_TOKEN: z
    .string()
    .min(24)
    .optional()
    .describe('The operator token of automation, 24 characters or more'),
  GATEHOUSE_BODY_LIMIT: z.coerce
    .number()
    .int()
    .min(1024)
    .max(256 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .describe('Longest request body, in bytes'),
  GATEHOUSE_PACKS: text.describe('A folder of DLP packs besides the built-in ones'),
  GATEHOUSE_PRICES: text.describe('A YAML or JSON file of prices, over those that come with the program'),
  GATEHOUSE_SPOOL: z
    .enum(['file', 'direct'])
    .default('file')
    .describe('Where records are durable first: a folder in the data folder, or Postgres itself'),
  GATEHOUSE_SPOOL_BYTES: z.coerce
    .number()
    .int()
    .min(1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe('Most bytes of records that may wait for Postgres; beyond it requests are refused'),
  GATEHOUSE_SPOOL_AGE_S: z.coerce
    .number()
    .int()
    .min(1)
    .default(3600)
    .describe('Longest a record may wait for Postgres, in seconds; beyond it requests are refused'),
  GATEHOUSE_AUDIT_STRICT: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true')
    .describe(
      "Whether a reply's last frame waits until its seal is durable; false: it goes at once and the seal follows",
    ),
  GATEHOUSE_CHECKPOINT_S: z.coerce
    .number()
    .int()
    .min(5)
    .max(86_400)
    .default(300)
    .describe('Seconds between checkpoints of the audit'),
  GATEHOUSE_ANCHOR_DIR: text.describe('A folder that gets every checkpoint; best not on this machine'),
  GATEHOUSE_ANCHOR_URL: z
    .string()
    .refine(isAnchorUrl, 'must be https://, or http:// of this machine')
    .optional()
    .describe('An HTTPS webhook that gets every checkpoint'),
  GATEHOUSE_LOG: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('The least level that is logged'),
});

export type Config = z.infer<typeof environment>;

/** Secrets: each may be given as NAME_FILE instead, the path of a file that holds it. */
const SECRETS = [
  'DATABASE_URL',
  'GATEHOUSE_SECRET',
  'GATEHOUSE_ADMIN_TOKEN',
  'GATEHOUSE_ANCHOR_URL',
] as const;

/** An environment that cannot be used; names the variables, never their values. */
export class ConfigFault extends Error {}

/** Reads the environment. `readText` reads a secret's file. Throws {@link ConfigFault}. */
export const readConfig = (
  env: Readonly<Record<string, string | undefined>>,
  readText: (path: string) => string,
): Config => {
  const known: Record<string, string | undefined> = {};
  for (const name of Object.keys(environment.shape)) known[name] = env[name] === '' ? undefined : env[name];
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`];
    if (path === undefined || path === '') continue;
    if (known[name] !== undefined) throw new ConfigFault(`both ${name} and ${name}_FILE are set`);
    known[name] = secretFrom(name, path, readText);
  }
  const result = environment.safeParse(known);
  if (result.success) return result.data;
  throw new ConfigFault(
    result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
  );
};

const secretFrom = (name: string, path: string, readText: (path: string) => string): string => {
  try {
    return readText(path).trim();
  } catch {
    throw new ConfigFault(`${name}_FILE: cannot read ${path}`);
  }
};
