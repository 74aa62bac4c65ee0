// Of many forms that may begin at a place, the few that fit its shape: digits, letters and signs, read once for all of them. What it
// leaves out cannot match there; what it gives is looked at character by character.
import type { Form } from './compile.ts';
import { KIND } from './fold.ts';
import type { CharSet } from './regex/char-set.ts';
import type { Nfa } from './regex/nfa.ts';
import { buildNfa, closure } from './regex/nfa.ts';

/** The kinds of units a shape is made of; each sign that numbers are printed with is one. */
const SIGNS = '-./ :_+(),#$@';
const DIGIT = 0;
const UPPER = 1;
const LOWER = 2;
const BEYOND = 3;
const FIRST_SIGN = 4;
const OTHER = FIRST_SIGN + SIGNS.length;
const END = OTHER + 1;
const WIDTH = 32;

/** Shapes are read so far, and so many states of them are kept; beyond either, all forms still possible are given. */
const DEPTH = 24;
const STATES = 8_192;

const kindOf = (code: number): number => {
  if (code >= 128) return BEYOND;
  const kind = KIND[code] ?? 0;
  if (kind === 1) return DIGIT;
  if (kind === 2) return LOWER;
  if (kind === 3) return UPPER;
  const sign = SIGNS.indexOf(String.fromCharCode(code));
  return sign < 0 ? OTHER : FIRST_SIGN + sign;
};

/** Kinds of ASCII units. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(code));

/** A bit for every kind that has a unit in `set`. */
const kindsIn = (set: CharSet): number => {
  let bits = 0;
  for (const [first, last] of set) {
    for (let code = first; code <= Math.min(last, 127); code++) bits |= 1 << (KINDS[code] ?? 0);
    if (last >= 128) bits |= 1 << BEYOND;
  }
  return bits;
};

/** The forms that fit a shape, those without need of a keyword apart from those with. */
export type Fitting = { readonly free: readonly Form[]; readonly waiting: readonly Form[] };

/** One form's automaton; its states are numbered from `base` among all. */
type Part = { readonly form: Form; readonly nfa: Nfa; readonly base: number };

type State = {
  readonly alive: readonly number[];
  readonly passed: readonly number[];
  fitting: Fitting | undefined;
};

const STOP = -1;

/** Selects among forms that nothing but their shape leads to. */
export class Selector {
  readonly #forms: readonly Form[];
  #parts: readonly Part[] = [];
  /** By state of any part: its part, the kinds it reads, and where it goes on. */
  #partOf: readonly number[] = [];
  #reads: readonly number[] = [];
  #next: (readonly number[] | undefined)[] = [];
  readonly #states: State[] = [];
  readonly #ids = new Map<string, number>();
  #rows = new Int32Array(64 * WIDTH);

  constructor(forms: readonly Form[]) {
    this.#forms = forms;
  }

  /** The forms that may match at `start`. */
  select(text: string, start: number): Fitting {
    if (this.#states.length === 0) this.#begin();
    let state = 0;
    for (let at = start, depth = 0; depth < DEPTH; at++, depth++) {
      const code = text.charCodeAt(at);
      const kind = at >= text.length ? END : code < 128 ? (KINDS[code] ?? OTHER) : BEYOND;
      let next = this.#rows[state * WIDTH + kind] ?? 0;
      if (next === 0) next = this.#work(state, kind);
      if (next === STOP) break;
      state = next;
      if (kind === END) break;
    }
    return this.#fitting(state);
  }

  #begin(): void {
    const parts: Part[] = [];
    const partOf: number[] = [];
    const reads: number[] = [];
    for (const form of this.#forms) {
      const nfa = buildNfa(form.node, false);
      const bits = nfa.sets.map(kindsIn);
      parts.push({ form, nfa, base: partOf.length });
      for (let i = 0; i < nfa.reads.length; i++) {
        partOf.push(parts.length - 1);
        reads.push(bits[nfa.reads[i] ?? -1] ?? 0);
      }
    }
    this.#parts = parts;
    this.#partOf = partOf;
    this.#reads = reads;
    this.#next = new Array<undefined>(partOf.length);
    const starts = parts.flatMap(({ nfa, base }) => closure(nfa, [nfa.start]).map((state) => state + base));
    this.#idOf(starts, []);
  }

  #idOf(alive: readonly number[], passed: readonly number[]): number {
    const key = `${alive.join(',')}|${passed.join(',')}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#states.length;
    this.#states.push({ alive, passed, fitting: undefined });
    this.#ids.set(key, id);
    if ((id + 1) * WIDTH > this.#rows.length) {
      const rows = new Int32Array(this.#rows.length * 2);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    return id;
  }

  #work(from: number, kind: number): number {
    const state = this.#states[from];
    if (state === undefined || state.alive.length === 0) return this.#keep(from, kind, STOP);
    if (this.#states.length >= STATES) return STOP;
    const passed = new Set(state.passed);
    // A match that a letter or digit follows is none, but for forms without a boundary.
    const touches = kind <= LOWER;
    for (const member of state.alive) {
      const index = this.#partOf[member] ?? 0;
      const part = this.#parts[index];
      if (part === undefined || member - part.base !== part.nfa.end) continue;
      if (!touches || part.form.rule.pattern.boundary === 'none') passed.add(index);
    }
    const alive = new Set<number>();
    if (kind === END) for (const member of state.alive) alive.add(member);
    else
      for (const member of state.alive)
        if (((this.#reads[member] ?? 0) >> kind) & 1) for (const next of this.#after(member)) alive.add(next);
    const ordered = (set: ReadonlySet<number>): number[] => [...set].sort((a, b) => a - b);
    return this.#keep(from, kind, this.#idOf(ordered(alive), ordered(passed)));
  }

  #keep(from: number, kind: number, to: number): number {
    this.#rows[from * WIDTH + kind] = to;
    return to;
  }

  #after(member: number): readonly number[] {
    const known = this.#next[member];
    if (known !== undefined) return known;
    const part = this.#parts[this.#partOf[member] ?? 0];
    if (part === undefined) return [];
    const next = closure(part.nfa, [part.nfa.next[member - part.base] ?? -1]).map(
      (state) => state + part.base,
    );
    this.#next[member] = next;
    return next;
  }

  #fitting(id: number): Fitting {
    const state = this.#states[id];
    if (state === undefined) return NONE;
    if (state.fitting !== undefined) return state.fitting;
    const indexes = new Set([...state.passed, ...state.alive.map((member) => this.#partOf[member] ?? 0)]);
    const forms = [...indexes].sort((a, b) => a - b).flatMap((index) => this.#parts[index]?.form ?? []);
    state.fitting = {
      free: forms.filter(({ rule }) => rule.pattern.context !== 'required'),
      waiting: forms.filter(({ rule }) => rule.pattern.context === 'required'),
    };
    return state.fitting;
  }
}

const NONE: Fitting = { free: [], waiting: [] };
