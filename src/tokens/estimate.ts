// How many tokens a text is, as a tokenizer of today's models would count it, without one: within a tenth for prose and code in most
// languages. What the estimator takes for words and is none (keys, digests, encoded bytes) is counted by its characters.
import { estimateTokenCount } from 'tokenx';

/** Runs in which letters and digits may be mixed as no word mixes them. */
const RUNS = /[A-Za-z0-9+/_=-]{16,}/g;
/** Letters change their case, or make way for digits, this often in what is encoded; in words and names never. */
const CHANGES = 0.22;
/** Measured with o200k: base64 has 1.47 characters a token, hexadecimal digits 1.76. */
const ENCODED_CHARS = 1.5;
const HEX_CHARS = 1.75;

/** Scripts the estimator does not know. By word, or by what stands between spaces; measured with o200k. */
const SCRIPTS = [
  { pattern: /[\u0456\u0457\u0454\u0491\u045e]/i, averageCharsPerToken: 2.4 }, // Ukrainian, Belarusian
  { pattern: /[\u0590-\u05ff]/, averageCharsPerToken: 3.1 }, // Hebrew
  { pattern: /[\u0600-\u06ff\u0750-\u077f]/, averageCharsPerToken: 3.7 }, // Arabic
  { pattern: /[\u0900-\u0dff]/, averageCharsPerToken: 4 }, // the scripts of India
  { pattern: /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]/, averageCharsPerToken: 2.7 }, // without spaces between words
];

const OTHER_SCRIPTS = /[^\0-\u024f]/;

/** Estimates one text as a whole. Linear in its length: some 20 characters a microsecond. */
const estimate = (text: string): number => {
  let encoded = 0;
  const words = text.replace(RUNS, (run) => {
    const changes = changesIn(run);
    if (changes < run.length * CHANGES) return run;
    encoded += run.length / (/^[0-9a-f-]+$/i.test(run) ? HEX_CHARS : ENCODED_CHARS);
    return ' ';
  });
  const options = OTHER_SCRIPTS.test(words) ? { languageConfigs: SCRIPTS } : {};
  return estimateTokenCount(words, options) + encoded;
};

/** How often the kind of character changes; not counting marks between words, nor the capitals that words begin with. */
const changesIn = (run: string): number => {
  let changes = 0;
  let before: Kind | undefined;
  for (let at = 0; at < run.length; at++) {
    const kind = kindOf(run.charCodeAt(at));
    if (kind === undefined) continue;
    if (before !== undefined && kind !== before && !(before === 'upper' && kind === 'lower')) changes++;
    before = kind;
  }
  return changes;
};

type Kind = 'lower' | 'upper' | 'digit';
const kindOf = (code: number): Kind | undefined => {
  if (code >= 97) return 'lower';
  if (code >= 65 && code <= 90) return 'upper';
  return code >= 48 && code <= 57 ? 'digit' : undefined;
};

/** Of a longer text so much is looked at, in pieces all over it. In UTF-16 units, as all below. */
const TEXT_CHARS = 8_192;
const PIECES = 16;
/** Of all texts together. Beyond it the rest counts as what was seen: an estimate takes milliseconds, whatever it is of. */
const ALL_CHARS = 16_384;
/** A short text costs as much time as so many characters. */
const TEXT_COST_CHARS = 32;

/** Estimates texts, each by itself. A long one is judged by pieces of it. Returns a number that need not be whole. */
export const estimateTexts = (texts: Iterable<string>): number => {
  let tokens = 0;
  let seen = 0;
  let unseen = 0;
  let left = ALL_CHARS;
  for (const text of texts) {
    if (left <= 0) {
      unseen += text.length;
      continue;
    }
    const looked = Math.min(text.length, TEXT_CHARS);
    left -= looked + TEXT_COST_CHARS;
    seen += text.length;
    tokens += (estimate(looked === text.length ? text : piecesOf(text)) * text.length) / Math.max(looked, 1);
  }
  return seen === 0 ? tokens : tokens * (1 + unseen / seen);
};

const piecesOf = (text: string): string => {
  const chars = TEXT_CHARS / PIECES;
  const stride = (text.length - chars) / (PIECES - 1);
  const pieces = Array.from({ length: PIECES }, (_, i) => {
    const from = Math.round(i * stride);
    return text.slice(from, from + chars);
  });
  return pieces.join('');
};
