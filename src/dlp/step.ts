// inspect: the prompt on its way out, the reply on its way in. What the policy hides never passes, streamed or not; while a match may
// still be growing its frames wait, and the client is kept waiting with them.
import { hexOf } from '../bytes.ts';
import type { CallDialect } from '../dialects/dialect.ts';
import { Unreadable } from '../dialects/lens.ts';
import type { Exchange, Frame, Reply } from '../exchange.ts';
import { outflowOf } from '../injection/outflow.ts';
import type { Ports, Step } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { Unbounded } from './channel.ts';
import { Evidence } from './evidence.ts';
import { Inspection } from './inspection.ts';
import { rulesInForce } from './live.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { Sessions } from './sessions.ts';
import { wholeInspected } from './whole.ts';
import { Window } from './window.ts';

/** A client hears something this often while its reply is held back: most give up after half a minute of silence or more. */
export const KEEP_ALIVE_MS = 5_000;

/** The header by which a caller says which requests belong together. */
const SESSION = 'x-gatehouse-session';
const SESSION_NAME = /^[\x21-\x7e]{1,128}$/;

/** What inspecting a reply needs. */
type Means = { readonly dialect: CallDialect; readonly inspection: Inspection; readonly keepAliveMs: number };

/** Rewrites or refuses what the policy says. Throws `prompt_blocked` and `content_not_inspectable`. */
export const inspect = (ports: Ports): Step => {
  const rules = rulesInForce(ports);
  const sessions = new Sessions(ports.now);
  const keepAliveMs = ports.limits.keepAliveMs ?? KEEP_ALIVE_MS;
  return async (c, next) => {
    const { exchange } = c.var;
    const { dialect, grant, prompt } = exchange;
    if (dialect.kind !== 'call' || grant === undefined || prompt === undefined)
      throw new Error('inspect needs a call, its grant and its prompt');
    const evidence = new Evidence((value) => hexOf(ports.secrets.keyedHash('finding', value)));
    exchange.evidence = evidence;
    const found = rules.get();
    const now = found instanceof Promise ? await found : found;
    const inspection = new Inspection(
      now,
      grant.policyBody,
      evidence,
      sessionOf(exchange, grant.keyId, sessions),
      outflowOf(exchange, grant.policyBody),
    );
    inspection.request(prompt.document, dialect.structure.request, grant.systemPrompt);
    for (const { place, kind } of dialect.unreadable?.(prompt.document) ?? []) inspection.unread(place, kind);
    await next();
    const { reply } = exchange;
    if (reply === undefined || inspection.passesReplies) return;
    const means = { dialect, inspection, keepAliveMs };
    const frames = reply.whole ? whole(means, reply) : streamed(means, reply);
    exchange.reply = { ...reply, headers: inUtf8(reply.headers), frames: honest(reply, frames, evidence) };
  };
};

/** The pseudonyms of the caller's session; undefined: it named none. */
const sessionOf = (exchange: Exchange, key: string, sessions: Sessions): Pseudonyms | undefined => {
  const name = exchange.header(SESSION);
  if (name === undefined) return undefined;
  if (!SESSION_NAME.test(name))
    throw new Refusal('bad_request', { detail: `"${SESSION}" has 1 to 128 printable characters.` });
  return sessions.of(key, name);
};

/** What is inspected was read as UTF-8, and so it must be by the client. */
const inUtf8 = (headers: Reply['headers']): Reply['headers'] => {
  const type = headers['content-type'];
  return type === undefined || !/charset/i.test(type) || /charset\s*=\s*"?utf-8"?\s*(?:;|$)/i.test(type)
    ? headers
    : { ...headers, 'content-type': `${type.split(';', 1)[0]}; charset=utf-8` };
};

/**
 * The frames as they are inspected; an inspection that breaks is none, and the record does not say that it was. Not a generator
 * alone: one that never started would not let its upstream go.
 */
const honest = (
  reply: Reply,
  made: AsyncGenerator<Frame, void, undefined>,
  evidence: Evidence,
): Reply['frames'] => {
  let begun = false;
  const frames: AsyncIterableIterator<Frame, void, undefined> = {
    [Symbol.asyncIterator]: () => frames,
    next: async () => {
      begun = true;
      try {
        return await made.next();
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof UpstreamFault)) evidence.hasFailed('response');
        throw error;
      }
    },
    return: async () => {
      if (!begun) await reply.frames[Symbol.asyncIterator]().return?.();
      return made.return();
    },
  };
  return frames;
};

/** A whole reply is one frame; it is rewritten before its status is given away. */
async function* whole({ dialect, inspection }: Means, reply: Reply): AsyncGenerator<Frame, void, undefined> {
  for await (const { bytes, last } of reply.frames) {
    try {
      const shown = wholeInspected(inspection, bytes, dialect.structure.reply);
      yield { bytes: typeof shown === 'string' ? encoder.encode(shown) : shown, last };
    } catch (error) {
      throw governable(error);
    }
  }
}

const encoder = new TextEncoder();

/** Whether it was the upstream that broke: by itself, or by an error that it told of in a reply that is translated. */
const brokeUpstream = (error: unknown): boolean =>
  error instanceof UpstreamFault || (error instanceof Refusal && error.code === 'upstream_failed');

/** The frames of a stream, inspected. Silence has to be told from the end. */
async function* streamed(
  { dialect, inspection, keepAliveMs }: Means,
  reply: Reply,
): AsyncGenerator<Frame, void, undefined> {
  const window = new Window(inspection.reading(), dialect);
  const source = reply.frames[Symbol.asyncIterator]();
  try {
    for (;;) {
      const pending = source.next();
      let step = window.holding ? await orSilence(pending, keepAliveMs) : await pending;
      while (step === SILENT) {
        yield { bytes: dialect.keepAlive, last: false };
        step = await orSilence(pending, keepAliveMs);
      }
      if (step.done === true) break;
      yield* window.push(step.value);
      if (step.value.last) return;
    }
    yield* window.end();
  } catch (error) {
    // A reply that broke: what was held is judged as it stands, and told before that.
    if (brokeUpstream(error)) yield* window.end();
    throw governable(error);
  } finally {
    await source.return?.();
  }
}

/** What cannot be read cannot be governed: it ends the reply. */
const governable = (error: unknown): unknown =>
  error instanceof Unreadable || error instanceof Unbounded
    ? new UpstreamFault('protocol', true, error.message)
    : error;

const SILENT = Symbol('silence');

/** The next step, or SILENT when it is not there in time; it may be waited for again. */
const orSilence = async <T>(step: Promise<T>, ms: number): Promise<T | typeof SILENT> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<typeof SILENT>((resolve) => {
    timer = setTimeout(() => resolve(SILENT), ms);
  });
  try {
    return await Promise.race([step, silence]);
  } finally {
    clearTimeout(timer);
  }
};
