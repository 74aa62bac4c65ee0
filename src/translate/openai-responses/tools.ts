// The tools of a request of OpenAI's responses: functions, tools that take any text, groups of both, and what the provider would run
// itself, which no other backend has.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import { flagOf, given, listOf, maybe, objectOf, textOf, wordOf } from '../fields.ts';
import type { FunctionTool, ToolChoice } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Named } from './names.ts';
import { Names } from './names.ts';

/** More than any API takes; agents with many servers have some hundreds. */
const TOOLS = 2_000;
const NAME = /^[\w-]{1,128}$/;

/** Clients offer a search of the web whatever they are about; without it a model answers from what it knows. */
const SEARCHES_WEB = /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/;
/** What a provider runs itself, or models are trained for: an answer without it would be another answer. */
const BUILT_IN = new Set([
  ...['file_search', 'code_interpreter', 'computer', 'computer_use', 'computer_use_preview', 'mcp'],
  ...['image_generation', 'local_shell', 'shell', 'apply_patch', 'programmatic_tool_calling'],
]);

/** The tools of one request, by the names a target hears. */
export class Tools {
  readonly names = new Names();
  readonly #notes: Notes;
  readonly #tools = new Map<string, FunctionTool>();
  #leftOut = false;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Adds a list of tools. `anew`: one of a name that is there already takes its place, where it would be refused otherwise. */
  add(list: Json, param: string, anew: boolean): void {
    listOf(list, param, TOOLS).forEach((tool, index) => {
      this.#add(objectOf(tool, `${param}[${index}]`), `${param}[${index}]`, anew, undefined);
    });
    if (this.#tools.size > TOOLS) throw bad(param, `The limit is ${TOOLS} tools.`);
  }

  /** Those that a choice leaves, and the choice itself; nothing where there are no tools. */
  chosen(choice: Json | undefined): { readonly tools?: FunctionTool[]; readonly toolChoice?: ToolChoice } {
    const { toolChoice, only } = this.#choiceOf(choice);
    const tools = [...this.#tools].filter(([name]) => only?.has(name) ?? true).map(([, tool]) => tool);
    if (tools.length > 0) return { tools, ...maybe('toolChoice', toolChoice) };
    if (toolChoice?.type !== 'required') return {};
    throw this.#leftOut
      ? cannotCarry('tool_choice', "All tools to choose from are the provider's own.")
      : bad('tool_choice', 'It asks for a tool, and there are none.');
  }

  #add(tool: JsonObject, param: string, anew: boolean, group: Group | undefined): void {
    const type = textOf(tool.type, `${param}.type`);
    if (type === 'function' || type === 'custom') this.#take(type, tool, param, anew, group);
    else if (type === 'namespace' && group === undefined) this.#addGroup(tool, param, anew);
    else if (SEARCHES_WEB.test(type)) this.#leaveOut('web_search');
    // Its tools are all offered at once instead.
    else if (type === 'tool_search') this.#leaveOut('tool_search');
    else if (BUILT_IN.has(type)) throw cannotCarry(param, `It has no "${type}".`);
    else throw bad(`${param}.type`, 'There is no such tool.');
  }

  #addGroup(tool: JsonObject, param: string, anew: boolean): void {
    const namespace = textOf(tool.name, `${param}.name`);
    if (!/^[\w.:/-]{1,128}$/.test(namespace)) throw bad(`${param}.name`, 'It must be a plain name.');
    const group = { namespace, description: optionalText(tool.description, `${param}.description`) };
    listOf(tool.tools, `${param}.tools`, TOOLS).forEach((each, index) => {
      const place = `${param}.tools[${index}]`;
      this.#add(objectOf(each, place), place, anew, group);
    });
  }

