// What a target can do, as far as translation must know it: nobody but us decides what becomes of what it cannot.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Target } from '../routing/target.ts';

/** A target's abilities. Every limit is the target's own. */
export type Caps = {
  /** Most tokens a reply may have; null: unknown. */
  readonly maxOutputTokens: number | null;
};

/** What a target can do when it is asked in `dialect`; null: in the neutral form. */
export const capsOf = (_target: Target, _dialect: CallDialectName | null): Caps => ({
  maxOutputTokens: null,
});
