// The providers by name, for those who may not know the parts themselves.
import type { ProviderName } from './provider.ts';

/** Every provider a backend may name today. */
export const PROVIDER_NAMES = [
  'openai',
  'azure',
  'ollama',
  'vllm',
  'llamacpp',
  'compatible',
  'pretend',
] as const satisfies readonly ProviderName[];

/** Providers that are planned: naming one is an error that says so. */
export const PROVIDERS_TO_COME = ['anthropic', 'google', 'vertex', 'bedrock', 'sglang', 'trtllm'] as const;

export const isProvider = (name: string): name is ProviderName =>
  PROVIDER_NAMES.some((known) => known === name);
