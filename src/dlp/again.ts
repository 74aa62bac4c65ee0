// A text's matches, looked for until nothing is left to hide: what was found is blanked out and the rest looked at again, so that no
// value stands in the shadow of another. Whole and streamed texts come through here alike, so what is shown has been looked at.
import type { Detected } from './detect.ts';
import { detect } from './detect.ts';
import type { Plan } from './plan.ts';
import type { Match, Scanner } from './scan.ts';
import { HOLD } from './scan.ts';

/** Looks at a text; what still shows something new to hide in the last of them is refused. */
const LOOKS = 4;
/** Stands for each unit of what is hidden: no letter, digit, space, nor sign that joins. */
const BLANK = '\u0001';
/** How far a boundary looks beyond a match. */
const BOUNDARY_CHARS = 2;

/** What was found; `stubborn`: what was still new when the looks were used up. */
export type Found = Detected & { readonly stubborn: readonly Match[] };

/** Whether a match is to be hidden, if it is one that `plan` counts. */
export const isHidden = (plan: Plan, { rule, confidence, value }: Match): boolean =>
  plan.wanted[rule.index] === HOLD && confidence >= plan.confidence && !plan.allows(value);

/** All that is in `text`; `open`: it may go on. */
export const detectAgain = (scanner: Scanner, plan: Plan, text: string, open: boolean): Found => {
  const first = detect(scanner, text, open, plan.wanted);
  let fresh = first.matches.filter((match) => isHidden(plan, match));
  if (fresh.length === 0) return { ...first, stubborn: [] };
  const matches = [...first.matches];
  const hidden = [...fresh];
  let { decided, held } = first;
  let rest = text;
  for (let look = 1; look < LOOKS; look++) {
    rest = blanked(rest, fresh);
    const again = detect(scanner, rest, open, plan.wanted);
    fresh = again.matches.filter((match) => isHidden(plan, match) && !holdsBlank(rest, match));
    held = Math.max(held, again.held);
    decided = Math.min(decided, again.decided);
    // What was found because another makes room stands only once that one does.
    for (const { start, end } of decided < text.length ? fresh : [])
      if (hidden.some((other) => other.start >= decided && other.start <= end + BOUNDARY_CHARS))
        decided = Math.min(decided, start);
    if (fresh.length === 0) return { matches: matches.sort(byPlace), decided, held, stubborn: [] };
    matches.push(...fresh);
    hidden.push(...fresh);
  }
  return { matches: matches.sort(byPlace), decided, held, stubborn: fresh };
};

const blanked = (text: string, matches: readonly Match[]): string => {
  let out = '';
  let at = 0;
  for (const { start, end } of matches.toSorted(byPlace)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    out += text.slice(at, from) + BLANK.repeat(end - from);
    at = end;
  }
  return out + text.slice(at);
};

const holdsBlank = (text: string, { start, end }: Match): boolean => text.slice(start, end).includes(BLANK);

const byPlace = (a: Match, b: Match): number =>
  a.start - b.start || a.end - b.end || a.rule.index - b.rule.index;
