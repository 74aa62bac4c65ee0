/**
 * OpenAI's responses as OpenAI speaks them: POST /v1/responses. A response says the request's settings back, every event has its
 * number, and arguments of parallel calls come interleaved.
 */
import type { Scripted } from '../upstream.ts';
import { json } from '../upstream.ts';
import type { Answer, Call, Json, Turn } from './turn.ts';
import {
  COUNTED,
  cutInto,
  Invalid,
  isJson,
  mediumOf,
  mustKnow,
  mustPair,
  objectsIn,
  SIGNATURE,
  textIn,
} from './turn.ts';

const KNOWN = new Set([
  ...['background', 'conversation', 'include', 'input', 'instructions', 'max_output_tokens', 'max_tool_calls'],
  ...['metadata', 'model', 'parallel_tool_calls', 'previous_response_id', 'prompt', 'prompt_cache_key'],
  ...['prompt_cache_retention', 'reasoning', 'safety_identifier', 'service_tier', 'store', 'stream'],
  ...['stream_options', 'temperature', 'text', 'tool_choice', 'tools', 'top_logprobs', 'top_p', 'truncation', 'user'],
]);

type Read = {
  system: string[];
  said: { role: 'user' | 'assistant'; text: string }[];
  media: { type: string; data: string }[];
  thoughts: string[];
  calls: Call[];
  results: { id: string; text: string }[];
};

/** What a request says; throws Invalid as OpenAI answers 400. */
export const readResponses = (body: Json): Turn => {
  mustKnow(body, KNOWN);
  const read: Read = { system: [], said: [], media: [], thoughts: [], calls: [], results: [] };
  if (typeof body.instructions === 'string') read.system.push(body.instructions);
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
    tools: body.tools === undefined ? [] : objectsIn(body.tools, 'tools').map(toolOf),
    choice: choiceOf(body.tool_choice),
    schema: schemaOf(body.text),
    limit: typeof body.max_output_tokens === 'number' ? body.max_output_tokens : undefined,
  };
};

