// Finds many literals at the starts of words, whatever their number: a trie walked from each start. Most words leave it at once, so a
// table for the first two units and short lists beyond them are as fast as an automaton of all of them, in a tenth of its memory.
import { FOLDED, fold, JOINED, KIND, LOWER, UPPER } from './fold.ts';
import type { Hits, Literal } from './literals.ts';
import { addHit } from './literals.ts';

const ASCII = 128;

/** The search for literals that begin where a word does. */
export class WordSearch {
  /** By folded unit: the node it leads to from the root. */
  readonly #roots = new Int32Array(0x10000);
  /** By node of the first level and ASCII unit: the node that follows. */
  readonly #seconds: Int32Array;
  /** Children of node n: the unit `#units[i]` leads to node i + 1, for i from `#first[n]` to `#first[n + 1]`. */
  readonly #first: Int32Array;
  readonly #units: Uint16Array;
  /** The literals that end at a node: from here on in `#lists`, their number first; 0: none. */
  readonly #ends: Int32Array;
  readonly #lists: Int32Array;

  constructor(literals: readonly Literal[]) {
    const trie = grow(literals);
    const { top } = trie;
    this.#first = Int32Array.from(trie.first);
    this.#units = Uint16Array.from(trie.units);
    this.#ends = Int32Array.from(trie.ends);
    this.#lists = Int32Array.from(trie.lists);
    this.#seconds = new Int32Array((top + 1) * ASCII);
    for (let edge = 0; edge < top; edge++) this.#roots[this.#units[edge] ?? 0] = edge + 1;
    for (let node = 1; node <= top; node++)
      for (let edge = this.#first[node] ?? 0; edge < (this.#first[node + 1] ?? 0); edge++) {
        const unit = this.#units[edge] ?? 0;
        if (unit < ASCII) this.#seconds[node * ASCII + unit] = edge + 1;
      }
  }

  /** Notes in `hits` every literal that begins at the start of a word of `text`, in the order of their starts. */
  search(text: string, hits: Hits): void {
    let before = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const kind = KIND[code] ?? 0;
      const starts =
        kind !== 0 &&
        (before === 0 || kind === JOINED || before === JOINED || (before === LOWER && kind === UPPER));
      before = kind;
      if (starts) this.#walk(text, i, this.#roots[FOLDED[code] ?? 0] ?? 0, hits);
    }
  }

  #walk(text: string, start: number, root: number, hits: Hits): void {
    let node = root;
    for (let at = start + 1; node !== 0; at++) {
      const list = this.#ends[node] ?? 0;
      for (let i = list === 0 ? 0 : (this.#lists[list] ?? 0); i > 0; i--)
        addHit(hits, this.#lists[list + i] ?? 0, at);
      if (at >= text.length) return;
      const unit = FOLDED[text.charCodeAt(at)] ?? 0;
      node =
        at === start + 1 && unit < ASCII
          ? (this.#seconds[node * ASCII + unit] ?? 0)
          : this.#child(node, unit);
    }
  }

  #child(node: number, unit: number): number {
    let low = this.#first[node] ?? 0;
    let high = this.#first[node + 1] ?? 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      const here = this.#units[middle] ?? 0;
      if (here === unit) return middle + 1;
      if (here < unit) low = middle + 1;
      else high = middle;
    }
    return 0;
  }
}

/** A trie, its nodes in the order of their depth: the root is 0, and the edge numbered n leads to node n + 1. */
type Trie = {
  readonly top: number;
  /** By node: its first edge; one more at the end. */
  readonly first: readonly number[];
  /** By edge: its unit, ascending under one node. */
  readonly units: readonly number[];
  readonly ends: readonly number[];
  readonly lists: readonly number[];
};

/** Of literals in their order every node is a stretch: nothing is made for a node but its numbers. */
const grow = (literals: readonly Literal[]): Trie => {
  const sorted = literals.map(({ text, id }) => ({ text: fold(text), id }));
  sorted.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : b.id - a.id));
  const [first, units, ends, lists]: [number[], number[], number[], number[]] = [[], [], [], [0]];
  // By node: where its stretch begins and ends, and how deep it is.
  const [from, to, depths] = [[0], [sorted.length], [0]];
  for (let node = 0; node < from.length; node++) {
    const end = to[node] ?? 0;
    const depth = depths[node] ?? 0;
    let at = from[node] ?? 0;
    const own = at;
    while (at < end && sorted[at]?.text.length === depth) at += 1;
    ends.push(at > own ? lists.length : 0);
    if (at > own) lists.push(at - own, ...sorted.slice(own, at).map(({ id }) => id));
    first.push(units.length);
    while (at < end) {
      const unit = sorted[at]?.text.charCodeAt(depth) ?? 0;
      from.push(at);
      while (at < end && sorted[at]?.text.charCodeAt(depth) === unit) at += 1;
      to.push(at);
      depths.push(depth + 1);
      units.push(unit);
    }
  }
  first.push(units.length);
  return { top: first[1] ?? 0, first, units, ends, lists };
};
