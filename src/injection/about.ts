// Whether a match is meant or spoken about. Words quoted beside words about attacks, and what nobody is told to do, weigh less.

import type { Word } from './lexicon.ts';
import { slotOf } from './lexicon.ts';
import type { Source } from './reason.ts';

const MEN = slotOf('men');
const SOF = slotOf('sof');

/** How far from a match words about attacks still speak of it, in characters. */
const BEFORE_CHARS = 240;
const AFTER_CHARS = 140;
/** Longest quotation looked for around a match. */
const QUOTE_CHARS = 700;

const LEFT = '"\'`([«';
const RIGHT = '"\'`)]»';

/** Whether `start` to `end` stand in quotation marks or code. Looks a bounded way to both sides. */
export const isQuoted = (text: string, start: number, end: number): boolean => {
  const floor = Math.max(0, start - QUOTE_CHARS);
  for (let at = start - 1; at >= floor; at--) {
    const char = text.charAt(at);
    const side = LEFT.indexOf(char);
    if (side < 0 || side === 3) continue;
    // An apostrophe stands inside a word; a quotation mark does not.
    if (char === "'" && /\w/.test(text.charAt(at - 1))) continue;
    const close = text.indexOf(RIGHT.charAt(side), end);
    if (close < 0 || close - end > QUOTE_CHARS) continue;
    if (char === "'" && /\w/.test(text.charAt(close + 1))) continue;
    // Between the two no other of the kind ends it: an even number lies before.
    if (
      char !== '«' &&
      char !== '[' &&
      count(text, char, floor, at) % 2 === 1 &&
      at - floor < QUOTE_CHARS - 1
    )
      continue;
    return true;
  }
  return false;
};

const count = (text: string, char: string, from: number, to: number): number => {
  let found = 0;
  for (let at = text.indexOf(char, from); at >= 0 && at < to; at = text.indexOf(char, at + 1)) found += 1;
  return found;
};

/** How much of a match's weight is left by what is said around it; `soften`: also where words are spoken of at all. `words` are in the order of their ends. */
export const meant = (
  text: string,
  words: readonly Word[],
  start: number,
  end: number,
  source: Source,
  soften = false,
): number => {
  let spoken = 0;
  let soft = 0;
  for (const word of words) {
    if (word.slot !== MEN && word.slot !== SOF) continue;
    if (word.end < start - BEFORE_CHARS) continue;
    if (word.start > end + AFTER_CHARS) break;
    if (word.slot === MEN) spoken += word.start < end ? 1 : 0.6;
    else soft += 1;
  }
  const quoted = (spoken > 0 || soft > 0 || end - start < text.length / 2) && isQuoted(text, start, end);
  if (quoted) return spoken >= 2 ? 0.12 : spoken >= 1 ? 0.2 : spoken > 0 ? 0.35 : soft > 0 ? 0.5 : 0.65;
  // What a tool returned may bring words about attacks along to be taken for talk.
  if (source === 'tool' && spoken > 0) return spoken >= 2 ? 0.45 : 0.8;
  if (spoken >= 2) return 0.35;
  if (spoken >= 1) return 0.5;
  if (soften && soft > 0) return 0.55;
  return spoken > 0 ? 0.75 : 1;
};

/** What may stand before an imperative. */
const LEADS =
  /(?:^|[.!?:;,"'“([{>*#\n|=-]\s*|\b(?:please|pls|plz|now|then|and|just|must|should|shall|simply|kindly|you|can|could|will|would|also|first|instead|only|therefore|so|or|completely|hereby|immediately|always|okay|ok|next|totally|fully|entirely|finally|but|let's|lets|actually|need|going to|(?:want|need|like|order|command|instruct|ask|urge|require|have|are|is|got|able|free|allowed|authorized|required|remember|sure|try|want me|me|your job is|task is)(?: you)? to|me|assistant|ai|model|hey|hi|hello|everyone|urgent|important|safely|both|either|dan|today|here|below|above|directly|quickly|again|if possible|may|might)\s+|[^\0-\x7f]\s?)$/i;
const NEGATED =
  /(?:\bnot|\bnever|n't|\bcannot|\bwithout|\bnor|\bavoid|\brefuses? to|\bdont|\bwon't|\bdid|\bdoes|\bwhy do (?:you|they|i)|\bwho|\bwhich|\bthat (?:would|could|might|will|can)|\bthey|\bthey will|\bi accidentally|\bi)\s+(?:\w+\s+)?$/i;
const LEAD_CHARS = 40;

/** How surely an English verb at `at` tells the reader to do it: 0 when it is denied. */
export const told = (text: string, at: number): number => {
  const before = text.slice(Math.max(0, at - LEAD_CHARS), at);
  if (
    NEGATED.test(before) &&
    !/(?:\bi want you to|\bi need you to|\bi'd like you to|\bi order you to)\s+$/i.test(before)
  )
    return 0;
  return LEADS.test(before) || at < 2 ? 1 : 0.6;
};

const GOAL =
  /https?:\/\/|www\.|[\w.+-]@[\w-]+\.\w|\b0x[0-9a-f]{8}|\bbc1\w|\bIBAN\b|\b[A-Z]{2}\d{2}[A-Z0-9]{10}|\[at\]|\+\d{7}|\b[\w-]+\.(?:com|net|org|io|xyz|ru)\b|\b\d{3}-\d{3}-\d{4}|\b[a-z]{2,20}_[a-z_]{2,30}\b|\brecipient\b|webhook|endpoint|server|attacker/i;
const GOAL_CHARS = 160;

/** Whether an address, a URL or an account stands near. */
export const hasGoal = (text: string, start: number, end: number): boolean =>
  GOAL.test(text.slice(Math.max(0, start - GOAL_CHARS), end + GOAL_CHARS));
