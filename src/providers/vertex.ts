// Vertex AI, with a service account. Claude is asked as Anthropic has it (rawPredict), other publishers' models (`meta/llama-...`) as
// OpenAI has it, Gemini in its own words.
import { withMembers } from '../json/members.ts';
import { betasIn, segmentOf, withoutVersion } from './claude.ts';
import { googleAccountIn, secretWords, vertexBase } from './credentials.ts';
import { geminiModel } from './google-model.ts';
import { misshapen } from './oauth.ts';
import { ANTHROPIC_DIALECTS } from './paths.ts';
import type { Provider, Signed } from './provider.ts';
import { accountToken } from './vertex-token.ts';

/** Anthropic's requests as rawPredict takes them: the version in the body; the model too where it is no part of the path. */
const predicted = ({ url, headers, body }: Signed): Pick<Signed, 'headers' | 'body'> => {
  const betas = betasIn(headers);
  return {
    headers: {
      ...withoutVersion(headers),
      ...(betas.length === 0 ? {} : { 'anthropic-beta': betas.join(',') }),
    },
    body: withMembers(body, (value) => ({
      gone: url.includes('/count-tokens:') ? [] : ['model'],
      put: { anthropic_version: value.anthropic_version ?? 'vertex-2023-10-16' },
    })),
  };
};

export const vertex: Provider = {
  name: 'vertex',
  dialects: [...ANTHROPIC_DIALECTS, 'openai-chat'],
  dialectsOf: (model) => {
    if (model.startsWith('claude-')) return ANTHROPIC_DIALECTS;
    return model.includes('/') && !model.startsWith('endpoints/') ? ['openai-chat'] : [];
  },
  defaultUrl: 'https://aiplatform.googleapis.com',
  needsSecret: true,
  ownErrors: true,
  based: (url, secret) => {
    const account = googleAccountIn(secret);
    const base = account === undefined ? undefined : vertexBase(url, account);
    if (base === undefined) throw misshapen(secretWords('vertex'));
    return base;
  },
  address: (url, dialect, { model, stream }) => {
    if (dialect === 'openai-chat') return `${url}/endpoints/openapi/chat/completions`;
    const models = `${url}/publishers/anthropic/models`;
    if (dialect === 'anthropic-count-tokens') return `${models}/count-tokens:rawPredict`;
    return `${models}/${segmentOf(model)}:${stream ? 'streamRawPredict' : 'rawPredict'}`;
  },
  adapt: (request, dialect) => (dialect === 'openai-chat' ? request : predicted(request)),
  authorize: async (secret, signed, means) => {
    const account = googleAccountIn(secret);
    if (account === undefined) throw misshapen(secretWords('vertex'));
    return { authorization: `Bearer ${await accountToken(account, secret, signed.url, means)}` };
  },
  model: ({ url, model, fetch }) =>
    geminiModel({
      name: 'google.vertex.chat',
      // The package's own words are those of the beta version.
      url: `${url.replace(/\/v1\/projects\//, '/v1beta1/projects/')}${model.startsWith('endpoints/') ? '' : '/publishers/google'}`,
      model,
      fetch,
    }),
};
