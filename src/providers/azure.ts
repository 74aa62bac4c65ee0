// Azure OpenAI through its v1 path: `https://NAME.openai.azure.com`; the model is the deployment's name. Claude in Foundry is at
// `https://NAME.services.ai.azure.com/anthropic`, for a backend that says so in `dialects`.
import type { EntraApp } from './credentials.ts';
import { entraAppIn, isWord, secretWords } from './credentials.ts';
import { misshapen, tokenFrom } from './oauth.ts';
import { OPENAI_AND_RESPONSES, pathOf } from './paths.ts';
import type { Provider, Signed } from './provider.ts';

/** Azure's clouds by the end of a backend's host: who is asked for tokens, and for what. Any other host is the public cloud's. */
const CLOUDS = [
  {
    end: '.azure.us',
    authority: 'https://login.microsoftonline.us',
    scope: 'https://cognitiveservices.azure.us/.default',
  },
  {
    end: '.azure.cn',
    authority: 'https://login.partner.microsoftonline.cn',
    scope: 'https://cognitiveservices.azure.cn/.default',
  },
] as const;
const PUBLIC = {
  authority: 'https://login.microsoftonline.com',
  scope: 'https://cognitiveservices.azure.com/.default',
} as const;

/** Who may be told an app's secret. */
const AUTHORITIES: ReadonlySet<string> = new Set([
  PUBLIC.authority,
  ...CLOUDS.map(({ authority }) => authority),
  'https://login.chinacloudapi.cn',
]);

/** Where a token for this backend is asked for, and what for. Throws `backend_secret_missing` for an authority that is none. */
const grantOf = (app: EntraApp, url: string): { readonly url: string; readonly scope: string } => {
  const { hostname, origin } = new URL(url);
  const cloud = CLOUDS.find(({ end }) => hostname.endsWith(end)) ?? PUBLIC;
  const authority = app.authority_host === undefined ? cloud.authority : new URL(app.authority_host).origin;
  // A gateway in front of Azure may hand out tokens itself: it gets them in any case.
  if (!AUTHORITIES.has(authority) && authority !== origin)
    throw misshapen('the "authority_host" of azure\'s secret is none of Microsoft\'s');
  return { url: `${authority}/${app.tenant_id}/oauth2/v2.0/token`, scope: app.scope ?? cloud.scope };
};

const isAnthropic = (url: string): boolean => /\/anthropic(?:\/|$)/.test(new URL(url).pathname);

const keyHeaders = (key: string, { url }: Signed): Readonly<Record<string, string>> =>
  isAnthropic(url) ? { 'api-key': key, 'x-api-key': key } : { 'api-key': key };

export const azure: Provider = {
  name: 'azure',
  dialects: OPENAI_AND_RESPONSES,
  defaultUrl: null,
  needsSecret: true,
  address: (url, dialect) => {
    if (isAnthropic(url)) return pathOf(url.replace(/\/anthropic$/, '/anthropic/v1'), dialect);
    const { pathname } = new URL(url);
    // The endpoint as Azure's portal shows it has no path, or `/openai` alone.
    if (pathname === '/') return pathOf(`${url.replace(/\/$/, '')}/openai/v1`, dialect);
    return pathOf(pathname === '/openai' ? `${url}/v1` : url, dialect);
  },
  // Whoever speaks another dialect to us says no version of this one.
  adapt: ({ headers, body }, dialect) => ({
    headers: dialect.startsWith('anthropic-') ? { 'anthropic-version': '2023-06-01', ...headers } : headers,
    body,
  }),
  authorize: (secret, signed, means) => {
    if (isWord(secret)) return keyHeaders(secret, signed);
    const app = entraAppIn(secret);
    if (app === undefined) throw misshapen(secretWords('azure'));
    const grant = grantOf(app, signed.url);
    const token = means.tokens.get(`azure ${grant.url} ${grant.scope} ${secret}`, () =>
      tokenFrom(means, grant.url, {
        grant_type: 'client_credentials',
        client_id: app.client_id,
        client_secret: app.client_secret,
        scope: grant.scope,
      }),
    );
    return token.then((text) => ({ authorization: `Bearer ${text}` }));
  },
};
