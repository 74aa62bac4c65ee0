// The keywords of a text, and which of them are near a place in it.

import type { Columns } from './columns.ts';
import { DIGIT, JOINED, KIND, LETTER, LOWER, UPPER } from './fold.ts';
import type { Labels } from './labels.ts';
import type { Meanings } from './meanings.ts';
import { OPEN_END, OPEN_START } from './meanings.ts';
import type { Lists } from './numbers.ts';
import { grown, listHas } from './numbers.ts';

/** How far a keyword may end before a match, and after it, in characters. */
export const BEFORE_CHARS = 80;
export const AFTER_CHARS = 48;
/** How far a word that speaks against a match may be. */
const AGAINST_BEFORE_CHARS = 40;
const AGAINST_AFTER_CHARS = 24;

/** Words so close to each other are of one phrase. */
const PHRASE_CHARS = 2;

/** The keywords found in one text, in the order of their ends. Reused from text to text. */
export type Keywords = {
  ids: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  /** 1: in a text that grows, no value can be assigned to it any more. */
  spent: Uint8Array;
  count: number;
};

export const newKeywords = (): Keywords => ({
  ids: new Int32Array(32),
  starts: new Int32Array(32),
  ends: new Int32Array(32),
  spent: new Uint8Array(32),
  count: 0,
});

/** Takes away the keywords that begin at `from` or after. */
export const dropFrom = (keywords: Keywords, from: number): void => {
  const { ids, starts, ends, spent, count } = keywords;
  let at = firstFrom(keywords, from);
  for (let i = at; i < count; i++) {
    const start = starts[i] ?? 0;
    if (start >= from) continue;
    ids[at] = ids[i] ?? 0;
    starts[at] = start;
    ends[at] = ends[i] ?? 0;
    spent[at] = spent[i] ?? 0;
    at += 1;
  }
  keywords.count = at;
};

/** Adds a keyword; {@link orderKeywords} puts them in order when all are there. */
export const noteKeyword = (keywords: Keywords, id: number, start: number, end: number): void => {
  if (keywords.count === keywords.ids.length) {
    keywords.ids = grown(keywords.ids);
    keywords.starts = grown(keywords.starts);
    keywords.ends = grown(keywords.ends);
    const spent = new Uint8Array(keywords.ids.length);
    spent.set(keywords.spent);
    keywords.spent = spent;
  }
  const { ids, starts, ends, spent, count } = keywords;
  ids[count] = id;
  starts[count] = start;
  ends[count] = end;
  spent[count] = 0;
  keywords.count += 1;
};

/** Puts the keywords in the order of their ends. */
export const orderKeywords = (keywords: Keywords): void => {
  const { count, ids, starts, ends, spent } = keywords;
  let ordered = true;
  for (let i = 1; i < count && ordered; i++) ordered = (ends[i - 1] ?? 0) <= (ends[i] ?? 0);
  if (ordered) return;
  // An end and its index in one number: neither comes near 2^26.
  const order = Float64Array.from({ length: count }, (_, i) => (ends[i] ?? 0) * 0x4000000 + i).sort();
  const [oldIds, oldStarts, oldEnds] = [ids.slice(0, count), starts.slice(0, count), ends.slice(0, count)];
  const oldSpent = spent.slice(0, count);
  for (let i = 0; i < count; i++) {
    const from = (order[i] ?? 0) % 0x4000000;
    ids[i] = oldIds[from] ?? 0;
    starts[i] = oldStarts[from] ?? 0;
    ends[i] = oldEnds[from] ?? 0;
    spent[i] = oldSpent[from] ?? 0;
  }
};

/** What follows a keyword decides whether it is one, so far. */
export const PLURAL_CHARS = 2;

/** Whether a keyword stands as a word there: not inside another, but `apiKey` and `ssn2` have two. */
export const isWord = (text: string, start: number, end: number, flags: number): boolean => {
  if ((flags & OPEN_START) === 0 && start > 0) {
    const before = KIND[text.charCodeAt(start - 1)] ?? 0;
    const first = KIND[text.charCodeAt(start)] ?? 0;
    const camel = before === LOWER && first === UPPER;
    if (before !== 0 && before !== JOINED && first !== JOINED && !camel) return false;
  }
  if ((flags & OPEN_END) !== 0 || end >= text.length) return true;
  const last = KIND[text.charCodeAt(end - 1)] ?? 0;
  const code = text.charCodeAt(end);
  const after = KIND[code] ?? 0;
  if (after === 0 || after === DIGIT || after === JOINED || last === JOINED || last === 0) return true;
  if (after === UPPER && last !== UPPER) return true;
  // A plural.
  const plural = code === 115 || code === 83;
  const beyond = KIND[text.charCodeAt(end + 1)] ?? 0;
  return plural && beyond !== LOWER && beyond !== LETTER && !(code === 83 && beyond === UPPER);
};

