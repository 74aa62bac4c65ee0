// The words of all languages, found in one pass a script: which slot of which language stands where.
import { KIND } from '../dlp/fold.ts';
import type { Hits, Literal } from '../dlp/literals.ts';
import { LiteralSearch, newHits } from '../dlp/literals.ts';
import { english } from './phrases/english.ts';
import { germanic } from './phrases/germanic.ts';
import { others } from './phrases/others.ts';
import type { Phrases, Slot } from './phrases/phrases.ts';
import { SLOTS } from './phrases/phrases.ts';
import { romance } from './phrases/romance.ts';
import { scripts } from './phrases/scripts.ts';
import { slavic } from './phrases/slavic.ts';
import { plainOf } from './plain.ts';

/** A word of a slot in a text. */
export type Word = {
  readonly slot: number;
  readonly language: number;
  readonly start: number;
  readonly end: number;
};

/** Of English every language may hold words, so it is the first. */
export const ENGLISH = 0;

const LANGUAGES: readonly (readonly [string, Phrases])[] = [
  ['english', english],
  ...Object.entries({ ...romance, ...germanic, ...slavic, ...others, ...scripts }),
];
export const LANGUAGE_NAMES: readonly string[] = LANGUAGES.map(([name]) => name);

export const slotOf = (slot: Slot): number => SLOTS.indexOf(slot);

type Entry = {
  readonly text: string;
  readonly slot: number;
  readonly language: number;
  readonly openStart: boolean;
  readonly openEnd: boolean;
  /** Its accents count: without them it is another word. */
  readonly exact: boolean;
};

/** Short words differ by an accent alone. In characters. */
const EXACT_CHARS = 5;
const ACCENTED = /[\u00c0-\u024f\u1e00-\u1eff]/;

/** Scripts are searched apart: a search's table is as wide as its letters are many. */
const SCRIPT = { latin: 0, cyrillic: 1, rightToLeft: 2, brahmic: 3, wide: 4 } as const;
const SCRIPTS = 5;

const scriptOf = (code: number): number => {
  if (code < 0x370) return SCRIPT.latin;
  if (code < 0x590) return SCRIPT.cyrillic;
  if (code < 0x900) return SCRIPT.rightToLeft;
  if (code < 0x1100 || (code >= 0x1200 && code < 0x1e00)) return SCRIPT.brahmic;
  if (code < 0x2000) return SCRIPT.latin;
  return code < 0x2e80 ? SCRIPT.latin : SCRIPT.wide;
};

/** Languages whose words end openly: suffixes are written on. */
const isJoined = (code: number): boolean => code >= 0x530;

const entriesOf = (): readonly Entry[] =>
  LANGUAGES.flatMap(([, phrases], language) =>
    SLOTS.flatMap((name, slot) =>
      (phrases[name] ?? '')
        .split(',')
        .map((word) => plainOf(word.replaceAll('¸', ',').replace(/\s+/g, ' ')).text)
        .map((word) => (isJoined(word.trim().charCodeAt(0)) ? word.trimStart() : word.trim()))
        .filter((word) => word.trim().length > 1)
        .map((word) => {
          const openStart = word.startsWith('*');
          const openEnd = word.endsWith('*');
          const bare = word.slice(openStart ? 1 : 0, openEnd ? -1 : undefined);
          const exact = bare.length <= EXACT_CHARS && ACCENTED.test(bare);
          return { text: bare, slot, language, openStart, openEnd, exact };
        }),
    ),
  );

type Search = { readonly entries: readonly Entry[]; search: LiteralSearch | undefined };

/** Built when a text first needs them. */
let searches: readonly Search[] | undefined;
const searchesOf = (): readonly Search[] => {
  if (searches !== undefined) return searches;
  const sorted: Entry[][] = Array.from({ length: SCRIPTS }, () => []);
  for (const entry of entriesOf()) {
    let script: number = SCRIPT.latin;
    for (let i = 0; i < entry.text.length; i++) script = Math.max(script, scriptOf(entry.text.charCodeAt(i)));
    sorted[script]?.push(entry);
  }
  searches = sorted.map((entries) => ({ entries, search: undefined }));
  return searches;
};

const literalsOf = (entries: readonly Entry[]): readonly Literal[] => entries.map(({ text }, id) => ({ text, id }));

/** Which searches a text needs. */
const scriptsIn = (text: string): number => {
  let mask = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x370) mask |= 1 << scriptOf(code);
  }
  return mask;
};

const isWordKind = (code: number): boolean => {
  const kind = KIND[code] ?? 0;
  return kind > 0 && kind < 5;
};

const hits: Hits = newHits();

/** Whether an entry's ends are where words end. `glued`: the text has no spaces to go by. */
const stands = (text: string, entry: Entry, start: number, end: number, glued: boolean): boolean => {
  if (glued) return end - start >= 4;
  if (entry.exact && text.slice(start, end).toLowerCase() !== entry.text) return false;
  if (!entry.openStart && start > 0 && isWordKind(text.charCodeAt(start)) && isWordKind(text.charCodeAt(start - 1)))
    return false;
  return entry.openEnd || end >= text.length || !isWordKind(text.charCodeAt(end - 1)) || !isWordKind(text.charCodeAt(end));
};

const LATIN_ONLY = /^[\0-\x7f]*$/;

/** Every word of a plain text, in the order of their ends. Linear in the text. */
export const wordsIn = (text: string, glued = false): readonly Word[] => {
  const all = searchesOf();
  const mask = LATIN_ONLY.test(text) ? 1 : scriptsIn(text);
  const words: Word[] = [];
  for (let script = 0; script < SCRIPTS; script++) {
    const one = all[script];
    if (one === undefined || (mask & (1 << script)) === 0) continue;
    one.search ??= new LiteralSearch(literalsOf(one.entries));
    hits.count = 0;
    one.search.search(text, hits);
    for (let i = 0; i < hits.count; i++) {
      const entry = one.entries[hits.ids[i] ?? 0];
      if (entry === undefined) continue;
      const end = hits.ends[i] ?? 0;
      const start = end - entry.text.length;
      if (stands(text, entry, start, end, glued))
        words.push({ slot: entry.slot, language: entry.language, start, end });
    }
  }
  return foreign(mask === 1 ? words : words.sort((a, b) => a.end - b.end));
};

/** Words without those of other languages that are as good as English here: `ignore` of `ignor*`. */
const foreign = (words: readonly Word[]): readonly Word[] => {
  const english = new Set<number>();
  for (const { slot, language, start } of words) if (language === ENGLISH) english.add(start * 64 + slot);
  return words.filter(({ slot, language, start }) => language === ENGLISH || !english.has(start * 64 + slot));
};
