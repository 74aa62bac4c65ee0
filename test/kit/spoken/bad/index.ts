/**
 * Requests that no server takes, in every dialect the tests speak.
 */
import type { CallDialectName } from '../../../../src/dialects/dialect.ts';
import type { Faults } from './bad.ts';
import { badChats } from './chat.ts';
import { badCounts, badMessages } from './messages.ts';
import { badEmbeds, badGenerates, badOldEmbeddings, badOllamaChats } from './ollama.ts';
import { badCompletions, badEmbeddings } from './plain.ts';
import { badResponses } from './responses.ts';

export type { Bad, Fault, Faults } from './bad.ts';
export { FAULTS } from './bad.ts';

export const BAD: Partial<Record<CallDialectName, Faults>> = {
  'openai-chat': badChats,
  'openai-completions': badCompletions,
  'openai-embeddings': badEmbeddings,
  'openai-responses': badResponses,
  'anthropic-messages': badMessages,
  'anthropic-count-tokens': badCounts,
  'ollama-chat': badOllamaChats,
  'ollama-generate': badGenerates,
  'ollama-embed': badEmbeds,
  'ollama-embeddings': badOldEmbeddings,
};
