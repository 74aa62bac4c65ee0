// A neutral prompt as the messages of a chat completion.
import type { Json, JsonObject } from '../../json/value.ts';
import { isArray } from '../../json/value.ts';
import type { AssistantPart, Message, Messages, ToolOutput, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { fileSaid } from './files.ts';
import type { Flavour, Ids } from './flavour.ts';

type Of<R extends Message['role']> = Extract<Message, { role: R }>;
/** A message of ours. */
type Said = { readonly role: string; readonly content: Json } & JsonObject;

/** The messages, in the flavour of their target. */
export const messagesOf = (prompt: Messages, flavour: Flavour, notes: Notes): readonly JsonObject[] => {
  const saying = new Saying(flavour, notes);
  for (const message of prompt) saying.add(message);
  return saying.end();
};

/** What stands in a tool's result for an image, which no server takes inside. */
const SHOWN = '[It is shown in the next message.]';

/** Says messages one by one. */
class Saying {
  readonly #flavour: Flavour;
  readonly #notes: Notes;
  readonly #said: Said[] = [];
  readonly #ids: CallIds;
  /** Images of results so far; they follow the results as a user's. */
  #shown: Json[] = [];

  constructor(flavour: Flavour, notes: Notes) {
    this.#flavour = flavour;
    this.#notes = notes;
    this.#ids = new CallIds(flavour.ids);
  }

  add(message: Message): void {
    switch (message.role) {
      case 'system':
        this.#show();
        this.#push({ role: 'system', content: message.content });
        break;
      case 'user':
        this.#user(message);
        break;
      case 'assistant':
        this.#show();
        this.#push(this.#assistant(message));
        break;
      case 'tool':
        for (const part of message.content) if (part.type === 'tool-result') this.#result(part);
    }
  }

  end(): readonly JsonObject[] {
    this.#show();
    return this.#said;
  }

  /** Some templates of open models want roles to take turns. */
  #push(message: Said): void {
    const before = this.#said.at(-1);
    if (this.#flavour.own || message.role !== 'user' || before?.role !== 'user') {
      this.#said.push(message);
      return;
    }
    this.#said[this.#said.length - 1] = { ...before, content: joined(before.content, message.content) };
  }

  #show(): void {
    if (this.#shown.length > 0) this.#push({ role: 'user', content: this.#shown });
    this.#shown = [];
  }

  #user({ content }: Of<'user'>): void {
    const [first] = content;
    const alone = this.#shown.length === 0 && content.length <= 1 && first?.type !== 'file';
    const parts = alone ? [] : content.map(partSaid);
    this.#push({ role: 'user', content: alone ? (first?.text ?? '') : [...this.#shown, ...parts] });
    this.#shown = [];
  }

  #assistant({ content }: Of<'assistant'>): Said {
    const { reasoningField } = this.#flavour;
    const text = textsIn(content, 'text');
    const thoughts = textsIn(content, 'reasoning');
    if (reasoningField === undefined && thoughts !== '') this.#notes.dropped('messages[].reasoning');
    const calls = content
      .filter((part) => part.type === 'tool-call')
      .filter(({ providerExecuted }) => providerExecuted !== true);
    if (content.some(({ type }) => type === 'file')) this.#notes.dropped('messages[].content');
    return {
      role: 'assistant',
      content: text === '' && calls.length > 0 ? null : text,
      ...(reasoningField === undefined || thoughts === '' ? {} : { [reasoningField]: thoughts }),
      ...(calls.length === 0
        ? {}
        : {
            tool_calls: calls.map(({ toolCallId, toolName, input }) => ({
              id: this.#ids.of(toolCallId),
              type: 'function',
              function: { name: toolName, arguments: JSON.stringify(input ?? {}) },
            })),
          }),
    };
  }

  #result({ toolCallId, output }: Extract<Of<'tool'>['content'][number], { type: 'tool-result' }>): void {
    const content = output.type === 'content' ? this.#contentSaid(output.value) : outputSaid(output);
    this.#push({ role: 'tool', tool_call_id: this.#ids.of(toolCallId), content });
  }

  #contentSaid(parts: Extract<ToolOutput, { type: 'content' }>['value']): string {
    const texts: string[] = [];
    for (const part of parts) {
      if (part.type === 'text') texts.push(part.text);
      if (part.type !== 'file') continue;
      const said = fileSaid(part);
      if (typeof said === 'string') texts.push(said);
      else {
        this.#shown.push(said);
        texts.push(SHOWN);
      }
    }
    return texts.join('\n');
  }
}

const partSaid = (part: UserPart): Json => {
  const said = part.type === 'text' ? part.text : fileSaid(part);
  return typeof said === 'string' ? { type: 'text', text: said } : said;
};

const joined = (before: Json, after: Json): Json => {
  if (typeof before === 'string' && typeof after === 'string') return `${before}\n\n${after}`;
  const parts = (content: Json): readonly Json[] =>
    isArray(content) ? content : [{ type: 'text', text: content }];
  return [...parts(before), ...parts(after)];
};

const textsIn = (parts: readonly AssistantPart[], type: 'text' | 'reasoning'): string =>
  parts
    .filter((part) => part.type === type)
    .map((part) => ('text' in part ? part.text : ''))
    .join('');

const outputSaid = (output: Exclude<ToolOutput, { type: 'content' }>): string => {
  if (output.type === 'execution-denied') return output.reason ?? 'The call was denied.';
  return output.type === 'text' || output.type === 'error-text' ? output.value : JSON.stringify(output.value);
};

/** Ids as the target takes them: the same for a call and its result, and the same again when the conversation goes on. */
class CallIds {
  readonly #ids: Ids;
  readonly #made = new Map<string, string>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  of(id: string): string {
    if (this.#ids.fit.test(id)) return id;
    const made = this.#made.get(id) ?? this.#ids.made(this.#made.size);
    this.#made.set(id, made);
    return made;
  }
}
