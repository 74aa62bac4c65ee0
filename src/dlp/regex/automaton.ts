// A pattern as a deterministic automaton, made state by state as texts ask for it. One table look-up a character, whatever
// the pattern and whatever the text: there is nothing to backtrack.
import { has } from './char-set.ts';
import type { Nfa } from './nfa.ts';
import { buildNfa, closure } from './nfa.ts';
import { StateSets } from './state-sets.ts';
import type { Node } from './syntax.ts';

/** A row not worked out yet. */
const UNKNOWN = 0;
/** No text goes on from here to a match. */
const DEAD = 1;
const FIRST = 2;

/** States kept; past it all are forgotten and made anew as needed, so memory is bounded. */
const STATES = 4_096;

/** A match that goes on for longer notes where it is so often, in characters. */
const LONG_STEP = 64;

/** Ends of matches that are kept of one walk, the last ones. A boundary or a check picks among them. */
export const ENDS = 8;

/** A match still growing here is decided as it stands, and goes on as far as it matches. Bounds what a stream holds back. */
export const MATCH_CHARS = 256;

/** What a walk found; reused from walk to walk. */
export type Walk = {
  /** Where matches may end, ascending; the last {@link ENDS} of them. */
  readonly ends: Int32Array;
  count: number;
  /** Whether the text ended before it was clear how far a match goes. */
  open: boolean;
  /** A number for the text: another text, another number. */
  text: number;
};

export const newWalk = (): Walk => ({ ends: new Int32Array(ENDS), count: 0, open: false, text: 0 });

let texts = 0;

/** A number that no text has yet. */
export const nextText = (): number => {
  texts += 1;
  return texts;
};

/** A pattern's automaton, to walk forwards or backwards. Made when it is first walked: few of a thousand patterns ever are. */
export class Automaton {
  readonly #read: () => Node;
  readonly #backwards: boolean;
  #machine: Machine | undefined;

  /** `read` reads the pattern, when it is wanted. */
  constructor(read: () => Node, backwards: boolean) {
    this.#read = read;
    this.#backwards = backwards;
  }

  /**
   * Walks from `from` to at most `limit` (a position in the text; before `from` when backwards) and notes where matches end.
   * A match longer than {@link MATCH_CHARS} that is one at that length goes on while it stays one.
   */
  walk(text: string, from: number, limit: number, walk: Walk): void {
    this.#machine ??= new Machine(this.#read(), this.#backwards);
    this.#machine.walk(text, from, limit, walk);
  }

  /** The end of the longest match from `from`; -1: there is none. */
  longest(text: string, from: number): number {
    const walk = newWalk();
    walk.text = nextText();
    this.walk(text, from, text.length, walk);
    return walk.count === 0 ? -1 : (walk.ends[walk.count - 1] ?? -1);
  }
}

/** The automaton itself. */
class Machine {
  readonly #nfa: Nfa;
  readonly #backwards: boolean;
  readonly #ascii = new Uint8Array(128);
  /** Where classes of units beyond ASCII begin, and which. */
  readonly #starts: Uint16Array;
  readonly #classes: Uint16Array;
  readonly #count: number;
  /** Whether a set has a class, set by set. */
  readonly #reads: Uint8Array;
  #rows: Uint16Array;
  #accepts: Uint8Array;
  #sets = new StateSets();
  /** Of the text that had long matches last: by place and state, how they ended. */
  #longText = 0;
  readonly #long = new Map<number, Omit<Walk, 'text'>>();
  /** How often all states were forgotten. */
  #age = 0;

  constructor(node: Node, backwards: boolean) {
    this.#nfa = buildNfa(node, backwards);
    this.#backwards = backwards;
    const cuts = new Set([0]);
    for (const set of this.#nfa.sets) for (const [first, last] of set) cuts.add(first).add(last + 1);
    const bySets = new Map<string, number>();
    const samples: number[] = [];
    const classes: number[] = [];
    const ordered = [...cuts].filter((cut) => cut <= 0xffff).sort((a, b) => a - b);
    for (const cut of ordered) {
      const key = this.#nfa.sets.map((set) => (has(set, cut) ? 1 : 0)).join('');
      let known = bySets.get(key);
      if (known === undefined) {
        known = bySets.size;
        bySets.set(key, known);
        samples.push(cut);
      }
      classes.push(known);
    }
    this.#starts = Uint16Array.from(ordered);
    this.#classes = Uint16Array.from(classes);
    this.#count = samples.length;
    for (let code = 0; code < 128; code++) this.#ascii[code] = this.#search(code);
    this.#reads = Uint8Array.from(
      this.#nfa.sets.flatMap((set) => samples.map((code) => (has(set, code) ? 1 : 0))),
    );
    this.#rows = new Uint16Array(0);
    this.#accepts = new Uint8Array(0);
    this.#forget();
  }

