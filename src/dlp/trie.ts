// Finds the literals that begin at a place of a text, whatever their number. A pass over a text knows the classes of its units; a table by
// three of them says where literals may begin, and most places are left without another look.
import { CLASS_BITS, CLASSES, FOLDED, fold, isAlone, SEPARATOR_CLASSES, UNIT } from './fold.ts';
import type { Hits } from './literals.ts';
import { addHit } from './literals.ts';
import { TrieMaker } from './trie-maker.ts';

const CLASS = CLASSES - 1;
/** The way is to be found from the root. */
const SEARCH = -1;
/** The class of no unit stands for all. */
export const ANY_THIRD = 0;
/** Numbers of a slot, and of a node; and where in a node what is. */
const SLOT = 4;
const NODE = 4;
const FIRST = 1;
const END = 2;
const UNITS = 3;
const SPACE = 32;

/** A literal to be found, by the number its finder knows it by. `exact`: what separates its words is as it is written. */
export type TrieLiteral = { readonly text: string; readonly id: number; readonly exact: boolean };

/** The literals, as nodes whose children lie together. Below a node with one literal there are no more: its rest is compared. */
export class Trie {
  /** By literal: its number, and where in `#chars` its folded units begin; those of the next literal come after them. */
  readonly #ids: Int32Array;
  readonly #from: Int32Array;
  readonly #chars: Uint16Array;
  /** By folded unit: the node at the first depth; of ASCII in an array. */
  readonly #ascii = new Int32Array(128);
  readonly #roots: ReadonlyMap<number, number>;
  /**
   * Hashed by the classes of three units, {@link SLOT} numbers each, in one line of the processor's cache: those classes; the node they
   * lead to or {@link SEARCH}; and a bit for each class that may follow, in two numbers.
   */
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** By the classes of two units: whether a literal may be no longer, so that its slot has no third class but {@link ANY_THIRD}. */
  readonly #shorts = new Uint8Array(CLASSES ** 2);
  /** The classes of three units that literals may begin with; the third may be {@link ANY_THIRD}. */
  readonly openings: readonly number[];
  /**
   * By node {@link NODE} numbers: its unit; its first child, the last one being before that of the next node; the literal that ends there
   * and one, or less than 0: the one that goes on alone, and one; and a bit for the last five bits of each child's unit.
   */
  readonly #nodes: Int32Array;
  /** By literal: the next of its text, and one. */
  readonly #same: Int32Array;

  constructor(literals: readonly TrieLiteral[]) {
    const texts = literals.map(({ text }) => fold(text));
    this.#ids = Int32Array.from(literals, ({ id }) => id);
    this.#from = new Int32Array(texts.length + 1);
    for (const [i, { length }] of texts.entries()) this.#from[i + 1] = (this.#from[i] ?? 0) + length;
    const chars = texts.join('');
    this.#chars = Uint16Array.from({ length: chars.length }, (_, i) => chars.charCodeAt(i));
    const maker = new TrieMaker(texts);
    this.#roots = maker.roots;
    for (const [unit, node] of maker.roots) if (unit < this.#ascii.length) this.#ascii[unit] = node;
    this.#nodes = nodesOf(maker);
    this.#same = maker.same;
    const spelled = literals.map(({ text, exact }, i) => ({ text: exact ? text : (texts[i] ?? ''), exact }));
    for (const literal of spelled)
      if (literal.text.length < 3) eachPair(literal, (pair) => (this.#shorts[pair] = 1));
    const openings = new Set<number>();
    for (const literal of spelled) this.#eachOpening(literal, (classes) => openings.add(classes));
    const size = 2 ** Math.ceil(Math.log2(2 * openings.size + 2));
    this.#mask = SLOT * size - 1;
    this.#slots = new Int32Array(SLOT * size).fill(-1);
    for (const classes of openings) {
      const slot = this.#slotOf(classes);
      this.#slots.fill(0, slot, slot + SLOT);
      this.#slots[slot] = classes;
    }
    for (const [i, literal] of spelled.entries()) this.#open(literal, texts[i] ?? '');
    this.openings = [...openings];
  }

  /** Calls `visit` with the classes of each three units that a literal may begin with, as one number; without the third where {@link ANY_THIRD}. */
  #eachOpening(literal: Spelled, visit: (classes: number) => void): void {
    const third = classesAt(literal, 2);
    eachPair(literal, (pair) => {
      if (this.#shorts[pair] === 1) visit(pair << CLASS_BITS);
      else for (const c of third) visit((pair << CLASS_BITS) | c);
    });
  }

  /** Notes where a literal is found by how it begins. */
  #open(literal: Spelled, folded: string): void {
    const node = this.#isShort(folded) ? SEARCH : this.#nodeAt(folded);
    let [low, high] = [0, 0];
    for (const after of classesAt(literal, 3))
      if (after < 32) low |= 1 << after;
      else high |= 1 << after;
    this.#eachOpening(literal, (classes) => {
      const slot = this.#slotOf(classes);
      this.#slots[slot + 1] = node;
      this.#slots[slot + 2] = (this.#slots[slot + 2] ?? 0) | low;
      this.#slots[slot + 3] = (this.#slots[slot + 3] ?? 0) | high;
    });
  }

