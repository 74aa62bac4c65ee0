// OpenAI's responses as the pretend backend reads and writes them.
import type { Said, Speech, Turn } from './pretend-speech.ts';
import { CREATED, field, isTrue, list, named, slicesOf, textOf, wordsOf } from './pretend-speech.ts';

const turnsOf = (input: unknown): readonly Turn[] =>
  typeof input === 'string'
    ? [{ role: 'user', text: input }]
    : list(input).map((item): Turn => {
        const output = field(item, 'output');
        return output === undefined
          ? { role: String(field(item, 'role')), text: textOf(field(item, 'content')) }
          : { role: 'tool', text: textOf(output) };
      });

const itemOf = ({ line }: Said) =>
  'text' in line
    ? {
        id: 'msg_pretend',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: line.text, annotations: [] }],
      }
    : {
        id: 'fc_pretend',
        type: 'function_call',
        status: 'completed',
        call_id: 'call_pretend',
        name: line.call.name,
        arguments: line.call.args,
      };

const responseOf = (said: Said) => ({
  id: 'resp_pretend',
  object: 'response',
  created_at: CREATED,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: said.model,
  output: [itemOf(said)],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  usage: {
    input_tokens: said.usage.input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: said.usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: said.usage.input + said.usage.output,
  },
});

function* events(said: Said): Generator<string, void, undefined> {
  let sequence_number = 0;
  const event = (type: string, more: object): string =>
    named(type, { sequence_number: sequence_number++, ...more });
  const response = responseOf(said);
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  yield event('response.created', { response: begun });
  yield event('response.in_progress', { response: begun });
  const item = itemOf(said);
  const at = { item_id: item.id, output_index: 0 };
  const empty = 'text' in said.line ? { content: [] } : { arguments: '' };
  yield event('response.output_item.added', {
    output_index: 0,
    item: { ...item, status: 'in_progress', ...empty },
  });
  yield* 'text' in said.line ? spoken(said.line.text, at, event) : called(said.line.call.args, at, event);
  yield event('response.output_item.done', { output_index: 0, item });
  yield event('response.completed', { response });
}

type Event = (type: string, more: object) => string;

function* spoken(text: string, item: object, event: Event): Generator<string, void, undefined> {
  const at = { ...item, content_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [] };
  yield event('response.content_part.added', { ...at, part });
  for (const delta of wordsOf(text))
    yield event('response.output_text.delta', { ...at, delta, logprobs: [] });
  yield event('response.output_text.done', { ...at, text, logprobs: [] });
  yield event('response.content_part.done', { ...at, part: { ...part, text } });
}

function* called(args: string, at: object, event: Event): Generator<string, void, undefined> {
  for (const delta of slicesOf(args)) yield event('response.function_call_arguments.delta', { ...at, delta });
  yield event('response.function_call_arguments.done', { ...at, arguments: args });
}

/** OpenAI's responses. */
export const responsesSpeech: Speech = {
  understand: (body) => {
    const format = field(field(body, 'text'), 'format');
    const type = field(format, 'type');
    return {
      stream: isTrue(field(body, 'stream')),
      reportUsage: true,
      choices: 1,
      turns: [
        { role: 'system', text: textOf(field(body, 'instructions')) },
        ...turnsOf(field(body, 'input')),
      ],
      tool: list(field(body, 'tools')).map((tool) => field(tool, 'name'))[0],
      schema: field(format, 'schema'),
      json: type === 'json_schema' || type === 'json_object',
    };
  },
  whole: (said) => JSON.stringify(responseOf(said)),
  pieces: events,
  streamType: 'text/event-stream',
  error: (message, status) => ({
    error: {
      message,
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: 'pretend_failure',
    },
  }),
};
