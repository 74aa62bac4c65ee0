// The content blocks of a request's messages as parts of the neutral form.
import { bad } from '../../dialects/outline.ts';
import type { JsonObject } from '../../json/value.ts';
import { isArray } from '../../json/value.ts';
import type { AssistantPart, ToolOutput, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Field } from './fields.ts';
import { field, flagIn, mustObject, mustText, objectsIn, textIn } from './fields.ts';
import { cachedBy } from './marks.ts';
import { documentOf, imageOf } from './sources.ts';

/** One message of an agent has some hundreds of results at most. */
const BLOCKS = 10_000;
/** Blocks of one tool's result. */
const RESULT_BLOCKS = 1_000;

/** A block with where it stands. */
export type Block = { readonly type: string; readonly block: JsonObject; readonly path: string };

/** The blocks of a message; a text is one block. */
export const blocksIn = (content: Field, most = BLOCKS): readonly Block[] => {
  if (typeof content.value === 'string')
    return [{ type: 'text', block: { type: 'text', text: content.value }, path: content.path }];
  if (!isArray(content.value)) throw bad(content.path, 'It must be a text or a list of blocks.');
  return objectsIn(content, most).map(([block, path]) => ({
    type: mustText(field(block, 'type', path)),
    block,
    path,
  }));
};

/** The text of a `text` block. */
export const textOf = ({ block, path }: Block): string => mustText(field(block, 'text', path));

/** What a user's block says, but for results of tools. */
export const userPart = (given: Block, notes: Notes): UserPart => {
  const { type, block, path } = given;
  const cached = cachedBy(block, path);
  switch (type) {
    case 'text':
      return { type: 'text', text: textOf(given), ...cached };
    case 'image':
      return { type: 'file', ...imageOf(block, path), ...cached };
    case 'document': {
      const { providerOptions, ...file } = documentOf(block, path, notes);
      const anthropic = { ...providerOptions?.anthropic, ...cached.providerOptions?.anthropic };
      const said = Object.keys(anthropic).length > 0;
      return { type: 'file', ...file, ...(said ? { providerOptions: { anthropic } } : {}) };
    }
    case 'search_result':
      return { type: 'text', text: searchResult(block, path), ...cached };
    default:
      throw unknownBlock(given);
  }
};

/** What an assistant's block says; undefined: nothing. */
export const assistantPart = (given: Block): AssistantPart => {
  const { type, block, path } = given;
  switch (type) {
    case 'text':
      return { type: 'text', text: textOf(given), ...cachedBy(block, path) };
    case 'thinking': {
      const signature = textIn(field(block, 'signature', path)) ?? '';
      const text = mustText(field(block, 'thinking', path));
      return {
        type: 'reasoning',
        text,
        ...(signature === '' ? {} : { providerOptions: { anthropic: { signature } } }),
      };
    }
    case 'redacted_thinking':
      return {
        type: 'reasoning',
        text: '',
        providerOptions: { anthropic: { redactedData: mustText(field(block, 'data', path)) } },
      };
    case 'tool_use':
      return {
        type: 'tool-call',
        toolCallId: mustText(field(block, 'id', path)),
        toolName: mustText(field(block, 'name', path)),
        input: mustObject(field(block, 'input', path)),
        ...cachedBy(block, path),
      };
    default:
      throw unknownBlock(given);
  }
};

/** Blocks of tools that run at the provider, and of its store: known, and not carried. Any other type is nobody's. */
const PROVIDERS_OWN =
  /^(?:server_tool_use|container_upload|browser_state|compaction|mcp_\w+|\w+_tool_result|fallback)$/;

const unknownBlock = ({ type, path }: Block): Error => {
  if (PROVIDERS_OWN.test(type)) return cannotCarry(path, 'It comes of a tool that runs at the provider.');
  return bad(`${path}.type`, 'There is no such block here.');
};

const searchResult = (block: JsonObject, path: string): string => {
  const [title, source] = [mustText(field(block, 'title', path)), mustText(field(block, 'source', path))];
  const texts = blocksIn(field(block, 'content', path), RESULT_BLOCKS).map(textOf);
  return `${title}\n${source}\n\n${texts.join('\n')}`;
};

/** What a tool gave back, the names of tools it made known, and a failure that `output` has no word for. */
export type Result = {
  readonly output: ToolOutput;
  readonly names: readonly string[];
  readonly failed?: boolean;
};

/** A `tool_result` block. */
export const outputOf = (block: JsonObject, path: string, notes: Notes): Result => {
  const failed = flagIn(field(block, 'is_error', path)) === true;
  const content = field(block, 'content', path);
  if (content.value === undefined || typeof content.value === 'string')
    return { output: { type: failed ? 'error-text' : 'text', value: content.value ?? '' }, names: [] };
  const names: string[] = [];
  const parts = blocksIn(content, RESULT_BLOCKS).map((given): UserPart => {
    if (given.type !== 'tool_reference') return userPart(given, notes);
    const name = mustText(field(given.block, 'tool_name', given.path));
    names.push(name);
    return { type: 'text', text: `The tool ${name} can be called now.` };
  });
  const plain = parts.every(({ type, providerOptions }) => type === 'text' && providerOptions === undefined);
  if (plain && (failed || parts.length <= 1)) {
    const value = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
    return { output: { type: failed ? 'error-text' : 'text', value }, names };
  }
  return { output: { type: 'content', value: parts.map(inResult) }, names, failed };
};

type ResultPart = Extract<ToolOutput, { type: 'content' }>['value'][number];

/** The neutral form's parts of results are those of users. */
const inResult = (part: UserPart): ResultPart => part;
