// inspect: the prompt on its way out, the reply on its way in. What the policy hides never passes, streamed or not; while a match may
// still be growing its frames wait, and the client is kept waiting with them.
import { hexOf } from '../bytes.ts';
import type { CallDialect } from '../dialects/dialect.ts';
import { Unreadable, withTexts } from '../dialects/lens.ts';
import type { Frame, Reply } from '../exchange.ts';
import type { Json } from '../json/document.ts';
import { parseJson } from '../json/parse.ts';
import { isArray, isObject } from '../json/value.ts';
import type { Ports, Step } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Unbounded } from './channel.ts';
import { Evidence } from './evidence.ts';
import { Inspection } from './inspection.ts';
import { rulesInForce } from './live.ts';
import { TooManyChannels, Window } from './window.ts';

/** A client hears something this often while its reply is held back: most give up after half a minute of silence or more. */
export const KEEP_ALIVE_MS = 5_000;

/** Rewrites or refuses what the policy says. Throws `prompt_blocked` and `content_not_inspectable`. */
export const inspect = (ports: Ports): Step => {
  const rules = rulesInForce(ports);
  return async (c, next) => {
    const { exchange } = c.var;
    const { dialect, grant, prompt } = exchange;
    if (dialect.kind !== 'call' || grant === undefined || prompt === undefined)
      throw new Error('inspect needs a call, its grant and its prompt');
    const digest = (value: string): string => hexOf(ports.secrets.keyedHash('finding', value));
    const evidence = new Evidence(digest);
    exchange.evidence = evidence;
    const now = rules.get();
    const inspection = new Inspection(now instanceof Promise ? await now : now, grant.policyBody, evidence);
    inspection.request(prompt.document, dialect.structure.request, grant.systemPrompt);
    await next();
    const { reply } = exchange;
    if (reply === undefined) return;
    exchange.reply = reply.whole
      ? { ...reply, frames: wholeInspected(dialect, inspection, reply) }
      : { ...reply, frames: streamInspected(dialect, inspection, reply) };
  };
};

/** A whole reply is one frame; it is rewritten before its status is given away. */
async function* wholeInspected(
  dialect: CallDialect,
  inspection: Inspection,
  reply: Reply,
): AsyncGenerator<Frame, void, undefined> {
  for await (const frame of reply.frames) {
    const text = decoder.decode(frame.bytes);
    const body = jsonOf(text);
    const changes = inspection.reply(body ?? [text], dialect.structure.reply);
    const [only] = changes;
    if (only === undefined) yield frame;
    else {
      // An upstream's error page is one text.
      const shown = body === undefined ? only.text : JSON.stringify(withTexts(body, changes));
      yield { bytes: encoder.encode(shown), last: frame.last };
    }
  }
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const jsonOf = (text: string): Json | undefined => {
  try {
    const value = parseJson(text);
    return isObject(value) || isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** The frames of a stream, inspected. Not a generator alone: silence has to be told from the end. */
async function* streamInspected(
  dialect: CallDialect,
  inspection: Inspection,
  reply: Reply,
): AsyncGenerator<Frame, void, undefined> {
  if (inspection.passesReplies) {
    yield* reply.frames;
    return;
  }
  const window = new Window(inspection.reading(), dialect);
  const source = reply.frames[Symbol.asyncIterator]();
  try {
    for (;;) {
      const pending = source.next();
      let step = window.holding ? await orSilence(pending) : await pending;
      while (step === SILENT) {
        yield { bytes: dialect.keepAlive, last: false };
        step = await orSilence(pending);
      }
      if (step.done === true) break;
      for (const frame of window.push(step.value)) yield frame;
      if (step.value.last) return;
    }
    for (const frame of window.end()) yield frame;
  } catch (error) {
    // A reply that broke: what was held is judged as it stands, and told before that.
    if (error instanceof UpstreamFault) for (const frame of window.end()) yield frame;
    throw governable(error);
  } finally {
    await source.return?.();
  }
}

/** What cannot be read cannot be governed: it ends the stream. */
const governable = (error: unknown): unknown =>
  error instanceof Unreadable || error instanceof TooManyChannels || error instanceof Unbounded
    ? new UpstreamFault('protocol', true, error.message)
    : error;

const SILENT = Symbol('silence');

/** The next step, or SILENT when it is not there in time; it may be waited for again. */
const orSilence = async <T>(step: Promise<T>): Promise<T | typeof SILENT> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<typeof SILENT>((resolve) => {
    timer = setTimeout(() => resolve(SILENT), KEEP_ALIVE_MS);
  });
  try {
    return await Promise.race([step, silence]);
  } finally {
    clearTimeout(timer);
  }
};
