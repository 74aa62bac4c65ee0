// Stretches of a text that are decided together or not at all.

/** `unclosed`: it has no end yet, and what comes belongs to it. */
export type Span = { readonly start: number; readonly end: number; readonly unclosed?: boolean };

/** `decided`, moved before whatever it would cut: what overlaps is decided together. */
export const before = (spans: readonly Span[], decided: number): number => {
  let at = decided;
  for (let moved = true; moved; ) {
    moved = false;
    for (const { start, end, unclosed } of spans) {
      if (unclosed === true || start >= at || end <= at) continue;
      at = start;
      moved = true;
    }
  }
  return at;
};
