/**
 * Every dialect the tests speak.
 */
import { countTokens, messages } from './anthropic.ts';
import { chat } from './chat.ts';
import { ollamaChat, ollamaEmbed, ollamaEmbeddings, ollamaGenerate } from './ollama.ts';
import { completions, embeddings } from './plain.ts';
import { responses } from './responses.ts';
import type { Spoken } from './spoken.ts';

export type { Spoken } from './spoken.ts';

export const SPOKEN: readonly Spoken[] = [
  ...[chat, completions, embeddings, responses, messages, countTokens],
  ...[ollamaChat, ollamaGenerate, ollamaEmbed, ollamaEmbeddings],
];
