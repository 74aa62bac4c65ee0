// Ollama's embeddings: POST /api/embed. Nothing is generated, so there is nothing that a system prompt could stand above.
import type { Json, JsonDocument } from '../json/document.ts';
import { isArray } from '../json/value.ts';
import type { Asked, CallDialect } from './dialect.ts';
import { ollamaWire } from './ollama-wire.ts';
import { TEXTS } from './openai-tokens.ts';
import { bad, modelIn, mustBeClear } from './outline.ts';

const GOVERNED_KEYS = new Set(['model', 'input']);

const isText = (value: Json): boolean => typeof value === 'string';

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const { input = null } = value;
  const model = modelIn(value.model);
  if (input !== null && !isText(input) && !(isArray(input) && input.every(isText)))
    throw bad('input', '"input" must be a text or a list of texts.');
  if (isArray(input) && input.length > TEXTS) throw bad('input', `The limit is ${TEXTS} texts.`);
  return { model, stream: false, usage: true };
};

export const ollamaEmbed: CallDialect = {
  ...ollamaWire,
  name: 'ollama-embed',
  routes: [{ method: 'POST', path: '/api/embed', endpoint: 'embeddings' }],
  read,
  bindPrompt: () => undefined,
};
