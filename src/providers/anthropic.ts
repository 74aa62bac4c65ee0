// Anthropic's own API. The caller's choice of a version and of betas goes on; without one this is the version.
import { ANTHROPIC_DIALECTS, pathOf } from './paths.ts';
import type { Provider } from './provider.ts';

export const anthropic: Provider = {
  name: 'anthropic',
  dialects: ANTHROPIC_DIALECTS,
  defaultUrl: 'https://api.anthropic.com',
  needsSecret: true,
  address: pathOf,
  headers: { 'anthropic-version': '2023-06-01' },
  authorize: (secret) => ({ 'x-api-key': secret }),
};
