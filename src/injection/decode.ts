// Runs of a text that say something in another notation, read: base 64, base 32, hex, binary, numbers of letters, escapes, entities,
// per cent, Morse, Braille. Everything is bounded: how long a run, how many, how much in all.
import { textOf } from './plain.ts';
import { BASE, BINARY, BRAILLE, ESCAPES, HEX, MORSE, NUMBERS, PERCENT, SPELLED } from './traces.ts';

/** A run and what it says. */
export type Decoded = {
  readonly name: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

/** Runs read of one text, each so long, and together so long, in characters. */
const MOST_RUNS = 24;
const RUN_CHARS = 16_384;
const ALL_CHARS = 65_536;
/** Shorter plain texts say nothing. */
const LEAST_CHARS = 6;

const bytesToText = (bytes: readonly number[] | Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return '';
  }
};

const isUnreadable = (code: number): boolean =>
  code < 9 || (code > 13 && code < 32) || code === 127 || code === 0xfffd;

/** Whether it reads like something written. */
const isReadable = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (isUnreadable(text.charCodeAt(i))) return false;
  return text.length >= LEAST_CHARS;
};

const fromBase64 = (run: string): string => {
  const plain = run.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  const whole = plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0));
  try {
    const binary = atob(whole);
    return bytesToText(Array.from(binary, (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
};

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const fromBase32 = (run: string): string => {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const char of run.replace(/=+$/, '').replace(/\s+/g, '')) {
    held = ((held << 5) | BASE32.indexOf(char)) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  return bytesToText(bytes);
};

const fromHex = (run: string): string => {
  const digits = run.replace(/0x|\\x|%|[^0-9a-f]/gi, '');
  const bytes: number[] = [];
  for (let at = 0; at + 1 < digits.length; at += 2) bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
  return bytesToText(bytes);
};

const numbers = (run: string, base: number): string =>
  bytesToText((run.match(/[0-9]+/g) ?? []).map((part) => Number.parseInt(part, base) & 255));

const fromBinary = (run: string): string => {
  const bits = run.replace(/[^01]/g, '');
  const bytes: number[] = [];
  for (let at = 0; at + 8 <= bits.length; at += 8) bytes.push(Number.parseInt(bits.slice(at, at + 8), 2));
  return bytesToText(bytes);
};

const fromEscapes = (run: string): string =>
  run.replace(
    /\\u\{?([0-9a-f]{1,6})\}?|U\+([0-9a-f]{4,6})\s?|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,6});?|&#([0-9]{1,7});?|\\([0-7]{3})/gi,
    (_, ...parts: (string | undefined)[]) => {
      const hex = parts[0] ?? parts[1] ?? parts[2] ?? parts[3];
      const point =
        hex !== undefined
          ? Number.parseInt(hex, 16)
          : parts[4] !== undefined
            ? Number.parseInt(parts[4], 10)
            : Number.parseInt(parts[5] ?? '0', 8);
      return point < 0x110000 ? String.fromCodePoint(point) : '';
    },
  );

const fromPercent = (run: string): string => {
  const spaced = run.replace(/\+/g, ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
};

const MORSE_SIGNS =
  '.-|-...|-.-.|-..|.|..-.|--.|....|..|.---|-.-|.-..|--|-.|---|.--.|--.-|.-.|...|-|..-|...-|.--|-..-|-.--|--..'.split(
    '|',
  );
const fromMorse = (run: string): string =>
  run
    .split(/\s*[/|]\s*|\s{2,}|\n/)
    .map((word) =>
      word
        .trim()
        .split(' ')
        .map((sign) => MORSE_SIGNS.indexOf(sign.replace(/[•·]/g, '.').replace(/[−–—_]/g, '-')))
        .map((index) => (index < 0 ? '' : String.fromCharCode(97 + index)))
        .join(''),
    )
    .join(' ');

const BRAILLE_SIGNS = '⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵';
const fromBraille = (run: string): string =>
  Array.from(run, (char) => {
    const index = BRAILLE_SIGNS.indexOf(char);
    return index >= 0 ? String.fromCharCode(97 + index) : char === '⠀' || /\s/.test(char) ? ' ' : '';
  }).join('');

const NATO =
  'alfa bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu'.split(
    ' ',
  );
const fromSpelling = (run: string): string =>
  run
    .toLowerCase()
    .split(/[\s,.-]+/)
    .map((word) =>
      NATO.indexOf(word === 'alpha' ? 'alfa' : word === 'juliett' ? 'juliet' : word === 'x' ? 'xray' : word),
    )
    .map((index) => (index < 0 ? '' : String.fromCharCode(97 + index)))
    .join('');

type Notation = {
  readonly name: string;
  readonly pattern: RegExp;
  readonly trace: number;
  read(run: string): string;
};

const NOTATIONS: readonly Notation[] = [
  {
    name: 'hex',
    trace: HEX,
    pattern: /(?:(?:0x|\\x)?[0-9a-f]{2}[ \t\n:,;-]{0,2}){10,8192}/gi,
    read: fromHex,
  },
  {
    name: 'escapes',
    trace: ESCAPES,
    pattern:
      /(?:(?:\\u\{?[0-9a-f]{2,6}\}?|U\+[0-9a-f]{4,6} ?|\\x[0-9a-f]{2}|&#x?[0-9a-f]{1,7};?|\\[01][0-7]{2})[ \t]?[\w ,.'"!?-]{0,12}){3,2048}/gi,
    read: fromEscapes,
  },
  {
    name: 'url',
    trace: PERCENT,
    pattern: /[\w.~+!'()*,:;=&/?-]{0,40}(?:%[0-9a-f]{2}[\w.~+!'()*,:;=&/?-]{0,24}){3,2048}/gi,
    read: fromPercent,
  },
  { name: 'binary', trace: BINARY, pattern: /(?:[01]{7,8}[ \t\n,]{0,2}){6,2048}/g, read: fromBinary },
  {
    name: 'numbers',
    trace: NUMBERS,
    pattern:
      /(?:\b(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|10|13)\b[ \t\n,;|-]{1,3}){7,2048}\b(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])\b/g,
    read: (run) => numbers(run, 10),
  },
  {
    name: 'octal',
    trace: NUMBERS,
    pattern: /(?:\b0?(?:040|1[0-7]{2})\b[ \t\n,]{1,2}){7,2048}\b0?1[0-7]{2}\b/g,
    read: (run) => numbers(run, 8),
  },
  { name: 'base32', trace: BASE, pattern: /\b[A-Z2-7]{16,8192}={0,6}/g, read: fromBase32 },
  {
    name: 'base64',
    trace: BASE,
    pattern:
      /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,76}(?:\s?\n[A-Za-z0-9+/_-]{4,76}){1,200}={0,2}|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,16384}={0,2}/g,
    read: fromBase64,
  },
  {
    name: 'morse',
    trace: MORSE,
    pattern: /(?:[.\-•·−–—_]{1,5}[\s/|]{1,4}){8,2048}[.\-•·−–—_]{0,5}/g,
    read: fromMorse,
  },
  { name: 'braille', trace: BRAILLE, pattern: /[\u2800-\u28ff\s]{6,4096}/g, read: fromBraille },
  {
    name: 'spelling',
    trace: SPELLED,
    pattern:
      /(?:\b(?:al(?:f|ph)a|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|x-?ray|yankee|zulu)\b[\s,.-]{0,3}){6,512}/gi,
    read: fromSpelling,
  },
];