const readItem = (item: Json, where: string, read: Read): void => {
  const { type = 'message' } = item;
  if (type === 'function_call') {
    if (read.results.length > 0) close(read, where);
    const args = textIn(item.arguments, `${where}.arguments`);
    read.calls.push({ id: textIn(item.call_id, where), name: textIn(item.name, where), args });
  } else if (type === 'function_call_output')
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

const toolOf = (tool: Json) => {
  if (tool.type !== 'function') throw new Invalid('tools', `Invalid value: '${String(tool.type)}'`);
  const schema = isJson(tool.parameters) ? tool.parameters : {};
  return { name: textIn(tool.name, 'tools'), description: String(tool.description ?? ''), schema };
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

const usage = {
  input_tokens: COUNTED.input,
  input_tokens_details: { cached_tokens: COUNTED.cacheRead },
  output_tokens: COUNTED.output,
  output_tokens_details: { reasoning_tokens: COUNTED.reasoning },
  total_tokens: COUNTED.input + COUNTED.output,
};

const ID = '05500b38c2cd9bfc00691c7c9d222481a3b595421266dab424';

const responseOf = (turn: Turn, status: string, output: readonly Json[], more: Json = {}): Json => ({
  id: `resp_${ID}`,
  object: 'response',
  created_at: 1_763_474_589,
  status,
  background: false,
  error: null,
  incomplete_details: null,
  instructions: turn.system === '' ? null : turn.system,
  max_output_tokens: turn.limit ?? null,
  max_tool_calls: null,
  model: turn.model,
  output,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: 'medium', summary: null },
  safety_identifier: null,
  service_tier: 'auto',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: turn.tools.map(({ name, description, schema }) => ({
    ...{ type: 'function', name, description, parameters: schema, strict: false },
  })),
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  usage: null,
  user: null,
  metadata: {},
  ...more,
});

const partOf = (text: string): Json => ({ type: 'output_text', annotations: [], logprobs: [], text });

const itemsOf = ({ thinking, words, calls }: Answer): Json[] => [
  ...(thinking === ''
    ? []
    : [
        {
          id: `rs_${ID}`,
          type: 'reasoning',
          encrypted_content: SIGNATURE,
          summary: [{ type: 'summary_text', text: thinking }],
        },
      ]),
  ...(words.length === 0
    ? []
    : [
        {
          ...{ id: `msg_${ID}`, type: 'message', status: 'completed' },
          ...{ content: [partOf(words.join(''))], role: 'assistant' },
        },
      ]),
  ...calls.map(({ id, name, args }, index) => ({
    ...{ id: `fc_${ID.slice(0, -1)}${index}`, type: 'function_call', status: 'completed' },
    ...{ arguments: args, call_id: id, name },
  })),
];

/** The answer on the wire. */
export const writeResponses = (turn: Turn, answer: Answer): Scripted =>
  turn.stream
    ? { sse: responseEvents(turn, answer) }
    : json(responseOf(turn, 'completed', itemsOf(answer), { usage }));

type Emit = (type: string, value: Json) => string;

const numbered = (): Emit => {
  let number = 0;
  return (type, value) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...value })}\n\n`;
};

/** The events of a stream to its end; with `failure` it ends in one after the first item has begun. */
export const responseEvents = (turn: Turn, answer: Answer, failure?: Json): string[] => {
  const emit = numbered();
  const events = [
    emit('response.created', { response: responseOf(turn, 'in_progress', []) }),
    emit('response.in_progress', { response: responseOf(turn, 'in_progress', []) }),
  ];
  const items = itemsOf(answer);
  const firstCall = items.findIndex(({ type }) => type === 'function_call');
  const plain = firstCall < 0 ? items : items.slice(0, firstCall);
  plain.forEach((item, output_index) => {
    if (failure === undefined) events.push(...itemEvents(emit, item, output_index, answer));
    else events.push(...itemEvents(emit, item, output_index, answer).slice(0, 4));
  });
  if (failure !== undefined) {
    events.push(emit('error', { error: { type: 'server_error', param: null, ...failure } }));
    events.push(emit('response.failed', { response: responseOf(turn, 'failed', [], { error: failure }) }));
    return events;
  }
  if (firstCall >= 0) events.push(...callEvents(emit, items.slice(firstCall), firstCall));
  events.push(emit('response.completed', { response: responseOf(turn, 'completed', items, { usage }) }));
  return events;
};

const itemEvents = (emit: Emit, item: Json, output_index: number, answer: Answer): string[] => {
  const at = { item_id: item.id, output_index };
  if (item.type === 'reasoning') {
    const part = { ...at, summary_index: 0 };
    const text = answer.thinking;
    return [
      emit('response.output_item.added', { output_index, item: { ...item, summary: [] } }),
      emit('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } }),
      ...text
        .split(/(?<=\s)/u)
        .map((delta) => emit('response.reasoning_summary_text.delta', { ...part, delta, obfuscation: 'xXxv2' })),
      emit('response.reasoning_summary_text.done', { ...part, text }),
      emit('response.reasoning_summary_part.done', { ...part, part: { type: 'summary_text', text } }),
      emit('response.output_item.done', { output_index, item }),
    ];
  }
  const place = { ...at, content_index: 0 };
  const text = answer.words.join('');
  return [
    emit('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } }),
    emit('response.content_part.added', { ...place, part: partOf('') }),
    ...answer.words.map((delta) =>
      emit('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: '2ajSAGID' }),
    ),
    emit('response.output_text.done', { ...place, text, logprobs: [] }),
    emit('response.content_part.done', { ...place, part: partOf(text) }),
    emit('response.output_item.done', { output_index, item }),
  ];
};

const callEvents = (emit: Emit, items: readonly Json[], first: number): string[] => {
  const parts = items.map((item) => cutInto(String(item.arguments), 5));
  const rounds = Array.from({ length: Math.max(...parts.map(({ length }) => length)) }, (_, at) => at);
  return [
    ...items.map((item, index) =>
      emit('response.output_item.added', {
        output_index: first + index,
        item: { ...item, status: 'in_progress', arguments: '' },
      }),
    ),
    ...rounds.flatMap((at) =>
      items.flatMap((item, index) =>
        parts[index]?.[at] === undefined
          ? []
          : [
              emit('response.function_call_arguments.delta', {
                ...{ item_id: item.id, output_index: first + index, delta: parts[index][at] },
              }),
            ],
      ),
    ),
    ...items.flatMap((item, index) => [
      emit('response.function_call_arguments.done', {
        ...{ item_id: item.id, output_index: first + index, arguments: item.arguments },
      }),
      emit('response.output_item.done', { output_index: first + index, item }),
    ]),
  ];
};
