// Whether every match of a pattern has a digit soon after its start, so that runs of digits lead to all of them.
import type { CharSet } from './char-set.ts';
import { has } from './char-set.ts';
import type { Nfa } from './nfa.ts';
import { closure } from './nfa.ts';

/** From a run of digits the search goes back so many characters, and over so many breaks between words. */
export const BACK_CHARS = 40;
export const BACK_BREAKS = 1;

const isDigit = (set: CharSet): boolean => set.some(([first, last]) => first <= 57 && last >= 48);

/** Whether `set` has something that is neither letter nor digit. */
const breaks = (set: CharSet): boolean => set.some(([first, last]) => !inside(first, last));
const inside = (first: number, last: number): boolean =>
  [
    [48, 57],
    [65, 90],
    [97, 122],
  ].some(([low = 0, high = 0]) => first >= low && last <= high);
const words = (set: CharSet): boolean =>
  set.some(([first, last]) => (first <= 90 && last >= 65) || (first <= 122 && last >= 97));

/**
 * Whether all ways through `nfa` read a digit, and can read it within {@link BACK_CHARS} characters and {@link BACK_BREAKS}
 * breaks of their start. Signs right at the start do not count: the search looks at those that touch the first word.
 */
export const isDigitLed = (nfa: Nfa): boolean => {
  let states = new Map<number, number>(closure(nfa, [nfa.start]).map((state) => [state, -1]));
  for (let depth = 0; depth <= BACK_CHARS; depth++) {
    const next = new Map<number, number>();
    for (const [state, broken] of states) {
      if (state === nfa.end) return false;
      const set = nfa.sets[nfa.reads[state] ?? -1] ?? [];
      const without = set.filter(([first, last]) => !(first >= 48 && last <= 57));
      if (without.length === 0) continue;
      for (const [kind, is] of [
        [0, words(without)],
        [1, breaks(without)],
      ] as const) {
        if (!is) continue;
        // -1: nothing but signs yet.
        const count = broken === -1 ? (kind === 0 ? 0 : -1) : broken + kind;
        if (count > BACK_BREAKS) return false;
        if (broken === -1 && kind === 1 && depth > 1) return false;
        for (const reached of closure(nfa, [nfa.next[state] ?? -1]))
          next.set(reached, Math.max(next.get(reached) ?? -1, count));
      }
    }
    if (next.size === 0) return true;
    states = next;
  }
  return false;
};

/** Whether some unit of `set` is a digit. */
export const hasDigit = (set: CharSet): boolean => isDigit(set);

/** Whether `code` is in `set`: for tables by first character. */
export const contains = (set: CharSet, code: number): boolean => has(set, code);
