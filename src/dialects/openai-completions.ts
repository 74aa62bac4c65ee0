// OpenAI's completions, the API before chat: POST /v1/completions. The prompt is all a model sees, so a bound system prompt is what it
// begins with.
import type { Json, JsonDocument } from '../json/document.ts';
import { at, isArray, isObject } from '../json/value.ts';
import type { Asked, CallDialect, CallerSystem } from './dialect.ts';
import { structureOf } from './lens.ts';
import { openaiChat } from './openai-chat.ts';
import { mustBeTexts, tokensIn } from './openai-tokens.ts';
import { callerSystemRefused, mustNotOutrank } from './openai-turns.ts';
import { bad, endUsersAmong, modelIn, mustBeClear, streamIn } from './outline.ts';

/** Top-level keys whose meaning the gateway decides on: another spelling of one is refused. */
const GOVERNED_KEYS = new Set(['model', 'prompt', 'stream', 'stream_options', 'suffix', 'echo', 'n']);

const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  const { prompt, stream_options: options = null } = value;
  const model = modelIn(value.model);
  const stream = streamIn(value.stream);
  if (options !== null && !isObject(options))
    throw bad('stream_options', '"stream_options" must be an object.');
  mustBeTexts(prompt, 'prompt');
  const usage = at(options ?? undefined, 'include_usage') === true;
  return { model, stream, usage, ...endUsersAmong(value.safety_identifier, value.user) };
};

/** Dealt with here. */
const OWN = new Set(['prompt']);

const bind = (document: JsonDocument, prompt: string | null, caller: CallerSystem): void => {
  if (caller !== 'allow') mustNotOutrank(document, OWN);
  if (prompt === null) return;
  // It would say the system prompt back.
  if ((document.value.echo ?? false) !== false) throw callerSystemRefused('echo');
  const begun = (text: Json): string => {
    // Nothing can be put before tokens.
    if (typeof text !== 'string') throw callerSystemRefused('prompt');
    return `${prompt}\n\n${text}`;
  };
  const { prompt: asked = null } = document.value;
  document.set(['prompt'], isArray(asked) ? asked.map(begun) : begun(asked));
};

export const openaiCompletions: CallDialect = {
  ...openaiChat,
  name: 'openai-completions',
  routes: [{ method: 'POST', path: '/v1/completions', endpoint: 'completions' }],
  read,
  bindPrompt: bind,
  structure: { ...openaiChat.structure, request: structureOf('model', 'service_tier') },
  unreadable: ({ value }) => tokensIn(value.prompt, 'prompt'),
};
