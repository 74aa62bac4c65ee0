// The rows of the table: every dialect of the rack on every way to a backend, and whatever else the proxy answers.
import type { CallDialectName } from '../../../src/dialects/dialect.ts';
import { dialects, unknown } from '../../../src/dialects/index.ts';
import { providers } from '../../../src/providers/index.ts';
import { CALL_DIALECTS } from '../../../src/providers/names.ts';
import type { ProviderName } from '../../../src/providers/provider.ts';
import type { Target } from '../../../src/routing/target.ts';
import type { Way } from '../../../src/translate/way.ts';
import { wayTo } from '../../../src/translate/way.ts';
import { converseHeard, geminiHeard } from '../../kit/cloud/heard.ts';
import type { Heard } from '../../kit/spoken/heard.ts';
import { heardOf } from '../../kit/spoken/heard.ts';
import type { Spoken } from '../../kit/spoken/index.ts';
import { SPOKEN } from '../../kit/spoken/index.ts';
import type { Listing } from '../../kit/spoken/listings.ts';
import { LISTINGS } from '../../kit/spoken/listings.ts';

/** A call in one dialect that reaches a backend which speaks that or another. */
export type CallRow = {
  readonly kind: 'call';
  readonly name: string;
  /** What the client speaks; undefined: the tests do not speak it yet, and each of its cells is empty. */
  readonly client: Spoken | undefined;
  /** What the backend speaks. */
  readonly target: Heard | undefined;
  readonly way: Way['kind'];
  /** The names of both, and how the one is made of the other; null: the backend speaks none of our dialects. */
  readonly from: CallDialectName;
  readonly to: CallDialectName | null;
  readonly found: Way;
  readonly at: Target;
  /** The names of the model that leads there, and of one that leads to the same in a cloud. */
  readonly model: string;
  readonly away: string;
};

/** Anything else: a listing, a probe, a path that does not exist. */
export type PlainRow = {
  readonly kind: 'list' | 'probe' | 'none';
  readonly name: string;
  readonly listing: Listing | undefined;
};

export type Row = CallRow | PlainRow;

const spokenAs = (name: string): Spoken | undefined => SPOKEN.find(({ dialect }) => dialect === name);

const heardAs = (name: string): Heard | undefined => {
  const spoken = spokenAs(name);
  return spoken && heardOf(spoken);
};

const targetOf = (dialect: CallDialectName): Target => ({
  backend: {
    name: 'any',
    provider: 'compatible',
    url: 'http://127.0.0.1',
    zone: 'on_prem',
    secret: null,
    dialects: [dialect],
  },
  model: 'other',
});

const rowOf = (client: CallDialectName, target: CallDialectName): CallRow | undefined => {
  const at = targetOf(target);
  const way = wayTo(at, client);
  if (way === undefined) return undefined;
  return {
    kind: 'call',
    name: way.kind === 'through' ? client : `${client} > ${way.kind === 'counted' ? 'counted' : target}`,
    client: spokenAs(client),
    target: heardAs(target),
    way: way.kind,
    from: client,
    to: target,
    found: way,
    at,
    model: `to-${target}`,
    away: `away-${target}`,
  };
};

const calls: readonly CallDialectName[] = dialects.flatMap((each) =>
  each.kind === 'call' ? [each.name] : [],
);

const every: readonly CallRow[] = calls.flatMap((client) =>
  CALL_DIALECTS.flatMap((target) => rowOf(client, target) ?? []),
);

/** A way on which nobody is asked is the same whatever the backend speaks. */
const once = (rows: readonly CallRow[]): CallRow[] => [
  ...new Map(rows.map((row) => [row.name, row])).values(),
];

/** What passes through. */
export const THROUGH: readonly CallRow[] = every.filter(({ way }) => way === 'through');

/** What reaches its backend in another dialect. */
export const OTHERWISE: readonly CallRow[] = once(every.filter(({ way }) => way !== 'through'));

/** Models of providers that keep their own form for them, and what is heard of that. */
const OWN_FORMS: Partial<Record<ProviderName, { readonly model: string; readonly heard: Heard }>> = {
  google: { model: 'gemini-2.5-flash', heard: geminiHeard },
  vertex: { model: 'gemini-2.5-flash', heard: geminiHeard },
  bedrock: { model: 'amazon.nova-lite-v1:0', heard: converseHeard },
};

const ownRow = (provider: ProviderName, client: CallDialectName): CallRow | undefined => {
  const own = OWN_FORMS[provider];
  const model = own?.model ?? 'other';
  const backend = { ...targetOf('openai-chat').backend, provider, dialects: null };
  const found = wayTo({ backend, model }, client);
  if (found?.kind !== 'foreign') return undefined;
  return {
    kind: 'call',
    name: `${client} > ${provider}`,
    client: spokenAs(client),
    target: own?.heard,
    way: found.kind,
    from: client,
    to: null,
    found,
    at: { backend, model },
    model: `${provider}/${model}`,
    away: `away-${provider}/${model}`,
  };
};

/** Vertex asks Gemini as Google does, but for the address and the token: one client tells of all. */
const ALIKE: ReadonlySet<string> = new Set(['vertex']);

/** What reaches a model that is asked in its provider's own form. */
export const OWN: readonly CallRow[] = Object.values(providers).flatMap(({ name, model }) => {
  if (model === undefined) return [];
  const rows = calls.flatMap((client) => ownRow(name, client) ?? []);
  return ALIKE.has(name) ? rows.slice(0, 1) : rows;
});

/** Whatever else the proxy answers. */
export const PLAIN: readonly PlainRow[] = [...dialects, unknown].flatMap((dialect): PlainRow[] => {
  const { kind, name } = dialect;
  if (kind === 'call') return [];
  const shapes = Object.entries(LISTINGS[name] ?? {});
  if (shapes.length === 0) return [{ kind, name, listing: undefined }];
  return shapes.map(([shape, listing]) => ({
    kind,
    name: shape === '' ? name : `${name} ${shape}`,
    listing,
  }));
});
