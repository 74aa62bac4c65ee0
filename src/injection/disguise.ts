// A whole text in disguise, undone: shifted letters, mirrored letters, backwards, digits for letters, letters set apart, words cut in pieces.
// Each is tried only where its traces are, and over a bounded length.

export type Undone = { readonly name: string; readonly text: string; readonly glued: boolean };

/** How much of a text is undone, in characters. */
const MOST_CHARS = 16_384;

const shifted = (text: string, by: number): string =>
  text.replace(/[a-z]/gi, (char) => {
    const code = char.charCodeAt(0);
    const base = code < 97 ? 65 : 97;
    return String.fromCharCode(((code - base + by) % 26) + base);
  });

const mirrored = (text: string): string =>
  text.replace(/[a-z]/gi, (char) => {
    const code = char.charCodeAt(0);
    return String.fromCharCode(code < 97 ? 155 - code : 219 - code);
  });

const reversed = (text: string): string => Array.from(text).reverse().join('');

/** Words that show a disguise when they stand in it, long enough not to be words themselves. */
const TRACES = 'instructions previous ignore prompt system reveal disregard forget restrictions unrestricted guidelines password without safety developer pretend override hidden instruction everything rules your secret bypass about which tell this that with from what would please answer instead message follow original operator guidance nothing write print show first before orders every earlier commands should these their there anything directives message assistant sentence respond repeat words'.split(' ');
const LONG_TRACES = TRACES.filter((word) => word.length >= 5);

const patternOf = (words: readonly string[]): RegExp => new RegExp(`\\b(?:${words.join('|')})\\b`, 'i');

type Cipher = { readonly name: string; readonly traces: RegExp; undo(text: string): string };

const CIPHERS: readonly Cipher[] = [
  { name: 'rot13', traces: patternOf(TRACES.map((word) => shifted(word, 13))), undo: (text) => shifted(text, 13) },
  { name: 'atbash', traces: patternOf(TRACES.map(mirrored)), undo: mirrored },
  { name: 'reversed', traces: patternOf(TRACES.map(reversed)), undo: reversed },
];
/** All shifts in one search: which shift a found word is of. */
const SHIFTS: ReadonlyMap<string, number> = new Map(
  LONG_TRACES.flatMap((word) => Array.from({ length: 25 }, (_, by) => [shifted(word, by + 1), by + 1] as const)),
);

