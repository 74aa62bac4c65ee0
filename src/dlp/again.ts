// A text's matches, looked for until nothing is left to hide: what was found is blanked out and the rest looked at again, so that no
// value stands in the shadow of another. Whole and streamed texts come through here alike, so what is shown has been looked at.
import type { Detected } from './detect.ts';
import { detect } from './detect.ts';
import type { Plan } from './plan.ts';
import type { Match, Scanner } from './scan.ts';
import { HOLD } from './scan.ts';
import { Grown } from './trail.ts';

/** Looks at a text; what still shows something new to hide in the last of them is refused. */
const LOOKS = 4;
/** Stands for each unit of what is hidden: no letter, digit, space, nor sign that joins. */
const BLANK = '\u0001';
/** How far a boundary looks beyond a match. */
const BOUNDARY_CHARS = 2;

/** What was found; `stubborn`: what was still new when the looks were used up. `whole`: all of the text was looked at. */
export type Found = Detected & { readonly stubborn: readonly Match[]; readonly whole: boolean };

/** Whether a match is to be hidden, if it is one that `plan` counts. */
export const isHidden = (plan: Plan, { rule, confidence, value }: Match): boolean =>
  plan.wanted[rule.index] === HOLD && confidence >= plan.confidence && !plan.allows(value);

/** All that is in `text`; `open`: it may go on. `growth` is told of each look, to go on from there. */
export const detectAgain = (
  scanner: Scanner,
  plan: Plan,
  text: string,
  open: boolean,
  growth?: Growth,
): Found => {
  growth?.begin(text.length);
  const first = detect(scanner, text, open, plan.wanted, growth?.look(text));
  let fresh = first.matches.filter((match) => isHidden(plan, match));
  if (fresh.length === 0) return { ...first, stubborn: [], whole: true };
  const matches = [...first.matches];
  const hidden = [...fresh];
  let { decided, held } = first;
  let rest = text;
  for (let look = 1; look < LOOKS; look++) {
    rest = blanked(rest, fresh);
    const again = detect(scanner, rest, open, plan.wanted, growth?.look(rest));
    fresh = again.matches.filter((match) => isHidden(plan, match) && !holdsBlank(rest, match));
    held = Math.max(held, again.held);
    decided = Math.min(decided, again.decided);
    // What was found because another makes room stands only once that one does.
    for (const { start, end } of decided < text.length ? fresh : [])
      if (hidden.some((other) => other.start >= decided && other.start <= end + BOUNDARY_CHARS))
        decided = Math.min(decided, start);
    if (fresh.length === 0)
      return { matches: matches.sort(byPlace), decided, held, stubborn: [], whole: true };
    matches.push(...fresh);
    hidden.push(...fresh);
  }
  return { matches: matches.sort(byPlace), decided, held, stubborn: fresh, whole: true };
};

/** A growing text, look by look as it was looked at last, so that what has come since can be looked at alone. */
export class Growth {
  readonly #looks: Grown[] = [];
  /** The text's length at the last look. */
  #seen = 0;

  /** All of a text of `length` units is looked at. */
  begin(length: number): void {
    this.#looks.length = 0;
    this.#seen = length;
  }

  /** Notes a look at `text`. */
  look(text: string): Grown {
    const grown = new Grown(text);
    this.#looks.push(grown);
    return grown;
  }

  /**
   * Looks at what has come to the text, all of it before `from` being decided, with nothing begun there that goes on. Undefined: it
   * has something to hide, and all of it is to be looked at. What is only told is left for that.
   */
  goOn(scanner: Scanner, plan: Plan, text: string, from: number): Found | undefined {
    const more = text.slice(this.#seen);
    this.#seen = text.length;
    let decided = text.length;
    let held = 0;
    for (const look of plan.holds ? this.#looks : []) {
      look.text = look === this.#looks[0] ? text : look.text + more;
      look.from = from;
    }
    for (const look of plan.holds ? this.#looks : []) {
      const found = detect(scanner, look.text, true, plan.held, look);
      if (found.matches.some((match) => match.end > from && isHidden(plan, match))) return undefined;
      decided = Math.min(decided, found.decided);
      held = Math.max(held, found.held);
      // Held where it begins, it is whatever the other looks say.
      if (decided <= from) break;
    }
    return { matches: [], decided, held, stubborn: [], whole: false };
  }
}

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
