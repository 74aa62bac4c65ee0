// The messages of a request as a prompt of the neutral form: who said what, in order. Calls of tools and their results are paired, as
// the API asks; system messages in the middle stay where they are.
import { bad } from '../../dialects/outline.ts';
import type { JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import type { FunctionTool, Message, ToolPart, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Block } from './blocks.ts';
import { assistantPart, blocksIn, outputOf, textOf, userPart } from './blocks.ts';
import type { Field } from './fields.ts';
import { field, listIn, mustObject, mustText, objectIn, textIn } from './fields.ts';
import { cachedBy } from './marks.ts';
import type { ToolChanges } from './tools.ts';
import { toolOf } from './tools.ts';

/** As many as the outline of a request allows. */
const MESSAGES = 20_000;
/** Claude Code tells Anthropic in the first block of its system prompt whom to bill; no model is to read it. */
const BILLING = 'x-anthropic-billing-header:';

/** What the messages of a request come to. */
export type Conversation = ToolChanges & {
  readonly prompt: readonly Message[];
  /** The last effort that a message sets; undefined: none does. */
  readonly effort: string | undefined;
};

/** The system prompt and all messages. */
export const conversationIn = (body: JsonObject, notes: Notes): Conversation => {
  const turns = new Turns(notes);
  turns.first(field(body, 'system'));
  const messages = listIn(field(body, 'messages'), MESSAGES) ?? [];
  messages.forEach((value, index) => {
    const path = `messages[${index}]`;
    turns.add(mustObject({ value: value ?? undefined, path }), path);
  });
  return turns.end();
};

/** Follows a conversation, message by message. */
class Turns {
  readonly #notes: Notes;
  readonly #prompt: Message[] = [];
  /** The tools called that have no result yet, by the call's id; with where they were called. */
  readonly #open = new Map<string, { readonly name: string; readonly path: string }>();
  readonly #ids = new Set<string>();
  readonly #added = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #defined = new Map<string, FunctionTool>();
  #effort: string | undefined;
  #last: { readonly role: string; readonly path: string } | undefined;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  first(system: Field): void {
    if (system.value === undefined) return;
    for (const block of blocksIn(system)) {
      if (block.type !== 'text') throw bad(`${block.path}.type`, 'A system prompt is of texts alone.');
      if (textOf(block).startsWith(BILLING)) this.#notes.dropped(block.path);
      else this.#system(block);
    }
  }

  add(message: JsonObject, path: string): void {
    const role = mustText(field(message, 'role', path));
    const content = field(message, 'content', path);
    if (role === 'system') this.#middle(message, content, path);
    else if (role === 'user') this.#user(content, path);
    else if (role === 'assistant') this.#assistant(content);
    else throw bad(`${path}.role`, 'It must be one of user, assistant, system.');
    if (role !== 'system') this.#last = { role, path };
  }

  end(): Conversation {
    this.#mustBeAnswered();
    if (this.#last?.role === 'assistant')
      throw cannotCarry(this.#last.path, 'A reply that is begun cannot be continued there.');
    return {
      prompt: this.#prompt,
      added: this.#added,
      removed: this.#removed,
      defined: [...this.#defined.values()],
      effort: this.#effort,
    };
  }

  #system(given: Block): void {
    const text = textOf(given);
    if (text !== '')
      this.#prompt.push({ role: 'system', content: text, ...cachedBy(given.block, given.path) });
  }

  /** A system message among the others: words, changes of the tools, and the effort from here on. */
  #middle(message: JsonObject, content: Field, path: string): void {
    const config = objectIn(field(message, 'output_config', path));
    if (config !== undefined)
      this.#effort = textIn(field(config, 'effort', `${path}.output_config`)) ?? this.#effort;
    if (content.value === undefined) return;
    for (const block of blocksIn(content)) {
      if (block.type === 'text') this.#system(block);
      else if (block.type === 'tool_addition') this.#addition(block);
      else if (block.type === 'tool_removal') this.#removal(block);
      else throw bad(`${block.path}.type`, 'A system message is of texts and changes of tools.');
    }
  }

  #addition({ block, path }: Block): void {
    const tool = mustObject(field(block, 'tool', path));
    if (tool.type === 'tool_reference') this.#known(mustText(field(tool, 'name', `${path}.tool`)));
    else if (isObject(tool.definition)) this.#define(toolOf(tool.definition, `${path}.tool.definition`));
    else this.#define(toolOf(tool, `${path}.tool`));
  }

  #removal({ block, path }: Block): void {
    const tool = mustObject(field(block, 'tool', path));
    const name = mustText(field(tool, 'name', `${path}.tool`));
    this.#removed.add(name);
    this.#added.delete(name);
  }

  #define(tool: FunctionTool): void {
    this.#defined.set(tool.name, tool);
    this.#removed.delete(tool.name);
  }

  #known(name: string): void {
    this.#added.add(name);
    this.#removed.delete(name);
  }

  /** Results go first, whatever else the user says. */
  #user(content: Field, path: string): void {
    const [results, said]: [ToolPart[], UserPart[]] = [[], []];
    for (const block of blocksIn(content)) {
      if (block.type === 'tool_result') results.push(this.#result(block));
      else said.push(userPart(block, this.#notes));
    }
    if (results.length > 0) this.#prompt.push({ role: 'tool', content: results });
    // What was called must be answered by the very next message.
    this.#mustBeAnswered(path);
    if (said.length > 0 || results.length === 0) this.#prompt.push({ role: 'user', content: said });
  }

  #result({ block, path }: Block): ToolPart {
    const id = field(block, 'tool_use_id', path);
    const toolCallId = mustText(id);
    const called = this.#open.get(toolCallId);
    if (called === undefined) throw bad(id.path, 'No tool was called with this id in the message before.');
    this.#open.delete(toolCallId);
    const { output, names, failed } = outputOf(block, path, this.#notes);
    for (const name of names) this.#known(name);
    const anthropic = {
      ...cachedBy(block, path).providerOptions?.anthropic,
      ...(failed === true ? { isError: true } : {}),
    };
    return {
      type: 'tool-result',
      toolCallId,
      toolName: called.name,
      output,
      ...(Object.keys(anthropic).length === 0 ? {} : { providerOptions: { anthropic } }),
    };
  }

  #assistant(content: Field): void {
    const parts = blocksIn(content).map((block) => {
      const part = assistantPart(block);
      if (part.type !== 'tool-call') return part;
      const path = `${block.path}.id`;
      if (this.#ids.has(part.toolCallId)) throw bad(path, 'Ids of calls must be unique.');
      this.#ids.add(part.toolCallId);
      this.#open.set(part.toolCallId, { name: part.toolName, path });
      return part;
    });
    this.#prompt.push({ role: 'assistant', content: parts });
  }

  #mustBeAnswered(path?: string): void {
    for (const open of this.#open.values())
      throw bad(path ?? open.path, 'A tool was called and has no result in the message after.');
  }
}
