// Where servers that speak OpenAI's dialects keep them.
import type { DialectName } from '../dialects/dialect.ts';
import type { Provider } from './provider.ts';

const PATHS: Partial<Record<DialectName, string>> = { 'openai-chat': '/chat/completions' };

/** `url` with the version's folder added when it names none: `http://lan:11434` and `http://lan:11434/v1` are the same. */
export const underV1 = (url: string, dialect: DialectName): string => {
  const base = new URL(url).pathname === '/' ? `${url.replace(/\/$/, '')}/v1` : url;
  const path = PATHS[dialect];
  if (path === undefined) throw new Error(`no path for ${dialect}`);
  return base + path;
};

/** A server that speaks OpenAI's dialects under `/v1`, with a bearer token or none. */
export const speaksOpenai = (part: Pick<Provider, 'name' | 'defaultUrl' | 'needsSecret'>): Provider => ({
  ...part,
  dialects: ['openai-chat'],
  address: underV1,
  authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
});
