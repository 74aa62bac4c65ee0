// The messages of a request as a prompt of the neutral form: who said what, in order. Calls of tools and their results are paired, as
// the API asks; system messages in the middle stay where they are.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import { given, listOf, nameOf, objectOf, textOf } from '../fields.ts';
import type {
  AssistantPart,
  FunctionTool,
  Message,
  ProviderOptions,
  ToolPart,
  UserPart,
} from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { unseal } from '../openai-responses/envelope.ts';
import type { Block } from './blocks.ts';
import { assistantPart, blocksIn, resultIn, saidIn, userPart } from './blocks.ts';
import { markedBy } from './marks.ts';
import type { ToolNames } from './tool-names.ts';
import type { ToolChanges } from './tools.ts';
import { toolOf } from './tools.ts';

/** As many as the outline of a request allows. */
const MESSAGES = 20_000;
/** Claude Code tells Anthropic in the first block of its system prompt whom to bill; no model is to read it. */
const BILLING = 'x-anthropic-billing-header:';

/** Keys that are read here or by the files beside this one: of a message, and of its blocks. */
const READ: ReadonlySet<string> = new Set(['role', 'content', 'output_config']);
const READ_OF_BLOCKS: ReadonlySet<string> = new Set([
  ...['type', 'text', 'cache_control', 'citations', 'source', 'title', 'context', 'id', 'name', 'input'],
  ...['tool_use_id', 'content', 'is_error', 'thinking', 'signature', 'data', 'tool', 'caller'],
]);

/** What the messages of a request come to. */
export type Conversation = ToolChanges & {
  readonly prompt: readonly Message[];
  /** The ids of all calls in it. */
  readonly ids: ReadonlySet<string>;
  /** The last effort that a message sets; undefined: none does. */
  readonly effort: string | undefined;
};

/** The system prompt and all messages. */
export const conversationIn = (body: JsonObject, names: ToolNames, notes: Notes): Conversation => {
  const turns = new Turns(names, notes);
  turns.first(body.system);
  listOf(body.messages, 'messages', MESSAGES).forEach((value, index) => {
    const path = `messages[${index}]`;
    turns.add(objectOf(value, path), path);
  });
  return turns.end();
};

/** Follows a conversation, message by message. */
class Turns {
  readonly #names: ToolNames;
  readonly #notes: Notes;
  readonly #prompt: Message[] = [];
  /** System messages between a call and its result, which every other API wants beside each other. */
  #held: Message[] = [];
  /** Calls that have no result yet, by their id; with where they were made. */
  readonly #open = new Map<string, { readonly name: string; readonly path: string }>();
  readonly #ids = new Set<string>();
  readonly #added = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #defined = new Map<string, FunctionTool>();
  #effort: string | undefined;
  #last: { readonly role: string; readonly path: string } | undefined;

  constructor(names: ToolNames, notes: Notes) {
    this.#names = names;
    this.#notes = notes;
  }

  first(system: Json | undefined): void {
    if (given(system) === undefined) return;
    for (const block of blocksIn(system, 'system')) {
      if (block.type !== 'text') throw bad(`${block.path}.type`, 'A system prompt is of texts alone.');
      if (saidIn(block).startsWith(BILLING)) this.#notes.dropped(block.path);
      else this.#system(block);
    }
  }

  add(message: JsonObject, path: string): void {
    const { role, content } = message;
    this.#notes.others(message, READ, 'messages[]');
    if (Array.isArray(content))
      for (const block of content)
        if (isObject(block)) this.#notes.others(block, READ_OF_BLOCKS, 'messages[].content[]');
    const at = `${path}.content`;
    if (role === 'system') this.#middle(message, path);
    else if (role === 'user') this.#user(content, at);
    else if (role === 'assistant') this.#assistant(content, at);
    else throw bad(`${path}.role`, 'It must be one of: user, assistant, system.');
    if (role !== 'system') this.#last = { role, path };
  }

