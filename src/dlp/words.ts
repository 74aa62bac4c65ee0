// Finds many literals at the starts of words, whatever their number: a trie walked from each start. Most words leave it at once, so a
// table for the first two units and short lists beyond them are as fast as an automaton of all of them, in a tenth of its memory.
import { FOLDED, fold, JOINED, KIND, LOWER, UPPER } from './fold.ts';
import type { Hits, Literal } from './literals.ts';
import { addHit } from './literals.ts';

/** A node while the trie is built. */
type Twig = { readonly next: Map<number, Twig>; own: number[]; id: number };

const ASCII = 128;

/** The search for literals that begin where a word does. */
export class WordSearch {
  /** By folded unit: the node it leads to from the root. */
  readonly #roots = new Int32Array(0x10000);
  /** By node of the first level and ASCII unit: the node that follows. */
  readonly #seconds: Int32Array;
  /** Children of node n: `#units[i]` leads to node `#first[n] + i - #first[n]`'s number in `#nodes`, for i from `#first[n]` to `#first[n + 1]`. */
  readonly #first: Int32Array;
  readonly #units: Uint16Array;
  readonly #nodes: Int32Array;
  /** The literals that end at a node: an index into `#lists`; 0: none. */
  readonly #ends: Int32Array;
  readonly #lists: readonly Int32Array[];

  constructor(literals: readonly Literal[]) {
    const nodes = grow(literals);
    const top = nodes[0]?.next.size ?? 0;
    this.#first = new Int32Array(nodes.length + 1);
    this.#units = new Uint16Array(nodes.length);
    this.#nodes = new Int32Array(nodes.length);
    this.#ends = new Int32Array(nodes.length);
    this.#seconds = new Int32Array((top + 1) * ASCII);
    const lists = [new Int32Array(0)];
    let edges = 0;
    for (const node of nodes) {
      this.#first[node.id] = edges;
      for (const [unit, next] of [...node.next].sort(([a], [b]) => a - b)) {
        this.#units[edges] = unit;
        this.#nodes[edges] = next.id;
        edges += 1;
        if (node.id === 0) this.#roots[unit] = next.id;
        else if (node.id <= top && unit < ASCII) this.#seconds[node.id * ASCII + unit] = next.id;
      }
      if (node.own.length > 0) {
        this.#ends[node.id] = lists.length;
        lists.push(Int32Array.from(node.own));
      }
    }
    this.#first[nodes.length] = edges;
    this.#lists = lists;
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
      if (list !== 0) for (const id of this.#lists[list] ?? NONE) addHit(hits, id, at);
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
      if (here === unit) return this.#nodes[middle] ?? 0;
      if (here < unit) low = middle + 1;
      else high = middle;
    }
    return 0;
  }
}

const NONE = new Int32Array(0);

/** The trie's nodes in the order of their depth: the root is 0, and the first level follows it. */
const grow = (literals: readonly Literal[]): readonly Twig[] => {
  const root: Twig = { next: new Map(), own: [], id: 0 };
  for (const { text, id } of literals) {
    let node = root;
    const folded = fold(text);
    for (let i = 0; i < folded.length; i++) {
      const unit = folded.charCodeAt(i);
      let next = node.next.get(unit);
      if (next === undefined) {
        next = { next: new Map(), own: [], id: 0 };
        node.next.set(unit, next);
      }
      node = next;
    }
    node.own.push(id);
  }
  const nodes: Twig[] = [root];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (node === undefined) break;
    node.id = i;
    nodes.push(...node.next.values());
  }
  return nodes;
};