  #leaveOut(kind: string): void {
    this.#leftOut = true;
    this.#notes.dropped(`tools.${kind}`);
  }

  #take(kind: Named['kind'], tool: JsonObject, param: string, anew: boolean, group: Group | undefined): void {
    const own = textOf(tool.name, `${param}.name`);
    if (!NAME.test(own)) throw bad(`${param}.name`, 'It must be letters, digits, "_" and "-".');
    const name = this.names.flat({ kind, name: own, ...maybe('namespace', group?.namespace) });
    if (this.#tools.has(name) && !anew) throw bad(`${param}.name`, 'Another tool has this name.');
    const description = [group?.description, optionalText(tool.description, `${param}.description`)];
    this.#tools.set(name, {
      ...(kind === 'function' ? functionOf(tool, param) : customOf(tool, param, description)),
      ...maybe('description', description.filter(isSaid).join('\n\n') || undefined),
      type: 'function',
      name,
    });
  }

  #choiceOf(choice: Json | undefined): Choice {
    if (choice === undefined || choice === null) return {};
    if (!isObject(choice)) return { toolChoice: { type: mustWord(choice, 'tool_choice', MODES) } };
    const type = textOf(choice.type, 'tool_choice.type');
    if (type === 'allowed_tools') {
      const mode = mustWord(choice.mode, 'tool_choice.mode', ['auto', 'required']);
      const allowed = listOf(choice.tools, 'tool_choice.tools', TOOLS).flatMap((each, index) =>
        this.#allowed(objectOf(each, `tool_choice.tools[${index}]`), `tool_choice.tools[${index}]`),
      );
      return { toolChoice: { type: mode }, only: new Set(allowed) };
    }
    if (type !== 'function' && type !== 'custom') throw this.#noTool(type, 'tool_choice');
    return { toolChoice: { type: 'tool', toolName: this.#known(choice, 'tool_choice') } };
  }

  #allowed(tool: JsonObject, param: string): readonly string[] {
    const type = textOf(tool.type, `${param}.type`);
    if (type === 'function' || type === 'custom') return [this.#known(tool, param)];
    const name = type === 'namespace' ? textOf(tool.name, `${param}.name`) : undefined;
    if (name !== undefined)
      return [...this.#tools.keys()].filter((each) => this.names.named(each).namespace === name);
    if (SEARCHES_WEB.test(type) || type === 'tool_search') return [];
    throw this.#noTool(type, param);
  }

  #noTool(type: string, param: string): Error {
    return BUILT_IN.has(type) || SEARCHES_WEB.test(type)
      ? cannotCarry(param, `It has no "${type}".`)
      : bad(`${param}.type`, 'There is no such tool.');
  }

  /** The name of a tool that must be there. One of a group may be called by its own name, if no other has it. */
  #known(tool: JsonObject, param: string): string {
    const name = textOf(tool.name, `${param}.name`);
    const namespace = optionalText(tool.namespace, `${param}.namespace`);
    const found = [...this.#tools.keys()].filter((each) => {
      const named = this.names.named(each);
      const called =
        named.namespace === undefined ? [named.name] : [named.name, `${named.namespace}.${named.name}`];
      return called.includes(name) && (namespace === undefined || named.namespace === namespace);
    });
    const [only] = found;
    if (only === undefined || found.length > 1)
      throw bad(`${param}.name`, 'There is no such tool among "tools".');
    return only;
  }
}

type Group = { readonly namespace: string; readonly description: string | undefined };
type Choice = { readonly toolChoice?: ToolChoice; readonly only?: ReadonlySet<string> };

const optionalText = (value: Json | undefined, param: string): string | undefined =>
  given(value) === undefined ? undefined : textOf(value, param);

const mustWord = <W extends string>(value: Json | undefined, param: string, words: readonly W[]): W => {
  const word = wordOf(value, param, words);
  if (word === undefined) throw bad(param, 'It is missing.');
  return word;
};

const MODES = ['auto', 'none', 'required'] as const;

const isSaid = (text: string | undefined): text is string => text !== undefined && text !== '';

const functionOf = (tool: JsonObject, param: string): Pick<FunctionTool, 'inputSchema' | 'strict'> => ({
  inputSchema:
    given(tool.parameters) === undefined
      ? { type: 'object', properties: {} }
      : objectOf(tool.parameters, `${param}.parameters`),
  ...maybe('strict', flagOf(tool.strict, `${param}.strict`)),
});

/** A tool that takes any text becomes a function of one text; a grammar for it can only be told in words. */
const customOf = (
  tool: JsonObject,
  param: string,
  description: (string | undefined)[],
): Pick<FunctionTool, 'inputSchema'> => {
  const format = given(tool.format) === undefined ? undefined : objectOf(tool.format, `${param}.format`);
  const type = format && mustWord(format.type, `${param}.format.type`, ['text', 'grammar']);
  if (format !== undefined && type === 'grammar') {
    const syntax = mustWord(format.syntax, `${param}.format.syntax`, ['lark', 'regex']);
    const definition = textOf(format.definition, `${param}.format.definition`);
    description.push(`The input must follow this grammar (${syntax}):\n${definition}`);
  }
  return {
    inputSchema: {
      type: 'object',
      properties: { [CUSTOM_INPUT]: { type: 'string' } },
      required: [CUSTOM_INPUT],
      additionalProperties: false,
    },
  };
};

/** The one argument of a function that stands for a tool of any text. */
export const CUSTOM_INPUT = 'input';
