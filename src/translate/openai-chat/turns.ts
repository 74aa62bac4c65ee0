// The messages of a chat completion as a neutral prompt. Every call of a tool has its result right after it, as OpenAI asks.
import { bad } from '../../dialects/outline.ts';
import { parseShallow } from '../../json/parse.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isObject } from '../../json/value.ts';
import { given, listOf, nameOf, objectOf, textOf, wordOf } from '../fields.ts';
import type { AssistantPart, Message, Messages, ToolOutput, ToolPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { cacheOf } from './cache.ts';
import { textParts, userParts } from './content.ts';
import { thoughtsOf } from './thoughts.ts';

/** Longer than any list of real calls. */
const CALLS = 1_000;

/** Keys of a message that are read here or by the files beside this one. */
const READ: ReadonlySet<string> = new Set([
  ...['role', 'content', 'name', 'refusal', 'audio', 'tool_calls', 'tool_call_id', 'function_call'],
  ...['cache_control', 'reasoning_content', 'reasoning', 'thinking_blocks'],
]);

/** Reads `messages`, whose outline was read. */
export const turnsOf = (messages: Json | undefined, notes: Notes): Messages => {
  const turns = new Turns(notes);
  listOf(messages, 'messages', Number.POSITIVE_INFINITY).forEach((each, i) => {
    turns.add(objectOf(each, `messages[${i}]`), `messages[${i}]`);
  });
  turns.end('messages');
  return turns.said;
};

/** Collects turns one by one, and pairs calls with their results. */
class Turns {
  readonly said: Message[] = [];
  readonly #notes: Notes;
  /** Calls without a result yet, by their ids: the names of their tools. */
  #open = new Map<string, string>();
  #results: ToolPart[] | undefined;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  add(turn: JsonObject, param: string): void {
    const { role } = turn;
    this.#notes.others(turn, READ, 'messages[]');
    if (given(turn.name) !== undefined && role !== 'function') this.#notes.dropped('messages[].name');
    if (role !== 'tool' && role !== 'function') this.end(param);
    if (role === 'tool' || role === 'function') {
      this.#addResult(turn, param);
    } else if (role === 'user') {
      const content = userParts(turn.content, `${param}.content`);
      this.said.push({ role, content, ...cacheOf(turn.cache_control, `${param}.cache_control`) });
    } else if (role === 'system' || role === 'developer') {
      for (const { text, providerOptions } of textParts(turn.content, `${param}.content`))
        this.said.push({
          role: 'system',
          content: text,
          ...(providerOptions === undefined
            ? cacheOf(turn.cache_control, `${param}.cache_control`)
            : { providerOptions }),
        });
    } else if (role === 'assistant') {
      this.said.push(this.#assistant(turn, param));
    } else {
      throw bad(`${param}.role`, 'It must be one of: system, developer, user, assistant, tool, function.');
    }
  }

  /** Throws unless every call has its result. */
  end(param: string): void {
    this.#results = undefined;
    if (this.#open.size === 0) return;
    const ids = [...this.#open.keys()].slice(0, 5).join(', ').slice(0, 200);
    throw bad(
      param,
      `An assistant message with "tool_calls" must be followed by tool messages that answer each of them. Unanswered: ${ids}.`,
    );
  }

  #assistant(turn: JsonObject, param: string): Message {
    if (given(turn.audio) !== undefined) throw cannotCarry(`${param}.audio`);
    const content: AssistantPart[] = thoughtsOf(turn, param);
    if (given(turn.content) !== undefined) content.push(...saidIn(turn.content, `${param}.content`));
    const refusal = given(turn.refusal);
    if (refusal !== undefined && refusal !== '') content.push(refusalOf(textOf(refusal, `${param}.refusal`)));
    const calls =
      given(turn.tool_calls) === undefined ? [] : listOf(turn.tool_calls, `${param}.tool_calls`, CALLS);
    calls.forEach((each, i) => {
      content.push(this.#call(objectOf(each, `${param}.tool_calls[${i}]`), `${param}.tool_calls[${i}]`));
    });
    if (given(turn.function_call) !== undefined) content.push(this.#oldCall(turn.function_call, param));
    if (content.length === 0 && given(turn.content) === undefined)
      throw bad(`${param}.content`, 'An assistant message must have content or calls.');
    return { role: 'assistant', content, ...cacheOf(turn.cache_control, `${param}.cache_control`) };
  }

  #call(call: JsonObject, param: string): AssistantPart {
    const id = nameOf(call.id, `${param}.id`);
    if (this.#open.has(id)) throw bad(`${param}.id`, 'Another call has the same id.');
    const type = wordOf(call.type, `${param}.type`, ['function', 'custom']) ?? 'function';
    const said = objectOf(call[type], `${param}.${type}`);
    const name = nameOf(said.name, `${param}.${type}.name`);
    this.#open.set(id, name);
    const signature = at(at(call.extra_content, 'google'), 'thought_signature');
    return {
      type: 'tool-call',
      toolCallId: id,
      toolName: name,
      input:
        type === 'custom'
          ? { input: textOf(said.input, `${param}.custom.input`) }
          : inputOf(textOf(said.arguments, `${param}.function.arguments`)),
      ...(typeof signature === 'string'
        ? { providerOptions: { google: { thoughtSignature: signature } } }
        : {}),
    };
  }

  /** A call of the old kind has no id: its name stands for it. */
  #oldCall(value: Json | undefined, param: string): AssistantPart {
    const call = objectOf(value, `${param}.function_call`);
    const name = nameOf(call.name, `${param}.function_call.name`);
    const id = `call_${this.said.length}`;
    this.#open.set(id, name);
    const input = inputOf(textOf(call.arguments, `${param}.function_call.arguments`));
    return { type: 'tool-call', toolCallId: id, toolName: name, input };
  }

  #addResult(turn: JsonObject, param: string): void {
    const id =
      turn.role === 'tool' ? nameOf(turn.tool_call_id, `${param}.tool_call_id`) : this.#named(turn, param);
    const name = this.#open.get(id);
    if (name === undefined)
      throw bad(
        `${param}.${turn.role === 'tool' ? 'tool_call_id' : 'name'}`,
        'A tool message must answer a call of the assistant message before it, once.',
      );
    this.#open.delete(id);
    const result: ToolPart = {
      type: 'tool-result',
      toolCallId: id,
      toolName: name,
      output: outputOf(turn, `${param}.content`),
      ...cacheOf(turn.cache_control, `${param}.cache_control`),
    };
    if (this.#results === undefined) {
      this.#results = [];
      this.said.push({ role: 'tool', content: this.#results });
    }
    this.#results.push(result);
  }

  #named(turn: JsonObject, param: string): string {
    const name = nameOf(turn.name, `${param}.name`);
    return [...this.#open].find(([, each]) => each === name)?.[0] ?? '';
  }
}

/** What an assistant said, its refusals among it. */
const saidIn = (content: Json | undefined, param: string): AssistantPart[] => {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return listOf(content, param, CALLS).map((each, i) =>
    isObject(each) && each.type === 'refusal'
      ? refusalOf(textOf(each.refusal, `${param}[${i}].refusal`))
      : (textParts([each], `${param}`)[0] ?? { type: 'text', text: '' }),
  );
};

const refusalOf = (text: string): AssistantPart => ({
  type: 'text',
  text,
  providerOptions: { openai: { refusal: true } },
});

/** Models write arguments, and not always JSON; other dialects take objects alone, so whatever is none is put into one. */
const inputOf = (text: string): JsonObject => {
  if (text.trim() === '') return {};
  try {
    const input = parseShallow(text);
    return isObject(input) ? input : { input };
  } catch {
    return { input: text };
  }
};

const outputOf = (turn: JsonObject, param: string): ToolOutput => {
  const { content } = turn;
  if (typeof content === 'string') return { type: 'text', value: content };
  if (given(content) === undefined && turn.role === 'function') return { type: 'text', value: '' };
  return { type: 'content', value: userParts(content, param) };
};
