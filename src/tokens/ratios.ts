// What was learned of models: how many tokens one of them counts for each that was estimated. Learned from usage that upstreams
// reported, kept in memory by each replica, and forgotten when it ends.

/** How far a model's count may be from the estimate; beyond it something else was counted, as a prompt but for what is cached. */
const LEAST = 0.5;
const MOST = 3;
/** A short prompt says more of what a server adds to it than of its tokenizer. In estimated tokens. */
const LEARN_FROM = 200;
/** The first so many exchanges of a model are learned from, and after them one in EVERY. */
const FIRST = 8;
const EVERY = 32;
/** Share of the newest among all that was seen, once there is enough of it. */
const NEWEST = 0.1;
/** Models remembered; the one that was learned from longest ago goes first. */
const MODELS = 500;

type Learned = { readonly ratio: number; readonly from: number };

/** Ratios of models by their upstream's names for them. Each stays within LEAST and MOST. */
export class Ratios {
  readonly #learned = new Map<string, Learned>();
  /** Exchanges seen of each model, learned from or not. */
  readonly #met = new Map<string, number>();

  /** Tokens that a model would count where `estimated` were estimated; a whole number. */
  corrected(model: string, estimated: number): number {
    return Math.round(estimated * (this.#learned.get(model)?.ratio ?? 1));
  }

  /** Whether an exchange of this model is one to learn from. Counts it. */
  isDue(model: string): boolean {
    const met = this.#met.get(model) ?? 0;
    remember(this.#met, model, met + 1);
    return met < FIRST || met % EVERY === 0;
  }

  /** Learns that a model counted `counted` tokens where `estimated` were estimated, before any correction. */
  learn(model: string, estimated: number, counted: number): void {
    const ratio = counted / estimated;
    if (!(estimated >= LEARN_FROM && ratio >= LEAST && ratio <= MOST)) return;
    const before = this.#learned.get(model);
    const from = (before?.from ?? 0) + 1;
    // The mean of what was seen, until that is enough for the older to fade.
    const share = Math.max(1 / from, NEWEST);
    const mean = before === undefined ? ratio : before.ratio + (ratio - before.ratio) * share;
    remember(this.#learned, model, { ratio: mean, from });
  }
}

const remember = <V>(map: Map<string, V>, model: string, value: V): void => {
  map.delete(model);
  map.set(model, value);
  if (map.size <= MODELS) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    break;
  }
};

const known = new WeakMap<object, Ratios>();

/** The ratios of one gateway, by whatever is its own (its ports): every part of it that counts tokens learns for the others. */
export const ratiosOf = (gateway: object): Ratios => {
  const ratios = known.get(gateway) ?? new Ratios();
  known.set(gateway, ratios);
  return ratios;
};
