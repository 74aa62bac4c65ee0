// identify: whose key is this, and which version of which use case is it bound to? Reads headers only, so a stranger's
// body is never read.
import { hexOf } from '../bytes.ts';
import { remember } from '../fresh.ts';
import type { Ports, Step } from '../ports.ts';
import { Refusal, storeAway } from '../refusal.ts';
import type { Grant } from './key.ts';
import { mustCount, presentedKey, sameText } from './key.ts';
import { findGrant } from './table.ts';

/** Keys remembered per replica: enough for every key of a large organisation, a few MB at most. */
const KEYS_REMEMBERED = 10_000;

/** The grant of the key that a request carries; undefined: a text that is no key. Throws `missing_key`, or when the store is away. */
const finder = (
  ports: Ports,
): ((header: (name: string) => string | undefined) => Promise<Grant | undefined>) => {
  const grants = remember<string, { hash: string; grant: Grant } | undefined>({
    ask: (hash) => findGrant(ports.store.db, hash),
    now: ports.now,
    defer: ports.defer,
    most: KEYS_REMEMBERED,
    // Texts that are no key would crowd out the keys; and one that becomes a key counts at once.
    worth: (found) => found !== undefined,
  });
  return async (header) => {
    const hash = hexOf(ports.secrets.keyedHash('api-key', presentedKey(header)));
    const answer = grants.get(hash);
    const found = answer instanceof Promise ? await answer.catch(storeAway) : answer;
    return found !== undefined && sameText(found.hash, hash) ? found.grant : undefined;
  };
};

/** Finds the key's grant, or throws a 401. */
export const identify = (ports: Ports): Step => {
  const find = finder(ports);
  return async (c, next) => {
    const { exchange } = c.var;
    exchange.grant = await find(exchange.header).catch((error: unknown) => {
      exchange.unidentified = isStoreAway(error);
      throw error;
    });
    if (exchange.grant === undefined) throw new Refusal('invalid_key');
    mustCount(exchange.grant, ports.now());
    await next();
  };
};

/** For paths that refuse everybody: finds the key's grant, so that the record can name who it was, and lets strangers pass. */
export const acquaint = (ports: Ports): Step => {
  const find = finder(ports);
  return async (c, next) => {
    const { exchange } = c.var;
    exchange.grant = await find(exchange.header).catch((error: unknown) => {
      exchange.unidentified = isStoreAway(error);
      return undefined;
    });
    await next();
  };
};

const isStoreAway = (error: unknown): boolean =>
  error instanceof Refusal && error.code === 'store_unavailable';
