// The prompt of a question as the system prompt and messages of Anthropic's API: roles take turns and the user is first, results of
// tools come first in the turn after their call, nothing is empty.
import { bad } from '../../dialects/outline.ts';
import { parseShallow } from '../../json/parse.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import type { AssistantPart, Message, Messages, ProviderOptions, ToolPart, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Server } from './claude.ts';
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

/** Put before a conversation that the assistant begins: the API wants the user first. */
const OPENING = '(The conversation begins.)';

/** Writes a prompt. System messages after the first others must have been dealt with. `words`: put to the system prompt. */
export const saidIn = (
  prompt: Messages,
  { server, words }: { readonly server: Server; readonly words: string | undefined },
  notes: Notes,
): Said => {
  const start = prompt.findIndex(({ role }) => role !== 'system');
  const leading = prompt.slice(0, start < 0 ? prompt.length : start);
  const turns = new Writing(server, notes).turnsOf(prompt.slice(leading.length));
  const asked: Message[] = words === undefined ? [] : [{ role: 'system', content: words }];
  if (turns.length > 0) return { system: systemOf([...leading, ...asked]), messages: turns };
  // Somebody must speak: of a system prompt alone, the last message does.
  const last = leading.at(-1);
  const alone = last === undefined ? [] : systemBlocks(last);
  if (alone.length === 0) throw bad('messages', 'Somebody must say something.');
  notes.changed('messages', 'the system prompt is said by the user');
  return {
    system: systemOf([...leading.slice(0, -1), ...asked]),
    messages: [{ role: 'user', content: alone }],
  };
};

const systemBlocks = (message: Message): readonly JsonObject[] =>
  message.role === 'system' ? textBlock(message.content, message.providerOptions) : [];

const systemOf = (messages: Messages): Said['system'] => {
  const blocks = messages.flatMap(systemBlocks);
  const [only] = blocks;
  if (only === undefined) return undefined;
  return blocks.length === 1 && typeof only.text === 'string' && only.cache_control === undefined
    ? only.text
    : blocks;
};

/** What is cached up to. */
const cached = (options: ProviderOptions | undefined): JsonObject => {
  const mark = options?.anthropic?.cacheControl as Json | undefined;
  return isObject(mark) ? { cache_control: mark } : {};
};

/** The API takes no block of white space alone. */
const textBlock = (text: string, options: ProviderOptions | undefined): readonly JsonObject[] =>
  text.trim() === '' ? [] : [{ type: 'text', text, ...cached(options) }];

/** A mark on a message is one on its last block, unless that has its own. */
const withMark = (blocks: readonly JsonObject[], options: ProviderOptions | undefined): JsonObject[] => {
  const last = blocks.at(-1);
  return last === undefined ? [] : [...blocks.slice(0, -1), { ...cached(options), ...last }];
};

/** Writes one conversation. */
class Writing {
  readonly #server: Server;
  readonly #notes: Notes;
  readonly #ids = new CallIds();
  readonly #turns: Turn[] = [];

  constructor(server: Server, notes: Notes) {
    this.#server = server;
    this.#notes = notes;
  }

