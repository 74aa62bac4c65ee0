// Sees every ending of an exchange exactly once, whatever the client, the upstream or a step does.
// A generator's `finally` never runs if it never started, so endings do not live there: they live here.
import type { EndListener, Exchange, Frame, Outcome, Reply } from './exchange.ts';
import { wholeReply } from './exchange.ts';
import type { Log } from './ports.ts';
import { UpstreamFault } from './ports.ts';
import { asRefusal, Refusal } from './refusal.ts';

/** The ending half of an exchange. */
export const endings = (): Pick<Exchange, 'onEnd' | 'end' | 'outcome'> => {
  const listeners: EndListener[] = [];
  let outcome: Outcome | undefined;
  let done: Promise<void> = Promise.resolve();
  const tell = async (told: Outcome): Promise<void> => {
    let failure: { error: unknown } | undefined;
    // Each listener gets its turn even when an earlier one failed: a hold must be settled though a seal was not durable.
    for (let listener = listeners.pop(); listener !== undefined; listener = listeners.pop()) {
      try {
        await listener(told);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  };
  return {
    outcome: () => outcome,
    onEnd: (listener) => {
      listeners.push(listener);
      const told = outcome;
      if (told === undefined) return;
      // The client may leave while a step is at work: what that step registers after the end is told all the same.
      done = afterwards(done, () => tell(told));
      done.catch(() => undefined);
    },
    end: (told) => {
      if (outcome === undefined) {
        // Decided before anyone is told, so that a listener that ends the exchange again changes nothing.
        outcome = told;
        done = done.then(() => tell(told));
      }
      return done;
    },
  };
};

/** Does `work` whatever became of `before`, whose failure is still told. */
const afterwards = async (before: Promise<void>, work: () => Promise<void>): Promise<void> => {
  const [first] = await Promise.allSettled([before]);
  const [second] = await Promise.allSettled([work()]);
  for (const each of [first, second]) if (each.status === 'rejected') throw each.reason;
};

/** An outcome in few words. */
export const outcomeOf = (refusal: Refusal): Outcome => ({
  ending: refusal.ending,
  status: refusal.status,
  code: refusal.code,
  note: refusal.extra.note ?? null,
});

const ABANDONED_STATUS = 499;

/** The client left. The status is the one it had been given, or 499 (nginx's word for it) when it had none. */
export const abandoned = (replied: number | undefined): Outcome => ({
  ending: 'abandoned',
  status: replied ?? ABANDONED_STATUS,
  code: 'client_gone',
  note: null,
});

/** Why an upstream gave no whole reply, as a refusal. */
export const upstreamRefusal = (fault: UpstreamFault): Refusal => {
  const code = {
    unreachable: 'upstream_unreachable',
    timeout: 'upstream_timeout',
    cut: 'upstream_cut',
    gone: 'upstream_cut',
    protocol: 'upstream_protocol',
  } as const;
  return new Refusal(code[fault.kind], { note: fault.message });
};

/** Anything thrown on the way, as what the client is told; faults are logged with their class only, never their words. */
export const refusalOf = (error: unknown, exchange: string, log: Log): Refusal => {
  if (error instanceof UpstreamFault) return upstreamRefusal(error);
  if (error instanceof Refusal) return error;
  log('error', 'fault', {
    exchange,
    error: error instanceof Error ? error.name : typeof error,
    at: place(error),
  });
  return asRefusal(error);
};

/** The first line of a stack: where it broke, without the message, which may hold a prompt, lines that look like a stack's too. */
const place = (error: unknown): string => {
  if (!(error instanceof Error) || error.stack === undefined) return '';
  const message = error.stack.indexOf(error.message);
  if (message < 0) return '';
  return (
    error.stack
      .slice(message + error.message.length)
      .split('\n')
      .find((line) => line.startsWith('    at '))
      ?.trim()
      .slice(0, 200) ?? ''
  );
};

/** A refusal as a whole reply in the client's dialect. */
export const refusalReply = (exchange: Exchange, refusal: Refusal): Reply => {
  const told = exchange.dialect.refusal(refusal, exchange.id);
  return wholeReply(refusal.status, told.headers, new TextEncoder().encode(told.body));
};

/**
 * The frames of the exchange's reply as they leave for the client. The exchange is ended, and its seal durable, before
 * the last frame is let go, so an answer received in full has a sealed record. A stream that breaks gets its dialect's
 * error frame and then throws, so no client takes it for whole. The caller reports a client that has gone through `end`.
 */
export async function* governed(exchange: Exchange, reply: Reply, log: Log): AsyncGenerator<Frame> {
  try {
    for await (const frame of reply.frames) {
      if (exchange.outcome() !== undefined) return;
      // What is held back leaves as nothing, and the digest of nothing would say that something was delivered.
      if (frame.bytes.length > 0) exchange.delivered?.update(frame.bytes);
      if (frame.last)
        await exchange.end(
          exchange.verdict ?? { ending: 'complete', status: reply.status, code: null, note: null },
        );
      yield frame;
      if (frame.last) return;
    }
    throw new UpstreamFault('cut', true, 'the stream ended without its last event');
  } catch (error) {
    const refusal = refusalOf(error, exchange.id, log);
    yield* lastWords(exchange, reply, refusal, error instanceof UpstreamFault);
    // Who told of its error was not cut: nothing is missing from the transfer, and a reset could take those words with it.
    if (!reply.whole && refusal.code === 'upstream_failed') return;
    throw refusal;
  }
}

/**
 * The error frame of a broken stream, once its ending is sealed; a whole reply has no place for one. What the upstream told of itself
 * before it broke (`isCut`) stays; a reply that we end is ended for our reason, which is what the client hears.
 */
async function* lastWords(
  exchange: Exchange,
  reply: Reply,
  refusal: Refusal,
  isCut: boolean,
): AsyncGenerator<Frame> {
  const outcome = isCut ? (exchange.verdict ?? outcomeOf(refusal)) : outcomeOf(refusal);
  if (exchange.dialect.kind !== 'call' || reply.whole) {
    await exchange.end(outcome);
    return;
  }
  const frame = exchange.dialect.fault(refusal, exchange.id);
  exchange.delivered?.update(frame.bytes);
  // An ending that cannot be sealed must not keep the client from hearing that its stream broke.
  await exchange.end(outcome).catch(() => undefined);
  yield frame;
}
