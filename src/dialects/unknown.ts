// A path under the proxy that does not exist. It is governed too: its refusal is recorded like any other.
import type { NoDialect } from './dialect.ts';
import { openaiRefusal } from './openai-error.ts';

export const unknown: NoDialect = { kind: 'none', name: 'unknown', routes: [], refusal: openaiRefusal };
