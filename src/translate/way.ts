// How a client's request reaches a target: as it came, or translated.
import type { CallDialectName } from '../dialects/dialect.ts';
import { providers } from '../providers/index.ts';
import type { Target } from '../routing/target.ts';
import type { Direct } from './direct.ts';
import type { Egress } from './egress.ts';
import { directAmong, egressAmong, ingressOf } from './index.ts';
import type { Ingress } from './ingress.ts';

export type Way =
  /** The target speaks the client's dialect. */
  | { readonly kind: 'through' }
  | { readonly kind: 'direct'; readonly direct: Direct }
  | { readonly kind: 'translated'; readonly ingress: Ingress; readonly egress: Egress }
  /** The target speaks none of our dialects; its provider brings a model that is asked in the neutral form. */
  | { readonly kind: 'foreign'; readonly ingress: Ingress }
  /** Nobody is asked: the target cannot count, so we estimate. */
  | { readonly kind: 'counted' };

/** What a target is asked in: a dialect, or its provider's own words, called like the provider; null: it is not asked. */
export const askedIn = (way: Way, client: CallDialectName, { backend }: Target): string | null => {
  switch (way.kind) {
    case 'through':
      return client;
    case 'direct':
      return way.direct.to;
    case 'translated':
      return way.egress.dialect;
    case 'foreign':
      return backend.provider;
    case 'counted':
      return null;
  }
};

/** The way from a client's dialect to a target; undefined: there is none. What a backend is declared to speak counts, else what its provider does. */
export const wayTo = (target: Target, client: CallDialectName): Way | undefined => {
  const { backend, model } = target;
  const provider = providers[backend.provider];
  const spoken = backend.dialects ?? provider.dialectsOf?.(model) ?? provider.dialects;
  const through = spoken.includes(client);
  if (through && backend.prefer !== 'translate') return { kind: 'through' };
  const ingress = ingressOf(client);
  const egress = ingress && egressAmong(spoken, client);
  if (ingress !== undefined && egress !== undefined) return { kind: 'translated', ingress, egress };
  if (through) return { kind: 'through' };
  const direct = directAmong(spoken, client);
  if (direct !== undefined) return { kind: 'direct', direct };
  // Where there is no way for the conversation itself, its tokens are nobody's to count.
  if (client === 'anthropic-count-tokens')
    return wayTo(target, 'anthropic-messages') === undefined ? undefined : { kind: 'counted' };
  if (ingress !== undefined && provider.model !== undefined) return { kind: 'foreign', ingress };
  return undefined;
};
