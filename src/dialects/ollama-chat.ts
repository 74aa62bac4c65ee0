// Ollama's chat: POST /api/chat. It streams unless it is told not to.
import type { JsonDocument } from '../json/document.ts';
import { isArray } from '../json/value.ts';
import type { Asked, CallDialect } from './dialect.ts';
import { ollamaWire } from './ollama-wire.ts';
import { bindSystem, mustBeTurns, mustNotOutrank } from './openai-turns.ts';
import { bad, modelIn, mustBeClear, streamIn } from './outline.ts';

/** Top-level keys whose meaning the gateway decides on. Ollama is written in Go, which matches keys whatever their case. */
const GOVERNED_KEYS = new Set(['model', 'messages', 'stream', 'tools', 'format', 'options', 'template']);

/** Without messages a model is only loaded. */
const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const { messages = null } = value;
  const model = modelIn(value.model);
  const stream = streamIn(value.stream, true);
  if (messages !== null && !isArray(messages)) throw bad('messages', '"messages" must be a list.');
  mustBeTurns(messages ?? []);
  return { model, stream, usage: true };
};

export const ollamaChat: CallDialect = {
  ...ollamaWire,
  name: 'ollama-chat',
  routes: [{ method: 'POST', path: '/api/chat', endpoint: 'chat' }],
  read,
  bindPrompt: (document, prompt, caller) => {
    const { messages } = document.value;
    if (isArray(messages) && messages.length > 0) bindSystem(document, prompt, caller);
    else if (caller !== 'allow') mustNotOutrank(document);
  },
};
