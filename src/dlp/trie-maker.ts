// Makes a trie's tables. Nodes are added one by one, as linked lists, then put in the order of their depth: siblings lie together.
import { grown } from './numbers.ts';

/** From here on a node with one literal below it has no nodes below it. */
const TAIL_DEPTH = 3;

export class TrieMaker {
  /** By first unit: its node. */
  readonly roots = new Map<number, number>();
  /** By literal: the next one of the same text, and one. */
  readonly same: Int32Array;
  /** By node, in the order of their depth: see ./trie.ts. */
  readonly units: Uint16Array;
  readonly first: Int32Array;
  readonly ends: Int32Array;
  readonly #texts: readonly string[];
  /** By node as it is added: its unit, its last child, the child of its parent before it, and its literal as in `ends`. */
  #unit: Int32Array = new Int32Array(1024);
  #child: Int32Array = new Int32Array(1024);
  #sibling: Int32Array = new Int32Array(1024);
  #end: Int32Array = new Int32Array(1024);
  #count = 1;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.same = new Int32Array(texts.length);
    for (let i = 0; i < texts.length; i++) this.#insert(i, texts[i] ?? '');
    this.units = new Uint16Array(this.#count);
    this.first = new Int32Array(this.#count + 1);
    this.ends = new Int32Array(this.#count);
    this.#order();
  }

  #insert(literal: number, text: string): void {
    let node = 0;
    for (let depth = 0; ; depth++) {
      const alone = -(this.#end[node] ?? 0) - 1;
      if (alone >= 0) this.#pushDown(node, alone, depth);
      if (depth === text.length) break;
      const next = this.#childOf(node, text.charCodeAt(depth));
      if (next !== 0) node = next;
      else {
        node = this.#add(node, text.charCodeAt(depth));
        if (depth + 1 < TAIL_DEPTH) continue;
        this.#end[node] = -literal - 1;
        return;
      }
    }
    this.same[literal] = this.#end[node] ?? 0;
    this.#end[node] = literal + 1;
  }

  /** A literal that was alone below a node is so no more. */
  #pushDown(node: number, literal: number, depth: number): void {
    const text = this.#texts[literal] ?? '';
    this.#end[node] = text.length === depth ? literal + 1 : 0;
    if (text.length === depth) return;
    const next = this.#add(node, text.charCodeAt(depth));
    this.#end[next] = -literal - 1;
  }

  #add(parent: number, unit: number): number {
    const node = this.#count;
    if (node === this.#child.length) {
      this.#unit = grown(this.#unit);
      this.#child = grown(this.#child);
      this.#sibling = grown(this.#sibling);
      this.#end = grown(this.#end);
    }
    this.#count += 1;
    this.#unit[node] = unit;
    this.#sibling[node] = this.#child[parent] ?? 0;
    this.#child[parent] = node;
    if (parent === 0) this.roots.set(unit, node);
    return node;
  }

  #childOf(parent: number, unit: number): number {
    if (parent === 0) return this.roots.get(unit) ?? 0;
    let node = this.#child[parent] ?? 0;
    while (node !== 0 && this.#unit[node] !== unit) node = this.#sibling[node] ?? 0;
    return node;
  }

  #order(): void {
    const old = new Int32Array(this.#count);
    let count = 1;
    for (let node = 0; node < this.#count; node++) {
      const from = old[node] ?? 0;
      this.units[node] = this.#unit[from] ?? 0;
      this.ends[node] = this.#end[from] ?? 0;
      this.first[node] = count;
      for (let child = this.#child[from] ?? 0; child !== 0; child = this.#sibling[child] ?? 0) {
        old[count] = child;
        count += 1;
      }
    }
    this.first[this.#count] = count;
    this.roots.clear();
    for (let node = 1; node < (this.first[1] ?? 0); node++) this.roots.set(this.units[node] ?? 0, node);
  }
}
