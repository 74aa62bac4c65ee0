// The content blocks of a request's messages as parts of the neutral form.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { flagOf, given, listOf, nameOf, objectOf, textOf } from '../fields.ts';
import type { AssistantPart, ToolOutput, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { unseal } from '../openai-responses/envelope.ts';
import { markedBy } from './marks.ts';
import { documentOf, imageOf } from './sources.ts';
import type { ToolNames } from './tool-names.ts';

/** One message of an agent has some hundreds of results at most. */
const BLOCKS = 10_000;
/** Blocks of one tool's result, or of a search's. */
const RESULT_BLOCKS = 1_000;

/** A block with where it stands. */
export type Block = { readonly type: string; readonly block: JsonObject; readonly path: string };

/** The blocks of a message; a text is one block. */
export const blocksIn = (content: Json | undefined, path: string, most = BLOCKS): readonly Block[] => {
  if (typeof content === 'string') return [{ type: 'text', block: { type: 'text', text: content }, path }];
  if (!Array.isArray(content)) throw bad(path, 'It must be a text or a list of blocks.');
  return listOf(content, path, most).map((value, index) => {
    const at = `${path}[${index}]`;
    const block = objectOf(value, at);
    return { type: textOf(block.type, `${at}.type`), block, path: at };
  });
};

/** The text of a `text` block. */
export const saidIn = ({ block, path }: Block): string => textOf(block.text, `${path}.text`);

/** What a user's block says, but for results of tools. */
export const userPart = (said: Block, notes: Notes): UserPart => {
  const { type, block, path } = said;
  switch (type) {
    case 'text':
      return { type: 'text', text: saidIn(said), ...markedBy(block, path) };
    case 'image':
      return { type: 'file', ...imageOf(block, path), ...markedBy(block, path) };
    case 'document': {
      const { providerOptions, ...file } = documentOf(block, path, notes);
      return { type: 'file', ...file, ...markedBy(block, path, providerOptions?.anthropic) };
    }
    case 'search_result':
      return { type: 'text', text: searchResult(block, path), ...markedBy(block, path) };
    default:
      throw unknownBlock(said);
  }
};

/** What an assistant's block says. */
export const assistantPart = (said: Block, names: ToolNames): AssistantPart => {
  const { type, block, path } = said;
  switch (type) {
    case 'text':
      return { type: 'text', text: saidIn(said), ...markedBy(block, path) };
    case 'thinking':
      return thinkingPart(block, path);
    case 'redacted_thinking': {
      const redactedData = textOf(block.data, `${path}.data`);
      return { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData } } };
    }
    case 'tool_use':
      return {
        type: 'tool-call',
        toolCallId: nameOf(block.id, `${path}.id`),
        toolName: names.short(nameOf(block.name, `${path}.name`)),
        input: objectOf(block.input, `${path}.input`),
        ...markedBy(block, path),
      };
    default:
      throw unknownBlock(said);
  }
};

/** A signature may be another provider's proof, which we sealed as one. */
const thinkingPart = (block: JsonObject, path: string): AssistantPart => {
  const text = textOf(block.thinking, `${path}.thinking`);
  const signature = given(block.signature);
  if (signature === undefined || signature === '') return { type: 'reasoning', text };
  const proof = textOf(signature, `${path}.signature`);
  const sealed = unseal(proof, text);
  return {
    type: 'reasoning',
    text,
    providerOptions: sealed?.of === 'reasoning' ? sealed.proofs : { anthropic: { signature: proof } },
  };
};

/** Blocks of tools that run at the provider, and of its store: known, and not carried. Any other type is nobody's. */
const PROVIDERS_OWN =
  /^(?:server_tool_use|container_upload|browser_state|compaction|fallback|mcp_\w+|\w+_tool_result)$/;

const unknownBlock = ({ type, path }: Block): Error => {
  if (PROVIDERS_OWN.test(type)) return cannotCarry(path, 'It comes of a tool that runs at the provider.');
  return bad(`${path}.type`, 'There is no such block here.');
};

const searchResult = (block: JsonObject, path: string): string => {
  const title = textOf(block.title, `${path}.title`);
  const source = textOf(block.source, `${path}.source`);
  const texts = blocksIn(block.content, `${path}.content`, RESULT_BLOCKS).map(saidIn);
  return `${title}\n${source}\n\n${texts.join('\n')}`;
};

/** What a tool gave back, the names of tools it made known, and whether it failed in a way that `output` has no word for. */
export type Result = {
  readonly output: ToolOutput;
  readonly names: readonly string[];
  readonly failed: boolean;
};

/** A `tool_result` block. */
export const resultIn = ({ block, path }: Block, names: ToolNames, notes: Notes): Result => {
  const isError = flagOf(block.is_error, `${path}.is_error`) === true;
  const plain = (value: string, known: readonly string[] = []): Result => ({
    output: { type: isError ? 'error-text' : 'text', value },
    names: known,
    failed: false,
  });
  const content = given(block.content);
  if (content === undefined || typeof content === 'string') return plain(content ?? '');
  const known: string[] = [];
  const parts = blocksIn(content, `${path}.content`, RESULT_BLOCKS).map((said): UserPart => {
    if (said.type !== 'tool_reference') return userPart(said, notes);
    const name = names.short(nameOf(said.block.tool_name, `${said.path}.tool_name`));
    known.push(name);
    return { type: 'text', text: `The tool ${name} can be called now.` };
  });
  const texts = parts.flatMap((part) =>
    part.type === 'text' && part.providerOptions === undefined ? [part.text] : [],
  );
  if (texts.length === parts.length && (isError || texts.length <= 1)) return plain(texts.join('\n'), known);
  return { output: { type: 'content', value: parts }, names: known, failed: isError };
};
