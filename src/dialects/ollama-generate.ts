// Ollama's completion: POST /api/generate. A system prompt stands in `system`; `template`, `raw`, `context` and `suffix` would do
// without it, or put something above it.
import type { Json, JsonDocument } from '../json/document.ts';
import { isArray } from '../json/value.ts';
import type { Asked, CallDialect, CallerSystem } from './dialect.ts';
import { ollamaWire } from './ollama-wire.ts';
import { callerSystemRefused, mustNotOutrank } from './openai-turns.ts';
import { bad, modelIn, mustBeClear, streamIn } from './outline.ts';

/** Top-level keys whose meaning the gateway decides on. Ollama is written in Go, which matches keys whatever their case. */
const GOVERNED_KEYS = new Set([
  ...['model', 'prompt', 'stream', 'system', 'template', 'raw', 'context', 'suffix', 'format', 'options'],
]);

const TEXTS = ['prompt', 'system', 'template', 'suffix'] as const;

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const model = modelIn(value.model);
  const stream = streamIn(value.stream, true);
  for (const name of TEXTS) {
    const text = value[name] ?? null;
    if (text !== null && typeof text !== 'string') throw bad(name, `"${name}" must be a text.`);
  }
  return { model, stream, usage: true };
};

/** Fields of the dialect that are dealt with here. */
const OWN = new Set(['prompt', 'system', 'template', 'context']);

/** With one of them the system prompt is not read, or not first. */
const PAST_THE_PROMPT = ['template', 'raw', 'context'] as const;

const isNothing = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (isArray(value) && value.length === 0);

const bind = (document: JsonDocument, prompt: string | null, caller: CallerSystem): void => {
  if (caller !== 'allow') mustNotOutrank(document, OWN);
  const past = prompt === null ? PAST_THE_PROMPT : [...PAST_THE_PROMPT, 'suffix'];
  if (caller !== 'allow' || prompt !== null)
    for (const name of past) if (!isNothing(document.value[name])) throw callerSystemRefused(name);
  const { system, prompt: asked } = document.value;
  const theirs = typeof system === 'string' && system !== '' ? system : undefined;
  if (theirs !== undefined && caller === 'refuse') throw callerSystemRefused('system');
  if (theirs !== undefined && caller === 'demote') {
    document.remove(['system']);
    document.add([], 'prompt', typeof asked === 'string' && asked !== '' ? `${theirs}\n\n${asked}` : theirs);
  }
  if (prompt === null) return;
  document.add([], 'system', theirs !== undefined && caller === 'allow' ? `${prompt}\n\n${theirs}` : prompt);
};

export const ollamaGenerate: CallDialect = {
  ...ollamaWire,
  name: 'ollama-generate',
  routes: [{ method: 'POST', path: '/api/generate', endpoint: 'completions' }],
  read,
  bindPrompt: bind,
};
