// Token endpoints of Google and Microsoft: they look at what they are shown, and hand out tokens by number.
import { createVerify } from 'node:crypto';
import type { Scripted, Seen, Upstream } from '../upstream.ts';
import { json, startUpstream } from '../upstream.ts';
import { googleKeys } from './secrets.ts';

/** A running endpoint. `server.requests` holds what it was sent. */
export type TokenEndpoint = {
  readonly server: Upstream;
  /** How many tokens it gave. */
  given: number;
  /** Seconds its tokens last. */
  lifeS: number;
  stop(): Promise<void>;
};

/** Starts one at `/token` (Google's) and `/TENANT/oauth2/v2.0/token` (Microsoft's); `rest` answers whatever else is asked. */
export const startTokens = async (rest?: (seen: Seen) => Scripted | undefined): Promise<TokenEndpoint> => {
  const endpoint = { given: 0, lifeS: 3600 };
  const give = (): Scripted =>
    json({ access_token: `token-${++endpoint.given}`, expires_in: endpoint.lifeS, token_type: 'Bearer' });
  const server = await startUpstream((seen) => {
    if (!seen.path.endsWith('/token')) return rest?.(seen);
    if (seen.headers['content-type'] !== 'application/x-www-form-urlencoded')
      return json({ error: 'invalid_request' }, 400);
    const isGood = seen.path === '/token' ? isAssertion(seen) : isApp(seen);
    return isGood ? give() : json({ error: 'invalid_client', error_description: 'hunter22' }, 401);
  });
  return Object.assign(endpoint, { server, stop: () => server.stop() });
};

const formIn = ({ body }: Seen): URLSearchParams => new URLSearchParams(body.toString('utf8'));

const isApp = (seen: Seen): boolean => {
  const form = formIn(seen);
  return (
    /^\/[0-9a-f-]{36}\/oauth2\/v2\.0\/token$/.test(seen.path) &&
    form.get('grant_type') === 'client_credentials' &&
    form.get('client_id') === '66666666-7777-8888-9999-000000000000' &&
    form.get('client_secret') === 'an-app-secret-0123456789' &&
    form.get('scope') === 'https://cognitiveservices.azure.com/.default'
  );
};

const decoded = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** A statement of the account's, signed with its key, for this endpoint, and of now. */
export const isAssertion = (seen: Seen): boolean => {
  const form = formIn(seen);
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const said = decoded(claims);
  const nowS = Date.now() / 1000;
  return (
    form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
    createVerify('RSA-SHA256')
      .update(`${head}.${claims}`)
      .verify(googleKeys.publicKey, signature, 'base64url') &&
    decoded(head).kid === 'key-1' &&
    said.iss === 'gatehouse@a-project.iam.gserviceaccount.com' &&
    said.aud === `http://${seen.headers.host}/token` &&
    said.scope === 'https://www.googleapis.com/auth/cloud-platform' &&
    Math.abs(Number(said.iat) - nowS) < 60 &&
    Number(said.exp) - Number(said.iat) === 3600
  );
};
