// A question as its target can take it: what becomes of what no dialect's own writer decides. Packages and servers that were asked for
// more would change it themselves, without a word.
import type { Caps } from './caps.ts';
import { maybe } from './fields.ts';
import type { Question } from './neutral.ts';
import type { Notes } from './notes.ts';
import { withReminders } from './reminders.ts';

/**
 * Where nothing is known of a model: clients ask for as much as the largest have, and servers refuse more than their own have. It only
 * ever lowers what was asked: a reply may not cost more than its caller allowed.
 */
const UNKNOWN_TOKENS = 32_768;

/** The question within the caps; what was changed or left out is noted. Throws `unsupported_parameter`. */
export const normalise = (question: Question, caps: Caps, notes: Notes): Question => ({
  ...question,
  prompt: [...withReminders(question.prompt, caps.systems)],
  ...maybe('maxOutputTokens', limitOf(question.maxOutputTokens, caps, notes)),
});

const limitOf = (asked: number | undefined, caps: Caps, notes: Notes): number | undefined => {
  const most = caps.maxOutputTokens ?? UNKNOWN_TOKENS;
  if (asked === undefined || asked <= most) return asked;
  notes.changed('max_tokens', `clamped to ${most}`);
  return most;
};