/** Every run of `text` that reads as something; `traces`: what it bears traces of. */
export const decodedIn = (text: string, traces: number): readonly Decoded[] => {
  const found: Decoded[] = [];
  let chars = 0;
  for (const { name, pattern, trace, read } of NOTATIONS) {
    if ((traces & trace) === 0) continue;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const run = match[0].slice(0, RUN_CHARS);
      chars += run.length;
      if (found.length >= MOST_RUNS || chars > ALL_CHARS) return found;
      const plain = read(run);
      if (plain !== run && isReadable(plain))
        found.push({ name, text: plain, start: match.index, end: match.index + run.length });
    }
  }
  return found;
};

/** The bytes that variation selectors spell (VS1 to VS256), as text. */
export const selectorsIn = (text: string): string => {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    if (point >= 0xfe00 && point <= 0xfe0f) bytes.push(point - 0xfe00);
    else if (point >= 0xe0100 && point <= 0xe01ef) bytes.push(point - 0xe0100 + 16);
    if (bytes.length >= RUN_CHARS) break;
  }
  return bytesToText(bytes) || textOf(Uint16Array.from(bytes));
};

/** Zero-width characters. */
const UNSEEN = ['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff'];

/** What zero-width characters spell as bits, each way round; '' when they spell nothing. */
export const bitsIn = (text: string): readonly string[] => {
  const bits = Array.from(text)
    .filter((char) => UNSEEN.includes(char))
    .slice(0, RUN_CHARS);
  const kinds = [...new Set(bits)];
  if (bits.length < 32 || kinds.length < 2) return [];
  return [kinds[0], kinds[1]].flatMap((one) => {
    const plain = fromBinary(
      bits
        .filter((bit) => bit === kinds[0] || bit === kinds[1])
        .map((bit) => (bit === one ? '1' : '0'))
        .join(''),
    );
    return isReadable(plain) ? [plain] : [];
  });
};
