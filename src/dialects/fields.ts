// Top-level fields of a body that reach past what a use case approves. The APIs of OpenAI and Anthropic have few of them; servers
// that speak their dialects have, each its own. They are told by what their names say, so that the next one is caught too.
import { foldKey } from '../json/fold.ts';
import type { Json } from '../json/value.ts';
import { isObject } from '../json/value.ts';

/** A key without case, width and punctuation: `Chat-Template`, `chatTemplate` and `chat_template` say the same. */
const saidBy = (key: string): string => foldKey(key).replace(/[^a-z0-9]/g, '');

/** Words in the name of a field that speaks to the model from above: `system_instruction`, `developer`, `template_vars`. */
const FROM_ABOVE = /system|developer|instruct|template|preamble|persona|rolemap|^prompt|prompt$|^extrabody$/;

/** Names with such a word that carry no text to the model. */
const HARMLESS = new Set([
  'promptcachekey',
  'promptcacheretention',
  'promptcacheoptions',
  'promptlogprobs',
  'prompttruncatelen',
  'addgenerationprompt',
  'cacheprompt',
  'safeprompt',
]);

/**
 * Fields without such a word that some server puts above, or in place of, the turns: whole turns by another name (Cohere,
 * text-generation-webui), tokens in their place (SGLang, vLLM), and stored prompts (OpenRouter, LiteLLM).
 */
const IN_PLACE_OF_TURNS = new Set([
  ...['role', 'content', 'message', 'history', 'chathistory', 'conversation', 'context', 'guideline'],
  ...['input', 'inputs', 'inputids', 'inputembeds', 'prompttokenids', 'promptembeds', 'sessionparams'],
  ...['character', 'botname', 'greeting', 'userbio', 'preset', 'promptid', 'promptvariables'],
]);

/** Whether a field could replace or outrank a system prompt. */
export const fieldOutranks = (key: string, value: Json): boolean => {
  const said = saidBy(key);
  if (said === 'chattemplatekwargs') return !areSwitches(value);
  return IN_PLACE_OF_TURNS.has(said) || (FROM_ABOVE.test(said) && !HARMLESS.has(said));
};

/**
 * A template may write any text it is given above the turns (gpt-oss has `model_identity`), so its arguments may only be
 * switches: true, false, a number, or how much to reason.
 */
const areSwitches = (value: Json): boolean =>
  value === null ||
  (isObject(value) &&
    Object.entries(value).every(
      ([name, argument]) =>
        argument === null ||
        typeof argument === 'boolean' ||
        typeof argument === 'number' ||
        (name === 'reasoning_effort' && typeof argument === 'string' && /^[a-z]{1,8}$/.test(argument)),
    ));

/** Fields that name other models, or a server to ask them of: OpenRouter's and LiteLLM's. */
const ELSEWHERE = new Set([
  ...['models', 'modellist', 'fallbacks', 'fallbackmodel', 'fallbackmodels', 'defaultfallbacks'],
  ...['contextwindowfallbacks', 'contextwindowfallbackdict', 'contentpolicyfallbacks'],
  ...['apibase', 'baseurl', 'customllmprovider', 'userconfig'],
]);

/** Whether a field would take the request past the allowlist of models, or to another backend. */
export const choosesElsewhere = (key: string): boolean => ELSEWHERE.has(saidBy(key));
