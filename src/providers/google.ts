// Google AI Studio. Gemini is asked in its own words through its package; embeddings by the face that speaks OpenAI's dialects,
// which can also be chosen for chats: `dialects: [openai-chat, openai-embeddings]`.
import { isWord, secretWords } from './credentials.ts';
import { geminiModel } from './google-model.ts';
import { misshapen } from './oauth.ts';
import { pathOf } from './paths.ts';
import type { Provider } from './provider.ts';

/** The version of the API's paths, when a URL names none. */
const versioned = (url: string): string => (new URL(url).pathname === '/' ? `${url}/v1beta` : url);

const openaiFace = (url: string): string => `${versioned(url).replace(/\/openai$/, '')}/openai`;

export const google: Provider = {
  name: 'google',
  dialects: ['openai-embeddings'],
  defaultUrl: 'https://generativelanguage.googleapis.com/v1beta',
  needsSecret: true,
  ownErrors: true,
  address: (url, dialect) => pathOf(openaiFace(url), dialect),
  authorize: (secret, { url }) => {
    if (!isWord(secret)) throw misshapen(secretWords('google'));
    // OpenAI's face takes the key as OpenAI does.
    return new URL(url).pathname.includes('/openai/')
      ? { authorization: `Bearer ${secret}` }
      : { 'x-goog-api-key': secret };
  },
  model: ({ url, model, fetch }) =>
    geminiModel({ name: 'google.generative-ai', url: versioned(url), model, fetch }),
};
