// Ollama's embeddings as they were before /api/embed: POST /api/embeddings, one text at a time.
import type { JsonDocument } from '../json/document.ts';
import type { Asked, CallDialect } from './dialect.ts';
import { ollamaWire } from './ollama-wire.ts';
import { bad, modelIn, mustBeClear } from './outline.ts';

const GOVERNED_KEYS = new Set(['model', 'prompt']);

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const { prompt = null } = value;
  const model = modelIn(value.model);
  if (prompt !== null && typeof prompt !== 'string') throw bad('prompt', '"prompt" must be a text.');
  return { model, stream: false, usage: true };
};

export const ollamaEmbeddings: CallDialect = {
  ...ollamaWire,
  name: 'ollama-embeddings',
  routes: [{ method: 'POST', path: '/api/embeddings', endpoint: 'embeddings' }],
  read,
  bindPrompt: () => undefined,
};
