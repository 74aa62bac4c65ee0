/**
 * Where text stands, in every dialect the tests speak.
 */
import type { CallDialectName } from '../../../../src/dialects/dialect.ts';
import type { Places } from '../spoken.ts';
import { chatPlaces } from './chat.ts';
import { countPlaces, messagesPlaces } from './messages.ts';
import {
  ollamaChatPlaces,
  ollamaEmbeddingsPlaces,
  ollamaEmbedPlaces,
  ollamaGeneratePlaces,
} from './ollama.ts';
import { completionsPlaces, embeddingsPlaces } from './plain.ts';
import { responsesPlaces } from './responses.ts';

/** A dialect that is not in it leaves cells of the table of what is governed empty. */
export const PLACES: Partial<Record<CallDialectName, Places>> = {
  'openai-chat': chatPlaces,
  'openai-completions': completionsPlaces,
  'openai-embeddings': embeddingsPlaces,
  'openai-responses': responsesPlaces,
  'anthropic-messages': messagesPlaces,
  'anthropic-count-tokens': countPlaces,
  'ollama-chat': ollamaChatPlaces,
  'ollama-generate': ollamaGeneratePlaces,
  'ollama-embed': ollamaEmbedPlaces,
  'ollama-embeddings': ollamaEmbeddingsPlaces,
};
