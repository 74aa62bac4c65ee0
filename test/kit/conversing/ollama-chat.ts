/**
 * Ollama's chat as Ollama speaks it: POST /api/chat, streamed unless told otherwise; calls come whole, and their results go by the
 * order of the calls.
 */
import type { Scripted } from '../upstream.ts';
import { json } from '../upstream.ts';
import type { Answer, Call, Json, Turn } from './turn.ts';
import { COUNTED, Invalid, isJson, objectsIn, textIn } from './turn.ts';

/** What a request says; throws Invalid as Ollama answers 400. It minds no field that it does not know. */
export const readOllama = (body: Json): Turn => {
  const system: string[] = [];
  const said: { role: 'user' | 'assistant'; text: string }[] = [];
  const media: { type: string; data: string }[] = [];
  const thoughts: string[] = [];
  let calls: Call[] = [];
  let results: { id: string; text: string }[] = [];
  objectsIn(body.messages ?? [], 'messages').forEach((message, index) => {
    const where = `messages[${index}]`;
    const content = textIn(message.content ?? '', `${where}.content`);
    for (const image of Array.isArray(message.images) ? message.images : [])
      media.push({ type: 'image', data: textIn(image, `${where}.images`) });
    if (message.role === 'tool') {
      results.push({ id: calls[results.length]?.id ?? 'none', text: content });
      return;
    }
    mustHaveResults(calls, results);
    calls = [];
    results = [];
    if (message.role === 'system') system.push(content);
    else if (message.role === 'user') {
      // Clients send images in turns of their own.
      if (content !== '') said.push({ role: 'user', text: content });
    } else if (message.role === 'assistant') {
      calls = callsOf(message, where);
      if (typeof message.thinking === 'string' && message.thinking !== '') thoughts.push(message.thinking);
      if (content !== '') said.push({ role: 'assistant', text: content });
    } else throw new Invalid(where, `invalid role: ${String(message.role)}`);
  });
  mustHaveResults(calls, results);
  return {
    ...{ said, media, calls, results, thoughts, system: system.join('\n') },
    model: textIn(body.model, 'model'),
    stream: body.stream !== false,
    usageAsked: true,
    tools: body.tools === undefined ? [] : objectsIn(body.tools, 'tools').map(toolOf),
    choice: '',
    schema: isJson(body.format) ? body.format : undefined,
    limit:
      isJson(body.options) && typeof body.options.num_predict === 'number'
        ? body.options.num_predict
        : undefined,
  };
};

const mustHaveResults = (calls: readonly Call[], results: readonly unknown[]): void => {
  if (calls.length !== results.length)
    throw new Invalid('messages', `${calls.length} calls have ${results.length} results`);
};

const callsOf = (message: Json, where: string): Call[] =>
  message.tool_calls === undefined || message.tool_calls === null
    ? []
    : objectsIn(message.tool_calls, `${where}.tool_calls`).map((call, index) => {
        if (!isJson(call.function) || !isJson(call.function.arguments))
          throw new Invalid(where, 'json: cannot unmarshal into Go struct field .arguments of type map');
        const args = JSON.stringify(call.function.arguments);
        return { id: `${index}`, name: textIn(call.function.name, where), args };
      });

const toolOf = (tool: Json) => {
  if (!isJson(tool.function)) throw new Invalid('tools', 'a tool needs its function');
  const { name, description, parameters } = tool.function;
  const schema = isJson(parameters) ? parameters : {};
  return { name: textIn(name, 'tools'), description: String(description ?? ''), schema };
};

/** What its last line counts. */
export const OLLAMA_COUNTS = {
  total_duration: 5_043_500_667,
  load_duration: 5_025_959,
  prompt_eval_count: COUNTED.input,
  prompt_eval_duration: 325_953_000,
  eval_count: COUNTED.output,
  eval_duration: 4_709_213_000,
};

const headOf = (turn: Turn) => ({ model: turn.model, created_at: '2026-08-04T08:52:19.385406455-07:00' });

const shown = ({ id, name, args }: Call, index: number) => ({
  id,
  function: { index, name, arguments: JSON.parse(args) },
});

const reasonOf = ({ short }: Answer): string => (short === true ? 'length' : 'stop');

/** The answer on the wire. */
export const writeOllama = (turn: Turn, answer: Answer): Scripted => {
  if (turn.stream)
    return { sse: ollamaLines(turn, answer), headers: { 'content-type': 'application/x-ndjson' } };
  const { thinking, words, calls } = answer;
  return json({
    ...headOf(turn),
    message: {
      role: 'assistant',
      content: words.join(''),
      ...(thinking === '' ? {} : { thinking }),
      ...(calls.length > 0 ? { tool_calls: calls.map(shown) } : {}),
    },
    done: true,
    done_reason: reasonOf(answer),
    ...OLLAMA_COUNTS,
  });
};

/** The lines of a stream to its end. */
export const ollamaLines = (turn: Turn, answer: Answer): string[] => {
  const { thinking, words, calls } = answer;
  const line = (message: Json, more: Json = { done: false }): string =>
    `${JSON.stringify({ ...headOf(turn), message: { role: 'assistant', content: '', ...message }, ...more })}\n`;
  return [
    ...(thinking === '' ? [] : thinking.split(/(?<=\s)/u).map((piece) => line({ thinking: piece }))),
    ...words.map((content) => line({ content })),
    ...calls.map((call, index) => line({ tool_calls: [shown(call, index)] })),
    line({}, { done: true, done_reason: reasonOf(answer), ...OLLAMA_COUNTS }),
  ];
};