/**
 * Up to where the words after a match that ends at `end` count: its line or sentence, at most `near` characters of it. `open`: that is
 * the text's end, and more may come.
 */
export const reachAfter = (
  text: string,
  end: number,
  near: number,
): { readonly limit: number; readonly open: boolean } => {
  const most = Math.min(end + Math.min(near, AFTER_CHARS), text.length);
  for (let at = end; at < most; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_END) return { limit: at, open: false };
    if (code > QUESTION_MARK || !SENTENCE_ENDS.includes(text.charAt(at))) continue;
    const next = text.charCodeAt(at + 1);
    if (next === SPACE || next === LINE_END) return { limit: at, open: false };
  }
  return { limit: most, open: most === text.length };
};

const LINE_END = 10;
const SPACE = 32;
const QUESTION_MARK = 63;
const SENTENCE_ENDS = '.!?;';

/** The first keyword that ends at or after `from`. */
export const firstFrom = ({ ends, count }: Keywords, from: number): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** What the words near a match say of a rule: how far the nearest that raises it is (Infinity: none), and whether one is against it. */
export type Said = { readonly distance: number; readonly against: boolean };

/** What is asked of the words near a match: for which rule, how far from it, and up to where after it. */
export type Asked = { readonly index: number; readonly near: number; readonly limit: number };

/** Looks for words near `[start, end)` that speak for or against a rule, those for it near enough and no other value's name, all within
 * the cell in a table: what another column holds says nothing of this one. */
export const said = (
  keywords: Keywords,
  { raises, against }: Meanings,
  start: number,
  end: number,
  { index, near, limit: most }: Asked,
  labels: Labels,
  columns: Columns,
): Said => {
  let limit = most;
  let from = -1;
  const pro = { far: Number.POSITIVE_INFINITY, start: 0, end: 0 };
  const con = { far: Number.POSITIVE_INFINITY, start: 0, end: 0 };
  for (let i = firstFrom(keywords, start - BEFORE_CHARS); i < keywords.count; i++) {
    const wordEnd = keywords.ends[i] ?? 0;
    if (wordEnd > limit && wordEnd > end) break;
    const wordStart = keywords.starts[i] ?? 0;
    const before = wordEnd <= start;
    if (!before && wordStart < end) continue;
    const far = before ? start - wordEnd : wordStart - end;
    const id = keywords.ids[i] ?? 0;
    const speaks = far <= near && far < pro.far && listHas(raises, id, index);
    const objects =
      far < (before ? AGAINST_BEFORE_CHARS : AGAINST_AFTER_CHARS) &&
      far < con.far &&
      listHas(against, id, index);
    if (!speaks && !objects) continue;
    if (from < 0) {
      const cell = columns.cellOf(start);
      from = cell?.start ?? 0;
      limit = Math.min(limit, cell?.end ?? limit);
      if (wordEnd > limit && wordEnd > end) break;
    }
    if (wordStart < from || labels.namesAnother(wordStart, wordEnd, start, limit)) continue;
    take(speaks ? pro : con, far, wordStart, wordEnd);
  }
  // A nearer word for it outweighs one against it, unless they are of one phrase: `certificate expiry`.
  const touch = con.end >= pro.start - PHRASE_CHARS && con.start <= pro.end + PHRASE_CHARS;
  return { distance: pro.far, against: con.far < pro.far || (con.far < Number.POSITIVE_INFINITY && touch) };
};

type Place = { far: number; start: number; end: number };

const take = (place: Place, far: number, start: number, end: number): void => {
  place.far = far;
  place.start = start;
  place.end = end;
};

/** Every rule that a keyword inside `[start, end)` speaks for. */
export const saidInside = (keywords: Keywords, raises: Lists, start: number, end: number): Set<number> => {
  const rules = new Set<number>();
  for (let i = firstFrom(keywords, start); i < keywords.count && (keywords.ends[i] ?? 0) <= end; i++) {
    if ((keywords.starts[i] ?? 0) < start) continue;
    const id = keywords.ids[i] ?? 0;
    for (let at = raises.first[id] ?? 0; at < (raises.first[id + 1] ?? 0); at++)
      rules.add(raises.items[at] ?? 0);
  }
  return rules;
};
