// The providers by name, for those who may not know the parts themselves.
import type { CallDialectName, CallEndpoint } from '../dialects/dialect.ts';
import type { ProviderName } from './provider.ts';

/** Every provider a backend may name today. */
export const PROVIDER_NAMES = [
  'openai',
  'azure',
  'anthropic',
  'google',
  'vertex',
  'bedrock',
  'ollama',
  'vllm',
  'sglang',
  'trtllm',
  'llamacpp',
  'compatible',
  'pretend',
] as const satisfies readonly ProviderName[];

/** Providers that have no address of their own: a backend must name one. The parts' `defaultUrl` says the same. */
export const PROVIDERS_WITHOUT_URL = [
  'azure',
  'bedrock',
  'compatible',
] as const satisfies readonly ProviderName[];

export const isProvider = (name: string): name is ProviderName =>
  PROVIDER_NAMES.some((known) => known === name);

/** Every dialect a backend may be said to speak. */
export const CALL_DIALECTS = [
  'openai-chat',
  'openai-completions',
  'openai-embeddings',
  'openai-responses',
  'anthropic-messages',
  'anthropic-count-tokens',
  'ollama-chat',
  'ollama-generate',
  'ollama-embed',
  'ollama-embeddings',
] as const satisfies readonly CallDialectName[];

/** One of them. */
export type BackendDialect = (typeof CALL_DIALECTS)[number];

/** Whether what a backend speaks passes through, or is translated into another dialect that it speaks. */
export const PREFERENCES = ['passthrough', 'translate'] as const;
export type Preference = (typeof PREFERENCES)[number];

/** What a use case's `endpoints` may name. */
export const CALL_ENDPOINTS = [
  'chat',
  'completions',
  'embeddings',
] as const satisfies readonly CallEndpoint[];
