// Of many forms that may begin at a place, the few that fit its shape: digits, letters and signs, read once for all of them. What it
// leaves out cannot match there; what it gives is looked at character by character. Forms of one shape are looked at as one.
import type { Form } from './compile.ts';
import { BEYOND, END, KIND_BITS, KINDS, KINDS_COUNT, kindAt, kindsIn, LOWER } from './kinds.ts';
import { grown, Ints } from './numbers.ts';
import type { Node } from './regex/syntax.ts';

/** Shapes are read so far; beyond it, all forms still possible are given. */
const DEPTH = 24;
/** States kept, and members of all of them; past either all are forgotten and made anew as needed, so memory is bounded. */
const STATES = 4_096;
const MEMBERS = 1 << 19;

/** A state that reads nothing, but goes on to one or two others; and the end of a shape. */
const SPLIT = -2;
const FINAL = -1;

const STOP = -1;
const NONE: readonly Form[] = [];

// What is asked for at each unit is this module's own: what another module exports is looked up every time.
const ASCII = 128;
const ASCII_KINDS = KINDS;
const BITS = KIND_BITS;

/** Selects among forms that nothing but their shape leads to. */
export class Selector {
  /** The forms of each shape, and which shapes have a hash; their states are numbered from `#bases` on among all. */
  readonly #forms: Form[][] = [];
  readonly #shapes = new Map<number, number[]>();
  readonly #bases = new Ints();
  readonly #sizes = new Ints();
  readonly #starts = new Ints();
  /** By state: the kinds it reads (or that it is a split, or an end), where it goes on, and its shape. */
  readonly #reads = new Ints();
  readonly #next = new Ints();
  readonly #other = new Ints();
  readonly #shapeOf = new Ints();
  /** States of all shapes together: their members lie in `#members` from `#first` of them on. */
  #rows: Int32Array = new Int32Array(0);
  #members = new Ints();
  #first = new Ints();
  /** By state, once asked: the forms that fit, and those that may grow on. */
  #fitting: (readonly Form[] | undefined)[] = [];
  #growing: (readonly Form[] | undefined)[] = [];
  #ids = new Map<number, number[]>();
  /** What a step works with. */
  #seen: Int32Array = new Int32Array(0);
  #stamp = 0;
  readonly #reached = new Ints();

