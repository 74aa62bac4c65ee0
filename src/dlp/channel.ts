// One channel of a stream (a choice's content, a tool call's arguments): its text as it grows, and how far it is decided. What is not
// decided is never let go; what is decided never changes. However a text is cut, the same findings come out.
import type { Found } from './again.ts';
import { detectAgain, Growth, isHidden } from './again.ts';
import type { Counts, Finding, Pseudonym } from './finding.ts';
import { findingsOf } from './finding.ts';
import type { Plan } from './plan.ts';
import type { Restore, Restored } from './pseudonyms.ts';
import { looksJson } from './pseudonyms.ts';
import { MATCH_CHARS } from './regex/automaton.ts';
import type { Match, Scanner } from './scan.ts';
import type { Span } from './span.ts';
import { before } from './span.ts';
import { trimmed } from './trim.ts';

/** What is kept of decided text, so that words before a match still speak: farther than any of them may stand, in characters. */
const CONTEXT_CHARS = 512;
/** Undecided text is cut back to this; matches are far shorter, so only what is no match comes so far. */
export const HOLD_CHARS = 1_024;
/** What is written to be read as nothing may stretch a value; more of it than this is no reply. */
const STRETCHED_CHARS = 16_384;
/** A value that goes on for longer is let go by no stream: a key of 16,384 bits, written with escapes, is half as long. */
const VALUE_CHARS = 32_768;
/** More than what is usually kept, and the part of itself by which that grows before it is looked at again. */
const LONG_CHARS = 4_096;
const GROWN_PART = 32;
/** What is only told is judged when nothing that comes can change it: a match and the words after it are behind it. */
const TOLD_CHARS = MATCH_CHARS + 64;
/** How far words before a match reach; see near.ts. */
const BEFORE_CHARS = 96;
/** Text that comes without anything to hide is looked at by itself so long; then all that is kept is, and what is no longer needed forgotten. */
const ALONE_CHARS = 512;

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
  /** Told of what cannot be hidden any more, or not at all; throws. */
  readonly refuse: (types: readonly string[]) => never;
  /** Where a growing text must be held for what others watch for; throws. */
  readonly outflow?: (channel: string, text: string) => number;
  /** Told of what cannot be read. */
  readonly notInspected?: (channel: string, kind: string) => void;
};

/** A stretch of the channel's text and what stands in its place. Positions count from the channel's start. */
export type Change = { readonly start: number; end: number; readonly replacement: string };

/** What was found and has no end yet, where it begins, and what stands in its place; undefined: it stays. */
type Growing = { readonly start: number; end: number; readonly change: Change | undefined; finding: Finding };

export class Channel {
  readonly #reading: Reading;
  readonly #name: string;
  readonly changes: Change[] = [];
  /** The last decided characters and all undecided ones; `#base` is where they begin. */
  #text = '';
  #base = 0;
  /** Up to where the text is decided, and up to where what is only told has been, from the channel's start. */
  decided = 0;
  #told = 0;
  #growing: Growing | undefined;
  #json: boolean | undefined;
  #closedAt = 0;
  /** Where the text ended when it was looked at last, and when all of it was. */
  #seen = 0;
  #seenWhole = 0;
  readonly #growth = new Growth();
  /** Nothing begins in decided text that goes on, or is hidden, beyond it. */
  #isClear = false;

  constructor(reading: Reading, name: string) {
    this.#reading = reading;
    this.#name = name;
  }

  /** Where the text ends, from the channel's start. */
  get length(): number {
    return this.#base + this.#text.length;
  }

