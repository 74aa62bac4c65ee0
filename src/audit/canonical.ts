// Canonical JSON (RFC 8785). What our records are made of, plain objects of plain values, is written here, in half the time the
// library takes; whatever else there is, is left to the library. That both say the same is held by a test.
import canonicalize from 'canonicalize';

/** Strings that stand between quotes as they are. */
const BARE = /^[ !#-[\]-~]*$/;
/** Deeper than any record; beyond it the library, which needs no stack, takes over. */
const DEEPEST = 32;
/** Field names that are kept written out. Ours are a few dozen; a caller's words must not fill the memory. */
const NAMES = 1024;

const names = new Map<string, string>();

/** A value's canonical text. Throws for what JSON cannot say: NaN, a lone surrogate, nothing at all. */
export const canonicalText = (value: unknown): string => {
  const text = plainText(value, 0) ?? canonicalize(value);
  if (text === undefined) throw new TypeError('nothing to write');
  return text;
};

/** The text of a plain value, or undefined where the library is to decide. */
const plainText = (value: unknown, depth: number): string | undefined => {
  if (typeof value === 'string') return stringText(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value !== 'object' || depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return arrayText(value, depth);
  return Object.getPrototypeOf(value) === Object.prototype
    ? objectText(value as Record<string, unknown>, depth) // a plain object's own fields
    : undefined;
};

const stringText = (value: string): string | undefined => {
  if (BARE.test(value)) return `"${value}"`;
  return value.isWellFormed() ? JSON.stringify(value) : undefined;
};

const arrayText = (items: readonly unknown[], depth: number): string | undefined => {
  let text = '[';
  for (let index = 0; index < items.length; index++) {
    const item = plainText(items[index], depth + 1);
    if (item === undefined) return undefined;
    text += index === 0 ? item : `,${item}`;
  }
  return `${text}]`;
};

const objectText = (fields: Readonly<Record<string, unknown>>, depth: number): string | undefined => {
  // By UTF-16 code units, which is what RFC 8785 asks for.
  const keys = Object.keys(fields).sort();
  let text = '{';
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const name = nameText(key);
    const item = plainText(fields[key], depth + 1);
    if (name === undefined || item === undefined) return undefined;
    text += index === 0 ? name + item : `,${name}${item}`;
  }
  return `${text}}`;
};

const nameText = (key: string): string | undefined => {
  const known = names.get(key);
  if (known !== undefined) return known;
  const text = stringText(key);
  if (text === undefined) return undefined;
  if (names.size < NAMES) names.set(key, `${text}:`);
  return `${text}:`;
};
