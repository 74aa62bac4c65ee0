// The turns of a question as the packages take them: without what another provider alone could read, and without an address that
// would be fetched with the gateway's own credential.
import type {
  AssistantPart,
  Message,
  ProviderOptions,
  Question,
  ToolOutput,
  ToolPart,
  UserPart,
} from './neutral.ts';
import type { Notes } from './notes.ts';
import { cannotCarry } from './notes.ts';
import type { Packaged } from './packaged.ts';

type Asked = { readonly provider: Packaged; readonly model: string };
type FilePart = Extract<UserPart, { type: 'file' }>;

/** Models of Converse that take marks for their cache; any other refuses them. */
const CACHES = /(?:^|[./])(?:anthropic\.claude|amazon\.nova)/;

/** The question with its turns made over. */
export const packagedHistory = (question: Question, asked: Asked, notes: Notes): Question => {
  const untold = asked.provider === 'bedrock' && (question.tools ?? []).length === 0;
  const made = { ...asked, notes, untold };
  const tools = question.tools?.map((tool) => (tool.type === 'function' ? without(tool, made) : tool));
  return {
    ...question,
    ...(tools === undefined ? {} : { tools }),
    prompt: question.prompt.map((message) => messageOf(message, made)),
  };
};

type Making = Asked & {
  readonly notes: Notes;
  /** Converse knows of no call without tools: then calls and their results are told as text. */
  readonly untold: boolean;
};

const messageOf = (message: Message, making: Making): Message => {
  const made = marked(message, making);
  switch (made.role) {
    case 'system':
      return made;
    case 'user':
      return { ...made, content: made.content.map((part) => userPart(marked(part, making), making)) };
    case 'assistant':
      return { ...made, content: made.content.flatMap((part) => saidPart(marked(part, making), making)) };
    case 'tool':
      return toolMessage({ ...made, content: made.content.map((part) => marked(part, making)) }, making);
  }
};

/** Marks for a cache: Anthropic's are put as Converse's, or taken off; Gemini caches by itself. */
const marked = <T extends { readonly providerOptions?: ProviderOptions | undefined }>(
  item: T,
  { provider, model, notes }: Making,
): T => {
  const mark = item.providerOptions?.anthropic?.cacheControl;
  if (mark === undefined) return item;
  if (provider !== 'bedrock' || !CACHES.test(model)) {
    if (provider === 'bedrock') notes.dropped('cache_control');
    return item;
  }
  const ttl = typeof mark === 'object' && mark !== null && 'ttl' in mark ? mark.ttl : undefined;
  const cachePoint = { type: 'default', ...(typeof ttl === 'string' ? { ttl } : {}) };
  return {
    ...item,
    providerOptions: {
      ...item.providerOptions,
      amazonBedrock: { ...item.providerOptions?.amazonBedrock, cachePoint },
    },
  };
};

/** A tool without a mark: neither API takes one there. */
const without = <T extends { readonly providerOptions?: ProviderOptions | undefined }>(
  tool: T,
  { notes, provider }: Making,
): T => {
  if (tool.providerOptions?.anthropic?.cacheControl !== undefined && provider === 'bedrock')
    notes.dropped('tools.cache_control');
  return tool;
};

const userPart = (part: UserPart, making: Making): UserPart =>
  part.type === 'file' ? fileOf(part, making) : part;

/** Media types by the ends of addresses: Gemini wants to be told, and a client need not. */
const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  pdf: 'application/pdf',
};

/**
 * A file by its address is fetched by Google, for Gemini alone. Addresses in a store of Google's or Amazon's would be read with
 * the gateway's own credential, whoever asks; they are nobody's to name.
 */
const fileOf = (part: FilePart, { provider, notes }: Making): FilePart => {
  // Gemini's files have no names.
  if (provider !== 'bedrock' && part.filename !== undefined) notes.dropped('messages[].content[].filename');
  if (part.data.type === 'reference') throw cannotCarry('file_id');
  if (part.data.type !== 'url') return part;
  const { url } = part.data;
  const isStored = url.hostname === 'googleapis.com' || url.hostname.endsWith('.googleapis.com');
  if (provider === 'bedrock' || url.protocol !== 'https:' || isStored)
    throw cannotCarry('url', 'Send the file itself, in base64.');
  if (/^[^/]+\/[^/*]+$/.test(part.mediaType)) return part;
  const end = /\.([a-z]{3,4})$/i.exec(url.pathname)?.[1]?.toLowerCase() ?? '';
  return { ...part, mediaType: TYPES[end] ?? 'image/jpeg' };
};

/** A signature proves a thought to whoever made it, and to nobody else. */
const provesHere = (options: ProviderOptions | undefined, provider: Packaged): boolean =>
  provider === 'bedrock'
    ? options?.amazonBedrock !== undefined
    : options?.google?.thoughtSignature !== undefined;

const saidPart = (part: AssistantPart, making: Making): AssistantPart[] => {
  if (part.type === 'reasoning' || part.type === 'reasoning-file') {
    if (provesHere(part.providerOptions, making.provider)) return [part];
    if (part.type === 'reasoning' && part.text !== '') making.notes.dropped('messages[].reasoning');
    return [];
  }
  if (part.type === 'file' && part.data.type === 'url') throw cannotCarry('url');
  if (part.type !== 'tool-call' || !making.untold) return [part];
  noteTold(making);
  const input = typeof part.input === 'string' ? part.input : JSON.stringify(part.input);
  return [{ type: 'text', text: `[called ${part.toolName}: ${input}]` }];
};

const toolMessage = (message: Extract<Message, { role: 'tool' }>, making: Making): Message => {
  for (const part of message.content) if (part.type === 'tool-result') mustBeAtHand(part.output);
  if (!making.untold) return message;
  noteTold(making);
  return {
    role: 'user',
    content: message.content.flatMap((part): UserPart[] =>
      part.type === 'tool-result' ? [{ type: 'text', text: `[${part.toolName} gave: ${textOf(part)}]` }] : [],
    ),
  };
};

const noteTold = ({ notes }: Making): void => notes.changed('messages', 'tool calls told as text');

/** The packages would fetch a result's file, or show the model an address in their own words. */
const mustBeAtHand = (output: ToolOutput): void => {
  if (output.type !== 'content') return;
  for (const part of output.value)
    if (part.type === 'file' && part.data.type !== 'data' && part.data.type !== 'text')
      throw cannotCarry('tool_result.content.url', 'Send the file itself, in base64.');
};

const textOf = ({ output }: Extract<ToolPart, { type: 'tool-result' }>): string => {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value;
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value);
    case 'execution-denied':
      return output.reason ?? 'denied';
    case 'content':
      return output.value.map((part) => (part.type === 'text' ? part.text : '[a file]')).join('\n');
  }
};
