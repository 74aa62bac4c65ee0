// How letters are compared when words and literals are searched: in any case, with or without accents. One table look-up a unit.

const SEPARATORS = ' _-.\u00a0\t';

/** A unit's folded form: lower case, without accents, separators as one. */
const foldOne = (code: number): number => {
  const char = String.fromCharCode(code);
  if (SEPARATORS.includes(char)) return 32;
  const accented = (code >= 128 && code < 0x2b0) || (code >= 0x1e00 && code < 0x2000);
  const lower = (accented ? char.normalize('NFKD').charAt(0) : char).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : code;
};

/** Every unit folded. */
export const FOLDED: Uint16Array = Uint16Array.from({ length: 0x10000 }, (_, code) => foldOne(code));

/** A text folded unit by unit: as long as it was. */
export const fold = (text: string): string => {
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
