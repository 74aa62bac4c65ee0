// System messages where their target cannot have them. Those in the middle are said by the user where they stand: moved to the front
// they would spoil the cache of all that follows.
import type { Caps } from './caps.ts';
import type { Message, Messages } from './neutral.ts';

type User = Extract<Message, { role: 'user' }>;

/** The prompt with its system messages where `systems` allows them. */
export const withReminders = (prompt: Messages, systems: Caps['systems']): readonly Message[] => {
  if (systems === 'anywhere') return prompt;
  const start = prompt.findIndex(({ role }) => role !== 'system');
  const leading = start < 0 ? prompt : prompt.slice(0, start);
  const others = start < 0 ? [] : prompt.slice(start);
  const first = systems === 'one' ? asOne(leading) : leading;
  if (others.every(({ role }) => role !== 'system')) return [...first, ...others];
  return [...first, ...reminded(others)];
};

const asOne = (leading: Messages): readonly Message[] => {
  const [first, ...more] = leading;
  if (first === undefined || more.length === 0) return leading;
  const said = leading.flatMap((message) => (message.role === 'system' ? [message.content] : []));
  return [{ ...first, role: 'system', content: said.join('\n\n') }];
};

/** A reminder is part of the user's turn beside it, for some templates want roles to take turns. */
const reminded = (messages: Messages): readonly Message[] => {
  const made: Message[] = [];
  let waiting: User | undefined;
  for (const message of messages) {
    const last = made.at(-1);
    if (message.role === 'system') {
      const reminder = reminderOf(message.content, message.providerOptions);
      if (waiting !== undefined) waiting = { ...waiting, content: [...waiting.content, ...reminder.content] };
      else if (last?.role === 'user')
        made[made.length - 1] = { ...last, content: [...last.content, ...reminder.content] };
      else waiting = reminder;
    } else if (waiting === undefined) made.push(message);
    else {
      if (message.role === 'user')
        made.push({ ...message, content: [...waiting.content, ...message.content] });
      else made.push(waiting, message);
      waiting = undefined;
    }
  }
  return waiting === undefined ? made : [...made, waiting];
};

const reminderOf = (words: string, options: Message['providerOptions']): User => ({
  role: 'user',
  content: [
    {
      type: 'text',
      text: `<system-reminder>\n${words}\n</system-reminder>`,
      ...(options === undefined ? {} : { providerOptions: options }),
    },
  ],
});
