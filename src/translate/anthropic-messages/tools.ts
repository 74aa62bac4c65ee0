// The tools of a request and the choice among them. Tools that run at Anthropic's, or that its models alone know by heart, are
// refused; tools whose loading is put off are left out until the conversation refers to them.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { flagOf, given, listOf, maybe, nameOf, objectOf, textOf } from '../fields.ts';
import type { FunctionTool, Question, ToolChoice } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';
import { markedBy } from './marks.ts';
import type { ToolNames } from './tool-names.ts';

/** Agents with many servers have some hundreds. */
const TOOLS = 2_000;
const EXAMPLES = 100;

/** What a conversation says of its tools on the way: `tool_reference`, `tool_addition`, `tool_removal`. */
export type ToolChanges = {
  /** Names that became known. */
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  /** Tools defined in the middle. */
  readonly defined: readonly FunctionTool[];
};

/** One tool that a client runs. */
export const toolOf = (tool: JsonObject, path: string, names: ToolNames): FunctionTool => {
  const type = given(tool.type);
  if (type !== undefined && type !== 'custom')
    throw cannotCarry(`${path}.type`, 'Only tools with a schema of their own can be carried.');
  const description = given(tool.description);
  const examples = given(tool.input_examples);
  return {
    type: 'function',
    name: names.short(nameOf(tool.name, `${path}.name`)),
    ...(description === undefined ? {} : { description: textOf(description, `${path}.description`) }),
    inputSchema: objectOf(tool.input_schema, `${path}.input_schema`),
    ...maybe('strict', flagOf(tool.strict, `${path}.strict`)),
    ...(examples === undefined ? {} : { inputExamples: examplesOf(examples, `${path}.input_examples`) }),
    ...markedBy(tool, path),
  };
};

const examplesOf = (examples: Json, path: string): { input: JsonObject }[] =>
  listOf(examples, path, EXAMPLES).map((input, index) => ({ input: objectOf(input, `${path}[${index}]`) }));

/** The tools that are there at the conversation's end. */
export const toolsIn = (
  { tools }: JsonObject,
  { added, removed, defined }: ToolChanges,
  names: ToolNames,
): FunctionTool[] => {
  const known = new Set<string>();
  const there = new Map<string, FunctionTool>();
  (given(tools) === undefined ? [] : listOf(tools, 'tools', TOOLS)).forEach((value, index) => {
    const path = `tools[${index}]`;
    const said = objectOf(value, path);
    const tool = toolOf(said, path, names);
    const deferred = flagOf(said.defer_loading, `${path}.defer_loading`) === true;
    if (known.has(tool.name)) throw bad(`${path}.name`, 'Names of tools must be unique.');
    known.add(tool.name);
    if ((!deferred || added.has(tool.name)) && !removed.has(tool.name)) there.set(tool.name, tool);
  });
  for (const tool of defined) if (!removed.has(tool.name)) there.set(tool.name, tool);
  return [...there.values()];
};

/** What is chosen among the tools, and whether only one may be called at a time. */
export type Chosen = { readonly toolChoice?: ToolChoice; readonly single: boolean };

/** Reads `tool_choice`. `tools`: those that are there. */
export const choiceIn = (
  { tool_choice: choice }: JsonObject,
  tools: readonly FunctionTool[],
  names: ToolNames,
): Chosen => {
  if (given(choice) === undefined) return { single: false };
  const said = objectOf(choice, 'tool_choice');
  const single = flagOf(said.disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use') === true;
  const toolChoice = chosenIn(said, names);
  if (toolChoice.type === 'tool' && !tools.some(({ name }) => name === toolChoice.toolName))
    throw bad('tool_choice.name', 'There is no tool of this name.');
  if (toolChoice.type === 'required' && tools.length === 0)
    throw bad('tool_choice', 'It may only be specified while providing tools.');
  return tools.length === 0 ? { single } : { toolChoice, single };
};

const chosenIn = (said: JsonObject, names: ToolNames): ToolChoice => {
  switch (said.type) {
    case 'auto':
    case 'none':
      return { type: said.type };
    case 'any':
      return { type: 'required' };
    case 'tool':
      return { type: 'tool', toolName: names.short(nameOf(said.name, 'tool_choice.name')) };
    default:
      throw bad('tool_choice.type', 'It must be one of: auto, any, tool, none.');
  }
};

/** `output_config.format`, or as betas called it `output_format`. */
export const formatIn = (body: JsonObject, config: JsonObject): Question['responseFormat'] => {
  const [said, path] =
    given(config.format) === undefined
      ? ([body.output_format, 'output_format'] as const)
      : ([config.format, 'output_config.format'] as const);
  if (given(said) === undefined) return undefined;
  const format = objectOf(said, path);
  if (format.type !== 'json_schema') throw bad(`${path}.type`, 'It must be json_schema.');
  const schema: Readonly<Record<string, Json>> = objectOf(format.schema, `${path}.schema`);
  return { type: 'json', schema };
};
