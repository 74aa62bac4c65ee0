// The tools of a chat completion as neutral ones: a custom tool becomes a function of one text, functions of the old kind are tools.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at } from '../../json/value.ts';
import { flagOf, given, listOf, maybe, nameOf, objectOf, textOf, wordOf } from '../fields.ts';
import type { FunctionTool, ToolChoice } from '../neutral.ts';
import { cacheOf } from './cache.ts';

/** More than any API takes. */
const TOOLS = 2_000;

/** What a request says of tools. */
export type Tools = {
  readonly tools: FunctionTool[];
  readonly choice: ToolChoice | undefined;
  /** Names of tools that take a text as it is. */
  readonly custom: ReadonlySet<string>;
  /** Whether the client knows only functions of the old kind, and so one call at a time. */
  readonly old: boolean;
};

/** Reads `tools` and `tool_choice`, or `functions` and `function_call`. */
export const toolsOf = (body: JsonObject): Tools => {
  const old = given(body.tools) === undefined && given(body.functions) !== undefined;
  const custom = new Set<string>();
  const declared = old
    ? listOf(body.functions, 'functions', TOOLS).map((each, i) => functionOf(each, `functions[${i}]`))
    : given(body.tools) === undefined
      ? []
      : listOf(body.tools, 'tools', TOOLS).map((each, i) => toolOf(each, `tools[${i}]`, custom));
  const names = new Set(declared.map(({ name }) => name));
  const { choice, allowed } = old
    ? choiceOf(body.function_call, 'function_call')
    : choiceOf(body.tool_choice, 'tool_choice');
  const where = old ? 'function_call' : 'tool_choice';
  if (declared.length === 0 && choice !== undefined && choice.type !== 'auto' && choice.type !== 'none')
    throw bad(where, 'It is only allowed when tools are specified.');
  for (const name of [...(allowed ?? []), ...(choice?.type === 'tool' ? [choice.toolName] : [])])
    if (!names.has(name)) throw bad(where, 'It names a tool that is not in the list of tools.');
  const tools = allowed === undefined ? declared : declared.filter(({ name }) => allowed.has(name));
  return { tools, choice: tools.length === 0 ? undefined : choice, custom, old };
};

const toolOf = (value: Json, param: string, custom: Set<string>): FunctionTool => {
  const tool = objectOf(value, param);
  const type = wordOf(tool.type, `${param}.type`, ['function', 'custom']);
  if (type === undefined) throw bad(`${param}.type`, 'It must be a text.');
  if (type === 'function') {
    const made = functionOf(tool.function, `${param}.function`);
    const options = cacheOf(
      tool.cache_control ?? at(tool.function, 'cache_control'),
      `${param}.cache_control`,
    );
    return { ...made, ...options };
  }
  const made = customOf(tool.custom, `${param}.custom`);
  custom.add(made.name);
  return made;
};

const functionOf = (value: Json | undefined, param: string): FunctionTool => {
  const said = objectOf(value, param);
  const parameters = given(said.parameters);
  return {
    type: 'function',
    name: nameOf(said.name, `${param}.name`),
    ...maybe('description', optionalText(said.description, `${param}.description`)),
    inputSchema:
      parameters === undefined
        ? { type: 'object', properties: {} }
        : schemaOf(parameters, `${param}.parameters`),
    ...maybe('strict', flagOf(said.strict, `${param}.strict`)),
  };
};

const schemaOf = (value: Json, param: string): FunctionTool['inputSchema'] => objectOf(value, param);

/** A tool that takes a text: a function whose one parameter is that text. What its grammar says is said in words. */
const customOf = (value: Json | undefined, param: string): FunctionTool => {
  const said = objectOf(value, param);
  const description = optionalText(said.description, `${param}.description`);
  const grammar = grammarOf(said.format, `${param}.format`);
  const words = [description, grammar].filter((each) => each !== undefined).join('\n\n');
  return {
    type: 'function',
    name: nameOf(said.name, `${param}.name`),
    ...(words === '' ? {} : { description: words }),
    inputSchema: {
      type: 'object',
      properties: { input: { type: 'string' } },
      required: ['input'],
      additionalProperties: false,
    },
  };
};

const grammarOf = (value: Json | undefined, param: string): string | undefined => {
  if (given(value) === undefined) return undefined;
  const format = objectOf(value, param);
  if (format.type !== 'grammar') return undefined;
  const grammar = objectOf(format.grammar, `${param}.grammar`);
  const syntax = textOf(grammar.syntax, `${param}.grammar.syntax`);
  const definition = textOf(grammar.definition, `${param}.grammar.definition`);
  return `The input must match this grammar (${syntax}):\n${definition}`;
};

type Chosen = { readonly choice: ToolChoice | undefined; readonly allowed?: ReadonlySet<string> };

const choiceOf = (value: Json | undefined, param: string): Chosen => {
  const said = given(value);
  if (said === undefined) return { choice: undefined };
  if (said === 'none' || said === 'auto' || said === 'required') return { choice: { type: said } };
  if (typeof said === 'string') throw bad(param, 'It must be none, auto, required or an object.');
  const chosen = objectOf(said, param);
  if (param === 'function_call')
    return { choice: { type: 'tool', toolName: nameOf(chosen.name, `${param}.name`) } };
  const { type } = chosen;
  if (type === 'function' || type === 'custom')
    return { choice: { type: 'tool', toolName: namedIn(chosen, param) } };
  if (type !== 'allowed_tools') throw bad(`${param}.type`, 'It must be function, custom or allowed_tools.');
  const where = `${param}.allowed_tools`;
  const { mode, tools } = objectOf(chosen.allowed_tools, where);
  const allowed = listOf(tools, `${where}.tools`, TOOLS).map((each, i) =>
    namedIn(objectOf(each, `${where}.tools[${i}]`), `${where}.tools[${i}]`),
  );
  return {
    choice: { type: wordOf(mode, `${where}.mode`, ['auto', 'required']) ?? 'auto' },
    allowed: new Set(allowed),
  };
};

/** The name in `{"type": "function", "function": {"name": ...}}`, or in the same with `custom`. */
const namedIn = (said: JsonObject, param: string): string => {
  const type = said.type === 'custom' ? 'custom' : 'function';
  return nameOf(at(objectOf(said[type], `${param}.${type}`), 'name'), `${param}.${type}.name`);
};

const optionalText = (value: Json | undefined, param: string): string | undefined =>
  given(value) === undefined ? undefined : textOf(value, param);
