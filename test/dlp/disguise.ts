// Random texts with values in them, plain and in disguise, from a seed: the same seed gives the same texts.

/** A source of random numbers from 0 to 1 (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const VALUES = [
  'john.doe@example.com',
  'a.b@mail.example.org',
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  '123-45-6789',
  'AKIAIOSFODNN7EXAMPLE',
  '+44 20 7946 0958',
];

const WORDS = [
  'ssn ',
  'social security ',
  'card number ',
  'паспорт ',
  'сосед ',
  'как то там ',
  'С 5 мая ',
  'АВ ',
  'hello ',
  'C:\\new\\table ',
  '100% ',
  'AT&T ',
  'a&b ',
  '中文，句子。',
  'カード番号：',
  '❤️ ',
  '👩‍💻',
  '🇩🇪',
  'naïve ',
  'e\u0301te\u0301 ',
  'm² ',
  'nº ',
  '/usr/local/share/applications ',
  'internationalization ',
  'd41d8cd98f00b204e9800998ecf8427e ',
  '\\n',
  '\\"',
  '"',
  ' ',
  '. ',
  ', ',
  '=',
  '0',
  '0x',
  '%',
  '&',
  '\\',
  '\n',
  '\u200b',
  'x',
];

const LIKES: Readonly<Record<string, string>> = {
  a: 'а',
  e: 'е',
  o: 'о',
  c: 'с',
  p: 'р',
  x: 'х',
  A: 'А',
  I: 'І',
};
const HIDDEN = ['\u200b', '\u200d', '\u00ad', '\u2060', '\ufe0f', '\u202e', '\u{e0041}', '\u{e0101}'];

/** A way to write a character so that it still reads the same. */
type Disguise = (char: string, random: () => number) => string;

const hexOf = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, '0');

const DISGUISES: readonly Disguise[] = [
  (char) => char,
  (char, random) => (random() < 0.4 ? char + (HIDDEN[Math.floor(random() * HIDDEN.length)] ?? '') : char),
  (char) => (char > ' ' ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : '\u3000'),
  (char, random) => (random() < 0.6 ? (LIKES[char] ?? char) : char),
  (char) => (/\d/.test(char) ? String.fromCharCode(0x660 + Number(char)) : char),
  (char) => (/\d/.test(char) ? String.fromCodePoint(0x1d7ce + Number(char)) : char),
  (char) => `%${hexOf(char)}`,
  (char) => (/\w/.test(char) ? char : `%${hexOf(char)}`),
  (char) => `&#${char.charCodeAt(0)};`,
  (char, random) => (random() < 0.4 ? `&#x${hexOf(char)};` : char),
  (char) => `\\u00${hexOf(char)}`,
  (char, random) => (random() < 0.5 ? `\\x${hexOf(char)}` : char),
  (char) => ({ '@': '&commat;', '.': '&period;', '-': '&hyphen;', ' ': '&nbsp;' })[char] ?? char,
  (char, random) => (/\d/.test(char) && random() < 0.5 ? `${char}\u20e3` : char),
  (char, random) => (/[a-z]/.test(char) && random() < 0.5 ? `${char}\u0336` : char),
  (char) => ({ '-': '\u2011', ' ': '\u00a0', '.': '\uff0e' })[char] ?? char,
];

const encode = (text: string, random: () => number): string => {
  const bytes = Buffer.from(text);
  const way = Math.floor(random() * 6);
  if (way === 0) return bytes.toString('base64');
  if (way === 1) return bytes.toString('base64url');
  if (way === 2) return bytes.toString('hex');
  if (way === 3) return [...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ');
  if (way === 4)
    return [...text].map((char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join('');
  return bytes.toString('base64').replace(/.{44}/g, '$&\r\n');
};

/** A random text of some fifteen pieces. */
export const disguised = (random: () => number): string => {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  let text = '';
  for (let left = 4 + Math.floor(random() * 12); left > 0; left--) {
    if (random() < 0.6) {
      text += pick(WORDS) ?? '';
      continue;
    }
    const disguise = pick(DISGUISES);
    const value = pick(VALUES) ?? '';
    if (random() < 0.25)
      text += encode(`${pick(WORDS) ?? ''}${value}${random() < 0.5 ? ' and more' : ''}`, random);
    else text += [...value].map((char) => disguise?.(char, random) ?? char).join('');
    if (random() < 0.7) text += ' ';
  }
  return text;
};