  /** Where the slot for three classes begins, or a free one if they have none. */
  #slotOf(classes: number): number {
    let slot = (hashOf(classes) * SLOT) & this.#mask;
    while (this.#slots[slot] !== classes && this.#slots[slot] !== -1) slot = (slot + SLOT) & this.#mask;
    return slot;
  }

  /** Whether the way to what begins like `text` is to be found from the root: units share classes, or something shorter ends on it. */
  #isShort(text: string): boolean {
    if (text.length < 3) return true;
    let node = 0;
    for (let i = 0; i < 3; i++) {
      if (!isAlone(text.charCodeAt(i)) || this.#endAt(node) !== 0) return true;
      node = this.#child(node, text.charCodeAt(i));
    }
    return false;
  }

  #nodeAt(text: string): number {
    let node = 0;
    for (let i = 0; i < 3; i++) node = this.#child(node, text.charCodeAt(i));
    return node;
  }

  /**
   * Notes in `hits` the literals that begin at `start` of `length` units; `classes`: those of the three units there. Gives whether
   * a longer text may have more of them there.
   */
  search(units: Uint16Array, length: number, start: number, classes: number, hits: Hits): boolean {
    const slots = this.#slots;
    const slot = this.#slotOf(this.#shorts[classes >> CLASS_BITS] === 1 ? classes & ~CLASS : classes);
    if (slots[slot] === -1) return false;
    let at = start + 3;
    if (at < length) {
      const after = (UNIT[units[at] ?? 0] ?? 0) & CLASS;
      if ((((slots[slot + 2 + (after >> 5)] ?? 0) >> after) & 1) === 0) return false;
    }
    let node = slots[slot + 1] ?? 0;
    if (node === SEARCH) {
      node = this.#root(FOLDED[units[start] ?? 0] ?? 0);
      at = start + 1;
    }
    while (node !== 0) {
      const end = this.#endAt(node);
      if (end > 0) this.#note(end, at, hits);
      else if (end < 0) {
        const first = this.#from[-end - 1] ?? 0;
        const last = start + (this.#from[-end] ?? 0) - first;
        if (!this.#goesOn(units, at, Math.min(last, length), first - start)) return false;
        if (last > length) return true;
        this.#note(-end, last, hits);
        return false;
      }
      if (at >= length) return true;
      node = this.#child(node, FOLDED[units[at] ?? 0] ?? 0);
      at += 1;
    }
    return false;
  }

  #root(unit: number): number {
    return (unit < this.#ascii.length ? this.#ascii[unit] : this.#roots.get(unit)) ?? 0;
  }

  /** Whether the units of a text from `from` to `end` are those of `#chars` at their place and `by`. */
  #goesOn(units: Uint16Array, from: number, end: number, by: number): boolean {
    for (let at = from; at < end; at++) if (FOLDED[units[at] ?? 0] !== this.#chars[at + by]) return false;
    return true;
  }

  #child(parent: number, unit: number): number {
    const nodes = this.#nodes;
    const at = parent * NODE;
    if ((((nodes[at + UNITS] ?? 0) >> unit) & 1) === 0) return 0;
    const end = nodes[at + NODE + FIRST] ?? 0;
    for (let node = nodes[at + FIRST] ?? 0; node < end; node++) if (nodes[node * NODE] === unit) return node;
    return 0;
  }

  #firstOf(node: number): number {
    return this.#nodes[node * NODE + FIRST] ?? 0;
  }

  #endAt(node: number): number {
    return this.#nodes[node * NODE + END] ?? 0;
  }

  #note(first: number, end: number, hits: Hits): void {
    for (let next = first; next !== 0; next = this.#same[next - 1] ?? 0)
      addHit(hits, this.#ids[next - 1] ?? 0, end);
  }

  /** Asks `visit` of each literal that is longer than the rest of `text` from `start`, and begins with it, until it answers true. */
  begun(text: string, start: number, visit: (id: number) => boolean): boolean {
    let node = this.#root(FOLDED[text.charCodeAt(start)] ?? 0);
    for (let at = start + 1; at < text.length && node !== 0 && this.#endAt(node) >= 0; at++)
      node = this.#child(node, FOLDED[text.charCodeAt(at)] ?? 0);
    if (node === 0) return false;
    const end = this.#endAt(node);
    if (end < 0) return this.#isBegun(text, start, -end - 1) && this.#visited(-end, visit);
    const todo = [node];
    for (let next = todo.pop(); next !== undefined; next = todo.pop())
      for (let child = this.#firstOf(next); child < this.#firstOf(next + 1); child++) {
        if (this.#visited(Math.abs(this.#endAt(child)), visit)) return true;
        todo.push(child);
      }
    return false;
  }

  #isBegun(text: string, start: number, literal: number): boolean {
    const first = this.#from[literal] ?? 0;
    if ((this.#from[literal + 1] ?? 0) - first <= text.length - start) return false;
    for (let at = start; at < text.length; at++)
      if (FOLDED[text.charCodeAt(at)] !== this.#chars[first + at - start]) return false;
    return true;
  }

  #visited(first: number, visit: (id: number) => boolean): boolean {
    for (let next = first; next !== 0; next = this.#same[next - 1] ?? 0)
      if (visit(this.#ids[next - 1] ?? 0)) return true;
    return false;
  }
}

/** The nodes of a trie, and one more to end the last one's children. */
const nodesOf = ({ units, first, ends }: TrieMaker): Int32Array => {
  const nodes = new Int32Array(first.length * NODE);
  for (let node = 0; node < first.length; node++) {
    const at = node * NODE;
    nodes[at] = units[node] ?? 0;
    nodes[at + FIRST] = first[node] ?? 0;
    nodes[at + END] = ends[node] ?? 0;
    for (let child = first[node] ?? 0; child < (first[node + 1] ?? 0); child++)
      nodes[at + UNITS] = (nodes[at + UNITS] ?? 0) | (1 << (units[child] ?? 0));
  }
  return nodes;
};

const hashOf = (classes: number): number => Math.imul(classes, 0x9e3779b1) >>> 12;

/** How a literal is found: its units, or, of one that is not exact, its folded ones. */
type Spelled = { readonly text: string; readonly exact: boolean };

/** Calls `visit` with the classes of each two units that a literal may begin with, as one number. */
const eachPair = (literal: Spelled, visit: (pair: number) => void): void => {
  const second = classesAt(literal, 1);
  for (const a of classesAt(literal, 0)) for (const b of second) visit((a << CLASS_BITS) | b);
};

const ANY: readonly number[] = Array.from({ length: CLASSES }, (_, i) => i);

const classesAt = ({ text, exact }: Spelled, at: number): readonly number[] => {
  if (at >= text.length) return ANY;
  const code = text.charCodeAt(at);
  return FOLDED[code] === SPACE && !exact ? SEPARATOR_CLASSES : [(UNIT[code] ?? 0) & CLASS];
};
