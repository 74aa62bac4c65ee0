/**
 * The default answers: what a correct OpenAI-compatible server says to `/v1/chat/completions` and `/v1/models`.
 *
 * The text repeats the last user message, so a test can tell that its words arrived. `USETOOL` in that message makes
 * the model call the first tool (`USETOOL=name` another, `USETOOLS` all of them); a tool's result becomes the text.
 */
import { randomBytes } from 'node:crypto';
import type { StreamReply, WholeReply } from './script.ts';
import { error, event, json } from './script.ts';

type Json = Readonly<Record<string, unknown>>;

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

interface Choice {
  readonly words: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly finish: 'stop' | 'length' | 'tool_calls';
}

/** Answers a chat request from its parsed body. */
export function chatReply(body: unknown): WholeReply | StreamReply {
  if (!isRecord(body)) {
    return error(400, null, {
      message: 'We could not parse the JSON body of your request. The server expects a JSON object.',
    });
  }
  for (const param of ['model', 'messages']) {
    if (body[param] === undefined) {
      return error(400, 'missing_required_parameter', {
        message: `Missing required parameter: '${param}'.`,
        param,
      });
    }
  }
  const choices = Array.from({ length: Math.max(1, number(body.n) ?? 1) }, (_, index) =>
    makeChoice(body, index),
  );
  const base = {
    id: `chatcmpl-${randomBytes(12).toString('base64url')}`,
    created: Math.floor(Date.now() / 1000),
    model: String(body.model),
    service_tier: 'default',
    system_fingerprint: 'fp_scripted',
  };
  const usage = countUsage(body, choices);
  if (body.stream === true) return { sse: streamed(body, base, choices, usage) };
  return json({
    ...base,
    object: 'chat.completion',
    choices: choices.map((choice, index) => ({
      index,
      message: {
        role: 'assistant',
        content: choice.calls.length > 0 ? null : choice.words.join(''),
        refusal: null,
        annotations: [],
        ...(choice.calls.length > 0 ? { tool_calls: choice.calls } : {}),
      },
      logprobs: null,
      finish_reason: choice.finish,
    })),
    usage,
  });
}

/** Answers `GET /v1/models` and `GET /v1/models/{id}`. */
export function modelsReply(models: readonly string[], id?: string): WholeReply {
  const shape = (name: string): Json => ({
    id: name,
    object: 'model',
    created: 1_700_000_000,
    owned_by: 'scripted',
  });
  if (id === undefined) return json({ object: 'list', data: models.map(shape) });
  if (models.includes(id)) return json(shape(id));
  return error(404, 'model_not_found', { message: `The model '${id}' does not exist`, param: 'model' });
}

function streamed(body: Json, base: Json, choices: readonly Choice[], usage: Json): string[] {
  const withUsage = isRecord(body.stream_options) && body.stream_options.include_usage === true;
  const chunk = (list: readonly Json[], total: Json | null = null): string =>
    event({
      ...base,
      object: 'chat.completion.chunk',
      choices: list,
      ...(withUsage ? { usage: total } : {}),
    });
  const delta = (index: number, value: Json, finish: string | null = null): string =>
    chunk([{ index, delta: value, logprobs: null, finish_reason: finish }]);
  const pieces: string[] = [];
  choices.forEach((choice, index) => {
    pieces.push(
      delta(index, { role: 'assistant', content: choice.calls.length > 0 ? null : '', refusal: null }),
    );
  });
  choices.forEach((choice, index) => {
    for (const call of callDeltas(choice.calls)) pieces.push(delta(index, { tool_calls: [call] }));
  });
  // Several choices come interleaved, as from a model that decodes them side by side.
  const longest = Math.max(...choices.map((choice) => choice.words.length));
  for (let i = 0; i < longest; i++) {
    choices.forEach((choice, index) => {
      const word = choice.words[i];
      if (word !== undefined) pieces.push(delta(index, { content: word }));
    });
  }
  choices.forEach((choice, index) => {
    pieces.push(delta(index, {}, choice.finish));
  });
  if (withUsage) pieces.push(chunk([], usage));
  pieces.push('data: [DONE]\n\n');
  return pieces;
}

