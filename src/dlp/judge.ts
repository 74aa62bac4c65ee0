// Whether what an automaton accepted is a finding: its boundary, its checks, its entropy, and what the words around it say.
import type { Columns } from './columns.ts';
import type { Form, Rule } from './compile.ts';
import { isWordly } from './fold.ts';
import { Labels } from './labels.ts';
import type { Meanings } from './meanings.ts';
import type { Keywords } from './near.ts';
import { newKeywords, reachAfter, said, saidInside } from './near.ts';
import type { Walk } from './regex/automaton.ts';
import { MATCH_CHARS } from './regex/automaton.ts';
import type { Match, Scanned } from './scan.ts';
import { Values } from './values.ts';

/** How much of the doubt a keyword leaves, and how much of the trust a word against it does. */
const DOUBT_LEFT = 0.3;
const TRUST_LEFT = 0.4;

/** A keyword so close is of the match, whatever else is: `order AB123456C (NI number)`. */
const BESIDE_CHARS = 3;

/** A block without its end is at most so long, in characters: a key of 16,384 bits has under 13,000. */
const BLOCK_CHARS = 16_384;
/** What the lines of a key are made of, as they are or escaped in a string; anything else ends a block that has no end. */
const BLOCK = /[A-Za-z0-9+/=\s\\:,.()-]*/y;

