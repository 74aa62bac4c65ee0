// What was found in one text, and the text as it goes on.
import type { Action, Category } from './pattern.ts';
import type { Plan } from './plan.ts';
import { MATCH_CHARS } from './regex/automaton.ts';
import { resolve } from './resolve.ts';
import type { Match } from './scan.ts';

/** One finding. `start` and `end` are UTF-16 offsets into the text as given; `value` is never kept nor told. */
export type Finding = {
  readonly type: string;
  readonly category: Category;
  readonly pack: string;
  readonly version: number;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly action: Action;
  readonly value: string;
  /** A block whose end is yet to come. */
  readonly unclosed: boolean;
  /** What stands in its place; undefined: it stays. */
  readonly replacement: string | undefined;
};

/** How many findings of a type there were, by type: `plan.count` counts over an exchange's texts of one direction. */
export type Counts = Map<string, number>;

/** What stands for a value that is pseudonymised; the same for the same value. `isLong`: of a stream, its end may not be known. */
export type Pseudonym = (type: string, value: string, isLong: boolean) => string;

/** The findings among the matches in a text, in order, apart from each other. */
export const findingsOf = (
  plan: Plan,
  matches: readonly Match[],
  counts: Counts,
  pseudonym: Pseudonym,
): readonly Finding[] => {
  const settled = matches
    .filter(({ confidence }) => confidence >= plan.confidence)
    .filter(({ value }) => !plan.allows(value))
    .map((match) => ({ ...match, action: plan.actions[match.rule.index] ?? 'block' }));
  return resolve(settled).map(({ rule, start, end, confidence, value, action: usual, unclosed }) => {
    const { id: type, category, visible } = rule.pattern;
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    const action = count < plan.count ? 'alert' : usual;
    const isLong = rule.until !== undefined || value.length >= MATCH_CHARS;
    const replacement = replacementOf(action, type, value, { visible, isLong }, pseudonym);
    const { pack, version } = rule;
    return { type, category, pack, version, start, end, confidence, action, value, unclosed, replacement };
  });
};

const replacementOf = (
  action: Action,
  type: string,
  value: string,
  { visible, isLong }: { readonly visible: number; readonly isLong: boolean },
  pseudonym: Pseudonym,
): string | undefined => {
  if (action === 'alert' || action === 'off') return undefined;
  if (action === 'pseudonymise') return pseudonym(type, value, isLong);
  // The last characters of what is long may be yet to come, and a sign of JSON's own would end the string it stands in.
  return action === 'mask' && !isLong && !OF_JSON.test(value) ? masked(value, visible) : `[${type}]`;
};

const OF_JSON = /["\\\p{Cc}]/u;

/** Stars for letters and digits but the last few, and never more than half of them shown: `***-**-4399`. */
export const masked = (value: string, visible: number): string => {
  const units = [...value];
  const wordy = units.filter((unit) => WORDY.test(unit)).length;
  let left = wordy - Math.min(visible, Math.floor(wordy / 2));
  return units
    .map((unit) => {
      if (!WORDY.test(unit)) return unit;
      left -= 1;
      return left >= 0 ? '*' : unit;
    })
    .join('');
};

const WORDY = /[\p{L}\p{N}]/u;
