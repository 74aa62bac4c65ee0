// A text's matches, at their places in the text as given: scanned as it reads, whatever it was written with. What is found in
// any view of it, or in text that is encoded or hidden in it, counts.
import type { Match, Scanned, Scanner } from './scan.ts';
import { HOLD } from './scan.ts';
import type { Grown, Trail } from './trail.ts';
import { hiddenIn } from './view/hidden.ts';
import { through } from './view/offsets.ts';
import { runsOf } from './view/runs.ts';
import type { View } from './view.ts';
import { viewsOf } from './view.ts';

/** What a scan found, and how much of the text as it reads is not decided, in units. */
export type Detected = Scanned & { readonly held: number };

const LETTER = /[A-Za-z]/;

/**
 * Scans `text`; `open`: it may go on. `wanted` has SKIP, LOOK or HOLD by rule. Of a text that has grown since it was scanned last,
 * only what begins from `grown.from` on is told, besides matches in codes; and if all of that is held, no matches are.
 */
export const detect = (
  scanner: Scanner,
  text: string,
  open: boolean,
  wanted: Uint8Array,
  grown?: Grown,
): Detected => {
  const views = grown === undefined ? viewsOf(text, open) : grown.views();
  const [bare] = views;
  const since = grown?.from ?? 0;
  const isHeld = open && wanted.includes(HOLD);
  const joined = new Joined(scanner, wanted, isHeld, bare.decided);
  for (const [i, view] of views.entries()) {
    joined.scan(view, open, grown?.trail(i, unitAt(view, since)));
    // Nothing of what is asked for is decided: nothing more can be said.
    if (since > 0 && joined.decided <= since) return joined.scanned(bare);
  }
  // A mark that follows makes the last letter another, which is in no code.
  const settled =
    open && LETTER.test(bare.text.charAt(bare.text.length - 1)) ? bare.text.slice(0, -1) : bare.text;
  const held = isHeld ? unitAt(bare, joined.decided) : 0;
  const encoded = runsOf(settled, open, unitAt(bare, since), held);
  const hidden = hiddenIn(text, open);
  for (const { view, open: goesOn } of encoded.runs) joined.scanAll(through(bare, view), goesOn);
  for (const { view, open: goesOn } of hidden.runs) joined.scanAll(view, goesOn);
  if (isHeld) {
    joined.hold(bare, encoded.decided);
    joined.hold(undefined, hidden.decided);
  }
  return joined.scanned(bare);
};

/** What was found in several views of one text. */
class Joined {
  readonly #scanner: Scanner;
  readonly #wanted: Uint8Array;
  readonly #isHeld: boolean;
  #decided: number;
  readonly #matches: Match[] = [];

  constructor(scanner: Scanner, wanted: Uint8Array, isHeld: boolean, decided: number) {
    this.#scanner = scanner;
    this.#wanted = wanted;
    this.#isHeld = isHeld;
    this.#decided = decided;
  }

  /** Up to where the text is decided, as far as is known. */
  get decided(): number {
    return this.#decided;
  }

  /** Scans a view of the text itself. */
  scan(view: View, open: boolean, trail: Trail | undefined): void {
    const { matches, decided } = this.#scanner.scan(view.text, open, this.#wanted, trail);
    if (open) this.hold(view, decided);
    this.#add(view, matches);
  }

  /** Scans all views of a text that was found inside, one level deep. A block that has no end there ends with it. */
  scanAll(found: View, open: boolean): void {
    for (const inner of viewsOf(found.text, open)) {
      const view = through(found, inner);
      const { matches, decided } = this.#scanner.scan(inner.text, open, this.#wanted);
      if (this.#isHeld && open) this.hold(view, decided);
      this.#add(view, open ? matches : matches.map((match) => ({ ...match, unclosed: false })));
    }
  }

  /** Nothing at or after unit `at` of `view` is decided. */
  hold(view: View | undefined, at: number): void {
    const place = view === undefined ? at : at >= view.text.length ? view.decided : view.start(at);
    this.#decided = Math.min(this.#decided, place);
  }

  #add({ start, end }: View, matches: readonly Match[]): void {
    for (const match of matches)
      this.#matches.push({ ...match, start: start(match.start), end: end(match.end) });
  }

  /** Each match once: as sure as the surest view has it, and closed if one has seen its end. */
  scanned(bare: View): Detected {
    const matches: Match[] = [];
    for (const match of this.#matches.sort(byPlace)) {
      const last = matches.at(-1);
      if (last === undefined || byPlace(last, match) !== 0) matches.push(match);
      else
        matches[matches.length - 1] = {
          ...last,
          confidence: Math.max(last.confidence, match.confidence),
          unclosed: last.unclosed && match.unclosed,
        };
    }
    return { matches, decided: this.#decided, held: bare.text.length - unitAt(bare, this.#decided) };
  }
}

/** The first unit of a view that comes from `place` or after it. */
const unitAt = (view: View, place: number): number => {
  let low = 0;
  let high = view.text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view.start(middle) < place) low = middle + 1;
    else high = middle;
  }
  return low;
};

const byPlace = (a: Match, b: Match): number =>
  a.start - b.start || a.end - b.end || a.rule.index - b.rule.index;
