// Anthropic's own API. The caller's choice of a version and of betas goes on; without one this is the version.
import { ANTHROPIC_DIALECTS, pathOf } from './paths.ts';
import type { Provider } from './provider.ts';

/** A subscription's token, as Claude Code has it. API keys (`sk-ant-api...`) are none, and are not passed on. */
const OAUTH = /^Bearer (sk-ant-oat\S{8,4096})$/i;
/** The API takes such a token from those who ask for this. */
const OAUTH_BETA = 'oauth-2025-04-20';

export const anthropic: Provider = {
  name: 'anthropic',
  dialects: ANTHROPIC_DIALECTS,
  defaultUrl: 'https://api.anthropic.com',
  needsSecret: true,
  address: pathOf,
  headers: { 'anthropic-version': '2023-06-01' },
  authorize: (secret) => ({ 'x-api-key': secret }),
  brought: (header) => {
    const token = OAUTH.exec(header('authorization') ?? '')?.[1];
    if (token === undefined) return undefined;
    const betas = (header('anthropic-beta') ?? '').split(',').map((beta) => beta.trim());
    const asked = [...new Set([...betas, OAUTH_BETA])].filter((beta) => beta !== '');
    return { authorization: `Bearer ${token}`, 'anthropic-beta': asked.join(',') };
  },
};
