// A service account's token: a statement signed with its key, exchanged for an access token (RFC 7523).
import { base64Of, bytesOfBase64 } from '../bytes.ts';
import type { GoogleAccount } from './credentials.ts';
import { misshapen, tokenFrom } from './oauth.ts';
import type { Means } from './provider.ts';

const TOKEN_URI = 'https://oauth2.googleapis.com/token';
/** Who else may be told the account's statement. */
const TOKEN_HOSTS: ReadonlySet<string> = new Set([
  'oauth2.googleapis.com',
  'accounts.google.com',
  'www.googleapis.com',
]);
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** The longest that Google takes. */
const LIFE_S = 3600;

/** The account's token, kept until it ends. `url`: the backend's request. Throws what `tokenFrom` does. */
export const accountToken = (
  account: GoogleAccount,
  secret: string,
  url: string,
  means: Means,
): Promise<string> => {
  const endpoint = endpointOf(account, url);
  return means.tokens.get(`vertex ${endpoint} ${secret}`, async () =>
    tokenFrom(means, endpoint, {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await statement(account, endpoint, means.now()),
    }),
  );
};

/** Google's own, that of a sovereign cloud (`oauth2.DOMAIN` beside `LOCATION-aiplatform.DOMAIN`), or the backend's own host. */
const endpointOf = ({ token_uri = TOKEN_URI }: GoogleAccount, url: string): string => {
  const wanted = new URL(token_uri);
  const backend = new URL(url);
  const sovereign = wanted.hostname === `oauth2.${backend.hostname.slice(backend.hostname.indexOf('.') + 1)}`;
  const known = wanted.protocol === 'https:' && (TOKEN_HOSTS.has(wanted.hostname) || sovereign);
  if (!known && wanted.origin !== backend.origin)
    throw misshapen('the "token_uri" of vertex\'s secret is none of Google\'s');
  return token_uri;
};

const encoder = new TextEncoder();
const base64Url = (bytes: Uint8Array): string =>
  base64Of(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const part = (value: object): string => base64Url(encoder.encode(JSON.stringify(value)));

/** A JWT that says who asks for what, signed with RS256. */
const statement = async (account: GoogleAccount, audience: string, nowMs: number): Promise<string> => {
  const issuedAtS = Math.floor(nowMs / 1000);
  const header = {
    alg: 'RS256',
    typ: 'JWT',
    ...(account.private_key_id === undefined ? {} : { kid: account.private_key_id }),
  };
  const claims = {
    iss: account.client_email,
    scope: SCOPE,
    aud: audience,
    iat: issuedAtS,
    exp: issuedAtS + LIFE_S,
  };
  const text = `${part(header)}.${part(claims)}`;
  const key = await signingKey(account.private_key);
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, encoder.encode(text));
  return `${text}.${base64Url(new Uint8Array(signature))}`;
};

const signingKey = async (pem: string): ReturnType<typeof crypto.subtle.importKey> => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  try {
    const pkcs8 = bytesOfBase64(pem.replace(/-----[A-Z ]+-----|\s/g, ''));
    return await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  } catch {
    // The platform's words might quote the key.
    throw misshapen('the "private_key" of vertex\'s secret is no RSA key in PKCS #8');
  }
};
