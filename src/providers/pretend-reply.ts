// What the pretend backend says, and how it puts it on the wire: OpenAI's chat completions, whole or streamed.
import { parseJson } from '../json/parse.ts';
import type { Hangup, Incoming, Outgoing } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { exampleOf } from './pretend-schema.ts';
import type { Line } from './pretend-wire.ts';
import { wireOf } from './pretend-wire.ts';

/** Longest wait a prompt may ask for. */
const SLOW_LIMIT_MS = 60_000;
const CHARS_PER_TOKEN = 4;
const CHOICES_LIMIT = 8;

type Body = {
  readonly model: string;
  readonly stream: boolean;
  readonly usage: boolean;
  readonly choices: number;
  readonly lastUser: string;
  readonly lastRole: string;
  readonly lastText: string;
  readonly chars: number;
  readonly tool: string | undefined;
  readonly schema: unknown;
  readonly json: boolean;
};

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The text of a message's content, which is a string or a list of parts. */
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map((part) => field(part, 'text'))
        .filter((text) => typeof text === 'string')
        .join('\n');

const understood = (text: string): Body => {
  const body: unknown = parseJson(text);
  const messages = list(field(body, 'messages'));
  const user = messages.findLast((message) => field(message, 'role') === 'user');
  const last = messages.at(-1);
  const format = field(body, 'response_format');
  const n = field(body, 'n');
  const tool = field(field(list(field(body, 'tools'))[0], 'function'), 'name');
  return {
    model: String(field(body, 'model')),
    stream: field(body, 'stream') === true,
    usage: field(field(body, 'stream_options'), 'include_usage') === true,
    choices: typeof n === 'number' && Number.isInteger(n) ? Math.min(Math.max(n, 1), CHOICES_LIMIT) : 1,
    lastUser: textOf(field(user, 'content')).trim(),
    lastRole: String(field(last, 'role')),
    lastText: textOf(field(last, 'content')),
    chars: messages.reduce<number>((sum, message) => sum + textOf(field(message, 'content')).length, 0),
    tool: typeof tool === 'string' ? tool : undefined,
    schema: field(field(format, 'json_schema'), 'schema'),
    json: field(format, 'type') === 'json_object' || field(format, 'type') === 'json_schema',
  };
};

/** What the reply holds: text, or one call of a tool. */
const lineFor = (body: Body): Line => {
  if (body.lastRole === 'tool') return { text: `The tool said: ${body.lastText}` };
  const call = /^call(?:\s+([A-Za-z0-9_-]{1,64}))?(?:\s+(\{[\s\S]*\}))?$/.exec(body.lastUser);
  const name = call?.[1] ?? body.tool;
  if (call !== null && name !== undefined) return { call: { name, args: call[2] ?? '{}' } };
  if (body.json) return { text: JSON.stringify(exampleOf(body.schema)) };
  const echo = /^echo\s([\s\S]*)$/.exec(body.lastUser);
  if (echo !== null) return { text: echo[1] ?? '' };
  return {
    text: `This is the pretend backend. It read ${body.chars} characters. Point a model at a real backend for a real answer.`,
  };
};

const wait = (ms: number, hangup: Hangup): Promise<void> =>
  new Promise((resolve, reject) => {
    if (hangup.gone) return reject(new UpstreamFault('gone', true, 'the client has gone'));
    const stop = hangup.onGone(() => {
      clearTimeout(timer);
      reject(new UpstreamFault('gone', true, 'the client has gone'));
    });
    const timer = setTimeout(() => {
      stop();
      resolve();
    }, ms);
  });

const tokens = (chars: number): number => Math.max(1, Math.ceil(chars / CHARS_PER_TOKEN));

const failure = (status: number): Incoming => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: pieces([
    JSON.stringify({
      error: {
        message: 'The pretend backend was told to fail.',
        type: status >= 500 ? 'server_error' : 'invalid_request_error',
        param: null,
        code: 'pretend_failure',
      },
    }),
  ]),
});

const encoder = new TextEncoder();

async function* pieces(texts: Iterable<string>, pauseMs = 0, hangup?: Hangup): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (pauseMs > 0 && hangup !== undefined) await wait(pauseMs, hangup);
    if (hangup?.gone === true) throw new UpstreamFault('gone', true, 'the client has gone');
    yield encoder.encode(text);
  }
}

/** Answers a chat completion. The request was read by the gateway before, so its outline is known to be right. */
export const pretendReply = async (outgoing: Outgoing): Promise<Incoming> => {
  const sent = outgoing.body ?? '';
  const body = understood(typeof sent === 'string' ? sent : new TextDecoder().decode(sent));
  const fail = /^fail\s+([45]\d\d)$/.exec(body.lastUser);
  if (fail !== null) return failure(Number(fail[1]));
  const slow = /^slow\s+(\d{1,6})/.exec(body.lastUser);
  const slowMs = slow === null ? 0 : Math.min(Number(slow[1]), SLOW_LIMIT_MS);
  if (slowMs > 0) await wait(slowMs, outgoing.hangup);
  const line = lineFor(body);
  const said = 'text' in line ? line.text.length : line.call.args.length;
  const usage = { prompt_tokens: tokens(body.chars), completion_tokens: tokens(said) * body.choices };
  const wire = wireOf({ model: body.model, choices: body.choices, line, usage, reportUsage: body.usage });
  return body.stream
    ? {
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        body: pieces(wire.events(), slowMs / 10, outgoing.hangup),
      }
    : { status: 200, headers: { 'content-type': 'application/json' }, body: pieces([wire.whole()]) };
};
