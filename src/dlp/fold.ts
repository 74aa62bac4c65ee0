// How letters are compared when words and literals are searched: in any case, with or without accents. One table look-up a unit.

const SEPARATORS = ' _-.\u00a0\t';
const SPACE = 32;

/** A unit's folded form: lower case, without accents, separators as one. */
const foldOne = (code: number): number => {
  const char = String.fromCharCode(code);
  if (SEPARATORS.includes(char)) return SPACE;
  const accented = (code >= 128 && code < 0x2b0) || (code >= 0x1e00 && code < 0x2000);
  const lower = (accented ? char.normalize('NFKD').charAt(0) : char).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : code;
};

/** Scripts without case, which most units are of: nothing of them folds. */
const isCaseless = (code: number): boolean =>
  (code >= 0x2e80 && code < 0xa640) || (code >= 0xac00 && code < 0xfb00);

/** Every unit folded. */
export const FOLDED: Uint16Array = (() => {
  const folded = new Uint16Array(0x10000);
  for (let code = 0; code < 0x10000; code++) folded[code] = isCaseless(code) ? code : foldOne(code);
  return folded;
})();

const PLAIN = /^[a-z ]*$/;

/** A text folded unit by unit: as long as it was. */
export const fold = (text: string): string => {
  if (PLAIN.test(text)) return text;
  let folded = '';
  for (let i = 0; i < text.length; i++) folded += String.fromCharCode(FOLDED[text.charCodeAt(i)] ?? 0);
  return folded;
};

/** What a unit is to words. */
export const DIGIT = 1;
export const LOWER = 2;
export const UPPER = 3;
/** A letter of another alphabet whose words stand apart (Latin, Greek, Cyrillic). */
export const LETTER = 4;
/** A letter of a script that is written without spaces, or joins its words: it touches what it does not belong to. */
export const JOINED = 5;

/** The kind of every unit; 0 is no letter and no digit. */
export const KIND: Uint8Array = (() => {
  const kinds = new Uint8Array(0x10000);
  kinds.fill(DIGIT, 48, 58);
  kinds.fill(LOWER, 97, 123);
  kinds.fill(UPPER, 65, 91);
  const other = /[\p{L}\p{N}\p{M}]/u;
  for (let code = 128; code < 0x10000; code++)
    if (other.test(String.fromCharCode(code))) kinds[code] = code < 0x590 ? LETTER : JOINED;
  return kinds;
})();

/** Letters and digits that a word goes on with; scripts without spaces touch everything. */
export const isWordly = (code: number): boolean => {
  const kind = KIND[code] ?? 0;
  return kind >= DIGIT && kind < JOINED;
};

/** The letters among those. */
export const isLetter = (code: number): boolean => {
  const kind = KIND[code] ?? 0;
  return kind > DIGIT && kind < JOINED;
};

/** In {@link UNIT}, a sign that is not of ASCII. */
export const SIGN_BEYOND = 6;
/** The bits of a class in {@link UNIT}. Class 0 is of no unit. */
export const CLASS_BITS = 6;
export const CLASSES = 1 << CLASS_BITS;

/** Units with a class of their own, in lower case; the others share what is left. */
const OWN_CLASSES = 'abcdefghijklmnopqrstuvwxyz -_."#$%&\'()*+,/:<=>@[]{}|~\\';
const DIGIT_CLASS = OWN_CLASSES.length + 1;
const OTHER_CLASS = DIGIT_CLASS + 1;
/** What separates words and is none of the above. */
const SPACE_CLASS = OTHER_CLASS + 1;
const BEYOND_CLASS = SPACE_CLASS + 1;
const BEYOND_MASK = 3;

/** The classes of what separates words, which all fold to a space. */
export const SEPARATOR_CLASSES: readonly number[] = [
  ...[...' -_.'].map((char) => OWN_CLASSES.indexOf(char) + 1),
  SPACE_CLASS,
];

const classOf = (code: number): number => {
  const folded = FOLDED[code] ?? 0;
  const own = OWN_CLASSES.indexOf(String.fromCharCode(folded === SPACE && code < 128 ? code : folded));
  if (own >= 0 && (folded !== SPACE || code < 128)) return own + 1;
  if (folded === SPACE) return SPACE_CLASS;
  if (folded >= 128) return BEYOND_CLASS + ((folded ^ (folded >> 4)) & BEYOND_MASK);
  return folded >= 48 && folded <= 57 ? DIGIT_CLASS : OTHER_CLASS;
};

/** Whether `code` is the only unit of its class but for those that fold as it does. */
export const isAlone = (code: number): boolean =>
  OWN_CLASSES.includes(String.fromCharCode(FOLDED[code] ?? 0));

/** Of every unit what a pass over a text needs, in one look-up: its kind, and in the lower bits the class that it is told apart by. */
export const UNIT: Uint16Array = (() => {
  const units = new Uint16Array(0x10000);
  for (let code = 0; code < 0x10000; code++) {
    const kind = KIND[code] ?? 0;
    const beyond = kind === 0 && code >= 128;
    units[code] = ((beyond ? SIGN_BEYOND : kind) << CLASS_BITS) | classOf(code);
  }
  return units;
})();
