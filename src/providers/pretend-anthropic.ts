// Anthropic's messages as the pretend backend reads and writes them.
import type { Said, Speech, Turn } from './pretend-speech.ts';
import { argumentsOf, field, isTrue, list, named, slicesOf, textOf, wordsOf } from './pretend-speech.ts';

const turnsOf = (body: unknown): readonly Turn[] => [
  { role: 'system', text: textOf(field(body, 'system')) },
  ...list(field(body, 'messages')).flatMap((message): readonly Turn[] => {
    const content = field(message, 'content');
    const results = list(content).filter((block) => field(block, 'type') === 'tool_result');
    const said: Turn = { role: String(field(message, 'role')), text: textOf(content) };
    const heard = results.map((block): Turn => ({ role: 'tool', text: textOf(field(block, 'content')) }));
    return said.text === '' && heard.length > 0 ? heard : [said, ...heard];
  }),
];

const messageOf = ({ model, line, usage }: Said) => ({
  id: 'msg_pretend',
  type: 'message',
  role: 'assistant',
  model,
  content: [
    'text' in line
      ? { type: 'text', text: line.text }
      : { type: 'tool_use', id: 'toolu_pretend', name: line.call.name, input: argumentsOf(line.call.args) },
  ],
  stop_reason: 'text' in line ? 'end_turn' : 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: usage.input, output_tokens: usage.output },
});

function* events(said: Said): Generator<string, void, undefined> {
  const whole = messageOf(said);
  const { line, usage } = said;
  const start = { ...whole, content: [], stop_reason: null, usage: { ...whole.usage, output_tokens: 1 } };
  yield named('message_start', { message: start });
  const first = 'text' in line ? { type: 'text', text: '' } : { ...whole.content[0], input: {} };
  yield named('content_block_start', { index: 0, content_block: first });
  yield named('ping', {});
  const delta = (more: object): string => named('content_block_delta', { index: 0, delta: more });
  if ('text' in line) for (const text of wordsOf(line.text)) yield delta({ type: 'text_delta', text });
  else
    for (const partial_json of slicesOf(line.call.args))
      yield delta({ type: 'input_json_delta', partial_json });
  yield named('content_block_stop', { index: 0 });
  const { stop_reason, stop_sequence } = whole;
  yield named('message_delta', {
    delta: { stop_reason, stop_sequence },
    usage: { output_tokens: usage.output },
  });
  yield named('message_stop', {});
}

/** Anthropic's messages. */
export const anthropicSpeech: Speech = {
  understand: (body) => {
    const format = field(field(body, 'output_config'), 'format') ?? field(body, 'output_format');
    return {
      stream: isTrue(field(body, 'stream')),
      reportUsage: true,
      choices: 1,
      turns: turnsOf(body),
      tool: field(list(field(body, 'tools'))[0], 'name'),
      schema: field(format, 'schema'),
      json: field(format, 'type') === 'json_schema',
    };
  },
  whole: (said) => JSON.stringify(messageOf(said)),
  pieces: events,
  streamType: 'text/event-stream',
  error: (message, status) => ({
    type: 'error',
    error: { type: status >= 500 ? 'api_error' : 'invalid_request_error', message },
    request_id: 'req_pretend',
  }),
};

/** The counting of tokens. */
export const countSpeech: Speech = {
  ...anthropicSpeech,
  whole: ({ usage }) => JSON.stringify({ input_tokens: usage.input }),
};
