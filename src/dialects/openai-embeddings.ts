// OpenAI's embeddings: POST /v1/embeddings. Nothing is generated, so there is nothing that a system prompt could stand above.
import type { JsonDocument } from '../json/document.ts';
import type { Asked, CallDialect } from './dialect.ts';
import type { Structure } from './lens.ts';
import { structureOf } from './lens.ts';
import { openaiChat } from './openai-chat.ts';
import { mustBeTexts, tokensIn } from './openai-tokens.ts';
import { endUsersAmong, modelIn, mustBeClear } from './outline.ts';

const GOVERNED_KEYS = new Set(['model', 'input']);

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const model = modelIn(value.model);
  mustBeTexts(value.input, 'input');
  return { model, stream: false, usage: true, ...endUsersAmong(value.user) };
};

const names = structureOf('object', 'model', 'data[].object', 'error.type', 'error.code', 'error.param');

/** A vector may come as the base64 of its numbers: four bytes each, so no text of a few words. */
const reply: Structure = (path, text) =>
  names(path, text) || (path.length === 3 && path[0] === 'data' && path[2] === 'embedding' && isVector(text));

const isVector = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

export const openaiEmbeddings: CallDialect = {
  ...openaiChat,
  name: 'openai-embeddings',
  routes: [{ method: 'POST', path: '/v1/embeddings', endpoint: 'embeddings' }],
  read,
  bindPrompt: () => undefined,
  structure: { request: structureOf('model', 'encoding_format'), reply },
  unreadable: ({ value }) => tokensIn(value.input, 'input'),
};
