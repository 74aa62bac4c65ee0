// What is known of a pattern's matches by their outer shape: of what kinds their units are, and how long their first word is.
import { DIGIT, JOINED, KIND } from '../fold.ts';
import { KINDS_COUNT, kindsIn } from '../kinds.ts';
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

/**
 * How long the run of letters and digits may be that a match begins with, as bits: `whole`, where the match may end with it; and by
 * the kind of the unit after it, where the match goes on with that.
 */
export type FirstRuns = { readonly whole: number; readonly next: Int32Array };

/** The first runs of `node`. */
export const firstRunsOf = (node: Node): FirstRuns => {
  const next = new Int32Array(KINDS_COUNT);
  return { whole: goOn(node, 1, next), next };
};

/** The lengths after `node` of runs that were of `lengths` before it; those that end inside it are added to `next`. */
const goOn = (node: Node, lengths: number, next: Int32Array): number => {
  if (lengths === 0) return 0;
  if (node.kind === 'set') {
    const { digits, letters, signs } = wordsIn(node.set);
    if (signs) addNext(kindsIn(node.set), lengths, next);
    return digits || letters ? (lengths << 1) | (lengths & LONGEST) : 0;
  }
  if (node.kind === 'any') return node.options.reduce((all, option) => all | goOn(option, lengths, next), 0);
  if (node.kind === 'seq') return node.parts.reduce((now, part) => goOn(part, now, next), lengths);
  let now = lengths;
  for (let i = 0; i < node.min && now !== 0; i++) {
    const then = goOn(node.node, now, next);
    if (then === now) break;
    now = then;
  }
  let all = now;
  for (let i = node.min; i < node.max; i++) {
    now = goOn(node.node, all, next) | all;
    if (now === all) break;
    all = now;
  }
  return all;
};

const addNext = (kinds: number, lengths: number, next: Int32Array): void => {
  for (let kind = 0; kind < KINDS_COUNT; kind++)
    if (((kinds >> kind) & 1) === 1) next[kind] = (next[kind] ?? 0) | lengths;
};