  turnsOf(messages: Messages): readonly JsonObject[] {
    for (const message of messages) this.#say(message);
    const first = this.#turns.find(({ results, blocks }) => results.length + blocks.length > 0);
    if (first === undefined) return [];
    if (first.role === 'assistant') {
      this.#notes.changed('messages', 'a turn of the user put before the first');
      this.#turns.unshift({ role: 'user', results: [], blocks: [{ type: 'text', text: OPENING }] });
    }
    this.#trimEnd();
    return joined(this.#turns).map(({ role, results, blocks }) => ({
      role,
      content: [...results, ...blocks],
    }));
  }

  #turn(role: Turn['role']): Turn {
    const last = this.#turns.at(-1);
    if (last?.role === role) return last;
    const next: Turn = { role, results: [], blocks: [] };
    this.#turns.push(next);
    return next;
  }

  #say(message: Message): void {
    switch (message.role) {
      case 'system':
        throw new Error('normalise leaves no system message among the others');
      case 'user': {
        const blocks = message.content.flatMap((part) => this.#userBlock(part));
        this.#turn('user').blocks.push(...withMark(blocks, message.providerOptions));
        break;
      }
      case 'assistant': {
        const blocks = message.content.flatMap((part) => this.#assistantBlock(part));
        this.#turn('assistant').blocks.push(...withMark(blocks, message.providerOptions));
        break;
      }
      case 'tool': {
        const blocks = message.content.flatMap((part) => this.#resultBlock(part));
        this.#turn('user').results.push(...withMark(blocks, message.providerOptions));
      }
    }
  }

  /** A reply that is begun may not end in white space. */
  #trimEnd(): void {
    const last = this.#turns.at(-1);
    const block = last?.role === 'assistant' ? last.blocks.pop() : undefined;
    if (last === undefined || block === undefined) return;
    last.blocks.push(typeof block.text === 'string' ? { ...block, text: block.text.trimEnd() } : block);
  }

  #userBlock(part: UserPart): readonly JsonObject[] {
    return part.type === 'text'
      ? textBlock(part.text, part.providerOptions)
      : [{ ...fileBlock(part, this.#server), ...cached(part.providerOptions) }];
  }

  #assistantBlock(part: AssistantPart): readonly JsonObject[] {
    switch (part.type) {
      case 'text':
        return textBlock(part.text, part.providerOptions);
      case 'reasoning':
        return this.#thinkingBlock(part.text, part.providerOptions);
      case 'tool-call': {
        const id = this.#ids.called(part.toolCallId);
        const input = inputOf(part.input);
        return [{ type: 'tool_use', id, name: part.toolName, input, ...cached(part.providerOptions) }];
      }
      case 'file':
        this.#notes.dropped('messages[].content');
        return [];
      default:
        return [];
    }
  }

  /** Reasoning without a proof of the API's own is no reasoning to it. */
  #thinkingBlock(thinking: string, options: ProviderOptions | undefined): readonly JsonObject[] {
    const { signature, redactedData } = options?.anthropic ?? {};
    if (typeof redactedData === 'string') return [{ type: 'redacted_thinking', data: redactedData }];
    if (typeof signature === 'string') return [{ type: 'thinking', thinking, signature }];
    if (thinking !== '') this.#notes.dropped('messages[].reasoning');
    return [];
  }

  #resultBlock(part: ToolPart): readonly JsonObject[] {
    if (part.type !== 'tool-result') return [];
    const { output, providerOptions } = part;
    const failed = output.type.startsWith('error-') || output.type === 'execution-denied';
    return [
      {
        type: 'tool_result',
        tool_use_id: this.#ids.answered(part.toolCallId),
        content: this.#outputOf(output),
        ...(failed || providerOptions?.anthropic?.isError === true ? { is_error: true } : {}),
        ...cached(providerOptions),
      },
    ];
  }

  #outputOf(output: Extract<ToolPart, { type: 'tool-result' }>['output']): Json {
    switch (output.type) {
      case 'text':
      case 'error-text':
        return output.value;
      case 'json':
      case 'error-json':
        return JSON.stringify(output.value);
      case 'execution-denied':
        return output.reason ?? 'The call was denied.';
      case 'content':
        return output.value.flatMap((each) => {
          if (each.type === 'custom') throw cannotCarry('messages', 'A result holds what has no name there.');
          return this.#userBlock(each);
        });
    }
  }
}

/** Turns that say something; two of one role that are left beside each other are one. */
const joined = (turns: readonly Turn[]): readonly Turn[] => {
  const all: Turn[] = [];
  for (const turn of turns) {
    if (turn.results.length + turn.blocks.length === 0) continue;
    const last = all.at(-1);
    if (last?.role === turn.role) {
      last.results.push(...turn.results);
      last.blocks.push(...turn.blocks);
    } else all.push(turn);
  }
  return all;
};

/** A call's input is an object in this API; a text of JSON is what it says, any other what it is. */
const inputOf = (input: unknown): JsonObject => {
  const value = typeof input === 'string' ? jsonIn(input) : (input as Json | undefined);
  if (isObject(value)) return value;
  return value === undefined || value === null ? {} : { input: value };
};

const jsonIn = (text: string): Json => {
  try {
    return parseShallow(text);
  } catch {
    return text;
  }
};
