// A path under the proxy that does not exist. It is governed too: its refusal is recorded like any other, and told in the shape that
// whoever asks for such a path can read.
import { anthropicRefusal } from './anthropic-error.ts';
import type { NoDialect } from './dialect.ts';
import { ollamaRefusal } from './ollama-error.ts';
import { openaiRefusal } from './openai-error.ts';

const inAnthropics: NoDialect = { kind: 'none', name: 'unknown', routes: [], refusal: anthropicRefusal };
const inOllamas: NoDialect = { ...inAnthropics, refusal: ollamaRefusal };

export const unknown: NoDialect = {
  kind: 'none',
  name: 'unknown',
  routes: [],
  spokenAs: (header, path) => {
    if (header('anthropic-version') !== undefined) return inAnthropics;
    return path.startsWith('/api/') ? inOllamas : undefined;
  },
  refusal: openaiRefusal,
};
