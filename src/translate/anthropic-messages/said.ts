// The prompt of a question as the system prompt and messages of Anthropic's API: roles take turns, results of tools come first in the
// turn after their call, ids are of the characters the API takes.
import type { JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import type { AssistantPart, Message, Messages, ProviderOptions, ToolPart, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { fileBlock } from './files.ts';
import { CallIds } from './ids.ts';

/** What a question says, for the body. */
export type Said = {
  readonly system: string | readonly JsonObject[] | undefined;
  readonly messages: readonly JsonObject[];
};

type Turn = {
  readonly role: 'user' | 'assistant';
  readonly results: JsonObject[];
  readonly blocks: JsonObject[];
};

/** Writes a prompt. System messages after the first others must have been dealt with. */
export const saidIn = (prompt: Messages, notes: Notes): Said => {
  const start = prompt.findIndex(({ role }) => role !== 'system');
  const leading = start < 0 ? prompt.length : start;
  return { system: systemOf(prompt.slice(0, leading)), messages: messagesOf(prompt.slice(leading), notes) };
};

const systemOf = (messages: Messages): Said['system'] => {
  const blocks = messages.flatMap((message) =>
    message.role === 'system' && message.content.trim() !== ''
      ? [{ type: 'text', text: message.content, ...cached(message.providerOptions) }]
      : [],
  );
  const [only] = blocks;
  if (only === undefined) return undefined;
  return blocks.length === 1 && !('cache_control' in only) ? only.text : blocks;
};

const messagesOf = (messages: Messages, notes: Notes): readonly JsonObject[] => {
  const [turns, ids]: [Turn[], CallIds] = [[], new CallIds()];
  const turn = (role: Turn['role']): Turn => {
    const last = turns.at(-1);
    if (last?.role === role) return last;
    const next: Turn = { role, results: [], blocks: [] };
    turns.push(next);
    return next;
  };
  for (const message of messages) say(message, turn, ids, notes);
  const said = turns.filter(({ results, blocks }) => results.length + blocks.length > 0);
  return said.map(({ role, results, blocks }) => ({ role, content: [...results, ...blocks] }));
};

const say = (message: Message, turn: (role: Turn['role']) => Turn, ids: CallIds, notes: Notes): void => {
  switch (message.role) {
    case 'system':
      throw new Error('normalise leaves no system message among the others');
    case 'user':
      turn('user').blocks.push(...withMark(message.content.flatMap(userBlock), message.providerOptions));
      return;
    case 'assistant':
      turn('assistant').blocks.push(
        ...withMark(
          message.content.flatMap((part) => assistantBlock(part, ids, notes)),
          message.providerOptions,
        ),
      );
      return;
    case 'tool':
      turn('user').results.push(
        ...withMark(
          message.content.flatMap((part) => resultBlock(part, ids)),
          message.providerOptions,
        ),
      );
  }
};

/** What is cached up to. */
const cached = (options: ProviderOptions | undefined): { readonly cache_control?: JsonObject } => {
  const mark = options?.anthropic?.cacheControl;
  return isObject(mark as JsonObject) ? { cache_control: mark as JsonObject } : {};
};

/** A mark on a message is one on its last block, unless that has its own. */
const withMark = (blocks: readonly JsonObject[], options: ProviderOptions | undefined): JsonObject[] => {
  const last = blocks.at(-1);
  if (last === undefined) return [];
  return [...blocks.slice(0, -1), { ...cached(options), ...last }];
};

/** The API takes no block of white space alone. */
const textBlock = (text: string, options: ProviderOptions | undefined): readonly JsonObject[] =>
  text.trim() === '' ? [] : [{ type: 'text', text, ...cached(options) }];

const userBlock = (part: UserPart): readonly JsonObject[] =>
  part.type === 'text'
    ? textBlock(part.text, part.providerOptions)
    : [{ ...fileBlock(part), ...cached(part.providerOptions) }];

const assistantBlock = (part: AssistantPart, ids: CallIds, notes: Notes): readonly JsonObject[] => {
  switch (part.type) {
    case 'text':
      return textBlock(part.text, part.providerOptions);
    case 'reasoning':
      return thinkingBlock(part.text, part.providerOptions);
    case 'tool-call': {
      const input = isObject(part.input as JsonObject) ? (part.input as JsonObject) : {};
      const id = ids.called(part.toolCallId);
      return [{ type: 'tool_use', id, name: part.toolName, input, ...cached(part.providerOptions) }];
    }
    case 'file':
    case 'reasoning-file':
      notes.dropped('messages');
      return [];
    default:
      return [];
  }
};

/** Reasoning without its proof is no reasoning to the API. */
const thinkingBlock = (thinking: string, options: ProviderOptions | undefined): readonly JsonObject[] => {
  const { signature, redactedData } = options?.anthropic ?? {};
  if (typeof redactedData === 'string') return [{ type: 'redacted_thinking', data: redactedData }];
  return typeof signature === 'string' ? [{ type: 'thinking', thinking, signature }] : [];
};

const resultBlock = (part: ToolPart, ids: CallIds): readonly JsonObject[] => {
  if (part.type !== 'tool-result') return [];
  const tool_use_id = ids.answered(part.toolCallId);
  const marks = cached(part.providerOptions);
  const { output } = part;
  switch (output.type) {
    case 'text':
      return [{ type: 'tool_result', tool_use_id, content: output.value, ...marks }];
    case 'json':
      return [{ type: 'tool_result', tool_use_id, content: JSON.stringify(output.value), ...marks }];
    case 'error-text':
      return [{ type: 'tool_result', tool_use_id, content: output.value, is_error: true, ...marks }];
    case 'error-json':
      return [
        { type: 'tool_result', tool_use_id, content: JSON.stringify(output.value), is_error: true, ...marks },
      ];
    case 'execution-denied':
      return [
        {
          type: 'tool_result',
          tool_use_id,
          content: output.reason ?? 'The tool was not run.',
          is_error: true,
          ...marks,
        },
      ];
    case 'content': {
      const content = output.value.flatMap((each) => {
        if (each.type === 'custom') throw cannotCarry('messages', 'A result holds what has no name there.');
        return userBlock(each);
      });
      const failed = part.providerOptions?.anthropic?.isError === true ? { is_error: true } : {};
      return [{ type: 'tool_result', tool_use_id, content, ...failed, ...marks }];
    }
  }
};
