// Chance that can be repeated: the same seed, the same drill.

/** Numbers from a seed. */
export type Chance = {
  /** 0 <= n < 1 */
  next(): number;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
};

/** Mulberry32: short, and even enough for moments and bodies. */
export const chanceOf = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, between: (low, high) => low + Math.floor(next() * (high - low + 1)) };
};
