// A text's candidates, judged: which patterns match where. One pass finds literals, keywords and runs of digits; automata walk only
// where those lead. The time is linear in the text, whatever the text and the patterns.
import { valuesOf } from './assigned.ts';
import { Columns } from './columns.ts';
import type { Form, Rule, Rules } from './compile.ts';
import { isWordly, KIND, LOWER, UPPER } from './fold.ts';
import { Gate, isSign } from './gate.ts';
import { Judge } from './judge.ts';
import type { Hits } from './literals.ts';
import { newHits } from './literals.ts';
import { ANCHOR, ASSIGNED, KEYWORD, WORDS } from './meanings.ts';
import type { Keywords } from './near.ts';
import { AFTER_CHARS, BEFORE_CHARS, isWord, newKeywords, noteKeyword, orderKeywords } from './near.ts';
import { MATCH_CHARS, newWalk, nextText } from './regex/automaton.ts';
import { BACK_BREAKS, BACK_CHARS } from './regex/digits.ts';
import { NUMBER_CHARS, Sight } from './sight.ts';

/** A match of a rule that passed its boundary and checks. Positions are of the text as scanned. */
export type Match = {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  /** The text of it as scanned: without disguise, so that one value is one. */
  readonly value: string;
  /** It is a block without its end yet: what follows belongs to it. */
  readonly unclosed: boolean;
};

/** What is asked of a rule, by its index: nothing, to be looked for, or besides that its values must not leave half seen. */
export const SKIP = 0;
export const LOOK = 1;
export const HOLD = 2;

/** What a scan found. What begins at or after `decided` may yet become something else when the text goes on. */
export type Scanned = { readonly matches: readonly Match[]; readonly decided: number };

