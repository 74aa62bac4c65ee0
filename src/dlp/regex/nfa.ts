// A regular expression's tree as a nondeterministic automaton (Thompson's construction), repetitions written out.
import type { CharSet } from './char-set.ts';
import type { Node } from './syntax.ts';
import { RegexFault } from './syntax.ts';

/** States by number. A state either reads one unit of its set, or goes on unread to up to two others, or is the end. */
export type Nfa = {
  readonly start: number;
  readonly end: number;
  /** The set a state reads, by its index in `sets`; -1: it reads nothing. */
  readonly reads: Int16Array;
  readonly next: Int16Array;
  /** The second way on of a state that reads nothing; -1: none. */
  readonly other: Int16Array;
  readonly sets: readonly CharSet[];
};

/** Written out, a pattern has at most so many states: some repetitions of repetitions would have millions. They fit in 15 bits. */
const STATES = 20_000;

/** Builds the automaton; `backwards` reads the text from its end. Throws RegexFault when it would be too large. */
export const buildNfa = (node: Node, backwards: boolean): Nfa => {
  const builder = new Builder(backwards);
  const end = builder.state(-1, -1, -1);
  const start = builder.add(node, end);
  return {
    start,
    end,
    reads: Int16Array.from(builder.reads),
    next: Int16Array.from(builder.next),
    other: Int16Array.from(builder.other),
    sets: builder.sets,
  };
};

/** Throws RegexFault when `node`, written out, would be too large. */
export const mustBeSmall = (node: Node): void => {
  if (statesOf(node) > STATES) throw new RegexFault(`too large: over ${STATES} states`);
};

/** At least as many states as {@link buildNfa} makes. */
const statesOf = (node: Node): number => {
  if (node.kind === 'set') return 1;
  if (node.kind === 'repeat') {
    const times = node.max === Number.POSITIVE_INFINITY ? node.min + 1 : node.max;
    return (statesOf(node.node) + 1) * times;
  }
  const parts = node.kind === 'seq' ? node.parts : node.options;
  return parts.reduce((sum, part) => sum + statesOf(part) + 1, 0);
};

class Builder {
  readonly reads: number[] = [];
  readonly next: number[] = [];
  readonly other: number[] = [];
  readonly sets: CharSet[] = [];
  /** Sets by themselves: a repetition has one many times over; and by what is in them. */
  readonly #indexes = new Map<CharSet, number>();
  readonly #known = new Map<string, number>();
  readonly #backwards: boolean;

  constructor(backwards: boolean) {
    this.#backwards = backwards;
  }

  state(reads: number, next: number, other: number): number {
    if (this.reads.length >= STATES) throw new RegexFault(`too large: over ${STATES} states`);
    this.reads.push(reads);
    this.next.push(next);
    this.other.push(other);
    return this.reads.length - 1;
  }

  /** Adds `node`, which goes on to `then`; gives its start. */
  add(node: Node, then: number): number {
    if (node.kind === 'set') return this.state(this.#setIndex(node.set), then, -1);
    if (node.kind === 'repeat') return this.#repeat(node.node, node.min, node.max, then);
    if (node.kind === 'any')
      return node.options.map((option) => this.add(option, then)).reduce((a, b) => this.state(-1, a, b));
    const parts = this.#backwards ? node.parts : node.parts.toReversed();
    return parts.reduce((following, part) => this.add(part, following), then);
  }

  #repeat(node: Node, min: number, max: number, then: number): number {
    let start = then;
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.state(-1, -1, then);
      this.next[loop] = this.add(node, loop);
      start = loop;
    } else for (let i = min; i < max; i++) start = this.state(-1, this.add(node, start), then);
    for (let i = 0; i < min; i++) start = this.add(node, start);
    return start;
  }

  #setIndex(set: CharSet): number {
    const same = this.#indexes.get(set);
    if (same !== undefined) return same;
    const index = this.#equalIndex(set);
    this.#indexes.set(set, index);
    return index;
  }

  #equalIndex(set: CharSet): number {
    const key = set.join(';');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.sets.push(set);
    this.#known.set(key, this.sets.length - 1);
    return this.sets.length - 1;
  }
}

/** The states reachable from `from` without reading, those that read or are the end, ascending. */
export const closure = (nfa: Nfa, from: Iterable<number>): number[] => {
  const seen = new Set<number>();
  const todo = [...from];
  const reading: number[] = [];
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    if (state < 0 || seen.has(state)) continue;
    seen.add(state);
    if (nfa.reads[state] !== -1 || state === nfa.end) reading.push(state);
    else todo.push(nfa.next[state] ?? -1, nfa.other[state] ?? -1);
  }
  return reading.sort((a, b) => a - b);
};
