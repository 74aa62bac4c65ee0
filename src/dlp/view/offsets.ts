// Where the units of a text that was made of another came from. Only what changed its length has an entry.

/** A text made of another, and the way back. */
export type View = {
  readonly text: string;
  /** Where in the original that begins what unit `at` came from. */
  readonly start: (at: number) => number;
  /** Just past what the units before `at` came from. */
  readonly end: (at: number) => number;
  /** Up to where in the original it is made; beyond it, what follows may change what is there. */
  readonly decided: number;
};

const same = (at: number): number => at;

/** A text as it is, up to `decided`. */
export const unchanged = (text: string, decided: number = text.length): View => ({
  text: decided === text.length ? text : text.slice(0, decided),
  start: same,
  end: same,
  decided,
});

/** A view of a view, as a view of what that one was made of. */
export const through = (outer: View, inner: View): View => {
  if (outer.start === same) return inner;
  return {
    text: inner.text,
    start: (at) => outer.start(inner.start(at)),
    end: (at) => outer.end(inner.end(at)),
    decided: inner.decided === outer.text.length ? outer.decided : outer.start(inner.decided),
  };
};

/** The view of a text whose first `from` units read `head`, and the others as in `tail`; of places in `head` only the order is told. */
export const following = (head: string, from: number, tail: View): View => {
  const { length } = head;
  const text = head + tail.text;
  const decided = from + tail.decided;
  if (length === from && tail.start === same) return { text, start: same, end: same, decided };
  return {
    text,
    start: (at) => (at < length ? Math.max(0, from + at - length) : from + tail.start(at - length)),
    end: (at) => (at <= length ? Math.max(0, from + at - length) : from + tail.end(at - length)),
    decided,
  };
};

/** Room at first. */
const FIRST_UNITS = 1_024;
/** Numbers of an entry: where its units begin and end, in the made text and in the original. */
const STRIDE = 4;

/** Shorter pieces of an original are copied unit by unit as fast. */
const PIECE_CHARS = 32;

/** A text in the making. Its units are appended in the order of the original's. */
export class Writer {
  /** What is made for good, and the units after it; the last one can still be changed. */
  #made = '';
  #units: Uint16Array;
  #pending = 0;
  #edits = new Int32Array(0);
  #count = 0;
  /** Units so far. */
  length = 0;

  constructor(units: number) {
    this.#units = new Uint16Array(Math.min(units, FIRST_UNITS) + 16);
  }

  get last(): number {
    return this.#pending === 0 ? 0 : (this.#units[this.#pending - 1] ?? 0);
  }

  /** Appends a unit that stands for one of the original. */
  one(unit: number): void {
    if (this.#pending === this.#units.length) this.#grow(1);
    this.#units[this.#pending] = unit;
    this.#pending += 1;
    this.length += 1;
  }

  /** Appends `[from, to)` of the original as it is. */
  copy(original: string, from: number, to: number): void {
    let at = from;
    if (to - from > PIECE_CHARS) {
      this.#made += textOf(this.#units, this.#pending) + original.slice(from, to - 1);
      this.#pending = 0;
      at = to - 1;
    }
    this.length += to - from;
    if (this.#pending + to - at > this.#units.length) this.#grow(to - at);
    const units = this.#units;
    let pending = this.#pending;
    for (; at < to; at++) units[pending++] = original.charCodeAt(at);
    this.#pending = pending;
  }

  /** Appends `text` (which may be empty) for `[start, end)` of the original. */
  put(text: string, start: number, end: number): void {
    for (let i = 0; i < text.length; i++) this.one(text.charCodeAt(i));
    this.#note(this.length - text.length, this.length, start, end);
  }

  /** Appends a unit for `[start, end)` of the original. */
  putOne(unit: number, start: number, end: number): void {
    this.one(unit);
    this.#note(this.length - 1, this.length, start, end);
  }

  /** The last unit becomes `unit`, and stands for the original up to `end` besides; what it and what was left out stood for ends at `at`. */
  absorb(unit: number, at: number, end: number): void {
    this.#units[this.#pending - 1] = unit;
    let from = at;
    let edit = (this.#count - 1) * STRIDE;
    while (edit >= 0 && this.#edits[edit] === this.length) {
      from = this.#edits[edit + 2] ?? from;
      this.#count -= 1;
      edit -= STRIDE;
    }
    if (edit >= 0 && this.#edits[edit + 1] === this.length) this.#edits[edit + 3] = end;
    else this.#note(this.length - 1, this.length, from - 1, end);
  }

  #note(from: number, to: number, start: number, end: number): void {
    const at = this.#count * STRIDE;
    if (at === this.#edits.length) {
      const larger = new Int32Array(Math.max(64, at * 2));
      larger.set(this.#edits);
      this.#edits = larger;
    }
    this.#edits[at] = from;
    this.#edits[at + 1] = to;
    this.#edits[at + 2] = start;
    this.#edits[at + 3] = end;
    this.#count += 1;
  }

  #grow(units: number): void {
    const larger = new Uint16Array((this.#pending + units) * 2);
    larger.set(this.#units.subarray(0, this.#pending));
    this.#units = larger;
  }

  /** The text and the way back; `decided` is where the original's part it was made of ends. */
  view(decided: number): View {
    const text = this.#made + textOf(this.#units, this.#pending);
    if (this.#count === 0) return { text, start: same, end: same, decided };
    const edits = this.#edits;
    const count = this.#count;
    return {
      text,
      start: (at) => {
        const edit = lastWhere(edits, count, at);
        if (edit < 0) return at;
        const to = edits[edit + 1] ?? 0;
        return at < to ? (edits[edit + 2] ?? 0) : (edits[edit + 3] ?? 0) + at - to;
      },
      end: (at) => {
        const edit = lastWhere(edits, count, at - 1);
        if (edit < 0) return at;
        return (edits[edit + 3] ?? 0) + Math.max(0, at - (edits[edit + 1] ?? 0));
      },
      decided,
    };
  }
}

/** The last entry that begins at or before `at`; negative: none. */
const lastWhere = (edits: Int32Array, count: number, at: number): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle * STRIDE] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return (low - 1) * STRIDE;
};

/** Arguments of one call; engines allow some tens of thousands. */
const CHUNK_UNITS = 8_192;

/** The text of `units` up to `length`. */
export const textOf = (units: Uint16Array, length: number): string => {
  let text = '';
  for (let from = 0; from < length; from += CHUNK_UNITS)
    text += Reflect.apply(
      String.fromCharCode,
      null,
      units.subarray(from, Math.min(length, from + CHUNK_UNITS)),
    );
  return text;
};
