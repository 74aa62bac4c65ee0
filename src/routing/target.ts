// Where a request may go: a backend and the model's name there, and why others were passed over.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Preference } from '../providers/names.ts';
import type { ProviderName } from '../providers/provider.ts';

export type Zone = 'on_prem' | 'cloud';
export type DataClass = 'sensitive' | 'non_sensitive';

/** One configured upstream, as a call needs it. */
export type Backend = {
  readonly name: string;
  readonly provider: ProviderName;
  readonly url: string | null;
  readonly zone: Zone;
  /** A reference or a sealed literal; resolved when used. */
  readonly secret: string | null;
  /** The dialects it speaks, where that differs from what its provider does. */
  readonly dialects?: readonly CallDialectName[] | null;
  /** Whether a target that speaks the client's dialect is nevertheless spoken to in another, where there is one. */
  readonly prefer?: Preference | null;
};

/** A backend and the name it knows the model by. */
export type Target = { readonly backend: Backend; readonly model: string };

/** A target with the verdict on it; the record keeps all of them. */
export type Candidate = { readonly target: Target; readonly passedOver: 'zone' | 'dialect' | null };

/**
 * Whether data of this class may go to this zone: sensitive data stays on-prem. Asked when candidates are chosen and
 * again, last of all, at the connect.
 */
export const mayReach = (dataClass: DataClass, zone: Zone): boolean =>
  dataClass !== 'sensitive' || zone === 'on_prem';
