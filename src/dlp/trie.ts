// Finds the literals that begin at a place of a text, whatever their number. A pass over a text knows the classes of its units; a table by
// three of them says where literals may begin, and most places are left without another look.
import { CLASS_BITS, CLASSES, FOLDED, fold, isAlone, SEPARATOR_CLASSES, UNIT } from './fold.ts';
import type { Hits } from './literals.ts';
import { addHit } from './literals.ts';
import { TrieMaker } from './trie-maker.ts';

const CLASS = CLASSES - 1;
/** The way is to be found from the root. */
const SEARCH = -1;
const SPACE = 32;

/** A literal to be found, by the number its finder knows it by. `exact`: what separates its words is as it is written. */
export type TrieLiteral = { readonly text: string; readonly id: number; readonly exact: boolean };

/** The literals, as nodes whose children lie together. Below a node with one literal there are no more: its rest is compared. */
export class Trie {
  readonly #literals: readonly TrieLiteral[];
  readonly #texts: readonly string[];
  readonly #roots: ReadonlyMap<number, number>;
  /** Hashed by the classes of three units: those classes, and the node they lead to or {@link SEARCH}. */
  readonly #keys: Int32Array;
  readonly #thirds: Int32Array;
  readonly #mask: number;
  /** By node: its unit; its children are those from `#first` of it to `#first` of the next. */
  readonly #units: Uint16Array;
  readonly #first: Int32Array;
  /** By node: the literal that ends there and one, or less than 0: the one that goes on alone, and one; and by literal the next of its text. */
  readonly #ends: Int32Array;
  readonly #same: Int32Array;

