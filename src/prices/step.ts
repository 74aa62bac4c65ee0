// price: says what an exchange cost, however it ended. The prices are those in force when it was asked.
import type { Exchange } from '../exchange.ts';
import type { Ports, Step } from '../ports.ts';
import { storeAway } from '../refusal.ts';
import type { BuiltIn } from './built-in.ts';
import { builtIn } from './built-in.ts';
import type { Cost } from './cost.ts';
import { costMicros, free, unknown } from './cost.ts';
import type { Book, Found, Wanted } from './find.ts';
import { findPrice } from './find.ts';
import { ratesFor } from './price.ts';
import { rememberBook } from './table.ts';

/**
 * Stands before the step that counts tokens, so that what it arranges for the end is done after. Throws `store_unavailable` when no
 * price can be known at all.
 */
export const price = (ports: Ports): Step => {
  const book = rememberBook(ports);
  const finding = remembered();
  return async (c, next) => {
    const { exchange } = c.var;
    const known = book.get();
    const inForce = known instanceof Promise ? await known.catch(storeAway) : known;
    const read = builtIn();
    const catalogue = read instanceof Promise ? await read : read;
    exchange.onEnd(() => {
      exchange.cost = costOf(exchange, (wanted) => finding(inForce, catalogue, wanted, exchange.openedAtMs));
    });
    await next();
  };
};

const costOf = (exchange: Exchange, find: (wanted: Wanted) => Found): Cost => {
  const { dialect, prompt, sentSha256, target, used } = exchange;
  if (sentSha256 === undefined || target === undefined || prompt === undefined) return free('nothing_sent');
  if (dialect.kind === 'call' && dialect.isFree === true) return free('not_charged');
  if (used === undefined) return free('error_reply');
  const found = find({ asked: prompt.asked.model, backend: target.backend, model: target.model });
  if ('unknown' in found) return unknown(found.unknown);
  const rates = ratesFor(found.price, used.input_tokens);
  const micros = costMicros(used, rates);
  return { micros, reason: micros === null ? 'no_output_price' : null, version: found.version, rates };
};

/** Looking through the whole catalogue takes a tenth of a millisecond; a book's findings are kept as long as the book is. */
const FINDINGS = 1_000;
/** Some vendors' prices change in the course of a day. */
const MINUTE_MS = 60_000;

const remembered = (): typeof findPrice => {
  const books = new WeakMap<Book, Map<string, Found>>();
  return (book: Book, catalogue: BuiltIn, wanted: Wanted, atMs: number) => {
    let findings = books.get(book);
    if (findings === undefined || findings.size >= FINDINGS) {
      findings = new Map();
      books.set(book, findings);
    }
    const minute = Math.floor(atMs / MINUTE_MS);
    const { name, provider, zone, url } = wanted.backend;
    const key = JSON.stringify([wanted.asked, name, provider, zone, url, wanted.model, minute]);
    const found = findings.get(key) ?? findPrice(book, catalogue, wanted, minute * MINUTE_MS);
    findings.set(key, found);
    return found;
  };
};
