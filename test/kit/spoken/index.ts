/**
 * Every dialect the tests speak.
 */
import { countTokens, messages } from './anthropic.ts';
import { ollamaChat, ollamaEmbed, ollamaEmbeddings, ollamaGenerate } from './ollama.ts';
import { completions, embeddings } from './plain.ts';
import { responses } from './responses.ts';
import type { Spoken } from './spoken.ts';

export type { Spoken } from './spoken.ts';

export const SPOKEN: readonly Spoken[] = [
  ...[messages, countTokens, responses, completions, embeddings],
  ...[ollamaChat, ollamaGenerate, ollamaEmbed, ollamaEmbeddings],
];
