// What a verifier says of a ledger that does not hold, and the words for it. Pure.
import type { Broken } from './breaks.ts';
import type { Head, Place, Sha256Hex } from './chain.ts';
import { monthOf, placeIn } from './chain.ts';
import type { Statement } from './checkpoint.ts';
import type { EntryRow } from './export-lines.ts';
import type { Sha256 } from './merkle.ts';

/** The hashes of whoever verifies. */
export type VerifierHashes = { readonly hex: Sha256Hex; readonly bytes: Sha256 };

/** What is wrong with a ledger, in one word. `gap`: all that a writer wrote is gone. */
export type FaultKind =
  | 'altered'
  | 'inserted'
  | 'missing'
  | 'reordered'
  | 'forked'
  | 'unsealed'
  | 'gap'
  | 'checkpoint'
  | 'key'
  | 'format'
  | 'replayed';

/** What is wrong, and where: the line of the file, and the record or checkpoint by name. */
export type AuditFault = {
  readonly kind: FaultKind;
  readonly line: number;
  readonly words: string;
  /** Where a chain does not go on; such a break can be acknowledged (breaks.ts). */
  readonly broken?: Broken;
};

/** An exchange an altered text speaks of, for the fault's words. */
const exchangeIn = (text: string): string => {
  const id = /"exchange":"(ex_[0-9A-Z]{26})"/.exec(text)?.[1];
  return id === undefined ? '' : ` (${id})`;
};

/** Which entries are missing, in words. */
export const missingWords = (writer: string, from: number, to: number): string =>
  from === to ? `${writer}/${from} is missing` : `${writer}/${from} to ${writer}/${to} are missing`;

/** Another entry stands in the place of this one. */
const isOther = (name: string, { writer, seq }: Place, line: number): AuditFault => ({
  kind: 'reordered',
  line,
  words: `in the place of ${name} stands what was written as ${writer}/${seq}`,
});

/** What is wrong with an entry's text, though it follows on its chain; undefined: nothing. */
export const placeFault = (
  { writer, seq, month }: EntryRow,
  place: Place | undefined,
  line: number,
): AuditFault | undefined => {
  const name = `${writer}/${seq}`;
  if (place === undefined) return { kind: 'altered', line, words: `${name} is no entry of an audit` };
  if (place.writer !== writer || place.seq !== seq) return isOther(name, place, line);
  if (monthOf(place.at) === month) return undefined;
  return { kind: 'altered', line, words: `${name}, of ${place.at}, is kept under the month ${month}` };
};

type Stood = Head & { readonly dropped: readonly { readonly from: number; readonly to: number }[] };

/** What is wrong with an entry that does not follow on its chain; undefined: others are missing before it, or stand elsewhere. */
export const outOfPlaceFault = (
  chain: Stood,
  { writer, seq, hash, text }: EntryRow,
  line: number,
): AuditFault | undefined => {
  const name = `${writer}/${seq}`;
  const place = placeIn(text);
  if (place !== undefined && (place.writer !== writer || place.seq !== seq))
    return isOther(name, place, line);
  if (seq === chain.seq + 1)
    return { kind: 'altered', line, words: `${name}${exchangeIn(text)} is not what its chain says` };
  if (seq > chain.seq) return undefined;
  if (chain.dropped.some(({ from, to }) => from <= seq && seq <= to))
    return { kind: 'inserted', line, words: `${name} was dropped under retention and is here again` };
  if (seq < 1) return { kind: 'inserted', line, words: `${name} has a number that no entry has` };
  if (seq === chain.seq && hash !== chain.hash)
    return { kind: 'forked', line, words: `there are two entries ${name}${exchangeIn(text)}` };
  return {
    kind: 'inserted',
    line,
    words: `${name}${exchangeIn(text)} comes again after ${writer}/${chain.seq}`,
  };
};

type Cover = Statement['covers'][number];

/** What a checkpoint signed is gone, from where its chain has come to. */
export const lostFault = (
  writer: string,
  chain: Head,
  { from, to, hash }: Cover,
  name: string,
  line: number,
): AuditFault => {
  const all = chain.seq === 0;
  const words = all
    ? `all that ${writer} wrote, up to ${writer}/${to}, is gone`
    : missingWords(writer, Math.max(chain.seq + 1, from), to);
  const until = { seq: to, signed: hash, found: null };
  return {
    ...{ kind: all ? 'gap' : 'missing', line, words: `${words}, and ${name} signed it` },
    broken: { writer, seq: chain.seq + 1, before: chain.hash, found: null, until },
  };
};

/** Entries stand before a checkpoint that does not know them. */
export const beyondFault = ({ writer, to }: Cover, name: string, line: number): AuditFault => ({
  kind: 'inserted',
  line,
  words: `${writer}/${to + 1} stands before ${name}, which does not know it`,
});

/** Another entry, with the hash `found`, stands where a checkpoint signed one. */
export const replacedFault = (
  found: string,
  { writer, from, to, hash }: Cover,
  name: string,
  line: number,
): AuditFault => {
  const words =
    from === to
      ? `${writer}/${to} is not the entry`
      : `one of ${writer}/${from} to ${writer}/${to} was replaced: the last is not the one`;
  const until = { seq: to, signed: hash, found };
  return {
    ...{ kind: 'forked', line, words: `${words} that ${name} signed` },
    broken: { writer, seq: to, before: hash, found: { seq: to, hash: found, row: null }, until },
  };
};
