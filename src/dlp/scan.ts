// A text's candidates, judged: which patterns match where. One pass finds literals, keywords and runs of digits; automata walk only
// where those lead. The time is linear in the text, whatever the text and the patterns.
import { areSettled, valuesOf } from './assigned.ts';
import { Columns } from './columns.ts';
import type { Form, Rule, Rules } from './compile.ts';
import { KIND, LOWER, UPPER } from './fold.ts';
import { Gate, isSign } from './gate.ts';
import { Judge } from './judge.ts';
import type { Hits } from './literals.ts';
import { newHits } from './literals.ts';
import { ANCHOR, ASSIGNED, KEYWORD, WORDS } from './meanings.ts';
import type { Keywords } from './near.ts';
import {
  AFTER_CHARS,
  BEFORE_CHARS,
  isWord,
  newKeywords,
  noteKeyword,
  orderKeywords,
  PLURAL_CHARS,
} from './near.ts';
import { newWalk, nextText } from './regex/automaton.ts';
import { NUMBER_CHARS, Sight } from './sight.ts';
import { Tail } from './tail.ts';
import type { Trail } from './trail.ts';
import { HOLD, SKIP } from './wanted.ts';

export { HOLD, LOOK, SKIP } from './wanted.ts';

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

/** What a scan found. What begins at or after `decided` may yet become something else when the text goes on. */
export type Scanned = { readonly matches: readonly Match[]; readonly decided: number };

