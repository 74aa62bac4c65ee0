// What Ollama's dialects share: lines of JSON (or one whole object) that end with `"done": true`, and the lens of them.
import type { Usage } from '../exchange.ts';
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import { at, isObject } from '../json/value.ts';
import type { CallDialect, Seen } from './dialect.ts';
import type { FrameTexts } from './lens.ts';
import { structureOf, textsOf, Unreadable } from './lens.ts';
import { ollamaErrorBody, ollamaRefusal } from './ollama-error.ts';
import { count, parsed, renameModel } from './outline.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A prompt that is in the server's cache is not counted at all. */
const usageOf = (body: Json): Usage | undefined => {
  const input = count(at(body, 'prompt_eval_count'));
  const output = count(at(body, 'eval_count'));
  if (input === undefined && output === undefined) return undefined;
  return { input_tokens: input ?? 0, output_tokens: output ?? 0 };
};

const seenIn = (body: Json): Seen => {
  const usage = usageOf(body);
  const failed = (at(body, 'error') ?? null) !== null;
  return { ...(usage === undefined ? {} : { usage }), ...(failed ? { failed } : {}) };
};

const MATTERS = /"done"\s*:\s*true|"error"/;

/** A line is parsed only when it can matter. */
const inspect: CallDialect['inspect'] = (bytes) => {
  const text = decoder.decode(bytes);
  if (!MATTERS.test(text)) return { last: false };
  const line = parsed(text) ?? null;
  return { last: at(line, 'done') === true, ...seenIn(line) };
};

const request = structureOf(
  ...['model', 'format', 'keep_alive', 'think', 'messages[].role', 'tools[].type', '**.$schema'],
);
const reply = structureOf(
  ...['model', 'created_at', 'done_reason', 'message.role', 'remote_model', 'remote_host'],
  ...['message.tool_calls[].id', 'message.tool_calls[].type'],
);

/** Texts grow from line to line; a call of a tool comes whole in one. */
const frameTexts = (bytes: Uint8Array): FrameTexts | undefined => {
  const text = decoder.decode(bytes);
  if (text.trim() === '') return undefined;
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    throw new Unreadable('a line is no JSON');
  }
  const line = `call/${String(at(value, 'created_at'))}/`;
  const texts = [...textsOf(value, reply)]
    .filter((each) => !each.key && each.text !== '')
    .map(({ path, text: said }) => {
      const isCall = path[0] === 'message' && path[1] === 'tool_calls';
      return { path, text: said, channel: (isCall ? line : '') + path.join('/') };
    });
  return { value, texts, closes: [line] };
};

/** The parts of a dialect of Ollama's that are the same in all of them. */
export const ollamaWire = {
  kind: 'call',
  framing: 'ndjson',
  refusal: ollamaRefusal,
  rename: renameModel,
  // It is always told.
  askUsage: () => undefined,
  inspect,
  inspectWhole: (body) => {
    const value = parsed(decoder.decode(body));
    return isObject(value) ? seenIn(value) : undefined;
  },
  structure: { request, reply },
  isWritten: ([first]) => first === 'message' || first === 'response' || first === 'thinking',
  frameTexts,
  withBody: (_, body) =>
    encoder.encode(`${JSON.stringify(body, (key, value: unknown) => (key === 'logprobs' ? [] : value))}\n`),
  // There is no comment in JSON lines, and clients choke on an empty one; a space before the next line is nothing to any parser.
  keepAlive: encoder.encode(' '),
  fault: (refusal, exchange) => ({
    bytes: encoder.encode(`${ollamaErrorBody(refusal, exchange)}\n`),
    last: true,
  }),
} as const satisfies Partial<CallDialect>;
