// What a target can do, as far as translation must know it whichever dialect it speaks. What only one dialect's targets differ in is
// known where that dialect is written.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { ProviderName } from '../providers/provider.ts';
import type { Target } from '../routing/target.ts';
import { mostTokensOf } from './models.ts';

/** A target's abilities. Every limit is the target's own. */
export type Caps = {
  /** Whose server it is: a dialect is spoken differently from one to the next. */
  readonly provider: ProviderName;
  /** Most tokens a reply may have; null: unknown. */
  readonly maxOutputTokens: number | null;
  /** Where system messages may stand: among the others, only before them, or there is but one and it is first. */
  readonly systems: 'anywhere' | 'first' | 'one';
};

/** What a target can do when it is asked in `dialect`; null: in the neutral form. */
export const capsOf = ({ backend, model }: Target, dialect: CallDialectName | null): Caps => ({
  provider: backend.provider,
  maxOutputTokens: mostTokensOf(model),
  systems: systemsOf(backend.provider, dialect),
});

/** Templates of open models know one system message, and many of them fail at a second; OpenAI's models take any. */
const systemsOf = (provider: ProviderName, dialect: CallDialectName | null): Caps['systems'] => {
  if (dialect === null || dialect === 'anthropic-messages') return 'first';
  return provider === 'openai' || provider === 'azure' || provider === 'pretend' ? 'anywhere' : 'one';
};