/** Each call opens with its id and name; its arguments follow in parts that are no JSON by themselves. */
function callDeltas(calls: readonly ToolCall[]): Json[] {
  return calls.flatMap((call, index) => [
    { index, id: call.id, type: call.type, function: { name: call.function.name, arguments: '' } },
    ...(call.function.arguments.match(/.{1,7}/gsu) ?? []).map((part) => ({
      index,
      function: { arguments: part },
    })),
  ]);
}

function makeChoice(body: Json, index: number): Choice {
  const messages = Array.isArray(body.messages) ? body.messages.filter(isRecord) : [];
  const last = messages.at(-1);
  const asked = textOf(messages.findLast((message) => message.role === 'user')?.content);
  if (last?.role !== 'tool') {
    const calls = wantedTools(body, asked).map(callTool);
    if (calls.length > 0) return { words: [], calls, finish: 'tool_calls' };
  }
  let text = last?.role === 'tool' ? `The tool said: ${textOf(last.content)}` : `You said: ${asked}`;
  if (index > 0) text += ` (choice ${index})`;
  const words = inFormat(body.response_format, text).split(/(?<=\s)/u);
  const limit = number(body.max_completion_tokens) ?? number(body.max_tokens) ?? Number.POSITIVE_INFINITY;
  return words.length > limit
    ? { words: words.slice(0, limit), calls: [], finish: 'length' }
    : { words, calls: [], finish: 'stop' };
}

function inFormat(format: unknown, text: string): string {
  if (!isRecord(format)) return text;
  if (format.type === 'json_object') return JSON.stringify({ answer: text });
  if (format.type === 'json_schema' && isRecord(format.json_schema))
    return JSON.stringify(sample(format.json_schema.schema, text));
  return text;
}

function wantedTools(body: Json, asked: string): Json[] {
  const tools = Array.isArray(body.tools)
    ? body.tools
        .filter(isRecord)
        .map((tool) => tool.function)
        .filter(isRecord)
    : [];
  const wish = /USETOOL(S|=[\w-]+)?/.exec(asked);
  if (body.tool_choice === 'none' || wish === null) return [];
  if (wish[1] === 'S' && body.parallel_tool_calls !== false) return tools;
  const chosen =
    isRecord(body.tool_choice) && isRecord(body.tool_choice.function)
      ? body.tool_choice.function.name
      : wish[1]?.slice(1);
  return tools.filter((tool) => !chosen || tool.name === chosen).slice(0, 1);
}

function callTool(tool: Json): ToolCall {
  const id = `call_${randomBytes(12).toString('hex')}`;
  return {
    id,
    type: 'function',
    function: { name: String(tool.name), arguments: JSON.stringify(sample(tool.parameters)) },
  };
}

/** A value that fits a JSON schema, as far as tests need. */
function sample(schema: unknown, text = 'example'): unknown {
  if (!isRecord(schema)) return {};
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'string') return text;
  if (type === 'number' || type === 'integer') return 1;
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  if (type === 'array') return [sample(schema.items, text)];
  const properties = isRecord(schema.properties) ? schema.properties : {};
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, sample(value, text)]));
}

/** One token a word: not a true count, but one that a test can foretell. */
function countUsage(body: Json, choices: readonly Choice[]): Json {
  const messages = Array.isArray(body.messages) ? body.messages.filter(isRecord) : [];
  const prompt = messages.reduce(
    (sum, message) => sum + textOf(message.content).split(/\s+/u).filter(Boolean).length,
    0,
  );
  const completion = choices.reduce((sum, choice) => sum + choice.words.length + choice.calls.length, 0);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .filter(isRecord)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join('');
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
