// What the store said, remembered for a moment: a change is live on every replica within HARD_MS, and a database that is
// away for a while does not stop exchanges whose key and use case are known.

/** Older than this: served, and asked for again behind the reply. */
const SOFT_MS = 1_000;
/** Older than this: asked for again before anything is served. A change of configuration is live within it. */
const HARD_MS = 5_000;
/** With the store unreachable, what was known is served until it is this old; then requests are refused. */
const GRACE_MS = 60 * 60_000;

type Kept<V> = { value: V; atMs: number; asking: boolean };

/** What remembering needs: the question, and the means to ask it behind a reply. */
export type Asker<K, V> = {
  readonly ask: (key: K) => Promise<V>;
  readonly now: () => number;
  readonly defer: (work: Promise<unknown>) => void;
  /** Entries kept; the one asked for longest ago goes first. */
  readonly most: number;
};

/** Remembers answers by key. `get` is synchronous when the answer is fresh: the hot path awaits nothing. */
export const remember = <K, V>(asker: Asker<K, V>): { get(key: K): V | Promise<V>; forget(): void } => {
  const kept = new Map<K, Kept<V>>();
  const keep = (key: K, value: V): V => {
    kept.delete(key);
    kept.set(key, { value, atMs: asker.now(), asking: false });
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
      return keep(key, await asker.ask(key));
    } catch (error) {
      old.asking = false;
      if (asker.now() - old.atMs < GRACE_MS) return old.value;
      throw error;
    }
  };
  return {
    get: (key) => {
      const old = kept.get(key);
      if (old === undefined) return asker.ask(key).then((value) => keep(key, value));
      const ageMs = asker.now() - old.atMs;
      if (ageMs < SOFT_MS) return old.value;
      if (ageMs >= HARD_MS) return askAgain(key, old);
      if (!old.asking) {
        old.asking = true;
        asker.defer(askAgain(key, old));
      }
      return old.value;
    },
    forget: () => kept.clear(),
  };
};
