// What a target can do, as far as translation must know it: nobody but us decides what becomes of what it cannot.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { ProviderName } from '../providers/provider.ts';
import type { Target } from '../routing/target.ts';

/** A target's abilities. Every limit is the target's own. */
export type Caps = {
  /** Whose server it is: a dialect is spoken differently from one to the next. */
  readonly provider: ProviderName;
  /** Most tokens a reply may have; null: unknown. */
  readonly maxOutputTokens: number | null;
  /** Whether system messages may stand among the others. */
  readonly systemAnywhere: boolean;
};

/** What a target can do when it is asked in `dialect`; null: in the neutral form. */
export const capsOf = ({ backend }: Target, dialect: CallDialectName | null): Caps => ({
  provider: backend.provider,
  maxOutputTokens: null,
  systemAnywhere: dialect !== null && dialect !== 'anthropic-messages',
});
