// What is known of a pattern's matches by their outer shape: of what kinds their units are, and how long their first word is.
import { DIGIT, JOINED, KIND } from '../fold.ts';
import type { CharSet } from './char-set.ts';
import type { Node } from './syntax.ts';

/** What a set has: digits; letters that go on a word; anything else. */
export type Words = { readonly digits: boolean; readonly letters: boolean; readonly signs: boolean };

const known = new WeakMap<CharSet, Words>();

export const wordsIn = (set: CharSet): Words => {
  const seen = known.get(set);
  if (seen !== undefined) return seen;
  const words = { digits: false, letters: false, signs: false };
  for (const [first, last] of set) {
    for (let code = first; code <= last && !(words.digits && words.letters && words.signs); code++) {
      const kind = KIND[code] ?? 0;
      if (kind === DIGIT) words.digits = true;
      else if (kind > DIGIT && kind < JOINED) words.letters = true;
      else words.signs = true;
    }
  }
  known.set(set, words);
  return words;
};

/** Lengths of first words are told apart up to here, and are one bit each. */
export const RUN_CHARS = 31;
const LONGEST = 1 << RUN_CHARS;

/** How long the run of letters and digits may be that a match of `node` begins with, as bits. */
export const runsOf = (node: Node): number => {
  const runs = { ended: 0 };
  return goOn(node, 1, runs) | runs.ended;
};

/** The lengths after `node` of runs that were of `lengths` before it; those that end inside it are added to `runs`. */
const goOn = (node: Node, lengths: number, runs: { ended: number }): number => {
  if (lengths === 0) return 0;
  if (node.kind === 'set') {
    const { digits, letters, signs } = wordsIn(node.set);
    if (signs) runs.ended |= lengths;
    return digits || letters ? (lengths << 1) | (lengths & LONGEST) : 0;
  }
  if (node.kind === 'any') return node.options.reduce((all, option) => all | goOn(option, lengths, runs), 0);
  if (node.kind === 'seq') return node.parts.reduce((now, part) => goOn(part, now, runs), lengths);
  let now = lengths;
  for (let i = 0; i < node.min && now !== 0; i++) {
    const next = goOn(node.node, now, runs);
    if (next === now) break;
    now = next;
  }
  let all = now;
  for (let i = node.min; i < node.max; i++) {
    now = goOn(node.node, all, runs) | all;
    if (now === all) break;
    all = now;
  }
  return all;
};
