// What clients ask before anything else, mostly without a key: Claude Code says hello, Ollama's clients ask for a version,
// and its command line whether anybody is there at all. The answers are the same for everybody.
import type { ProbeDialect } from './dialect.ts';
import { ollamaRefusal } from './ollama-error.ts';

/** The version of Ollama whose API is spoken here; clients compare it with the one they need. */
const OLLAMA_VERSION = '0.12.0';

const ANSWERS: Readonly<Record<string, object>> = {
  '/': { gatehouse: 'running' },
  '/api/hello': { message: 'hello' },
  '/api/version': { version: OLLAMA_VERSION },
};

export const probes: ProbeDialect = {
  kind: 'probe',
  name: 'probes',
  routes: Object.keys(ANSWERS).map((path) => ({ method: 'GET', path, endpoint: 'probe' })),
  refusal: ollamaRefusal,
  answer: (path) => JSON.stringify(ANSWERS[path] ?? {}),
};
