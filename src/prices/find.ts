// Which price is in force for a model at a backend: what gatehouse.yaml says of the model, else what was saved here, else what the
// operator's file says, else the catalogue's. The catalogue knows what vendors ask, so it says nothing of machines of one's own.
import type { ProviderName } from '../providers/provider.ts';
import type { Backend } from '../routing/target.ts';
import { globMatches } from '../usecases/glob.ts';
import type { BuiltIn } from './built-in.ts';
import { builtInPrice, vendorAt } from './built-in.ts';
import type { Price, Stated } from './price.ts';
import { priceOf } from './price.ts';

/** A stated price and what a record calls it. */
export type Named = { readonly name: string; readonly version: string; readonly stated: Stated };

/** All prices in force but the catalogue's. `models`: gatehouse.yaml's, by the names callers use. The others with the nearest first. */
export type Book = {
  readonly models: ReadonlyMap<string, { readonly version: string; readonly price: Price }>;
  readonly saved: readonly Named[];
  readonly file: readonly Named[];
};

/** What is asked for: a model by the caller's name (`asked`) and by its name at the backend. */
export type Wanted = {
  readonly asked: string;
  readonly backend: Pick<Backend, 'name' | 'provider' | 'zone' | 'url'>;
  readonly model: string;
};

/** A price and which it is, or why there is none. */
export type Found =
  | { readonly price: Price; readonly version: string }
  | { readonly unknown: 'own_machine' | 'no_price' };

/** Finds the price in force at `atMs`. */
export const findPrice = (book: Book, builtIn: BuiltIn, wanted: Wanted, atMs: number): Found => {
  const declared = book.models.get(wanted.asked);
  if (declared !== undefined) return declared;
  const stated = [book.saved, book.file].flatMap(
    (layer) => layer.find((each) => isOf(each.stated, wanted)) ?? [],
  );
  const [nearest] = stated;
  if (nearest !== undefined) return { price: priceOf(nearest.stated), version: nearest.version };
  const { backend, model } = wanted;
  if (isOwnMachine(backend)) return { unknown: 'own_machine' };
  const vendor = vendorOf(builtIn, backend);
  const found = vendor === undefined ? undefined : builtInPrice(builtIn, vendor, model, atMs);
  if (found === undefined) return { unknown: 'no_price' };
  const version = `${builtIn.source}#${builtIn.sha256.slice(0, DIGEST_CHARS)}/${found.provider}/${found.model}`;
  return { price: found.price, version };
};

/** Of a digest in a version, enough that no two are alike by chance. */
export const DIGEST_CHARS = 12;

const isOf = ({ backend, provider, model }: Stated, wanted: Wanted): boolean =>
  (backend === undefined || backend === wanted.backend.name) &&
  (provider === undefined || provider === wanted.backend.provider) &&
  globMatches(model, wanted.model);

/** Prices with the nearest first: of one backend, of one provider, of any; an exact name before a pattern, a longer one before a shorter. */
export const nearestFirst = (prices: readonly Named[]): Named[] =>
  prices.toSorted((a, b) => {
    const [near, far] = [a, b].map(({ name, stated: { backend, provider, model } }) => [
      backend !== undefined ? 0 : provider !== undefined ? 1 : 2,
      /[*?]/.test(model) ? 1 : 0,
      -model.length,
      name,
    ]);
    for (const [i, one] of (near ?? []).entries()) {
      const other = far?.[i] ?? one;
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  });

/** Servers that people run themselves: what a token costs there depends on their machine, and nobody else knows. */
const OWN_SERVERS: ReadonlySet<ProviderName> = new Set([
  ...(['ollama', 'vllm', 'sglang', 'trtllm', 'llamacpp', 'pretend'] as const),
]);

/** Whether a token has no price there that a vendor could ask. */
export const isOwnMachine = ({ provider, zone }: Pick<Backend, 'provider' | 'zone'>): boolean =>
  zone === 'on_prem' || OWN_SERVERS.has(provider);

/** Whose prices count: of some at their own domains only, for many servers speak as they do. */
const VENDORS: Readonly<Record<string, { readonly id: string; readonly domain?: string }>> = {
  openai: { id: 'openai', domain: 'openai.com' },
  anthropic: { id: 'anthropic', domain: 'anthropic.com' },
  azure: { id: 'azure' },
  google: { id: 'google' },
  vertex: { id: 'google' },
  bedrock: { id: 'aws' },
};

/** Whom a backend is paid to; undefined: nobody the catalogue knows. Who speaks like a vendor at another address need not be it. */
const vendorOf = (builtIn: BuiltIn, { provider, url }: Wanted['backend']): string | undefined => {
  const vendor = VENDORS[provider];
  if (vendor !== undefined && (url === null || vendor.domain === undefined)) return vendor.id;
  if (url === null) return undefined;
  const host = new URL(url).hostname;
  if (vendor?.domain !== undefined && host.endsWith(`.${vendor.domain}`)) return vendor.id;
  return vendorAt(builtIn, url);
};
