// The tools of a request and the choice among them. Tools that run at Anthropic's, or that its models alone know by heart, are
// refused; tools whose loading is put off are left out until the conversation refers to them.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import type { FunctionTool, Question, ToolChoice } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';
import { among, field, flagIn, listIn, mustObject, mustText, objectIn, objectsIn, textIn } from './fields.ts';
import { cachedBy } from './marks.ts';

/** Agents with many servers have some hundreds. */
const TOOLS = 2_000;
const EXAMPLES = 100;

/** A tool with when it is there. */
type Declared = { readonly tool: FunctionTool; readonly deferred: boolean };

/** What a conversation says of its tools on the way: `tool_reference`, `tool_addition`, `tool_removal`. */
export type ToolChanges = {
  /** Names that became known; order matters no more. */
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  /** Tools defined in the middle. */
  readonly defined: readonly FunctionTool[];
};

/** One tool that a client runs. */
export const toolOf = (tool: JsonObject, path: string): FunctionTool => {
  const type = field(tool, 'type', path);
  if (type.value !== undefined && type.value !== 'custom')
    throw cannotCarry(type.path, 'Only tools with a schema of their own can be carried.');
  const [name, description] = [field(tool, 'name', path), textIn(field(tool, 'description', path))];
  const text = mustText(name);
  if (text === '') throw bad(name.path, 'It must not be empty.');
  const inputSchema = mustObject(field(tool, 'input_schema', path));
  const strict = flagIn(field(tool, 'strict', path));
  const examples = listIn(field(tool, 'input_examples', path), EXAMPLES);
  return {
    type: 'function',
    name: text,
    ...(description === undefined ? {} : { description }),
    inputSchema,
    ...(strict === undefined ? {} : { strict }),
    ...(examples === undefined
      ? {}
      : {
          inputExamples: examples.map((input, index) => ({
            input: mustObject({ value: input, path: `${path}.input_examples[${index}]` }),
          })),
        }),
    ...cachedBy(tool, path),
  };
};

const declaredIn = (body: JsonObject): readonly Declared[] => {
  const names = new Set<string>();
  return objectsIn(field(body, 'tools'), TOOLS).map(([tool, path]) => {
    const deferred = flagIn(field(tool, 'defer_loading', path)) === true;
    const declared = toolOf(tool, path);
    if (names.has(declared.name)) throw bad(`${path}.name`, 'Names of tools must be unique.');
    names.add(declared.name);
    return { tool: declared, deferred };
  });
};

/** The tools that are there at the conversation's end. */
export const toolsIn = (body: JsonObject, { added, removed, defined }: ToolChanges): FunctionTool[] => {
  const tools = new Map<string, FunctionTool>();
  for (const { tool, deferred } of declaredIn(body))
    if ((!deferred || added.has(tool.name)) && !removed.has(tool.name)) tools.set(tool.name, tool);
  for (const tool of defined) if (!removed.has(tool.name)) tools.set(tool.name, tool);
  return [...tools.values()];
};

/** `tool_choice`, and whether calls may be made at once. */
export const choiceIn = (
  body: JsonObject,
): { readonly toolChoice?: ToolChoice; readonly parallel?: boolean } => {
  const choice = objectIn(field(body, 'tool_choice'));
  if (choice === undefined) return {};
  const one = flagIn(field(choice, 'disable_parallel_tool_use', 'tool_choice'));
  const parallel = one === undefined ? {} : { parallel: !one };
  switch (among(field(choice, 'type', 'tool_choice'), ['auto', 'any', 'tool', 'none'])) {
    case 'auto':
      return { toolChoice: { type: 'auto' }, ...parallel };
    case 'any':
      return { toolChoice: { type: 'required' }, ...parallel };
    case 'none':
      return { toolChoice: { type: 'none' } };
    case 'tool':
      return {
        toolChoice: { type: 'tool', toolName: mustText(field(choice, 'name', 'tool_choice')) },
        ...parallel,
      };
  }
};

/** `output_config.format`, or as betas called it `output_format`. */
export const formatIn = (body: JsonObject, config: JsonObject | undefined): Question['responseFormat'] => {
  const inConfig = config === undefined ? undefined : field(config, 'format', 'output_config');
  const given = inConfig?.value === undefined ? field(body, 'output_format') : inConfig;
  const format = objectIn(given);
  if (format === undefined) return undefined;
  among(field(format, 'type', given.path), ['json_schema']);
  const schema: Readonly<Record<string, Json>> = mustObject(field(format, 'schema', given.path));
  return { type: 'json', schema };
};
