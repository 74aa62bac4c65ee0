// The items of OpenAI's responses as a neutral prompt. Reasoning, texts and calls that follow each other are one turn of the assistant;
// every call has its result right after that turn, wherever the client has it.
import { bad } from '../../dialects/outline.ts';
import { parseShallow } from '../../json/parse.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import { given, listOf, maybe, nameOf, objectOf, textOf } from '../fields.ts';
import type { AssistantPart, Message, Messages, ProviderOptions, ToolPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { assistantParts, onlyText, outputOf, saidParts } from './content.ts';
import type { Sealed } from './envelope.ts';
import { unseal } from './envelope.ts';
import type { Named } from './names.ts';
import type { Tools } from './tools.ts';
import { CUSTOM_INPUT } from './tools.ts';

/** Pieces of one reasoning; real ones have some ten. */
const PIECES = 10_000;

/** Keys of an item that are read here or by the files beside this one, or say nothing to a target. */
const READ: ReadonlySet<string> = new Set([
  ...['type', 'id', 'status', 'role', 'phase', 'content', 'summary', 'encrypted_content', 'call_id', 'name'],
  ...['namespace', 'arguments', 'input', 'output', 'tools', 'execution', 'call_type'],
]);

/** What a provider ran itself. What came of it is in the text that followed, so the conversation goes on without it. */
const RUN_ELSEWHERE = new Set([
  ...['web_search_call', 'file_search_call', 'code_interpreter_call', 'image_generation_call'],
  ...['mcp_list_tools', 'mcp_call', 'tool_search_call'],
]);
/** Items of the API that no other dialect has, and that a conversation means something else without. */
const NOT_CARRIED = new Set([
  ...['computer_call', 'computer_call_output', 'local_shell_call', 'local_shell_call_output'],
  ...['shell_call', 'shell_call_output', 'apply_patch_call', 'apply_patch_call_output'],
  ...['mcp_approval_request', 'mcp_approval_response', 'compaction', 'compaction_summary'],
  ...['compaction_trigger', 'configuration_update', 'program', 'program_output'],
]);

type Call = { readonly name: string; readonly part: Extract<AssistantPart, { type: 'tool-call' }> };

/** Reads the items one by one. */
export class Items {
  readonly said: Message[] = [];
  readonly #tools: Tools;
  readonly #notes: Notes;
  /** Results by the ids of their calls. */
  readonly #results = new Map<string, ToolPart>();
  readonly #calls = new Map<string, Call>();
  /** Proofs of calls, which may stand before them. */
  readonly #proofs = new Map<string, ProviderOptions>();
  /** The turn of the assistant under way, and the ids of its calls. */
  #turn: AssistantPart[] = [];
  #asked: string[] = [];

  constructor(tools: Tools, notes: Notes) {
    this.#tools = tools;
    this.#notes = notes;
  }

  add(item: JsonObject, param: string): void {
    this.#notes.others(item, READ, 'input[]');
    const type = given(item.type) ?? 'message';
    if (type === 'message') this.#message(item, param);
    else if (type === 'reasoning') this.#reasoning(item, param);
    else if (type === 'function_call') this.#call('function', item, param);
    else if (type === 'custom_tool_call') this.#call('custom', item, param);
    else if (type === 'function_call_output' || type === 'custom_tool_call_output') this.#output(item, param);
    // What the conversation brought along later counts as it was said last.
    else if (type === 'additional_tools' || type === 'tool_search_output')
      this.#tools.add(item.tools ?? null, `${param}.tools`, true);
    else this.#other(type, param);
  }

  /** The prompt. Throws for a call without its result. */
  end(): Messages {
    this.#close();
    if (this.said.length === 0) throw bad('input', 'It must not be empty.');
    return this.said.map((message) => (message.role === 'tool' ? this.#answered(message) : message));
  }

  #other(type: Json, param: string): void {
    if (typeof type === 'string' && RUN_ELSEWHERE.has(type)) this.#notes.dropped(`input[].${type}`);
    else if (typeof type === 'string' && NOT_CARRIED.has(type)) throw cannotCarry(`${param}.type`);
    else throw bad(`${param}.type`, 'There is no such item.');
  }

  #message(item: JsonObject, param: string): void {
    const { role } = item;
    const where = `${param}.content`;
    if (role === 'assistant') {
      this.#turn.push(...assistantParts(item.content, where));
      return;
    }
    if (role !== 'user' && role !== 'system' && role !== 'developer')
      throw bad(`${param}.role`, 'It must be one of: user, assistant, system, developer.');
    this.#close();
    if (role === 'user') {
      const content = saidParts(item.content, where);
      if (content.length > 0) this.said.push({ role, content });
    } else {
      const content = onlyText(item.content, where);
      if (content !== '') this.said.push({ role: 'system', content });
    }
  }

  /** A reasoning is carried with what proves it; without, it is only told to targets that want no proof. */
  #reasoning(item: JsonObject, param: string): void {
    const pieces = given(item.summary) === undefined ? [] : piecesOf(item.summary, `${param}.summary`);
    const own = given(item.content) === undefined ? [] : piecesOf(item.content, `${param}.content`);
    const text = (pieces.length > 0 ? pieces : own).join('');
    const content = given(item.encrypted_content);
    const sealed =
      content === undefined ? undefined : unseal(textOf(content, `${param}.encrypted_content`), text);
    if (sealed === undefined) {
      if (content !== undefined) this.#notes.dropped('input[].encrypted_content');
      if (text !== '') this.#turn.push({ type: 'reasoning', text });
    } else this.#prove(sealed);
  }

  #prove(sealed: Sealed): void {
    const { proofs } = sealed;
    if (sealed.of === 'reasoning') {
      this.#turn.push({ type: 'reasoning', text: sealed.text, providerOptions: proofs });
    } else if (sealed.of === 'call') {
      this.#proofs.set(sealed.call, proofs);
      const call = this.#calls.get(sealed.call);
      if (call !== undefined) call.part.providerOptions = proofs;
    } else {
      const before = this.#turn.findLast(({ type }) => type === 'text');
      if (before !== undefined) before.providerOptions = { ...before.providerOptions, ...proofs };
    }
  }

  #call(kind: Named['kind'], item: JsonObject, param: string): void {
    const id = nameOf(item.call_id, `${param}.call_id`);
    if (this.#calls.has(id)) throw bad(`${param}.call_id`, 'Another call has the same id.');
    const namespace =
      given(item.namespace) === undefined ? undefined : textOf(item.namespace, `${param}.namespace`);
    const own = nameOf(item.name, `${param}.name`);
    const name = this.#tools.names.flat({ kind, name: own, ...maybe('namespace', namespace) });
    const proofs = this.#proofs.get(id);
    const part: Call['part'] = {
      type: 'tool-call',
      toolCallId: id,
      toolName: name,
      input:
        kind === 'custom'
          ? { [CUSTOM_INPUT]: textOf(item.input, `${param}.input`) }
          : inputOf(textOf(item.arguments, `${param}.arguments`)),
      ...maybe('providerOptions', proofs),
    };
    this.#calls.set(id, { name, part });
    this.#asked.push(id);
    this.#turn.push(part);
  }

  #output(item: JsonObject, param: string): void {
    const id = nameOf(item.call_id, `${param}.call_id`);
    const call = this.#calls.get(id);
    if (call === undefined) throw bad(`${param}.call_id`, 'There is no call of this id before it.');
    if (this.#results.has(id)) throw bad(`${param}.call_id`, 'This call has an output already.');
    const output = outputOf(item.output, `${param}.output`);
    this.#results.set(id, { type: 'tool-result', toolCallId: id, toolName: call.name, output });
    this.#close();
  }

  #close(): void {
    if (this.#turn.length > 0) this.said.push({ role: 'assistant', content: this.#turn });
    // Their results may be yet to come: they are put in at the end.
    if (this.#asked.length > 0) this.said.push({ role: 'tool', content: this.#asked.map(pending) });
    this.#turn = [];
    this.#asked = [];
  }

  #answered(message: Extract<Message, { role: 'tool' }>): Message {
    const content = message.content.map((part) => {
      const id = part.type === 'tool-result' ? part.toolCallId : '';
      const result = this.#results.get(id);
      if (result === undefined)
        throw bad('input', `There is no output of the call ${JSON.stringify(id.slice(0, 64))}.`);
      return result;
    });
    return { role: 'tool', content };
  }
}

/** Stands for a result until all items are read. */
const pending = (toolCallId: string): ToolPart => ({
  type: 'tool-result',
  toolCallId,
  toolName: '',
  output: { type: 'text', value: '' },
});

const piecesOf = (list: Json | undefined, param: string): string[] =>
  listOf(list, param, PIECES).map((each, index) => {
    const where = `${param}[${index}]`;
    return textOf(objectOf(each, where).text, `${where}.text`);
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
