// The catalogue of prices that comes with the program: vendors, their models, and what a million tokens cost when. Loaded when it is
// first asked for. Its data are made by scripts/prices.ts.
import type { Price } from './price.ts';

/** Whether a model's name is meant; letters count the same in both cases. */
export type Match =
  | { readonly or: readonly Match[] }
  | { readonly and: readonly Match[] }
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string };

/** A price, from a day on (UTC), or between two times of every day (UTC). Of several the last that holds counts. */
export type Dated = {
  readonly from?: string;
  readonly daily?: readonly [from: string, to: string];
  readonly price: Price;
};

/** Without prices: it is not paid by the token. */
export type BuiltInModel = {
  readonly id: string;
  readonly match: Match;
  readonly prices: readonly Dated[];
};

/** `urls`: an expression for the beginning of its addresses. `others`: vendors whose models it serves at their prices. */
export type BuiltInProvider = {
  readonly id: string;
  readonly urls: string;
  readonly others?: readonly string[];
  readonly models: readonly BuiltInModel[];
};

/** `source` and `sha256` (of the providers, as JSON) say which catalogue it is. */
export type BuiltIn = {
  readonly source: string;
  readonly sha256: string;
  readonly providers: readonly BuiltInProvider[];
};

/** A price of the catalogue and where it stands in it. */
export type BuiltInPrice = { readonly provider: string; readonly model: string; readonly price: Price };

let loaded: BuiltIn | undefined;

/** The catalogue; a promise only as long as nobody asked before. */
export const builtIn = (): BuiltIn | Promise<BuiltIn> => loaded ?? load();

const load = async (): Promise<BuiltIn> => {
  const module: { readonly default: unknown } = await import('./built-in.json', { with: { type: 'json' } });
  loaded = module.default as BuiltIn; // our own data: a test holds it to be what the script makes
  return loaded;
};

/** The vendor at an address; undefined: none we know. */
export const vendorAt = ({ providers }: BuiltIn, url: string): string | undefined =>
  providers.find(({ urls }) => {
    const [known] = new RegExp(`^(?:${urls})`, 'i').exec(url) ?? [];
    // A host that goes on is another's; some of the expressions end before theirs does, in a dot.
    return known !== undefined && (/[./]$/.test(known) || /^(?:$|[/:?#])/.test(url.slice(known.length)));
  })?.id;

/** What a vendor asks for a model at a time; undefined: the catalogue does not know. */
export const builtInPrice = (
  { providers }: BuiltIn,
  vendor: string,
  model: string,
  atMs: number,
): BuiltInPrice | undefined => {
  const provider = providers.find(({ id }) => id === vendor);
  if (provider === undefined) return undefined;
  const others = (provider.others ?? []).flatMap((other) => providers.filter(({ id }) => id === other));
  const named = model.toLowerCase().trim();
  for (const name of new Set([named, withDashes(named)])) {
    for (const { id, models } of [provider, ...others]) {
      const found = models.find(({ match }) => matches(match, name));
      if (found === undefined) continue;
      const price = priceAt(found.prices, atMs);
      return price === undefined ? undefined : { provider: id, model: found.id, price };
    }
  }
  return undefined;
};

/** A date in a name, as the other half of vendors writes it. */
const withDashes = (name: string): string =>
  name.replace(/-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3');

const matches = (match: Match, name: string): boolean => {
  if ('or' in match) return match.or.some((each) => matches(each, name));
  if ('and' in match) return match.and.every((each) => matches(each, name));
  if ('equals' in match) return name === match.equals.toLowerCase();
  if ('starts_with' in match) return name.startsWith(match.starts_with.toLowerCase());
  if ('ends_with' in match) return name.endsWith(match.ends_with.toLowerCase());
  if ('contains' in match) return name.includes(match.contains.toLowerCase());
  return new RegExp(match.regex).test(name);
};

const priceAt = (prices: readonly Dated[], atMs: number): Price | undefined =>
  (prices.findLast((each) => holds(each, atMs)) ?? prices[0])?.price;

const DAY_MS = 24 * 60 * 60_000;

const holds = ({ from, daily }: Dated, atMs: number): boolean => {
  if (from !== undefined) return atMs >= Date.parse(from);
  if (daily === undefined) return true;
  const now = atMs % DAY_MS;
  const [start, end] = daily.map(timeMs);
  if (start === undefined || end === undefined) return false;
  return end < start ? now >= start || now < end : now >= start && now < end;
};

/** Milliseconds after midnight of `16:30:00Z`. */
const timeMs = (time: string): number => Date.parse(`1970-01-01T${time.endsWith('Z') ? time : `${time}Z`}`);
