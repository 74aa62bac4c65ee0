// What the store said, remembered for a moment: a change is live on every replica within HARD_MS, and a database that is
// away for a while does not stop exchanges whose key and use case are known.
import { within } from './within.ts';

/** Older than this: served, and asked for again behind the reply. */
const SOFT_MS = 1_000;
/** Older than this: asked for again before anything is served. A change of configuration is live within it. */
const HARD_MS = 5_000;
/**
 * For this long after the store failed to answer, nobody waits for it: what is known is served, and it is asked again behind
 * the reply every SOFT_MS. Longer than a connect takes to time out, or every exchange would wait for that.
 */
const AWAY_MS = 15_000;
/**
 * A store that says nothing for this long did not answer: as long as a connect may take, and shorter than AWAY_MS, so that a
 * connection that hangs costs one exchange this wait and not every one.
 */
const ASK_MS = 10_000;
/** With the store unreachable, what was known is served until it is this old; then requests are refused. */
const GRACE_MS = 60 * 60_000;

type Kept<V> = { readonly value: V; readonly askedAtMs: number; failedAtMs: number; asking: boolean };

/** What remembering needs: the question, and the means to ask it behind a reply. */
export type Asker<K, V> = {
  readonly ask: (key: K) => Promise<V>;
  readonly now: () => number;
  readonly defer: (work: Promise<unknown>) => void;
  /** Entries kept; the one asked for longest ago goes first. */
  readonly most: number;
  /** Whether an answer is worth a place; absent: every one is. */
  readonly worth?: (value: V) => boolean;
};

/** Remembers answers by key. `get` is synchronous when the answer is fresh: the hot path awaits nothing. */
export const remember = <K, V>(asker: Asker<K, V>): { get(key: K): V | Promise<V> } => {
  const kept = new Map<K, Kept<V>>();
  const ask = async (key: K): Promise<V> => {
    // As old as the question, not as its answer: what changed while it was under way is not in it.
    const askedAtMs = asker.now();
    const value = await within(ASK_MS, asker.ask(key));
    const other = kept.get(key);
    if (other !== undefined && other.askedAtMs > askedAtMs) return other.value;
    kept.delete(key);
    if (asker.worth?.(value) === false) return value;
    kept.set(key, { value, askedAtMs, failedAtMs: Number.NEGATIVE_INFINITY, asking: false });
    if (kept.size > asker.most) {
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        break;
      }
    }
    return value;
  };
  const askAgain = async (key: K, old: Kept<V>): Promise<V> => {
    try {
      return await ask(key);
    } catch (error) {
      old.asking = false;
      old.failedAtMs = asker.now();
      if (old.failedAtMs - old.askedAtMs < GRACE_MS) return old.value;
      throw error;
    }
  };
  return {
    get: (key) => {
      const old = kept.get(key);
      if (old === undefined) return ask(key);
      const now = asker.now();
      const ageMs = now - old.askedAtMs;
      if (ageMs < SOFT_MS) return old.value;
      const isAway = now - old.failedAtMs < AWAY_MS;
      if (ageMs >= (isAway ? GRACE_MS : HARD_MS)) return askAgain(key, old);
      if (!old.asking && now - old.failedAtMs >= SOFT_MS) {
        old.asking = true;
        asker.defer(askAgain(key, old));
      }
      return old.value;
    },
  };
};
