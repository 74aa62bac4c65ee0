// What a unit or a character becomes in a view: worked out when a text first has it, then looked up.
import { LOOKALIKES } from './lookalikes.ts';

/** What is done about a unit. */
export const PLAIN = 1;
/** Another unit stands for it. */
export const SINGLE = 2;
/** Several units stand for it. */
export const SEVERAL = 3;
/** It shows nothing. */
export const INVISIBLE = 4;
/** It belongs to the letter before it. */
export const MARK = 5;
/** A digit or letter above or below the line: a footnote's sign, or a value in disguise. */
export const RAISED = 6;
/** A letter of another alphabet that looks Latin. */
export const LOOKALIKE = 7;
/** The first half of a character beyond the Basic Multilingual Plane. */
export const HIGH = 8;
/** A sign that is a dot or a dash only between ASCII characters. */
export const BETWEEN = 9;

/** By unit; 0: not worked out yet. */
export const KINDS = new Uint8Array(0x10000);
/** What stands for a unit that is one for one. */
export const SINGLES = new Uint16Array(0x10000);
const severals = new Map<number, string>();

/** The units that stand for a SEVERAL. */
export const severalOf = (unit: number): string => severals.get(unit) ?? '';

const INVISIBLES = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;
/** Marks of alphabets whose letters stand apart, of kana, and the vowels and last consonants of Korean syllables written apart. */
const MARKS: readonly (readonly [number, number])[] = [
  [0x300, 0x34e],
  [0x350, 0x36f],
  [0x483, 0x489],
  [0x1161, 0x11ff],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0x3099, 0x309a],
  [0xfe20, 0xfe2f],
  [0xff9e, 0xff9f],
];
const DIGIT = /\p{Nd}/u;
const ABOVE = /[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]/;
const ABOVE_LETTER = /[\u00aa\u00ba\u02b0-\u02b8\u02e1-\u02e3\u1d2c-\u1d6a\u2071\u207f\u2090-\u209c]/;
/** Ligatures, Roman numerals, letters and numbers in circles, brackets and with a dot, double letters. */
const COMPOUND = /[\u01c4-\u01cc\u01f1-\u01f3\u2160-\u217f\u2460-\u249b\ufb00-\ufb06\ufef5-\ufefc]/;

const SEPARATORS: readonly (readonly [string, RegExp])[] = [
  [' ', /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/],
  ['\n', /[\u0085\u2028\u2029]/],
  ['-', /[\u2010-\u2015\u2043\u2212\ufe58\ufe63]/],
  ["'", /[\u2018-\u201b\u2032\u02bc\u02b9]/],
  ['"', /[\u201c-\u201f\u2033\u301d-\u301f]/],
  ['/', /[\u2044\u2215]/],
  [':', /[\u2236\ua789]/],
  [',', /[\u3001\ufe51]/],
];

/** Full stops of East Asia, and the long vowel's sign that stands for a dash between digits. */
const DOTS = '\u3002\uff61';
const DASHES = '\u30fc\uff70';

const LIKES = new Map<number, number>(
  LOOKALIKES.flatMap(([plain, likes]) =>
    [...likes].map((like) => [like.codePointAt(0) ?? 0, plain.charCodeAt(0)] as const),
  ),
);

const set = (unit: number, kind: number, single = unit): number => {
  SINGLES[unit] = single;
  KINDS[unit] = kind;
  return kind;
};

/** The kind of a unit. */
export const kindOf = (unit: number): number => {
  const known = KINDS[unit] ?? PLAIN;
  return known === 0 ? workOut(unit) : known;
};

const workOut = (unit: number): number => {
  if (unit < 0x80 || (unit >= 0xdc00 && unit < 0xe000)) return set(unit, PLAIN);
  if (unit >= 0xd800 && unit < 0xdc00) return set(unit, HIGH);
  const char = String.fromCharCode(unit);
  if (INVISIBLES.test(char)) return set(unit, INVISIBLE);
  const compatible = char.normalize('NFKC');
  if (MARKS.some(([first, last]) => unit >= first && unit <= last))
    return set(unit, MARK, compatible.charCodeAt(0));
  if (ABOVE.test(char) || ABOVE_LETTER.test(char))
    return compatible.length === 1 ? set(unit, RAISED, compatible.charCodeAt(0)) : set(unit, PLAIN);
  if (DIGIT.test(char)) return set(unit, SINGLE, 48 + digitOf(unit));
  for (const [plain, signs] of SEPARATORS)
    if (signs.test(char)) return set(unit, SINGLE, plain.charCodeAt(0));
  if (DOTS.includes(char)) return set(unit, BETWEEN, 46);
  if (DASHES.includes(char)) return set(unit, BETWEEN, 45);
  const like = LIKES.get(unit);
  if (like !== undefined) return set(unit, LOOKALIKE, like);
  if (compatible === char) return set(unit, PLAIN);
  if (compatible.length === 1) return set(unit, SINGLE, compatible.charCodeAt(0));
  if (!COMPOUND.test(char)) return set(unit, PLAIN);
  severals.set(unit, compatible);
  return set(unit, SEVERAL);
};

/** Digits come in tens, nought first. */
const digitOf = (code: number): number => {
  let first = code;
  while (DIGIT.test(String.fromCodePoint(first - 1))) first -= 1;
  return (code - first) % 10;
};

/** Whether a footnote's sign may be one: a digit above or below the line. */
export const isAbove = (unit: number): boolean => ABOVE.test(String.fromCharCode(unit));

/** Whether a mark that follows may become one with it: a letter of an alphabet whose marks stand apart, kana, a Korean letter. */
export const mayCombine = (unit: number): boolean =>
  (unit >= 0xa0 && unit < 0x530) ||
  (unit >= 0x1100 && unit < 0x1200) ||
  (unit >= 0x1e00 && unit < 0x2000) ||
  (unit >= 0x3040 && unit < 0x3100) ||
  (unit >= 0xac00 && unit < 0xd7b0) ||
  (unit >= 0xff10 && unit < 0xffa0);

/** What a character beyond the Basic Multilingual Plane becomes: ASCII in every view, or in the bare one only; nothing; or itself. */
export type Astral = { readonly text: string; readonly always: boolean } | 'invisible' | 'plain';

const astrals = new Map<number, Astral>();

/** What `code`, beyond 0xffff, becomes. */
export const astralOf = (code: number): Astral => {
  if (code >= 0x1f200 && code < 0xe0000 && !(code >= 0x1fbf0 && code < 0x1fc00)) return 'plain';
  const known = astrals.get(code);
  if (known !== undefined) return known;
  const found = astral(code);
  // There are a few thousand that are not plain: no text makes it grow further.
  if (found !== 'plain') astrals.set(code, found);
  return found;
};

const astral = (code: number): Astral => {
  const char = String.fromCodePoint(code);
  if (INVISIBLES.test(char)) return 'invisible';
  if (DIGIT.test(char)) return { text: String(digitOf(code)), always: true };
  const like = LIKES.get(code);
  if (like !== undefined) return { text: String.fromCharCode(like), always: false };
  const compatible = char.normalize('NFKC');
  if (compatible !== char && /^[\0-\u024f\u0370-\u04ff]{1,3}$/.test(compatible))
    return { text: compatible, always: true };
  const boxed = LETTERS.find((first) => code >= first && code < first + 26);
  if (boxed !== undefined) return { text: String.fromCharCode(65 + code - boxed), always: false };
  return 'plain';
};

/** Where alphabets of white letters on black, and the letters that flags are made of, begin. */
const LETTERS: readonly number[] = [0x1f150, 0x1f170, 0x1f1e6];