/** Signs that join what stands on both sides of them into one token. */
const JOINS = '_-/+=.@%';
/** Signs between the groups of a longer number. */
const NUMBER_JOINS = '.-/:';
/** What may follow an assigned value: it is the whole of what is assigned. */
const VALUE_ENDS = /^(?:[\s"'`,;)}\]<>&|\\]|[.:!?](?:\W|$)|[^\p{ASCII}])/u;
/** A value's name may stand right before it. */
const EQUALS = 61;

const NO_RULES: ReadonlySet<number> = new Set();

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Judges the matches of one text at a time, and keeps what it found. */
export class Judge {
  readonly #meanings: Meanings;
  #keywords: Keywords = newKeywords();
  readonly #columns: Columns;
  readonly #labels = new Labels();
  readonly #values = new Values();
  /** The stretch of a block's characters that was looked at last, and by closing line where the next one is. */
  #blockFrom = 0;
  #blockTo = -1;
  readonly #nexts = new Map<string, { readonly from: number; readonly at: number }>();
  /** By where a header begins: the rules that it speaks for. */
  readonly #headers = new Map<number, ReadonlySet<number>>();
  #text = '';
  #open = false;
  #matches: Match[] = [];
  #decided = 0;

  constructor(meanings: Meanings, columns: Columns) {
    this.#columns = columns;
    this.#meanings = meanings;
  }

  begin(text: string, open: boolean, keywords: Keywords): void {
    this.#text = text;
    this.#keywords = keywords;
    this.#labels.begin(text);
    this.#values.begin(text);
    this.#blockTo = -1;
    this.#nexts.clear();
    this.#headers.clear();
    this.#open = open;
    this.#matches = [];
    this.#decided = text.length;
  }

  end(): Scanned {
    return { matches: this.#matches, decided: this.#decided };
  }

  /** Up to where the text is decided, as far as is known. */
  get decided(): number {
    return this.#decided;
  }

  /** Judges the ends of one walk from `start`, longest first; whether the start is a possible one. */
  form({ rule }: Form, start: number, walk: Walk, hold: boolean): boolean {
    if (!this.#startsWell(rule, start)) return false;
    const growing = this.#open && walk.open;
    if (growing && hold && !this.#isLong(start, walk)) this.#hold(start);
    for (let i = walk.count - 1; i >= 0; i--) {
      const end = walk.ends[i] ?? start;
      if (end <= start || !this.#endsWell(rule, end)) continue;
      if (!this.#values.holds(start, end, rule.pattern.entropy, rule.checks)) continue;
      this.#weigh(rule, start, end, hold);
      return true;
    }
    return true;
  }

  /** Whether what stands before `start` lets a match begin there. */
  mayStart({ rule }: Form, start: number): boolean {
    return this.#startsWell(rule, start);
  }

  /** Marks that a match may be growing from `start`; false when none can begin there. */
  hold({ rule }: Form, start: number): boolean {
    if (!this.#startsWell(rule, start)) return false;
    this.#hold(start);
    return true;
  }

  #hold(start: number): void {
    if (start < this.#decided) this.#decided = start;
  }

  /** A match that is one at the longest length is one, however far it goes on. */
  #isLong(start: number, walk: Walk): boolean {
    return walk.count > 0 && (walk.ends[walk.count - 1] ?? 0) - start >= MATCH_CHARS;
  }

  #weigh(rule: Rule, start: number, end: number, hold: boolean): void {
    const { context, confidence, keywords, against, near } = rule.pattern;
    const until = rule.until === undefined ? undefined : this.#blockEnd(rule.until, end);
    const silent = keywords.length + against.length === 0;
    if (
      this.#open &&
      hold &&
      end >= this.#text.length - 1 &&
      until === undefined &&
      end - start < MATCH_CHARS
    )
      this.#hold(start);
    let sure = confidence;
    if (!silent) {
      const after = reachAfter(this.#text, end, near);
      const asked = { index: rule.index, near, limit: after.limit };
      const words = said(this.#keywords, this.#meanings, start, end, asked, this.#labels, this.#columns);
      const raised = words.distance < Number.POSITIVE_INFINITY || this.#isHeaded(rule, start);
      // Words that are yet to come can change nothing once one has spoken and none may object.
      if (this.#open && hold && until === undefined && after.open && (!raised || against.length > 0))
        this.#hold(start);
      if (context === 'required' && !raised) return;
      if (context === 'raises' && raised) sure = 1 - (1 - sure) * DOUBT_LEFT;
      const foreign =
        context === 'required' &&
        (words.distance > BESIDE_CHARS || this.#text.charAt(end) === ',') &&
        this.#labels.isForeign(start);
      if (words.against || foreign) sure *= TRUST_LEFT;
    }
    this.#matches.push({
      rule,
      start,
      end: until?.end ?? end,
      confidence: sure,
      value: this.#text.slice(start, until?.end ?? end),
      unclosed: until?.unclosed ?? false,
    });
  }

  /** Whether the header of the column speaks for the rule. */
  #isHeaded(rule: Rule, start: number): boolean {
    return rule.pattern.keywords.length > 0 && this.headed(start).has(rule.index);
  }

  /** The rules that the header of the column at `place` speaks for. */
  headed(place: number): ReadonlySet<number> {
    const header = this.#keywords.count === 0 ? undefined : this.#columns.headerOf(place);
    if (header === undefined) return NO_RULES;
    const known = this.#headers.get(header.start);
    if (known !== undefined) return known;
    const rules = saidInside(this.#keywords, this.#meanings.raises, header.start, header.end);
    this.#headers.set(header.start, rules);
    return rules;
  }

  #blockEnd(until: NonNullable<Rule['until']>, from: number): { end: number; unclosed: boolean } {
    const text = this.#text;
    if (from < this.#blockFrom || from > this.#blockTo) {
      BLOCK.lastIndex = from;
      BLOCK.test(text);
      this.#blockFrom = from;
      this.#blockTo = BLOCK.lastIndex;
    }
    const most = Math.min(this.#blockTo, from + BLOCK_CHARS);
    const found = this.#nextOf(until.literal, from);
    if (found < 0 || found > most) return { end: most, unclosed: most === text.length };
    const end = until.automaton.longest(text, found);
    return end < 0 ? { end: most, unclosed: most === text.length } : { end, unclosed: false };
  }

  /** Where `literal` is next from `from` on; -1: nowhere. Blocks come in their order, so the text is searched once. */
  #nextOf(literal: string, from: number): number {
    const known = this.#nexts.get(literal);
    if (known !== undefined && from >= known.from && (known.at < 0 || from <= known.at)) return known.at;
    const at = this.#text.indexOf(literal, from);
    this.#nexts.set(literal, { from, at });
    return at;
  }

  #startsWell({ pattern: { boundary } }: Rule, start: number): boolean {
    if (boundary === 'none' || start === 0) return true;
    const text = this.#text;
    const before = text.charCodeAt(start - 1);
    if (isWordly(before)) return false;
    if (boundary === 'word' || start === 1) return true;
    const beyond = text.charCodeAt(start - 2);
    if (boundary === 'number') return !(NUMBER_JOINS.includes(text.charAt(start - 1)) && isDigit(beyond));
    return !(before !== EQUALS && JOINS.includes(text.charAt(start - 1)) && isWordly(beyond));
  }

  #endsWell({ pattern: { boundary, context } }: Rule, end: number): boolean {
    const text = this.#text;
    if (context === 'assigned' && end < text.length && !VALUE_ENDS.test(text.slice(end, end + 2)))
      return false;
    if (boundary === 'none' || end >= text.length) return true;
    if (isWordly(text.charCodeAt(end))) return false;
    if (boundary === 'word' || end + 1 >= text.length) return true;
    if (boundary === 'number')
      return !(NUMBER_JOINS.includes(text.charAt(end)) && isDigit(text.charCodeAt(end + 1)));
    return !(JOINS.includes(text.charAt(end)) && isWordly(text.charCodeAt(end + 1)));
  }
}
