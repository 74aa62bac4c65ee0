// The tools of a question in Anthropic's dialect, the choice among them, and the JSON that a reply must be: by the API's own means
// where there are some, else as the input of a tool that must be called, which is read back as text.
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import { maybe } from '../fields.ts';
import type { Question, Tool, ToolChoice } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Claude, Server } from './claude.ts';
import { enforced } from './schema.ts';

/** The tool whose input is the reply. */
export const REPLY_TOOL = 'gatehouse_reply';
/** Said where a reply must be JSON of any kind: the API has no such thing. */
const ANY_JSON = 'Answer with one JSON object and nothing else.';
/** The API's own limit. */
const STRICT_TOOLS = 20;

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
  const own = target.server.schemas ?? target.claude?.schemas ?? false;
  const written = tools.map((tool, index) => toolOf(tool, index, strictOf(tools, own, notes)));
  const forced = toolChoice?.type === 'required' || toolChoice?.type === 'tool';
  const words = responseFormat?.type === 'json' && schema === undefined ? ANY_JSON : undefined;
  if (words !== undefined) notes.changed('response_format', 'asked for in words');
  // A tool that is demanded is the reply's form.
  const asReply = isObject(schema) && !own && !forced;
  if ((asReply || (forced && tools.length > 0)) && !mayForce(target))
    throw cannotCarry(
      notes.nameOf(asReply ? 'response_format' : 'tool_choice'),
      'The model cannot be made to call a tool.',
    );
  if (asReply) return { ...asTool(written, schema, toolChoice, notes), format: undefined, words };
  return {
    tools: written,
    toolChoice: written.length === 0 ? undefined : choiceOf(toolChoice, isSingle(question)),
    format: isObject(schema) && own ? { type: 'json_schema', schema: enforced(schema) } : undefined,
    words,
  };
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
  if (schema.type !== 'object')
    throw cannotCarry(notes.nameOf('response_format'), 'The schema must be that of an object.');
  const reply = { name: REPLY_TOOL, description: 'Gives the answer.', input_schema: schema };
  const others = toolChoice?.type === 'none' ? [] : tools;
  const choice = others.length === 0 ? { type: 'tool', name: REPLY_TOOL } : { type: 'any' };
  return { tools: [...others, reply], toolChoice: { ...choice, disable_parallel_tool_use: true } };
};

const strictOf = (tools: readonly Tool[], own: boolean, notes: Notes): boolean => {
  const strict = tools.filter((tool) => tool.type === 'function' && tool.strict === true).length;
  if (strict === 0) return false;
  if (own && strict <= STRICT_TOOLS) return true;
  notes.dropped('tools.strict');
  return false;
};

const toolOf = (tool: Tool, index: number, strict: boolean): JsonObject => {
  if (tool.type !== 'function') throw cannotCarry(`tools[${index}]`);
  const { name, description, providerOptions } = tool;
  const mark = providerOptions?.anthropic?.cacheControl as Json | undefined;
  const schema = tool.inputSchema as JsonObject;
  const whole = schema.type === undefined ? { type: 'object', ...schema } : schema;
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