/** Scans texts by one set of rules. Not to be used by two scans at once: its buffers are its own. */
export class Scanner {
  readonly #rules: Rules;
  readonly #hits: Hits = newHits();
  readonly #gate: Gate;
  readonly #keywords: Keywords = newKeywords();
  readonly #left = newWalk();
  readonly #right = newWalk();
  readonly #columns = new Columns();
  readonly #judge: Judge;
  readonly #sight: Sight;
  /** By form: up to where words after a keyword have been looked at. */
  readonly #looked = new Map<number, number>();
  #text = '';
  #open = false;
  #wanted: Uint8Array = new Uint8Array(0);

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#gate = new Gate(rules.entrances, this.#hits);
    this.#judge = new Judge(rules.meanings, this.#keywords, this.#columns);
    this.#sight = new Sight(rules.meanings, this.#keywords, rules.rules.length);
  }

  /** Scans `text`; `open`: it may go on. `wanted` has SKIP, LOOK or HOLD by rule. */
  scan(text: string, open: boolean, wanted: Uint8Array): Scanned {
    this.#text = text;
    this.#open = open;
    this.#wanted = wanted;
    this.#right.text = nextText();
    this.#left.text = this.#right.text;
    this.#judge.begin(text, open);
    this.#columns.begin(text);
    this.#hits.count = 0;
    this.#gate.pass(text, open);
    if (this.#hits.count > 0) {
      this.#noteKeywords();
      this.#scanAnchors();
    } else this.#keywords.count = 0;
    this.#scanNumbers();
    if (this.#keywords.count > 0) this.#scanKeywords();
    const { eager } = this.#gate;
    for (let i = 0; i < eager.count; i++)
      for (const form of this.#rules.eager.select(text, eager.at(i))) this.#try(form, eager.at(i));
    if (open) this.#scanEnd();
    return this.#judge.end();
  }

  #noteKeywords(): void {
    const { ids, ends, count } = this.#hits;
    const { flags, lengths } = this.#rules.meanings;
    this.#keywords.count = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const what = flags[id] ?? 0;
      if ((what & KEYWORD) === 0) continue;
      const end = ends[i] ?? 0;
      const start = end - (lengths[id] ?? 0);
      if (isWord(this.#text, start, end, what)) noteKeyword(this.#keywords, id, start, end);
    }
    orderKeywords(this.#keywords);
  }

  /** The forms that begin with a literal, or have it inside. */
  #scanAnchors(): void {
    const { ids, ends, count } = this.#hits;
    const { flags, lengths, anchors } = this.#rules.meanings;
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      if (((flags[id] ?? 0) & ANCHOR) === 0) continue;
      const start = (ends[i] ?? 0) - (lengths[id] ?? 0);
      const last = anchors.first[id + 1] ?? 0;
      for (let at = anchors.first[id] ?? 0; at < last; at++) this.#tryIndex(anchors.items[at] ?? 0, start);
    }
  }

  #tryIndex(index: number, from: number): void {
    const form = this.#rules.forms[index];
    if (form !== undefined) this.#try(form, from);
  }

  /** Tries `form` with `right` beginning at `from`. */
  #try(form: Form, from: number): void {
    const wanted = this.#wanted[form.rule.index] ?? SKIP;
    if (wanted === SKIP) return;
    if (form.left === undefined && !this.#judge.mayStart(form, from)) return;
    const text = this.#text;
    form.right.walk(text, from, text.length, this.#right);
    if (this.#right.count === 0 && !(this.#open && this.#right.open)) return;
    if (form.left === undefined) {
      this.#judge.form(form, from, this.#right, wanted === HOLD);
      return;
    }
    form.left.walk(text, from, 0, this.#left);
    for (let i = this.#left.count - 1; i >= 0; i--) {
      if (this.#judge.form(form, this.#left.ends[i] ?? from, this.#right, wanted === HOLD)) return;
    }
  }

  /** Tries the forms of numbers that fit: those without keywords, and those that a keyword near, or a column's header, speaks for. */
  #scanNumbers(): void {
    const text = this.#text;
    const { numbers: starts } = this.#gate;
    const { numbers, waiting } = this.#rules;
    const awaitedFrom = this.#open ? text.length - NUMBER_CHARS - AFTER_CHARS : text.length;
    if (this.#keywords.count === 0 && !this.#open) {
      for (let i = 0; i < starts.count; i++)
        for (const form of numbers.select(text, starts.at(i))) this.#try(form, starts.at(i));
      return;
    }
    this.#sight.begin();
    for (let i = 0; i < starts.count; i++) {
      const start = starts.at(i);
      for (const form of numbers.select(text, start)) this.#try(form, start);
      const awaited = start >= awaitedFrom;
      const near = this.#sight.moveTo(start);
      const headed = this.#judge.headed(start);
      if (!near && !awaited && headed.size === 0) continue;
      for (const form of waiting.select(text, start)) {
        const { index } = form.rule;
        if (awaited || this.#sight.has(index) || headed.has(index)) this.#try(form, start);
      }
    }
  }

  /** What keywords lead to: values assigned to them, and words after them. */
  #scanKeywords(): void {
    const { ids, starts, ends, count } = this.#keywords;
    const { flags, words } = this.#rules.meanings;
    this.#looked.clear();
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const what = flags[id] ?? 0;
      if ((what & ASSIGNED) !== 0) this.#scanAssigned(id, starts[i] ?? 0, ends[i] ?? 0);
      if ((what & WORDS) === 0) continue;
      for (let at = words.first[id] ?? 0; at < (words.first[id + 1] ?? 0); at++)
        this.#scanWords(ends[i] ?? 0, words.items[at] ?? 0);
    }
  }

  #scanAssigned(id: number, start: number, end: number): void {
    const { assigned } = this.#rules.meanings;
    for (const value of valuesOf(this.#text, start, end)) {
      const code = this.#text.charCodeAt(value);
      for (let at = assigned.first[id] ?? 0; at < (assigned.first[id + 1] ?? 0); at++) {
        const form = this.#rules.forms[assigned.items[at] ?? 0];
        if (form !== undefined && (code >= 128 || form.first[code] === 1)) this.#try(form, value);
      }
    }
  }

  /** Words after a keyword that ends at `end`, each looked at once for a form. */
  #scanWords(end: number, index: number): void {
    const form = this.#rules.forms[index];
    if (form === undefined || (this.#wanted[form.rule.index] ?? SKIP) === SKIP) return;
    const text = this.#text;
    const last = Math.min(end + BEFORE_CHARS, text.length - 1);
    for (let i = Math.max(end, this.#looked.get(index) ?? 0); i <= last; i++) {
      const code = text.charCodeAt(i);
      if (code < 128 && form.first[code] === 0) continue;
      const kind = KIND[code] ?? 0;
      const begins =
        kind === 0 ? isSign(code) : i === 0 || beginsWord(KIND[text.charCodeAt(i - 1)] ?? 0, kind);
      if (begins) this.#try(form, i);
    }
    this.#looked.set(index, last + 1);
  }

  /** What may only be growing: a literal or a number whose first part is at the text's end. */
  #scanEnd(): void {
    const text = this.#text;
    const { begun, begunAnywhere, literalChars, numbers, waiting, eager } = this.#rules;
    this.#holdLed();
    for (let at = text.length - 1; at >= 0 && at > text.length - literalChars; at--) {
      const hold = (index: number): boolean => {
        const form = this.#rules.forms[index];
        return form !== undefined && this.#holdAt(form, at);
      };
      if (at > 0 && isWordly(text.charCodeAt(at - 1))) begunAnywhere.begun(text, at, hold);
      else if (!begun.begun(text, at, hold)) begunAnywhere.begun(text, at, hold);
    }
    for (const start of this.#lastWords())
      for (const selector of [numbers, waiting, eager])
        for (const form of selector.growing(text, start)) this.#holdAt(form, start);
  }

  #holdAt(form: Form, start: number): boolean {
    if (this.#wanted[form.rule.index] !== HOLD || !this.#judge.mayStart(form, start)) return false;
    form.whole.walk(this.#text, start, this.#text.length, this.#right);
    return this.#right.open && this.#judge.hold(form, start);
  }

  /** Holds the first place from which a form with something before its literal may be growing. */
  #holdLed(): void {
    const text = this.#text;
    for (let at = Math.max(0, text.length - MATCH_CHARS); at < text.length; at++) {
      const isInside = at > 0 && isWordly(text.charCodeAt(at - 1));
      const led = isInside ? this.#rules.ledAnywhere : this.#rules.led;
      for (const form of led.growing(text, at)) if (this.#holdAt(form, at)) return;
    }
  }

  /** Where a number may begin whose digits are yet to come: the last word, the one before it, and signs. */
  #lastWords(): readonly number[] {
    const text = this.#text;
    const starts: number[] = [];
    const floor = Math.max(0, text.length - BACK_CHARS);
    let at = text.length;
    for (let breaks = 0; at > floor && breaks < BACK_BREAKS + 2; ) {
      at -= 1;
      const kind = KIND[text.charCodeAt(at)] ?? 0;
      if (kind === 0) {
        breaks += 1;
        if (isSign(text.charCodeAt(at))) starts.push(at);
      } else if (at === 0 || (KIND[text.charCodeAt(at - 1)] ?? 0) === 0) starts.push(at);
    }
    return starts;
  }
}

const beginsWord = (before: number, kind: number): boolean =>
  before === 0 || (before === LOWER && kind === UPPER);