  /** No more comes: what is undecided is judged as it stands. More may come all the same, which goes on from there. */
  close(): void {
    if (this.#closedAt !== this.length) this.push('', false);
  }

  /** Adds text; `open`: more may come. Without it, what is undecided is judged as it stands. */
  push(text: string, open: boolean): void {
    this.#text += text;
    if (this.#text.length === 0 || (open && this.#mayWait())) return;
    this.#seen = this.length;
    if (!open) this.#closedAt = this.length;
    const { plan, restore, refuse } = this.#reading;
    if (this.#json === undefined && /\S/.test(this.#text)) this.#json = looksJson(this.#text);
    const found = this.#look(open);
    const from = this.decided - this.#base;
    if (found.stubborn.length > 0) refuse(found.stubborn.map(typeOf));
    const restored = restore(this.#text, open, this.#json === true);
    const hidden = found.matches.filter((match) => isHidden(plan, match));
    const fresh = hidden.filter(({ start }) => start >= from);
    const watched = this.#reading.outflow?.(this.#name, this.#text) ?? this.#text.length;
    const decidable = open ? this.#decidable(found, restored, fresh) : this.#text.length;
    const decided =
      open && watched < decidable
        ? before([...fresh, ...restored.values], Math.max(from, watched))
        : decidable;
    const covered = this.#goOn(hidden, from, decided, open);
    this.#settle(
      fresh.filter(({ start }) => start < decided),
      covered,
      open,
    );
    for (const { start, end, value } of restored.values)
      if (start >= from && end <= decided && !this.#covered(this.#base + start, this.#base + end))
        this.#change(start, end, value);
    this.decided = this.#base + decided;
    if (found.whole) this.#tell(found.matches, hidden, open);
    this.#isClear =
      open &&
      this.#growing === undefined &&
      decided <= found.decided &&
      fresh.every(({ end }) => end <= decided);
  }

  /** Looks at what has come alone, if that can be, or at all of the text. */
  #look(open: boolean): Found {
    const { scanner, plan } = this.#reading;
    if (open && this.#isClear && this.length - this.#seenWhole < ALONE_CHARS) {
      const found = this.#growth.goOn(scanner, plan, this.#text, this.decided - this.#base);
      if (found !== undefined) return found;
    }
    this.#trim();
    this.#seenWhole = this.length;
    return detectAgain(scanner, plan, this.#text, open, open ? this.#growth : undefined);
  }

  /** What has to be kept because of a long value is looked at again only when it has grown by a part of itself: its length costs no more. */
  #mayWait(): boolean {
    const growing = this.#growing;
    const isLong = growing !== undefined && this.length - growing.start > VALUE_CHARS;
    if (isLong && growing.change !== undefined) this.#reading.refuse([growing.finding.type]);
    const chars = this.#text.length;
    return chars > LONG_CHARS && (this.length - this.#seen) * GROWN_PART < chars;
  }

  /** Up to where the text is decided now, in the text at hand. */
  #decidable(found: Found, { decided: shown, values }: Restored, fresh: readonly Match[]): number {
    const from = this.decided - this.#base;
    const { length } = this.#text;
    const { plan } = this.#reading;
    if (shown === length && values.length === 0 && !plan.holds) return length;
    const decided = Math.min(found.decided, shown);
    if (length - decided > STRETCHED_CHARS)
      throw new Unbounded('the reply hides its text among too much that is invisible');
    if (found.held <= HOLD_CHARS) return before([...fresh, ...values], Math.max(decided, from));
    // What begins so far back is what it is by now.
    const floor = length - HOLD_CHARS;
    const old = fresh.filter(({ start }) => start < floor);
    const rest = fresh.filter(({ start }) => start >= floor);
    const most = Math.max(from, decided, floor, ...old.map(({ end }) => end));
    return before([...rest, ...values], most);
  }

  /** What was begun goes on; gives up to where. A value whose beginning was let go ends the stream. */
  #goOn(hidden: readonly Match[], from: number, decided: number, open: boolean): number {
    const growing = this.#growing;
    const last = growing?.change ?? this.changes.at(-1);
    let isGrowing = false;
    let covered = from;
    for (const match of hidden) {
      const { start, end, unclosed } = match;
      if (start >= from || end <= from) continue;
      const place = this.#base + start;
      const isOf = growing !== undefined && growing.end > place;
      if (!isOf && (last === undefined || last.end <= place)) return this.#reading.refuse([typeOf(match)]);
      covered = Math.max(covered, end);
      const to = this.#base + Math.min(end, decided);
      if (growing?.change === undefined && isOf) growing.end = Math.max(growing.end, to);
      else if (last !== undefined) last.end = Math.max(last.end, to);
      if (isOf && place <= growing.start && growing.finding.type === typeOf(match))
        growing.finding = { ...growing.finding, value: match.value };
      isGrowing ||= open && (unclosed || end >= this.#text.length || end > decided);
    }
    if (growing?.change !== undefined) growing.end = growing.change.end;
    if (growing !== undefined && !isGrowing) {
      this.#growing = undefined;
      this.#reading.found(this.#name, growing.finding);
    }
    return covered;
  }

  /** Hides what is decided; `covered`: what begins before it is hidden by what goes on. */
  #settle(due: readonly Match[], covered: number, open: boolean): void {
    const { plan, counts, pseudonym, found } = this.#reading;
    const left = due.flatMap((match) =>
      match.end <= covered ? [] : [match.start >= covered ? match : { ...match, start: covered }],
    );
    for (const finding of left.length === 0 ? [] : findingsOf(plan, left, counts, pseudonym)) {
      const { start, end, action, replacement, unclosed } = finding;
      const change = replacement === undefined ? undefined : this.#change(start, end, replacement);
      const mayGrow = open && (unclosed || end >= this.#text.length);
      const place = this.#base + start;
      if (mayGrow && action !== 'block')
        this.#growing = { start: place, end: this.#base + end, change, finding };
      else found(this.#name, finding);
    }
  }

  /** Tells of what is found and stays, once nothing that comes can change it. */
  #tell(matches: readonly Match[], hidden: readonly Match[], open: boolean): void {
    const { plan, counts, pseudonym, found } = this.#reading;
    const from = this.#told - this.#base;
    const told = matches.filter(
      ({ rule, start, end, confidence, value }) =>
        plan.actions[rule.index] === 'alert' &&
        start >= from &&
        confidence >= plan.confidence &&
        !plan.allows(value) &&
        !hidden.some((other) => other.start < end && other.end > start),
    );
    const decided = this.decided - this.#base;
    const to = open
      ? Math.max(from, before(told.map(closed), Math.min(decided, this.#text.length - TOLD_CHARS)))
      : this.#text.length;
    const due = told.filter(({ start }) => start < to);
    if (due.length > 0)
      for (const finding of findingsOf(plan, due, counts, pseudonym)) found(this.#name, finding);
    this.#told = this.#base + to;
  }

  #covered(from: number, to: number): boolean {
    return this.changes.some(({ start, end }) => start < to && end > from);
  }

  #change(start: number, end: number, replacement: string): Change {
    const change: Change = { start: this.#base + start, end: this.#base + end, replacement };
    this.changes.push(change);
    this.changes.sort((a, b) => a.start - b.start);
    return change;
  }

  /** Forgets text that no match can need any more. */
  #trim(): void {
    const isLong = this.#text.length > VALUE_CHARS;
    const begun = Math.min(this.#growing?.start ?? this.decided, this.#told + CONTEXT_CHARS - BEFORE_CHARS);
    const keep = (isLong ? this.decided : Math.min(this.decided, begun)) - CONTEXT_CHARS;
    if (keep - this.#base < CONTEXT_CHARS) return;
    const cut = trimmed(this.#text, Math.max(0, keep - this.#base));
    if (cut === undefined) return;
    this.#text = cut.head + this.#text.slice(cut.from);
    this.#base += cut.from - cut.head.length;
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
    return at === start ? text : out + text.slice(at - start);
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

/** A block without its end is decided when that comes. */
const closed = ({ start, end }: Match): Span => ({ start, end });

const typeOf = ({ rule }: Match): string => rule.pattern.id;
