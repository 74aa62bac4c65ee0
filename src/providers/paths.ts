// Where servers keep the dialects they speak: those of OpenAI and Anthropic in the folder of a version, Ollama's beside it.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Provider } from './provider.ts';

const IN_V1: Readonly<Partial<Record<CallDialectName, string>>> = {
  'openai-chat': '/chat/completions',
  'openai-completions': '/completions',
  'openai-embeddings': '/embeddings',
  'openai-responses': '/responses',
  'anthropic-messages': '/messages',
  'anthropic-count-tokens': '/messages/count_tokens',
};

const BESIDE_V1: Readonly<Partial<Record<CallDialectName, string>>> = {
  'ollama-chat': '/api/chat',
  'ollama-generate': '/api/generate',
  'ollama-embed': '/api/embed',
  'ollama-embeddings': '/api/embeddings',
};

/** `url` with the version's folder added when it names none: `http://lan:11434` and `http://lan:11434/v1` are the same. */
export const pathOf = (url: string, dialect: CallDialectName): string => {
  const beside = BESIDE_V1[dialect];
  if (beside !== undefined) return url.replace(/\/$/, '').replace(/\/v1$/, '') + beside;
  const inside = IN_V1[dialect];
  if (inside === undefined) throw new Error(`no path for ${dialect}`);
  return (new URL(url).pathname === '/' ? `${url.replace(/\/$/, '')}/v1` : url) + inside;
};

/** A server that keeps its dialects where everybody does, with a bearer token or none. */
export const speaks = (
  dialects: readonly CallDialectName[],
  part: Pick<Provider, 'name' | 'defaultUrl' | 'needsSecret'>,
): Provider => ({
  ...part,
  dialects,
  address: pathOf,
  authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
});

/** What nearly every server speaks. */
export const OPENAI_DIALECTS = [
  'openai-chat',
  'openai-completions',
  'openai-embeddings',
] as const satisfies readonly CallDialectName[];

/** What OpenAI itself speaks, and most servers of open models. */
export const OPENAI_AND_RESPONSES = [
  ...OPENAI_DIALECTS,
  'openai-responses',
] as const satisfies readonly CallDialectName[];

/** What servers of open models have learnt to speak besides. */
export const ANTHROPIC_DIALECTS = [
  'anthropic-messages',
  'anthropic-count-tokens',
] as const satisfies readonly CallDialectName[];

/** What Ollama speaks natively. */
export const OLLAMA_DIALECTS = [
  'ollama-chat',
  'ollama-generate',
  'ollama-embed',
  'ollama-embeddings',
] as const satisfies readonly CallDialectName[];

/** All there are. */
export const EVERY_DIALECT = [
  ...OPENAI_AND_RESPONSES,
  ...ANTHROPIC_DIALECTS,
  ...OLLAMA_DIALECTS,
] as const satisfies readonly CallDialectName[];

/** The dialect that is kept at an address of `pathOf`; undefined: none is. */
export const dialectAt = (address: string): CallDialectName | undefined => {
  const { pathname } = new URL(address);
  return EVERY_DIALECT.find((dialect) => new URL(pathOf('pretend:/v1', dialect)).pathname === pathname);
};
