/**
 * OpenAI's chat as OpenAI speaks it: POST /v1/chat/completions.
 */
import type { Scripted } from '../upstream.ts';
import { event, json } from '../upstream.ts';
import type { Answer, Call, Json, Turn } from './turn.ts';
import {
  COUNTED,
  cutInto,
  Invalid,
  inTurn,
  isJson,
  mediumOf,
  mustKnow,
  mustPair,
  objectsIn,
  sideBySide,
  textIn,
} from './turn.ts';

const KNOWN = new Set([
  ...[
    'messages',
    'model',
    'audio',
    'frequency_penalty',
    'function_call',
    'functions',
    'logit_bias',
    'logprobs',
  ],
  ...[
    'max_completion_tokens',
    'max_tokens',
    'metadata',
    'modalities',
    'n',
    'parallel_tool_calls',
    'prediction',
  ],
  ...[
    'presence_penalty',
    'prompt_cache_key',
    'prompt_cache_retention',
    'reasoning_effort',
    'response_format',
  ],
  ...[
    'safety_identifier',
    'seed',
    'service_tier',
    'stop',
    'store',
    'stream',
    'stream_options',
    'temperature',
  ],
  ...['tool_choice', 'tools', 'top_logprobs', 'top_p', 'user', 'verbosity', 'web_search_options'],
]);

/** What a request says; throws Invalid as OpenAI answers 400. */
export const readChat = (body: Json): Turn => {
  mustKnow(body, KNOWN);
  const messages = objectsIn(body.messages, 'messages');
  const system: string[] = [];
  const said: { role: 'user' | 'assistant'; text: string }[] = [];
  const media: { type: string; data: string }[] = [];
  let calls: Call[] = [];
  let results: { id: string; text: string }[] = [];
  const close = (where: string): void => {
    mustPair(calls, results, where);
    calls = [];
    results = [];
  };
  messages.forEach((message, index) => {
    const where = `messages[${index}]`;
    const role = textIn(message.role, `${where}.role`);
    if (role === 'tool') {
      results.push({ id: textIn(message.tool_call_id, where), text: textOf(message.content, where, media) });
      return;
    }
    close(where);
    if (role === 'system' || role === 'developer') system.push(textOf(message.content, where, media));
    else if (role === 'user') said.push({ role, text: textOf(message.content, where, media) });
    else if (role === 'assistant') {
      calls = callsOf(message, where);
      if (message.content !== null && message.content !== undefined)
        said.push({ role, text: textOf(message.content, where, media) });
      else if (calls.length === 0) throw new Invalid(where, 'an assistant turn needs content or calls');
    } else throw new Invalid(where, `Invalid value: '${role}'`);
  });
  mustPair(calls, results, 'messages');
  return {
    ...{ said, media, calls, results, system: system.join('\n'), thoughts: [] },
    model: textIn(body.model, 'model'),
    stream: body.stream === true,
    usageAsked: isJson(body.stream_options) && body.stream_options.include_usage === true,
    tools: body.tools === undefined ? [] : objectsIn(body.tools, 'tools').map(toolOf),
    choice: choiceOf(body.tool_choice),
    schema: schemaOf(body.response_format),
    limit: [body.max_completion_tokens, body.max_tokens].find((limit) => typeof limit === 'number'),
  };
};

const textOf = (content: unknown, where: string, media: { type: string; data: string }[]): string => {
  if (typeof content === 'string') return content;
  return objectsIn(content, `${where}.content`)
    .map((part) => {
      if (part.type === 'text') return textIn(part.text, where);
      if (part.type === 'image_url' && isJson(part.image_url))
        media.push(mediumOf(textIn(part.image_url.url, `${where}.image_url.url`)));
      else if (part.type === 'file' && isJson(part.file))
        media.push(mediumOf(textIn(part.file.file_data, `${where}.file.file_data`)));
      else if (part.type !== 'refusal') throw new Invalid(where, `Invalid value: '${String(part.type)}'`);
      return '';
    })
    .join('');
};

