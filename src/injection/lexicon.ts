// The words of all languages, found in one pass a script: which slot of which language stands where.
import { FOLDED, fold, KIND } from '../dlp/fold.ts';
import type { Hits, Literal } from '../dlp/literals.ts';
import { LiteralSearch, newHits } from '../dlp/literals.ts';
import { CIPHER_WORDS } from './disguise.ts';
import { english } from './phrases/english.ts';
import { germanic } from './phrases/germanic.ts';
import { others } from './phrases/others.ts';
import type { Phrases, Slot } from './phrases/phrases.ts';
import { SLOTS } from './phrases/phrases.ts';
import { romance } from './phrases/romance.ts';
import { scripts } from './phrases/scripts.ts';
import { slavic } from './phrases/slavic.ts';
import { isAscii, plainOf } from './plain.ts';

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
          const marked = word.endsWith('*');
          const openEnd = marked || isJoined(word.charCodeAt(0));
          const bare = word.slice(openStart ? 1 : 0, marked ? -1 : undefined);
          const exact = bare.length <= EXACT_CHARS && ACCENTED.test(bare);
          return { text: bare, slot, language, openStart, openEnd, exact };
        }),
    ),
  );

/** Words that betray a cipher are of no language. */
const NO_LANGUAGE = -1;

/**
 * Words are searched for by their first letters, and compared from there on: the search's table stays small, and in the
 * processor's cache.
 */
const HEAD_CHARS = 6;

/** Words with one head, as they are compared: folded. */
type Family = { readonly entries: readonly Entry[]; readonly folded: readonly string[] };

type Search = {
  readonly families: readonly Family[];
  readonly heads: readonly string[];
  search: LiteralSearch | undefined;
};

const searchOf = (entries: readonly Entry[]): Search => {
  const families = new Map<string, Entry[]>();
  for (const entry of entries) {
    const head = fold(entry.text).slice(0, HEAD_CHARS);
    const family = families.get(head);
    if (family === undefined) families.set(head, [entry]);
    else family.push(entry);
  }
  return {
    families: [...families.values()].map((family) => ({
      entries: family,
      folded: family.map(({ text }) => fold(text)),
    })),
    heads: [...families.keys()],
    search: undefined,
  };
};

/** Built when a text first needs them. */
let searches: readonly Search[] | undefined;
const searchesOf = (): readonly Search[] => {
  if (searches !== undefined) return searches;
  const sorted: Entry[][] = Array.from({ length: SCRIPTS }, () => []);
  const betraying = CIPHER_WORDS.map(([text, slot]) => {
    return { text, slot, language: NO_LANGUAGE, openStart: false, openEnd: false, exact: false };
  });
  for (const entry of [...entriesOf(), ...betraying]) {
    let script: number = SCRIPT.latin;
    for (let i = 0; i < entry.text.length; i++) script = Math.max(script, scriptOf(entry.text.charCodeAt(i)));
    sorted[script]?.push(entry);
  }
  searches = sorted.map(searchOf);
  return searches;
};

const literalsOf = (heads: readonly string[]): readonly Literal[] => heads.map((text, id) => ({ text, id }));

/** Whether a folded word goes on in the text as it does after its head. */
const goesOn = (text: string, start: number, folded: string): boolean => {
  if (start + folded.length > text.length) return false;
  for (let k = HEAD_CHARS; k < folded.length; k++)
    if (FOLDED[text.charCodeAt(start + k)] !== folded.charCodeAt(k)) return false;
  return true;
};

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
  return (
    entry.openEnd ||
    end >= text.length ||
    !isWordKind(text.charCodeAt(end - 1)) ||
    !isWordKind(text.charCodeAt(end))
  );
};

/** What stands in a text: words in the order of their ends, and the ciphers that words of no language betray, as bits. */
export type Found = { readonly words: readonly Word[]; readonly ciphers: number };

/** Every word of a plain text. Linear in the text. */
export const wordsIn = (text: string, glued = false): Found => {
  const all = searchesOf();
  const mask = isAscii(text) ? 1 : scriptsIn(text);
  const words: Word[] = [];
  let ciphers = 0;
  for (let script = 0; script < SCRIPTS; script++) {
    const one = all[script];
    if (one === undefined || (mask & (1 << script)) === 0) continue;
    one.search ??= new LiteralSearch(literalsOf(one.heads));
    hits.count = 0;
    one.search.search(text, hits);
    for (let i = 0; i < hits.count; i++) {
      const id = hits.ids[i] ?? 0;
      const family = one.families[id];
      if (family === undefined) continue;
      const start = (hits.ends[i] ?? 0) - (one.heads[id] ?? '').length;
      const inside =
        !glued && start > 0 && isWordKind(text.charCodeAt(start)) && isWordKind(text.charCodeAt(start - 1));
      for (let k = 0; k < family.entries.length; k++) {
        const entry = family.entries[k];
        const folded = family.folded[k];
        if (entry === undefined || folded === undefined || (inside && !entry.openStart)) continue;
        const end = start + folded.length;
        if (!goesOn(text, start, folded) || !stands(text, entry, start, end, glued)) continue;
        if (entry.language === NO_LANGUAGE) ciphers |= 1 << entry.slot;
        else words.push({ slot: entry.slot, language: entry.language, start, end });
      }
    }
  }
  return { words: foreign(words.sort((a, b) => a.end - b.end)), ciphers };
};

/** Words without those of other languages that are as good as English here: `ignore` of `ignor*`. */
const foreign = (words: readonly Word[]): readonly Word[] => {
  if (words.every(({ language }) => language === ENGLISH)) return words;
  const english = new Set<number>();
  for (const { slot, language, start } of words) if (language === ENGLISH) english.add(start * 64 + slot);
  return words.filter(({ slot, language, start }) => language === ENGLISH || !english.has(start * 64 + slot));
};
