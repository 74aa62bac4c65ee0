// The gateway's configuration for all clients: a backend for each dialect, and models named as clients know them.
import { directAmong, egressAmong, ingressOf } from '../../src/translate/index.ts';
import type { Talk } from '../kit/conversing/index.ts';
import { TALKS } from '../kit/conversing/index.ts';

/** What the gateway shows its upstream. */
export const SECRET = 'upstream-secret-0123456789';

const isTalk = (name: string): name is Talk => name in TALKS;

/** The dialects of backends, each of which speaks that one and no other. */
export const BACKENDS: readonly Talk[] = Object.keys(TALKS).filter(isTalk);

/** What those speak besides that has no conversation. */
const BESIDE: Readonly<Record<Talk, readonly string[]>> = {
  'openai-chat': ['openai-completions', 'openai-embeddings'],
  'openai-responses': [],
  'anthropic-messages': ['anthropic-count-tokens'],
  'ollama-chat': ['ollama-generate', 'ollama-embed', 'ollama-embeddings'],
};

/** Names that clients know: some choose by them what they send. */
const FAMILIES = {
  gpt: 'gpt-5.1',
  claude: 'claude-sonnet-4-5',
  llama: 'llama3.2',
  sol: 'gpt-6.1-sol',
} as const;

/** Whose model a client expects. */
export type Family = keyof typeof FAMILIES;

/** The model of that family on the backend that speaks that dialect. */
export const modelOn = (family: Family, backend: Talk): string => `${FAMILIES[family]}-on-${backend}`;

/** Its name there. */
export const upstreamModel = (family: Family): string => `${FAMILIES[family]}-upstream`;

const families: readonly Family[] = ['gpt', 'claude', 'llama', 'sol'];

/** A gatehouse.yaml with a backend for each dialect and a model of each family on it, all at `url`; one key, `apps`. */
export const setupOf = (url: string): string =>
  JSON.stringify({
    teams: [{ name: 'crew' }],
    backends: BACKENDS.map((talk) => ({
      ...{ name: talk, provider: 'compatible', url, zone: 'on_prem', secret: SECRET },
      dialects: [talk, ...BESIDE[talk]],
    })),
    models: BACKENDS.flatMap((talk) =>
      families.map((family) => ({
        name: modelOn(family, talk),
        targets: [{ backend: talk, model: upstreamModel(family) }],
      })),
    ),
    use_cases: [
      { name: 'apps', team: 'crew', models: ['*'], endpoints: ['chat', 'completions', 'embeddings'] },
    ],
    keys: [{ name: 'apps', use_case: 'apps' }],
  });

/** Whether a client of one dialect reaches a backend of another, as it came or translated. */
export const reaches = (client: Talk, backend: Talk): boolean =>
  client === backend ||
  directAmong([backend], client) !== undefined ||
  (ingressOf(client) !== undefined && egressAmong([backend], client) !== undefined);
