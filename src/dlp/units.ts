// A text's units in an array: read many times faster than a string, and a text of ASCII is put there at no cost.

const FIRST_CHARS = 4_096;
const PADDING = 2;
/** Shorter texts are copied unit by unit as fast. */
const SHORT_CHARS = 128;
/** What is read of a text before the place that a pass over it begins at. */
const BEFORE_CHARS = 64;

export class Units {
  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(FIRST_CHARS);
  #units = new Uint16Array(FIRST_CHARS);

  /**
   * The units of `text` from a little before `from` on, each at its place, and two of no text after them, in an array that is used
   * again for the next text.
   */
  of(text: string, from: number): Uint16Array {
    const { length } = text;
    if (length + PADDING > this.#units.length) {
      const room = 2 ** Math.ceil(Math.log2(length + PADDING));
      this.#bytes = new Uint8Array(room);
      this.#units = new Uint16Array(room);
    }
    const units = this.#units;
    units.fill(0, length, length + PADDING);
    const first = Math.max(0, from - BEFORE_CHARS);
    if (length - first > SHORT_CHARS) {
      const { read, written } = this.#encoder.encodeInto(text, this.#bytes);
      // A byte for each unit: all of it is ASCII.
      if (read === length && written === length) {
        units.set(this.#bytes.subarray(0, length));
        return units;
      }
    }
    for (let i = first; i < length; i++) units[i] = text.charCodeAt(i);
    return units;
  }
}
