// How a reply is drawn, as a target of Anthropic's dialect takes it, and how long it may be.
import type { JsonObject } from '../../json/value.ts';
import { maybe } from '../fields.ts';
import type { Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Claude } from './claude.ts';

/** Where nothing is known of a model: what small ones can, and hardly one is cut by. */
const USUAL_TOKENS = 8_192;
/** The same of Anthropic's own. */
const USUAL_CLAUDE_TOKENS = 32_000;

/** `max_tokens`, which the API must be told. `most`: what the model can; null: unknown. */
export const limitOf = (
  { maxOutputTokens }: Question,
  most: number | null,
  claude: Claude | undefined,
  notes: Notes,
): number => {
  if (maxOutputTokens !== undefined) return maxOutputTokens;
  const limit = most ?? (claude === undefined ? USUAL_TOKENS : USUAL_CLAUDE_TOKENS);
  notes.changed('max_tokens', `set to ${limit}`);
  return limit;
};

/** Of both, the API takes one; thinking goes with neither. */
export const samplingOf = (
  question: Question,
  target: { readonly claude: Claude | undefined; readonly thinks: boolean; readonly hottest: number },
  notes: Notes,
): JsonObject => {
  for (const [name, value] of [
    ['seed', question.seed],
    ['presence_penalty', question.presencePenalty],
    ['frequency_penalty', question.frequencyPenalty],
  ] as const)
    if (value !== undefined && (name === 'seed' || value !== 0)) notes.dropped(name);
  const { claude, thinks } = target;
  const asked = { ...maybe('temperature', question.temperature), ...maybe('top_p', question.topP) };
  const all = { ...asked, ...(isTopK(question.topK) ? maybe('top_k', question.topK) : {}) };
  if (claude === undefined) return within(all, target.hottest, notes);
  if (!claude.sampling || thinks) {
    for (const [name, value] of Object.entries(all)) if (value !== 1 || name === 'top_k') notes.dropped(name);
    return {};
  }
  return within(oneOf(all, notes), 1, notes);
};

/** Zero and less say that there is none. */
const isTopK = (topK: number | undefined): boolean => topK !== undefined && topK > 0;

const oneOf = (asked: JsonObject, notes: Notes): JsonObject => {
  const { temperature, top_p: topP, ...rest } = asked;
  if (temperature === undefined || topP === undefined) return asked;
  if (topP === 1) return { ...rest, temperature };
  if (temperature === 1) return { ...rest, top_p: topP };
  notes.dropped('top_p');
  return { ...rest, temperature };
};

const within = (asked: JsonObject, hottest: number, notes: Notes): JsonObject => {
  if (typeof asked.temperature !== 'number' || asked.temperature <= hottest) return asked;
  notes.changed('temperature', `clamped to ${hottest}`);
  return { ...asked, temperature: hottest };
};

/** `stop_sequences`. Anthropic's models refuse white space alone, and without it the reply would be another. */
export const stopsOf = (
  { stopSequences = [] }: Question,
  claude: Claude | undefined,
  notes: Notes,
): JsonObject => {
  if (claude !== undefined && stopSequences.some((stop) => stop.trim() === ''))
    throw cannotCarry(notes.nameOf('stop'), 'White space alone cannot stop a reply there.');
  return stopSequences.length === 0 ? {} : { stop_sequences: stopSequences };
};
