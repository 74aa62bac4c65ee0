// Finds many literals in one pass over a text (Aho and Corasick, 1975), whatever their number: one table look-up a unit.
import { FOLDED, fold } from './fold.ts';

/** The class of every unit that is in no literal. */
const OTHER = 0;

/** A literal to be found, by the number its finder knows it by. Several may share a text. */
export type Literal = { readonly text: string; readonly id: number };

/** Where literals end in a text: `ids[i]` ends before `ends[i]`. Reused from text to text. */
export type Hits = { ids: Int32Array; ends: Int32Array; count: number };

export const newHits = (): Hits => ({ ids: new Int32Array(1024), ends: new Int32Array(1024), count: 0 });

/** Notes a literal that ends before `end`. */
export const addHit = (hits: Hits, id: number, end: number): void => {
  if (hits.count === hits.ids.length) {
    const ids = new Int32Array(hits.count * 2);
    ids.set(hits.ids);
    hits.ids = ids;
    const ends = new Int32Array(hits.count * 2);
    ends.set(hits.ends);
    hits.ends = ends;
  }
  hits.ids[hits.count] = id;
  hits.ends[hits.count] = end;
  hits.count += 1;
};

/** A trie's node while it is built. */
type Twig = {
  readonly next: Map<number, Twig>;
  readonly depth: number;
  id: number;
  own: number[];
  fall: Twig | undefined;
};

const twig = (depth: number): Twig => ({ next: new Map(), depth, id: 0, own: [], fall: undefined });

/** The search for a set of literals. */
export class LiteralSearch {
  readonly #classes: Uint16Array;
  readonly #width: number;
  /** Row by row: the state after each class. States are numbered by depth, so the hot ones lie together. */
  readonly #next: Int32Array;
  /** Index into `#lists` of the literals that end at a state; 0: none. */
  readonly #out: Int32Array;
  readonly #lists: readonly Int32Array[];
  readonly size: number;

  constructor(literals: readonly Literal[]) {
    this.#classes = new Uint16Array(0x10000);
    const kinds = new Map<string, number>();
    for (const { text } of literals)
      for (const char of fold(text).split('')) if (!kinds.has(char)) kinds.set(char, kinds.size + 1);
    const byUnit = new Uint16Array(0x10000);
    for (const [char, kind] of kinds) byUnit[char.charCodeAt(0)] = kind;
    for (let code = 0; code < 0x10000; code++) this.#classes[code] = byUnit[FOLDED[code] ?? 0] ?? OTHER;
    this.#width = kinds.size + 1;
    const states = this.#grow(literals, kinds);
    this.size = states.length;
    this.#next = new Int32Array(states.length * this.#width);
    this.#out = new Int32Array(states.length);
    const lists: Int32Array[] = [new Int32Array(0)];
    for (const state of states) {
      const row = state.id * this.#width;
      if (state.fall !== undefined) {
        const from = state.fall.id * this.#width;
        this.#next.copyWithin(row, from, from + this.#width);
      }
      for (const [kind, next] of state.next) this.#next[row + kind] = next.id;
      const shorter = state.fall === undefined ? undefined : lists[this.#out[state.fall.id] ?? 0];
      if (state.own.length === 0)
        this.#out[state.id] = state.fall === undefined ? 0 : (this.#out[state.fall.id] ?? 0);
      else {
        this.#out[state.id] = lists.length;
        lists.push(Int32Array.from([...state.own, ...(shorter ?? [])]));
      }
    }
    this.#lists = lists;
  }

  /** The trie, its states in the order of their depth, each with the state it falls back to. */
  #grow(literals: readonly Literal[], classes: ReadonlyMap<string, number>): readonly Twig[] {
    const root = twig(0);
    for (const { text, id } of literals) {
      let state = root;
      for (const char of fold(text).split('')) {
        const kind = classes.get(char) ?? OTHER;
        let next = state.next.get(kind);
        if (next === undefined) {
          next = twig(state.depth + 1);
          state.next.set(kind, next);
        }
        state = next;
      }
      state.own.push(id);
    }
    const states: Twig[] = [root];
    for (let i = 0; i < states.length; i++) {
      const state = states[i];
      if (state === undefined) break;
      state.id = i;
      for (const [kind, next] of state.next) {
        let fall = state.fall;
        while (fall !== undefined && !fall.next.has(kind)) fall = fall.fall;
        next.fall = state === root ? root : (fall?.next.get(kind) ?? root);
        states.push(next);
      }
    }
    return states;
  }

  /** Notes in `hits` every literal of `text`, by where it ends. */
  search(text: string, hits: Hits): void {
    const classes = this.#classes;
    const next = this.#next;
    const out = this.#out;
    const width = this.#width;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      state = next[state * width + (classes[text.charCodeAt(i)] ?? 0)] ?? 0;
      const list = out[state] ?? 0;
      if (list !== 0) for (const id of this.#lists[list] ?? NONE) addHit(hits, id, i + 1);
    }
  }
}

const NONE = new Int32Array(0);
