// A question as its target can take it: here and nowhere else is decided what becomes of what the target cannot do.
import type { Caps } from './caps.ts';
import type { Question } from './neutral.ts';
import type { Notes } from './notes.ts';

/** The question within the caps; what was changed or left out is noted. Throws `unsupported_parameter`. */
export const normalise = (question: Question, _caps: Caps, _notes: Notes): Question => question;
