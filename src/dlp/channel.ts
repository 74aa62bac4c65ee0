// One channel of a stream (a choice's content, a tool call's arguments): its text as it grows, and how far it is decided. What is not
// decided is never let go; what is decided never changes. However a text is cut, the same findings come out.
import { detect } from './detect.ts';
import type { Counts, Finding, Pseudonym } from './finding.ts';
import { findingsOf } from './finding.ts';
import type { Plan } from './plan.ts';
import type { Restore } from './pseudonyms.ts';
import type { Match, Scanner } from './scan.ts';

/** What is kept of decided text, so that words before a match still speak: farther than any of them may stand, in characters. */
const CONTEXT_CHARS = 512;
/** Undecided text is cut back to this; matches are far shorter, so only what is no match comes so far. */
export const HOLD_CHARS = 1_024;
/** What is written to be read as nothing may stretch a value; more of it than this is no reply. */
const STRETCHED_CHARS = 16_384;

/** A reply whose text cannot be told within bounds. */
export class Unbounded extends Error {}

/** What reading a channel needs of its exchange. */
export type Reading = {
  readonly scanner: Scanner;
  readonly plan: Plan;
  readonly counts: Counts;
  readonly pseudonym: Pseudonym;
  readonly restore: Restore;
  /** Told of every finding, once. */
  readonly found: (channel: string, finding: Finding) => void;
  /** Told of what cannot be read. */
  readonly notInspected?: (channel: string, kind: string) => void;
};

/** A stretch of the channel's text and what stands in its place. Positions count from the channel's start. */
export type Change = { readonly start: number; end: number; readonly replacement: string };

export class Channel {
  readonly #reading: Reading;
  readonly #name: string;
  readonly changes: Change[] = [];
  /** The last decided characters and all undecided ones; `#base` is where they begin. */
  #text = '';
  #base = 0;
  /** Up to where the text is decided, from the channel's start. */
  decided = 0;
  /** A block that has no end yet: all that comes belongs to it. */
  #block: Change | undefined;

  constructor(reading: Reading, name: string) {
    this.#reading = reading;
    this.#name = name;
  }

  /** Where the text ends, from the channel's start. */
  get length(): number {
    return this.#base + this.#text.length;
  }

  /** Adds text; `open`: more may come. Without it, what is undecided is judged as it stands. */
  push(text: string, open: boolean): void {
    this.#text += text;
    if (this.#text.length === 0) return;
    const from = this.decided - this.#base;
    const { scanner, plan, restore } = this.#reading;
    const scanned = detect(scanner, this.#text, open, plan.wanted);
    const restored = restore(this.#text, open);
    let decided = open ? Math.min(scanned.decided, restored.decided) : this.#text.length;
    const held = this.#text.length - decided;
    if (held > STRETCHED_CHARS)
      throw new Unbounded('the reply hides its text among too much that is invisible');
    if (scanned.held > HOLD_CHARS) decided = this.#text.length;
    const fresh = scanned.matches.filter((match) => this.#isFresh(match, from));
    decided = before(fresh, Math.max(decided, from));
    this.#settle(fresh, from, decided);
    for (const { start, end, value } of restored.values)
      if (start >= from && end <= decided && !this.#covered(this.#base + start))
        this.#change(start, end, value);
    this.decided = this.#base + decided;
    this.#trim();
  }

  /** Not decided before; or it was, and goes on: a long match, or a block. */
  #isFresh({ start, end }: Match, from: number): boolean {
    return start >= from || (end > from && this.#lastEnd() > this.#base + start);
  }

  #lastEnd(): number {
    return this.changes.at(-1)?.end ?? -1;
  }

  #covered(position: number): boolean {
    return this.changes.some(({ start, end }) => position >= start && position < end);
  }

  #settle(matches: readonly Match[], from: number, decided: number): void {
    const { plan, counts, pseudonym, found } = this.#reading;
    const due = matches.filter(({ start }) => start < decided);
    const going = due.filter(({ start }) => start < from);
    for (const { end, unclosed } of going) this.#goOn(Math.min(end, decided), unclosed);
    const rest = due.filter(({ start }) => start >= from);
    for (const finding of findingsOf(plan, rest, counts, pseudonym)) {
      found(this.#name, finding);
      const { start, end, replacement, unclosed } = finding;
      if (replacement === undefined) continue;
      const change = this.#change(start, end, replacement);
      if (unclosed) this.#block = change;
    }
  }

  /** A change that was begun goes on to `end`. */
  #goOn(end: number, unclosed: boolean): void {
    const last = this.#block ?? this.changes.at(-1);
    if (last === undefined) return;
    last.end = Math.max(last.end, this.#base + end);
    this.#block = unclosed ? last : undefined;
  }

  #change(start: number, end: number, replacement: string): Change {
    const change: Change = { start: this.#base + start, end: this.#base + end, replacement };
    this.changes.push(change);
    this.changes.sort((a, b) => a.start - b.start);
    return change;
  }

  /** Forgets text that no match can need any more: never inside a word, nor a block's beginning. */
  #trim(): void {
    const decided = this.decided - this.#base;
    if (decided < 2 * CONTEXT_CHARS || this.#block !== undefined) return;
    const at = decided - CONTEXT_CHARS;
    this.#text = this.#text.slice(at);
    this.#base += at;
  }

  /** The text of `[start, end)` as it goes on; `text` is what it was. Changes that end before it are forgotten by `drop`. */
  shown(text: string, start: number): string {
    const end = start + text.length;
    let out = '';
    let at = start;
    for (const change of this.changes) {
      if (change.end <= at || change.start >= end) continue;
      out += text.slice(at - start, Math.max(at, change.start) - start);
      if (change.start >= start) out += change.replacement;
      at = Math.min(end, change.end);
    }
    return at === start && out === '' && !this.#touched(start, end) ? text : out + text.slice(at - start);
  }

  #touched(start: number, end: number): boolean {
    return this.changes.some((change) => change.end > start && change.start < end);
  }

  /** Forgets changes that end before `position`, all of whose text has gone. */
  drop(position: number): void {
    let done = 0;
    while (done < this.changes.length) {
      const change = this.changes[done];
      // The last one may go on.
      if (change === undefined || change.end > position || done === this.changes.length - 1) break;
      done += 1;
    }
    if (done > 0) this.changes.splice(0, done);
  }
}

/** `decided`, moved before any match that it would cut: what overlaps is decided together. */
const before = (matches: readonly Match[], decided: number): number => {
  let at = decided;
  for (let moved = true; moved; ) {
    moved = false;
    for (const { start, end, unclosed } of matches) {
      if (unclosed || start >= at || end <= at) continue;
      at = start;
      moved = true;
    }
  }
  return at;
};
