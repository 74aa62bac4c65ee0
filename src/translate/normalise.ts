// A question as its target can take it: here and nowhere else is decided what becomes of what the target cannot do.
import type { Caps } from './caps.ts';
import type { Message, Messages, Question } from './neutral.ts';
import type { Notes } from './notes.ts';

/** The question within the caps; what was changed or left out is noted. Throws `unsupported_parameter`. */
export const normalise = (question: Question, caps: Caps, _notes: Notes): Question =>
  caps.systemAnywhere ? question : { ...question, prompt: [...withReminders(question.prompt)] };

/** System messages after the first others, said by the user: moved to the front they would spoil the cache of all that follows. */
const withReminders = (prompt: Messages): readonly Message[] => {
  const start = prompt.findIndex(({ role }) => role !== 'system');
  if (start < 0) return prompt;
  return prompt.map((message, index) =>
    message.role === 'system' && index > start
      ? {
          role: 'user',
          content: [{ type: 'text', text: `<system-reminder>\n${message.content}\n</system-reminder>` }],
        }
      : message,
  );
};
