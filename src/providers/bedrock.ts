// Amazon Bedrock. What a backend's URL ends in says which of its faces is meant:
//   https://bedrock-runtime.REGION.amazonaws.com            Claude by InvokeModel, every other model by Converse
//   https://bedrock-runtime.REGION.amazonaws.com/anthropic  Claude by Anthropic's own paths (also bedrock-mantle.REGION.api.aws)
//   https://bedrock-runtime.REGION.amazonaws.com/openai/v1  OpenAI's, for a backend that says so in `dialects`
// InvokeModel is the default because it is there for every Claude, in every region, partition and private endpoint.
import { AwsV4Signer } from 'aws4fetch';
import { withMembers } from '../json/members.ts';
import { bedrockEvents } from './bedrock-events.ts';
import { bedrockModel } from './bedrock-model.ts';
import { betasIn, betasWith, segmentOf, withoutVersion } from './claude.ts';
import type { AwsKeys } from './credentials.ts';
import { awsKeysIn, awsRegion, isWord, secretWords } from './credentials.ts';
import { misshapen } from './oauth.ts';
import { pathOf } from './paths.ts';
import type { Provider, Signed } from './provider.ts';

/** Families of models are words of their names, here and in inference profiles (`eu.anthropic.claude-...`). */
const CLAUDE = /(?:^|[./])anthropic\.claude/;

/** Whether a URL names one of the faces that speak a dialect as its maker does. */
const isFaced = (url: string): boolean => /\/(?:anthropic|v1)$/.test(new URL(url).pathname);

/** How Claude's own requests are told in InvokeModel: no model, no stream, the version and the betas in the body. */
const invoked = ({ headers, body }: Signed): Pick<Signed, 'headers' | 'body'> => ({
  headers: withoutVersion(headers),
  body: withMembers(body, (value) => {
    const betas = betasWith(value, betasIn(headers));
    return {
      gone: ['model', 'stream'],
      put: {
        anthropic_version: value.anthropic_version ?? 'bedrock-2023-05-31',
        ...(betas.length === 0 ? {} : { anthropic_beta: betas }),
      },
    };
  }),
});

/** The headers of AWS's Signature Version 4 over host, time, path and body. */
const signedBy = async (
  keys: AwsKeys,
  { url, method, body }: Signed,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> => {
  const region = awsRegion(url, keys);
  if (region === undefined) throw misshapen("neither the URL nor bedrock's secret names a region");
  const { headers } = await new AwsV4Signer({
    url,
    method,
    // A view of its own bytes, as WebCrypto wants it.
    body: typeof body === 'string' ? body : new Uint8Array(body),
    accessKeyId: keys.access_key_id,
    secretAccessKey: keys.secret_access_key,
    ...(keys.session_token === undefined ? {} : { sessionToken: keys.session_token }),
    service: new URL(url).hostname.includes('bedrock-mantle') ? 'bedrock-mantle' : 'bedrock',
    region,
    datetime: new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  }).sign();
  return Object.fromEntries(headers);
};

export const bedrock: Provider = {
  name: 'bedrock',
  dialects: ['anthropic-messages'],
  dialectsOf: (model) => (CLAUDE.test(model) ? ['anthropic-messages'] : []),
  defaultUrl: null,
  needsSecret: true,
  ownErrors: true,
  address: (url, dialect, { model, stream }) => {
    if (isFaced(url)) return pathOf(url.replace(/\/anthropic$/, '/anthropic/v1'), dialect);
    return `${url}/model/${segmentOf(model)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`;
  },
  adapt: (request, dialect) => {
    if (dialect !== 'anthropic-messages') return request;
    if (request.url.includes('/model/')) return invoked(request);
    const betas = betasIn(request.headers).join(',');
    return {
      headers: {
        'anthropic-version': '2023-06-01',
        ...request.headers,
        ...(request.headers['anthropic-beta'] === undefined ? {} : { 'anthropic-beta': betas }),
      },
      body: request.body,
    };
  },
  unwrap: bedrockEvents,
  authorize: (secret, signed, { now }) => {
    if (isWord(secret)) return { authorization: `Bearer ${secret}` };
    const keys = awsKeysIn(secret);
    if (keys === undefined) throw misshapen(secretWords('bedrock'));
    return signedBy(keys, signed, now());
  },
  model: bedrockModel,
};