const LEET: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 6: 'g', 7: 't', 8: 'b', 9: 'g', '@': 'a', $: 's', '!': 'i', '|': 'i', '+': 't', '€': 'e', '£': 'l', '(': 'c', ç: 'c' };
const LEET_WORD = /[a-z@$!|+][0134578@$!|+]{1,3}[a-z]|\b[0134578@$!|][a-z0134578@$!|]{2,}\b|[a-z]{2}[0134578@$!|]\b/gi;
const unleet = (text: string, one: string): string =>
  text.replace(/[a-z0-9@$!|+€£(]*[0-9@$!|+€£(][a-z0-9@$!|+€£(]*/gi, (word) =>
    word.length > 0
      ? word.replace(/[!?.]+$/, '').replace(/[0-9@$!|+€£(]/g, (char) => (char === '1' ? one : (LEET[char] ?? char)))
      : word,
  );
/** Words with digits for letters from which on a text may be in them. */
const LEAST_LEET = 2;

/** Letters one by one with the same sign between: six or more. */
const SPACED = /(?:^|[^\p{L}\p{N}])(?:\p{L}[ .\-_*/|,·•~+\u00a0]{1,3}){6,2000}\p{L}(?![\p{L}\p{N}])/gu;
const joined = (text: string): string =>
  text
    .replace(/(\p{L})[.\-_*/|,·•~+](?=\p{L}(?:[^\p{L}]|$))/gu, '$1 ')
    .replace(SPACED, (run) => ` ${run.trim().replace(/(\p{L}) (?=\p{L})/gu, '$1')} `)
    .replace(/ {2,}/g, ' ');

/** Words cut by signs inside: `ig-no-re`, `in.struc.tions`, `prom*pt`. */
const CUT = /[a-z]{1,5}(?:[-.*_~^·|][a-z]{1,6}){1,6}/gi;
const LEAST_CUT = 3;

/** Pieces of text put together by `+`, or given names first. */
const PIECES = /"([^"\n]{1,200})"|'([^'\n]{1,200})'/g;
const ASSEMBLED = /["']\s{0,3}\+\s{0,3}(?:["']|\w)|\b\w{1,12}\s{0,2}(?::=|=)\s{0,2}["'][^"'\n]{1,200}["']|\b(?:combine|concatenate|join|put together|string together|merge|append|sum of|a\s?\+\s?b|x\s?\+\s?y|\w{1,8}\s?\+\s?\w{1,8})\b/i;
const MOST_PIECES = 64;

const piecesOf = (text: string): readonly Undone[] => {
  if (!ASSEMBLED.test(text)) return [];
  const pieces = [...text.matchAll(PIECES)].slice(0, MOST_PIECES).map((match) => match[1] ?? match[2] ?? '');
  if (pieces.length < 2) return [];
  return [
    { name: 'pieces', text: pieces.join(''), glued: false },
    { name: 'pieces', text: pieces.map((piece) => piece.trim()).join(' '), glued: false },
  ];
};

const cipheredOf = (text: string): readonly Undone[] => {
  const undone: Undone[] = CIPHERS.filter(({ traces }) => traces.test(text)).map(({ name, undo }) => ({ name, text: undo(text), glued: false }));
  const by = (text.toLowerCase().match(/[a-z]{5,12}/g) ?? []).map((word) => SHIFTS.get(word)).find((shift) => shift !== undefined);
  if (by !== undefined && by !== 13) undone.push({ name: 'shifted', text: shifted(text, 26 - by), glued: false });
  const backwards = reversed(text);
  // Word by word: each is backwards, and their order is not.
  if (CIPHERS[2]?.traces.test(text) === true)
    undone.push({ name: 'reversed', text: text.replace(/\S+/g, reversed), glued: false });
  if (/[ɐǝɹʇʌʍʎɥɯɟɔƃ]{1,}[^]{0,40}[ɐǝɹʇʌʍʎɥɯɟɔƃ]/.test(text)) {
    const flipped = Array.from(backwards, (char) => TURNED.get(char) ?? char).join('');
    undone.push({ name: 'turned', text: flipped, glued: false });
  }
  return undone;
};

const TURNED: ReadonlyMap<string, string> = new Map(
  Array.from('ɐqɔpǝɟƃɥᴉɾʞʅɯuodbɹsʇnʌʍxʎz').map((char, index) => [char, String.fromCharCode(97 + index)] as const),
);

/** Long words of letters alone that hold words of an attack without spaces. */
const GLUED = /[a-z]{18,400}/gi;
const GLUE_TRACES = /instruct|previous|prompt|system|ignore|restrict|forget|reveal|override/i;

/** The text as each disguise it bears traces of would have it. */
export const undoneOf = (whole: string): readonly Undone[] => {
  const text = whole.slice(0, MOST_CHARS);
  const undone: Undone[] = [...cipheredOf(text), ...piecesOf(text)];
  const leet = text.match(LEET_WORD);
  if ((leet?.length ?? 0) >= LEAST_LEET) {
    undone.push({ name: 'leet', text: unleet(text, 'i'), glued: false });
    if (text.includes('1')) undone.push({ name: 'leet', text: unleet(text, 'l'), glued: false });
  }
  SPACED.lastIndex = 0;
  if (SPACED.test(text)) {
    const plain = joined(text);
    undone.push({ name: 'spaced', text: plain, glued: false }, { name: 'spaced', text: plain.replace(/\s+/g, ''), glued: true });
  }
  if ((text.match(CUT)?.length ?? 0) >= LEAST_CUT)
    undone.push({ name: 'cut', text: text.replace(CUT, (word) => word.replace(/[-.*_~^·|]/g, '')), glued: false });
  const glued = (text.match(GLUED) ?? []).filter((word) => GLUE_TRACES.test(word));
  if (glued.length > 0) undone.push({ name: 'glued', text: glued.join(' '), glued: true });
  if (/[a-z][A-Z][a-z]{2,}[A-Z]/.test(text) && GLUE_TRACES.test(text))
    undone.push({ name: 'glued', text: text.replace(/([a-z])(?=[A-Z])/g, '$1 '), glued: false });
  return undone;
};
