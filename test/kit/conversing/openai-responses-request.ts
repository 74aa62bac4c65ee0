/**
 * A request for a response, as OpenAI takes it: POST /v1/responses.
 */
import type { Call, Json, ToolSaid, Turn } from './turn.ts';
import { Invalid, isJson, mediumOf, mustKnow, mustPair, objectsIn, textIn } from './turn.ts';

const KNOWN = new Set([
  // Codex sends `client_metadata`.
  'client_metadata',
  ...[
    'background',
    'conversation',
    'include',
    'input',
    'instructions',
    'max_output_tokens',
    'max_tool_calls',
  ],
  ...['metadata', 'model', 'parallel_tool_calls', 'previous_response_id', 'prompt', 'prompt_cache_key'],
  ...['prompt_cache_retention', 'reasoning', 'safety_identifier', 'service_tier', 'store', 'stream'],
  ...[
    'stream_options',
    'temperature',
    'text',
    'tool_choice',
    'tools',
    'top_logprobs',
    'top_p',
    'truncation',
    'user',
  ],
]);

type Read = {
  system: string[];
  said: { role: 'user' | 'assistant'; text: string }[];
  media: { type: string; data: string }[];
  thoughts: string[];
  calls: Call[];
  results: { id: string; text: string }[];
  tools: ToolSaid[];
};

/** What a request says; throws Invalid as OpenAI answers 400. */
export const readResponses = (body: Json): Turn => {
  mustKnow(body, KNOWN);
  const read: Read = { system: [], said: [], media: [], thoughts: [], calls: [], results: [], tools: [] };
  if (typeof body.instructions === 'string') read.system.push(body.instructions);
  if (body.tools !== undefined) read.tools.push(...objectsIn(body.tools, 'tools').flatMap(toolOf));
  const { input } = body;
  if (typeof input === 'string') read.said.push({ role: 'user', text: input });
  else
    objectsIn(input, 'input').forEach((item, index) => {
      readItem(item, `input[${index}]`, read);
    });
  mustPair(read.calls, read.results, 'input');
  const { system, ...rest } = read;
  return {
    ...rest,
    system: system.join('\n'),
    model: textIn(body.model, 'model'),
    stream: body.stream === true,
    usageAsked: true,
    choice: choiceOf(body.tool_choice),
    schema: schemaOf(body.text),
    limit: typeof body.max_output_tokens === 'number' ? body.max_output_tokens : undefined,
  };
};

const readItem = (item: Json, where: string, read: Read): void => {
  const { type = 'message' } = item;
  if (type === 'additional_tools') read.tools.push(...objectsIn(item.tools, where).flatMap(toolOf));
  else if (type === 'function_call' || type === 'custom_tool_call') {
    if (read.results.length > 0) close(read, where);
    const args = textIn(type === 'function_call' ? item.arguments : item.input, `${where}.arguments`);
    read.calls.push({ id: textIn(item.call_id, where), name: textIn(item.name, where), args });
  } else if (type === 'function_call_output' || type === 'custom_tool_call_output')
    read.results.push({ id: textIn(item.call_id, where), text: textOf(item.output, where, read) });
  else if (type === 'reasoning') {
    if (typeof item.encrypted_content === 'string') read.thoughts.push(item.encrypted_content);
  } else if (type === 'message') {
    close(read, where);
    const { role } = item;
    const text = textOf(item.content, where, read);
    if (role === 'system' || role === 'developer') read.system.push(text);
    else if (role === 'user' || role === 'assistant') read.said.push({ role, text });
    else throw new Invalid(`${where}.role`, `Invalid value: '${String(role)}'`);
  } else throw new Invalid(`${where}.type`, `Invalid value: '${String(type)}'`);
};

const close = (read: Read, where: string): void => {
  mustPair(read.calls, read.results, where);
  read.calls = [];
  read.results = [];
};

const TEXTS = new Set(['input_text', 'output_text', 'refusal']);

const textOf = (content: unknown, where: string, { media }: Read): string => {
  if (typeof content === 'string') return content;
  return objectsIn(content, `${where}.content`)
    .map((part) => {
      if (TEXTS.has(String(part.type))) return textIn(part.text, `${where}.text`);
      if (part.type === 'input_image') media.push(mediumOf(textIn(part.image_url, `${where}.image_url`)));
      else if (part.type === 'input_file') media.push(mediumOf(textIn(part.file_data, `${where}.file_data`)));
      else throw new Invalid(`${where}.type`, `Invalid value: '${String(part.type)}'`);
      return '';
    })
    .join('');
};

/** Tools that a provider runs by itself: nobody here calls them. */
const OTHERS = new Set(['web_search', 'local_shell', 'image_generation', 'tool_search']);

const toolOf = (tool: Json): ToolSaid[] => {
  if (OTHERS.has(String(tool.type))) return [];
  const name = textIn(tool.name, 'tools');
  const description = String(tool.description ?? '');
  if (tool.type === 'namespace')
    return objectsIn(tool.tools, 'tools')
      .flatMap(toolOf)
      .map((each) => ({ ...each, namespace: name }));
  if (tool.type === 'custom') return [{ name, description, schema: {}, custom: true }];
  if (tool.type !== 'function') throw new Invalid('tools', `Invalid value: '${String(tool.type)}'`);
  const schema = isJson(tool.parameters) ? tool.parameters : {};
  return [{ name, description, schema }];
};

const choiceOf = (choice: unknown): string => {
  if (choice === 'none') return 'none';
  return isJson(choice) && choice.type === 'function' ? String(choice.name) : '';
};

const schemaOf = (text: unknown): Json | undefined => {
  const format = isJson(text) ? text.format : undefined;
  if (!isJson(format) || format.type !== 'json_schema') return undefined;
  if (!isJson(format.schema) || typeof format.name !== 'string')
    throw new Invalid('text.format', 'Missing required parameter');
  return format.schema;
};
