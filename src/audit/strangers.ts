// Refusals of those without a key. The first of an address in a minute is a record like any other; the rest of that minute are
// counted into one entry, so a stranger can neither hide nor flood the ledger. Those who showed a key while the store was away
// may be anybody: more of theirs are records, and still no flood.
import type { Entry } from './record.ts';
import { fieldText } from './record.ts';

const MINUTE_MS = 60_000;
/** Addresses told apart within a minute; those beyond are counted together. Of IPv6 it is networks: a host has 2^64 addresses. */
const ADDRESSES = 5_000;
/**
 * Refusals that are records of their own although the address had one in this minute, because it showed a key that the store
 * could not be asked about: of an address, enough for the callers behind it to be seen trying; of all addresses, so many that
 * random keys shown for an hour fill less than half of the 64 MiB that wait for Postgres meanwhile (a record has 1.5 KB).
 */
const UNIDENTIFIED = 10;
const UNIDENTIFIED_OF_ALL = 300;
/** What a stranger's harmless question is counted as: it was answered, not refused. */
export const PROBED = 'probe';
/** Stands for the addresses that are not told apart. */
const OTHERS = 'others';

type Count = {
  count: number;
  /** Records of the unidentified beyond the first of the address. */
  unidentified: number;
  readonly codes: Map<string, number>;
  firstAtMs: number;
  lastAtMs: number;
};

/** What is remembered of a minute. */
type Minute = { readonly counts: Map<string, Count>; unidentified: number };

/** Counts strangers. `met` says whether this refusal is to be written as a record of its own. */
export type Strangers = {
  met(address: string, code: string | null, atMs: number, unidentified?: boolean): boolean;
  /** The entries of minutes that are over (or of all, at the end), and forgets their counts. */
  due(atMs: number, all: boolean): Entry[];
  /** Takes an entry of `due` back that could not be written; it is due again when the minute is over. */
  again(entry: Entry, atMs: number): void;
};

/** A fresh count. */
export const countStrangers = (): Strangers => {
  const minutes = new Map<number, Minute>();
  const minuteOf = (atMs: number): Minute => {
    const number = Math.floor(atMs / MINUTE_MS);
    const minute = minutes.get(number) ?? { counts: new Map(), unidentified: 0 };
    minutes.set(number, minute);
    return minute;
  };
  return {
    met: (address, code, atMs, unidentified = false) => {
      const minute = minuteOf(atMs);
      const { counts } = minute;
      const network = networkOf(address);
      const known = counts.get(network);
      if (known === undefined && counts.size < ADDRESSES) {
        counts.set(network, fresh(atMs, atMs));
        return true;
      }
      const isFew =
        known !== undefined && known.unidentified < UNIDENTIFIED && minute.unidentified < UNIDENTIFIED_OF_ALL;
      if (unidentified && isFew) {
        known.unidentified++;
        minute.unidentified++;
        return true;
      }
      const count = countOf(counts, network, fresh(atMs, atMs));
      count.count++;
      count.lastAtMs = atMs;
      const told = code ?? 'none';
      count.codes.set(told, (count.codes.get(told) ?? 0) + 1);
      return false;
    },
    due: (atMs, all) => {
      const now = Math.floor(atMs / MINUTE_MS);
      // Asked at every request, and there is nothing to say at nearly all of them.
      if (!all && minutes.size === 1 && minutes.has(now)) return [];
      const over = [...minutes].filter(([minute]) => all || minute < now);
      const entries = over.flatMap(([, { counts }]) =>
        [...counts]
          .filter(([, { count }]) => count > 0)
          .map(([address, count]) => entryOf(address, count, atMs)),
      );
      for (const [number, { counts }] of over) {
        if (number < now) minutes.delete(number);
        // Whom the minute under way has met it goes on to know, so that what is told early makes no more records.
        else for (const count of counts.values()) empty(count);
      }
      return entries;
    },
    again: ({ body }, atMs) => {
      const { address, refused, codes, firstAtMs, lastAtMs } = tally(body);
      const count = countOf(minuteOf(atMs).counts, address, fresh(firstAtMs, lastAtMs));
      count.count += refused;
      count.firstAtMs = Math.min(count.firstAtMs, firstAtMs);
      count.lastAtMs = Math.max(count.lastAtMs, lastAtMs);
      for (const [code, times] of codes) count.codes.set(code, (count.codes.get(code) ?? 0) + times);
    },
  };
};

const fresh = (firstAtMs: number, lastAtMs: number): Count => ({
  count: 0,
  unidentified: 0,
  codes: new Map(),
  firstAtMs,
  lastAtMs,
});

const empty = (count: Count): void => {
  count.count = 0;
  count.codes.clear();
};

/** A place's count, or that of the others when there are too many. */
const countOf = (counts: Map<string, Count>, network: string, empty: Count): Count => {
  const place = counts.has(network) || counts.size < ADDRESSES ? network : OTHERS;
  const count = counts.get(place) ?? empty;
  counts.set(place, count);
  return count;
};

/** What stands for an address: itself, or of IPv6 the first 64 bits (RFC 4291, 2.5.4). */
const networkOf = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address;
  const [left = '', right] = address.split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...(right === undefined ? [] : zeros), ...after].slice(0, 4).join(':')}::/64`;
};

type Body = {
  address: string;
  refused: number;
  codes: Map<string, number>;
  firstAtMs: number;
  lastAtMs: number;
};

/** Reads back what `entryOf` wrote. */
const tally = (body: Entry['body']): Body => ({
  address: typeof body.address === 'string' ? body.address : OTHERS,
  refused: Number(body.refused) + Number(body.answered ?? 0),
  codes: new Map(Object.entries(body.codes ?? {}).map(([code, times]) => [code, Number(times)])),
  firstAtMs: Date.parse(String(body.first_at)),
  lastAtMs: Date.parse(String(body.last_at)),
});

const entryOf = (address: string, { count, codes, firstAtMs, lastAtMs }: Count, atMs: number): Entry => ({
  kind: 'strangers',
  exchange: null,
  atMs,
  body: {
    address: fieldText(address),
    refused: count - (codes.get(PROBED) ?? 0),
    ...(codes.has(PROBED) ? { answered: codes.get(PROBED) ?? 0 } : {}),
    codes: Object.fromEntries(codes),
    first_at: new Date(firstAtMs).toISOString(),
    last_at: new Date(lastAtMs).toISOString(),
  },
});