  end(): Conversation {
    this.#mustBeAnswered();
    if (this.#last?.role === 'assistant')
      throw cannotCarry(this.#last.path, 'A reply that is begun cannot be continued there.');
    return {
      prompt: this.#prompt,
      ids: this.#ids,
      added: this.#added,
      removed: this.#removed,
      defined: [...this.#defined.values()],
      effort: this.#effort,
    };
  }

  #system(said: Block): void {
    const content = saidIn(said);
    if (content === '') return;
    const message: Message = { role: 'system', content, ...markedBy(said.block, said.path) };
    if (this.#open.size > 0) this.#held.push(message);
    else this.#prompt.push(message);
  }

  /** A system message among the others: words, changes of the tools, and the effort from here on. */
  #middle({ content, output_config: config }: JsonObject, path: string): void {
    const effort = given(config) === undefined ? null : objectOf(config, `${path}.output_config`).effort;
    if (given(effort) !== undefined) this.#effort = textOf(effort, `${path}.output_config.effort`);
    if (given(content) === undefined) return;
    for (const block of blocksIn(content, `${path}.content`)) {
      if (block.type === 'text') this.#system(block);
      else if (block.type === 'tool_addition') this.#addition(block);
      else if (block.type === 'tool_removal') this.#removal(block);
      else throw bad(`${block.path}.type`, 'A system message is of texts and changes of tools.');
    }
  }

  #addition({ block, path }: Block): void {
    const at = `${path}.tool`;
    const tool = objectOf(block.tool, at);
    if (tool.type === 'tool_reference') {
      this.#known(this.#named(tool, at));
      return;
    }
    const defined = isObject(tool.definition)
      ? toolOf(tool.definition, `${at}.definition`, this.#names)
      : toolOf(tool, at, this.#names);
    this.#defined.set(defined.name, defined);
    this.#removed.delete(defined.name);
  }

  #removal({ block, path }: Block): void {
    const name = this.#named(objectOf(block.tool, `${path}.tool`), `${path}.tool`);
    this.#removed.add(name);
    this.#added.delete(name);
  }

  #named({ name }: JsonObject, path: string): string {
    return this.#names.short(nameOf(name, `${path}.name`));
  }

  #known(name: string): void {
    this.#added.add(name);
    this.#removed.delete(name);
  }

  /** Results go first, whatever else the user says. */
  #user(content: Json | undefined, path: string): void {
    const [results, said]: [ToolPart[], UserPart[]] = [[], []];
    for (const block of blocksIn(content, path)) {
      if (block.type === 'tool_result') results.push(this.#result(block));
      else said.push(userPart(block, this.#notes));
    }
    if (results.length > 0) this.#prompt.push({ role: 'tool', content: results });
    // What was called must be answered by the very next message.
    this.#mustBeAnswered(path);
    this.#prompt.push(...this.#held);
    this.#held = [];
    if (said.length > 0 || results.length === 0) this.#prompt.push({ role: 'user', content: said });
  }

  #result(said: Block): ToolPart {
    const { block, path } = said;
    const toolCallId = nameOf(block.tool_use_id, `${path}.tool_use_id`);
    const called = this.#open.get(toolCallId);
    if (called === undefined)
      throw bad(`${path}.tool_use_id`, 'The message before calls no tool with this id.');
    this.#open.delete(toolCallId);
    const { output, names, failed } = resultIn(said, this.#names, this.#notes);
    for (const name of names) this.#known(name);
    const marks = markedBy(block, path, failed ? { isError: true } : {});
    return { type: 'tool-result', toolCallId, toolName: called.name, output, ...marks };
  }

  #assistant(content: Json | undefined, path: string): void {
    const parts: AssistantPart[] = [];
    const proofs = new Map<string, ProviderOptions>();
    for (const block of blocksIn(content, path)) {
      const part = assistantPart(block, this.#names);
      const sealed = part.type === 'reasoning' ? sealedIn(part) : undefined;
      if (sealed?.of === 'call') proofs.set(sealed.call, sealed.proofs);
      if (sealed !== undefined) continue;
      if (part.type === 'tool-call') this.#called(part, block.path);
      parts.push(part);
    }
    const proven = parts.map((part) =>
      part.type === 'tool-call' && proofs.has(part.toolCallId)
        ? { ...part, providerOptions: { ...part.providerOptions, ...proofs.get(part.toolCallId) } }
        : part,
    );
    this.#prompt.push({ role: 'assistant', content: proven });
  }

  #called({ toolCallId, toolName }: Extract<AssistantPart, { type: 'tool-call' }>, path: string): void {
    if (this.#ids.has(toolCallId)) throw bad(`${path}.id`, 'Ids of calls must be unique.');
    this.#ids.add(toolCallId);
    this.#open.set(toolCallId, { name: toolName, path });
  }

  #mustBeAnswered(path?: string): void {
    for (const open of this.#open.values())
      throw bad(path ?? open.path, 'A tool was called and has no result in the message after.');
  }
}

/** What we sealed as redacted thinking: the proof of a call. Undefined: it is the provider's own. */
const sealedIn = ({ providerOptions }: AssistantPart): ReturnType<typeof unseal> => {
  const data = providerOptions?.anthropic?.redactedData;
  return typeof data === 'string' ? unseal(data, '') : undefined;
};