  constructor(literals: readonly TrieLiteral[]) {
    this.#literals = literals;
    this.#texts = literals.map(({ text }) => fold(text));
    const maker = new TrieMaker(this.#texts);
    this.#roots = maker.roots;
    this.#units = maker.units;
    this.#first = maker.first;
    this.#ends = maker.ends;
    this.#same = maker.same;
    const thirds = new Map<number, number>();
    literals.forEach(({ text, exact }, i) => {
      const folded = this.#texts[i] ?? '';
      const node = this.#isShort(folded) ? SEARCH : this.#nodeAt(folded);
      eachOpening(exact ? text : folded, exact, (classes) => thirds.set(classes, node));
    });
    const size = 2 ** Math.ceil(Math.log2(2 * thirds.size + 2));
    this.#mask = size - 1;
    this.#keys = new Int32Array(size).fill(-1);
    this.#thirds = new Int32Array(size);
    for (const [classes, node] of thirds) {
      let slot = slotOf(classes) & this.#mask;
      while (this.#keys[slot] !== -1) slot = (slot + 1) & this.#mask;
      this.#keys[slot] = classes;
      this.#thirds[slot] = node;
    }
  }

  /** Whether the way to what begins like `text` is to be found from the root: units share classes, or something shorter ends on it. */
  #isShort(text: string): boolean {
    if (text.length < 3) return true;
    let node = 0;
    for (let i = 0; i < 3; i++) {
      if (!isAlone(text.charCodeAt(i)) || (this.#ends[node] ?? 0) !== 0) return true;
      node = this.#child(node, text.charCodeAt(i));
    }
    return false;
  }

  #nodeAt(text: string): number {
    let node = 0;
    for (let i = 0; i < 3; i++) node = this.#child(node, text.charCodeAt(i));
    return node;
  }

  /** Sets `bit` in a table by the classes of three units wherever a literal may begin so. */
  open(opens: Uint8Array, bit: number): void {
    for (const classes of this.#keys) if (classes >= 0) opens[classes] = (opens[classes] ?? 0) | bit;
  }

  /**
   * Notes in `hits` the literals that begin at `start` of `length` units; `classes`: those of the three units there. Gives whether
   * a longer text may have more of them there.
   */
  search(units: Uint16Array, length: number, start: number, classes: number, hits: Hits): boolean {
    let slot = slotOf(classes) & this.#mask;
    while (this.#keys[slot] !== classes) {
      if (this.#keys[slot] === -1) return false;
      slot = (slot + 1) & this.#mask;
    }
    let node = this.#thirds[slot] ?? 0;
    let at = start + 3;
    if (node === SEARCH) {
      node = this.#roots.get(FOLDED[units[start] ?? 0] ?? 0) ?? 0;
      at = start + 1;
    }
    while (node !== 0) {
      const end = this.#ends[node] ?? 0;
      if (end > 0) this.#note(end, at, hits);
      else if (end < 0) {
        const whole = this.#texts[-end - 1] ?? '';
        const last = start + whole.length;
        if (!goesOn(units, start, at, Math.min(last, length), whole)) return false;
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

  #child(parent: number, unit: number): number {
    const end = this.#first[parent + 1] ?? 0;
    for (let node = this.#first[parent] ?? 0; node < end; node++) if (this.#units[node] === unit) return node;
    return 0;
  }

  #note(first: number, end: number, hits: Hits): void {
    for (let next = first; next !== 0; next = this.#same[next - 1] ?? 0)
      addHit(hits, this.#literals[next - 1]?.id ?? 0, end);
  }

  /** Asks `visit` of each literal that is longer than the rest of `text` from `start`, and begins with it, until it answers true. */
  begun(text: string, start: number, visit: (id: number) => boolean): boolean {
    let node = this.#roots.get(FOLDED[text.charCodeAt(start)] ?? 0) ?? 0;
    for (let at = start + 1; at < text.length && node !== 0 && (this.#ends[node] ?? 0) >= 0; at++)
      node = this.#child(node, FOLDED[text.charCodeAt(at)] ?? 0);
    if (node === 0) return false;
    const end = this.#ends[node] ?? 0;
    if (end < 0) return this.#isBegun(text, start, -end - 1) && this.#visited(-end, visit);
    const todo = [node];
    for (let next = todo.pop(); next !== undefined; next = todo.pop())
      for (let child = this.#first[next] ?? 0; child < (this.#first[next + 1] ?? 0); child++) {
        if (this.#visited(Math.abs(this.#ends[child] ?? 0), visit)) return true;
        todo.push(child);
      }
    return false;
  }

  #isBegun(text: string, start: number, literal: number): boolean {
    const whole = this.#texts[literal] ?? '';
    if (whole.length <= text.length - start) return false;
    for (let at = start; at < text.length; at++)
      if (FOLDED[text.charCodeAt(at)] !== whole.charCodeAt(at - start)) return false;
    return true;
  }

  #visited(first: number, visit: (id: number) => boolean): boolean {
    for (let next = first; next !== 0; next = this.#same[next - 1] ?? 0)
      if (visit(this.#literals[next - 1]?.id ?? 0)) return true;
    return false;
  }
}

/** Whether `whole` goes on from `from` to `end` as the text does that begins at `start`. */
const goesOn = (units: Uint16Array, start: number, from: number, end: number, whole: string): boolean => {
  for (let at = from; at < end; at++)
    if (FOLDED[units[at] ?? 0] !== whole.charCodeAt(at - start)) return false;
  return true;
};

const slotOf = (classes: number): number => Math.imul(classes, 0x9e3779b1) >>> 12;

/** Calls `visit` with the classes of each three units that a text may begin with, as one number; class 0 is no unit. */
const eachOpening = (text: string, exact: boolean, visit: (classes: number) => void): void => {
  const first = classesAt(text, 0, exact);
  const second = classesAt(text, 1, exact);
  const third = classesAt(text, 2, exact);
  for (const a of first)
    for (const b of second) for (const c of third) visit((((a << CLASS_BITS) | b) << CLASS_BITS) | c);
};

const ANY: readonly number[] = Array.from({ length: CLASSES }, (_, i) => i);

const classesAt = (text: string, at: number, exact: boolean): readonly number[] => {
  if (at >= text.length) return ANY;
  const code = text.charCodeAt(at);
  return FOLDED[code] === SPACE && !exact ? SEPARATOR_CLASSES : [(UNIT[code] ?? 0) & CLASS];
};
