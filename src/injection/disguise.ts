// A whole text in disguise, undone: shifted letters, mirrored letters, backwards, digits for letters, letters set apart, words cut in pieces.
// Each is tried only where its traces are, and over a bounded length.
import { CUT, GLUED, LEET, PIECES, SPACED, TURNED } from './traces.ts';

export type Undone = {
  readonly name: string;
  readonly text: string;
  readonly glued: boolean;
  readonly deep: boolean;
};

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
const TRACES =
  'instructions previous ignore prompt system reveal disregard forget restrictions unrestricted guidelines password without safety developer pretend override hidden instruction everything rules your secret bypass about which tell this that with from what would please answer instead message follow original operator guidance nothing write print show first before orders every earlier commands should these their there anything directives message assistant sentence respond repeat words'.split(
    ' ',
  );

/** Shorter words, shifted, are other words. In characters. */
const SHIFTED_CHARS = 6;

/** Ciphers by number: 1 to 25 shift letters by as many, the others mirror and reverse. */
const MIRRORED = 26;
const REVERSED = 27;
/** Words of the spelling alphabet betray letters spelled out. */
const SPELLED_OUT = 28;
const SPELLING = 'november oscar foxtrot uniform juliet quebec zulu yankee tango sierra romeo'.split(' ');
const ROT13 = 13;

/** The words that betray a cipher, with its number; they are searched for with all other words. */
export const CIPHER_WORDS: readonly (readonly [string, number])[] = [
  ...SPELLING.map((word) => [word, SPELLED_OUT] as const),
  ...TRACES.flatMap((word) => [
    [mirrored(word), MIRRORED] as const,
    [reversed(word), REVERSED] as const,
    [shifted(word, 26 - ROT13), ROT13] as const,
    ...(word.length < SHIFTED_CHARS
      ? []
      : Array.from({ length: 25 }, (_, by) => [shifted(word, 26 - (by + 1)), by + 1] as const)),
  ]),
];

/** Whether letters may be spelled out. */
export const isSpelled = (ciphers: number): boolean => (ciphers & (1 << SPELLED_OUT)) !== 0;

const LETTERS: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  6: 'g',
  7: 't',
  8: 'b',
  9: 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
  '+': 't',
  '€': 'e',
  '£': 'l',
  '(': 'c',
  ç: 'c',
};
const LEET_SIGN = /[0-9@$!|+€£(]/g;
const unleet = (text: string, one: string): string =>
  text.replace(/[a-z0-9@$!|+€£(]{2,64}/gi, (word) =>
    word
      .replace(/[!?.]{1,8}$/, '')
      .replace(LEET_SIGN, (char) => (char === '1' ? one : (LETTERS[char] ?? char))),
  );

/** Letters one by one with the same sign between: six or more. */
const SPACED_RUN = /(?:^|[^\p{L}\p{N}])(?:\p{L}[ .\-_*/|,·•~+\u00a0]{1,3}){6,2000}\p{L}(?![\p{L}\p{N}])/gu;
const joined = (text: string): string =>
  text
    .replace(/(?<!\p{L})\p{L}(?:[.\-_*|,·•~+]\p{L}){2,60}(?!\p{L})/gu, (word) => word.replace(/\P{L}/gu, ''))
    .replace(/(\p{L})[.\-_*/|,·•~+](?=\p{L}(?:[^\p{L}]|$))/gu, '$1 ')
    .replace(SPACED_RUN, (run) => ` ${run.trim().replace(/(\p{L}) (?=\p{L})/gu, '$1')} `)
    .replace(/ {2,}/g, ' ');

/** Words cut by signs inside: `ig-no-re`, `in.struc.tions`, `prom*pt`. */
const CUT_WORD = /[a-z]{1,5}(?:[-.*_~^·|][a-z]{1,6}){1,6}/gi;

/** Pieces of text put together by `+`, or given names first. */
const PIECE = /"([^"\n]{1,200})"|'([^'\n]{1,200})'/g;
const MOST_PIECES = 64;

const piecesOf = (text: string): readonly Undone[] => {
  const pieces = [...text.matchAll(PIECE)].slice(0, MOST_PIECES).map((match) => match[1] ?? match[2] ?? '');
  if (pieces.length < 2) return [];
  return [
    { name: 'pieces', text: pieces.join(''), glued: false, deep: false },
    { name: 'pieces', text: pieces.map((piece) => piece.trim()).join(' '), glued: false, deep: false },
  ];
};

/** Ciphers undone in one text: who writes words of more hides nothing. */
const MOST_CIPHERS = 4;

const cipheredOf = (text: string, ciphers: number): readonly Undone[] => {
  const undone: Undone[] = [];
  for (let by = 1; by < MIRRORED && undone.length < MOST_CIPHERS; by++)
    if ((ciphers & (1 << by)) !== 0)
      undone.push({
        name: by === ROT13 ? 'rot13' : 'shifted',
        text: shifted(text, by),
        glued: false,
        deep: true,
      });
  if ((ciphers & (1 << MIRRORED)) !== 0)
    undone.push({ name: 'atbash', text: mirrored(text), glued: false, deep: true });
  if ((ciphers & (1 << REVERSED)) === 0) return undone;
  // The whole backwards, or word by word: each is, and their order is not.
  undone.push({ name: 'reversed', text: reversed(text), glued: false, deep: true });
  undone.push({ name: 'reversed', text: text.replace(/\S+/g, reversed), glued: false, deep: true });
  return undone;
};

const UPRIGHT: ReadonlyMap<string, string> = new Map(
  Array.from('ɐqɔpǝɟƃɥᴉɾʞʅɯuodbɹsʇnʌʍxʎz').map(
    (char, index) => [char, String.fromCharCode(97 + index)] as const,
  ),
);

/** Long words of letters alone that hold words of an attack without spaces. */
const GLUED_WORD = /(?<![a-z])[a-z]{14,400}/gi;
const GLUE_TRACES = /instruct|previous|prompt|system|ignore|restrict|forget|reveal|override/i;

/** The text as each disguise it bears traces of would have it; `ciphers` by their numbers, as bits. */
export const undoneOf = (whole: string, traces: number, ciphers: number): readonly Undone[] => {
  const text = whole.slice(0, MOST_CHARS);
  const undone: Undone[] = [];
  const add = (name: string, plain: string, glued = false): void =>
    void undone.push({ name, text: plain, glued, deep: false });
  if (ciphers !== 0) undone.push(...cipheredOf(text, ciphers));
  if ((traces & PIECES) !== 0) undone.push(...piecesOf(text));
  if ((traces & TURNED) !== 0)
    add('turned', Array.from(reversed(text), (char) => UPRIGHT.get(char) ?? char).join(''));
  if ((traces & LEET) !== 0) {
    add('leet', unleet(text, 'i'));
    if (text.includes('1')) add('leet', unleet(text, 'l'));
  }
  if ((traces & SPACED) !== 0) {
    const plain = joined(text);
    add('spaced', plain);
    add('spaced', plain.replace(/\s+/g, ''), true);
  }
  if ((traces & CUT) !== 0)
    add(
      'cut',
      text.replace(CUT_WORD, (word) => word.replace(/[-.*_~^·|]/g, '')),
    );
  if ((traces & GLUED) !== 0) {
    const words = (text.match(GLUED_WORD) ?? []).filter((word) => GLUE_TRACES.test(word));
    if (words.length > 0) {
      add('glued', words.join(' '), true);
      add('glued', words.map((word) => word.replace(/([a-z])(?=[A-Z])/g, '$1 ')).join(' '));
    }
  }
  return undone;
};