/** Scans texts by one set of rules. Not to be used by two scans at once: its buffers are its own. */
export class Scanner {
  readonly #rules: Rules;
  readonly #hits: Hits = newHits();
  readonly #gate: Gate;
  /** Those of a text that is scanned once. */
  readonly #own: Keywords = newKeywords();
  #keywords: Keywords = this.#own;
  readonly #left = newWalk();
  readonly #right = newWalk();
  readonly #columns = new Columns();
  readonly #judge: Judge;
  readonly #sight: Sight;
  readonly #tail: Tail;
  /** By form: up to where words after a keyword have been looked at. */
  readonly #looked = new Map<number, number>();
  #text = '';
  #open = false;
  /** What begins before it is not asked for. */
  #from = 0;
  #wanted: Uint8Array = new Uint8Array(0);

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#gate = new Gate(rules.entrances, this.#hits);
    this.#judge = new Judge(rules.meanings, this.#columns);
    this.#sight = new Sight(rules.meanings, rules.rules.length);
    this.#tail = new Tail(rules, this.#judge);
  }

  /**
   * Scans `text`; `open`: it may go on. `wanted` has SKIP, LOOK or HOLD by rule. With a trail only what begins from `trail.from` on
   * is told, and the text is the one that was scanned with it before, gone on; if all of that is held, no matches are told.
   */
  scan(text: string, open: boolean, wanted: Uint8Array, trail?: Trail): Scanned {
    this.#text = text;
    this.#open = open;
    this.#wanted = wanted;
    this.#from = trail?.from ?? 0;
    this.#keywords = trail?.keywords ?? this.#own;
    this.#right.text = nextText();
    this.#left.text = this.#right.text;
    this.#judge.begin(text, open, this.#keywords);
    this.#columns.begin(text, this.#from);
    this.#tail.begin(text, this.#from, wanted);
    if (this.#from > 0 && open && this.#tail.holdsAll()) return this.#judge.end();
    this.#pass(trail);
    if (this.#hits.count > 0) this.#scanAnchors();
    this.#scanNumbers();
    if (this.#keywords.count > 0) this.#scanKeywords(trail !== undefined);
    this.#scanEager();
    if (open) this.#tail.hold();
    return this.#judge.end();
  }

  /** Finds the places where anything may begin, and the keywords. */
  #pass(trail: Trail | undefined): void {
    this.#hits.count = 0;
    if (trail === undefined) {
      this.#keywords.count = 0;
      this.#gate.pass(this.#text, 0, this.#open);
    } else this.#gate.pass(this.#text, trail.goOn(this.#text), this.#open);
    const loose = this.#hits.count > 0 ? this.#noteKeywords() : this.#text.length;
    if (trail !== undefined) trail.loose = Math.min(loose, this.#gate.loose);
  }

  /** Notes the keywords among the hits; gives where the first begins that may be none when the text goes on. */
  #noteKeywords(): number {
    const { ids, ends, count } = this.#hits;
    const { flags, lengths } = this.#rules.meanings;
    const { length } = this.#text;
    let loose = length;
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const what = flags[id] ?? 0;
      if ((what & KEYWORD) === 0) continue;
      const end = ends[i] ?? 0;
      const start = end - (lengths[id] ?? 0);
      if (end + PLURAL_CHARS > length) loose = Math.min(loose, start);
      if (isWord(this.#text, start, end, what)) noteKeyword(this.#keywords, id, start, end);
    }
    orderKeywords(this.#keywords);
    return loose;
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
    if (form.left === undefined && (from < this.#from || !this.#judge.mayStart(form, from))) return;
    const text = this.#text;
    form.right.walk(text, from, text.length, this.#right);
    if (this.#right.count === 0 && !(this.#open && this.#right.open)) return;
    if (form.left === undefined) {
      this.#judge.form(form, from, this.#right, wanted === HOLD);
      return;
    }
    form.left.walk(text, from, 0, this.#left);
    for (let i = this.#left.count - 1; i >= 0; i--) {
      const start = this.#left.ends[i] ?? from;
      const found =
        start < this.#from
          ? this.#judge.mayStart(form, start)
          : this.#judge.form(form, start, this.#right, wanted === HOLD);
      if (found) return;
    }
  }

  #scanEager(): void {
    const { eager } = this.#gate;
    for (let i = 0; i < eager.count; i++) {
      const start = eager.at(i);
      if (start < this.#from) continue;
      for (const form of this.#rules.eager.select(this.#gate.units, this.#text.length, start))
        this.#try(form, start);
    }
  }

  /** Tries the forms of numbers that fit: those without keywords, and those that a keyword near, or a column's header, speaks for. */
  #scanNumbers(): void {
    const text = this.#text;
    const { numbers: starts, units } = this.#gate;
    const { numbers } = this.#rules;
    const awaitedFrom = this.#open ? text.length - NUMBER_CHARS - AFTER_CHARS : text.length;
    if (this.#keywords.count === 0 && !this.#open) {
      for (let i = 0; i < starts.count; i++)
        for (const form of numbers.select(units, text.length, starts.at(i))) this.#try(form, starts.at(i));
      return;
    }
    this.#sight.begin(this.#keywords, this.#from);
    for (let i = 0; i < starts.count; i++) {
      const start = starts.at(i);
      if (start < this.#from) continue;
      for (const form of numbers.select(units, text.length, start)) this.#try(form, start);
      const near = this.#sight.moveTo(start);
      // Without a keyword yet, all that can come of a number is that it is held.
      const awaited = start >= awaitedFrom && start < this.#judge.decided;
      if (near || awaited || this.#judge.headed(start).size > 0) this.#tryWaiting(start, awaited);
    }
  }

  /** Tries the forms that need a keyword where one speaks for them, or, of an awaited number, may come. */
  #tryWaiting(start: number, awaited: boolean): void {
    const forms = this.#rules.waiting.select(this.#gate.units, this.#text.length, start);
    if (forms.length === 0) return;
    const headed = this.#judge.headed(start);
    for (const form of forms) {
      const { index } = form.rule;
      const spoken = this.#sight.has(index) || headed.has(index);
      if (spoken || (awaited && start < this.#judge.decided)) this.#try(form, start);
    }
  }

  /** What keywords lead to: values assigned to them, and words after them. */
  #scanKeywords(grows: boolean): void {
    const { ids, starts, ends, spent, count } = this.#keywords;
    const { flags, words } = this.#rules.meanings;
    this.#looked.clear();
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const what = flags[id] ?? 0;
      const end = ends[i] ?? 0;
      if ((what & ASSIGNED) !== 0 && spent[i] === 0) {
        const last = this.#scanAssigned(id, starts[i] ?? 0, end);
        if (grows && last < this.#from && areSettled(this.#text)) spent[i] = 1;
      }
      if ((what & WORDS) === 0 || end + BEFORE_CHARS < this.#from) continue;
      for (let at = words.first[id] ?? 0; at < (words.first[id + 1] ?? 0); at++)
        this.#scanWords(end, words.items[at] ?? 0);
    }
  }

  /** Gives where the last value begins; less than 0: there is none. */
  #scanAssigned(id: number, start: number, end: number): number {
    const { assigned } = this.#rules.meanings;
    let last = -1;
    for (const value of valuesOf(this.#text, start, end)) {
      last = Math.max(last, value);
      if (value < this.#from) continue;
      const code = this.#text.charCodeAt(value);
      for (let at = assigned.first[id] ?? 0; at < (assigned.first[id + 1] ?? 0); at++) {
        const form = this.#rules.forms[assigned.items[at] ?? 0];
        if (form !== undefined && (code >= 128 || form.first[code] === 1)) this.#try(form, value);
      }
    }
    return last;
  }

  /** Words after a keyword that ends at `end`, each looked at once for a form. */
  #scanWords(end: number, index: number): void {
    const form = this.#rules.forms[index];
    if (form === undefined || (this.#wanted[form.rule.index] ?? SKIP) === SKIP) return;
    const text = this.#text;
    const last = Math.min(end + BEFORE_CHARS, text.length - 1);
    for (let i = Math.max(end, this.#from, this.#looked.get(index) ?? 0); i <= last; i++) {
      const code = text.charCodeAt(i);
      if (code < 128 && form.first[code] === 0) continue;
      const kind = KIND[code] ?? 0;
      const begins =
        kind === 0 ? isSign(code) : i === 0 || beginsWord(KIND[text.charCodeAt(i - 1)] ?? 0, kind);
      if (begins) this.#try(form, i);
    }
    this.#looked.set(index, last + 1);
  }
}

const beginsWord = (before: number, kind: number): boolean =>
  before === 0 || (before === LOWER && kind === UPPER);
