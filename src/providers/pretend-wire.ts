// The pretend backend's replies in the wire shape of OpenAI's chat completions.

/** What is said: text, or one call of a tool with its arguments as JSON text. */
export type Line =
  | { readonly text: string }
  | { readonly call: { readonly name: string; readonly args: string } };

type Reply = {
  readonly model: string;
  readonly choices: number;
  readonly line: Line;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
  readonly reportUsage: boolean;
};

/** The same reply, whole or as events; `events` gives one event of text a word. */
export const wireOf = (reply: Reply): { whole(): string; events(): Generator<string> } => {
  const id = 'chatcmpl-pretend';
  const created = 1_700_000_000;
  const usage = { ...reply.usage, total_tokens: reply.usage.prompt_tokens + reply.usage.completion_tokens };
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
        // One by one: a long text has more words than there is memory for a list of them.
        for (const [word] of line.text.matchAll(/\s*\S+\s*$|\s*\S+|\s+/g))
          yield event([delta(index, { content: word })]);
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
