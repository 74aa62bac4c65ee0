// A text's candidates, judged: which patterns match where. One pass finds literals, keywords and runs of digits; automata walk only
// where those lead. The time is linear in the text, whatever the text and the patterns.
import { valuesOf } from './assigned.ts';
import { Columns } from './columns.ts';
import type { Form, Rule, Rules } from './compile.ts';
import { FOLDED, KIND, LOWER, UPPER } from './fold.ts';
import { isWordly, Judge } from './judge.ts';
import type { Hits } from './literals.ts';
import { newHits } from './literals.ts';
import type { Meaning } from './meanings.ts';
import type { Keywords } from './near.ts';
import {
  AFTER_CHARS,
  BEFORE_CHARS,
  eachInside,
  eachNear,
  isWord,
  newKeywords,
  noteKeyword,
  orderKeywords,
} from './near.ts';
import { MATCH_CHARS, newWalk } from './regex/automaton.ts';
import { BACK_CHARS } from './regex/digits.ts';

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

/** Numbers longer than this with a keyword only after them are not looked for: bounds the way back from a keyword. */
const NUMBER_CHARS = 64;

/** Scans texts by one set of rules. Not to be used by two scans at once: its buffers are its own. */
export class Scanner {
  readonly #rules: Rules;
  readonly #hits: Hits = newHits();
  readonly #keywords: Keywords = newKeywords();
  readonly #left = newWalk();
  readonly #right = newWalk();
  readonly #columns = new Columns();
  readonly #judge: Judge;
  #text = '';
  #open = false;
  #wanted: Uint8Array = new Uint8Array(0);
  /** By rule: the mark of the last place that a keyword near it spoke for the rule. */
  readonly #raised: Int32Array;
  #stamp = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#raised = new Int32Array(rules.rules.length);
    this.#judge = new Judge(rules.meanings, this.#keywords, this.#columns);
  }

  /** Scans `text`; `open`: it may go on. `wanted` has SKIP, LOOK or HOLD by rule. */
  scan(text: string, open: boolean, wanted: Uint8Array): Scanned {
    this.#text = text;
    this.#open = open;
    this.#wanted = wanted;
    this.#judge.begin(text, open);
    this.#columns.begin(text);
    const hits = this.#hits;
    hits.count = 0;
    this.#rules.words.search(text, hits);
    this.#rules.anywhere.search(text, hits);
    this.#noteKeywords();
    for (let i = 0; i < hits.count; i++) {
      const meaning = this.#rules.meanings[hits.ids[i] ?? 0];
      if (meaning === undefined || meaning.anchors.length === 0) continue;
      const start = (hits.ends[i] ?? 0) - meaning.length;
      for (const form of meaning.anchors) this.#try(form, start);
    }
    this.#scanDigits();
    this.#scanKeywords();
    this.#scanEager();
    if (open) this.#scanEnd();
    return this.#judge.end();
  }

  #noteKeywords(): void {
    const { ids, ends, count } = this.#hits;
    this.#keywords.count = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i] ?? 0;
      const meaning = this.#rules.meanings[id];
      if (meaning === undefined || meaning.raises.size + meaning.against.size === 0) continue;
      const end = ends[i] ?? 0;
      if (isWord(this.#text, end - meaning.length, end, meaning))
        noteKeyword(this.#keywords, id, end - meaning.length, end);
    }
    orderKeywords(this.#keywords);
  }

  /** Tries `form` with `right` beginning at `from`. */
  #try(form: Form, from: number): void {
    const wanted = this.#wanted[form.rule.index] ?? SKIP;
    if (wanted === SKIP) return;
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

  /** Every run of digits, and the places shortly before it where a match with it may begin. */
  #scanDigits(): void {
    const text = this.#text;
    let last = -1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 57 || code < 48) continue;
      last = this.#startsBefore(i, last);
      do i++;
      while (i < text.length && (text.charCodeAt(i) ^ 48) < 10);
    }
  }

  /** Tries the starts that lead to the digit at `digit`, none before `after`; gives the last that was tried. */
  #startsBefore(digit: number, after: number): number {
    const text = this.#text;
    const floor = Math.max(after, digit - BACK_CHARS, -1);
    let word = digit;
    while (word - 1 > floor && isWordly(text.charCodeAt(word - 1))) word -= 1;
    // A later run of digits in a word whose start has been tried.
    if (word < digit && word - 1 === after && after >= 0) return digit;
    if (word - 1 > floor) {
      // One word of letters before it, one sign apart: `AB 12 34 56 C`.
      let before = word - 1;
      while (before - 1 > floor && isLetter(text.charCodeAt(before - 1))) before -= 1;
      if (before < word - 1) this.#digitsAt(before);
      // Signs that numbers begin with.
      for (let sign = word - 1; sign > floor && sign >= word - 2 && isSign(text.charCodeAt(sign)); sign--)
        if (sign >= before + (before < word - 1 ? 1 : 0)) this.#digitsAt(sign);
    }
    this.#digitsAt(word);
    return digit;
  }

  /** Tries the forms of numbers that fit at `start`: those without keywords, and those that a keyword near speaks for. */
  #digitsAt(start: number): void {
    const { free, waiting } = this.#rules.numbers.select(this.#text, start);
    for (const form of free) this.#try(form, start);
    if (waiting.length === 0) return;
    const stamp = this.#markRaised(start);
    const awaited = this.#open && start >= this.#text.length - NUMBER_CHARS - AFTER_CHARS;
    if (stamp === 0 && !awaited) return;
    for (const form of waiting)
      if (awaited || this.#raised[form.rule.index] === stamp) this.#try(form, start);
  }

  /** Marks the rules that a keyword near `start` speaks for; gives the mark, 0 when there is no keyword. */
  #markRaised(start: number): number {
    if (this.#keywords.count === 0) return 0;
    this.#stamp += 1;
    const stamp = this.#stamp;
    let any = false;
    const mark = (id: number): void => {
      any = true;
      for (const index of this.#rules.meanings[id]?.raises ?? []) this.#raised[index] = stamp;
    };
    eachNear(this.#keywords, start, NUMBER_CHARS, mark);
    const header = this.#columns.headerOf(start);
    if (header !== undefined) eachInside(this.#keywords, header, mark);
    return any ? stamp : 0;
  }

  /** What keywords lead to: values assigned to them, and words after them. */
  #scanKeywords(): void {
    const { ids, starts, ends, count } = this.#keywords;
    for (let i = 0; i < count; i++) {
      const meaning = this.#rules.meanings[ids[i] ?? 0];
      if (meaning === undefined) continue;
      if (meaning.assigned.length > 0) this.#scanAssigned(meaning, starts[i] ?? 0, ends[i] ?? 0);
      if (meaning.words.length > 0)
        this.#scanWords(ends[i] ?? 0, (ends[i] ?? 0) + BEFORE_CHARS, meaning.words);
    }
  }

  #scanAssigned(meaning: Meaning, start: number, end: number): void {
    for (const value of valuesOf(this.#text, start, end)) {
      const code = this.#text.charCodeAt(value);
      for (const form of meaning.assigned) if (code >= 128 || form.first[code] === 1) this.#try(form, value);
    }
  }

  #scanWords(from: number, to: number, forms: readonly Form[]): void {
    const text = this.#text;
    const end = Math.min(to, text.length - 1);
    for (let i = from; i <= end; i++) {
      const code = text.charCodeAt(i);
      const kind = KIND[code] ?? 0;
      if (kind === 0 ? !isSign(code) : i > 0 && !beginsWord(KIND[text.charCodeAt(i - 1)] ?? 0, kind))
        continue;
      for (const form of forms) if (code >= 128 || form.first[code] === 1) this.#try(form, i);
    }
  }

  /** Words that may begin a form nothing else leads to. */
  #scanEager(): void {
    const text = this.#text;
    const first = this.#rules.eagerFirst;
    let before = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const kind = KIND[code] ?? 0;
      const begins = kind === 0 || beginsWord(before, kind);
      before = kind;
      if (!begins || (code < 128 && first[code] === 0)) continue;
      for (const form of this.#rules.eager.select(text, i).free) this.#try(form, i);
    }
  }

  /** What may only be growing: a literal or a number whose first part is at the text's end. */
  #scanEnd(): void {
    const text = this.#text;
    const { prefixes, prefixChars } = this.#rules;
    this.#holdLed();
    let suffix = '';
    for (let at = text.length - 1; at >= 0 && at >= text.length - prefixChars; at--) {
      suffix = String.fromCharCode(FOLDED[text.charCodeAt(at)] ?? 0) + suffix;
      for (const form of prefixes.get(suffix) ?? []) {
        if (this.#holdAt(form, at)) break;
      }
    }
    for (const start of this.#lastWords()) {
      const { free, waiting } = this.#rules.numbers.select(text, start);
      for (const form of free) this.#holdAt(form, start);
      for (const form of waiting) this.#holdAt(form, start);
      for (const form of this.#rules.eager.select(text, start).free) this.#holdAt(form, start);
    }
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
      if (at > 0 && isWordly(text.charCodeAt(at - 1))) continue;
      const { free, waiting } = this.#rules.led.select(text, at);
      for (const form of free) if (this.#holdAt(form, at)) return;
      for (const form of waiting) if (this.#holdAt(form, at)) return;
    }
  }

  /** Where a number may begin whose digits are yet to come: the last word, the one before it, and signs. */
  #lastWords(): readonly number[] {
    const text = this.#text;
    const starts: number[] = [];
    const floor = Math.max(0, text.length - BACK_CHARS);
    let at = text.length;
    for (let breaks = 0; at > floor && breaks < 3; ) {
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

const isLetter = (code: number): boolean => {
  const kind = KIND[code] ?? 0;
  return kind === LOWER || kind === UPPER;
};

/** `+ ( # $ - .` may be a match's first character. */
const isSign = (code: number): boolean =>
  code === 43 || code === 40 || code === 35 || code === 36 || code === 45 || code === 46;

const beginsWord = (before: number, kind: number): boolean =>
  before === 0 || (before === LOWER && kind === UPPER);
