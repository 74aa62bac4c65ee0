// Claude where it is not Anthropic who serves it: the model is in the path, the version in the body, and not every beta is known.
import type { Json, JsonObject } from '../json/value.ts';
import { isArray } from '../json/value.ts';
import { Refusal } from '../refusal.ts';
import type { Signed } from './provider.ts';

/**
 * Betas that Anthropic's own API alone knows, and which other hosts refuse, name and all. What nobody here knows is passed on:
 * it may be newer than this list.
 */
const FIRST_PARTY: ReadonlySet<string> = new Set([
  'advisor-tool-2026-03-01',
  'claude-code-20250219',
  'code-execution-2025-08-25',
  'fast-mode-2026-02-01',
  'files-api-2025-04-14',
  'mcp-client-2025-04-04',
  'mcp-client-2025-11-20',
  'mcp-servers-2025-12-04',
  'oauth-2025-04-20',
  'output-128k-2025-02-19',
  'prompt-caching-scope-2026-01-05',
  'skills-2025-10-02',
  'structured-outputs-2025-11-13',
  'token-efficient-tools-2025-02-19',
  'web-fetch-2025-09-10',
]);
/** Betas that have another name there. */
const NAMES: Readonly<Record<string, string>> = {
  'advanced-tool-use-2025-11-20': 'tool-search-tool-2025-10-19',
};

/** The betas of a request that another host may know, each once. */
export const betasIn = (headers: Signed['headers']): readonly string[] => {
  const asked = (headers['anthropic-beta'] ?? '').split(',').map((beta) => beta.trim());
  return [
    ...new Set(
      asked.filter((beta) => beta !== '' && !FIRST_PARTY.has(beta)).map((beta) => NAMES[beta] ?? beta),
    ),
  ];
};

/** Headers without those that say in Anthropic's way what is said otherwise there. */
export const withoutVersion = (headers: Signed['headers']): Record<string, string> => {
  const { 'anthropic-version': _, 'anthropic-beta': __, ...rest } = headers;
  return rest;
};

/** Betas in a body, and more. */
export const betasWith = (value: JsonObject, more: readonly string[]): readonly Json[] => {
  const own = value.anthropic_beta;
  return [...new Set([...(isArray(own) ? own : []), ...more])];
};

/** A model's name as one segment of a path. Names may come from callers (`backend/model`): one that is no segment is no model. */
export const segmentOf = (model: string): string => {
  if (model === '.' || model === '..' || model === '' || !model.isWellFormed())
    throw new Refusal('model_not_found', { param: 'model' });
  return encodeURIComponent(model).replaceAll('%40', '@');
};