  /** Adds a form, before the first question. */
  add(form: Form, node: Node): void {
    const base = this.#reads.count;
    const end = this.#state(FINAL, form.rule.pattern.boundary === 'none' ? 1 : 0, 0);
    const start = this.#build(node, end);
    let hash = start - base;
    for (let i = base; i < this.#reads.count; i++) {
      hash = (Math.imul(hash, 31) + this.#reads.at(i)) | 0;
      hash = (Math.imul(hash, 31) + this.#next.at(i) - base) | 0;
    }
    const size = this.#reads.count - base;
    const alike = this.#shapes.get(hash) ?? [];
    const same = alike.find((shape) => this.#isSame(shape, base, start));
    if (same !== undefined) {
      this.#forms[same]?.push(form);
      for (const list of [this.#reads, this.#next, this.#other, this.#shapeOf]) list.count = base;
      return;
    }
    this.#shapes.set(hash, [...alike, this.#forms.length]);
    this.#forms.push([form]);
    this.#bases.push(base);
    this.#sizes.push(size);
    this.#starts.push(start);
  }

  /** Whether the states from `base` on are those of a shape. */
  #isSame(shape: number, base: number, start: number): boolean {
    const moved = base - this.#bases.at(shape);
    if (this.#sizes.at(shape) !== this.#reads.count - base || this.#starts.at(shape) + moved !== start)
      return false;
    for (let i = base; i < this.#reads.count; i++) {
      const reads = this.#reads.at(i);
      if (reads !== this.#reads.at(i - moved)) return false;
      if (this.#next.at(i) - (reads === FINAL ? 0 : moved) !== this.#next.at(i - moved)) return false;
      if (this.#other.at(i) - (reads === SPLIT ? moved : 0) !== this.#other.at(i - moved)) return false;
    }
    return true;
  }

  #state(reads: number, next: number, other: number): number {
    this.#reads.push(reads);
    this.#next.push(next);
    this.#other.push(other);
    this.#shapeOf.push(this.#forms.length);
    return this.#reads.count - 1;
  }

  /** Adds `node`, which goes on to `then`; gives its start. */
  #build(node: Node, then: number): number {
    if (node.kind === 'set') return this.#state(kindsIn(node.set), then, -1);
    if (node.kind === 'any')
      return node.options
        .map((option) => this.#build(option, then))
        .reduce((a, b) => this.#state(SPLIT, a, b));
    if (node.kind === 'seq')
      return node.parts.reduceRight((following, part) => this.#build(part, following), then);
    let start = then;
    const { min, max } = node;
    // No shape is read further than DEPTH.
    if (max > min + DEPTH) {
      const loop = this.#state(SPLIT, -1, then);
      this.#next.set(loop, this.#build(node.node, loop));
      start = loop;
    } else for (let i = min; i < max; i++) start = this.#state(SPLIT, this.#build(node.node, start), then);
    for (let i = 0; i < Math.min(min, DEPTH + 1); i++) start = this.#build(node.node, start);
    return start;
  }

  /** The forms that may match at `start` of a text of so many units. */
  select(units: Uint16Array, length: number, start: number): readonly Form[] {
    if (this.#first.count === 0) this.#forget();
    const end = Math.min(length, start + DEPTH);
    let rows = this.#rows;
    let state = 0;
    let at = start;
    for (; at < end; at++) {
      const unit = units[at] ?? 0;
      const kind = unit < ASCII ? (ASCII_KINDS[unit] ?? 0) : BEYOND;
      let next = rows[(state << BITS) | kind] ?? 0;
      if (next === 0) {
        next = this.#work(state, kind);
        rows = this.#rows;
      }
      if (next === STOP) break;
      state = next;
    }
    if (at === length && at < start + DEPTH) state = this.#ended(state);
    return this.#fitting[state] ?? this.#fit(state, this.#fitting, Number.POSITIVE_INFINITY);
  }

  /** The state after the text's end. */
  #ended(state: number): number {
    const known = this.#rows[(state << KIND_BITS) | END] ?? 0;
    const next = known === 0 ? this.#work(state, END) : known;
    return next === STOP ? state : next;
  }

  /** The forms that may have begun at `start` and be growing where the text ends. */
  growing(text: string, start: number): readonly Form[] {
    if (this.#first.count === 0) this.#forget();
    const end = Math.min(text.length, start + DEPTH);
    let state = 0;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      const kind = kindAt(code);
      let next = this.#rows[(state << KIND_BITS) | kind] ?? 0;
      if (next === 0) next = this.#work(state, kind);
      if (next === STOP) return NONE;
      state = next;
    }
    return this.#growing[state] ?? this.#fit(state, this.#growing, this.#reads.count);
  }

  #forget(): void {
    this.#rows = new Int32Array(64 * KINDS_COUNT);
    this.#members = new Ints();
    this.#first = new Ints();
    this.#first.push(0);
    this.#fitting = [];
    this.#growing = [];
    this.#ids = new Map();
    this.#seen = new Int32Array(this.#reads.count + this.#forms.length);
    this.#stamp = 1;
    this.#reached.count = 0;
    for (let i = 0; i < this.#starts.count; i++) this.#reach(this.#starts.at(i));
    this.#idOf(this.#reached.all().sort());
  }

  /** Adds what `state` leads to without reading. */
  #reach(state: number): void {
    if (this.#seen[state] === this.#stamp) return;
    this.#seen[state] = this.#stamp;
    if (this.#reads.at(state) !== SPLIT) this.#reached.push(state);
    else {
      this.#reach(this.#next.at(state));
      this.#reach(this.#other.at(state));
    }
  }

  /** The number of the state that has `members`: states of shapes, and beyond them shapes that have passed. */
  #idOf(members: Int32Array): number {
    let hash = 7;
    for (const member of members) hash = (Math.imul(hash, 31) + member) | 0;
    const alike = this.#ids.get(hash) ?? [];
    for (const id of alike) if (this.#hasMembers(id, members)) return id;
    const id = this.#first.count - 1;
    for (const member of members) this.#members.push(member);
    this.#first.push(this.#members.count);
    this.#fitting.push(undefined);
    this.#growing.push(undefined);
    this.#ids.set(hash, [...alike, id]);
    if ((id + 1) << KIND_BITS > this.#rows.length) this.#rows = grown(this.#rows);
    return id;
  }

  #hasMembers(id: number, members: Int32Array): boolean {
    const first = this.#first.at(id);
    if (this.#first.at(id + 1) - first !== members.length) return false;
    for (let i = 0; i < members.length; i++) if (this.#members.at(first + i) !== members[i]) return false;
    return true;
  }

  #work(from: number, kind: number): number {
    const states = this.#reads.count;
    this.#stamp += 1;
    this.#reached.count = 0;
    // A match that a letter or digit follows is none, but for forms without a boundary.
    const touches = kind <= LOWER;
    let alive = false;
    for (let i = this.#first.at(from); i < this.#first.at(from + 1); i++) {
      const member = this.#members.at(i);
      const reads = member < states ? this.#reads.at(member) : FINAL;
      const passed = member >= states || (reads === FINAL && (!touches || this.#next.at(member) === 1));
      if (passed) this.#pass(member < states ? states + this.#shapeOf.at(member) : member);
      if (reads === FINAL) continue;
      alive = true;
      if (kind === END) this.#reach(member);
      else if ((reads >> kind) & 1) this.#reach(this.#next.at(member));
    }
    if (!alive) return this.#keep(from, kind, STOP);
    const members = this.#reached.all().sort();
    if (this.#first.count < STATES && this.#members.count < MEMBERS)
      return this.#keep(from, kind, this.#idOf(members));
    this.#forget();
    return this.#idOf(members);
  }

  #pass(member: number): void {
    if (this.#seen[member] === this.#stamp) return;
    this.#seen[member] = this.#stamp;
    this.#reached.push(member);
  }

  #keep(from: number, kind: number, to: number): number {
    this.#rows[(from << KIND_BITS) | kind] = to;
    return to;
  }

  /** The forms of a state's members below `limit`, kept in `kept`. */
  #fit(id: number, kept: (readonly Form[] | undefined)[], limit: number): readonly Form[] {
    const states = this.#reads.count;
    const shapes = new Set<number>();
    for (let i = this.#first.at(id); i < this.#first.at(id + 1); i++) {
      const member = this.#members.at(i);
      if (member < limit) shapes.add(member < states ? this.#shapeOf.at(member) : member - states);
    }
    const forms = [...shapes].flatMap((shape) => this.#forms[shape] ?? NONE);
    kept[id] = forms;
    return forms;
  }
}