  walk(text: string, from: number, limit: number, walk: Walk): void {
    walk.count = 0;
    walk.open = false;
    const age = this.#age;
    const passed = this.#steps(text, from, limit, walk);
    if (passed === undefined || age !== this.#age) return;
    // However many matches a text goes on with for long: those that come to one state at one place end alike.
    const long = { count: walk.count, ends: walk.ends.slice(), open: walk.open };
    for (const key of passed) this.#long.set(key, long);
  }

  /** Walks; gives where it was while it went on for longer than usual, if it did. */
  #steps(text: string, from: number, limit: number, walk: Walk): readonly number[] | undefined {
    const step = this.#backwards ? -1 : 1;
    let passed: number[] | undefined;
    let state = FIRST;
    let at = from;
    let left = MATCH_CHARS;
    if (this.#accepts[state] === 1) this.#note(walk, at);
    while (at !== limit) {
      const code = text.charCodeAt(this.#backwards ? at - 1 : at);
      const kind = code < 128 ? (this.#ascii[code] ?? 0) : this.#search(code);
      let next = this.#rows[state * this.#count + kind] ?? UNKNOWN;
      if (next === UNKNOWN) next = this.#work(state, kind);
      if (next === DEAD) return passed;
      state = next;
      at += step;
      left -= 1;
      const accepted = this.#accepts[state] === 1;
      if (accepted) this.#note(walk, at);
      if (left > 0) continue;
      if (!accepted) return passed;
      if (at % LONG_STEP !== 0) continue;
      passed ??= [];
      if (walk.text !== this.#longText) {
        this.#longText = walk.text;
        this.#long.clear();
      }
      const key = at * STATES + state;
      const long = this.#long.get(key);
      if (long !== undefined && Math.abs((long.ends[long.count - 1] ?? at) - at) > ENDS) {
        walk.count = long.count;
        walk.ends.set(long.ends);
        walk.open = long.open;
        return passed;
      }
      passed.push(key);
    }
    walk.open = true;
    return passed;
  }

  #note(walk: Walk, at: number): void {
    if (walk.count === ENDS) {
      walk.ends.copyWithin(0, 1);
      walk.ends[ENDS - 1] = at;
    } else {
      walk.ends[walk.count] = at;
      walk.count += 1;
    }
  }

  #search(code: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= code) low = middle;
      else high = middle - 1;
    }
    return this.#classes[low] ?? 0;
  }

  #forget(): void {
    this.#age += 1;
    this.#long.clear();
    this.#rows = new Uint16Array(8 * this.#count);
    this.#accepts = new Uint8Array(8);
    this.#sets = new StateSets();
    this.#idOf(closure(this.#nfa, [this.#nfa.start]));
  }

  #idOf(members: readonly number[]): number {
    if (members.length === 0) return DEAD;
    const id = this.#sets.idOf(members) + FIRST;
    if (id >= this.#accepts.length) {
      const rows = new Uint16Array(this.#rows.length * 2);
      rows.set(this.#rows);
      this.#rows = rows;
      const accepts = new Uint8Array(this.#accepts.length * 2);
      accepts.set(this.#accepts);
      this.#accepts = accepts;
    }
    this.#accepts[id] = members.includes(this.#nfa.end) ? 1 : 0;
    return id;
  }

  /** Works out one step, and keeps it. */
  #work(state: number, kind: number): number {
    const reached: number[] = [];
    const end = this.#sets.from(state - FIRST + 1);
    for (let i = this.#sets.from(state - FIRST); i < end; i++) {
      const member = this.#sets.at(i);
      const set = this.#nfa.reads[member] ?? -1;
      if (set >= 0 && this.#reads[set * this.#count + kind] === 1) reached.push(this.#nfa.next[member] ?? -1);
    }
    const members = closure(this.#nfa, reached);
    if (this.#sets.count >= STATES) {
      this.#forget();
      return this.#idOf(members);
    }
    const next = this.#idOf(members);
    this.#rows[state * this.#count + kind] = next;
    return next;
  }
}
