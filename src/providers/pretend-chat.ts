// OpenAI's chat completions as the pretend backend reads and writes them.
import type { Said, Speech, Turn } from './pretend-speech.ts';
import { CREATED, field, isTrue, list, textOf, wordsOf } from './pretend-speech.ts';

/** The same reply, whole or as events; `events` gives one event of text a word. */
const wireOf = (reply: Said): { whole(): string; events(): Generator<string> } => {
  const id = 'chatcmpl-pretend';
  const created = CREATED;
  const usage = {
    prompt_tokens: reply.usage.input,
    completion_tokens: reply.usage.output,
    total_tokens: reply.usage.input + reply.usage.output,
  };
  const indexes = Array.from({ length: reply.choices }, (_, index) => index);
  const { line } = reply;
  const finish = 'text' in line ? 'stop' : 'tool_calls';
  const toolCall = (args: string) =>
    'call' in line
      ? { id: 'call_pretend', type: 'function', function: { name: line.call.name, arguments: args } }
      : null;
  const whole = (): string =>
    JSON.stringify({
      id,
      object: 'chat.completion',
      created,
      model: reply.model,
      choices: indexes.map((index) => ({
        index,
        message:
          'text' in line
            ? { role: 'assistant', content: line.text, refusal: null }
            : { role: 'assistant', content: null, refusal: null, tool_calls: [toolCall(line.call.args)] },
        logprobs: null,
        finish_reason: finish,
      })),
      usage,
    });
  const event = (choices: unknown[], more: object = reply.reportUsage ? { usage: null } : {}): string =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model: reply.model, choices, ...more })}\n\n`;
  const delta = (index: number, content: object, reason: string | null = null) => ({
    index,
    delta: content,
    logprobs: null,
    finish_reason: reason,
  });
  function* events(): Generator<string> {
    for (const index of indexes) {
      yield event([delta(index, { role: 'assistant', content: 'text' in line ? '' : null })]);
      if ('text' in line)
        for (const word of wordsOf(line.text)) yield event([delta(index, { content: word })]);
      else {
        yield event([delta(index, { tool_calls: [{ index: 0, ...toolCall('') }] })]);
        for (const [piece] of line.call.args.matchAll(/[\s\S]{1,8}/g))
          yield event([delta(index, { tool_calls: [{ index: 0, function: { arguments: piece } }] })]);
      }
      yield event([delta(index, {}, finish)]);
    }
    if (reply.reportUsage) yield event([], { usage });
    yield 'data: [DONE]\n\n';
  }
  return { whole, events };
};

const CHOICES_LIMIT = 8;

/** OpenAI's chat completions. */
export const chatSpeech: Speech = {
  understand: (body) => {
    const n = field(body, 'n');
    const format = field(body, 'response_format');
    return {
      stream: isTrue(field(body, 'stream')),
      reportUsage: isTrue(field(field(body, 'stream_options'), 'include_usage')),
      choices: typeof n === 'number' && Number.isInteger(n) ? Math.min(Math.max(n, 1), CHOICES_LIMIT) : 1,
      turns: list(field(body, 'messages')).map(
        (turn): Turn => ({ role: String(field(turn, 'role')), text: textOf(field(turn, 'content')) }),
      ),
      tool: field(field(list(field(body, 'tools'))[0], 'function'), 'name'),
      schema: field(field(format, 'json_schema'), 'schema'),
      json: field(format, 'type') === 'json_object' || field(format, 'type') === 'json_schema',
    };
  },
  whole: (said) => wireOf(said).whole(),
  pieces: (said) => wireOf(said).events(),
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
