// The tools of a question in Anthropic's dialect, the choice among them, and the JSON that a reply must be: by the API's own means
// where there are some, else as the input of a tool that must be called, which is read back as text.
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import { maybe } from '../fields.ts';
import type { Question, Tool, ToolChoice } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Claude, Server } from './claude.ts';
import { enforced, rooted } from './schema.ts';
import type { Load } from './schema-load.ts';
import { loadOf, sumOf } from './schema-load.ts';

/** The tool whose input is the reply. */
export const REPLY_TOOL = 'gatehouse_reply';
/** Said where a reply must be JSON of any kind: the API has no such thing. */
const ANY_JSON = 'Answer with one JSON object and nothing else.';
/** The API allows 20, and refuses the grammar of fewer where they are not small. */
const STRICT_TOOLS = 5;
/** The API allows 24; there, too, grammars fail before that. */
const OPTIONAL = 10;
/** The API's own limit. */
const UNIONS = 16;

const isKeepable = ({ optional, unions, closed }: Load): boolean =>
  closed && optional <= OPTIONAL && unions <= UNIONS;

/** What the body says of tools and of the reply's form. */
export type Called = {
  readonly tools: readonly JsonObject[];
  readonly toolChoice: JsonObject | undefined;
  readonly format: JsonObject | undefined;
  /** Put to the system prompt. */
  readonly words: string | undefined;
};

type Target = { readonly claude: Claude | undefined; readonly server: Server };

/** Works it out; throws `unsupported_parameter`. */
export const calledIn = (question: Question, target: Target, notes: Notes): Called => {
  const { tools = [], toolChoice, responseFormat } = question;
  const schema = responseFormat?.type === 'json' ? (responseFormat.schema as Json | undefined) : undefined;
  const demanded = tools.length > 0 && (toolChoice?.type === 'required' || toolChoice?.type === 'tool');
  if (demanded && !mayForce(target)) throw cannotForce('tool_choice', notes);
  const words = responseFormat?.type === 'json' && schema === undefined ? ANY_JSON : undefined;
  if (words !== undefined) notes.changed('response_format', 'asked for in words');
  const keeps = keepsSchemas(target);
  const strict = strictOf(tools, keeps, notes);
  const written = tools.map((tool, index) => toolOf(tool, index, strict));
  const form = isObject(schema) ? formOf(schema, target, keeps) : undefined;
  // A tool that is demanded is the reply's form.
  if (form === 'tool' && isObject(schema) && !demanded) {
    if (!mayForce(target)) throw cannotForce('response_format', notes);
    return { ...asTool(written, schema, toolChoice, notes), format: undefined, words };
  }
  return {
    tools: written,
    toolChoice: written.length === 0 ? undefined : choiceOf(toolChoice, isSingle(question)),
    format: form === 'kept' ? { type: 'json_schema', schema: enforced(schema as JsonObject) } : undefined,
    words,
  };
};

const cannotForce = (param: string, notes: Notes): Error =>
  cannotCarry(notes.nameOf(param), 'The model cannot be made to call a tool.');

/** Whether the API itself keeps a reply to a schema. Clouds came late to that; where nothing else is left, it is asked there too. */
const keepsSchemas = ({ claude, server }: Target): boolean => server.schemas ?? claude?.schemas ?? false;

/** How a reply is made to be what a schema says. */
const formOf = (schema: JsonObject, target: Target, keeps: boolean): 'kept' | 'tool' => {
  if (!mayForce(target) && target.claude?.schemas === true) return 'kept';
  if (!keeps) return 'tool';
  return isKeepable(loadOf(schema)) || rooted(schema) === undefined ? 'kept' : 'tool';
};

const mayForce = ({ claude, server }: Target): boolean => server.forced && claude?.forced !== false;

const isSingle = ({ providerOptions }: Question): boolean =>
  providerOptions?.anthropic?.disableParallelToolUse === true ||
  providerOptions?.openai?.parallelToolCalls === false;

/** The reply as a tool beside the others. */
const asTool = (
  tools: readonly JsonObject[],
  schema: JsonObject,
  toolChoice: ToolChoice | undefined,
  notes: Notes,
): Pick<Called, 'tools' | 'toolChoice'> => {
  const root = rooted(schema);
  if (root === undefined)
    throw cannotCarry(notes.nameOf('response_format'), 'The schema must be that of an object.');
  const reply = { name: REPLY_TOOL, description: 'Gives the answer.', input_schema: root };
  const others = toolChoice?.type === 'none' ? [] : tools;
  const choice = others.length === 0 ? { type: 'tool', name: REPLY_TOOL } : { type: 'any' };
  return { tools: [...others, reply], toolChoice: { ...choice, disable_parallel_tool_use: true } };
};

const strictOf = (tools: readonly Tool[], own: boolean, notes: Notes): boolean => {
  const strict = tools.flatMap((tool) =>
    tool.type === 'function' && tool.strict === true ? [loadOf(tool.inputSchema as Json)] : [],
  );
  if (strict.length === 0) return false;
  if (own && strict.length <= STRICT_TOOLS && isKeepable(strict.reduce(sumOf))) return true;
  notes.dropped('tools.strict');
  return false;
};

const toolOf = (tool: Tool, index: number, strict: boolean): JsonObject => {
  if (tool.type !== 'function') throw cannotCarry(`tools[${index}]`);
  const { name, description, providerOptions } = tool;
  const mark = providerOptions?.anthropic?.cacheControl as Json | undefined;
  const schema = tool.inputSchema as JsonObject;
  const whole = rooted(schema) ?? { ...schema, type: 'object' };
  const kept = strict && tool.strict === true;
  return {
    name,
    ...maybe('description', description),
    input_schema: kept ? enforced(whole) : whole,
    ...(kept ? { strict: true } : {}),
    ...(mark === undefined ? {} : { cache_control: mark }),
  };
};

const choiceOf = (choice: ToolChoice | undefined, single: boolean): JsonObject | undefined => {
  const alone = single ? { disable_parallel_tool_use: true } : {};
  switch (choice?.type) {
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any', ...alone };
    case 'tool':
      return { type: 'tool', name: choice.toolName, ...alone };
    default:
      return single ? { type: 'auto', ...alone } : undefined;
  }
};
