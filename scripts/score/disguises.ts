// Ways in which a value reaches a gateway and is still read by a person, or by a model.
import type { Random } from './random.ts';
import { chance, pick, whole } from './random.ts';

type Disguise = (random: Random, value: string) => string;

const mapped =
  (change: (char: string) => string): Disguise =>
  (_, value) =>
    [...value].map(change).join('');

const shifted = (zero: number): Disguise =>
  mapped((char) => (/\d/.test(char) ? String.fromCodePoint(zero + Number(char)) : char));

const HIDDEN = ['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff'];
const LIKES: Readonly<Record<string, string>> = {
  a: 'а',
  e: 'е',
  o: 'о',
  c: 'с',
  p: 'р',
  x: 'х',
  i: 'і',
  A: 'А',
  B: 'В',
  C: 'С',
  E: 'Е',
  H: 'Н',
  K: 'К',
  M: 'М',
  O: 'О',
  P: 'Р',
  T: 'Т',
  X: 'Х',
};

const between =
  (signs: readonly string[], share: number): Disguise =>
  (random, value) =>
    [...value]
      .map((char, i) => (i > 0 && chance(random, share) ? pick(random, signs) + char : char))
      .join('');

export const DISGUISES: Readonly<Record<string, Disguise>> = {
  'full-width': mapped((char) =>
    char > ' ' && char < '\x7f' ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char,
  ),
  'full-width digits': shifted(0xff10),
  'zero-width': between(HIDDEN, 0.35),
  'soft hyphens': between(['\u00ad'], 0.3),
  'arabic digits': shifted(0x660),
  'persian digits': shifted(0x6f0),
  'devanagari digits': shifted(0x966),
  'bengali digits': shifted(0x9e6),
  'thai digits': shifted(0xe50),
  'mathematical digits': shifted(0x1d7ce),
  'no-break spaces': mapped((char) => (char === ' ' ? '\u00a0' : char)),
  'narrow spaces': mapped((char) => (char === ' ' ? '\u202f' : char)),
  dashes: (random, value) =>
    value.replaceAll('-', pick(random, ['\u2010', '\u2011', '\u2012', '\u2013', '\u2212', '\ufe63'])),
  homoglyphs: (random, value) =>
    [...value].map((char) => (chance(random, 0.6) ? (LIKES[char] ?? char) : char)).join(''),
  'html entities': (random, value) =>
    [...value]
      .map((char) =>
        chance(random, 0.5)
          ? `&#${pick(random, [char.charCodeAt(0), `x${char.charCodeAt(0).toString(16)}`])};`
          : char,
      )
      .join(''),
  'percent-encoding': (_, value) =>
    [...value]
      .map((char) =>
        /[A-Za-z0-9]/.test(char)
          ? char
          : encodeURIComponent(char)
              .replace(char === '.' ? '.' : '\0', '%2E')
              .replace(/^-$/, '%2D'),
      )
      .join(''),
  'all percent': (_, value) =>
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  'unicode escapes': (_, value) =>
    [...value]
      .map((char) =>
        /[A-Za-z]/.test(char) ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
      .join(''),
  'combining marks': (random, value) =>
    [...value].map((char) => (chance(random, 0.3) ? `${char}\u0336` : char)).join(''),
  keycaps: mapped((char) => (/\d/.test(char) ? `${char}\ufe0f\u20e3` : char)),
};

/** The base64 of a text, and the part of it that holds bytes `start` to `end`. */
export const wrapped = (
  text: string,
  start: number,
  end: number,
): { readonly text: string; readonly start: number; readonly end: number } => {
  const from = Buffer.byteLength(text.slice(0, start));
  const to = Buffer.byteLength(text.slice(0, end));
  return {
    text: Buffer.from(text).toString('base64'),
    start: Math.floor((from * 4) / 3),
    end: Math.ceil((to * 4) / 3),
  };
};

/** How many of `value`'s characters a disguise changes; none: it is no disguise of it. */
export const isDisguised = (random: Random, name: string, value: string): string | undefined => {
  const written = DISGUISES[name]?.(random, value);
  return written === undefined || written === value ? undefined : written;
};

export const aDisguise = (random: Random): string => {
  const names = Object.keys(DISGUISES);
  return names[whole(random, 0, names.length - 1)] ?? 'zero-width';
};
