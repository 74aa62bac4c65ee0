// What a backend's secret must look like where it is more than a word, and what it says. Pure; it never tells what it read.
import * as z from 'zod';
import type { ProviderName } from './provider.ts';

/** An app registration in Entra ID, which gets tokens by the client credentials grant. */
export type EntraApp = z.infer<typeof entraApp>;
/** A user or role of AWS. */
export type AwsKeys = z.infer<typeof awsKeys>;
/** A service account of Google Cloud, as its key file says it. */
export type GoogleAccount = z.infer<typeof googleAccount>;

/** A header carries it: printable ASCII without spaces. */
const WORD = /^[!-~]{1,8192}$/;
const word = z.string().regex(WORD);

const entraApp = z.object({
  /** A tenant's id, or one of its domains. */
  tenant_id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/),
  client_id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  client_secret: z.string().min(1).max(1024),
  /** Where tokens are asked for; else the one of the backend's cloud. */
  authority_host: z
    .url({ protocol: /^https?$/ })
    .max(256)
    .optional(),
  /** What tokens are asked for; else Azure's models. */
  scope: word.optional(),
});
const awsKeys = z.object({
  access_key_id: z.string().regex(/^[A-Za-z0-9_]{16,128}$/),
  secret_access_key: z.string().regex(/^[!-~]{16,256}$/),
  session_token: word.optional(),
  /** Where the backend's host does not tell. */
  region: z
    .string()
    .regex(/^[a-z]{2,5}(?:-[a-z]+)+-\d+$/)
    .optional(),
});
const googleAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string().regex(/^[^\s@]{1,256}@[^\s@]{1,256}$/),
  private_key: z.string().regex(/^-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----\s*$/),
  private_key_id: z.string().max(256).optional(),
  project_id: z
    .string()
    .regex(/^[a-z0-9.:-]{1,100}$/)
    .optional(),
  token_uri: z
    .url({ protocol: /^https?$/ })
    .max(256)
    .optional(),
});

/** The text as JSON of that shape; undefined: it is not. */
const read = <T>(shape: z.ZodType<T>, secret: string): T | undefined => {
  if (!secret.trimStart().startsWith('{')) return undefined;
  try {
    // An operator's own text: there is no second reader who could read it in another way.
    return shape.safeParse(JSON.parse(secret)).data;
  } catch {
    return undefined;
  }
};

/** Whether it is one word, as keys are. */
export const isWord = (secret: string): boolean => WORD.test(secret) && !secret.startsWith('{');
export const entraAppIn = (secret: string): EntraApp | undefined => read(entraApp, secret);
export const awsKeysIn = (secret: string): AwsKeys | undefined => read(awsKeys, secret);
export const googleAccountIn = (secret: string): GoogleAccount | undefined => read(googleAccount, secret);

/** Hosts of Bedrock tell their region: public, FIPS, those of a VPC, and Mantle's. */
const REGION = /(?:^|\.)bedrock-(?:runtime|mantle)(?:-fips)?\.([a-z]{2,5}(?:-[a-z]+)+-\d+)\./;

/** The region a request to this URL is signed for; undefined: neither the URL nor the keys tell. */
export const awsRegion = (url: string, keys: AwsKeys): string | undefined =>
  keys.region ?? REGION.exec(new URL(url).hostname)?.[1];

/** The location of a host of Vertex AI. */
const locationOf = (host: string): string | undefined => {
  const regional = /^([a-z]+-[a-z]+\d+)-aiplatform\./.exec(host) ?? /^aiplatform\.(eu|us)\.rep\./.exec(host);
  return regional?.[1] ?? (host.startsWith('aiplatform.') ? 'global' : undefined);
};

/**
 * Where a project's models are: the URL itself when it says so (`.../projects/P/locations/L`), else the account's project at the
 * location of the host. Undefined: one of the two cannot be told.
 */
export const vertexBase = (url: string, account: GoogleAccount): string | undefined => {
  const { hostname, pathname } = new URL(url);
  if (/\/projects\/[^/]+\/locations\/[^/]+$/.test(pathname)) return url;
  const location = locationOf(hostname);
  if (location === undefined || account.project_id === undefined) return undefined;
  const version = pathname === '/' ? '/v1' : '';
  return `${url.replace(/\/$/, '')}${version}/projects/${account.project_id}/locations/${location}`;
};

const WORDS = {
  azure:
    'the secret of azure is an API key, or the JSON {"tenant_id", "client_id", "client_secret"} of an app registration',
  google: 'the secret of google is an API key of Google AI Studio',
  vertex: 'the secret of vertex is the JSON key file of a service account ("type": "service_account")',
  bedrock:
    'the secret of bedrock is a Bedrock API key, or the JSON {"access_key_id", "secret_access_key"}, with "session_token" for temporary keys',
} as const;

/** What the secret of such a provider must look like. */
export const secretWords = (provider: keyof typeof WORDS): string => WORDS[provider];

/** What a backend without a secret is told; undefined: it may do without, for something in between may have one. */
export const missingSecret = (provider: ProviderName): string | undefined =>
  provider === 'google' || provider === 'vertex' || provider === 'bedrock'
    ? `is missing: ${WORDS[provider]}`
    : undefined;

/** Why a secret cannot be a provider's, in words that hold nothing of it; undefined: it can. `url`: the backend's, null for none. */
export const secretFault = (
  provider: ProviderName,
  secret: string,
  url: string | null,
): string | undefined => {
  switch (provider) {
    case 'azure':
      return isWord(secret) || entraAppIn(secret) !== undefined ? undefined : WORDS.azure;
    case 'google':
      return isWord(secret) ? undefined : WORDS.google;
    case 'vertex': {
      const account = googleAccountIn(secret);
      if (account === undefined) return WORDS.vertex;
      const base = url === null || vertexBase(url, account) !== undefined;
      return base ? undefined : 'the URL of vertex ends in /projects/PROJECT/locations/LOCATION here';
    }
    case 'bedrock': {
      if (isWord(secret)) return undefined;
      const keys = awsKeysIn(secret);
      if (keys === undefined) return WORDS.bedrock;
      const region = url === null ? keys.region : awsRegion(url, keys);
      return region === undefined
        ? 'the URL tells no region of AWS, so the secret names it: "region"'
        : undefined;
    }
    default:
      return undefined;
  }
};