const callsOf = (message: Json, where: string): Call[] =>
  message.tool_calls === undefined
    ? []
    : objectsIn(message.tool_calls, `${where}.tool_calls`).map((call) => {
        if (!isJson(call.function)) throw new Invalid(where, 'a call needs its function');
        const args = textIn(call.function.arguments, `${where}.arguments`);
        return { id: textIn(call.id, `${where}.id`), name: textIn(call.function.name, where), args };
      });

const toolOf = (tool: Json) => {
  if (tool.type !== 'function' || !isJson(tool.function))
    throw new Invalid('tools', 'a tool needs its function');
  const { name, description, parameters } = tool.function;
  const schema = isJson(parameters) ? parameters : {};
  return { name: textIn(name, 'tools'), description: String(description ?? ''), schema };
};

const choiceOf = (choice: unknown): string => {
  if (choice === 'none') return 'none';
  return isJson(choice) && isJson(choice.function) ? String(choice.function.name) : '';
};

const schemaOf = (format: unknown): Json | undefined => {
  if (!isJson(format) || format.type !== 'json_schema') return undefined;
  if (!isJson(format.json_schema) || !isJson(format.json_schema.schema))
    throw new Invalid('response_format', 'a schema is missing');
  return format.json_schema.schema;
};

const usage = {
  prompt_tokens: COUNTED.input,
  completion_tokens: COUNTED.output,
  total_tokens: COUNTED.input + COUNTED.output,
  prompt_tokens_details: { cached_tokens: COUNTED.cacheRead, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: COUNTED.reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const headOf = (turn: Turn) => ({
  id: 'chatcmpl-CYPS1lijGoK8gd9lYzY3r9Sx50nbt',
  created: 1_762_317_021,
  model: turn.model,
  service_tier: 'default',
  system_fingerprint: 'fp_de604bd877',
});

const finishOf = ({ calls, short }: Answer): string =>
  calls.length > 0 ? 'tool_calls' : short === true ? 'length' : 'stop';
const shown = ({ id, name, args }: Call) => ({ id, type: 'function', function: { name, arguments: args } });

/** The answer on the wire. Thinking has a place only as servers of open models give it one. */
export const writeChat = (turn: Turn, answer: Answer): Scripted => {
  if (turn.stream) return { sse: chatEvents(turn, answer) };
  const message = {
    role: 'assistant',
    content: answer.calls.length > 0 ? null : answer.words.join(''),
    refusal: null,
    annotations: [],
    ...(answer.thinking === '' ? {} : { reasoning_content: answer.thinking }),
    ...(answer.calls.length > 0 ? { tool_calls: answer.calls.map(shown) } : {}),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: finishOf(answer) };
  return json({ ...headOf(turn), object: 'chat.completion', choices: [choice], usage });
};

/** The events of a stream to its end. */
export const chatEvents = (turn: Turn, answer: Answer): string[] => {
  const counted = turn.usageAsked ? { usage: null } : {};
  const chunk = (delta: Json, finish: string | null = null): string =>
    event({
      ...headOf(turn),
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...counted,
      obfuscation: 'D3WbtIxo1Q2j1Q',
    });
  const calls = answer.calls.map((call, index) => [
    chunk({ tool_calls: [{ index, ...shown({ ...call, args: '' }) }] }),
    ...cutInto(call.args, 5).map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
  ]);
  return [
    chunk({ role: 'assistant', content: answer.calls.length > 0 ? null : '', refusal: null }),
    ...(answer.thinking === ''
      ? []
      : answer.thinking.split(/(?<=\s)/u).map((reasoning_content) => chunk({ reasoning_content }))),
    ...answer.words.map((content) => chunk({ content })),
    ...inTurn(calls, sideBySide(turn)),
    chunk({}, finishOf(answer)),
    ...(turn.usageAsked
      ? [event({ ...headOf(turn), object: 'chat.completion.chunk', choices: [], usage })]
      : []),
    'data: [DONE]\n\n',
  ];
};
