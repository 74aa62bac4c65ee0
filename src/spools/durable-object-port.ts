// A Worker's side of the Durable Object spool. Nothing here is shared between requests but what each was told: a promise of one
// request must not be another's.
import type { Entry } from '../audit/record.ts';
import type { Spool, SpoolState } from './spool.ts';
import { SpoolRefuses } from './spool.ts';

/** How the message of a refusal begins. An error's class does not survive the way from an object to a Worker; its message does. */
export const REFUSES = 'spool refuses: ';

/** The object's methods as a Worker calls them. */
export type SpoolStub = {
  append(entries: readonly Entry[]): Promise<SpoolState>;
  flush(timeoutMs: number): Promise<void>;
  state(): Promise<SpoolState>;
};

/** The binding that leads to the objects. */
export type SpoolNamespace = { getByName(name: string): SpoolStub };

/** Whether a binding leads to objects. */
export const isSpoolNamespace = (binding: unknown): binding is SpoolNamespace =>
  typeof binding === 'object' && binding !== null && 'getByName' in binding;

/** The spool, and what the objects say of themselves at this moment: `state()` is only what this isolate was last told. */
export type DurableObjectSpool = Spool & { states(): Promise<readonly SpoolState[]> };

const UNKNOWN: Omit<SpoolState, 'writer'> = {
  waitingEntries: 0,
  waitingBytes: 0,
  oldestAtMs: null,
  limitBytes: 0,
  limitAgeMs: 0,
  refuses: null,
};

/**
 * A spool in the objects `audit-0` to `audit-<shards - 1>`. All entries of an exchange go to the same one, so that they stand
 * in one chain. Fewer or more shards than before: an exchange under way at that moment may be sealed in another chain.
 */
export const durableObjectSpool = (
  namespace: SpoolNamespace,
  { shards = 1 }: { readonly shards?: number } = {},
): DurableObjectSpool => {
  const names = Array.from({ length: shards }, (_, shard) => `audit-${shard}`);
  const told = new Map<string, SpoolState>();
  /** Openings that are on their way. An object hears calls in the order of one stub only, so a seal waits for its opening. */
  const opening = new Map<string, Promise<unknown>>();
  // A stub belongs to the request that made it, and costs nothing to make.
  const stubOf = (name: string): SpoolStub => namespace.getByName(name);
  const send = async (entry: Entry): Promise<void> => {
    const name = names[shardOf(entry.exchange, shards)] ?? 'audit-0';
    try {
      told.set(name, await stubOf(name).append([entry]));
    } catch (error) {
      throw asRefusal(error);
    }
  };
  const states = (): Promise<readonly SpoolState[]> =>
    Promise.all(
      names.map(async (name) => {
        const state = await stubOf(name).state();
        told.set(name, state);
        return state;
      }),
    );
  return {
    get writer() {
      return [...told.values()].map(({ writer }) => writer).join(' ');
    },
    append: async (entry) => {
      const { exchange } = entry;
      if (exchange === null) return send(entry);
      const before = opening.get(exchange);
      if (before !== undefined) await before.catch(() => undefined);
      const sent = send(entry);
      if (entry.kind === 'open') opening.set(exchange, sent);
      try {
        await sent;
      } finally {
        if (opening.get(exchange) === sent) opening.delete(exchange);
      }
    },
    flush: async (timeoutMs) => {
      await Promise.all(names.map((name) => stubOf(name).flush(timeoutMs)));
    },
    state: () => [...told.values()].reduce(together, { writer: '', ...UNKNOWN }),
    states,
    close: async () => undefined,
  };
};

/** Which shard an exchange belongs to; entries about none stand in the first. */
const shardOf = (exchange: string | null, shards: number): number => {
  let sum = 0;
  // The end of an id is its chance; a prime keeps its digits from cancelling out.
  for (const char of exchange ?? '') sum = (sum * 31 + char.charCodeAt(0)) % 65_521;
  return sum % shards;
};

/** An object that refuses is told from one that failed. */
const asRefusal = (error: unknown): unknown => {
  const message = error instanceof Error ? error.message : '';
  const at = message.indexOf(REFUSES);
  return at < 0 ? error : new SpoolRefuses(message.slice(at + REFUSES.length));
};

const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

const together = (sum: SpoolState, state: SpoolState): SpoolState => ({
  writer: sum.writer === '' ? state.writer : `${sum.writer} ${state.writer}`,
  waitingEntries: sum.waitingEntries + state.waitingEntries,
  waitingBytes: sum.waitingBytes + state.waitingBytes,
  oldestAtMs: earlier(sum.oldestAtMs, state.oldestAtMs),
  limitBytes: sum.limitBytes + state.limitBytes,
  limitAgeMs: Math.max(sum.limitAgeMs, state.limitAgeMs),
  refuses: sum.refuses ?? state.refuses,
});
